"""What actions need from the outside: the database and the time. Opened once per process, on first use."""

from __future__ import annotations

from datetime import datetime, timezone
from functools import lru_cache

from sqlalchemy.engine import Engine

from bot.settings import Settings, read_settings
from bot.storage.engine import create_engine
from bot.storage.unit_of_work import UnitOfWork


@lru_cache(maxsize=1)
def settings() -> Settings:
    return read_settings()


@lru_cache(maxsize=1)
def engine() -> Engine:
    return create_engine(settings().database_url)


def open_unit_of_work(writes: bool = True) -> UnitOfWork:
    """A transaction on the project's database."""
    return UnitOfWork(engine(), writes)


def utc_now() -> datetime:
    return datetime.now(timezone.utc)
