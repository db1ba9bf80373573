"""Reads and writes conversations."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row

from bot.dispositif.conversation import Conversation, Owner
from bot.storage.tables import conversations, satisfaction
from bot.storage.upsert import upsert


class ConversationRepository:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, conversation_id: str, channel: str, external_id: str | None, now: datetime) -> Conversation:
        self._connection.execute(
            conversations.insert().values(
                id=conversation_id,
                channel=channel,
                external_id=external_id,
                owner=Owner.ASSISTANT.value,
                version=1,
                next_seq=1,
                created_at=now,
                updated_at=now,
            )
        )
        return Conversation(conversation_id, channel, external_id, Owner.ASSISTANT, 1, now, now)

    def get(self, conversation_id: str) -> Conversation | None:
        row = self._connection.execute(
            sa.select(conversations).where(conversations.c.id == conversation_id)
        ).one_or_none()
        return _conversation(row) if row else None

    def find(self, channel: str, external_id: str) -> Conversation | None:
        row = self._connection.execute(
            sa.select(conversations).where(
                conversations.c.channel == channel, conversations.c.external_id == external_id
            )
        ).one_or_none()
        return _conversation(row) if row else None

    def lock(self, conversation_id: str) -> Conversation | None:
        """The conversation, held until the end of the transaction (SQLite holds the whole database)."""
        row = self._connection.execute(
            sa.select(conversations).where(conversations.c.id == conversation_id).with_for_update()
        ).one_or_none()
        return _conversation(row) if row else None

    def take_seq(self, conversation_id: str, now: datetime, count: int = 1) -> int:
        """Reserves `count` sequence numbers and returns the first; serialises writers of one conversation."""
        self._connection.execute(
            conversations.update()
            .where(conversations.c.id == conversation_id)
            .values(next_seq=conversations.c.next_seq + count, updated_at=now)
        )
        following = self._connection.execute(
            sa.select(conversations.c.next_seq).where(conversations.c.id == conversation_id)
        ).scalar_one()
        return following - count

    def change_owner(self, conversation_id: str, owner: Owner, expected_version: int, now: datetime) -> bool:
        """Compare-and-set: False when someone changed the owner first."""
        result = self._connection.execute(
            conversations.update()
            .where(conversations.c.id == conversation_id, conversations.c.version == expected_version)
            .values(owner=owner.value, version=expected_version + 1, updated_at=now)
        )
        return result.rowcount == 1

    def end(self, conversation_id: str, now: datetime) -> None:
        self._connection.execute(
            conversations.update().where(conversations.c.id == conversation_id).values(ended_at=now, updated_at=now)
        )

    def reopen(self, conversation_id: str, now: datetime) -> None:
        self._connection.execute(
            conversations.update().where(conversations.c.id == conversation_id).values(ended_at=None, updated_at=now)
        )

    def rate(self, conversation_id: str, score: int, comment: str | None, now: datetime) -> None:
        upsert(
            self._connection,
            satisfaction,
            {"conversation_id": conversation_id},
            {"score": score, "comment": comment, "created_at": now},
        )

    def delete(self, conversation_id: str) -> None:
        """Erases the conversation with its messages and their ratings."""
        self._connection.execute(conversations.delete().where(conversations.c.id == conversation_id))

    def untouched_since(self, limit: datetime) -> list[str]:
        rows = self._connection.execute(sa.select(conversations.c.id).where(conversations.c.updated_at < limit))
        return [row.id for row in rows]


def _conversation(row: Row) -> Conversation:
    return Conversation(
        id=row.id,
        channel=row.channel,
        external_id=row.external_id,
        owner=Owner(row.owner),
        version=row.version,
        created_at=row.created_at,
        updated_at=row.updated_at,
        ended_at=row.ended_at,
    )
