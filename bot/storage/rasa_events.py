"""Rasa's own table of events: read or emptied here, never written (Rasa counts its rows)."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

TABLE_NAME = "events"
_events = sa.table(TABLE_NAME, *(sa.column(name) for name in ("id", "sender_id", "type_name", "action_name", "data")))


def delete_events(connection: Connection, conversation_ids: Iterable[str]) -> None:
    """Erases what Rasa remembers of these conversations; nothing to do before Rasa's first start."""
    if sa.inspect(connection).has_table(TABLE_NAME):
        connection.execute(_events.delete().where(_events.c.sender_id.in_(list(conversation_ids))))


def latest_slots(connection: Connection, conversation_id: str, names: Sequence[str]) -> dict[str, Any]:
    """The last value that Rasa gave to each of these slots in the conversation; a slot never set is absent."""
    if not sa.inspect(connection).has_table(TABLE_NAME):
        return {}
    latest = (
        sa.select(sa.func.max(_events.c.id))
        .where(
            _events.c.sender_id == conversation_id,
            _events.c.type_name == "slot",
            _events.c.action_name.in_(list(names)),
        )
        .group_by(_events.c.action_name)
    )
    rows = connection.execute(sa.select(_events.c.action_name, _events.c.data).where(_events.c.id.in_(latest)))
    return {row.action_name: json.loads(row.data).get("value") for row in rows}
