"""Opinions: a thumb on one answer, a note on the whole conversation."""

from __future__ import annotations

from datetime import datetime

from bot.dispositif.conversation import Direction
from bot.services.receive_message import RefusedMessage
from bot.storage.unit_of_work import UnitOfWork

MAX_COMMENT = 1000


def rate_answer(
    uow: UnitOfWork, conversation_id: str, seq: int, value: int, comment: str | None, now: datetime
) -> None:
    """Stores 1 (helpful) or -1 (not helpful) for the answer number `seq`; the last opinion counts.

    Raises:
        RefusedMessage: no such answer in this conversation, or another value.
    """
    message = uow.messages.at(conversation_id, seq)
    if value not in (1, -1) or message is None or message.direction is not Direction.OUT:
        raise RefusedMessage("unknown_answer", "Cette réponse ne peut pas être notée.")
    uow.messages.rate(message.id, value, (comment or "").strip()[:MAX_COMMENT] or None, now)
    uow.commit()


def rate_conversation(uow: UnitOfWork, conversation_id: str, score: int, comment: str | None, now: datetime) -> None:
    """Stores a note from 1 (not satisfied) to 5 (very satisfied) and a free comment.

    Raises:
        RefusedMessage: unknown conversation, or a note out of range.
    """
    if score not in range(1, 6) or uow.conversations.get(conversation_id) is None:
        raise RefusedMessage("unknown_score", "La note va de 1 à 5.")
    uow.conversations.rate(conversation_id, score, (comment or "").strip()[:MAX_COMMENT] or None, now)
    uow.commit()
