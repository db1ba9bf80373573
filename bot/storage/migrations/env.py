"""Alembic's entry point; the connection comes from `bot.storage.migrate`."""

from alembic import context

from bot.storage.tables import metadata
from bot.storage.tables.base import is_ours

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    include_object=is_ours,
    compare_type=True,
    user_module_prefix="",
    # SQLite cannot alter a column in place.
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()
