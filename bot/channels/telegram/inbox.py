"""Updates wait in the database until they are handled: in order within a chat, chats in parallel."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.engine import Engine
from telegram import Update

from bot.channels.telegram.store import store_update
from bot.dispositif.conversation import Status
from bot.storage.telegram import StoredUpdate
from bot.storage.unit_of_work import UnitOfWork

# How often the table is read when nothing was announced: updates written by `web`, and retries.
IDLE_SECONDS = 0.3
# What a crash costs at most; handling an update again does nothing twice.
LEASE = timedelta(seconds=10)
MAX_ATTEMPTS = 5
REMEMBERED = timedelta(days=7)

logger = logging.getLogger(__name__)


class PersistingQueue(asyncio.Queue):
    """Stands where python-telegram-bot keeps updates in memory: the updater confirms to Telegram what is stored."""

    def __init__(self, engine: Engine, clock: Callable[[], datetime], notify: Callable[[], None]) -> None:
        super().__init__()
        self._engine = engine
        self._clock = clock
        self._notify = notify

    async def put(self, item: Any) -> None:
        while True:
            try:
                await asyncio.to_thread(store_update, self._engine, item.to_dict(), self._clock())
                break
            except Exception as error:  # noqa: BLE001 -- the database may be restarting: Telegram keeps the rest
                logger.warning("update_not_stored error=%s", type(error).__name__)
                await asyncio.sleep(1)
        self._notify()


class Inbox:
    """Hands each stored update to `handle`; what fails is tried again, then given up with a word to the person."""

    def __init__(
        self,
        engine: Engine,
        clock: Callable[[], datetime],
        handle: Callable[[StoredUpdate], Awaitable[None]],
        give_up: Callable[[StoredUpdate], Awaitable[None]],
    ) -> None:
        self._engine = engine
        self._clock = clock
        self._handle = handle
        self._give_up = give_up
        self._news = asyncio.Event()
        self._busy: dict[str | None, asyncio.Task[None]] = {}

    def notify(self) -> None:
        self._news.set()

    async def run(self) -> None:
        forget_at = self._clock()
        try:
            while True:
                try:
                    for chat_id in await asyncio.to_thread(self._waiting):
                        if chat_id not in self._busy:
                            task = asyncio.create_task(self._serve(chat_id), name="telegram-chat")
                            self._busy[chat_id] = task
                    if self._clock() >= forget_at:
                        await asyncio.to_thread(self._forget)
                        forget_at = self._clock() + timedelta(hours=6)
                except Exception as error:  # noqa: BLE001 -- the database may be restarting
                    logger.warning("inbox_failed error=%s", type(error).__name__)
                    await asyncio.sleep(1)
                with contextlib.suppress(asyncio.TimeoutError):
                    await asyncio.wait_for(self._news.wait(), IDLE_SECONDS)
                self._news.clear()
        finally:
            for task in list(self._busy.values()):
                task.cancel()

    async def _serve(self, chat_id: str | None) -> None:
        try:
            while update := await asyncio.to_thread(self._claim, chat_id):
                await self._try(update)
        except Exception as error:  # noqa: BLE001 -- tried again at the next round
            logger.warning("inbox_failed error=%s", type(error).__name__)
        finally:
            del self._busy[chat_id]

    async def _try(self, update: StoredUpdate) -> None:
        try:
            await self._handle(update)
        except Exception as error:  # noqa: BLE001 -- rule 4: nothing fails silently towards a person
            # Only the kind of error: its text may quote the person.
            logger.error(
                "update_failed update=%s attempt=%s error=%s", update.update_id, update.attempts, type(error).__name__
            )
            if update.attempts < MAX_ATTEMPTS:
                await asyncio.to_thread(self._postpone, update)
                return
            await self._give_up(update)
            await asyncio.to_thread(self._close, update, Status.FAILED)
        else:
            await asyncio.to_thread(self._close, update, Status.DONE)

    def _waiting(self) -> list[str | None]:
        with UnitOfWork(self._engine, writes=False) as uow:
            return uow.telegram.waiting_chats(self._clock())

    def _claim(self, chat_id: str | None) -> StoredUpdate | None:
        with UnitOfWork(self._engine) as uow:
            update = uow.telegram.claim_update(chat_id, self._clock(), LEASE)
            uow.commit()
            return update

    def _postpone(self, update: StoredUpdate) -> None:
        with UnitOfWork(self._engine) as uow:
            uow.telegram.postpone_update(update.update_id, self._clock() + timedelta(seconds=2**update.attempts))
            uow.commit()

    def _close(self, update: StoredUpdate, status: Status) -> None:
        with UnitOfWork(self._engine) as uow:
            uow.telegram.close_update(update.update_id, status)
            uow.commit()

    def _forget(self) -> None:
        with UnitOfWork(self._engine) as uow:
            uow.telegram.forget_updates(self._clock() - REMEMBERED)
            uow.commit()


def parse(update: StoredUpdate, bot: Any) -> Update:
    return Update.de_json(dict(update.body), bot)
