"""What FAQ maintainers work with: how messages were understood, the inbox, drafts, candidates, publications."""

from __future__ import annotations

import sqlalchemy as sa

from bot.storage.tables.base import BigId, UtcDateTime, metadata

# How each message of a person was read and what was decided; none for a pressed button.
understandings = sa.Table(
    "understandings",
    metadata,
    sa.Column("message_id", sa.ForeignKey("messages.id", ondelete="CASCADE"), primary_key=True),
    # A value of `Verdict`, or « activite » when a guided dialogue took the message.
    sa.Column("verdict", sa.String(32), nullable=False),
    # The key of the question answered, or the name of the activity.
    sa.Column("question", sa.String(80)),
    # [[intent, score], …], best first.
    sa.Column("candidates", sa.JSON, nullable=False),
    # The first score, and its lead over the second.
    sa.Column("best", sa.Float, nullable=False),
    sa.Column("margin", sa.Float, nullable=False),
    # The archive that read the message.
    sa.Column("model", sa.String(80)),
    sa.Column("created_at", UtcDateTime, nullable=False),
    sa.Index(None, "created_at"),
)

faq_inbox = sa.Table(
    "faq_inbox",
    metadata,
    sa.Column("id", BigId, primary_key=True, autoincrement=True),
    # Erased with the conversation.
    sa.Column("message_id", sa.ForeignKey("messages.id", ondelete="CASCADE"), nullable=False, unique=True),
    # Personal data masked.
    sa.Column("text", sa.Text, nullable=False),
    # Why it is here: refusal, hesitation, thumbs_down, takeover, rephrased, out_of_scope.
    sa.Column("reasons", sa.JSON, nullable=False),
    # Messages that say the same thing share the id of the oldest of them.
    sa.Column("group_id", BigId),
    # new, attached, created, out_of_scope, ignored.
    sa.Column("state", sa.String(16), nullable=False),
    # The entry it went to, and the draft that carries it.
    sa.Column("entry", sa.String(80)),
    sa.Column("draft_id", BigId),
    sa.Column("decided_by", sa.String(64)),
    sa.Column("decided_at", UtcDateTime),
    sa.Column("created_at", UtcDateTime, nullable=False),
    sa.Index(None, "state", "created_at"),
    sa.Index(None, "group_id"),
)

faq_drafts = sa.Table(
    "faq_drafts",
    metadata,
    sa.Column("id", BigId, primary_key=True, autoincrement=True),
    sa.Column("author", sa.String(64), nullable=False),
    sa.Column("entry", sa.String(80), nullable=False),
    # create, edit, delete.
    sa.Column("kind", sa.String(8), nullable=False),
    # Fingerprint of the published entry when the draft began; none for a new entry.
    sa.Column("base", sa.String(64)),
    sa.Column("content", sa.JSON, nullable=False),
    # Grows at each save: a save made from an older copy is refused.
    sa.Column("version", sa.Integer, nullable=False),
    # open, published, abandoned.
    sa.Column("state", sa.String(16), nullable=False),
    sa.Column("created_at", UtcDateTime, nullable=False),
    sa.Column("updated_at", UtcDateTime, nullable=False),
    sa.Index(None, "state", "author"),
    sa.Index(None, "state", "entry"),
)

faq_candidates = sa.Table(
    "faq_candidates",
    metadata,
    sa.Column("id", BigId, primary_key=True, autoincrement=True),
    sa.Column("author", sa.String(64), nullable=False),
    # waiting, training, ready, failed, interrupted, published.
    sa.Column("state", sa.String(16), nullable=False),
    # What it is doing, and how far it is: 0 to 1.
    sa.Column("stage", sa.String(32), nullable=False),
    sa.Column("progress", sa.Float, nullable=False),
    sa.Column("process_id", sa.Integer),
    # Names of files in the models folder: the pair it is compared with, and its own once built.
    sa.Column("base_model", sa.String(80), nullable=False),
    sa.Column("base_faq", sa.String(80), nullable=False),
    sa.Column("base_content", sa.String(64), nullable=False),
    sa.Column("model", sa.String(80)),
    sa.Column("faq", sa.String(80)),
    sa.Column("content", sa.String(64)),
    sa.Column("drafts", sa.JSON, nullable=False),
    sa.Column("report", sa.JSON),
    sa.Column("error", sa.Text),
    # Four eyes: another person accepts a loss, in writing.
    sa.Column("accepted_by", sa.String(64)),
    sa.Column("accepted_reason", sa.Text),
    sa.Column("accepted_at", UtcDateTime),
    sa.Column("created_at", UtcDateTime, nullable=False),
    sa.Column("heartbeat_at", UtcDateTime, nullable=False),
    sa.Column("finished_at", UtcDateTime),
    sa.Index(None, "state"),
)

faq_publications = sa.Table(
    "faq_publications",
    metadata,
    sa.Column("id", BigId, primary_key=True, autoincrement=True),
    # publication, rollback.
    sa.Column("kind", sa.String(16), nullable=False),
    # started, live, failed; a started one is carried on after a crash.
    sa.Column("state", sa.String(16), nullable=False),
    sa.Column("author", sa.String(64), nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("candidate_id", sa.ForeignKey("faq_candidates.id", ondelete="SET NULL")),
    # What a rollback goes back to.
    sa.Column("target_id", sa.ForeignKey("faq_publications.id", ondelete="SET NULL")),
    sa.Column("model", sa.String(80), nullable=False),
    sa.Column("faq", sa.String(80), nullable=False),
    sa.Column("content", sa.String(64), nullable=False),
    sa.Column("commit", sa.String(64)),
    # What git refused, if it did; the publication itself stands.
    sa.Column("git_problem", sa.Text),
    sa.Column("figures", sa.JSON, nullable=False),
    sa.Column("accepted_by", sa.String(64)),
    sa.Column("accepted_reason", sa.Text),
    sa.Column("created_at", UtcDateTime, nullable=False),
    sa.Column("finished_at", UtcDateTime),
    sa.Index(None, "state", "created_at"),
)

faq_care = sa.Table(
    "faq_care",
    metadata,
    sa.Column("entry", sa.String(80), primary_key=True),
    # Who answers for it, and when it must be read again.
    sa.Column("owner", sa.String(64)),
    sa.Column("review_on", sa.Date),
    sa.Column("updated_by", sa.String(64), nullable=False),
    sa.Column("updated_at", UtcDateTime, nullable=False),
)

# Real questions whose right answer is known; a critical one must never be lost.
faq_golden = sa.Table(
    "faq_golden",
    metadata,
    sa.Column("id", BigId, primary_key=True, autoincrement=True),
    sa.Column("text", sa.Text, nullable=False),
    # Lower case without accents nor punctuation: the same phrase is kept once.
    sa.Column("form", sa.String(255), nullable=False, unique=True),
    # The key of an entry, or « out_of_scope ».
    sa.Column("entry", sa.String(80), nullable=False),
    sa.Column("critical", sa.Boolean, nullable=False),
    sa.Column("author", sa.String(64), nullable=False),
    sa.Column("created_at", UtcDateTime, nullable=False),
)
