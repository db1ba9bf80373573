"""The life of a waiting message: claimed, answered once, or put back for later."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.dispositif.conversation import (
    LEASE,
    MAX_ATTEMPTS,
    Author,
    Direction,
    Message,
    Owner,
    Reply,
    Status,
    may_assistant_speak,
    retry_delay,
)
from bot.dispositif.handover import HandoverRules
from bot.dispositif.understanding import UNDERSTANDING, understanding_from_dict
from bot.services.handover.request import request_human
from bot.storage.unit_of_work import UnitOfWork

APOLOGY = Reply(
    "Je suis désolé, un problème m'empêche de répondre à ce message. Il est signalé à l'équipe. Vous pouvez réessayer "
    "plus tard, ou écrire à [conseiller-numerique@anct.gouv.fr](mailto:conseiller-numerique@anct.gouv.fr).",
    {"kind": "apology"},
)


# What a reply asks of the gateway: {"trigger", "subject", "email", "theme"}, all optional.
HANDOVER = "handover"
_FOR_US = (UNDERSTANDING, HANDOVER)


@dataclass(frozen=True)
class Claim:
    """A message to answer, with the ownership version under which it was taken."""

    message: Message
    channel: str
    version: int


def claim_message(uow: UnitOfWork, now: datetime) -> Claim | None:
    """Takes the next message that waits for the assistant, or None.

    A message whose conversation has since passed to a human is closed here: the human reads it, Rasa does not.
    """
    while True:
        message = uow.messages.claim_next(now, LEASE)
        if message is None:
            uow.commit()
            return None
        conversation = uow.conversations.get(message.conversation_id)
        if conversation.owner is Owner.ASSISTANT:
            uow.commit()
            return Claim(message, conversation.channel, conversation.version)
        uow.messages.set_status(message.id, Status.DONE)


def renew_claim(uow: UnitOfWork, claim: Claim, now: datetime) -> bool:
    """Keeps a message whose answer takes long; False when it was given to another worker."""
    kept = uow.messages.renew(claim.message.id, claim.message.attempts, now + LEASE)
    uow.commit()
    return kept


def deliver_replies(
    uow: UnitOfWork, claim: Claim, replies: Sequence[Reply], now: datetime, handover: HandoverRules | None = None
) -> list[Message]:
    """Stores the replies to a claimed message and closes it; returns what the person will see.

    Nothing happens if another worker has answered meanwhile. When a human took over since the claim, the
    replies become notes for staff: the assistant never speaks over a person. How the message was understood is kept
    beside it, and never travels further. A reply that carries `handover` changes the owner with it: either both
    happen or neither.
    """
    conversation = uow.conversations.lock(claim.message.conversation_id)
    current = uow.messages.get(claim.message.id)
    if conversation is None or current is None or current.status.value not in ("pending", "processing"):
        return []
    speaks = may_assistant_speak(conversation, claim.version)
    first_seq = uow.conversations.take_seq(conversation.id, now, len(replies)) if replies else 0
    stored = [
        uow.messages.add(
            conversation.id,
            first_seq + index,
            Direction.OUT if speaks else Direction.NOTE,
            Author.ASSISTANT,
            reply.text,
            Status.QUEUED if speaks else Status.DONE,
            now,
            content={name: value for name, value in reply.content.items() if name not in _FOR_US},
            in_reply_to=claim.message.id,
            reply_index=index,
        )
        for index, reply in enumerate(replies)
    ]
    understood = next((reply.content[UNDERSTANDING] for reply in replies if UNDERSTANDING in reply.content), None)
    if understood:
        uow.understandings.add(claim.message.id, understanding_from_dict(understood), now)
    uow.messages.set_status(claim.message.id, Status.DONE)
    wanted = next((reply.content[HANDOVER] for reply in replies if HANDOVER in reply.content), None)
    if speaks and wanted is not None:
        request_human(uow, conversation, wanted, handover or HandoverRules(), now)
    uow.commit()
    return stored if speaks else []


def postpone(uow: UnitOfWork, claim: Claim, now: datetime, blame_message: bool) -> list[Message]:
    """Puts a claimed message back for later; returns an apology once it has failed too often.

    With `blame_message` false the assistant itself is away (restarting, say): the message waits as long as it
    takes. Otherwise the message may be what breaks it, and tries are counted.
    """
    if blame_message and claim.message.attempts >= MAX_ATTEMPTS:
        return deliver_replies(uow, claim, [APOLOGY], now)
    if not blame_message:
        uow.messages.forget_attempts(claim.message.id)
    uow.messages.set_status(claim.message.id, Status.PENDING, now + retry_delay(claim.message.attempts))
    uow.commit()
    return []
