"""The eight steps say everything the guide says of them, and nothing the rest of the content contradicts."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.reference.etapes import PATH, Parcours, load_etapes
from bot.reference.faq import Question, load_catalogue
from bot.reference.yaml_files import ReferenceError, read_yaml

PROOFS = read_yaml(Path(__file__).with_name("faits_des_etapes.yml"))
STEP_FACTS = [f"F{number:03d}" for number in range(62, 169)]


@pytest.fixture(scope="module")
def parcours() -> Parcours:
    return load_etapes()


@pytest.fixture(scope="module")
def questions() -> dict[str, Question]:
    return dict(load_catalogue().questions)


def said(parcours: Parcours, numero: int) -> str:
    return "\n".join(line.texte for line in parcours[numero].lines)


def test_the_proof_covers_every_step_fact_of_the_guide():
    assert list(PROOFS) == STEP_FACTS


@pytest.mark.parametrize("fact", STEP_FACTS)
def test_every_step_fact_is_said_by_a_line_that_cites_it(parcours, fact):
    numero, *words = PROOFS[fact]
    citing = "\n".join(line.texte for line in parcours[numero].lines if fact in line.faits).lower()
    missing = [word for word in words if not any(choice.lower() in citing for choice in word.split("|"))]
    assert not missing, f"{PATH}, étape {numero} : aucune ligne qui cite {fact} ne dit {missing}."


def test_lines_cite_facts_that_exist(parcours):
    known = set(read_yaml(Path("bot/reference/faits.yaml")))
    unknown = {fact for etape in parcours.etapes for line in etape.lines for fact in line.faits} - known
    assert not unknown, f"{PATH} : faits inconnus {sorted(unknown)}."


def test_the_page_of_every_step_fact_is_among_the_pages_of_its_step(parcours):
    facts = read_yaml(Path("bot/reference/faits.yaml"))
    problems = []
    for fact, (numero, *_) in PROOFS.items():
        pages = facts[fact]["page"]
        if not set(pages if isinstance(pages, list) else [pages]) & set(parcours[numero].pages):
            problems.append(f"étape {numero} : {fact} est p. {pages}, le guide cité est p. {parcours[numero].pages}.")
    assert not problems, "\n".join(problems)


def test_every_step_has_everything_people_ask_for(parcours):
    for etape in parcours.etapes:
        for name in ("acteurs", "a_faire", "outils", "conseils", "delais", "documents", "liens", "evolutions"):
            assert getattr(etape, name), f"{PATH}, étape {etape.numero} : « {name} » est vide."


def test_every_step_leads_to_a_question_of_the_faq(parcours, questions):
    assert not [etape.numero for etape in parcours.etapes if etape.question not in questions]


def test_short_titles_fit_a_button_and_are_distinct(parcours):
    titles = [etape.court for etape in parcours.etapes]
    assert len(set(titles)) == 8
    assert max(map(len, titles)) <= 14


# The overview of the FAQ and that of the walk are two doors to the same eight steps.
SHARED_WORDS = {
    1: ["inscription", "instruction"],
    2: ["identification de candidats"],
    3: ["entretiens et validation d'un candidat"],
    4: ["demande de subvention"],
    5: ["mise en relation avec l'organisme de formation"],
    6: ["signature du contrat", "convention"],
    7: ["accueil"],
    8: ["suivi de l'activité", "versement de la subvention"],
}


def test_the_overview_of_the_faq_tells_the_same_steps(parcours, questions):
    lines = [line for line in questions["etapes_vue_ensemble"].answer.splitlines() if line[:1].isdigit()]
    assert [int(line.split(".")[0]) for line in lines] == [etape.numero for etape in parcours.etapes]
    for etape, line in zip(parcours.etapes, lines):
        for words in SHARED_WORDS[etape.numero]:
            assert words in line.lower(), f"etapes_vue_ensemble, ligne {etape.numero} : « {words} » manque."
            assert words in etape.titre.lower(), f"{PATH}, étape {etape.numero} : « {words} » manque au titre."


def test_the_delays_computed_are_those_that_the_answers_give(parcours, questions):
    calendar = questions["versement_calendrier"].answer
    assert all(f"{tranche.part} %" in calendar for tranche in parcours.delais.tranches)
    assert sum(tranche.part for tranche in parcours.delais.tranches) == 100
    assert f"{parcours.delais.formation_jours} jours" in questions["formation_debut"].answer
    assert parcours.delais.instruction_jours == 3 * 7
    assert (
        "3 semaines" in questions["delai_instruction"].answer
        or "trois semaines" in questions["delai_instruction"].answer
    )
    assert "un mois" in questions["delai_recrutement"].answer


def test_a_missing_field_is_a_sentence_that_names_the_step(tmp_path):
    path = tmp_path / "etapes.yaml"
    path.write_text(PATH.read_text(encoding="utf-8").replace("  court: Suivi\n", ""), encoding="utf-8")
    with pytest.raises(ReferenceError, match="étape 8.*court"):
        load_etapes(path)


def test_steps_out_of_order_are_refused(tmp_path):
    path = tmp_path / "etapes.yaml"
    path.write_text(PATH.read_text(encoding="utf-8").replace("numero: 8", "numero: 9"), encoding="utf-8")
    with pytest.raises(ReferenceError, match="1 à 8"):
        load_etapes(path)
