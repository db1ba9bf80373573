"""Opinions: a thumb on one answer, a note on the whole conversation."""

from __future__ import annotations

import json
from datetime import datetime

from bot.dispositif.conversation import Author, Direction, Owner
from bot.dispositif.handover import Trigger
from bot.services.handover.voice import say
from bot.services.receive_message import RefusedMessage
from bot.storage.unit_of_work import UnitOfWork

MAX_COMMENT = 1000
# The reason travels in the button: see bot/services/ask_human.py.
OFFER_BUTTON = {
    "title": "Parler à une personne",
    "payload": "/ask_human" + json.dumps({"field": "raison", "value": Trigger.THUMB.value}),
}


def rate_answer(
    uow: UnitOfWork, conversation_id: str, seq: int, value: int, comment: str | None, now: datetime
) -> None:
    """Stores 1 (helpful) or -1 (not helpful) for the answer number `seq`; the last opinion counts.

    An answer that did not help brings the offer of a human, once an answer, while the assistant has the conversation.

    Raises:
        RefusedMessage: no such answer in this conversation, or another value.
    """
    message = uow.messages.at(conversation_id, seq)
    if value not in (1, -1) or message is None or message.direction is not Direction.OUT:
        raise RefusedMessage("unknown_answer", "Cette réponse ne peut pas être notée.")
    known = uow.messages.ratings(conversation_id).get(seq)
    uow.messages.rate(message.id, value, (comment or "").strip()[:MAX_COMMENT] or None, now)
    if value == -1 and known is None and message.author is Author.ASSISTANT:
        _offer_human(uow, conversation_id, now)
    uow.commit()


def _offer_human(uow: UnitOfWork, conversation_id: str, now: datetime) -> None:
    conversation = uow.conversations.lock(conversation_id)
    if conversation is None or conversation.owner is not Owner.ASSISTANT or conversation.ended_at:
        return
    if uow.handovers.open_of(conversation_id) is None:
        text = "Cette réponse ne vous aide pas ? Une personne peut regarder votre question avec vous."
        say(uow, conversation_id, text, "offer_human", now, [OFFER_BUTTON])


def rate_conversation(uow: UnitOfWork, conversation_id: str, score: int, comment: str | None, now: datetime) -> None:
    """Stores a note from 1 (not satisfied) to 5 (very satisfied) and a free comment.

    Raises:
        RefusedMessage: unknown conversation, or a note out of range.
    """
    if score not in range(1, 6) or uow.conversations.get(conversation_id) is None:
        raise RefusedMessage("unknown_score", "La note va de 1 à 5.")
    uow.conversations.rate(conversation_id, score, (comment or "").strip()[:MAX_COMMENT] or None, now)
    uow.commit()
