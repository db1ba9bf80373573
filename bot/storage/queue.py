"""What the desk's queue shows: one statement for the whole list, whatever its length."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.dispositif.conversation import Direction
from bot.dispositif.handover import Request, State
from bot.storage.handover import request_from_row
from bot.storage.tables import conversation_viewers, conversations, handover_requests, messages, staff

MAX_ROWS = 200


@dataclass(frozen=True)
class QueueFilter:
    """`view`: open, free, mine, aside or closed; the other fields narrow it; None leaves them all."""

    view: str = "open"
    channel: str | None = None
    theme: str | None = None
    priority: int | None = None
    # Conversations found by the full-text search; None when nothing was searched.
    conversations: Sequence[str] | None = None


@dataclass(frozen=True)
class QueueRow:
    request: Request
    channel: str
    holder: str | None
    last_text: str
    last_author: str
    last_at: datetime
    unread: int


class QueueRepository:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def stamp(self) -> tuple:
        """Changes whenever the queue may have: cheap enough to ask twice a second."""
        row = self._connection.execute(
            sa.select(sa.func.max(handover_requests.c.updated_at), sa.func.count(), sa.func.max(handover_requests.c.id))
        ).one()
        return tuple(row)

    def counts(self, staff_id: int, now: datetime) -> dict[str, int]:
        """How many requests each view holds, closed ones left out."""
        c = handover_requests.c
        aside = sa.and_(c.snoozed_until.is_not(None), c.snoozed_until > now)
        free = c.state.in_((State.WAITING.value, State.KEPT.value))
        mine = sa.and_(c.state == State.CLAIMED.value, c.claimed_by == staff_id, ~aside)
        alarms = sa.and_(free, c.alarmed_at.is_not(None))

        def count(condition: sa.sql.ColumnElement) -> sa.sql.ColumnElement:
            return sa.func.coalesce(sa.func.sum(sa.case((condition, 1), else_=0)), 0)

        row = self._connection.execute(
            sa.select(
                sa.func.count().label("open"),
                count(free).label("free"),
                count(mine).label("mine"),
                count(aside).label("aside"),
                count(alarms).label("alarms"),
            ).where(c.closed_at.is_(None))
        ).one()
        return {name: int(value) for name, value in row._mapping.items()}

    def rows(self, staff_id: int, wanted: QueueFilter, now: datetime) -> list[QueueRow]:
        """The requests of a view with the last message of each, urgent and old ones first."""
        last = messages.alias("last")
        read = sa.func.coalesce(conversation_viewers.c.read_seq, 0)
        unread = (
            sa.select(sa.func.count())
            .select_from(messages)
            .where(
                messages.c.conversation_id == conversations.c.id,
                messages.c.seq > read,
                messages.c.direction == Direction.IN.value,
            )
            .correlate(conversations, conversation_viewers)
            .scalar_subquery()
        )
        query = (
            sa.select(
                handover_requests,
                conversations.c.channel,
                staff.c.first_name,
                staff.c.last_name,
                last.c.text,
                last.c.author,
                last.c.created_at.label("last_at"),
                unread.label("unread"),
            )
            .join(conversations, conversations.c.id == handover_requests.c.conversation_id)
            .join(
                last,
                sa.and_(last.c.conversation_id == conversations.c.id, last.c.seq == conversations.c.next_seq - 1),
            )
            .outerjoin(staff, staff.c.id == handover_requests.c.claimed_by)
            .outerjoin(
                conversation_viewers,
                sa.and_(
                    conversation_viewers.c.conversation_id == conversations.c.id,
                    conversation_viewers.c.staff_id == staff_id,
                ),
            )
            .where(*_conditions(wanted, staff_id, now))
            .limit(MAX_ROWS)
        )
        if wanted.view == "closed":
            query = query.order_by(handover_requests.c.closed_at.desc())
        else:
            query = query.order_by(
                handover_requests.c.priority.desc(), handover_requests.c.waiting_since, handover_requests.c.id
            )
        return [
            QueueRow(
                request=request_from_row(row),
                channel=row.channel,
                holder=f"{row.first_name} {row.last_name}" if row.first_name else None,
                last_text=row.text,
                last_author=row.author,
                last_at=row.last_at,
                unread=row.unread,
            )
            for row in self._connection.execute(query)
        ]


def _conditions(wanted: QueueFilter, staff_id: int, now: datetime) -> list[sa.sql.ColumnElement]:
    c = handover_requests.c
    aside = sa.and_(c.snoozed_until.is_not(None), c.snoozed_until > now)
    views = {
        "open": [c.closed_at.is_(None), ~aside],
        "free": [c.closed_at.is_(None), c.claimed_by.is_(None)],
        "mine": [c.closed_at.is_(None), c.claimed_by == staff_id, ~aside],
        "aside": [c.closed_at.is_(None), aside],
        "closed": [c.closed_at.is_not(None)],
    }
    conditions = list(views.get(wanted.view, views["open"]))
    if wanted.channel:
        conditions.append(conversations.c.channel == wanted.channel)
    if wanted.theme:
        conditions.append(c.theme == wanted.theme)
    if wanted.priority is not None:
        conditions.append(c.priority == wanted.priority)
    if wanted.conversations is not None:
        conditions.append(c.conversation_id.in_(list(wanted.conversations)))
    return conditions
