"""Sends what the database holds for Telegram: in order within a chat, at least once, as patiently as it takes."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import uuid
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy.engine import Engine
from telegram.error import RetryAfter

from bot.channels.telegram.drawing import draw
from bot.channels.telegram.sender import Refused, Sender, Unreachable
from bot.dispositif.conversation import Message
from bot.services.deliveries import give_up, record_part, record_sent, try_later
from bot.storage.telegram import Delivery
from bot.storage.unit_of_work import UnitOfWork

# Messages nobody announced: retries, and those of an agent or a reminder of another process.
SCAN_SECONDS = 3.0
LEASE = timedelta(seconds=30)
_BACKOFF_SECONDS = (1, 2, 4, 8, 15, 30, 60)

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Job:
    """One message to send to a chat; `card_id` is the Telegram message whose place it takes."""

    chat_id: int
    message: Message
    delivery: Delivery
    card_id: int | None = None


class Outbox:
    """One task per chat with something to send; any number of processes may run one each."""

    def __init__(self, engine: Engine, sender: Sender, clock: Callable[[], datetime]) -> None:
        self._engine = engine
        self._sender = sender
        self._clock = clock
        self._owner = uuid.uuid4().hex
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._again: set[str] = set()
        # Telegram asked everyone to wait.
        self._pause_until = 0.0
        self.sent: Callable[[str], None] = lambda conversation_id: None

    async def run(self) -> None:
        try:
            while True:
                try:
                    for conversation_id in await asyncio.to_thread(self._to_serve):
                        self.notify(conversation_id)
                except Exception as error:  # noqa: BLE001 -- the database may be restarting
                    logger.warning("outbox_failed error=%s", type(error).__name__)
                await asyncio.sleep(SCAN_SECONDS)
        finally:
            for task in list(self._tasks.values()):
                task.cancel()
            for task in list(self._tasks.values()):
                with contextlib.suppress(asyncio.CancelledError):
                    await task

    def notify(self, conversation_id: str) -> None:
        """Says that this conversation may have something to send."""
        if conversation_id in self._tasks:
            self._again.add(conversation_id)
            return
        self._tasks[conversation_id] = asyncio.create_task(self._serve(conversation_id), name="telegram-outbox")

    async def announce(self, conversation_id: str) -> None:
        """The same, for `gateway.tail`."""
        self.notify(conversation_id)

    async def _serve(self, conversation_id: str) -> None:
        try:
            while job := await asyncio.to_thread(self._next, conversation_id):
                await self._send(job)
        except Exception as error:  # noqa: BLE001 -- the scan comes back to it
            logger.error("outbox_failed conversation=%s error=%s", conversation_id, type(error).__name__)
        finally:
            with contextlib.suppress(Exception):
                await asyncio.shield(asyncio.to_thread(self._release, conversation_id))
            del self._tasks[conversation_id]
            if conversation_id in self._again:
                self._again.discard(conversation_id)
                self.notify(conversation_id)

    async def _send(self, job: Job) -> None:
        loop = asyncio.get_running_loop()
        message, delivery = job.message, job.delivery
        try:
            for number, part in enumerate(draw(message)):
                if number < delivery.parts_sent:
                    continue
                await asyncio.sleep(max(0.0, self._pause_until - loop.time()))
                sent = await self._sender.send(job.chat_id, part, message, job.card_id)
                delivery = replace(delivery, parts_sent=number + 1, keyboard_id=sent or delivery.keyboard_id)
                await asyncio.to_thread(self._record_part, job, delivery)
        except RetryAfter as error:
            seconds = _seconds(error)
            self._pause_until = loop.time() + seconds
            logger.warning("telegram_flood_wait seconds=%s", seconds)
            await asyncio.to_thread(self._later, job, delivery, seconds, False)
        except Unreachable as error:
            delay = _BACKOFF_SECONDS[min(delivery.attempts, len(_BACKOFF_SECONDS) - 1)]
            logger.warning("telegram_away conversation=%s error=%s", message.conversation_id, error)
            await asyncio.to_thread(self._later, job, delivery, delay, True)
        except Refused as error:
            logger.warning("delivery_failed conversation=%s reason=%s", message.conversation_id, error.code)
            await asyncio.to_thread(self._fail, job, delivery, error)
        else:
            await asyncio.to_thread(self._done, job, delivery)
            self.sent(message.conversation_id)

    def _to_serve(self) -> list[str]:
        with UnitOfWork(self._engine, writes=False) as uow:
            return uow.telegram.conversations_to_serve()

    def _next(self, conversation_id: str) -> Job | None:
        """The next message of the conversation, held for this process; None when nothing can be sent now."""
        now = self._clock()
        with UnitOfWork(self._engine, writes=False) as uow:
            if uow.telegram.next_to_send(conversation_id) is None:
                return None
        with UnitOfWork(self._engine) as uow:
            conversation = uow.conversations.get(conversation_id)
            if conversation is None or conversation.channel != "telegram" or conversation.external_id is None:
                return None
            if not uow.telegram.take_lease(conversation_id, self._owner, now, now + LEASE):
                return None
            message_id = uow.telegram.next_to_send(conversation_id)
            message = uow.messages.get(message_id) if message_id else None
            delivery = uow.telegram.delivery(message.id) if message else None
            uow.commit()
            if message is None or delivery is None or (delivery.due_at and delivery.due_at > now):
                return None
        with UnitOfWork(self._engine, writes=False) as uow:
            return Job(int(conversation.external_id), message, delivery, _card_to_replace(uow, message))

    def _release(self, conversation_id: str) -> None:
        with UnitOfWork(self._engine) as uow:
            uow.telegram.release_lease(conversation_id, self._owner)
            uow.commit()

    def _record_part(self, job: Job, delivery: Delivery) -> None:
        now = self._clock()
        with UnitOfWork(self._engine) as uow:
            uow.telegram.take_lease(job.message.conversation_id, self._owner, now, now + LEASE)
            record_part(uow, delivery, now)

    def _done(self, job: Job, delivery: Delivery) -> None:
        with UnitOfWork(self._engine) as uow:
            record_sent(uow, job.message, delivery, self._clock())

    def _later(self, job: Job, delivery: Delivery, seconds: float, counts: bool) -> None:
        with UnitOfWork(self._engine) as uow:
            try_later(uow, job.message, delivery, seconds, counts, self._clock())

    def _fail(self, job: Job, delivery: Delivery, error: Refused) -> None:
        with UnitOfWork(self._engine) as uow:
            give_up(uow, job.message, delivery, error.sentence, self._clock(), blocked=error.code == "blocked")


def _card_to_replace(uow: UnitOfWork, message: Message) -> int | None:
    """The Telegram message to edit when `message` is the next version of the card whose button was pressed."""
    card = message.content.get("card")
    asked = uow.messages.get(message.in_reply_to) if card and message.in_reply_to else None
    if asked is None or not asked.content.get("pressed"):
        return None
    source = uow.messages.at(message.conversation_id, asked.content["pressed"])
    if source is None or source.content.get("card") != card:
        return None
    return uow.telegram.delivery(source.id).keyboard_id


def _seconds(error: RetryAfter) -> float:
    wait = error.retry_after
    return wait.total_seconds() if isinstance(wait, timedelta) else float(wait)
