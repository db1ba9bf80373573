"""Reads and writes candidates and the history of publications."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row

from bot.dispositif.redaction import Candidate, CandidateState, Published
from bot.storage.tables import faq_candidates, faq_publications

_RUNNING = (CandidateState.WAITING.value, CandidateState.TRAINING.value)


class FaqReleaseRepository:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add_candidate(
        self,
        author: str,
        base_model: str,
        base_faq: str,
        base_content: str,
        content: str,
        drafts: Sequence[Sequence[int]],
        now: datetime,
    ) -> int:
        result = self._connection.execute(
            faq_candidates.insert().values(
                author=author,
                state=CandidateState.WAITING.value,
                stage="demarrage",
                progress=0.0,
                base_model=base_model,
                base_faq=base_faq,
                base_content=base_content,
                content=content,
                drafts=[list(pair) for pair in drafts],
                created_at=now,
                heartbeat_at=now,
            )
        )
        return result.inserted_primary_key[0]

    def candidate(self, candidate_id: int) -> Candidate | None:
        row = self._connection.execute(
            sa.select(faq_candidates).where(faq_candidates.c.id == candidate_id)
        ).one_or_none()
        return _candidate(row) if row else None

    def candidates(self, limit: int = 20) -> list[Candidate]:
        """The latest first."""
        query = sa.select(faq_candidates).order_by(faq_candidates.c.id.desc()).limit(limit)
        return [_candidate(row) for row in self._connection.execute(query)]

    def running(self) -> list[Candidate]:
        query = sa.select(faq_candidates).where(faq_candidates.c.state.in_(_RUNNING))
        return [_candidate(row) for row in self._connection.execute(query)]

    def update_candidate(self, candidate_id: int, running_only: bool = False, **values: Any) -> bool:
        """Changes some columns; with `running_only`, False when it is no longer waiting or training."""
        statement = faq_candidates.update().where(faq_candidates.c.id == candidate_id)
        if running_only:
            statement = statement.where(faq_candidates.c.state.in_(_RUNNING))
        return self._connection.execute(statement.values(**values)).rowcount == 1

    def add_publication(self, now: datetime, **values: Any) -> int:
        result = self._connection.execute(faq_publications.insert().values(state="started", created_at=now, **values))
        return result.inserted_primary_key[0]

    def publication(self, publication_id: int) -> Published | None:
        row = self._connection.execute(
            sa.select(faq_publications).where(faq_publications.c.id == publication_id)
        ).one_or_none()
        return _published(row) if row else None

    def publications(self, state: str | None = None, limit: int = 100) -> list[Published]:
        """The latest first."""
        query = sa.select(faq_publications).order_by(faq_publications.c.id.desc()).limit(limit)
        if state:
            query = query.where(faq_publications.c.state == state)
        return [_published(row) for row in self._connection.execute(query)]

    def update_publication(self, publication_id: int, **values: Any) -> None:
        self._connection.execute(
            faq_publications.update().where(faq_publications.c.id == publication_id).values(**values)
        )


def _candidate(row: Row) -> Candidate:
    values = {**row._mapping, "state": CandidateState(row.state)}
    values.pop("accepted_at")
    return Candidate(**values)


def _published(row: Row) -> Published:
    return Published(**row._mapping)
