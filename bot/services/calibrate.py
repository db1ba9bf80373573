"""Chooses the decision thresholds on held-out phrases: what a right answer is worth, what a wrong one costs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product

from bot.dispositif.comprehension import FAQ_PREFIX, Reading, Thresholds, Verdict, decide
from bot.reference.faq import Catalogue
from bot.services.evaluate import CONVERSATION_FILE, OUT_OF_SCOPE_FILE, Outcome, Phrase

# In right answers. A title offered instead of an answer costs the person one more tap; an answer to a message that
# has nothing to do with us is half as bad as a wrong answer to a real question, and there are fewer of them.
OFFERED_WORTH = 0.4
WRONG_COST = 1.0
INTRUSION_COST = 0.5
ASKED_INTRUSION_COST = 0.3

ReadPhrase = tuple[Phrase, Reading, Sequence[Reading]]


@dataclass(frozen=True)
class Calibration:
    """Thresholds, and what they give on the phrases they were chosen on (shares, 0 to 1)."""

    thresholds: Thresholds
    value: float
    answered_right: float
    wrong_answer: float
    out_of_scope_answered: float


def candidates() -> Iterator[Thresholds]:
    """The thresholds that are tried; the one for follow-ups is not measured on single phrases."""
    for answer, ask, close, part in product(
        (0.3, 0.35, 0.4, 0.45, 0.5, 0.55), (0.15, 0.2, 0.25, 0.3), (0.3, 0.4, 0.5), (0.5, 0.6, 0.7)
    ):
        # Between answering and giving up, room is left for « Vouliez-vous dire… ».
        if ask <= answer - 0.099:
            yield Thresholds(answer, ask, close, part)


def measure(read: Sequence[ReadPhrase], catalogue: Catalogue, thresholds: Thresholds) -> Calibration:
    """What `thresholds` give on phrases already read."""
    right = offered = wrong = questions = intruders = 0
    answered_intruders = asked_intruders = 0
    for phrase, whole, parts in read:
        outcome = Outcome(phrase, whole, decide(whole, parts, thresholds, catalogue.neighbours))
        if phrase.theme == OUT_OF_SCOPE_FILE:
            intruders += 1
            answered_intruders += outcome.answers
            asked_intruders += outcome.decision.verdict is Verdict.ASK
        elif phrase.theme != CONVERSATION_FILE and phrase.expected.startswith(FAQ_PREFIX):
            questions += 1
            right += outcome.is_answered_right
            wrong += outcome.is_wrong_answer
            offered += outcome.is_offered and not outcome.is_answered_right
    value = (right + OFFERED_WORTH * offered - WRONG_COST * wrong) / max(1, questions)
    value -= (INTRUSION_COST * answered_intruders + ASKED_INTRUSION_COST * asked_intruders) / max(1, intruders)
    return Calibration(
        thresholds, value, right / max(1, questions), wrong / max(1, questions), answered_intruders / max(1, intruders)
    )


def calibrate(read: Sequence[ReadPhrase], catalogue: Catalogue) -> Calibration:
    """The best of `candidates`, the most careful of equals."""
    tried = (measure(read, catalogue, thresholds) for thresholds in candidates())
    return max(tried, key=lambda result: (round(result.value, 3), result.thresholds.answer, result.thresholds.part))
