"""The day a text was written: Wednesday 20 March 2024."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.dispositif.francais.dates import find_dates

WEDNESDAY = date(2024, 3, 20)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("hier", "2024-03-19"),
        ("hiere", "2024-03-19"),
        ("avant hier", "2024-03-18"),
        ("avt hier", "2024-03-18"),
        ("avant-hier matin", "2024-03-18"),
        ("ce matin", "2024-03-20"),
        ("cet aprem", "2024-03-20"),
        ("aujourd hui", "2024-03-20"),
        ("tout à l'heure", "2024-03-20"),
        ("lundi dernier", "2024-03-18"),
        ("mercredi dernier", "2024-03-13"),
        ("mercredi", "2024-03-20"),
        ("vendredi passé", "2024-03-15"),
        ("mardi de la semaine dernière", "2024-03-12"),
        ("la semaine dernière, mardi", "2024-03-12"),
        ("mardi sem dernière", "2024-03-12"),
        ("le 12", "2024-03-12"),
        ("le 25", "2024-02-25"),
        # No 31 in February: back to January.
        ("le 31", "2024-01-31"),
        ("le 12 mars", "2024-03-12"),
        ("le douze mars", "2024-03-12"),
        ("le vingt et un janvier", "2024-01-21"),
        ("12 fevrier", "2024-02-12"),
        ("12 sept.", "2023-09-12"),
        ("1er nov", "2023-11-01"),
        ("le premier mars", "2024-03-01"),
        ("12/03", "2024-03-12"),
        ("12/03/24", "2024-03-12"),
        ("04.04.2022", "2022-04-04"),
        ("2024-03-12", "2024-03-12"),
        ("lundi 18 mars", "2024-03-18"),
        ("jeudi 14/03", "2024-03-14"),
        ("mer. 13", "2024-03-13"),
        ("il y a 3 jours", "2024-03-17"),
        ("y'a deux jours", "2024-03-18"),
        ("dans 15 jours", "2024-04-04"),
        ("lundi prochain", "2024-03-25"),
        ("29/02", "2024-02-29"),
    ],
)
def test_a_date_is_read_as_people_write_it(text: str, expected: str):
    (found,) = find_dates(text, WEDNESDAY, "past")
    assert found.value == date.fromisoformat(expected)
    assert text[found.start : found.end] == text


@pytest.mark.parametrize(
    "text", ["la semaine dernière", "début novembre", "fin août", "mi-juin", "en mars", "les lundis", "lundi ou mardi"]
)
def test_a_vague_date_has_no_value(text: str):
    (found,) = find_dates(text, WEDNESDAY)
    assert found.value is None
    assert found.reason == "vague"
    assert text in found.problem


@pytest.mark.parametrize("text", ["31 février", "le 30/02/2024", "12/13/2024", "le 29 février 2023"])
def test_an_impossible_date_has_no_value(text: str):
    (found,) = find_dates(text, WEDNESDAY)
    assert (found.value, found.reason) == (None, "impossible")


def test_a_weekday_that_contradicts_its_date_is_told():
    (found,) = find_dates("mardi 18 mars", WEDNESDAY)
    assert found.value is None
    assert "le 18 mars 2024 est un lundi" in found.problem


@pytest.mark.parametrize(
    "text",
    [
        "8/10 personnes",
        "06.12.03.24.55",
        "06 12 03 24 55",
        "63000 Clermont-Ferrand",
        "le 8 retraités",
        "des jeux",
        "3/4 d'heure",
        "24/7",
        "un mail",
        "lire un pdf",
    ],
)
def test_other_figures_are_not_dates(text: str):
    assert find_dates(text, WEDNESDAY) == []


@pytest.mark.parametrize(
    ("text", "past", "future", "nearest"),
    [
        ("lundi", "2024-03-18", "2024-03-25", "2024-03-18"),
        ("le 12", "2024-03-12", "2024-04-12", "2024-03-12"),
        ("le 4 avril", "2023-04-04", "2024-04-04", "2024-04-04"),
        ("4 mars", "2024-03-04", "2025-03-04", "2024-03-04"),
    ],
)
def test_what_is_left_out_is_chosen_by_preference(text: str, past: str, future: str, nearest: str):
    chosen = [find_dates(text, WEDNESDAY, prefer)[0].value.isoformat() for prefer in ("past", "future", "nearest")]
    assert chosen == [past, future, nearest]


def test_a_month_said_once_serves_two_days():
    found = find_dates("le 12 et le 13 mars", date(2024, 6, 1))
    assert [f.value for f in found] == [date(2024, 3, 12), date(2024, 3, 13)]


def test_a_period_gives_its_two_ends():
    found = find_dates("du 1er avril 2022 au 31 mars 2024", WEDNESDAY)
    assert [f.value for f in found] == [date(2022, 4, 1), date(2024, 3, 31)]
    assert all(f.written_year for f in found)


@settings(max_examples=40)
@given(
    st.text(max_size=80)
    | st.lists(
        st.sampled_from(
            [
                "le",
                "12",
                "31",
                "0",
                "1er",
                "mars",
                "lundi",
                "dernier",
                "en",
                "/",
                ".",
                "-",
                "24",
                "2024",
                "99",
                "il",
                "y",
                "a",
                "jours",
            ]
        ),
        max_size=9,
    ).map(" ".join)
)
def test_any_text_is_read_without_failing(text: str):
    for found in find_dates(text, WEDNESDAY):
        assert 0 <= found.start < found.end <= len(text)
        assert (found.value is None) == (found.problem is not None)
