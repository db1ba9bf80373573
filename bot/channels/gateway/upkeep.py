"""Looks after requests for a human while nobody does: alarms, absences, endless waits, silences."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from datetime import datetime

from sqlalchemy.engine import Engine

from bot.channels.gateway.wake import Wake
from bot.dispositif.handover import HandoverRules
from bot.services.handover.upkeep import look_after
from bot.storage.unit_of_work import UnitOfWork

PERIOD_SECONDS = 10.0

logger = logging.getLogger(__name__)


class Upkeep:
    """Every `web` process runs one; what another has done meanwhile is left alone."""

    def __init__(self, engine: Engine, wake: Wake, rules: HandoverRules, clock: Callable[[], datetime]) -> None:
        self._engine = engine
        self._wake = wake
        self._rules = rules
        self._clock = clock

    async def run(self) -> None:
        while True:
            try:
                changed = await asyncio.to_thread(self._once)
                for conversation_id in changed:
                    await self._wake.announce(conversation_id)
                if changed:
                    await self._wake.announce("desk")
            except Exception as error:  # noqa: BLE001 -- the database may be restarting
                logger.warning("upkeep_failed error=%s", type(error).__name__)
            await asyncio.sleep(PERIOD_SECONDS)

    def _once(self) -> list[str]:
        return look_after(lambda: UnitOfWork(self._engine), self._rules, self._clock())
