"""The whole schema, one file a subject. Migrations in migrations/ lead to exactly this (a test compares them)."""

from bot.storage.tables.access import access_attempts, access_codes, audit_log, identities
from bot.storage.tables.base import metadata
from bot.storage.tables.conversations import conversations, feedback, messages, satisfaction
from bot.storage.tables.faq_desk import (
    faq_candidates,
    faq_care,
    faq_drafts,
    faq_golden,
    faq_inbox,
    faq_publications,
    understandings,
)
from bot.storage.tables.structures import (
    candidatures,
    conseillers,
    contacts,
    contrats,
    conventions,
    dossiers_subvention,
    etape_progress,
    formations,
    postes,
    structures,
    versements,
)

__all__ = [
    "access_attempts",
    "access_codes",
    "audit_log",
    "candidatures",
    "conseillers",
    "contacts",
    "contrats",
    "conventions",
    "conversations",
    "dossiers_subvention",
    "etape_progress",
    "faq_candidates",
    "faq_care",
    "faq_drafts",
    "faq_golden",
    "faq_inbox",
    "faq_publications",
    "feedback",
    "formations",
    "identities",
    "messages",
    "metadata",
    "postes",
    "satisfaction",
    "structures",
    "understandings",
    "versements",
]
