"""Alembic's entry point; the connection comes from `bot.storage.migrate`."""

from alembic import context

from bot.storage.rasa_events import TABLE_NAME as RASA_EVENTS
from bot.storage.tables import metadata


def include(_object, name, kind, _reflected, _compare_to) -> bool:
    return not (kind == "table" and name == RASA_EVENTS)


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    include_object=include,
    compare_type=True,
    user_module_prefix="",
    # SQLite cannot alter a column in place.
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()
