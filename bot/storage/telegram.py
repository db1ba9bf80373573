"""Reads and writes what the Telegram channel must not forget."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.dispositif.conversation import Direction, Status
from bot.storage.tables import conversations, messages, telegram_chats, telegram_deliveries, telegram_updates
from bot.storage.upsert import upsert

CHANNEL = "telegram"


@dataclass(frozen=True)
class StoredUpdate:
    update_id: int
    chat_id: str | None
    body: Mapping[str, Any]
    attempts: int


@dataclass(frozen=True)
class Delivery:
    """How far the sending of one message has come."""

    message_id: int
    parts_sent: int = 0
    keyboard_id: int | None = None
    pressed: Sequence[int] = ()
    attempts: int = 0
    due_at: datetime | None = None
    failure: str | None = None


class TelegramRepository:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    # -- updates -----------------------------------------------------------------------------------------------

    def add_update(self, update_id: int, chat_id: str | None, body: Mapping[str, Any], now: datetime) -> bool:
        """False when this update is already known."""
        known = sa.select(telegram_updates.c.update_id).where(telegram_updates.c.update_id == update_id)
        if self._connection.execute(known).one_or_none():
            return False
        try:
            with self._connection.begin_nested():
                self._connection.execute(
                    telegram_updates.insert().values(
                        update_id=update_id,
                        chat_id=chat_id,
                        body=dict(body),
                        status=Status.PENDING.value,
                        attempts=0,
                        due_at=now,
                        received_at=now,
                    )
                )
        except sa.exc.IntegrityError:
            return False
        return True

    def waiting_chats(self, now: datetime) -> list[str | None]:
        """The chats with updates to handle, those that have waited longest first."""
        rows = self._connection.execute(
            sa.select(telegram_updates.c.chat_id)
            .where(telegram_updates.c.status == Status.PENDING.value)
            .group_by(telegram_updates.c.chat_id)
            .order_by(sa.func.min(telegram_updates.c.update_id))
        )
        return [row.chat_id for row in rows]

    def claim_update(self, chat_id: str | None, now: datetime, lease: timedelta) -> StoredUpdate | None:
        """Takes the oldest update of a chat for the time of `lease`; None while it is taken, or when none waits."""
        row = self._connection.execute(
            sa.select(telegram_updates)
            .where(telegram_updates.c.status == Status.PENDING.value, telegram_updates.c.chat_id == chat_id)
            .order_by(telegram_updates.c.update_id)
            .limit(1)
            .with_for_update()
        ).one_or_none()
        if row is None or row.due_at > now:
            return None
        self._connection.execute(
            telegram_updates.update()
            .where(telegram_updates.c.update_id == row.update_id)
            .values(attempts=row.attempts + 1, due_at=now + lease)
        )
        return StoredUpdate(row.update_id, row.chat_id, row.body, row.attempts + 1)

    def postpone_update(self, update_id: int, due_at: datetime) -> None:
        self._connection.execute(
            telegram_updates.update().where(telegram_updates.c.update_id == update_id).values(due_at=due_at)
        )

    def close_update(self, update_id: int, status: Status) -> None:
        """Over: what it said is in the conversation, its copy here goes."""
        self._connection.execute(
            telegram_updates.update()
            .where(telegram_updates.c.update_id == update_id)
            .values(status=status.value, body={}, chat_id=None)
        )

    def forget_updates(self, before: datetime) -> int:
        """Telegram redelivers for a day at most: older numbers need not be remembered."""
        return self._connection.execute(
            telegram_updates.delete().where(
                telegram_updates.c.received_at < before, telegram_updates.c.status != Status.PENDING.value
            )
        ).rowcount

    def forget_chat(self, chat_id: str) -> None:
        """Empties what is kept of a chat's updates; their numbers stay, so that none is handled twice."""
        self._connection.execute(
            telegram_updates.update()
            .where(telegram_updates.c.chat_id == chat_id, telegram_updates.c.status != Status.PENDING.value)
            .values(body={}, chat_id=None)
        )

    # -- chats -------------------------------------------------------------------------------------------------

    def add_chat(self, conversation_id: str, now: datetime) -> None:
        self._connection.execute(telegram_chats.insert().values(conversation_id=conversation_id, created_at=now))

    def is_blocked(self, conversation_id: str) -> bool:
        query = sa.select(telegram_chats.c.blocked_at).where(telegram_chats.c.conversation_id == conversation_id)
        return self._connection.execute(query).scalar() is not None

    def set_blocked(self, conversation_id: str, blocked_at: datetime | None) -> None:
        self._connection.execute(
            telegram_chats.update()
            .where(telegram_chats.c.conversation_id == conversation_id)
            .values(blocked_at=blocked_at)
        )

    def take_lease(self, conversation_id: str, owner: str, now: datetime, until: datetime) -> bool:
        """True when `owner` may send to this chat until `until`."""
        result = self._connection.execute(
            telegram_chats.update()
            .where(
                telegram_chats.c.conversation_id == conversation_id,
                sa.or_(
                    telegram_chats.c.lease_owner.is_(None),
                    telegram_chats.c.lease_owner == owner,
                    telegram_chats.c.lease_until < now,
                ),
            )
            .values(lease_owner=owner, lease_until=until)
        )
        if result.rowcount == 1:
            return True
        known = sa.select(telegram_chats.c.conversation_id).where(telegram_chats.c.conversation_id == conversation_id)
        if self._connection.execute(known).one_or_none():
            return False
        # A conversation that something else than a person's message opened.
        try:
            with self._connection.begin_nested():
                self._connection.execute(
                    telegram_chats.insert().values(
                        conversation_id=conversation_id, lease_owner=owner, lease_until=until, created_at=now
                    )
                )
        except sa.exc.IntegrityError:
            return False
        return True

    def release_lease(self, conversation_id: str, owner: str) -> None:
        self._connection.execute(
            telegram_chats.update()
            .where(telegram_chats.c.conversation_id == conversation_id, telegram_chats.c.lease_owner == owner)
            .values(lease_owner=None, lease_until=None)
        )

    # -- deliveries --------------------------------------------------------------------------------------------

    def conversations_to_serve(self) -> list[str]:
        """The conversations with something to send."""
        rows = self._connection.execute(
            sa.select(messages.c.conversation_id)
            .distinct()
            .join(conversations, conversations.c.id == messages.c.conversation_id)
            .where(
                messages.c.status == Status.QUEUED.value,
                messages.c.direction == Direction.OUT.value,
                conversations.c.channel == CHANNEL,
            )
        )
        return [row.conversation_id for row in rows]

    def next_to_send(self, conversation_id: str) -> int | None:
        """The id of the oldest message not yet sent."""
        return self._connection.execute(
            sa.select(messages.c.id)
            .where(
                messages.c.conversation_id == conversation_id,
                messages.c.status == Status.QUEUED.value,
                messages.c.direction == Direction.OUT.value,
            )
            .order_by(messages.c.seq)
            .limit(1)
        ).scalar()

    def delivery(self, message_id: int) -> Delivery:
        row = self._connection.execute(
            sa.select(telegram_deliveries).where(telegram_deliveries.c.message_id == message_id)
        ).one_or_none()
        if row is None:
            return Delivery(message_id)
        return Delivery(
            message_id, row.parts_sent, row.keyboard_id, tuple(row.pressed), row.attempts, row.due_at, row.failure
        )

    def save_delivery(self, delivery: Delivery, now: datetime) -> None:
        upsert(
            self._connection,
            telegram_deliveries,
            {"message_id": delivery.message_id},
            {
                "parts_sent": delivery.parts_sent,
                "keyboard_id": delivery.keyboard_id,
                "pressed": list(delivery.pressed),
                "attempts": delivery.attempts,
                "due_at": delivery.due_at,
                "failure": delivery.failure,
                "updated_at": now,
            },
        )

    def latest_choice_seq(self, conversation_id: str, marker: str) -> int | None:
        """The last message whose buttons carry `marker` (an activity's name, say)."""
        rows = self._connection.execute(
            sa.select(messages.c.seq, messages.c.content)
            .where(messages.c.conversation_id == conversation_id, messages.c.direction == Direction.OUT.value)
            .order_by(messages.c.seq.desc())
            .limit(50)
        )
        for row in rows:
            if any(marker in button.get("payload", "") for button in row.content.get("buttons", ())):
                return row.seq
        return None
