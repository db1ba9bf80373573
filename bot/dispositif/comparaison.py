"""Compares what is live with a candidate, phrase by phrase, and says whether the candidate may be published. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Any


class Outcome(str, Enum):
    """What a phrase got."""

    RIGHT = "juste"
    # The right answer is one tap away.
    OFFERED = "proposée"
    REFUSED = "refusée"
    WRONG = "fausse"


@dataclass(frozen=True)
class Judgement:
    """What one model does with a phrase: its outcome, and what was answered (keys, or the decision)."""

    outcome: Outcome
    said: str
    score: float


@dataclass(frozen=True)
class Pair:
    """A phrase whose right answer is known, judged under both models."""

    text: str
    expected: str
    theme: str
    before: Judgement
    after: Judgement
    critical: bool = False

    @property
    def is_gained(self) -> bool:
        return self.after.outcome is Outcome.RIGHT and self.before.outcome is not Outcome.RIGHT

    @property
    def is_lost(self) -> bool:
        return self.before.outcome is Outcome.RIGHT and self.after.outcome is not Outcome.RIGHT

    @property
    def is_changed(self) -> bool:
        """Neither gained nor lost, but something else is said."""
        return not (self.is_gained or self.is_lost) and self.before.said != self.after.said


@dataclass(frozen=True)
class Traffic:
    """A real message, without a known right answer: what each model decides."""

    text: str
    count: int
    before: str
    after: str
    refused_before: bool
    refused_after: bool


@dataclass(frozen=True)
class GateRules:
    """How much a candidate may lose, in points (hundredths) of right answers."""

    total_points: float = 0.5
    theme_points: float = 1.0
    # In a small theme one phrase is already more than a point.
    theme_phrases: int = 1
    refusal_points: float = 1.0


@dataclass(frozen=True)
class ThemeFigures:
    theme: str
    count: int
    before: int
    after: int

    @property
    def points(self) -> float:
        return 100 * (self.after - self.before) / self.count if self.count else 0.0


@dataclass(frozen=True)
class Comparison:
    pairs: tuple[Pair, ...]
    traffic: tuple[Traffic, ...] = ()
    # Themes of entries that the candidate adds: not held against it.
    notes: tuple[str, ...] = field(default=())

    @property
    def gained(self) -> list[Pair]:
        return [pair for pair in self.pairs if pair.is_gained]

    @property
    def lost(self) -> list[Pair]:
        return [pair for pair in self.pairs if pair.is_lost]

    @property
    def changed(self) -> list[Pair]:
        return [pair for pair in self.pairs if pair.is_changed]

    def themes(self) -> list[ThemeFigures]:
        """Right answers by theme, then in all."""
        names = dict.fromkeys(pair.theme for pair in self.pairs)
        return [_figures(name, [pair for pair in self.pairs if pair.theme == name]) for name in names]

    def total(self) -> ThemeFigures:
        return _figures("tout", self.pairs)

    def refusals(self) -> tuple[float, float]:
        """Shares of real messages refused, before and after."""
        total = sum(item.count for item in self.traffic)
        if not total:
            return 0.0, 0.0
        before = sum(item.count for item in self.traffic if item.refused_before)
        after = sum(item.count for item in self.traffic if item.refused_after)
        return before / total, after / total


def objections(comparison: Comparison, rules: GateRules) -> list[str]:
    """Why the candidate must not be published, in French; an empty list: it may."""
    found = []
    total = comparison.total()
    if total.points < -rules.total_points:
        found.append(
            f"{_points(total.points)} sur l'ensemble des phrases de test ({total.before} justes avant, {total.after} après) ; "
            f"la limite est de {_number(rules.total_points)} point."
        )
    for theme in comparison.themes():
        if theme.points < -rules.theme_points and theme.before - theme.after > rules.theme_phrases:
            found.append(f"le thème « {theme.theme} » perd {theme.before - theme.after} phrases sur {theme.count}.")
    for pair in comparison.lost:
        if pair.critical:
            found.append(f"la question critique « {pair.text} » n'a plus la bonne réponse.")
    before, after = comparison.refusals()
    if 100 * (after - before) > rules.refusal_points:
        found.append(f"les messages réels refusés passent de {100 * before:.1f} % à {100 * after:.1f} %.")
    return found


def confusions(pairs: Iterable[Pair], count: int = 20) -> list[tuple[str, str, int]]:
    """The most frequent (expected, answered instead, how many times) under the candidate."""
    counter = Counter(
        (pair.expected, pair.after.said) for pair in pairs if pair.after.outcome in (Outcome.WRONG, Outcome.OFFERED)
    )
    return [(expected, said, times) for (expected, said), times in counter.most_common(count)]


def comparison_to_dict(comparison: Comparison) -> dict[str, Any]:
    """JSON-ready; the inverse of `comparison_from_dict`."""
    return {
        "pairs": [
            [p.text, p.expected, p.theme, _judgement(p.before), _judgement(p.after), p.critical]
            for p in comparison.pairs
        ],
        "traffic": [
            [t.text, t.count, t.before, t.after, t.refused_before, t.refused_after] for t in comparison.traffic
        ],
        "notes": list(comparison.notes),
    }


def comparison_from_dict(data: Mapping[str, Any]) -> Comparison:
    return Comparison(
        tuple(
            Pair(text, expected, theme, _judged(before), _judged(after), critical)
            for text, expected, theme, before, after, critical in data["pairs"]
        ),
        tuple(Traffic(*item) for item in data["traffic"]),
        tuple(data.get("notes", ())),
    )


def summary(comparison: Comparison) -> dict[str, Any]:
    """The few figures kept in the history."""
    total = comparison.total()
    before, after = comparison.refusals()
    return {
        "phrases": total.count,
        "justes_avant": total.before,
        "justes_apres": total.after,
        "gagnees": len(comparison.gained),
        "perdues": len(comparison.lost),
        "changees": len(comparison.changed),
        "messages_reels": sum(item.count for item in comparison.traffic),
        "refus_avant": round(before, 4),
        "refus_apres": round(after, 4),
        "themes": {t.theme: [t.count, t.before, t.after] for t in comparison.themes()},
    }


def _figures(name: str, pairs: Sequence[Pair]) -> ThemeFigures:
    before = sum(pair.before.outcome is Outcome.RIGHT for pair in pairs)
    after = sum(pair.after.outcome is Outcome.RIGHT for pair in pairs)
    return ThemeFigures(name, len(pairs), before, after)


def _points(value: float) -> str:
    return f"{value:+.1f} point".replace(".", ",").replace("+-", "-")


def _number(value: float) -> str:
    return f"{value:g}".replace(".", ",")


def _judgement(judgement: Judgement) -> list[Any]:
    return [judgement.outcome.value, judgement.said, judgement.score]


def _judged(data: Sequence[Any]) -> Judgement:
    return Judgement(Outcome(data[0]), data[1], data[2])
