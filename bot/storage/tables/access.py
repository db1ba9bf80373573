"""Who is proven to be whom, with what codes, and who looked at what."""

from __future__ import annotations

import sqlalchemy as sa

from bot.storage.tables.base import BigId, UtcDateTime, metadata

identities = sa.Table(
    "identities",
    metadata,
    sa.Column("id", BigId, primary_key=True, autoincrement=True),
    sa.Column("channel", sa.String(16), nullable=False),
    # The channel's name of the other end: a Telegram chat; on the widget, the conversation's id.
    sa.Column("external_id", sa.String(64), nullable=False),
    # "structure": someone of a structure (contact_id when we know whom); "conseiller": a conseiller.
    sa.Column("kind", sa.String(16), nullable=False),
    sa.Column("structure_id", sa.ForeignKey("structures.id", ondelete="CASCADE"), index=True),
    sa.Column("contact_id", sa.ForeignKey("contacts.id", ondelete="SET NULL"), index=True),
    sa.Column("conseiller_id", sa.ForeignKey("conseillers.id", ondelete="CASCADE"), index=True),
    # How it was proven: "jeton" (the host site), "code" (by chat), "invitation".
    sa.Column("method", sa.String(16), nullable=False),
    sa.Column("created_at", UtcDateTime, nullable=False),
    sa.Column("last_seen_at", UtcDateTime, nullable=False),
    # Never later than this, however active; None: until unlinked.
    sa.Column("expires_at", UtcDateTime),
    # One person at a time behind one chat.
    sa.UniqueConstraint("channel", "external_id"),
)

access_codes = sa.Table(
    "access_codes",
    metadata,
    sa.Column("id", BigId, primary_key=True, autoincrement=True),
    # Hexadecimal; why an HMAC and not argon2: docs/decisions/0010-acces-aux-dossiers.md.
    sa.Column("code_hash", sa.String(64), nullable=False, unique=True),
    # "structure": opens the structure's file; "conseiller": links a conseiller to a chat.
    sa.Column("purpose", sa.String(16), nullable=False),
    sa.Column("structure_id", sa.ForeignKey("structures.id", ondelete="CASCADE"), index=True),
    sa.Column("contact_id", sa.ForeignKey("contacts.id", ondelete="CASCADE"), index=True),
    sa.Column("conseiller_id", sa.ForeignKey("conseillers.id", ondelete="CASCADE"), index=True),
    sa.Column("issued_by", sa.String(80), nullable=False),
    sa.Column("created_at", UtcDateTime, nullable=False),
    sa.Column("expires_at", UtcDateTime, nullable=False),
    sa.Column("used_at", UtcDateTime),
    sa.Column("revoked_at", UtcDateTime),
)

# Failures, by conversation and by SIRET (known or not: the two must look the same); keys are hashed.
access_attempts = sa.Table(
    "access_attempts",
    metadata,
    sa.Column("scope", sa.String(16), primary_key=True),
    sa.Column("key_hash", sa.String(64), primary_key=True),
    sa.Column("failures", sa.Integer, nullable=False),
    sa.Column("since", UtcDateTime, nullable=False),
    sa.Column("locked_until", UtcDateTime),
    sa.Index(None, "since"),
)

# Who, what, on which subject, when. Never any content.
audit_log = sa.Table(
    "audit_log",
    metadata,
    sa.Column("id", BigId, primary_key=True, autoincrement=True),
    sa.Column("at", UtcDateTime, nullable=False),
    # "structure", "conseiller", "agent", "cli", "systeme", "inconnu".
    sa.Column("actor_kind", sa.String(16), nullable=False),
    sa.Column("actor_id", sa.String(64)),
    # A short code: "dossier.lu", "acces.refuse", "cra.supprime"…
    sa.Column("action", sa.String(48), nullable=False),
    sa.Column("subject_kind", sa.String(24), nullable=False),
    sa.Column("subject_id", sa.String(64)),
    sa.Column("conversation_id", sa.String(32)),
    sa.Index(None, "subject_kind", "subject_id", "at"),
    sa.Index(None, "actor_kind", "actor_id", "at"),
    sa.Index(None, "at"),
)
