"""Erases conversations everywhere: on request of the person, or when they have become too old."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.storage.rasa_events import delete_events
from bot.storage.unit_of_work import UnitOfWork


def erase_conversation(uow: UnitOfWork, conversation_id: str) -> None:
    """Deletes the conversation, its messages and ratings, who was proven to be there, and Rasa's memory of it."""
    _forget_identity(uow, conversation_id)
    delete_events(uow.connection, [conversation_id])
    uow.conversations.delete(conversation_id)
    uow.commit()


def erase_old_conversations(uow: UnitOfWork, retention: timedelta, now: datetime) -> int:
    """Deletes what nobody has touched for longer than `retention`; returns how many conversations."""
    old = uow.conversations.untouched_since(now - retention)
    if old:
        delete_events(uow.connection, old)
        for conversation_id in old:
            _forget_identity(uow, conversation_id)
            uow.conversations.delete(conversation_id)
    uow.commit()
    return len(old)


def _forget_identity(uow: UnitOfWork, conversation_id: str) -> None:
    conversation = uow.conversations.get(conversation_id)
    # A chat with an identity of its own (Telegram) outlives its conversations.
    if conversation is not None and conversation.external_id is None:
        uow.identities.unlink(conversation.channel, conversation.id)
