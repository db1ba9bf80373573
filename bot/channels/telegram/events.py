"""What a Telegram update says, in our own words."""

from __future__ import annotations

from dataclasses import dataclass

from telegram import Message, Update
from telegram.constants import ChatMemberStatus, ChatType

ALLOWED_UPDATES = (Update.MESSAGE, Update.EDITED_MESSAGE, Update.CALLBACK_QUERY, Update.MY_CHAT_MEMBER)


@dataclass(frozen=True)
class Written:
    """A text, a command included."""

    text: str


@dataclass(frozen=True)
class Sent:
    """Something that is not text: `what` as it is told to the person, its caption, the album it is part of."""

    what: str
    caption: str = ""
    album: str = ""


@dataclass(frozen=True)
class Forwarded:
    pass


@dataclass(frozen=True)
class Edited:
    pass


@dataclass(frozen=True)
class Pressed:
    query_id: str
    data: str
    message_id: int | None


@dataclass(frozen=True)
class Membership:
    """The person blocked the bot, or let it back in."""

    blocked: bool


@dataclass(frozen=True)
class InGroup:
    pass


Event = Written | Sent | Forwarded | Edited | Pressed | Membership | InGroup

_KINDS = {
    "photo": "une photo",
    "voice": "un message vocal",
    "audio": "un son",
    "video": "une vidéo",
    "video_note": "un message vidéo",
    "animation": "une image animée",
    "sticker": "un autocollant",
    "document": "un document",
    "location": "une position",
    "venue": "un lieu",
    "contact": "une fiche de contact",
    "poll": "un sondage",
    "dice": "un dé",
    "story": "une story",
}


def read_update(update: Update) -> tuple[str, Event] | None:
    """(chat id, event), or None for what does not concern a conversation."""
    chat = update.effective_chat
    if chat is None:
        return None
    chat_id = str(chat.id)
    if chat.type != ChatType.PRIVATE:
        return chat_id, InGroup()
    if update.my_chat_member:
        status = update.my_chat_member.new_chat_member.status
        return chat_id, Membership(blocked=status in (ChatMemberStatus.BANNED, ChatMemberStatus.LEFT))
    if query := update.callback_query:
        return chat_id, Pressed(query.id, query.data or "", query.message.message_id if query.message else None)
    if update.edited_message:
        # A position that moves is edited all the time; only words were read.
        return (chat_id, Edited()) if update.edited_message.text is not None else None
    if update.message:
        event = _read_message(update.message)
        return (chat_id, event) if event else None
    return None


def _read_message(message: Message) -> Event | None:
    if message.forward_origin:
        return Forwarded()
    if message.text is not None:
        return Written(message.text)
    for attribute, name in _KINDS.items():
        # A document is also what an animation carries: the first that is there says best what it is.
        if getattr(message, attribute, None):
            return Sent(name, message.caption or "", message.media_group_id or "")
    return None
