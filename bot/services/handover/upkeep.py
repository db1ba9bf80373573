"""What must happen although nobody does anything: alarms, absences, patience, silence. Run by every `web` process."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime
from functools import partial

from bot.dispositif.conversation import Conversation
from bot.dispositif.handover import CloseReason, HandoverRules, Request, State
from bot.services.handover import person
from bot.services.handover.availability import availability
from bot.services.handover.desk import let_go
from bot.services.handover.request import set_owner, tell
from bot.services.handover.voice import RETURN_BUTTON, say
from bot.storage.unit_of_work import UnitOfWork

logger = logging.getLogger(__name__)
Step = Callable[[UnitOfWork, Conversation, Request], bool]


def look_after(open_uow: Callable[[], UnitOfWork], rules: HandoverRules, now: datetime) -> list[str]:
    """Does what is due, one short transaction a conversation; returns the conversations that changed.

    Several processes may run it at the same time: each change is checked again under the conversation's lock.
    """
    with open_uow() as uow:
        due = _due(uow, rules, now)
    changed = []
    for request, step in due:
        with open_uow() as uow:
            conversation = uow.conversations.lock(request.conversation_id)
            fresh = uow.handovers.get(request.id) if conversation else None
            if fresh is not None and step(uow, conversation, fresh):
                uow.commit()
                changed.append(request.conversation_id)
    return changed


def _due(uow: UnitOfWork, rules: HandoverRules, now: datetime) -> list[tuple[Request, Step]]:
    due: list[tuple[Request, Step]] = []
    present = uow.staff.present_since(now - rules.absent)
    for request in uow.handovers.held():
        if not request.is_set_aside(now) and _is_absent(request, present, rules, now):
            due.append((request, partial(_release_absent, rules=rules, now=now)))
        elif _is_silent(request, rules, now):
            due.append((request, partial(_close_silent, rules=rules, now=now)))
        elif _may_be_gone(request, rules, now):
            due.append((request, partial(_warn, rules=rules, now=now)))
    nobody = not availability(uow, rules, now).is_live
    for request in uow.handovers.waiting():
        waited = now - request.waiting_since
        if waited >= rules.patience or (nobody and waited >= rules.absent):
            due.append((request, partial(_keep, rules=rules, now=now)))
    for request in uow.handovers.without_alarm(now - rules.alarm):
        due.append((request, partial(_ring, now=now)))
    return due


def _is_absent(request: Request, present: set[int], rules: HandoverRules, now: datetime) -> bool:
    # Someone who has just claimed may not have opened the stream that says they are there.
    just_took = request.claimed_at is not None and now - request.claimed_at < rules.absent
    return request.claimed_by not in present and not just_took


def _release_absent(uow: UnitOfWork, conversation: Conversation, request: Request, rules, now: datetime) -> bool:
    if request.state is not State.CLAIMED or request.is_set_aside(now):
        return False
    if not _is_absent(request, uow.staff.present_since(now - rules.absent), rules, now):
        return False
    logger.warning("agent_absent conversation=%s request=%s", conversation.id, request.id)
    return let_go(uow, conversation, request, rules, now, "La personne qui vous répondait a été déconnectée.")


def _keep(uow: UnitOfWork, conversation: Conversation, request: Request, rules, now: datetime) -> bool:
    """Waiting has lasted long enough: the assistant is back, and the request stays."""
    if request.state is not State.WAITING:
        return False
    if not uow.handovers.change(request, now, state=State.KEPT):
        return False
    set_owner(uow, conversation, State.KEPT, now)
    tell(
        uow,
        uow.handovers.get(request.id),
        rules,
        now,
        "Personne n'a pu vous répondre, et nous en sommes désolés. Votre demande est gardée.",
    )
    return True


def _ring(uow: UnitOfWork, conversation: Conversation, request: Request, now: datetime) -> bool:
    if request.state not in (State.WAITING, State.KEPT) or request.alarmed_at:
        return False
    minutes = int((now - request.waiting_since).total_seconds() // 60)
    # Read by whatever watches the logs; the desk shows it too.
    logger.error("request_unclaimed conversation=%s request=%s minutes=%s", conversation.id, request.id, minutes)
    return uow.handovers.change(request, now, alarmed_at=now)


def _last_word(request: Request) -> datetime | None:
    """When the agent spoke last, if the person has said nothing since."""
    spoke = request.last_staff_at if request.first_reply_at else None
    if spoke is None or (request.last_user_at and request.last_user_at > spoke):
        return None
    return spoke


def _may_be_gone(request: Request, rules: HandoverRules, now: datetime) -> bool:
    spoke = _last_word(request)
    return (
        spoke is not None
        and request.warned_at is None
        and not request.is_set_aside(now)
        and now - spoke >= rules.silence
    )


def _is_silent(request: Request, rules: HandoverRules, now: datetime) -> bool:
    return (
        _last_word(request) is not None
        and request.warned_at is not None
        and not request.is_set_aside(now)
        and now - request.warned_at >= rules.silence_after_warning
    )


def _warn(uow: UnitOfWork, conversation: Conversation, request: Request, rules, now: datetime) -> bool:
    if request.state is not State.CLAIMED or not _may_be_gone(request, rules, now):
        return False
    minutes = int(rules.silence_after_warning.total_seconds() // 60)
    say(
        uow,
        conversation.id,
        f"Êtes-vous toujours là ? Sans réponse de votre part dans {minutes} minutes, l'échange avec l'équipe sera "
        "terminé. Vous pourrez toujours le rouvrir.",
        "warning",
        now,
        [RETURN_BUTTON],
    )
    return uow.handovers.change(request, now, warned_at=now)


def _close_silent(uow: UnitOfWork, conversation: Conversation, request: Request, rules, now: datetime) -> bool:
    if request.state is not State.CLAIMED or not _is_silent(request, rules, now):
        return False
    return person.close(uow, conversation, request, CloseReason.SILENCE, None, now)
