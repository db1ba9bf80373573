"""Reads and writes how messages were understood."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row

from bot.dispositif.understanding import Understanding
from bot.storage.tables import messages, understandings
from bot.storage.upsert import upsert


class UnderstandingRepository:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, message_id: int, understanding: Understanding, now: datetime) -> None:
        """Keeps how the incoming message `message_id` was understood; the last time counts."""
        upsert(
            self._connection,
            understandings,
            {"message_id": message_id},
            {
                "verdict": understanding.verdict,
                "question": understanding.question,
                "candidates": [list(candidate) for candidate in understanding.candidates],
                "best": understanding.best,
                "margin": understanding.margin,
                "model": understanding.model,
                "created_at": now,
            },
        )

    def get(self, message_id: int) -> Understanding | None:
        row = self._connection.execute(
            sa.select(understandings).where(understandings.c.message_id == message_id)
        ).one_or_none()
        return _understanding(row) if row else None

    def of_conversation(self, conversation_id: str) -> dict[int, Understanding]:
        """What was understood in a conversation, by id of the person's message."""
        rows = self._connection.execute(
            sa.select(understandings)
            .join(messages, messages.c.id == understandings.c.message_id)
            .where(messages.c.conversation_id == conversation_id)
        )
        return {row.message_id: _understanding(row) for row in rows}


def _understanding(row: Row) -> Understanding:
    return Understanding(
        verdict=row.verdict,
        question=row.question,
        candidates=tuple((name, float(score)) for name, score in row.candidates),
        model=row.model,
    )
