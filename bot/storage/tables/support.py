"""The support desk: who works there, what people asked of a human, and what staff keep for themselves."""

from __future__ import annotations

import sqlalchemy as sa

from bot.storage.tables.base import BigId, UtcDateTime, metadata

staff = sa.Table(
    "staff",
    metadata,
    sa.Column("id", BigId, primary_key=True, autoincrement=True),
    # In lower case: the name people log in with.
    sa.Column("email", sa.String(254), nullable=False, unique=True),
    sa.Column("first_name", sa.String(60), nullable=False),
    sa.Column("last_name", sa.String(60), nullable=False),
    sa.Column("role", sa.String(16), nullable=False),
    # None for someone who only comes through ProConnect.
    sa.Column("password_hash", sa.String(255)),
    sa.Column("must_change_password", sa.Boolean, nullable=False),
    sa.Column("oidc_subject", sa.String(255), unique=True),
    sa.Column("created_at", UtcDateTime, nullable=False),
    sa.Column("last_login_at", UtcDateTime),
    sa.Column("disabled_at", UtcDateTime),
)

staff_sessions = sa.Table(
    "staff_sessions",
    metadata,
    # SHA-256 of the cookie: a copy of the database opens no session.
    sa.Column("token_hash", sa.String(64), primary_key=True),
    sa.Column("staff_id", sa.ForeignKey("staff.id", ondelete="CASCADE"), nullable=False, index=True),
    sa.Column("csrf", sa.String(64), nullable=False),
    sa.Column("created_at", UtcDateTime, nullable=False),
    sa.Column("seen_at", UtcDateTime, nullable=False),
)

# By address, known or not: an unknown one is locked just the same, and nobody learns which exist.
login_failures = sa.Table(
    "login_failures",
    metadata,
    sa.Column("email_hash", sa.String(64), primary_key=True),
    sa.Column("failures", sa.Integer, nullable=False),
    sa.Column("last_at", UtcDateTime, nullable=False),
    sa.Column("locked_until", UtcDateTime),
)

staff_presence = sa.Table(
    "staff_presence",
    metadata,
    sa.Column("staff_id", sa.ForeignKey("staff.id", ondelete="CASCADE"), primary_key=True),
    # Whether they take conversations at the moment; `seen_at` is renewed while their desk is open.
    sa.Column("available", sa.Boolean, nullable=False),
    sa.Column("seen_at", UtcDateTime, nullable=False),
)

handover_requests = sa.Table(
    "handover_requests",
    metadata,
    sa.Column("id", BigId, primary_key=True, autoincrement=True),
    sa.Column("conversation_id", sa.ForeignKey("conversations.id", ondelete="CASCADE"), nullable=False, index=True),
    # waiting, kept, claimed or closed; see bot/dispositif/handover.py.
    sa.Column("state", sa.String(16), nullable=False),
    sa.Column("trigger", sa.String(16), nullable=False),
    sa.Column("subject", sa.Text),
    # Given by the person to be answered later, for nothing else.
    sa.Column("email", sa.String(254)),
    sa.Column("theme", sa.String(32)),
    sa.Column("priority", sa.SmallInteger, nullable=False),
    sa.Column("requested_at", UtcDateTime, nullable=False),
    # Since when nobody has it: the request, or the last release.
    sa.Column("waiting_since", UtcDateTime, nullable=False),
    sa.Column("claimed_by", sa.ForeignKey("staff.id", ondelete="SET NULL"), index=True),
    sa.Column("claimed_at", UtcDateTime),
    sa.Column("first_reply_at", UtcDateTime),
    sa.Column("last_user_at", UtcDateTime),
    sa.Column("last_staff_at", UtcDateTime),
    sa.Column("warned_at", UtcDateTime),
    sa.Column("alarmed_at", UtcDateTime),
    sa.Column("snoozed_until", UtcDateTime),
    sa.Column("closed_at", UtcDateTime),
    sa.Column("closed_by", sa.ForeignKey("staff.id", ondelete="SET NULL")),
    sa.Column("close_reason", sa.String(24)),
    # From 1 to 5, after the human part.
    sa.Column("rating", sa.SmallInteger),
    sa.Column("rated_at", UtcDateTime),
    sa.Column("updated_at", UtcDateTime, nullable=False),
    sa.Index("ix_handover_requests_queue", "state", "waiting_since"),
    sa.Index("ix_handover_requests_requested_at", "requested_at"),
    # One open request a conversation, whatever the processes do at the same instant.
    sa.Index(
        "uq_handover_requests_open",
        "conversation_id",
        unique=True,
        sqlite_where=sa.text("closed_at IS NULL"),
        postgresql_where=sa.text("closed_at IS NULL"),
    ),
)

request_tags = sa.Table(
    "request_tags",
    metadata,
    sa.Column("request_id", sa.ForeignKey("handover_requests.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("tag", sa.String(40), primary_key=True),
)

# Who looks at a conversation, up to where they read, whether they type.
conversation_viewers = sa.Table(
    "conversation_viewers",
    metadata,
    sa.Column("conversation_id", sa.ForeignKey("conversations.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("staff_id", sa.ForeignKey("staff.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("read_seq", sa.Integer, nullable=False),
    sa.Column("seen_at", UtcDateTime, nullable=False),
    sa.Column("typing_at", UtcDateTime),
)

# A table of their own: what is in it cannot be sent to anyone.
staff_notes = sa.Table(
    "staff_notes",
    metadata,
    sa.Column("id", BigId, primary_key=True, autoincrement=True),
    sa.Column("conversation_id", sa.ForeignKey("conversations.id", ondelete="CASCADE"), nullable=False, index=True),
    sa.Column("staff_id", sa.ForeignKey("staff.id", ondelete="SET NULL")),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("created_at", UtcDateTime, nullable=False),
)

canned_answers = sa.Table(
    "canned_answers",
    metadata,
    sa.Column("id", BigId, primary_key=True, autoincrement=True),
    # What is typed after « / » in the composer.
    sa.Column("shortcut", sa.String(40), nullable=False, unique=True),
    sa.Column("title", sa.String(120), nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("updated_by", sa.ForeignKey("staff.id", ondelete="SET NULL")),
    sa.Column("updated_at", UtcDateTime, nullable=False),
)

# What the desk proposes to the FAQ's maintainers; erased with the conversation it comes from.
faq_proposals = sa.Table(
    "faq_proposals",
    metadata,
    sa.Column("id", BigId, primary_key=True, autoincrement=True),
    sa.Column("conversation_id", sa.ForeignKey("conversations.id", ondelete="CASCADE"), nullable=False, index=True),
    sa.Column("message_id", sa.ForeignKey("messages.id", ondelete="CASCADE"), nullable=False, index=True),
    sa.Column("text", sa.Text, nullable=False),
    # `example` of the entry `faq_key`, or `question` that no entry answers yet.
    sa.Column("kind", sa.String(16), nullable=False),
    sa.Column("faq_key", sa.String(80)),
    sa.Column("comment", sa.Text),
    sa.Column("proposed_by", sa.ForeignKey("staff.id", ondelete="SET NULL")),
    sa.Column("created_at", UtcDateTime, nullable=False),
    # proposed, accepted or refused.
    sa.Column("state", sa.String(16), nullable=False),
    sa.Column("handled_by", sa.ForeignKey("staff.id", ondelete="SET NULL")),
    sa.Column("handled_at", UtcDateTime),
    sa.Index("ix_faq_proposals_state", "state", "created_at"),
)
