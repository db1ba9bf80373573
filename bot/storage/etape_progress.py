"""What a structure declares about the steps of each poste; what the file proves is read elsewhere."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.storage.tables import etape_progress
from bot.storage.upsert import upsert


@dataclass(frozen=True)
class Declared:
    """`etat`: "faite", "passee" or "en_cours"; `fait_le`: the day it was done, if said."""

    etape: int
    etat: str
    fait_le: date | None
    declared_at: datetime


class EtapeProgressRepository:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def of_poste(self, poste_id: int) -> dict[int, Declared]:
        """By step number, 1 to 8; steps about which nothing was declared are absent."""
        rows = self._connection.execute(
            sa.select(etape_progress).where(etape_progress.c.poste_id == poste_id).order_by(etape_progress.c.etape)
        )
        return {row.etape: Declared(row.etape, row.etat, row.fait_le, row.declared_at) for row in rows}

    def declare(self, poste_id: int, etape: int, etat: str, fait_le: date | None, now: datetime) -> None:
        upsert(
            self._connection,
            etape_progress,
            {"poste_id": poste_id, "etape": etape},
            {"etat": etat, "fait_le": fait_le, "declared_at": now},
        )

    def forget(self, poste_id: int, etape: int) -> None:
        self._connection.execute(
            etape_progress.delete().where(etape_progress.c.poste_id == poste_id, etape_progress.c.etape == etape)
        )
