"""What a person may read back: the thread, its transcript, and how they rated it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.dispositif.conversation import Author, Message
from bot.services.receive_message import RefusedMessage
from bot.storage.unit_of_work import UnitOfWork

_SPEAKERS = {
    Author.USER: "Vous",
    Author.ASSISTANT: "Assistant",
    Author.HUMAN: "Conseiller",
    Author.SYSTEM: "Information",
}


@dataclass(frozen=True)
class Thread:
    messages: list[Message]
    ratings: dict[int, int]


def read_thread(uow: UnitOfWork, conversation_id: str, after_seq: int = 0) -> Thread:
    """The visible messages after `after_seq` with the ratings given, oldest first.

    Raises:
        RefusedMessage: the conversation does not exist (any more).
    """
    _check_open(uow, conversation_id)
    return Thread(uow.messages.visible_after(conversation_id, after_seq), uow.messages.ratings(conversation_id))


def transcript(uow: UnitOfWork, conversation_id: str) -> str:
    """The whole conversation as plain text, one paragraph a message, dated in the local time of the server.

    Raises:
        RefusedMessage: the conversation does not exist (any more).
    """
    _check_open(uow, conversation_id)
    lines = ["Conversation avec l'assistant Conseiller numérique France Services", ""]
    last = 0
    while batch := uow.messages.visible_after(conversation_id, last):
        for message in batch:
            lines += [f"[{_when(message.created_at)}] {_SPEAKERS[message.author]} :", message.text, ""]
        last = batch[-1].seq
    return "\n".join(lines)


def _when(moment: datetime) -> str:
    return moment.astimezone().strftime("%d/%m/%Y %H:%M")


def _check_open(uow: UnitOfWork, conversation_id: str) -> None:
    conversation = uow.conversations.get(conversation_id)
    if conversation is None or conversation.ended_at:
        raise RefusedMessage("ended", "Cette conversation est terminée. Ouvrez-en une nouvelle pour continuer.")
