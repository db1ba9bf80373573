"""Looks every few seconds for reminders that are due. Any number of processes may do it: each row has one taker."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from datetime import datetime

from sqlalchemy.engine import Engine

from bot.services.reminders.last_report import last_report
from bot.services.reminders.send_due import send_next_due
from bot.storage.unit_of_work import UnitOfWork

PERIOD_SECONDS = 15.0

logger = logging.getLogger(__name__)


async def remind(engine: Engine, clock: Callable[[], datetime], period: float = PERIOD_SECONDS) -> None:
    """Until cancelled."""

    def send_one() -> bool:
        with UnitOfWork(engine) as uow:
            return send_next_due(uow, last_report, clock())

    while True:
        try:
            while await asyncio.to_thread(send_one):
                pass
        except Exception as error:  # noqa: BLE001 -- the database may be restarting
            logger.warning("reminders_failed error=%s", type(error).__name__)
        await asyncio.sleep(period)
