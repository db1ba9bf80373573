"""Reads and writes accounts, their sessions, failed logins, and who is at their desk."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row

from bot.dispositif.personnel import Role, Staff
from bot.storage.tables import login_failures, staff, staff_presence, staff_sessions
from bot.storage.upsert import upsert


@dataclass(frozen=True)
class StaffSession:
    token_hash: str
    staff: Staff
    csrf: str
    created_at: datetime
    seen_at: datetime


@dataclass(frozen=True)
class Presence:
    available: bool
    seen_at: datetime


class StaffRepository:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(
        self, email: str, first_name: str, last_name: str, role: Role, password_hash: str | None, now: datetime
    ) -> Staff:
        result = self._connection.execute(
            staff.insert().values(
                email=email,
                first_name=first_name,
                last_name=last_name,
                role=role.value,
                password_hash=password_hash,
                must_change_password=False,
                created_at=now,
            )
        )
        return self.get(result.inserted_primary_key[0])

    def get(self, staff_id: int) -> Staff | None:
        return self._one(staff.c.id == staff_id)

    def find(self, email: str) -> Staff | None:
        return self._one(staff.c.email == email)

    def find_subject(self, subject: str) -> Staff | None:
        return self._one(staff.c.oidc_subject == subject)

    def all(self) -> list[Staff]:
        rows = self._connection.execute(sa.select(staff).order_by(staff.c.last_name, staff.c.first_name))
        return [_staff(row) for row in rows]

    def lock_admins(self) -> list[Staff]:
        """The active administrators, held until the end of the transaction: the last one must stay."""
        rows = self._connection.execute(
            sa.select(staff)
            .where(staff.c.role == Role.ADMIN.value, staff.c.disabled_at.is_(None))
            .order_by(staff.c.id)
            .with_for_update()
        )
        return [_staff(row) for row in rows]

    def oidc_subject(self, staff_id: int) -> str | None:
        return self._connection.execute(sa.select(staff.c.oidc_subject).where(staff.c.id == staff_id)).scalar()

    def password_hash(self, staff_id: int) -> str | None:
        return self._connection.execute(sa.select(staff.c.password_hash).where(staff.c.id == staff_id)).scalar()

    def change(self, staff_id: int, **values: Any) -> None:
        self._connection.execute(staff.update().where(staff.c.id == staff_id).values(**values))

    # Sessions

    def open_session(self, token_hash: str, staff_id: int, csrf: str, now: datetime) -> None:
        self._connection.execute(
            staff_sessions.insert().values(
                token_hash=token_hash, staff_id=staff_id, csrf=csrf, created_at=now, seen_at=now
            )
        )

    def session(self, token_hash: str) -> StaffSession | None:
        row = self._connection.execute(
            sa.select(
                staff,
                staff_sessions.c.csrf,
                staff_sessions.c.created_at.label("opened_at"),
                staff_sessions.c.seen_at,
            )
            .join(staff_sessions, staff_sessions.c.staff_id == staff.c.id)
            .where(staff_sessions.c.token_hash == token_hash)
        ).one_or_none()
        return StaffSession(token_hash, _staff(row), row.csrf, row.opened_at, row.seen_at) if row else None

    def touch_session(self, token_hash: str, now: datetime) -> None:
        self._connection.execute(
            staff_sessions.update().where(staff_sessions.c.token_hash == token_hash).values(seen_at=now)
        )

    def close_session(self, token_hash: str) -> None:
        self._connection.execute(staff_sessions.delete().where(staff_sessions.c.token_hash == token_hash))

    def close_sessions(self, staff_id: int, except_hash: str | None = None) -> None:
        self._connection.execute(
            staff_sessions.delete().where(
                staff_sessions.c.staff_id == staff_id, staff_sessions.c.token_hash != (except_hash or "")
            )
        )

    def forget_sessions_before(self, opened: datetime, seen: datetime) -> None:
        self._connection.execute(
            staff_sessions.delete().where(sa.or_(staff_sessions.c.created_at < opened, staff_sessions.c.seen_at < seen))
        )

    # Failed logins

    def failures(self, email_hash: str) -> tuple[int, datetime | None]:
        """How many failures in a row, and until when this address is locked."""
        row = self._connection.execute(
            sa.select(login_failures).where(login_failures.c.email_hash == email_hash).with_for_update()
        ).one_or_none()
        return (row.failures, row.locked_until) if row else (0, None)

    def set_failures(self, email_hash: str, failures: int, locked_until: datetime | None, now: datetime) -> None:
        upsert(
            self._connection,
            login_failures,
            {"email_hash": email_hash},
            {"failures": failures, "last_at": now, "locked_until": locked_until},
        )

    def forget_failures(self, email_hash: str) -> None:
        self._connection.execute(login_failures.delete().where(login_failures.c.email_hash == email_hash))

    def forget_failures_before(self, limit: datetime) -> None:
        self._connection.execute(login_failures.delete().where(login_failures.c.last_at < limit))

    # Presence

    def presence(self, staff_id: int) -> Presence | None:
        row = self._connection.execute(
            sa.select(staff_presence).where(staff_presence.c.staff_id == staff_id)
        ).one_or_none()
        return Presence(row.available, row.seen_at) if row else None

    def set_presence(self, staff_id: int, available: bool, now: datetime) -> None:
        upsert(self._connection, staff_presence, {"staff_id": staff_id}, {"available": available, "seen_at": now})

    def seen(self, staff_id: int, now: datetime) -> None:
        """Renews the presence of someone whose desk is open, without changing whether they are available."""
        result = self._connection.execute(
            staff_presence.update().where(staff_presence.c.staff_id == staff_id).values(seen_at=now)
        )
        if result.rowcount == 0:
            self.set_presence(staff_id, False, now)

    def available_since(self, limit: datetime) -> list[int]:
        """Who takes conversations now: available, seen after `limit`, account active."""
        rows = self._connection.execute(
            sa.select(staff_presence.c.staff_id)
            .join(staff, staff.c.id == staff_presence.c.staff_id)
            .where(staff_presence.c.available, staff_presence.c.seen_at >= limit, staff.c.disabled_at.is_(None))
        )
        return [row.staff_id for row in rows]

    def present_since(self, limit: datetime) -> set[int]:
        rows = self._connection.execute(sa.select(staff_presence.c.staff_id).where(staff_presence.c.seen_at >= limit))
        return {row.staff_id for row in rows}

    def _one(self, *conditions: Any) -> Staff | None:
        row = self._connection.execute(sa.select(staff).where(*conditions)).one_or_none()
        return _staff(row) if row else None


def _staff(row: Row) -> Staff:
    return Staff(
        id=row.id,
        email=row.email,
        first_name=row.first_name,
        last_name=row.last_name,
        role=Role(row.role),
        created_at=row.created_at,
        must_change_password=row.must_change_password,
        has_password=row.password_hash is not None,
        last_login_at=row.last_login_at,
        disabled_at=row.disabled_at,
    )
