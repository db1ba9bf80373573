"""Notices messages written by other processes (another `web`, the command line) and wakes their streams."""

from __future__ import annotations

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Callable
from typing import Any, Protocol

from sqlalchemy.engine import Engine

from bot.storage.unit_of_work import UnitOfWork

PERIOD_SECONDS = 0.5
# PostgreSQL hands out ids before commit, so a smaller id may appear after a larger one: look back a little.
LOOK_BACK = 200

logger = logging.getLogger(__name__)


class Announces(Protocol):
    """Whoever wants to know that a conversation has something new."""

    async def announce(self, conversation_id: str) -> Any: ...


class Tail:
    """One light query twice a second for the whole process, however many streams are open.

    `on_news` is called once for each batch of messages of other processes: some may wait for the assistant.
    """

    def __init__(
        self,
        engine: Engine,
        wake: Announces,
        period: float = PERIOD_SECONDS,
        on_news: Callable[[], None] = lambda: None,
    ) -> None:
        self._engine = engine
        self._wake = wake
        self._period = period
        self._on_news = on_news
        self._seen: OrderedDict[int, None] = OrderedDict()

    async def run(self) -> None:
        latest = await asyncio.to_thread(self._latest)
        while True:
            await asyncio.sleep(self._period)
            try:
                fresh = await asyncio.to_thread(self._after, latest - LOOK_BACK)
            except Exception as error:  # noqa: BLE001 -- the database may be restarting
                logger.warning("tail_failed error=%s", type(error).__name__)
                continue
            if any(message_id not in self._seen for message_id, _ in fresh):
                self._on_news()
            for message_id, conversation_id in fresh:
                latest = max(latest, message_id)
                if message_id not in self._seen:
                    self._seen[message_id] = None
                    await self._wake.announce(conversation_id)
            while len(self._seen) > 4 * LOOK_BACK:
                self._seen.popitem(last=False)

    def _latest(self) -> int:
        with UnitOfWork(self._engine, writes=False) as uow:
            latest = uow.messages.latest_id()
            self._seen.update(
                dict.fromkeys(i for i, _ in uow.messages.conversations_with_messages_after(latest - LOOK_BACK))
            )
            return latest

    def _after(self, message_id: int) -> list[tuple[int, str]]:
        with UnitOfWork(self._engine, writes=False) as uow:
            return uow.messages.conversations_with_messages_after(message_id)
