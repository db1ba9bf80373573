"""Reads and writes messages, and hands out those that wait for an answer."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row

from bot.dispositif.conversation import UNHANDLED, Author, Direction, Message, Status
from bot.storage.tables import feedback, messages, telegram_deliveries
from bot.storage.upsert import upsert


class MessageRepository:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(
        self,
        conversation_id: str,
        seq: int,
        direction: Direction,
        author: Author,
        text: str,
        status: Status,
        now: datetime,
        *,
        client_id: str | None = None,
        payload: str | None = None,
        content: Mapping[str, Any] | None = None,
        in_reply_to: int | None = None,
        reply_index: int | None = None,
    ) -> Message:
        result = self._connection.execute(
            messages.insert().values(
                conversation_id=conversation_id,
                seq=seq,
                direction=direction.value,
                author=author.value,
                client_id=client_id,
                text=text,
                payload=payload,
                content=dict(content or {}),
                status=status.value,
                attempts=0,
                due_at=now if status is Status.PENDING else None,
                in_reply_to=in_reply_to,
                reply_index=reply_index,
                created_at=now,
            )
        )
        return Message(
            id=result.inserted_primary_key[0],
            conversation_id=conversation_id,
            seq=seq,
            direction=direction,
            author=author,
            text=text,
            status=status,
            created_at=now,
            client_id=client_id,
            payload=payload,
            content=dict(content or {}),
            in_reply_to=in_reply_to,
        )

    def get(self, message_id: int) -> Message | None:
        return self._one(messages.c.id == message_id)

    def find(self, conversation_id: str, client_id: str) -> Message | None:
        return self._one(messages.c.conversation_id == conversation_id, messages.c.client_id == client_id)

    def at(self, conversation_id: str, seq: int) -> Message | None:
        return self._one(messages.c.conversation_id == conversation_id, messages.c.seq == seq)

    def visible_after(self, conversation_id: str, seq: int, limit: int = 200) -> list[Message]:
        """What the person may see after `seq`, oldest first; staff notes are never among it."""
        rows = self._connection.execute(
            sa.select(messages)
            .where(
                messages.c.conversation_id == conversation_id,
                messages.c.seq > seq,
                messages.c.direction != Direction.NOTE.value,
            )
            .order_by(messages.c.seq)
            .limit(limit)
        )
        return [_message(row) for row in rows]

    def latest(self, conversation_id: str, limit: int) -> list[Message]:
        """The last messages, the assistant's unsent replies included, oldest first: for staff only."""
        rows = self._connection.execute(
            sa.select(messages)
            .where(messages.c.conversation_id == conversation_id)
            .order_by(messages.c.seq.desc())
            .limit(limit)
        )
        return [_message(row) for row in rows][::-1]

    def failures(self, conversation_id: str) -> dict[int, str]:
        """Why messages could not be delivered, by message id; only Telegram says why."""
        rows = self._connection.execute(
            sa.select(messages.c.id, telegram_deliveries.c.failure)
            .join(telegram_deliveries, telegram_deliveries.c.message_id == messages.c.id)
            .where(messages.c.conversation_id == conversation_id, telegram_deliveries.c.failure.is_not(None))
        )
        return {row.id: row.failure for row in rows}

    def count_unhandled(self) -> int:
        query = sa.select(sa.func.count()).select_from(messages).where(messages.c.status.in_(UNHANDLED))
        return self._connection.execute(query).scalar_one()

    def latest_id(self) -> int:
        return self._connection.execute(sa.select(sa.func.max(messages.c.id))).scalar() or 0

    def conversations_with_messages_after(self, message_id: int) -> list[tuple[int, str]]:
        rows = self._connection.execute(
            sa.select(messages.c.id, messages.c.conversation_id)
            .where(messages.c.id > message_id)
            .order_by(messages.c.id)
        )
        return [(row.id, row.conversation_id) for row in rows]

    def claim_next(self, now: datetime, lease: timedelta) -> Message | None:
        """Takes the oldest message that may be handled now, for the time of `lease`.

        A message waits for every earlier one of its conversation: order never breaks. One whose lease has
        ended belonged to a process that died: it is taken again.
        """
        earlier = messages.alias("earlier")
        candidate = (
            sa.select(messages)
            .where(
                messages.c.status.in_(UNHANDLED),
                messages.c.due_at <= now,
                ~sa.exists().where(
                    earlier.c.conversation_id == messages.c.conversation_id,
                    earlier.c.seq < messages.c.seq,
                    earlier.c.status.in_(UNHANDLED),
                ),
            )
            .order_by(messages.c.id)
            .limit(1)
            .with_for_update(skip_locked=True, of=messages)
        )
        row = self._connection.execute(candidate).one_or_none()
        if row is None:
            return None
        self._connection.execute(
            messages.update()
            .where(messages.c.id == row.id)
            .values(status=Status.PROCESSING.value, due_at=now + lease, attempts=row.attempts + 1)
        )
        return _message(row, status=Status.PROCESSING, attempts=row.attempts + 1)

    def renew(self, message_id: int, attempts: int, due_at: datetime) -> bool:
        """Keeps a claimed message longer; False when another process has taken it since."""
        result = self._connection.execute(
            messages.update()
            .where(
                messages.c.id == message_id,
                messages.c.status == Status.PROCESSING.value,
                messages.c.attempts == attempts,
            )
            .values(due_at=due_at)
        )
        return result.rowcount == 1

    def set_status(self, message_id: int, status: Status, due_at: datetime | None = None) -> None:
        self._connection.execute(
            messages.update().where(messages.c.id == message_id).values(status=status.value, due_at=due_at)
        )

    def mark_delivered(self, conversation_id: str, up_to_seq: int) -> bool:
        """The person's screen has everything up to `up_to_seq`; False when nothing was waiting for it."""
        result = self._connection.execute(
            messages.update()
            .where(
                messages.c.conversation_id == conversation_id,
                messages.c.seq <= up_to_seq,
                messages.c.direction == Direction.OUT.value,
                messages.c.status == Status.QUEUED.value,
            )
            .values(status=Status.DELIVERED.value)
        )
        return result.rowcount > 0

    def queue_again(self, message_id: int) -> None:
        """A message that could not be delivered is tried once more."""
        self._connection.execute(
            messages.update()
            .where(messages.c.id == message_id, messages.c.status == Status.FAILED.value)
            .values(status=Status.QUEUED.value, attempts=0, due_at=None)
        )

    def forget_attempts(self, message_id: int) -> None:
        self._connection.execute(messages.update().where(messages.c.id == message_id).values(attempts=0))

    def rate(self, message_id: int, value: int, comment: str | None, now: datetime) -> None:
        """Stores the person's opinion of an answer; the last one counts."""
        upsert(
            self._connection,
            feedback,
            {"message_id": message_id},
            {"value": value, "comment": comment, "created_at": now},
        )

    def ratings(self, conversation_id: str) -> dict[int, int]:
        """The ratings of a conversation, by sequence number of the rated message."""
        rows = self._connection.execute(
            sa.select(messages.c.seq, feedback.c.value)
            .join(feedback, feedback.c.message_id == messages.c.id)
            .where(messages.c.conversation_id == conversation_id)
        )
        return {row.seq: row.value for row in rows}

    def _one(self, *conditions: Any) -> Message | None:
        row = self._connection.execute(sa.select(messages).where(*conditions)).one_or_none()
        return _message(row) if row else None


def _message(row: Row, **changes: Any) -> Message:
    values = {
        "id": row.id,
        "conversation_id": row.conversation_id,
        "seq": row.seq,
        "direction": Direction(row.direction),
        "author": Author(row.author),
        "text": row.text,
        "status": Status(row.status),
        "created_at": row.created_at,
        "client_id": row.client_id,
        "payload": row.payload,
        "content": row.content,
        "attempts": row.attempts,
        "in_reply_to": row.in_reply_to,
    }
    return Message(**{**values, **changes})
