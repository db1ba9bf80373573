"""Whether someone may answer now: who is at the desk, the opening hours, the public holidays."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.dispositif.handover import PARIS, Availability, HandoverRules, Request, estimated_wait
from bot.reference.contacts import load_contacts
from bot.reference.jours_feries import holiday_name
from bot.storage.unit_of_work import UnitOfWork


def availability(uow: UnitOfWork, rules: HandoverRules, now: datetime) -> Availability:
    """As it is at this instant, for this transaction."""
    hours = load_contacts().support_hours
    return Availability(
        agents=len(uow.staff.available_since(now - rules.presence)),
        is_open=hours.is_open(now, holiday_name),
        next_opening=hours.next_opening(now, holiday_name),
        holiday=holiday_name(now.astimezone(PARIS).date()),
        hours_only=rules.hours_only,
    )


def waiting_sentence(uow: UnitOfWork, request: Request, agents: int) -> str:
    """The place in the queue and, when recent figures allow it, how long it may take."""
    position = uow.handovers.position(request)
    wait = estimated_wait(position, uow.handovers.recent_handling(), agents)
    place = "Vous êtes le prochain dans la file" if position == 1 else f"Vous êtes en position {position} dans la file"
    if wait is None:
        return f"{place}."
    minutes = max(1, round(wait / timedelta(minutes=1)))
    return f"{place} ; l'attente est d'environ {minutes} minute{'s' if minutes > 1 else ''}."
