"""Finds the statements that read a whole table: recorded while something runs, then explained by the database."""

from __future__ import annotations

import contextlib
import json
import re
from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Engine

Recorded = dict[str, Any]
_SCAN = re.compile(r"^SCAN (?!CONSTANT ROW)(\w+)(?! USING (?:COVERING )?INDEX)")


@contextlib.contextmanager
def recorded(engine: Engine) -> Iterator[list[tuple[str, Any]]]:
    """Every statement with its parameters, in order."""
    statements: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_rest: Any) -> None:
        statements.append((statement, parameters))

    sa.event.listen(engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        sa.event.remove(engine, "before_cursor_execute", note)


def whole_table_reads(engine: Engine, statements: list[tuple[str, Any]]) -> list[str]:
    """« table: statement » for each statement that no index serves; sequential scans are forbidden while asking."""
    found = []
    distinct = {sql: parameters for sql, parameters in statements if sql.startswith(("SELECT", "UPDATE", "DELETE"))}
    with engine.connect() as connection:
        if engine.dialect.name == "postgresql":
            connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
        for sql, parameters in distinct.items():
            found += [f"{table}: {sql}" for table in _scanned(connection, engine.dialect.name, sql, parameters)]
    return found


def _scanned(connection: Any, dialect: str, sql: str, parameters: Any) -> list[str]:
    if dialect == "sqlite":
        rows = connection.exec_driver_sql("EXPLAIN QUERY PLAN " + sql, parameters)
        return [match.group(1) for row in rows if (match := _SCAN.match(row.detail))]
    (plan,) = connection.exec_driver_sql("EXPLAIN (FORMAT JSON) " + sql, parameters).one()
    nodes = json.loads(plan) if isinstance(plan, str) else plan
    return [node["Relation Name"] for node in _nodes(nodes[0]["Plan"]) if node["Node Type"] == "Seq Scan"]


def _nodes(node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield node
    for child in node.get("Plans", ()):
        yield from _nodes(child)
