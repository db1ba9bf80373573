"""Puts every phrase whose answer is known, and the last weeks' real messages, to two models."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from bot.dispositif.comparaison import Comparison, Judgement, Outcome, Pair, Traffic
from bot.dispositif.comprehension import FAQ_PREFIX, OUT_OF_SCOPE, Decision, Reading, Thresholds, Verdict, decide
from bot.reference.faq import Catalogue
from bot.services import evaluate
from bot.services.evaluate import CONVERSATION_FILE, OUT_OF_SCOPE_FILE, Phrase


class PreparedReader(Protocol):
    """What `bot.nlu.reader.Reader` offers."""

    def read(self, text: str) -> tuple[Reading, list[Reading]]: ...

    def prepare(self, texts: Sequence[str]) -> None: ...


@dataclass(frozen=True)
class Version:
    """A model and the answers that go with it."""

    reader: PreparedReader
    catalogue: Catalogue


@dataclass(frozen=True)
class Golden:
    """A real question whose right entry is known."""

    text: str
    entry: str
    critical: bool = False


def compare(
    before: Version,
    after: Version,
    phrases: Iterable[Phrase],
    golden: Iterable[Golden],
    traffic: Mapping[str, int],
    thresholds: Thresholds,
    progress: Callable[[str, int, int], None] = lambda stage, done, total: None,
) -> Comparison:
    """`traffic`: real messages and how many times each was sent."""
    critical: set[str] = set()
    known: dict[str, Phrase] = {}
    for phrase in phrases:
        known.setdefault(phrase.text, phrase)
    for item in golden:
        known[item.text] = _golden_phrase(item, after.catalogue)
        if item.critical:
            critical.add(item.text)
    wanted = [p for p in known.values() if _still_exists(p, after.catalogue)]
    notes = []
    if len(wanted) < len(known):
        notes.append(f"{len(known) - len(wanted)} phrase(s) de test d'entrées supprimées ne comptent plus.")
    texts = [*(p.text for p in wanted), *traffic]
    readings = []
    for index, version in enumerate((before, after)):
        progress("comparaison", index, 2)
        version.reader.prepare(texts)
        readings.append(
            {text: _decided(version, text, thresholds) for text in dict.fromkeys(texts)},
        )
    progress("comparaison", 2, 2)
    pairs = tuple(
        Pair(
            p.text,
            p.expected,
            p.theme,
            _judge(p, *readings[0][p.text]),
            _judge(p, *readings[1][p.text]),
            p.text in critical,
        )
        for p in wanted
    )
    return Comparison(pairs, tuple(_traffic(text, count, readings) for text, count in traffic.items()), tuple(notes))


def _decided(version: Version, text: str, thresholds: Thresholds) -> tuple[Reading, Decision]:
    whole, parts = version.reader.read(text)
    return whole, decide(whole, parts, thresholds, version.catalogue.neighbours)


def _judge(phrase: Phrase, reading: Reading, decision: Decision) -> Judgement:
    outcome = evaluate.Outcome(phrase, reading, decision)
    if phrase.theme == CONVERSATION_FILE:
        right = decision.talk == phrase.expected
        result = Outcome.RIGHT if right else Outcome.WRONG if outcome.answers else Outcome.REFUSED
    elif phrase.expected == OUT_OF_SCOPE:
        result = Outcome.RIGHT if outcome.is_refused else Outcome.WRONG if outcome.answers else Outcome.OFFERED
    elif outcome.is_answered_right:
        result = Outcome.RIGHT
    elif outcome.is_offered:
        result = Outcome.OFFERED
    else:
        result = Outcome.WRONG if outcome.answers else Outcome.REFUSED
    return Judgement(result, _said(decision), round(reading.best.score, 3))


def _said(decision: Decision) -> str:
    if decision.keys:
        return " + ".join(decision.keys)
    if decision.offers and decision.verdict is Verdict.ASK:
        return "? " + " / ".join(decision.offers)
    return decision.talk or decision.verdict.value


def _traffic(text: str, count: int, readings: Sequence[Mapping[str, tuple[Reading, Decision]]]) -> Traffic:
    (_, before), (_, after) = readings[0][text], readings[1][text]
    refused = (Verdict.REFUSE, Verdict.OUT_OF_SCOPE)
    return Traffic(text, count, _said(before), _said(after), before.verdict in refused, after.verdict in refused)


def _golden_phrase(item: Golden, catalogue: Catalogue) -> Phrase:
    if item.entry == OUT_OF_SCOPE:
        return Phrase(item.text, OUT_OF_SCOPE, OUT_OF_SCOPE_FILE)
    question = catalogue.questions.get(item.entry)
    return Phrase(item.text, FAQ_PREFIX + item.entry, question.theme if question else "?")


def _still_exists(phrase: Phrase, catalogue: Catalogue) -> bool:
    return not phrase.expected.startswith(FAQ_PREFIX) or phrase.expected.removeprefix(FAQ_PREFIX) in catalogue.questions
