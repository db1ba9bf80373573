"""Reads and writes activity reports being written: they survive restarts, days and questions in between."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row

from bot.dispositif.cra import Cra, cra_from_dict, cra_to_dict
from bot.storage.tables import cra_drafts


@dataclass(frozen=True)
class Draft:
    """A report being written; `cra_id` names the filed report it corrects. The first by `rang` is on screen."""

    id: int
    conseiller_id: int
    rang: int
    cra: Cra
    state: Mapping[str, Any]
    cra_id: int | None
    created_at: datetime
    updated_at: datetime


class CraDraftRepository:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(
        self,
        conseiller_id: int,
        cra: Cra,
        now: datetime,
        state: Mapping[str, Any] | None = None,
        cra_id: int | None = None,
    ) -> Draft:
        """A new draft, behind those that wait already."""
        rang = 1 + (
            self._connection.execute(
                sa.select(sa.func.max(cra_drafts.c.rang)).where(cra_drafts.c.conseiller_id == conseiller_id)
            ).scalar()
            or 0
        )
        values = {
            "conseiller_id": conseiller_id,
            "rang": rang,
            "content": cra_to_dict(cra),
            "state": dict(state or {}),
            "cra_id": cra_id,
            "created_at": now,
            "updated_at": now,
        }
        draft_id = self._connection.execute(cra_drafts.insert().values(**values)).inserted_primary_key[0]
        return Draft(draft_id, conseiller_id, rang, cra, values["state"], cra_id, now, now)

    def of(self, conseiller_id: int) -> list[Draft]:
        """The drafts of a conseiller, the one on screen first."""
        rows = self._connection.execute(
            sa.select(cra_drafts).where(cra_drafts.c.conseiller_id == conseiller_id).order_by(cra_drafts.c.rang)
        )
        return [_draft(row) for row in rows]

    def get(self, draft_id: int, conseiller_id: int) -> Draft | None:
        """A draft of this very conseiller, held until the end of the transaction."""
        row = self._connection.execute(
            sa.select(cra_drafts)
            .where(cra_drafts.c.id == draft_id, cra_drafts.c.conseiller_id == conseiller_id)
            .with_for_update()
        ).one_or_none()
        return _draft(row) if row else None

    def save(self, draft: Draft, cra: Cra, state: Mapping[str, Any], now: datetime) -> None:
        self._connection.execute(
            cra_drafts.update()
            .where(cra_drafts.c.id == draft.id)
            .values(content=cra_to_dict(cra), state=dict(state), updated_at=now)
        )

    def remove(self, draft_id: int) -> bool:
        """False when someone removed it first."""
        return self._connection.execute(cra_drafts.delete().where(cra_drafts.c.id == draft_id)).rowcount == 1

    def remove_all(self, conseiller_id: int) -> int:
        return self._connection.execute(cra_drafts.delete().where(cra_drafts.c.conseiller_id == conseiller_id)).rowcount

    def remove_older_than(self, limit: datetime) -> int:
        return self._connection.execute(cra_drafts.delete().where(cra_drafts.c.updated_at < limit)).rowcount


def _draft(row: Row) -> Draft:
    return Draft(
        id=row.id,
        conseiller_id=row.conseiller_id,
        rang=row.rang,
        cra=cra_from_dict(row.content),
        state=row.state,
        cra_id=row.cra_id,
        created_at=row.created_at,
        updated_at=row.updated_at,
    )
