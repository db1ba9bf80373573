"""Reads and writes identities, access codes and failed attempts."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row

from bot.dispositif.access import AccessCode, Attempts, Identity, Kind, Method, Purpose
from bot.storage.tables import access_attempts, access_codes, identities
from bot.storage.upsert import upsert


class IdentityRepository:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def get(self, channel: str, external_id: str) -> Identity | None:
        row = self._connection.execute(
            sa.select(identities).where(identities.c.channel == channel, identities.c.external_id == external_id)
        ).one_or_none()
        return _identity(row) if row else None

    def link(
        self,
        channel: str,
        external_id: str,
        kind: Kind,
        method: Method,
        now: datetime,
        *,
        structure_id: int | None = None,
        contact_id: int | None = None,
        conseiller_id: int | None = None,
        expires_at: datetime | None = None,
    ) -> None:
        """Says who is behind this chat; whoever was before is replaced."""
        upsert(
            self._connection,
            identities,
            {"channel": channel, "external_id": external_id},
            {
                "kind": kind.value,
                "structure_id": structure_id,
                "contact_id": contact_id,
                "conseiller_id": conseiller_id,
                "method": method.value,
                "created_at": now,
                "last_seen_at": now,
                "expires_at": expires_at,
            },
        )

    def touch(self, identity_id: int, now: datetime) -> None:
        self._connection.execute(identities.update().where(identities.c.id == identity_id).values(last_seen_at=now))

    def unlink(self, channel: str, external_id: str) -> bool:
        """Forgets who is behind this chat; False when nobody was."""
        result = self._connection.execute(
            identities.delete().where(identities.c.channel == channel, identities.c.external_id == external_id)
        )
        return result.rowcount == 1

    def of_conseiller(self, conseiller_id: int) -> list[Identity]:
        """Every chat linked to this conseiller."""
        rows = self._connection.execute(sa.select(identities).where(identities.c.conseiller_id == conseiller_id))
        return [_identity(row) for row in rows]


class AccessCodeRepository:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(
        self,
        code_hash: str,
        purpose: Purpose,
        issued_by: str,
        now: datetime,
        expires_at: datetime,
        *,
        structure_id: int | None = None,
        contact_id: int | None = None,
        conseiller_id: int | None = None,
    ) -> int:
        result = self._connection.execute(
            access_codes.insert().values(
                code_hash=code_hash,
                purpose=purpose.value,
                structure_id=structure_id,
                contact_id=contact_id,
                conseiller_id=conseiller_id,
                issued_by=issued_by,
                created_at=now,
                expires_at=expires_at,
            )
        )
        return result.inserted_primary_key[0]

    def by_hash(self, code_hash: str) -> AccessCode | None:
        row = self._connection.execute(
            sa.select(access_codes).where(access_codes.c.code_hash == code_hash)
        ).one_or_none()
        return _code(row) if row else None

    def hashes_of_structure(self, structure_id: int, now: datetime) -> list[tuple[int, str]]:
        """(id, hash) of the codes that still open the file of this structure."""
        rows = self._connection.execute(
            sa.select(access_codes.c.id, access_codes.c.code_hash).where(
                access_codes.c.structure_id == structure_id,
                access_codes.c.purpose == Purpose.STRUCTURE.value,
                access_codes.c.used_at.is_(None),
                access_codes.c.revoked_at.is_(None),
                access_codes.c.expires_at > now,
            )
        )
        return [(row.id, row.code_hash) for row in rows]

    def get(self, code_id: int) -> AccessCode | None:
        row = self._connection.execute(sa.select(access_codes).where(access_codes.c.id == code_id)).one_or_none()
        return _code(row) if row else None

    def use(self, code_id: int, now: datetime) -> bool:
        """Compare-and-set: False when it was used, revoked or out of date meanwhile."""
        result = self._connection.execute(
            access_codes.update()
            .where(
                access_codes.c.id == code_id,
                access_codes.c.used_at.is_(None),
                access_codes.c.revoked_at.is_(None),
                access_codes.c.expires_at > now,
            )
            .values(used_at=now)
        )
        return result.rowcount == 1

    def revoke(self, now: datetime, **owner: int) -> int:
        """Revokes the unused codes of `structure_id=…` or `conseiller_id=…`; returns how many."""
        conditions = [access_codes.c[name] == value for name, value in owner.items()]
        result = self._connection.execute(
            access_codes.update()
            .where(*conditions, access_codes.c.used_at.is_(None), access_codes.c.revoked_at.is_(None))
            .values(revoked_at=now)
        )
        return result.rowcount


class AttemptRepository:
    """Failures by scope ("conversation", "siret") and hashed key."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def get(self, scope: str, key_hash: str) -> Attempts | None:
        row = self._connection.execute(sa.select(access_attempts).where(*_at(scope, key_hash))).one_or_none()
        return Attempts(row.failures, row.since, row.locked_until) if row else None

    def put(self, scope: str, key_hash: str, attempts: Attempts) -> None:
        upsert(
            self._connection,
            access_attempts,
            {"scope": scope, "key_hash": key_hash},
            {"failures": attempts.failures, "since": attempts.since, "locked_until": attempts.locked_until},
        )

    def forget(self, scope: str, key_hash: str) -> None:
        self._connection.execute(access_attempts.delete().where(*_at(scope, key_hash)))

    def forget_before(self, limit: datetime) -> None:
        self._connection.execute(access_attempts.delete().where(access_attempts.c.since < limit))


def _at(scope: str, key_hash: str) -> tuple[Any, Any]:
    return access_attempts.c.scope == scope, access_attempts.c.key_hash == key_hash


def _identity(row: Row) -> Identity:
    return Identity(
        id=row.id,
        channel=row.channel,
        external_id=row.external_id,
        kind=Kind(row.kind),
        structure_id=row.structure_id,
        contact_id=row.contact_id,
        conseiller_id=row.conseiller_id,
        method=Method(row.method),
        created_at=row.created_at,
        last_seen_at=row.last_seen_at,
        expires_at=row.expires_at,
    )


def _code(row: Row) -> AccessCode:
    return AccessCode(
        id=row.id,
        purpose=Purpose(row.purpose),
        structure_id=row.structure_id,
        contact_id=row.contact_id,
        conseiller_id=row.conseiller_id,
        issued_by=row.issued_by,
        created_at=row.created_at,
        expires_at=row.expires_at,
        used_at=row.used_at,
        revoked_at=row.revoked_at,
    )
