"""What a structure sees of its conseillers' reports, once identified: figures over a period, never a report."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date

from bot.dispositif.francais.periodes import Period, find_period, month_of, previous_month, year_of
from bot.dispositif.francais.texte import fold, normalise
from bot.reference.cra import load_nomenclature
from bot.services.access.sessions import SessionRules, actor_of, current_identity, place_of
from bot.services.cra.figures import tell_figures
from bot.services.cra.screen import read_value
from bot.services.dialogue import Activity, Button, Context, Incoming, Say, Turn, choice
from bot.services.etapes.activity import today_of
from bot.storage.unit_of_work import UnitOfWork

NAME = "cra_structure"
_FIGURES = r"(?:stats?|statistiques?|chiffres?|bilans?|cra|cras|comptes?[- ]rendus?(?:\s+d'activites?)?|activites?)"
_THEIRS = r"(?:(?:de|par|sur)\s+)?(?:nos|notre|mes|mon|ma)\s+(?:conseill\w+|cnfs|conums?)"
_ASKS = re.compile(rf"(?<!\w){_FIGURES}\s+{_THEIRS}(?!\w)")
# A question on how it works is the FAQ's; these only ask to see.
_HOW = re.compile(
    r"(?<!\w)(?:comment|pourquoi|qui|quand|ou|peut[- ]on|puis[- ]je|peux[- ]je|doi\w+|faut|obligat\w+|remplir|saisir|faire)(?!\w)"
)
NEEDS_PROOF = (
    "Les chiffres d'activité de vos conseillers ne sont montrés qu'à leur structure. Identifiez-vous avec votre SIRET et "
    "votre code d'accès, puis redemandez-les."
)


def asks_for_their_figures(text: str) -> bool:
    folded = fold(normalise(text))
    return bool(_ASKS.search(folded)) and not _HOW.search(folded)


class StructureFigures(Activity):
    """Answers on the widget; in Telegram a chat is a conseiller's."""

    name = NAME

    def __init__(self, open_unit_of_work: Callable[..., UnitOfWork], rules: Callable[[], SessionRules]) -> None:
        self._open, self._rules = open_unit_of_work, rules

    def take(self, message: Incoming, context: Context) -> Turn | None:
        if message.channel == "telegram":
            return None
        chosen = message.chosen(NAME)
        if chosen is None and (message.is_button or not asks_for_their_figures(message.text)):
            return None
        today = today_of(message.now)
        period = _chosen(chosen[1]) if chosen else find_period(message.text, today) or month_of(today)
        context = replace(context, failures=0, offered=())
        with self._open() as uow:
            place = place_of(uow, message.conversation_id, message.channel)
            identity = current_identity(uow, self._rules(), place, message.now)
            if identity is None or identity.structure_id is None:
                uow.commit()
                return Turn((Say(NEEDS_PROOF, (Button("M'identifier", "/sign_in"),)),), context)
            reports = uow.cras.of_structure(identity.structure_id, period.since, period.until)
            uow.audit.write(
                actor_of(identity),
                "cra.chiffres",
                "structure",
                identity.structure_id,
                message.now,
                place.conversation_id,
            )
            uow.commit()
        says = tell_figures([one.cra for one in reports], period, load_nomenclature(), "L'activité de vos conseillers")
        return Turn((*says[:-1], replace(says[-1], buttons=_periods(today))), context)

    def resume(self, context: Context, now: object) -> Say | None:
        return None


def _periods(today: date) -> tuple[Button, ...]:
    offered = (("Ce mois-ci", month_of(today)), ("Mois dernier", previous_month(today)))
    return tuple(_button(title, period) for title, period in (*offered, (f"Année {today.year}", year_of(today.year))))


def _button(title: str, period: Period) -> Button:
    return choice(title, NAME, "figures", f"0:{period.since.isoformat()}|{period.until.isoformat()}|{period.label}")


def _chosen(value: str) -> Period:
    since, until, label = read_value(value)[1].split("|")
    return Period(date.fromisoformat(since), date.fromisoformat(until), label)
