"""Measures what the assistant does with phrases whose meaning is known."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.dispositif.comprehension import FAQ_PREFIX, Decision, Reading, Thresholds, Verdict, decide
from bot.reference.faq import Catalogue
from bot.reference.yaml_files import read_yaml

PHRASES_DIRECTORY = Path("tests/phrases")
CONVERSATION_FILE = "conversation"
OUT_OF_SCOPE_FILE = "hors_sujet"
# Phrases that are measured by field, not by intent (benchmarks/cra.py).
CRA_FILE = "cra"

ReadText = Callable[[str], tuple[Reading, list[Reading]]]


@dataclass(frozen=True)
class Phrase:
    """A phrase and the intent it must be understood as (`faq/<key>`, a conversation intent, `out_of_scope`)."""

    text: str
    expected: str
    theme: str


@dataclass(frozen=True)
class Outcome:
    """What happened to a phrase: what ranked first, what was decided."""

    phrase: Phrase
    reading: Reading
    decision: Decision

    @property
    def is_first(self) -> bool:
        return self.reading.best.name == self.phrase.expected

    @property
    def is_in_three(self) -> bool:
        return self.phrase.expected in [candidate.name for candidate in self.reading.candidates[:3]]

    @property
    def answers(self) -> bool:
        return self.decision.verdict in (Verdict.ANSWER, Verdict.ANSWER_AND_OFFER)

    @property
    def is_answered_right(self) -> bool:
        return self.answers and self.phrase.expected.removeprefix(FAQ_PREFIX) in self.decision.keys

    @property
    def is_wrong_answer(self) -> bool:
        return self.answers and not self.is_answered_right

    @property
    def is_offered(self) -> bool:
        """The right question is answered, or one tap away."""
        key = self.phrase.expected.removeprefix(FAQ_PREFIX)
        return self.is_answered_right or key in self.decision.offers

    @property
    def is_refused(self) -> bool:
        """Nothing of the FAQ was answered, nor offered as a likely meaning."""
        return self.decision.verdict in (Verdict.REFUSE, Verdict.OUT_OF_SCOPE, Verdict.TALK)


@dataclass(frozen=True)
class Score:
    """Shares, 0 to 1, over `count` phrases of the FAQ."""

    count: int
    top1: float
    top3: float
    answered_right: float
    wrong_answer: float
    refused: float
    offered: float


def load_phrases(directory: Path = PHRASES_DIRECTORY) -> list[Phrase]:
    """Every test phrase of `directory`, one file a theme."""
    phrases = []
    for path in sorted(directory.glob("*.yml")):
        if path.stem == CRA_FILE:
            continue
        prefix = "" if path.stem in (CONVERSATION_FILE, OUT_OF_SCOPE_FILE) else FAQ_PREFIX
        for key, texts in read_yaml(path).items():
            phrases += [Phrase(str(text), prefix + key, path.stem) for text in texts]
    return phrases


def run(phrases: Iterable[Phrase], read: ReadText, catalogue: Catalogue, thresholds: Thresholds) -> list[Outcome]:
    outcomes = []
    for phrase in phrases:
        whole, parts = read(phrase.text)
        outcomes.append(Outcome(phrase, whole, decide(whole, parts, thresholds, catalogue.neighbours)))
    return outcomes


def score(outcomes: Sequence[Outcome]) -> Score:
    count = len(outcomes)

    def share(name: str) -> float:
        return sum(getattr(outcome, name) for outcome in outcomes) / count if count else 0.0

    return Score(
        count,
        share("is_first"),
        share("is_in_three"),
        share("is_answered_right"),
        share("is_wrong_answer"),
        share("is_refused"),
        share("is_offered"),
    )


def by_theme(outcomes: Iterable[Outcome]) -> Mapping[str, list[Outcome]]:
    themes: dict[str, list[Outcome]] = {}
    for outcome in outcomes:
        themes.setdefault(outcome.phrase.theme, []).append(outcome)
    return themes
