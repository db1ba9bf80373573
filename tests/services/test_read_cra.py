"""Reading activity reports: the phrases of tests/phrases/cra.yml, what must never be invented, any text at all."""

import json
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from benchmarks import cra as measure
from bot.dispositif.cra import REQUIRED
from bot.reference.cra import load_nomenclature
from bot.services.read_cra import SHOWN, load_reader, read_cra, report_to_dict

WEDNESDAY = date(2024, 3, 20)


def read(text: str) -> list[dict]:
    return [report_to_dict(report) for report in read_cra(text, WEDNESDAY)]


def only(text: str) -> dict:
    (report,) = read(text)
    return report


@pytest.fixture(scope="module")
def outcomes():
    return measure.measure()


def test_most_phrases_are_all_right(outcomes):
    result = measure.figures(outcomes)
    assert result["phrases"] >= 200
    assert result["all_right"] >= 0.9, [outcome.text for outcome in outcomes if outcome.faults]


def test_almost_nothing_is_invented(outcomes):
    assert measure.figures(outcomes)["invented_share"] < 0.01


def test_the_sentence_of_the_issue_is_understood_whole():
    report = only("hier atelier de 2h à la médiathèque de Riom 63200 avec 8 retraités sur les mails")
    assert {name: report[name] for name in SHOWN if name in report} == {
        "date": "2024-03-19",
        "activite": "collectif",
        "nb_participants": 8,
        "duree_minutes": 120,
        "themes": ["courriel"],
        "statuts": {"retraite": 8},
        "code_postal": "63200",
        "commune": "Riom",
    }
    assert report["erreurs"] == []
    assert report["manquants"] == ["canal", "ages"]


@pytest.mark.parametrize("text", ["", "   ", "bonjour", "?!", "👍", "où en est mon dossier ?"])
def test_a_text_without_a_report_gives_an_empty_one(text: str):
    report = only(text)
    assert not set(report) & set(SHOWN)
    assert report["manquants"] == list(REQUIRED)


@pytest.mark.parametrize("who", ["8 retraités", "8 lycéens", "8 seniors", "8 jeunes", "8 enfants"])
def test_ages_are_never_deduced_from_who_people_are(who: str):
    assert "ages" not in only(f"atelier hier avec {who}, 2h, mails")


def test_seniors_are_neither_retired_nor_of_a_certain_age():
    report = only("atelier 8 seniors 2h")
    assert report["nb_participants"] == 8
    assert "statuts" not in report


def test_nothing_personal_is_given_back():
    texts = [
        "individuel hier 1h avec Mme Odile Ferrand, 06 11 22 33 44, odile.ferrand@exemple.fr, impôts",
        "indiv hier avec Jean Martin n° sécu 1 54 06 63 113 045 32, ameli",
        "rdv avec monsieur lambert hier, mails",
    ]
    for text in texts:
        reports = read_cra(text, WEDNESDAY)
        kept = json.dumps([report_to_dict(r) for r in reports], ensure_ascii=False) + " ".join(r.text for r in reports)
        for secret in ("Ferrand", "06 11", "exemple.fr", "Martin", "113 045", "lambert"):
            assert secret not in kept
        assert reports[0].donnees_personnelles


@pytest.mark.parametrize(
    "text",
    [
        "atelier hier à la médiathèque Jean Moulin",
        "atelier au collège Pierre Mendès France",
        "atelier salle Victor Hugo",
        "atelier à Saint-Pierre",
        "rue Jean Jaurès",
        "atelier Parcoursup avec Mission locale",
    ],
)
def test_the_name_of_a_place_is_not_a_person(text: str):
    assert only(text)["donnees_personnelles"] == []


@pytest.mark.parametrize(
    "text",
    [
        "elle était au courant",
        "quel ministre a lancé ça",
        "Le maire est venu",
        "à trente kilomètres à la ronde",
        "elle travaille à l'hôpital",
    ],
)
def test_an_ordinary_word_is_not_a_commune(text: str):
    assert "commune" not in only(text)


def test_a_date_said_once_holds_for_the_next_accompaniment():
    first, second = read("hier atelier mails 2h 8 retraités puis un individuel de 30 min sur doctolib")
    assert (first["date"], second["date"]) == ("2024-03-19", "2024-03-19")
    assert (first["activite"], second["activite"]) == ("collectif", "individuel")


WORDS = [
    "hier",
    "atelier",
    "individuel",
    "8",
    "personnes",
    "retraités",
    "2h",
    "1h30",
    "de",
    "14h",
    "à",
    "16h",
    "mails,",
    ".",
    ";",
    "\n",
    "puis",
    "et",
    "non",
    "en",
    "fait",
    "Riom",
    "63200",
    "à",
    "la",
    "médiathèque",
    "une",
    "dizaine",
    "dont",
    "5",
    "salariés",
    "plus",
    "de",
    "60",
    "ans",
    "le",
    "31",
    "février",
    "orienté",
    "vers",
    "la",
    "CAF",
    "chez",
    "Mme",
    "Dupont",
    "par",
    "téléphone",
    "tous",
    "99999",
    "-1",
    "0",
    "1000",
    "inscrits",
    "à",
    "un",
    "prochain",
    "atelier",
    "35-60",
    "ans",
    "-",
    "1)",
    "deux",
    "quelques",
    "seniors",
    "emploi",
    "internet",
    "sur",
    "sa",
    "tablette",
    "lundi",
    "dernier",
    "12/03",
]


@settings(max_examples=80, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(st.lists(st.sampled_from(WORDS), max_size=25).map(" ".join) | st.text(max_size=120))
def test_any_text_is_read_without_failing_and_stays_in_the_nomenclature(text: str):
    nomenclature = load_nomenclature()
    for report in read_cra(text, WEDNESDAY):
        cra = report.cra
        assert cra.activite in (None, *nomenclature.activites)
        assert cra.canal in (None, *nomenclature.canaux)
        assert set(cra.themes) <= set(nomenclature.themes)
        assert set(cra.ages) <= set(nomenclature.ages)
        assert set(cra.statuts) <= set(nomenclature.statuts)
        assert set(cra.suite) <= set(nomenclature.suites)
        assert set(cra.organismes) <= set(nomenclature.organismes)
        json.dumps(report_to_dict(report))


@pytest.mark.parametrize("unit", ["hier ", "8 ", "un ", "atelier ", "puis 2h ", "Riom ", "a", "1", "\n- ", "de 14h à "])
def test_a_long_text_is_read_in_reasonable_time(unit: str):
    assert read_cra(unit * 1000, WEDNESDAY)


def test_the_reader_is_built_once():
    assert load_reader() is load_reader()
