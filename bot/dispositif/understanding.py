"""How one message was understood: what was decided, and between which candidates. Kept beside the message."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.dispositif.comprehension import Decision, Reading

# The key under which an understanding travels with the first reply; the gateway takes it off before anyone sees it.
UNDERSTANDING = "understanding"
# A guided dialogue took the message: how it reads as a question matters less.
ACTIVITY = "activite"
KEPT_CANDIDATES = 5


@dataclass(frozen=True)
class Understanding:
    """`verdict`: a value of `Verdict`, or « activite »; `question`: the key answered, or the activity's name."""

    verdict: str
    question: str | None
    # (intent, score from 0 to 1), best first.
    candidates: tuple[tuple[str, float], ...]
    # The archive that read the message, when it is known.
    model: str | None = None

    @property
    def best(self) -> float:
        return self.candidates[0][1] if self.candidates else 0.0

    @property
    def margin(self) -> float:
        """The lead of the first candidate over the second."""
        return self.best - (self.candidates[1][1] if len(self.candidates) > 1 else 0.0)


def understanding_of(
    whole: Reading, decision: Decision | None, activity: str | None = None, model: str | None = None
) -> Understanding:
    """What was made of a reading: a decision, or an activity that took the message."""
    candidates = tuple((c.name, c.score) for c in whole.candidates[:KEPT_CANDIDATES])
    if decision is None:
        return Understanding(ACTIVITY, activity, candidates, model)
    question = decision.keys[0] if decision.keys else decision.talk
    return Understanding(decision.verdict.value, question, candidates, model)


def understanding_to_dict(understanding: Understanding) -> dict[str, Any]:
    return {
        "verdict": understanding.verdict,
        "question": understanding.question,
        "candidates": [list(candidate) for candidate in understanding.candidates],
        "model": understanding.model,
    }


def understanding_from_dict(data: Mapping[str, Any]) -> Understanding:
    candidates: Sequence[Sequence[Any]] = data.get("candidates") or ()
    return Understanding(
        verdict=str(data["verdict"]),
        question=data.get("question"),
        candidates=tuple((str(name), float(score)) for name, score in candidates),
        model=data.get("model"),
    )
