"""What a conseiller sees of a draft: its card, the question that is open, the buttons."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from bot.dispositif.communes import Communes
from bot.dispositif.cra import BrokenRule, Cra, check
from bot.dispositif.nomenclature_cra import Nomenclature
from bot.services.cra.card import card_of
from bot.services.cra.habits import Habits
from bot.services.cra.questions import CHANGEABLE, choices_of, next_step, question_of, step_of
from bot.services.dialogue import Button, Say, choice
from bot.storage.cra_drafts import Draft

NAME = "cra"
# Questions with several answers: a tap ticks, « Terminé » ends.
SEVERAL = ("themes", "suite")


@dataclass(frozen=True)
class State:
    """The dialogue about a draft.

    `asked`: the question that is open; `changing`: it was chosen on the card, the field is known already; `message`:
    the last message that changed the draft, so that the same one given twice changes it once; `lot` and `place`: drafts
    born of one message, and (rank, how many).
    """

    asked: str | None = None
    changing: bool = False
    menu: bool = False
    again: int = 0
    doubts: tuple[BrokenRule, ...] = ()
    message: str = ""
    lot: str = ""
    place: tuple[int, int] = (1, 1)
    dropped: bool = False

    def without_doubt(self, step: str) -> State:
        return replace(self, doubts=tuple(rule for rule in self.doubts if step_of(rule.champ) != step))


@dataclass(frozen=True)
class Tools:
    nomenclature: Nomenclature
    communes: Communes
    today: date
    habits: Habits = field(default_factory=Habits)


def state_of(draft: Draft) -> State:
    data = dict(draft.state)
    doubts = tuple(BrokenRule(*rule) for rule in data.pop("doubts", ()))
    return State(**{**data, "doubts": doubts, "place": tuple(data.get("place", (1, 1)))})


def state_to_dict(state: State) -> dict[str, Any]:
    doubts = [[rule.champ, rule.cle, rule.phrase] for rule in state.doubts]
    return {**vars(state), "doubts": doubts, "place": list(state.place)}


def settled(cra: Cra, state: State, tools: Tools) -> State:
    """The same dialogue, its open question chosen again."""
    broken = check(cra, tools.nomenclature, tools.today, tools.communes)
    if state.changing and state.asked:
        return state
    asked = next_step(cra, broken, state.doubts)
    return replace(state, asked=asked, changing=False, again=state.again if asked == state.asked else 0)


def draw(draft: Draft, state: State, tools: Tools, notes: Sequence[str] = (), short: bool = False) -> Say:
    """The card and its open question; `short`: the question alone, after an interruption."""
    cra = draft.cra
    broken = check(cra, tools.nomenclature, tools.today, tools.communes)
    wrong = [rule.phrase for rule in (*state.doubts, *broken) if not (state.asked and _is_rest(rule, cra, state))]
    ready = state.asked is None and not wrong
    if state.menu:
        question, buttons = "Que voulez-vous changer ?", (*_fields(draft), _button("Retour", draft, "back"))
    elif ready:
        question, buttons = _ready(draft), (*_confirm(draft), *_fields(draft), _drop(draft))
    else:
        question, buttons = _asking(draft, state, tools)
    text = card_of(cra, tools.nomenclature, _title(draft, state))
    if cra == Cra():
        text = _title(draft, state)
    if short:
        text = f"Votre compte rendu attend{_about(cra, tools)}."
    blocks = [*notes, text, "\n".join(wrong), question]
    return Say("\n\n".join(block for block in blocks if block), buttons, extra={"card": f"cra:{draft.id}"})


def read_value(value: str) -> tuple[int | None, str]:
    """(draft or report id, the rest) of a button's value."""
    number, _, rest = value.partition(":")
    return (int(number) if number.isdecimal() else None), rest


def _asking(draft: Draft, state: State, tools: Tools) -> tuple[str, tuple[Button, ...]]:
    asked = state.asked or "date"
    question = question_of(asked, draft.cra, tools.nomenclature, state.again > 0)
    offered = choices_of(asked, draft.cra, tools.nomenclature, tools.communes, tools.habits, tools.today)
    buttons = [_button(one.title, draft, one.step, one.value) for one in offered]
    if state.changing and asked in SEVERAL:
        buttons.append(_button("Terminé", draft, "back"))
    elif state.changing:
        buttons.append(_button("Retour", draft, "back"))
    else:
        buttons.append(_button("Modifier", draft, "menu"))
    return question, (*buttons, _drop(draft))


def _is_rest(rule: BrokenRule, cra: Cra, state: State) -> bool:
    """A sum that is short is not scolded: the question asks for the others."""
    short = (
        sum(getattr(cra, rule.champ).values()) < (cra.nb_participants or 0)
        if rule.champ in ("ages", "statuts")
        else False
    )
    return rule.cle.endswith("_somme") and short


def _title(draft: Draft, state: State) -> str:
    rank, total = state.place
    if draft.cra_id:
        return f"Correction du compte rendu n° {draft.cra_id}"
    return f"Compte rendu ({rank} sur {total})" if total > 1 else "Votre compte rendu"


def _about(cra: Cra, tools: Tools) -> str:
    label = tools.nomenclature.activites[cra.activite].label if cra.activite else ""
    return f" ({label.lower()})" if label else ""


def _ready(draft: Draft) -> str:
    return "Tout y est. J'enregistre la correction ?" if draft.cra_id else "Tout y est. Je l'enregistre ?"


def _confirm(draft: Draft) -> tuple[Button, ...]:
    return (_button("Confirmer", draft, "ok"),)


def _fields(draft: Draft) -> tuple[Button, ...]:
    return tuple(_button(title, draft, "change", step) for step, title in CHANGEABLE.items())


def _drop(draft: Draft) -> Button:
    return _button("Annuler", draft, "drop")


def _button(title: str, draft: Draft, name: str, value: str = "") -> Button:
    return choice(title, NAME, name, f"{draft.id}:{value}")
