"""Tries one phrase and explains what the assistant would do with it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from bot.dispositif.comprehension import Candidate, Reading, Thresholds, decide
from bot.reference.faq import Catalogue
from bot.services.answer_question import reply
from bot.services.dialogue import Context

SHOWN = 10


def try_phrase(
    phrase: str,
    read: Callable[[str], tuple[Reading, list[Reading]]],
    catalogue: Catalogue,
    thresholds: Thresholds,
    previous: str | None = None,
) -> dict[str, Any]:
    """`phrase, decision, question, questions, conversation, candidats, parties, propositions, reponse`, JSON-ready."""
    whole, parts = read(phrase)
    decision = decide(whole, parts, thresholds, catalogue.neighbours, previous)
    turn = reply(whole, parts, Context(previous=previous), catalogue, thresholds)
    return {
        "phrase": phrase,
        "decision": decision.verdict.value,
        "question": decision.keys[0] if decision.keys else None,
        "questions": list(decision.keys),
        "conversation": turn.talk,
        "relance": decision.followed,
        "candidats": [_candidate(candidate, catalogue) for candidate in whole.candidates[:SHOWN]],
        "parties": [
            {"phrase": part.text, "candidats": [_candidate(c, catalogue) for c in part.candidates[:3]]}
            for part in parts
        ],
        "propositions": [
            {"cle": key, "titre": catalogue.questions[key].title}
            for key in decision.offers
            if key in catalogue.questions
        ],
        "reponse": "\n".join(say.text for say in turn.says),
    }


def _candidate(candidate: Candidate, catalogue: Catalogue) -> dict[str, Any]:
    data: dict[str, Any] = {"cle": candidate.key, "score": candidate.score}
    question = catalogue.questions.get(candidate.key) if candidate.is_question else None
    if question:
        data["titre"] = question.title
    return data
