"""The guided activities, in the order in which they may claim a message that none of them has asked for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from functools import lru_cache

from bot.actions.resources import open_unit_of_work, settings
from bot.dispositif.handover import Availability
from bot.reference.delais import load_delais
from bot.services.access.from_settings import access, session_rules
from bot.services.ask_human import AskHuman
from bot.services.cra.dialogue import ComptesRendus
from bot.services.cra.structure import StructureFigures
from bot.services.dialogue import GLOBAL_INTENTS, Activity, Context, Incoming, Say, Turn
from bot.services.dossier.activity import DossierActivity
from bot.services.etapes import EtapesActivity
from bot.services.etapes.files import DatabaseFiles
from bot.services.handover.availability import availability
from bot.services.handover.rules import handover_rules
from bot.services.reminders.activity import Rappels
from bot.services.subvention.activite import CalculateSubvention


@lru_cache(maxsize=1)
def activities() -> tuple[Activity, ...]:
    return (
        ask_human(),
        walk(),
        StructureFigures(open_unit_of_work, lambda: session_rules(settings())),
        dossier(),
        Rappels(open_unit_of_work),
        ComptesRendus(open_unit_of_work),
        CalculateSubvention(),
    )


@lru_cache(maxsize=1)
def walk() -> EtapesActivity:
    return EtapesActivity(DatabaseFiles(open_unit_of_work, lambda: session_rules(settings())))


@lru_cache(maxsize=1)
def ask_human() -> AskHuman:
    """What precedes a human; also begun by the action of « parler à un humain »."""

    def there(now: datetime) -> Availability:
        with open_unit_of_work(writes=False) as uow:
            return availability(uow, handover_rules(settings()), now)

    return AskHuman(there)


@lru_cache(maxsize=1)
def dossier() -> DossierActivity:
    return DossierActivity(open_unit_of_work, lambda: access(settings()), load_delais())


def taken(message: Incoming, context: Context, known: Sequence[Activity]) -> Turn | None:
    """The turn of the activity that this message is for: the open one first; None when no activity wants it."""
    if message.intent in GLOBAL_INTENTS:
        return None
    for activity in sorted(known, key=lambda activity: activity.name != context.active):
        turn = activity.take(message, context)
        if turn is not None:
            return turn
    return None


def with_reminder(turn: Turn, now: datetime, known: Sequence[Activity]) -> Turn:
    """The turn, followed by the open activity's question: an interruption never loses the thread."""
    activity = next((activity for activity in known if activity.name == turn.context.active), None)
    reminder: Say | None = activity.resume(turn.context, now) if activity else None
    return replace(turn, says=(*turn.says, reminder)) if reminder else turn
