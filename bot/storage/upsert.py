"""Insert or replace, in the dialect at hand."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection

_INSERT = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}


def upsert(connection: Connection, table: sa.Table, key: Mapping[str, Any], values: Mapping[str, Any]) -> None:
    """Inserts the row `key` + `values`, or gives `values` to the row that has this key."""
    statement = _INSERT[connection.dialect.name](table).values(**key, **values)
    connection.execute(
        statement.on_conflict_do_update(index_elements=[table.c[name] for name in key], set_=dict(values))
    )
