"""Brings a database to the current schema, or compares it with the one in tables.py."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from sqlalchemy.engine import Engine

from bot.storage.engine import WRITES
from bot.storage.tables import metadata
from bot.storage.tables.base import is_ours

DIRECTORY = Path(__file__).with_name("migrations")


def upgrade(engine: Engine, revision: str = "head") -> None:
    _run(engine, command.upgrade, revision)


def downgrade(engine: Engine, revision: str = "base") -> None:
    _run(engine, command.downgrade, revision)


def write_revision(engine: Engine, message: str, revision_id: str) -> None:
    """For developers: writes the migration from the current database to tables.py."""
    _run(engine, command.revision, message=message, autogenerate=True, rev_id=revision_id)


def differences(engine: Engine) -> list:
    """What Alembic would still change; empty when the database is the schema of tables.py."""

    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "include_object": is_ours})
        return compare_metadata(context, metadata)


def _run(engine: Engine, action, *arguments, **options) -> None:
    configuration = Config()
    configuration.set_main_option("script_location", str(DIRECTORY))
    with engine.connect().execution_options(**{WRITES: True}) as connection:
        configuration.attributes["connection"] = connection
        action(configuration, *arguments, **options)
        connection.commit()
