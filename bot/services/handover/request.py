"""Someone wants a human: the request is stored, and they are told the truth about what happens next."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from bot.dispositif.conversation import Conversation, Owner
from bot.dispositif.handover import OWNER_OF, HandoverRules, Request, State, Trigger
from bot.dispositif.personnel import clean_email
from bot.services.handover.availability import availability, waiting_sentence
from bot.services.handover.voice import CANCEL_BUTTON, RETURN_BUTTON, elsewhere, later, say
from bot.storage.unit_of_work import UnitOfWork

MAX_SUBJECT = 500


def request_human(
    uow: UnitOfWork, conversation: Conversation, details: Mapping[str, Any], rules: HandoverRules, now: datetime
) -> Request:
    """Opens a request (or goes on with the open one) and tells the person what happens.

    `conversation` is locked by the caller's transaction. `details`: trigger, subject, email, theme, all optional.
    Whether someone is there is decided here, in the transaction that changes the owner: a promise made is true.
    """
    now_there = availability(uow, rules, now)
    state = State.WAITING if now_there.is_live else State.KEPT
    known = uow.handovers.open_of(conversation.id)
    subject = str(details.get("subject") or "").strip()[:MAX_SUBJECT] or None
    email = clean_email(str(details.get("email") or ""))
    if known is None:
        request = uow.handovers.add(
            conversation.id,
            state,
            _trigger(details.get("trigger")),
            now,
            subject=subject,
            email=email,
            theme=details.get("theme") or None,
        )
    else:
        if known.state not in (State.WAITING, State.KEPT):
            # Someone answers already: nothing to ask for.
            return known
        request = replace(known, state=state, subject=subject or known.subject, email=email or known.email)
        uow.handovers.change(known, now, state=state, subject=request.subject, email=request.email, last_user_at=now)
    set_owner(uow, conversation, state, now)
    tell(uow, request, rules, now)
    return request


def tell(uow: UnitOfWork, request: Request, rules: HandoverRules, now: datetime, opening: str = "") -> None:
    """Says where the request stands: a place in the queue, or kept for later."""
    now_there = availability(uow, rules, now)
    if request.state is State.WAITING:
        text = (
            f"{opening or 'Votre demande est transmise à l’équipe.'} {waiting_sentence(uow, request, now_there.agents)}"
        )
        text += " Vous pouvez continuer à écrire : la personne qui vous répondra lira tout."
        say(uow, request.conversation_id, text, "waiting", now, [RETURN_BUTTON])
        return
    answer = (
        f"L'équipe vous répondra à {request.email}, ou ici même si vous revenez dans cette conversation."
        if request.email
        else "L'équipe vous répondra ici, dans cette conversation : revenez la lire plus tard."
    )
    text = f"{opening or 'Votre demande est gardée.'} {later(now_there, now)} {answer} {elsewhere()}"
    text += " En attendant, l'assistant continue à répondre à vos questions."
    say(uow, request.conversation_id, text, "kept", now, [CANCEL_BUTTON])


def set_owner(uow: UnitOfWork, conversation: Conversation, state: State, now: datetime) -> Conversation:
    """Gives the conversation the owner that goes with `state`; the version grows, so late replies are fenced off.

    The assistant that keeps the conversation keeps its version too: what it is about to say is still wanted.

    Raises:
        RuntimeError: the conversation was not locked by this transaction.
    """
    owner = OWNER_OF[state]
    if conversation.owner is owner is Owner.ASSISTANT:
        return conversation
    if not uow.conversations.change_owner(conversation.id, owner, conversation.version, now):
        raise RuntimeError("the conversation changed hands inside its own lock")
    return replace(conversation, owner=owner, version=conversation.version + 1)


def _trigger(value: Any) -> Trigger:
    try:
        return Trigger(value)
    except ValueError:
        return Trigger.ASKED
