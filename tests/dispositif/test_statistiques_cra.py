from dataclasses import replace
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from bot.dispositif.statistiques_cra import compute, duration_class, shares
from bot.reference.cra import load_nomenclature
from tests.services.cra.conftest import INDIVIDUAL, WORKSHOP

NOMENCLATURE = load_nomenclature()


def test_people_leave_out_those_already_accompanied():
    # 8 participants of which 2 known already, and 1: 9 accompaniments, 7 people.
    figures = compute([WORKSHOP, INDIVIDUAL], NOMENCLATURE)
    assert (figures.accompaniments, figures.people) == (9, 7)
    assert (figures.workshops, figures.workshop_participants, figures.individuals) == (1, 8, 1)


def test_short_durations_count_as_their_class():
    # 120 exact, 40 min counted as 60: 180.
    assert compute([WORKSHOP, INDIVIDUAL], NOMENCLATURE).minutes == 180


def test_themes_are_counted_by_report_and_ranked():
    figures = compute([WORKSHOP, WORKSHOP, INDIVIDUAL], NOMENCLATURE)
    assert list(figures.themes.items()) == [("courriel", 2), ("internet", 2), ("demarche en ligne", 1)]


def test_months_follow_one_another():
    later = replace(WORKSHOP, date=date(2026, 3, 1))
    assert list(compute([later, WORKSHOP], NOMENCLATURE).by_month) == ["2026-02", "2026-03"]


def test_no_report_is_all_zero():
    figures = compute([], NOMENCLATURE)
    assert figures.reports == figures.people == figures.minutes == 0
    assert shares(figures.ages) == {}


def test_boundaries_of_the_duration_classes():
    assert [duration_class(minutes) for minutes in (29, 30, 59, 60, 120, 121)] == [
        "moins de 30 min",
        "de 30 à 60 min",
        "de 30 à 60 min",
        "de 1 h à 2 h",
        "de 1 h à 2 h",
        "plus de 2 h",
    ]


@given(st.dictionaries(st.text(max_size=3), st.integers(0, 1000), max_size=6))
def test_shares_are_truncated_so_their_sum_never_passes_a_hundred(counts):
    assert sum(shares(counts).values()) <= 100
