"""Full-text search over transcripts: SQLite's FTS5, or PostgreSQL's tsvector in French. Accents may be left out."""

from __future__ import annotations

import re

import sqlalchemy as sa
from sqlalchemy.engine import Connection

MAX_FOUND = 200
MAX_WORDS = 8
_WORD = re.compile(r"\w+")
_ACCENTS = str.maketrans("àâäáãçéèêëîïíôöóùûüúÿñ", "aaaaaceeeeiiiooouuuuyn")


def words_of(query: str) -> list[str]:
    """The words to look for; punctuation and search operators mean nothing."""
    return [word for word in _WORD.findall(query.lower()) if not word.startswith("_")][:MAX_WORDS]


def search_conversations(connection: Connection, query: str) -> list[str]:
    """The conversations in which one message has every word, the latest first."""
    words = words_of(query)
    if not words:
        return []
    if connection.dialect.name == "postgresql":
        statement = sa.text(
            "SELECT conversation_id, max(id) AS latest FROM messages WHERE id IN ("
            "  SELECT message_id FROM messages_fts, to_tsquery('french', :exact) AS exact, to_tsquery('french', :flat) AS flat"
            "  WHERE document @@ exact OR document @@ flat"
            ") GROUP BY conversation_id ORDER BY latest DESC LIMIT :limit"
        )
        rows = connection.execute(
            statement,
            {
                "exact": " & ".join(f"{word}:*" for word in words),
                "flat": " & ".join(f"{word.translate(_ACCENTS)}:*" for word in words),
                "limit": MAX_FOUND,
            },
        )
    else:
        statement = sa.text(
            "SELECT conversation_id, max(id) AS latest FROM messages WHERE id IN ("
            "  SELECT rowid FROM messages_fts WHERE messages_fts MATCH :words"
            ") GROUP BY conversation_id ORDER BY latest DESC LIMIT :limit"
        )
        # No French stems there: a plural finds its singular by its beginning.
        words = [f'"{_stem(word)}"*' for word in words]
        rows = connection.execute(statement, {"words": " ".join(words), "limit": MAX_FOUND})
    return [row.conversation_id for row in rows]


def _stem(word: str) -> str:
    """The beginning that the forms of a French word share, roughly: « conventions » finds « convention »."""
    for ending in ("aux", "es", "s", "x", "e"):
        if word.endswith(ending) and len(word) - len(ending) >= 4:
            return word[: -len(ending)]
    return word
