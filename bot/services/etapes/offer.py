"""The other door to the steps: the FAQ's overview offers to walk through them."""

from __future__ import annotations

from dataclasses import replace

from bot.services.dialogue import Turn
from bot.services.etapes.commands import Verb
from bot.services.etapes.sentences import NAME, verb_button

OVERVIEW_KEY = "etapes_vue_ensemble"
_INVITATION = "Pour les suivre une par une, dites « guidez-moi pas à pas »."


def with_walk_offer(turn: Turn) -> Turn:
    """The turn, with an invitation when it gives the overview and the walk is not already open."""
    if not turn.says or turn.says[-1].question != OVERVIEW_KEY or turn.context.active == NAME:
        return turn
    last = turn.says[-1]
    buttons = (verb_button("Être guidé pas à pas", Verb.START), *last.buttons)
    # A question offered under the answer keeps its introduction last, next to its button.
    text = f"{last.text}\n{_INVITATION}" if not last.buttons else last.text
    return replace(turn, says=(*turn.says[:-1], replace(last, text=text, buttons=buttons)))
