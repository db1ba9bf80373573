"""The guided calculation: one message or several turns, only what is missing asked, what-ifs after the result."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from bot.dispositif.calcul_subvention import calculate
from bot.dispositif.subvention import Bareme, Calcul, Contrat, ContratAide, Structure
from bot.reference.subvention import load_bareme
from bot.services.dialogue import Activity, Context, Incoming, Say, Turn
from bot.services.subvention import redaction, souhaits
from bot.services.subvention.demande import Demande
from bot.services.subvention.lecture import Lecture, lire
from bot.services.subvention.postes_lus import Probleme

INTENT = "calculate_subvention"
PARIS = ZoneInfo("Europe/Paris")
# How sure the classifier must be of a question of the FAQ for it to interrupt the calculation.
FAQ_IS_SURE = 0.5


@dataclass(frozen=True)
class State:
    """What the conversation remembers. `pending`: the field asked; `done`: a result was given since; `outer`: the guided
    dialogue that the calculation interrupted, which goes on afterwards."""

    request: Demande = Demande()
    pending: str | None = None
    tries: int = 0
    done: bool = False
    outer: str | None = None

    def to_json(self) -> dict[str, Any]:
        return {
            "demande": self.request.to_json(),
            "pending": self.pending,
            "tries": self.tries,
            "done": self.done,
            "outer": self.outer,
        }

    @classmethod
    def of(cls, context: Context) -> State | None:
        data = context.memory.get(redaction.NAME)
        if not data:
            return None
        return cls(
            Demande.from_json(data["demande"]),
            data.get("pending"),
            data.get("tries", 0),
            data.get("done", False),
            data.get("outer"),
        )


class CalculateSubvention(Activity):
    """« asso, CDI, départ le 4 avril 2022, combien et quand ? »"""

    name = redaction.NAME

    def take(self, message: Incoming, context: Context) -> Turn | None:
        today = day_of(message.now)
        bareme = load_bareme(today)
        state = State.of(context)
        chosen = message.chosen(self.name)
        if chosen:
            return self._choose(chosen, state or State(), context, bareme, today)
        if message.is_button:
            return None
        is_open = context.active == self.name and state is not None and state.pending is not None
        if is_open:
            return self._while_open(message, state, context, bareme, today)
        said = lire(message.text, today, bareme)
        if state and state.done and self._changes(message, said, context):
            return self._go_on(
                replace(state, request=state.request.with_reading(said), tries=0), context, bareme, today
            )
        if (
            souhaits.wants_again(message.text)
            or message.intent == INTENT
            or souhaits.wants_calculation(message.text, said)
        ):
            return self._go_on(State(Demande().with_reading(said)), context, bareme, today)
        return None

    def resume(self, context: Context, now: datetime) -> Say | None:
        state = State.of(context)
        if state is None or state.pending is None:
            return None
        return redaction.ask(state.pending, replace(state.request, problemes=()), lead="Revenons à votre calcul. ")

    def start(self, message: Incoming, context: Context) -> Turn:
        """The intent was understood but nothing was claimed: begins from what the message says."""
        today = day_of(message.now)
        bareme = load_bareme(today)
        return self._go_on(State(Demande().with_reading(lire(message.text, today, bareme))), context, bareme, today)

    def _changes(self, message: Incoming, said: Lecture, context: Context) -> bool:
        """A what-if is about the calculation only while nothing else was asked since."""
        if souhaits.wants_again(message.text):
            return said.says_something
        if context.previous is not None:
            return False
        best = message.whole.best
        if best.is_question and best.score >= 0.85 and not souhaits.is_what_if(message.text):
            return False
        return souhaits.wants_change(message.text, said)

    def _while_open(
        self, message: Incoming, state: State, context: Context, bareme: Bareme, today: date
    ) -> Turn | None:
        text, pending = message.text, state.pending or ""
        if souhaits.wants_stop(text) or message.intent == "cancel":
            return self._stop(state, context)
        if souhaits.wants_again(text):
            return self._go_on(State(Demande().with_reading(lire(text, today, bareme))), context, bareme, today)
        said = self._answer(text, pending, today, bareme)
        if self._interrupts(message, said, pending):
            return None
        if said is None and souhaits.is_unknown(text):
            return self._choose((pending, "inconnu"), state, context, bareme, today)
        if said is not None and said.says_something:
            request = state.request.with_reading(said)
            answered = pending not in {problem.champ for problem in said.problemes} and pending not in self._missing(
                request, bareme, today
            )
            return self._go_on(
                replace(state, request=request, tries=0 if answered else state.tries),
                context,
                bareme,
                today,
                asked=None if answered else pending,
            )
        if message.intent not in ("faq", "nlu_fallback", "out_of_scope", INTENT, "affirm", "deny", ""):
            return None
        return self._ask(replace(state, tries=state.tries + 1), pending, context)

    def _answer(self, text: str, pending: str, today: date, bareme: Bareme) -> Lecture | None:
        """What the text says, read as an answer to `pending`; None when it says nothing."""
        said = lire(text, today, bareme, asked=pending)
        if pending == "aide" and souhaits.is_no(text):
            return Lecture(sans_aide=True, commun=replace(Lecture().commun, aide=0))
        number = souhaits.bare_number(text)
        if number is not None and not said.postes:
            if pending == "nb_postes" and said.nb_postes is None:
                said = self._count(said, number, bareme)
            elif pending == "duree_mois" and said.commun.duree_mois is None:
                said = lire(f"CDD de {number} mois", today, bareme)
        if pending == "duree_mois" and said.commun.duree_mois is None and not said.problemes:
            again = lire(f"CDD de {text}", today, bareme)
            said = again if again.commun.duree_mois or again.problemes else said
        return said if said.says_something else None

    @staticmethod
    def _count(said: Lecture, number: int, bareme: Bareme) -> Lecture:
        if 1 <= number <= bareme.limites.postes_max:
            return replace(said, nb_postes=number)
        sentence = f"« {number} » n'est pas un nombre de postes plausible."
        return replace(said, problemes=(*said.problemes, Probleme("nb_postes", "nombre_de_postes", sentence)))

    def _interrupts(self, message: Incoming, said: Lecture | None, pending: str) -> bool:
        """A question of the FAQ asked in the middle: answered by the FAQ, then the calculation goes on."""
        best = message.whole.best
        if not best.is_question or best.score < FAQ_IS_SURE or souhaits.is_what_if(message.text):
            return False
        if not souhaits.is_question(message.text):
            return said is None and best.score >= 0.8
        if said is None:
            return True
        return not souhaits.wants_calculation(message.text, said) and not _is_mostly_answer(message.text)

    def _choose(self, chosen: tuple[str, str], state: State, context: Context, bareme: Bareme, today: date) -> Turn:
        field, value = chosen
        request = state.request
        if field == "commande":
            if value == "arreter":
                return self._stop(state, context)
            return self._go_on(State(), context, bareme, today)
        if field == "demander":
            return self._ask_again(state, value, context)
        request = _with_choice(request, field, value)
        return self._go_on(replace(state, request=request, tries=0), context, bareme, today)

    def _ask_again(self, state: State, field: str, context: Context) -> Turn:
        """The person wants to give something that was assumed or left out."""
        request = replace(state.request, inconnus=tuple(n for n in state.request.inconnus if n != field))
        if field == "aide":
            kind = ContratAide.NON_PRECISE
            request = replace(
                request,
                commun=replace(request.commun, contrat_aide=request.commun.contrat_aide or kind, aide=None),
                postes=tuple(replace(p, contrat_aide=p.contrat_aide or kind, aide=None) for p in request.postes),
            )
        return self._ask(replace(state, request=request, tries=0), field, context)

    def _go_on(self, state: State, context: Context, bareme: Bareme, today: date, asked: str | None = None) -> Turn:
        """Asks for what is still missing, or gives the result."""
        request = state.request
        outcome = calculate(_settled(request).situation(), bareme, today)
        missing = self._left(request, outcome)
        if missing and not outcome.refus:
            tries = state.tries + 1 if asked == missing[0] else 0
            return self._ask(replace(state, tries=tries), missing[0], context)
        said = redaction.result(_settled(request), outcome, bareme, today)
        kept = State(replace(request, notes=(), problemes=()), done=True)
        outer = self._outer(state, context)
        return Turn((said,), replace(context.remembering(self.name, kept.to_json()), active=outer, previous=None))

    def _stop(self, state: State, context: Context) -> Turn:
        outer = self._outer(state, context)
        return Turn((redaction.stopped(),), replace(context.without(self.name), active=outer))

    def _outer(self, state: State, context: Context) -> str | None:
        """The guided dialogue to go back to."""
        return context.active if context.active not in (None, self.name) else state.outer

    def _ask(self, state: State, field: str, context: Context) -> Turn:
        state = replace(state, pending=field, done=False, outer=self._outer(state, context))
        say = redaction.ask(field, state.request, state.tries)
        return Turn((say,), replace(context.remembering(self.name, state.to_json()), previous=None))

    def _missing(self, request: Demande, bareme: Bareme, today: date) -> list[str]:
        return self._left(request, calculate(_settled(request).situation(), bareme, today))

    @staticmethod
    def _left(request: Demande, outcome: Calcul) -> list[str]:
        """What to ask still, without what the person does not know."""
        hopeless = any(notice.cle in ("contrat_inconnu", "contrat_public_prive") for notice in outcome.avertissements)
        return [
            name
            for name in outcome.manquants
            if name not in request.inconnus and not (hopeless and name == "date_depart_formation")
        ]


def day_of(now: datetime) -> date:
    """The day it is in France."""
    return now.astimezone(PARIS).date()


def _settled(request: Demande) -> Demande:
    """The request as it is computed when the person does not know something."""
    if "aide" in request.inconnus:
        request = replace(
            request,
            commun=replace(request.commun, contrat_aide=None),
            postes=tuple(replace(p, contrat_aide=None) for p in request.postes),
        )
    if "contrat" in request.inconnus and request.structure is Structure.PRIVEE and request.commun.contrat is None:
        request = replace(request, commun=replace(request.commun, contrat=Contrat.CDI))
    return request


def _with_choice(request: Demande, field: str, value: str) -> Demande:
    """The request once a button was pressed; an unknown value changes nothing."""
    cleared = replace(request, problemes=tuple(p for p in request.problemes if p.champ != field), notes=())
    if value == "inconnu":
        return replace(cleared, inconnus=tuple(dict.fromkeys([*request.inconnus, field])))
    try:
        said = _chosen_reading(field, value)
    except ValueError:
        return request
    return cleared.with_reading(said)


def _chosen_reading(field: str, value: str) -> Lecture:
    blank = Lecture()
    if field == "structure":
        return replace(blank, structure=Structure(value))
    if field == "territoire":
        return replace(blank, territoire=value)
    if field == "contrat":
        return replace(blank, commun=replace(blank.commun, contrat=Contrat(value)))
    if field == "duree_mois":
        return replace(blank, commun=replace(blank.commun, duree_mois=int(value)))
    if field == "nb_postes":
        return replace(blank, nb_postes=int(value))
    if field == "aide":
        return replace(blank, sans_aide=True, commun=replace(blank.commun, aide=0))
    return blank


def _is_mostly_answer(text: str) -> bool:
    """« CDI ? », « le 4 avril, ça va ? »: short enough to be an answer in spite of its question mark."""
    return len(text.split()) <= 4
