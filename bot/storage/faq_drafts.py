"""Reads and writes drafts, owners and review dates, and questions whose right answer is known."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row

from bot.dispositif.redaction import Care, Draft, DraftKind
from bot.storage.tables import faq_care, faq_drafts, faq_golden
from bot.storage.upsert import upsert

OPEN = "open"


class FaqDraftRepository:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(
        self, author: str, entry: str, kind: DraftKind, base: str | None, content: Mapping[str, Any], now: datetime
    ) -> Draft:
        result = self._connection.execute(
            faq_drafts.insert().values(
                author=author,
                entry=entry,
                kind=kind.value,
                base=base,
                content=dict(content),
                version=1,
                state=OPEN,
                created_at=now,
                updated_at=now,
            )
        )
        return Draft(result.inserted_primary_key[0], author, entry, kind, base, dict(content), 1, now, now)

    def get(self, draft_id: int) -> Draft | None:
        """An open draft."""
        row = self._connection.execute(
            sa.select(faq_drafts).where(faq_drafts.c.id == draft_id, faq_drafts.c.state == OPEN)
        ).one_or_none()
        return _draft(row) if row else None

    def open(self, author: str | None = None, entry: str | None = None) -> list[Draft]:
        """Open drafts, oldest first; of one person or on one entry when asked."""
        query = sa.select(faq_drafts).where(faq_drafts.c.state == OPEN).order_by(faq_drafts.c.id)
        if author is not None:
            query = query.where(faq_drafts.c.author == author)
        if entry is not None:
            query = query.where(faq_drafts.c.entry == entry)
        return [_draft(row) for row in self._connection.execute(query)]

    def save(
        self,
        draft_id: int,
        expected_version: int,
        content: Mapping[str, Any],
        now: datetime,
        *,
        entry: str,
        base: str | None,
        kind: DraftKind,
    ) -> bool:
        """Compare-and-set: False when the draft was saved from elsewhere since it was read."""
        result = self._connection.execute(
            faq_drafts.update()
            .where(faq_drafts.c.id == draft_id, faq_drafts.c.version == expected_version, faq_drafts.c.state == OPEN)
            .values(
                content=dict(content),
                entry=entry,
                base=base,
                kind=kind.value,
                version=expected_version + 1,
                updated_at=now,
            )
        )
        return result.rowcount == 1

    def close(self, draft_ids: Sequence[int], state: str, now: datetime) -> None:
        """`state`: published or abandoned."""
        if draft_ids:
            self._connection.execute(
                faq_drafts.update()
                .where(faq_drafts.c.id.in_(list(draft_ids)), faq_drafts.c.state == OPEN)
                .values(state=state, updated_at=now)
            )

    def care(self) -> dict[str, Care]:
        return {
            row.entry: Care(row.entry, row.owner, row.review_on)
            for row in self._connection.execute(sa.select(faq_care))
        }

    def take_care(self, entry: str, owner: str | None, review_on: date | None, author: str, now: datetime) -> None:
        upsert(
            self._connection,
            faq_care,
            {"entry": entry},
            {"owner": owner, "review_on": review_on, "updated_by": author, "updated_at": now},
        )

    def golden(self) -> list[Row]:
        """(id, text, entry, critical, author) of every known question."""
        return self._connection.execute(sa.select(faq_golden).order_by(faq_golden.c.id)).all()

    def add_golden(self, text: str, form: str, entry: str, critical: bool, author: str, now: datetime) -> None:
        upsert(
            self._connection,
            faq_golden,
            {"form": form[:255]},
            {"text": text, "entry": entry, "critical": critical, "author": author, "created_at": now},
        )

    def remove_golden(self, golden_id: int) -> None:
        self._connection.execute(faq_golden.delete().where(faq_golden.c.id == golden_id))


def _draft(row: Row) -> Draft:
    return Draft(
        id=row.id,
        author=row.author,
        entry=row.entry,
        kind=DraftKind(row.kind),
        base=row.base,
        content=row.content,
        version=row.version,
        created_at=row.created_at,
        updated_at=row.updated_at,
    )
