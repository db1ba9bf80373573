"""A Telegram chat as a conversation: opened at its first message, blocked, spoken to by the system."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from bot.dispositif.conversation import Author, Conversation, Direction, Message, Status
from bot.dispositif.handover import HandoverRules
from bot.services.receive_message import PressedButton, Receipt, RefusedMessage, receive_message
from bot.storage.telegram import CHANNEL
from bot.storage.unit_of_work import UnitOfWork

TOO_LATE = "Cette étape est déjà passée."
ALREADY_ANSWERED = "C'est déjà fait : la réponse est plus bas."
# What only the buttons of a guided dialogue carry: each is pressed once, and only under the latest question.
_STEP = "/choose"
# Buttons that the channel answers itself, with or without the assistant.
OF_THE_CHANNEL = "/telegram:"


@dataclass(frozen=True)
class Opened:
    conversation: Conversation
    is_new: bool = False


def open_chat(uow: UnitOfWork, chat_id: str, now: datetime) -> Opened:
    """The conversation of a chat, created at first contact; one that was closed opens again."""
    conversation = uow.conversations.find(CHANNEL, chat_id)
    if conversation is None:
        conversation = uow.conversations.add(uuid.uuid4().hex, CHANNEL, chat_id, now)
        uow.telegram.add_chat(conversation.id, now)
        return Opened(conversation, is_new=True)
    if conversation.ended_at:
        uow.conversations.reopen(conversation.id, now)
        conversation = replace(conversation, ended_at=None)
    uow.telegram.set_blocked(conversation.id, None)
    return Opened(conversation)


def announce(
    uow: UnitOfWork, conversation_id: str, text: str, now: datetime, content: Mapping[str, Any] | None = None
) -> Message:
    """Queues an information of the system (neither the assistant nor a person speaks)."""
    seq = uow.conversations.take_seq(conversation_id, now)
    return uow.messages.add(
        conversation_id, seq, Direction.OUT, Author.SYSTEM, text, Status.QUEUED, now, content=content
    )


def note_received(uow: UnitOfWork, conversation_id: str, client_id: str, text: str, now: datetime) -> bool:
    """Keeps a trace of something received that is not for the assistant (a photo, a command of the channel).

    False when it was already noted.
    """
    if uow.messages.find(conversation_id, client_id):
        return False
    seq = uow.conversations.take_seq(conversation_id, now)
    uow.messages.add(conversation_id, seq, Direction.IN, Author.USER, text, Status.DONE, now, client_id=client_id)
    return True


def press(
    uow: UnitOfWork,
    conversation_id: str,
    client_id: str,
    pressed: PressedButton,
    max_characters: int,
    now: datetime,
    handover: HandoverRules | None = None,
) -> Receipt:
    """Stores the press of a button and queues it for the assistant, unless the channel answers it (not committed).

    Raises:
        RefusedMessage: no such button, already pressed, or its step is over.
    """
    uow.conversations.lock(conversation_id)
    known = uow.messages.find(conversation_id, client_id)
    if known:
        return Receipt(known, duplicate=True)
    message = uow.messages.at(conversation_id, pressed.seq)
    buttons = message.buttons if message and message.direction is Direction.OUT else ()
    if message is None or not 0 <= pressed.index < len(buttons):
        raise RefusedMessage("unknown_button", TOO_LATE)
    delivery = uow.telegram.delivery(message.id)
    payload = buttons[pressed.index]["payload"]
    if payload.startswith((_STEP, OF_THE_CHANNEL)):
        if delivery.pressed or _is_stale(uow, conversation_id, message, payload):
            raise RefusedMessage("stale_button", TOO_LATE)
    elif pressed.index in delivery.pressed:
        raise RefusedMessage("pressed_button", ALREADY_ANSWERED)
    uow.telegram.save_delivery(replace(delivery, pressed=(*delivery.pressed, pressed.index)), now)
    if payload.startswith(OF_THE_CHANNEL):
        seq = uow.conversations.take_seq(conversation_id, now)
        title = buttons[pressed.index]["title"]
        stored = uow.messages.add(
            conversation_id,
            seq,
            Direction.IN,
            Author.USER,
            title,
            Status.DONE,
            now,
            client_id=client_id,
            payload=payload,
        )
        return Receipt(stored)
    return receive_message(uow, conversation_id, client_id, pressed, max_characters, now, handover=handover)


def _is_stale(uow: UnitOfWork, conversation_id: str, message: Message, payload: str) -> bool:
    """Whether the same guided dialogue has shown other buttons since."""
    if not payload.startswith(_STEP):
        return False
    _, _, rest = payload.partition('"activity":')
    marker = '"activity":' + rest.split(",")[0]
    latest = uow.telegram.latest_choice_seq(conversation_id, marker)
    return latest is not None and latest > message.seq
