"""Rules of the activity report; « today » is 20 March 2024."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.dispositif.communes import Commune, Communes
from bot.dispositif.cra import REQUIRED, Cra, check, complete, cra_from_dict, cra_to_dict, missing, spoken_duration
from bot.reference.cra import load_nomenclature

TODAY = date(2024, 3, 20)
NOMENCLATURE = load_nomenclature()
COMMUNES = Communes(
    [
        Commune("63300", "Riom", ("63200",)),
        Commune("63113", "Clermont-Ferrand", ("63000", "63100")),
        Commune("93066", "Saint-Denis", ("93200",)),
    ]
)
WORKSHOP = Cra(
    date=date(2024, 3, 19),
    canal="rattachement",
    activite="collectif",
    nb_participants=8,
    duree_minutes=120,
    themes=("courriel",),
    ages={"plus60ans": 8},
    statuts={"retraite": 5, "sansEmploi": 3},
    code_postal="63200",
    commune="Riom",
)


def broken(**changes) -> list[str]:
    return [rule.cle for rule in check(replace(WORKSHOP, **changes), NOMENCLATURE, TODAY, COMMUNES)]


def test_a_right_report_breaks_nothing_and_misses_nothing():
    assert broken() == []
    assert missing(WORKSHOP) == ()


def test_an_empty_report_breaks_nothing_and_misses_everything():
    assert check(Cra(), NOMENCLATURE, TODAY, COMMUNES) == []
    assert missing(Cra()) == REQUIRED


@pytest.mark.parametrize(
    ("changes", "key"),
    [
        ({"date": date(2019, 12, 31)}, "date_trop_ancienne"),
        ({"date": date(2024, 3, 21)}, "date_future"),
        ({"nb_participants": 0, "ages": {}, "statuts": {}}, "participants_zero"),
        ({"nb_participants": 101, "ages": {}, "statuts": {}}, "participants_trop"),
        ({"activite": "individuel"}, "individuel_un_seul"),
        ({"nb_recurrents": 9}, "recurrents_trop"),
        ({"ages": {"plus60ans": 7}}, "ages_somme"),
        ({"statuts": {"retraite": 9}}, "statuts_somme"),
        ({"duree_minutes": 0}, "duree_nulle"),
        ({"duree_minutes": 481}, "duree_trop_longue"),
        ({"code_postal": "632"}, "code_postal_forme"),
        ({"code_postal": "63999"}, "code_postal_inconnu"),
        ({"commune": "Trifouilly"}, "commune_inconnue"),
        ({"code_postal": "63000"}, "commune_code_postal"),
        ({"annotation": "ab"}, "annotation_longueur"),
        ({"annotation": "x" * 36}, "annotation_longueur"),
        ({"annotation": "boîte mail", "themes": ()}, "annotation_sans_theme"),
        ({"themes": ("cuisine",)}, "themes_inconnu"),
        ({"themes": ("smartphone",)}, "theme_ancien"),
        ({"canal": "lune"}, "canal_inconnu"),
        ({"suite": {"individuel": 5, "atelier": 4}}, "suite_somme"),
        ({"statuts": {"retraite": 9, "sansEmploi": -1}}, "statuts_negatif"),
    ],
)
def test_each_rule_has_its_own_sentence(changes: dict, key: str):
    assert broken(**changes) == [key]


@pytest.mark.parametrize(
    "changes",
    [
        {"date": date(2020, 1, 1)},
        {"date": TODAY},
        {"nb_participants": 100, "ages": {}, "statuts": {}},
        {"nb_participants": 1, "ages": {}, "statuts": {}, "activite": "individuel"},
        {"duree_minutes": 480},
        {"duree_minutes": 1},
        {"nb_recurrents": 8},
        {"annotation": "abc"},
        {"annotation": "x" * 35},
        {"suite": {"individuel": 5, "atelier": 3}},
        {"commune": "RIOM"},
    ],
)
def test_a_bound_itself_is_allowed(changes: dict):
    assert broken(**changes) == []


def test_a_sum_says_how_many_are_missing_or_too_many():
    short = check(replace(WORKSHOP, statuts={"retraite": 5}), NOMENCLATURE, TODAY)
    assert short[0].phrase == "Les statuts comptent 5 personnes pour 8 participants : il en manque 3."
    assert missing(replace(WORKSHOP, statuts={"retraite": 5})) == ("statuts",)
    long = check(replace(WORKSHOP, ages={"plus60ans": 10}), NOMENCLATURE, TODAY)
    assert long[0].phrase.endswith("c'est 2 de trop.")


def test_a_broken_rule_keeps_the_rest():
    report = replace(WORKSHOP, duree_minutes=900)
    assert [rule.champ for rule in check(report, NOMENCLATURE, TODAY)] == ["duree_minutes"]
    assert replace(report, duree_minutes=120) == WORKSHOP


def test_a_registered_place_stands_for_the_commune():
    report = replace(WORKSHOP, commune=None, code_postal=None, lieu="Médiathèque")
    assert missing(report) == ()


def test_an_individual_accompaniment_has_one_participant():
    assert complete(Cra(activite="individuel")).nb_participants == 1
    assert complete(Cra(activite="ponctuel")).nb_participants is None
    assert complete(Cra(activite="collectif")).nb_participants is None


@pytest.mark.parametrize(
    ("minutes", "stored", "counted"),
    # The official statistics count 30 then 60 minutes for the two first classes.
    [(15, "0-30", 30), (30, "0-30", 30), (31, "30-60", 60), (45, "30-60", 60), (60, 60, 60), (75, 75, 75)],
)
def test_a_duration_becomes_a_class_of_the_official_form(minutes: int, stored: object, counted: int):
    assert NOMENCLATURE.v1_duration(minutes) == stored
    assert NOMENCLATURE.counted_minutes(minutes) == counted


@pytest.mark.parametrize(("minutes", "text"), [(45, "45 min"), (60, "1 h"), (65, "1 h 05"), (90, "1 h 30")])
def test_a_duration_is_spoken(minutes: int, text: str):
    assert spoken_duration(minutes) == text


@settings(max_examples=40)
@given(
    st.builds(
        Cra,
        date=st.none() | st.dates(),
        canal=st.none() | st.sampled_from(list(NOMENCLATURE.canaux)),
        activite=st.none() | st.sampled_from(list(NOMENCLATURE.activites)),
        nb_participants=st.none() | st.integers(-5, 200),
        duree_minutes=st.none() | st.integers(-5, 2000),
        themes=st.lists(st.sampled_from(list(NOMENCLATURE.themes)), unique=True).map(tuple),
        statuts=st.dictionaries(st.sampled_from(list(NOMENCLATURE.statuts)), st.integers(-2, 120)),
        suite=st.dictionaries(st.sampled_from(list(NOMENCLATURE.suites)), st.none() | st.integers(-2, 120)),
        code_postal=st.none() | st.text(max_size=6),
    )
)
def test_any_report_survives_json_and_is_checked_without_failing(report: Cra):
    assert cra_from_dict(cra_to_dict(report)) == report
    for rule in check(report, NOMENCLATURE, TODAY, COMMUNES):
        assert rule.phrase[0].isupper() or rule.phrase[0] in "0123456789«-"
        assert rule.phrase.rstrip()[-1] == "."
