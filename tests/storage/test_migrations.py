from sqlalchemy import inspect

from bot.storage.engine import create_engine
from bot.storage.migrate import differences, downgrade, upgrade
from bot.storage.tables import metadata


def test_migrations_lead_exactly_to_the_tables(engine):
    assert differences(engine) == []


def test_migrations_can_be_undone_and_done_again(engine):
    downgrade(engine)
    assert set(inspect(engine).get_table_names()) <= {"alembic_version", "sqlite_sequence"}
    upgrade(engine)
    assert differences(engine) == []


def test_migrating_twice_changes_nothing(engine):
    upgrade(engine)
    assert differences(engine) == []


def test_an_empty_database_differs_from_the_tables(database_url):
    engine = create_engine(database_url)
    assert len(differences(engine)) >= len(metadata.tables)
    engine.dispose()
