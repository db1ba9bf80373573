"""Rasa's own table of events: only ever emptied here, never written (Rasa counts its rows)."""

from __future__ import annotations

from collections.abc import Iterable

import sqlalchemy as sa
from sqlalchemy.engine import Connection

TABLE_NAME = "events"
_events = sa.table(TABLE_NAME, sa.column("sender_id"))


def delete_events(connection: Connection, conversation_ids: Iterable[str]) -> None:
    """Erases what Rasa remembers of these conversations; nothing to do before Rasa's first start."""
    if sa.inspect(connection).has_table(TABLE_NAME):
        connection.execute(_events.delete().where(_events.c.sender_id.in_(list(conversation_ids))))
