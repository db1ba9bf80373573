"""Reads and writes requests for a human. Every change is a compare-and-set: False when someone was quicker."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row

from bot.dispositif.handover import UNCLAIMED, CloseReason, Request, State, Trigger
from bot.storage.tables import handover_requests as requests
from bot.storage.tables import request_tags

_OPEN = requests.c.closed_at.is_(None)
_UNCLAIMED = tuple(state.value for state in UNCLAIMED)


class HandoverRepository:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(
        self,
        conversation_id: str,
        state: State,
        trigger: Trigger,
        now: datetime,
        *,
        subject: str | None = None,
        email: str | None = None,
        theme: str | None = None,
        priority: int = 1,
    ) -> Request:
        result = self._connection.execute(
            requests.insert().values(
                conversation_id=conversation_id,
                state=state.value,
                trigger=trigger.value,
                subject=subject,
                email=email,
                theme=theme,
                priority=priority,
                requested_at=now,
                waiting_since=now,
                last_user_at=now,
                updated_at=now,
            )
        )
        return self.get(result.inserted_primary_key[0])

    def get(self, request_id: int) -> Request | None:
        return self._one(requests.c.id == request_id)

    def open_of(self, conversation_id: str) -> Request | None:
        """The request that is not closed, if any; there is never more than one."""
        return self._one(requests.c.conversation_id == conversation_id, _OPEN)

    def latest_of(self, conversation_id: str) -> Request | None:
        rows = self._connection.execute(
            sa.select(requests).where(requests.c.conversation_id == conversation_id).order_by(requests.c.id.desc())
        )
        row = rows.first()
        return request_from_row(row) if row else None

    def of_conversation(self, conversation_id: str) -> list[Request]:
        rows = self._connection.execute(
            sa.select(requests).where(requests.c.conversation_id == conversation_id).order_by(requests.c.id)
        )
        return [request_from_row(row) for row in rows]

    def change(self, request: Request, now: datetime, **values: Any) -> bool:
        """Writes `values` if the request is still in the state and in the hands in which it was read."""
        held = (
            requests.c.claimed_by.is_(None)
            if request.claimed_by is None
            else requests.c.claimed_by == request.claimed_by
        )
        result = self._connection.execute(
            requests.update()
            .where(requests.c.id == request.id, requests.c.state == request.state.value, held)
            .values(updated_at=now, **{name: _plain(value) for name, value in values.items()})
        )
        return result.rowcount == 1

    def user_wrote(self, conversation_id: str, now: datetime) -> None:
        """The person is there: no warning stands, and what was set aside comes back."""
        self._connection.execute(
            requests.update()
            .where(requests.c.conversation_id == conversation_id, _OPEN)
            .values(last_user_at=now, warned_at=None, snoozed_until=None, updated_at=now)
        )

    def position(self, request: Request) -> int:
        """The place in the queue, from 1: urgent ones first, then in order."""
        ahead = sa.select(sa.func.count()).where(
            requests.c.state == State.WAITING.value,
            sa.or_(
                requests.c.priority > request.priority,
                sa.and_(
                    requests.c.priority == request.priority,
                    sa.or_(
                        requests.c.waiting_since < request.waiting_since,
                        sa.and_(requests.c.waiting_since == request.waiting_since, requests.c.id < request.id),
                    ),
                ),
            ),
        )
        return self._connection.execute(ahead).scalar_one() + 1

    def recent_handling(self, limit: int = 20) -> list[timedelta]:
        """How long the last answered requests took, from claim to close."""
        rows = self._connection.execute(
            sa.select(requests.c.claimed_at, requests.c.closed_at)
            .where(requests.c.closed_at.is_not(None), requests.c.claimed_at.is_not(None))
            .where(requests.c.close_reason == CloseReason.ANSWERED.value)
            .order_by(requests.c.closed_at.desc())
            .limit(limit)
        )
        return [row.closed_at - row.claimed_at for row in rows]

    # What must be looked after

    def held(self) -> list[Request]:
        return self._many(requests.c.state == State.CLAIMED.value)

    def waiting(self) -> list[Request]:
        return self._many(requests.c.state == State.WAITING.value)

    def without_alarm(self, before: datetime) -> list[Request]:
        """Requests nobody has taken since `before` and for which nothing has rung yet."""
        return self._many(
            requests.c.state.in_(_UNCLAIMED), requests.c.alarmed_at.is_(None), requests.c.waiting_since < before
        )

    # Tags

    def tags(self, request_ids: Sequence[int]) -> dict[int, list[str]]:
        found: dict[int, list[str]] = {}
        rows = self._connection.execute(
            sa.select(request_tags).where(request_tags.c.request_id.in_(list(request_ids))).order_by(request_tags.c.tag)
        )
        for row in rows:
            found.setdefault(row.request_id, []).append(row.tag)
        return found

    def set_tags(self, request_id: int, tags: Sequence[str]) -> None:
        self._connection.execute(request_tags.delete().where(request_tags.c.request_id == request_id))
        for tag in sorted(set(tags)):
            self._connection.execute(request_tags.insert().values(request_id=request_id, tag=tag))

    def _one(self, *conditions: Any) -> Request | None:
        row = self._connection.execute(sa.select(requests).where(*conditions)).one_or_none()
        return request_from_row(row) if row else None

    def _many(self, *conditions: Any) -> list[Request]:
        rows = self._connection.execute(
            sa.select(requests).where(*conditions).order_by(requests.c.waiting_since, requests.c.id)
        )
        return [request_from_row(row) for row in rows]


def _plain(value: Any) -> Any:
    return value.value if isinstance(value, (State, CloseReason)) else value


def request_from_row(row: Row) -> Request:
    return Request(
        id=row.id,
        conversation_id=row.conversation_id,
        state=State(row.state),
        trigger=Trigger(row.trigger),
        requested_at=row.requested_at,
        waiting_since=row.waiting_since,
        updated_at=row.updated_at,
        subject=row.subject,
        email=row.email,
        theme=row.theme,
        priority=row.priority,
        claimed_by=row.claimed_by,
        claimed_at=row.claimed_at,
        first_reply_at=row.first_reply_at,
        last_user_at=row.last_user_at,
        last_staff_at=row.last_staff_at,
        warned_at=row.warned_at,
        alarmed_at=row.alarmed_at,
        snoozed_until=row.snoozed_until,
        closed_at=row.closed_at,
        closed_by=row.closed_by,
        close_reason=CloseReason(row.close_reason) if row.close_reason else None,
        rating=row.rating,
    )
