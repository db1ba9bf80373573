"""Reads what went badly among stored messages, and writes what maintainers decided about it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row

from bot.dispositif.redaction import InboxItem, InboxState
from bot.storage.tables import faq_inbox, feedback, messages, understandings


class FaqInboxRepository:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def evidence(self, since: datetime) -> list[Row]:
        """Messages of persons since then, in the order of their conversations, with all that says how it went.

        Rows of (id, conversation_id, seq, text, created_at, verdict, best, margin, question, thumbs, by_human).
        """
        answer = messages.alias("answer")
        thumbs = (
            sa.select(sa.func.min(feedback.c.value))
            .select_from(answer.join(feedback, feedback.c.message_id == answer.c.id))
            .where(answer.c.in_reply_to == messages.c.id)
            .scalar_subquery()
        )
        human = messages.alias("human")
        by_human = (
            sa.select(sa.func.min(human.c.seq))
            .where(human.c.conversation_id == messages.c.conversation_id, human.c.author == "human")
            .scalar_subquery()
        )
        query = (
            sa.select(
                messages.c.id,
                messages.c.conversation_id,
                messages.c.seq,
                messages.c.text,
                messages.c.created_at,
                understandings.c.verdict,
                understandings.c.best,
                understandings.c.margin,
                understandings.c.question,
                thumbs.label("thumbs"),
                by_human.label("human_seq"),
            )
            .join(understandings, understandings.c.message_id == messages.c.id)
            .where(messages.c.direction == "in", messages.c.payload.is_(None), messages.c.created_at >= since)
            .order_by(messages.c.conversation_id, messages.c.seq)
        )
        return self._connection.execute(query).all()

    def known_messages(self) -> dict[int, Sequence[str]]:
        """Reasons by message id, for every message already in the inbox."""
        rows = self._connection.execute(sa.select(faq_inbox.c.message_id, faq_inbox.c.reasons))
        return {row.message_id: row.reasons for row in rows}

    def add(self, message_id: int, text: str, reasons: Sequence[str], created_at: datetime) -> None:
        self._connection.execute(
            faq_inbox.insert().values(
                message_id=message_id,
                text=text,
                reasons=list(reasons),
                state=InboxState.NEW.value,
                created_at=created_at,
            )
        )

    def set_reasons(self, message_id: int, reasons: Sequence[str]) -> None:
        self._connection.execute(
            faq_inbox.update().where(faq_inbox.c.message_id == message_id).values(reasons=list(reasons))
        )

    def items(self, state: InboxState | None = InboxState.NEW, limit: int = 5000) -> list[InboxItem]:
        query = sa.select(faq_inbox).order_by(faq_inbox.c.created_at.desc(), faq_inbox.c.id.desc()).limit(limit)
        if state:
            query = query.where(faq_inbox.c.state == state.value)
        return [_item(row) for row in self._connection.execute(query)]

    def find(self, ids: Iterable[int]) -> list[InboxItem]:
        query = sa.select(faq_inbox).where(faq_inbox.c.id.in_(list(ids))).order_by(faq_inbox.c.id)
        return [_item(row) for row in self._connection.execute(query)]

    def regroup(self, groups: Mapping[int, int]) -> None:
        """Item id → group id, for the items whose group changes."""
        for item_id, group_id in groups.items():
            self._connection.execute(faq_inbox.update().where(faq_inbox.c.id == item_id).values(group_id=group_id))

    def decide(
        self,
        ids: Sequence[int],
        state: InboxState,
        author: str | None,
        now: datetime | None,
        entry: str | None = None,
        draft_id: int | None = None,
    ) -> int:
        """How many items changed."""
        result = self._connection.execute(
            faq_inbox.update()
            .where(faq_inbox.c.id.in_(list(ids)))
            .values(state=state.value, entry=entry, draft_id=draft_id, decided_by=author, decided_at=now)
        )
        return result.rowcount

    def traffic(self, since: datetime) -> list[Row]:
        """(question, verdict, count, up, down) since then: what each entry was asked, and how it was rated."""
        answer = messages.alias("answer")
        value = sa.func.coalesce(feedback.c.value, 0)
        query = (
            sa.select(
                understandings.c.question,
                understandings.c.verdict,
                sa.func.count(sa.distinct(understandings.c.message_id)).label("count"),
                sa.func.sum(sa.case((value > 0, 1), else_=0)).label("up"),
                sa.func.sum(sa.case((value < 0, 1), else_=0)).label("down"),
            )
            .select_from(
                understandings.outerjoin(
                    answer,
                    sa.and_(answer.c.in_reply_to == understandings.c.message_id, answer.c.reply_index == 0),
                ).outerjoin(feedback, feedback.c.message_id == answer.c.id)
            )
            .where(understandings.c.created_at >= since)
            .group_by(understandings.c.question, understandings.c.verdict)
        )
        return self._connection.execute(query).all()

    def recent_texts(self, since: datetime, limit: int = 5000) -> list[Row]:
        """(text, count) of what people typed, most frequent first."""
        query = (
            sa.select(messages.c.text, sa.func.count().label("count"))
            .join(understandings, understandings.c.message_id == messages.c.id)
            .where(understandings.c.created_at >= since, understandings.c.verdict != "activite")
            .group_by(messages.c.text)
            .order_by(sa.func.count().desc())
            .limit(limit)
        )
        return self._connection.execute(query).all()

    def verdicts_by_day(self, since: datetime) -> list[Row]:
        """(day, verdict, count): the quality over time."""
        day = sa.func.date(understandings.c.created_at)
        query = (
            sa.select(day.label("day"), understandings.c.verdict, sa.func.count().label("count"))
            .where(understandings.c.created_at >= since)
            .group_by(day, understandings.c.verdict)
            .order_by(day)
        )
        return self._connection.execute(query).all()


def _item(row: Row) -> InboxItem:
    values: dict[str, Any] = {**row._mapping, "state": InboxState(row.state)}
    return InboxItem(**values)
