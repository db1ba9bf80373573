"""Every fact of the employer guide is in an answer: `faits.yaml` says where, these rules prove it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from bot.reference.faq import Question, load_catalogue
from bot.reference.yaml_files import read_yaml

MAP = Path("bot/reference/faits.yaml")
ALL_FACTS = [f"F{number:03d}" for number in range(1, 222)]
UNREADABLE_IN_THE_GUIDE = {"F031", "F032", "F133"}
SAYS_UNREADABLE = "illisible|abîmé"
SAYS_WHOM_TO_ASK = "Démarches simplifiées|conseiller-numerique@anct.gouv.fr|coordonnées"

Facts = Mapping[str, Mapping[str, Any]]
Questions = Mapping[str, Question]


@pytest.fixture(scope="module")
def facts() -> Facts:
    return read_yaml(MAP)


@pytest.fixture(scope="module")
def questions() -> Questions:
    return load_catalogue().questions


def says(question: Question, words: str) -> bool:
    """True when the text shown to the user has `words`, or one of them when they read « a|b »."""
    text = f"{question.answer}\n{question.evolution or ''}".lower()
    return any(choice.lower() in text for choice in words.split("|"))


def assert_none(problems: list[str]) -> None:
    assert not problems, "\n" + "\n".join(problems)


def test_every_fact_of_the_guide_is_mapped_in_order(facts: Facts) -> None:
    assert_none([f"{MAP} : le fait {fact} manque." for fact in ALL_FACTS if fact not in facts])
    assert_none([f"{MAP} : {fact} n'est pas un fait du guide." for fact in facts if fact not in ALL_FACTS])
    assert list(facts) == ALL_FACTS, f"{MAP} : rangez les faits dans l'ordre, de F001 à F221."


def test_every_fact_names_its_answers_and_its_proof(facts: Facts) -> None:
    assert_none(
        [
            f"{MAP} : {fact} n'a pas de question. Citez au moins une réponse."
            for fact in facts
            if not facts[fact]["questions"]
        ]
        + [
            f"{MAP} : {fact} doit donner de 1 à 3 textes dans « dit », sans choix vide."
            for fact, entry in facts.items()
            if not 1 <= len(entry["dit"]) <= 3
            or not all(choice.strip() for words in entry["dit"] for choice in words.split("|"))
        ]
    )


def test_every_mapped_question_exists(facts: Facts, questions: Questions) -> None:
    assert_none(
        [
            f"{MAP} : {fact} cite la question « {key} », absente de data/nlu/faq."
            for fact, entry in facts.items()
            for key in entry["questions"]
            if key not in questions
        ]
    )


def test_every_mapped_answer_says_the_fact(facts: Facts, questions: Questions) -> None:
    assert_none(
        [
            f"data/nlu/faq/{questions[key].theme}.yml, « {key} » : la réponse ne dit plus « {words} » "
            f"({fact}, {entry['fait']}). Remettez-le, ou corrigez {MAP} et les « faits: » de la réponse."
            for fact, entry in facts.items()
            for key in entry["questions"]
            for words in entry["dit"]
            if key in questions and not says(questions[key], words)
        ]
    )


def test_the_map_and_the_answers_cite_the_same_facts(facts: Facts, questions: Questions) -> None:
    mapped = {(fact, key) for fact, entry in facts.items() for key in entry["questions"]}
    cited = {(fact, key) for key, question in questions.items() for fact in question.facts}
    assert_none(
        [
            f"{key} : ajoutez {fact} à ses « faits: », ou retirez-la de {fact} dans {MAP}."
            for fact, key in sorted(mapped - cited)
        ]
        + [
            f"{key} : ajoutez-la à {fact} dans {MAP}, ou retirez {fact} de ses « faits: »."
            for fact, key in sorted(cited - mapped)
        ]
    )


def test_what_the_guide_hides_is_said_to_be_unreadable(facts: Facts, questions: Questions) -> None:
    marked = {fact for fact, entry in facts.items() if not entry["lisible"]}
    assert marked == UNREADABLE_IN_THE_GUIDE, f"{MAP} : « lisible: false » vaut pour {sorted(UNREADABLE_IN_THE_GUIDE)}."
    assert_none(
        [
            f"« {key} » : {fact} est illisible dans le guide ; la réponse doit le dire, et dire à qui demander."
            for fact in sorted(marked)
            for key in facts[fact]["questions"]
            if not says(questions[key], SAYS_UNREADABLE) or not says(questions[key], SAYS_WHOM_TO_ASK)
        ]
    )
