"""The calculation only takes what is surely meant for it: the questions of the FAQ stay the FAQ's."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from bot.reference.faq import example_lines, load_catalogue
from bot.reference.subvention import load_bareme
from bot.reference.yaml_files import read_yaml
from bot.services.evaluate import load_phrases
from bot.services.subvention.lecture import lire
from bot.services.subvention.souhaits import wants_calculation

TODAY = date(2022, 1, 10)
BAREME = load_bareme(TODAY)
INTENT = "calculate_subvention"


def other_phrases():
    for question in load_catalogue().questions.values():
        yield from question.examples
    for path in Path("data/nlu").glob("*.yml"):
        for block in read_yaml(path)["nlu"]:
            if block.get("intent") != INTENT:
                yield from example_lines(block.get("examples", ""))
    for phrase in load_phrases():
        if phrase.expected != INTENT:
            yield phrase.text


def test_what_is_said_of_other_subjects_is_left_to_them():
    phrases = list(other_phrases())
    taken = [text for text in phrases if wants_calculation(text, lire(text, TODAY, BAREME))]
    assert len(phrases) > 10_000
    # One in two thousand: a maintainer may add a question that looks like a calculation.
    assert len(taken) <= len(phrases) / 2000, taken


def test_a_whole_situation_is_taken_without_the_classifier():
    from benchmarks.extraction_subvention import PHRASES

    whole = [
        item
        for item in read_yaml(PHRASES)
        if item.get("total") is not None and "j" in item["compris"] and not item.get("redemande")
    ]
    taken = [
        item for item in whole if wants_calculation(item["texte"], lire(item["texte"], item.get("date", TODAY), BAREME))
    ]
    assert len(taken) >= 0.95 * len(whole)
