"""Conversations, their messages, and what people thought of the answers."""

from __future__ import annotations

import sqlalchemy as sa

from bot.storage.tables.base import BigId, UtcDateTime, metadata

conversations = sa.Table(
    "conversations",
    metadata,
    sa.Column("id", sa.String(32), primary_key=True),
    sa.Column("channel", sa.String(16), nullable=False),
    # The channel's own name of the conversation (a Telegram chat); none on the widget.
    sa.Column("external_id", sa.String(64)),
    # assistant, waiting or human: who may speak. `version` grows at each change (a fencing number).
    sa.Column("owner", sa.String(16), nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("next_seq", sa.Integer, nullable=False),
    sa.Column("created_at", UtcDateTime, nullable=False),
    sa.Column("updated_at", UtcDateTime, nullable=False),
    sa.Column("ended_at", UtcDateTime),
    sa.UniqueConstraint("channel", "external_id"),
    sa.Index(None, "updated_at"),
)

messages = sa.Table(
    "messages",
    metadata,
    sa.Column("id", BigId, primary_key=True, autoincrement=True),
    sa.Column("conversation_id", sa.ForeignKey("conversations.id", ondelete="CASCADE"), nullable=False),
    sa.Column("seq", sa.Integer, nullable=False),
    # `in`: from the person; `out`: to the person; `note`: kept for staff, never shown to the person.
    sa.Column("direction", sa.String(4), nullable=False),
    sa.Column("author", sa.String(16), nullable=False),
    # The sender's own id of an incoming message: a second post with the same id is the same message.
    sa.Column("client_id", sa.String(64)),
    sa.Column("text", sa.Text, nullable=False),
    # What Rasa receives instead of the text when a button was pressed.
    sa.Column("payload", sa.Text),
    # Buttons, answered question and the like (JSON), for the channel to draw.
    sa.Column("content", sa.JSON, nullable=False),
    sa.Column("status", sa.String(16), nullable=False),
    sa.Column("attempts", sa.Integer, nullable=False),
    # When a waiting message may be tried again, or when the lease of a worker on it ends.
    sa.Column("due_at", UtcDateTime),
    sa.Column("in_reply_to", sa.ForeignKey("messages.id", ondelete="CASCADE")),
    sa.Column("reply_index", sa.Integer),
    sa.Column("created_at", UtcDateTime, nullable=False),
    sa.UniqueConstraint("conversation_id", "seq"),
    sa.UniqueConstraint("conversation_id", "client_id"),
    sa.UniqueConstraint("in_reply_to", "reply_index"),
    # The work queue: only the few messages not yet handled.
    sa.Index("ix_messages_to_handle", "status", "due_at"),
)

feedback = sa.Table(
    "feedback",
    metadata,
    sa.Column("message_id", sa.ForeignKey("messages.id", ondelete="CASCADE"), primary_key=True),
    # 1: helpful, -1: not helpful.
    sa.Column("value", sa.SmallInteger, nullable=False),
    sa.Column("comment", sa.Text),
    sa.Column("created_at", UtcDateTime, nullable=False),
)

satisfaction = sa.Table(
    "satisfaction",
    metadata,
    sa.Column("conversation_id", sa.ForeignKey("conversations.id", ondelete="CASCADE"), primary_key=True),
    # From 1 (not satisfied) to 5 (very satisfied).
    sa.Column("score", sa.SmallInteger, nullable=False),
    sa.Column("comment", sa.Text),
    sa.Column("created_at", UtcDateTime, nullable=False),
)
