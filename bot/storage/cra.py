"""Reads and writes filed activity reports."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row

from bot.dispositif.cra import Cra, cra_from_dict, cra_to_dict
from bot.storage.tables import cra_themes, cra_versions, cras

CORRECTED, ARCHIVED, RESTORED = "corrige", "archive", "retabli"


@dataclass(frozen=True)
class FiledCra:
    """A report as filed; `archived_at` once its author has deleted it."""

    id: int
    conseiller_id: int
    structure_id: int
    cra: Cra
    created_at: datetime
    updated_at: datetime
    archived_at: datetime | None = None


@dataclass(frozen=True)
class Filter:
    """What a list shows; dates included on both sides. Empty fields filter nothing."""

    since: date | None = None
    until: date | None = None
    activite: str | None = None
    canal: str | None = None
    theme: str | None = None
    code_postal: str | None = None


class CraRepository:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, conseiller_id: int, structure_id: int, cra: Cra, draft_id: int, now: datetime) -> int:
        """Files a complete report and returns its id."""
        result = self._connection.execute(
            cras.insert().values(
                conseiller_id=conseiller_id,
                structure_id=structure_id,
                draft_id=draft_id,
                created_at=now,
                updated_at=now,
                **_columns(cra),
            )
        )
        cra_id = result.inserted_primary_key[0]
        self._set_themes(cra_id, cra.themes)
        return cra_id

    def get(self, cra_id: int, conseiller_id: int) -> FiledCra | None:
        """A report of this very conseiller, archived or not; nobody reads another's."""
        row = self._connection.execute(
            sa.select(cras).where(cras.c.id == cra_id, cras.c.conseiller_id == conseiller_id)
        ).one_or_none()
        return _filed(row) if row else None

    def of_draft(self, draft_id: int) -> FiledCra | None:
        row = self._connection.execute(sa.select(cras).where(cras.c.draft_id == draft_id)).one_or_none()
        return _filed(row) if row else None

    def replace(self, before: FiledCra, cra: Cra, now: datetime) -> None:
        """Corrects a report; what it was stays in its versions."""
        self._keep_version(before, CORRECTED, now)
        self._connection.execute(cras.update().where(cras.c.id == before.id).values(updated_at=now, **_columns(cra)))
        self._connection.execute(cra_themes.delete().where(cra_themes.c.cra_id == before.id))
        self._set_themes(before.id, cra.themes)

    def archive(self, filed: FiledCra, now: datetime) -> None:
        self._keep_version(filed, ARCHIVED, now)
        self._connection.execute(cras.update().where(cras.c.id == filed.id).values(archived_at=now, updated_at=now))

    def restore(self, filed: FiledCra, now: datetime) -> None:
        self._keep_version(filed, RESTORED, now)
        self._connection.execute(cras.update().where(cras.c.id == filed.id).values(archived_at=None, updated_at=now))

    def previous(self, cra_id: int) -> tuple[str, Cra] | None:
        """What the last change of a report was, and the report before it; None when it never changed."""
        row = self._connection.execute(
            sa.select(cra_versions).where(cra_versions.c.cra_id == cra_id).order_by(cra_versions.c.id.desc()).limit(1)
        ).one_or_none()
        return (row.action, cra_from_dict(row.content)) if row else None

    def page(self, conseiller_id: int, wanted: Filter, limit: int, offset: int) -> list[FiledCra]:
        """The latest accompaniments first."""
        query = self._matching(sa.select(cras), conseiller_id, wanted)
        rows = self._connection.execute(
            query.order_by(cras.c.date.desc(), cras.c.id.desc()).limit(limit).offset(offset)
        )
        return [_filed(row) for row in rows]

    def count(self, conseiller_id: int, wanted: Filter) -> int:
        query = self._matching(sa.select(sa.func.count()).select_from(cras), conseiller_id, wanted)
        return self._connection.execute(query).scalar_one()

    def latest(self, conseiller_id: int) -> FiledCra | None:
        """The report filed last, whatever its date: what « comme la dernière fois » repeats."""
        row = self._connection.execute(
            sa.select(cras)
            .where(cras.c.conseiller_id == conseiller_id, cras.c.archived_at.is_(None))
            .order_by(cras.c.created_at.desc(), cras.c.id.desc())
            .limit(1)
        ).one_or_none()
        return _filed(row) if row else None

    def recent(self, conseiller_id: int, limit: int) -> list[FiledCra]:
        """The reports filed last, the latest first: where usual places and durations are read."""
        rows = self._connection.execute(
            sa.select(cras)
            .where(cras.c.conseiller_id == conseiller_id, cras.c.archived_at.is_(None))
            .order_by(cras.c.created_at.desc(), cras.c.id.desc())
            .limit(limit)
        )
        return [_filed(row) for row in rows]

    def last_date(self, conseiller_id: int) -> date | None:
        """The day of the latest accompaniment reported."""
        return self._connection.execute(
            sa.select(sa.func.max(cras.c.date)).where(
                cras.c.conseiller_id == conseiller_id, cras.c.archived_at.is_(None)
            )
        ).scalar()

    def of_conseiller(self, conseiller_id: int, since: date, until: date) -> list[FiledCra]:
        """Every report of a period, the oldest first."""
        query = self._matching(sa.select(cras), conseiller_id, Filter(since, until))
        return [_filed(row) for row in self._connection.execute(query.order_by(cras.c.date, cras.c.id))]

    def everything_of(self, conseiller_id: int) -> list[FiledCra]:
        """Every report we hold, deleted ones included, the oldest first."""
        rows = self._connection.execute(
            sa.select(cras).where(cras.c.conseiller_id == conseiller_id).order_by(cras.c.date, cras.c.id)
        )
        return [_filed(row) for row in rows]

    def of_structure(self, structure_id: int, since: date, until: date) -> list[FiledCra]:
        """Every report made for a structure in a period; for aggregates only, never shown one by one."""
        rows = self._connection.execute(
            sa.select(cras)
            .where(
                cras.c.structure_id == structure_id,
                cras.c.archived_at.is_(None),
                cras.c.date >= since,
                cras.c.date <= until,
            )
            .order_by(cras.c.date, cras.c.id)
        )
        return [_filed(row) for row in rows]

    def _matching(self, query: sa.sql.Select, conseiller_id: int, wanted: Filter) -> sa.sql.Select:
        query = query.where(cras.c.conseiller_id == conseiller_id, cras.c.archived_at.is_(None))
        if wanted.since:
            query = query.where(cras.c.date >= wanted.since)
        if wanted.until:
            query = query.where(cras.c.date <= wanted.until)
        for name in ("activite", "canal", "code_postal"):
            value = getattr(wanted, name)
            if value:
                query = query.where(cras.c[name] == value)
        if wanted.theme:
            query = query.where(sa.exists().where(cra_themes.c.cra_id == cras.c.id, cra_themes.c.theme == wanted.theme))
        return query

    def _set_themes(self, cra_id: int, themes: Iterable[str]) -> None:
        rows = [{"cra_id": cra_id, "theme": theme} for theme in themes]
        if rows:
            self._connection.execute(cra_themes.insert(), rows)

    def _keep_version(self, filed: FiledCra, action: str, now: datetime) -> None:
        self._connection.execute(
            cra_versions.insert().values(cra_id=filed.id, action=action, content=cra_to_dict(filed.cra), at=now)
        )


def _columns(cra: Cra) -> dict:
    return {
        "date": cra.date,
        "canal": cra.canal,
        "activite": cra.activite,
        "nb_participants": cra.nb_participants,
        "duree_minutes": cra.duree_minutes,
        "code_postal": cra.code_postal,
        "content": cra_to_dict(cra),
    }


def _filed(row: Row) -> FiledCra:
    return FiledCra(
        id=row.id,
        conseiller_id=row.conseiller_id,
        structure_id=row.structure_id,
        cra=cra_from_dict(row.content),
        created_at=row.created_at,
        updated_at=row.updated_at,
        archived_at=row.archived_at,
    )
