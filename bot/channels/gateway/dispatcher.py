"""Takes waiting messages to Rasa, in order within a conversation, and stores the replies."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable
from datetime import datetime

from sqlalchemy.engine import Engine

from bot.channels.gateway.wake import Wake
from bot.channels.rasa_client import AssistantAway, AssistantFailed, RasaClient
from bot.dispositif.conversation import LEASE
from bot.dispositif.handover import HandoverRules
from bot.services.answer_message import Claim, claim_message, deliver_replies, postpone, renew_claim
from bot.storage.unit_of_work import UnitOfWork

WORKERS = 8
# How often the queue is read when nobody announced anything: retries, and messages of a dead process.
IDLE_SECONDS = 1.0

logger = logging.getLogger(__name__)


class Dispatcher:
    """A pool of workers over the database queue. Any number of processes may run one each."""

    def __init__(
        self,
        engine: Engine,
        rasa: RasaClient,
        wake: Wake,
        clock: Callable[[], datetime],
        workers: int = WORKERS,
        handover: HandoverRules | None = None,
    ) -> None:
        self._engine = engine
        self._rasa = rasa
        self._wake = wake
        self._clock = clock
        self._handover = handover
        # One token wakes one worker: waking them all would make each ask the database for nothing.
        self._tokens: asyncio.Queue[None] = asyncio.Queue(maxsize=workers)
        self._count = workers
        self._tasks: list[asyncio.Task[None]] = []

    def start(self) -> None:
        self._tasks = [asyncio.create_task(self._run(), name=f"dispatcher-{i}") for i in range(self._count)]
        self._tasks.append(asyncio.create_task(self._tick(), name="dispatcher-tick"))

    async def stop(self) -> None:
        for task in self._tasks:
            task.cancel()
        for task in self._tasks:
            with contextlib.suppress(asyncio.CancelledError):
                await task

    def notify(self) -> None:
        """Says that a message waits; without it the queue is still read every second."""
        with contextlib.suppress(asyncio.QueueFull):
            self._tokens.put_nowait(None)

    async def _tick(self) -> None:
        while True:
            self.notify()
            await asyncio.sleep(IDLE_SECONDS)

    async def _run(self) -> None:
        while True:
            await self._tokens.get()
            try:
                while (claim := await asyncio.to_thread(self._claim)) is not None:
                    # Another worker may take the next message meanwhile.
                    self.notify()
                    await self._handle(claim)
            except asyncio.CancelledError:
                raise
            except Exception as error:
                logger.error("dispatcher_error error=%s", type(error).__name__, exc_info=error)
                await asyncio.sleep(1)

    async def _handle(self, claim: Claim) -> None:
        message = claim.message
        await self._wake.announce(message.conversation_id, "typing", on=True)
        renewing = asyncio.create_task(self._renew(claim))
        try:
            replies = await self._rasa.ask(
                message.conversation_id,
                message.payload or message.text.lstrip("/ ") or message.text,
                str(message.id),
                retry=message.attempts > 1,
                metadata={"channel": claim.channel},
            )
        except AssistantAway as error:
            logger.warning("assistant_away conversation=%s cause=%s", message.conversation_id, error)
            await asyncio.to_thread(self._postpone, claim, False)
            await self._wake.announce(message.conversation_id, "away")
        except AssistantFailed as error:
            logger.error("assistant_failed conversation=%s cause=%s", message.conversation_id, error)
            await asyncio.to_thread(self._postpone, claim, True)
            await self._wake.announce(message.conversation_id)
        else:
            await asyncio.to_thread(self._deliver, claim, replies)
            await self._wake.announce(message.conversation_id)
        finally:
            renewing.cancel()

    async def _renew(self, claim: Claim) -> None:
        """Keeps the message while Rasa thinks; a process that dies stops renewing, and another takes over."""
        while True:
            await asyncio.sleep(LEASE.total_seconds() / 3)
            if not await asyncio.to_thread(self._renew_once, claim):
                return

    def _claim(self) -> Claim | None:
        with UnitOfWork(self._engine) as uow:
            return claim_message(uow, self._clock())

    def _renew_once(self, claim: Claim) -> bool:
        with UnitOfWork(self._engine) as uow:
            return renew_claim(uow, claim, self._clock())

    def _deliver(self, claim: Claim, replies: list) -> None:
        with UnitOfWork(self._engine) as uow:
            deliver_replies(uow, claim, replies, self._clock(), self._handover)

    def _postpone(self, claim: Claim, blame_message: bool) -> None:
        with UnitOfWork(self._engine) as uow:
            postpone(uow, claim, self._clock(), blame_message)
