"""A person writes, or presses a button: the message is in the database before anything else happens."""

from __future__ import annotations

import json
import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime

from bot.dispositif.access import find_codes, hide_codes
from bot.dispositif.conversation import Author, Direction, Message, Owner, Status
from bot.dispositif.handover import HandoverRules
from bot.services.access.keys import AccessKeys
from bot.services.access.siret import find_siret
from bot.services.handover.person import handle, is_for_the_service
from bot.storage.unit_of_work import UnitOfWork

# Control characters carry nothing a person typed; line breaks and tabs do.
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ufeff]")


class RefusedMessage(ValueError):
    """The message cannot be accepted; `code` is for programs, the text is a French sentence for the person."""

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(sentence)
        self.code = code
        self.sentence = sentence


@dataclass(frozen=True)
class PressedButton:
    """The button number `index` (from 0) of the message `seq` of the same conversation."""

    seq: int
    index: int


@dataclass(frozen=True)
class Receipt:
    message: Message
    duplicate: bool = False


def receive_message(
    uow: UnitOfWork,
    conversation_id: str,
    client_id: str,
    said: str | PressedButton,
    max_characters: int,
    now: datetime,
    keys: AccessKeys | None = None,
    payload: str | None = None,
    handover: HandoverRules | None = None,
) -> Receipt:
    """Stores what the person said and queues it for the assistant, unless a human owns the conversation.

    An access code is never stored: the text keeps dots, and the assistant receives what `keys` make of it, which
    proves that it was typed in this conversation. Without `keys` a code is hidden and opens nothing. The same
    `client_id` again is the same message: its receipt comes back and nothing is stored. `payload` is what the channel
    knows a text to mean (a command of its menu); never something the person typed. What leaves the queue or the human
    (a button of ours, or plain words) is done here: the assistant, which does not listen then, could not.

    Raises:
        RefusedMessage: empty, too long, unknown button, or a conversation that is over.
    """
    conversation = uow.conversations.lock(conversation_id)
    if conversation is None or conversation.ended_at:
        raise RefusedMessage("ended", "Cette conversation est terminée. Ouvrez-en une nouvelle pour continuer.")
    known = uow.messages.find(conversation_id, client_id)
    if known:
        return Receipt(known, duplicate=True)
    if isinstance(said, PressedButton):
        text, payload = _button(uow, conversation_id, said)
    else:
        text, typed = _without_code(clean_text(said, max_characters), conversation_id, keys)
        payload = payload or typed
    for_service = is_for_the_service(conversation, text, payload)
    to_assistant = conversation.owner is Owner.ASSISTANT and not for_service
    message = uow.messages.add(
        conversation_id,
        uow.conversations.take_seq(conversation_id, now),
        Direction.IN,
        Author.USER,
        text,
        Status.PENDING if to_assistant else Status.DONE,
        now,
        client_id=client_id,
        payload=payload,
        content={"pressed": said.seq} if isinstance(said, PressedButton) else None,
    )
    if conversation.owner is not Owner.ASSISTANT:
        uow.handovers.user_wrote(conversation_id, now)
    if for_service:
        handle(uow, conversation, payload, handover or HandoverRules(), now)
    uow.commit()
    return Receipt(message)


def clean_text(raw: str, max_characters: int) -> str:
    """The text without control characters; composed Unicode, trimmed.

    Raises:
        RefusedMessage: nothing is left, or more than `max_characters`.
    """
    text = _CONTROL.sub("", unicodedata.normalize("NFC", raw)).strip()
    if not text:
        raise RefusedMessage("empty", "Votre message est vide. Écrivez votre question, puis envoyez.")
    if len(text) > max_characters:
        raise RefusedMessage(
            "too_long",
            f"Votre message fait {len(text)} caractères, la limite est de {max_characters}. "
            "Raccourcissez-le ou envoyez-le en plusieurs fois : votre texte n'est pas perdu.",
        )
    return text


def _without_code(text: str, conversation_id: str, keys: AccessKeys | None) -> tuple[str, str | None]:
    """The text that may be stored, and the payload that stands for the code it held, if any."""
    codes = find_codes(text)
    if not codes:
        return text, None
    code = next((found.code for found in codes if found.code), None)
    proof = keys.proof(conversation_id, keys.hash_code(code)) if keys and code else ""
    around = hide_codes(text)
    carried = {"activity": "dossier", "field": "code", "value": f"{find_siret(around) or ''}|{proof}"}
    return around, "/choose" + json.dumps(carried)


def _button(uow: UnitOfWork, conversation_id: str, pressed: PressedButton) -> tuple[str, str]:
    message = uow.messages.at(conversation_id, pressed.seq)
    buttons = message.buttons if message and message.direction is Direction.OUT else ()
    if not 0 <= pressed.index < len(buttons):
        raise RefusedMessage("unknown_button", "Ce bouton n'existe plus. Écrivez votre demande.")
    button = buttons[pressed.index]
    return button["title"], button["payload"]
