"""Reads and writes the reminders people chose."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row

from bot.storage.tables import reminders

WEEKLY = "weekly"
NUDGE = "nudge"


@dataclass(frozen=True)
class Reminder:
    """A wish to be reminded; `days` are ISO week days, `next_at` is None once stopped."""

    conversation_id: str
    kind: str
    days: tuple[int, ...]
    local_time: str
    time_zone: str
    department: str | None
    after_days: int | None
    next_at: datetime | None
    chosen_at: datetime
    id: int = 0


class ReminderRepository:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def of(self, conversation_id: str) -> list[Reminder]:
        """The running reminders of a conversation."""
        rows = self._connection.execute(
            sa.select(reminders)
            .where(reminders.c.conversation_id == conversation_id, reminders.c.next_at.is_not(None))
            .order_by(reminders.c.kind.desc())
        )
        return [_reminder(row) for row in rows]

    def find(self, conversation_id: str, kind: str) -> Reminder | None:
        row = self._connection.execute(
            sa.select(reminders).where(reminders.c.conversation_id == conversation_id, reminders.c.kind == kind)
        ).one_or_none()
        return _reminder(row) if row else None

    def save(self, reminder: Reminder, now: datetime) -> None:
        """One reminder of each kind per conversation; the last choice counts."""
        values = {
            "days": ",".join(map(str, reminder.days)),
            "local_time": reminder.local_time,
            "time_zone": reminder.time_zone,
            "department": reminder.department,
            "after_days": reminder.after_days,
            "next_at": reminder.next_at,
            "created_at": reminder.chosen_at,
            "updated_at": now,
        }
        known = self.find(reminder.conversation_id, reminder.kind)
        if known:
            self._connection.execute(reminders.update().where(reminders.c.id == known.id).values(**values))
            return
        key = {"conversation_id": reminder.conversation_id, "kind": reminder.kind}
        self._connection.execute(reminders.insert().values(**key, **values))

    def stop(self, conversation_id: str, now: datetime, kind: str | None = None) -> int:
        """Stops the reminders of a conversation; returns how many were running."""
        conditions = [reminders.c.conversation_id == conversation_id, reminders.c.next_at.is_not(None)]
        if kind:
            conditions.append(reminders.c.kind == kind)
        result = self._connection.execute(reminders.update().where(*conditions).values(next_at=None, updated_at=now))
        return result.rowcount

    def claim_due(self, now: datetime) -> Reminder | None:
        """The reminder most overdue, held until the end of the transaction; others skip it."""
        row = self._connection.execute(
            sa.select(reminders)
            .where(reminders.c.next_at <= now)
            .order_by(reminders.c.next_at)
            .limit(1)
            .with_for_update(skip_locked=True)
        ).one_or_none()
        return _reminder(row) if row else None

    def set_next(self, reminder_id: int, next_at: datetime | None, now: datetime) -> None:
        self._connection.execute(
            reminders.update().where(reminders.c.id == reminder_id).values(next_at=next_at, updated_at=now)
        )


def _reminder(row: Row) -> Reminder:
    return Reminder(
        id=row.id,
        conversation_id=row.conversation_id,
        kind=row.kind,
        days=tuple(int(day) for day in row.days.split(",") if day),
        local_time=row.local_time,
        time_zone=row.time_zone,
        department=row.department,
        after_days=row.after_days,
        next_at=row.next_at,
        chosen_at=row.created_at,
    )
