"""Who did what, on which subject, when. Never any content: no name, no text, no amount."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.storage.tables import audit_log


@dataclass(frozen=True)
class Actor:
    """`kind`: structure, conseiller, agent, cli, systeme or inconnu; `id`: our id of it, if any."""

    kind: str
    id: str | None = None


@dataclass(frozen=True)
class Entry:
    at: datetime
    actor: Actor
    action: str
    subject_kind: str
    subject_id: str | None
    conversation_id: str | None
    id: int = 0


class AuditRepository:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def write(
        self,
        actor: Actor,
        action: str,
        subject_kind: str,
        subject_id: int | str | None,
        now: datetime,
        conversation_id: str | None = None,
    ) -> None:
        self._connection.execute(
            audit_log.insert().values(
                at=now,
                actor_kind=actor.kind,
                actor_id=actor.id,
                action=action,
                subject_kind=subject_kind,
                subject_id=None if subject_id is None else str(subject_id),
                conversation_id=conversation_id,
            )
        )

    def on(self, subject_kind: str, subject_id: int | str, limit: int = 100) -> list[Entry]:
        """What happened to a subject, the latest first."""
        return self._read(
            audit_log.c.subject_kind == subject_kind, audit_log.c.subject_id == str(subject_id), limit=limit
        )

    def by(self, actor: Actor, limit: int = 100) -> list[Entry]:
        """What someone did, the latest first."""
        return self._read(audit_log.c.actor_kind == actor.kind, audit_log.c.actor_id == actor.id, limit=limit)

    def latest(self, limit: int = 100, before_id: int | None = None) -> list[Entry]:
        """What happened, the latest first; `before_id` gives the following page."""
        conditions = [] if before_id is None else [audit_log.c.id < before_id]
        return self._read(*conditions, limit=limit)

    def _read(self, *conditions: sa.sql.ColumnElement, limit: int) -> list[Entry]:
        rows = self._connection.execute(
            sa.select(audit_log).where(*conditions).order_by(audit_log.c.at.desc(), audit_log.c.id.desc()).limit(limit)
        )
        return [
            Entry(
                row.at,
                Actor(row.actor_kind, row.actor_id),
                row.action,
                row.subject_kind,
                row.subject_id,
                row.conversation_id,
                row.id,
            )
            for row in rows
        ]
