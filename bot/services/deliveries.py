"""What became of a message on its way to a chat: sent, tried again later, or given up and why."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from bot.dispositif.conversation import Message, Status
from bot.storage.telegram import Delivery
from bot.storage.unit_of_work import UnitOfWork

# A message that could not leave for a day says nothing useful any more.
GIVE_UP_AFTER = timedelta(days=1)
TOO_OLD = "Telegram n'a pas répondu pendant un jour."


def record_part(uow: UnitOfWork, delivery: Delivery, now: datetime) -> None:
    """One of the sendings of a message is done: it will not be done again."""
    uow.telegram.save_delivery(delivery, now)
    uow.commit()


def record_sent(uow: UnitOfWork, message: Message, delivery: Delivery, now: datetime) -> None:
    uow.telegram.save_delivery(replace(delivery, due_at=None, failure=None), now)
    uow.messages.set_status(message.id, Status.DELIVERED)
    uow.commit()


def try_later(
    uow: UnitOfWork, message: Message, delivery: Delivery, seconds: float, counts: bool, now: datetime
) -> None:
    """Puts the message back; the following ones of its chat wait behind it. Given up after a day."""
    if now - message.created_at > GIVE_UP_AFTER:
        give_up(uow, message, delivery, TOO_OLD, now)
        return
    attempts = delivery.attempts + (1 if counts else 0)
    uow.telegram.save_delivery(replace(delivery, attempts=attempts, due_at=now + timedelta(seconds=seconds)), now)
    uow.commit()


def give_up(
    uow: UnitOfWork, message: Message, delivery: Delivery, reason: str, now: datetime, blocked: bool = False
) -> None:
    """Marks the message failed, with the reason for the agents; a blocked chat gets no reminder any more."""
    uow.telegram.save_delivery(replace(delivery, due_at=None, failure=reason), now)
    uow.messages.set_status(message.id, Status.FAILED)
    if blocked:
        uow.telegram.set_blocked(message.conversation_id, now)
        uow.reminders.stop(message.conversation_id, now)
    uow.commit()


def retry_delivery(uow: UnitOfWork, message_id: int, now: datetime) -> bool:
    """An agent asks to try a failed message again; False when it has not failed."""
    message = uow.messages.get(message_id)
    if message is None or message.status is not Status.FAILED:
        return False
    uow.telegram.save_delivery(replace(uow.telegram.delivery(message_id), attempts=0, due_at=None, failure=None), now)
    uow.messages.set_status(message_id, Status.QUEUED)
    uow.commit()
    return True
