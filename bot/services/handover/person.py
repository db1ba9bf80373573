"""What the person does while someone else than the assistant may speak: leave, cancel, rate, come back."""

from __future__ import annotations

import json
from datetime import datetime

from bot.dispositif.conversation import Conversation, Owner
from bot.dispositif.handover import CloseReason, HandoverRules, Request, State, wants_the_assistant_back
from bot.services.handover.availability import availability
from bot.services.handover.request import set_owner, tell
from bot.services.handover.voice import CANCEL, RATE, RATING_BUTTONS, REOPEN, RETURN, SERVICE_PAYLOADS, say
from bot.storage.unit_of_work import UnitOfWork


def is_for_the_service(conversation: Conversation, text: str, payload: str | None) -> bool:
    """Whether this message is one of ours to handle: Rasa must not see it, whoever owns the conversation."""
    if payload is not None:
        return payload.startswith(SERVICE_PAYLOADS)
    return conversation.owner is not Owner.ASSISTANT and wants_the_assistant_back(text)


def handle(
    uow: UnitOfWork, conversation: Conversation, payload: str | None, rules: HandoverRules, now: datetime
) -> None:
    """Does what the button (or the words) asked. The conversation is locked; the message is already stored."""
    payload = payload or RETURN
    if payload.startswith(RATE):
        _rate(uow, conversation, payload, now)
    elif payload == REOPEN:
        _reopen(uow, conversation, rules, now)
    elif payload in (RETURN, CANCEL):
        _leave(uow, conversation, now)


def _leave(uow: UnitOfWork, conversation: Conversation, now: datetime) -> None:
    request = uow.handovers.open_of(conversation.id)
    if request is None:
        say(uow, conversation.id, "Vous êtes déjà avec l'assistant. Quelle est votre question ?", "assistant_back", now)
        return
    close(uow, conversation, request, CloseReason.USER_LEFT, None, now)


def close(
    uow: UnitOfWork,
    conversation: Conversation,
    request: Request,
    reason: CloseReason,
    staff_id: int | None,
    now: datetime,
) -> bool:
    """Closes the request and gives the conversation back to the assistant; False when someone was quicker.

    The person is told, may rate the human part if there was one, and may come back to a human.
    """
    changed = uow.handovers.change(
        request, now, state=State.CLOSED, closed_at=now, closed_by=staff_id, close_reason=reason, snoozed_until=None
    )
    if not changed:
        return False
    set_owner(uow, conversation, State.CLOSED, now)
    answered = request.first_reply_at is not None
    opening = {
        CloseReason.USER_LEFT: "Vous êtes de retour avec l'assistant.",
        CloseReason.HANDED_BACK: "L'assistant reprend la conversation.",
        CloseReason.SILENCE: "Sans nouvelle de votre part, l'échange avec l'équipe est terminé.",
        CloseReason.EMAILED: "L'équipe vous a répondu par e-mail.",
    }.get(reason, "L'échange avec l'équipe est terminé.")
    if request.state is not State.CLAIMED and reason is CloseReason.USER_LEFT:
        opening = "Votre demande est annulée. " + opening
    text = f"{opening} Vous pouvez continuer à poser vos questions ici."
    buttons: list = []
    if answered:
        text += " Comment s'est passé l'échange avec la personne qui vous a répondu ?"
        buttons += RATING_BUTTONS
    buttons.append({"title": "Parler de nouveau à une personne", "payload": REOPEN})
    say(uow, conversation.id, text, "closed", now, buttons)
    return True


def _rate(uow: UnitOfWork, conversation: Conversation, payload: str, now: datetime) -> None:
    request = uow.handovers.latest_of(conversation.id)
    try:
        score = int(json.loads(payload[len(RATE) :])["note"])
    except (ValueError, KeyError, TypeError):
        score = 0
    if request is None or request.first_reply_at is None or score not in range(1, 6):
        say(uow, conversation.id, "Cette note ne correspond plus à un échange.", "information", now)
        return
    uow.handovers.change(request, now, rating=score, rated_at=now)
    say(uow, conversation.id, "Merci, votre avis est enregistré.", "rated", now)


def _reopen(uow: UnitOfWork, conversation: Conversation, rules: HandoverRules, now: datetime) -> None:
    request = uow.handovers.latest_of(conversation.id)
    if request is None or request.state is not State.CLOSED:
        if request is not None:
            say(uow, conversation.id, "Votre demande est déjà ouverte.", "information", now)
        return
    state = State.WAITING if availability(uow, rules, now).is_live else State.KEPT
    uow.handovers.change(
        request,
        now,
        state=state,
        closed_at=None,
        closed_by=None,
        close_reason=None,
        claimed_by=None,
        waiting_since=now,
        last_user_at=now,
        warned_at=None,
        alarmed_at=None,
    )
    set_owner(uow, conversation, state, now)
    tell(uow, uow.handovers.get(request.id), rules, now, opening="Votre demande est rouverte.")
