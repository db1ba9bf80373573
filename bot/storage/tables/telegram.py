"""What the Telegram channel must not forget: updates received, chats, what was sent; and reminders."""

from __future__ import annotations

import sqlalchemy as sa

from bot.storage.tables.base import BigId, UtcDateTime, metadata

telegram_updates = sa.Table(
    "telegram_updates",
    metadata,
    # Telegram's own number: the same update delivered twice is one row.
    sa.Column("update_id", sa.BigInteger, primary_key=True, autoincrement=False),
    # Updates of one chat are handled in order; none for those that concern no chat.
    sa.Column("chat_id", sa.String(64)),
    # As Telegram sent it; emptied once handled.
    sa.Column("body", sa.JSON, nullable=False),
    # pending, done or failed.
    sa.Column("status", sa.String(16), nullable=False),
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Column("due_at", UtcDateTime, nullable=False),
    sa.Column("received_at", UtcDateTime, nullable=False),
    sa.Index("ix_telegram_updates_to_handle", "status", "due_at"),
)

telegram_chats = sa.Table(
    "telegram_chats",
    metadata,
    sa.Column("conversation_id", sa.ForeignKey("conversations.id", ondelete="CASCADE"), primary_key=True),
    # The process that sends to this chat, and until when: two processes never send the same message.
    sa.Column("lease_owner", sa.String(32)),
    sa.Column("lease_until", UtcDateTime),
    # The person blocked the bot: nothing can be delivered until they come back.
    sa.Column("blocked_at", UtcDateTime),
    sa.Column("created_at", UtcDateTime, nullable=False),
)

telegram_deliveries = sa.Table(
    "telegram_deliveries",
    metadata,
    sa.Column("message_id", sa.ForeignKey("messages.id", ondelete="CASCADE"), primary_key=True),
    # A message may need several sendings (long text, picture, documents): a retry goes on where it stopped.
    sa.Column("parts_sent", sa.Integer, nullable=False),
    # Telegram's number of the message that bears the buttons.
    sa.Column("keyboard_id", sa.BigInteger),
    # The buttons already pressed, by index.
    sa.Column("pressed", sa.JSON, nullable=False),
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Column("due_at", UtcDateTime),
    # Why it failed, in French, for the agent who wrote it.
    sa.Column("failure", sa.Text),
    sa.Column("updated_at", UtcDateTime, nullable=False),
)

reminders = sa.Table(
    "reminders",
    metadata,
    sa.Column("id", BigId, primary_key=True, autoincrement=True),
    sa.Column("conversation_id", sa.ForeignKey("conversations.id", ondelete="CASCADE"), nullable=False),
    # `weekly`: on chosen days; `nudge`: after some working days without a report.
    sa.Column("kind", sa.String(16), nullable=False),
    # ISO week days, "1" for Monday: "1,4"; empty for a nudge.
    sa.Column("days", sa.String(16), nullable=False),
    # In the person's own time zone, "17:30".
    sa.Column("local_time", sa.String(5), nullable=False),
    sa.Column("time_zone", sa.String(40), nullable=False),
    # The department, whose public holidays are respected.
    sa.Column("department", sa.String(3)),
    # Working days without a report before a nudge; none for a weekly reminder.
    sa.Column("after_days", sa.Integer),
    # When it is next due; none once stopped.
    sa.Column("next_at", UtcDateTime),
    sa.Column("created_at", UtcDateTime, nullable=False),
    sa.Column("updated_at", UtcDateTime, nullable=False),
    sa.UniqueConstraint("conversation_id", "kind"),
    sa.Index(None, "next_at"),
)
