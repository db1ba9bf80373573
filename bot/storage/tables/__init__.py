"""The whole schema, one file a subject. Migrations in migrations/ lead to exactly this (a test compares them)."""

from bot.storage.tables.base import metadata
from bot.storage.tables.conversations import conversations, feedback, messages, satisfaction

__all__ = ["conversations", "feedback", "messages", "metadata", "satisfaction"]
