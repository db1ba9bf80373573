"""Activity reports (CRA): those filed, those being written, and what they were before each change."""

from __future__ import annotations

import sqlalchemy as sa

from bot.storage.tables.base import BigId, UtcDateTime, metadata

# The whole report is in `content` (JSON, `cra_to_dict`); columns beside it are what lists filter and sort by.
cras = sa.Table(
    "cras",
    metadata,
    sa.Column("id", BigId, primary_key=True, autoincrement=True),
    sa.Column("conseiller_id", sa.ForeignKey("conseillers.id", ondelete="CASCADE"), nullable=False),
    # The structure that employed them that day: its aggregates keep it if they move.
    sa.Column("structure_id", sa.ForeignKey("structures.id", ondelete="CASCADE"), nullable=False),
    sa.Column("date", sa.Date, nullable=False),
    sa.Column("canal", sa.String(16), nullable=False),
    sa.Column("activite", sa.String(16), nullable=False),
    sa.Column("nb_participants", sa.SmallInteger, nullable=False),
    sa.Column("duree_minutes", sa.SmallInteger, nullable=False),
    sa.Column("code_postal", sa.String(5)),
    sa.Column("content", sa.JSON, nullable=False),
    # The draft it came from: confirming twice files once.
    sa.Column("draft_id", sa.BigInteger, nullable=False, unique=True),
    sa.Column("created_at", UtcDateTime, nullable=False),
    sa.Column("updated_at", UtcDateTime, nullable=False),
    # Deleted by its author: kept aside, out of every list and figure.
    sa.Column("archived_at", UtcDateTime),
    sa.Index(None, "conseiller_id", "date"),
    sa.Index(None, "conseiller_id", "created_at"),
    sa.Index(None, "structure_id", "date"),
)

cra_themes = sa.Table(
    "cra_themes",
    metadata,
    sa.Column("cra_id", sa.ForeignKey("cras.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("theme", sa.String(32), primary_key=True),
    sa.Index(None, "theme"),
)

# What a report was before a change: correcting and deleting leave a trace.
cra_versions = sa.Table(
    "cra_versions",
    metadata,
    sa.Column("id", BigId, primary_key=True, autoincrement=True),
    sa.Column("cra_id", sa.ForeignKey("cras.id", ondelete="CASCADE"), nullable=False, index=True),
    # "corrige", "archive" or "retabli".
    sa.Column("action", sa.String(16), nullable=False),
    sa.Column("content", sa.JSON, nullable=False),
    sa.Column("at", UtcDateTime, nullable=False),
)

cra_drafts = sa.Table(
    "cra_drafts",
    metadata,
    sa.Column("id", BigId, primary_key=True, autoincrement=True),
    sa.Column("conseiller_id", sa.ForeignKey("conseillers.id", ondelete="CASCADE"), nullable=False),
    # Several accompaniments told at once wait for one another; 0 is the one on screen.
    sa.Column("rang", sa.SmallInteger, nullable=False),
    # The report so far, even with broken rules: nothing that was said is lost.
    sa.Column("content", sa.JSON, nullable=False),
    # The dialogue about it (field being asked, what was said of it), as its activity keeps it.
    sa.Column("state", sa.JSON, nullable=False),
    # The filed report that this draft corrects, if any.
    sa.Column("cra_id", sa.ForeignKey("cras.id", ondelete="CASCADE"), index=True),
    sa.Column("created_at", UtcDateTime, nullable=False),
    sa.Column("updated_at", UtcDateTime, nullable=False),
    sa.Index(None, "conseiller_id", "rang"),
    # A number is never given twice: a filed report remembers the draft it came from.
    sqlite_autoincrement=True,
)
