"""The desk's figures over a period: volumes, waits, handling, ratings, subjects."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.dispositif.conversation import Direction
from bot.storage.tables import conversations, feedback, handover_requests, messages, staff

PARIS = ZoneInfo("Europe/Paris")


@dataclass(frozen=True)
class Figures:
    """Durations are medians and ninth deciles; None when nothing was measured."""

    conversations: int
    # Conversations in which someone wrote, and those among them in which nobody asked for a human.
    solved_alone: int
    requests: int
    answered: int
    waits: tuple[timedelta, timedelta] | None
    handling: tuple[timedelta, timedelta] | None
    thumbs_up: int
    thumbs_down: int
    # How many times each note from 1 to 5 was given after a human.
    ratings: dict[int, int] = field(default_factory=dict)
    by_day: list[tuple[date, int, int]] = field(default_factory=list)
    by_theme: list[tuple[str, int]] = field(default_factory=list)
    by_trigger: list[tuple[str, int]] = field(default_factory=list)
    by_reason: list[tuple[str, int]] = field(default_factory=list)
    by_agent: list[tuple[str, int]] = field(default_factory=list)

    @property
    def alone_share(self) -> float | None:
        return self.solved_alone / self.conversations if self.conversations else None

    @property
    def rating(self) -> float | None:
        count = sum(self.ratings.values())
        return sum(score * times for score, times in self.ratings.items()) / count if count else None


def figures(connection: Connection, start: datetime, end: datetime) -> Figures:
    """What happened from `start` (included) to `end` (excluded); days are those of Paris."""
    r = handover_requests.c
    opened = connection.execute(
        sa.select(conversations.c.id, conversations.c.created_at).where(
            conversations.c.created_at >= start,
            conversations.c.created_at < end,
            sa.exists().where(
                messages.c.conversation_id == conversations.c.id, messages.c.direction == Direction.IN.value
            ),
        )
    ).all()
    rows = connection.execute(
        sa.select(handover_requests, staff.c.first_name, staff.c.last_name)
        .outerjoin(staff, staff.c.id == r.claimed_by)
        .where(r.requested_at >= start, r.requested_at < end)
    ).all()
    asked = {
        row.conversation_id
        for row in connection.execute(
            sa.select(r.conversation_id)
            .join(conversations, conversations.c.id == r.conversation_id)
            .where(conversations.c.created_at >= start, conversations.c.created_at < end)
        )
    }
    thumbs = dict(
        connection.execute(
            sa.select(feedback.c.value, sa.func.count())
            .where(feedback.c.created_at >= start, feedback.c.created_at < end)
            .group_by(feedback.c.value)
        ).all()
    )
    return Figures(
        conversations=len(opened),
        solved_alone=sum(row.id not in asked for row in opened),
        requests=len(rows),
        answered=sum(row.first_reply_at is not None for row in rows),
        waits=_spread([row.first_reply_at - row.requested_at for row in rows if row.first_reply_at]),
        handling=_spread([row.closed_at - row.claimed_at for row in rows if row.closed_at and row.claimed_at]),
        thumbs_up=thumbs.get(1, 0),
        thumbs_down=thumbs.get(-1, 0),
        ratings=dict(sorted(Counter(row.rating for row in rows if row.rating).items())),
        by_day=_by_day([row.created_at for row in opened], [row.requested_at for row in rows], start, end),
        by_theme=_ranked([row.theme or "" for row in rows]),
        by_trigger=_ranked([row.trigger for row in rows]),
        by_reason=_ranked([row.close_reason for row in rows if row.close_reason]),
        by_agent=_ranked([f"{row.first_name} {row.last_name}" for row in rows if row.first_name]),
    )


def _spread(lengths: list[timedelta]) -> tuple[timedelta, timedelta] | None:
    if not lengths:
        return None
    ordered = sorted(lengths)
    return ordered[len(ordered) // 2], ordered[min(len(ordered) - 1, len(ordered) * 9 // 10)]


def _by_day(
    opened: Sequence[datetime], requested: Sequence[datetime], start: datetime, end: datetime
) -> list[tuple[date, int, int]]:
    first, last = start.astimezone(PARIS).date(), (end - timedelta(seconds=1)).astimezone(PARIS).date()
    conversations_of = Counter(moment.astimezone(PARIS).date() for moment in opened)
    requests_of = Counter(moment.astimezone(PARIS).date() for moment in requested)
    days = [first + timedelta(days=count) for count in range((last - first).days + 1)]
    return [(day, conversations_of[day], requests_of[day]) for day in days]


def _ranked(values: Sequence[str]) -> list[tuple[str, int]]:
    return sorted(Counter(values).items(), key=lambda item: (-item[1], item[0]))
