"""The walk of the eight steps: moves that never lead astray, dates counted to the day."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.dispositif.etapes import (
    LAST,
    Avancement,
    DateProblem,
    Etat,
    Jalon,
    Statut,
    add_months,
    contradictions,
    echeances,
    from_json,
    late,
    problem_of_date,
    states,
    to_json,
    upcoming,
)
from bot.reference.etapes import load_etapes

DELAIS = load_etapes().delais

moves = st.one_of(
    st.tuples(st.sampled_from(["next", "previous", "finish", "skip", "reopen"]), st.none()),
    st.tuples(st.sampled_from(["go_to", "finish", "skip", "reopen", "finish_before"]), st.integers(1, 8)),
)
walks = st.lists(moves, max_size=40)


def walked(steps: list) -> Avancement:
    avancement = Avancement()
    for name, number in steps:
        move = getattr(avancement, name)
        avancement = move() if number is None else move(number)
    return avancement


@given(walks)
def test_any_sequence_of_moves_stays_among_the_eight_steps(steps):
    avancement = walked(steps)
    assert 1 <= avancement.current <= LAST
    assert not avancement.done & avancement.skipped
    assert set(avancement.remaining) | avancement.settled == set(range(1, 9))


@given(walks)
def test_a_walk_survives_being_stored(steps):
    avancement = walked(steps).dated(Jalon.DEPOT, date(2022, 4, 4))
    assert from_json(to_json(avancement)) == avancement


@given(walks)
def test_reading_on_and_back_declares_nothing(steps):
    avancement = walked(steps)
    there_and_back = avancement.next().previous()
    assert (there_and_back.done, there_and_back.skipped) == (avancement.done, avancement.skipped)
    if avancement.current < LAST:
        assert there_and_back.current == avancement.current


@given(walks, st.integers(1, 8))
def test_declaring_twice_is_declaring_once(steps, number):
    avancement = walked(steps)
    once = avancement.finish(number)
    assert once.finish(number).done == once.done
    assert number in once.done
    assert number not in avancement.skip(number).done


@given(walks)
def test_finishing_what_remains_completes_the_walk_and_nothing_less_does(steps):
    avancement = walked(steps)
    for number in avancement.remaining:
        assert not avancement.is_complete
        avancement = avancement.finish(number)
    assert avancement.is_complete


@given(walks)
def test_the_picture_has_eight_steps_and_one_current_until_all_is_settled(steps):
    avancement = walked(steps)
    drawn = states(avancement)
    assert len(drawn) == 8
    assert drawn.count(Etat.CURRENT) == (0 if avancement.is_complete else 1)


def test_finishing_the_current_step_goes_to_the_next_one_to_do():
    assert Avancement(current=3, done=frozenset({4})).finish().current == 5


def test_finishing_another_step_does_not_move():
    assert Avancement(current=3).finish(1).current == 3


def test_the_last_step_has_no_next_and_the_first_no_previous():
    assert Avancement(current=8).next().current == 8
    assert Avancement(current=1).previous().current == 1


def test_being_at_a_step_declares_those_before_but_keeps_the_skipped_ones():
    avancement = Avancement(skipped=frozenset({2})).finish_before(4)
    assert (avancement.current, avancement.done, avancement.skipped) == (4, {1, 3}, {2})


@pytest.mark.parametrize("number", [0, 9, 12, -1])
def test_a_step_that_does_not_exist_is_refused(number):
    with pytest.raises(ValueError):
        Avancement().go_to(number)


def test_a_late_step_is_drawn_late_unless_it_is_done_or_being_read():
    avancement = Avancement(current=2, done=frozenset({6}))
    drawn = states(avancement, late=[2, 6, 7])
    assert (drawn[1], drawn[5], drawn[6]) == (Etat.CURRENT, Etat.DONE, Etat.LATE)


# 31 January + 1 month: February has no 31st. 31 August + 6 months: 28 February.
@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        (date(2022, 4, 4), 1, date(2022, 5, 4)),
        (date(2022, 1, 31), 1, date(2022, 2, 28)),
        (date(2024, 1, 31), 1, date(2024, 2, 29)),
        (date(2022, 8, 31), 6, date(2023, 2, 28)),
        (date(2022, 12, 15), 1, date(2023, 1, 15)),
        (date(2022, 4, 4), 12, date(2023, 4, 4)),
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
    ],
)
def test_months_are_counted_to_the_same_day_or_the_last_of_the_month(day, months, expected):
    assert add_months(day, months) == expected


def one(name, dates, today, done=(), **more):
    return next(e for e in echeances(dates, done, today, DELAIS, **more) if e.nom == name)


# Validated on 3 March 2022: one month to recruit, until 3 April included.
@pytest.mark.parametrize(
    ("today", "expected"),
    [(date(2022, 4, 3), Statut.A_VENIR), (date(2022, 4, 4), Statut.EN_RETARD)],
)
def test_recruiting_is_late_from_the_day_after_one_month(today, expected):
    found = one("recrutement", {Jalon.VALIDATION: date(2022, 3, 3)}, today)
    assert (found.le, found.statut) == (date(2022, 4, 3), expected)


@pytest.mark.parametrize(
    ("start", "expected"), [(date(2022, 4, 3), Statut.TENUE), (date(2022, 4, 4), Statut.TENUE_TARD)]
)
def test_a_contract_in_the_month_keeps_the_delay(start, expected):
    dates = {Jalon.VALIDATION: date(2022, 3, 3), Jalon.DEBUT_CONTRAT: start}
    assert one("recrutement", dates, date(2022, 6, 1)).statut is expected


def test_signing_declared_without_a_date_keeps_the_delay():
    assert one("recrutement", {Jalon.VALIDATION: date(2022, 3, 3)}, date(2022, 6, 1), done={6}).statut is Statut.TENUE


# Filed on 1 April 2022, 21 days: 22 April at the earliest.
@pytest.mark.parametrize(
    ("today", "expected"), [(date(2022, 4, 22), Statut.A_VENIR), (date(2022, 4, 23), Statut.A_VERIFIER)]
)
def test_three_weeks_of_instruction_are_a_minimum_and_never_late(today, expected):
    found = one("instruction", {Jalon.DEPOT: date(2022, 4, 1)}, today)
    assert (found.le, found.statut) == (date(2022, 4, 22), expected)


# Contract from 1 April 2022, 15 days: training by 16 April included.
@pytest.mark.parametrize(
    ("today", "departure", "expected"),
    [
        (date(2022, 4, 16), None, Statut.A_VENIR),
        (date(2022, 4, 17), None, Statut.EN_RETARD),
        (date(2022, 4, 17), date(2022, 4, 16), Statut.TENUE),
        (date(2022, 5, 1), date(2022, 4, 17), Statut.TENUE_TARD),
    ],
)
def test_training_starts_within_fifteen_days_of_the_contract(today, departure, expected):
    dates = {Jalon.DEBUT_CONTRAT: date(2022, 4, 1)}
    if departure:
        dates[Jalon.DEPART_FORMATION] = departure
    found = one("formation", dates, today)
    assert (found.le, found.statut) == (date(2022, 4, 16), expected)


# Departure on 31 August 2022: 30 September (no 31st), 28 February 2023 (no 31st), 31 August 2023.
def test_the_three_payments_follow_the_departure_for_training():
    found = echeances({Jalon.DEPART_FORMATION: date(2022, 8, 31)}, (), date(2022, 9, 1), DELAIS)
    assert [e.le for e in found] == [date(2022, 9, 30), date(2023, 2, 28), date(2023, 8, 31)]
    assert {e.statut for e in found} == {Statut.A_VENIR}


def test_a_payment_that_was_made_is_kept_and_one_that_is_due_is_to_check():
    today, paid = date(2023, 3, 15), {1: date(2022, 10, 4)}
    found = echeances({Jalon.DEPART_FORMATION: date(2022, 8, 31)}, (), today, DELAIS, paid)
    assert [e.statut for e in found] == [Statut.TENUE, Statut.A_VERIFIER, Statut.A_VENIR]
    assert found[0].fait_le == date(2022, 10, 4)
    assert not late(found)
    assert [e.nom for e in upcoming(found)] == ["tranche_3"]


@given(st.dictionaries(st.sampled_from(Jalon), st.dates(date(2020, 1, 1), date(2027, 1, 1)), min_size=1))
def test_dates_come_in_order_and_a_day_more_never_undoes_lateness(dates):
    today = date(2023, 1, 1)
    found = echeances(dates, (), today, DELAIS)
    assert [e.le for e in found] == sorted(e.le for e in found)
    tomorrow = {e.nom for e in late(echeances(dates, (), today + timedelta(days=1), DELAIS))}
    assert {e.nom for e in late(found)} <= tomorrow


TODAY = date(2022, 4, 4)


@pytest.mark.parametrize(
    ("jalon", "day", "expected"),
    [
        (Jalon.DEPOT, TODAY, None),
        (Jalon.DEPOT, TODAY + timedelta(days=1), DateProblem.FUTURE),
        (Jalon.VALIDATION, date(2019, 12, 31), DateProblem.TOO_OLD),
        (Jalon.DEBUT_CONTRAT, TODAY + timedelta(days=366), None),
        (Jalon.DEPART_FORMATION, TODAY + timedelta(days=367), DateProblem.TOO_FAR),
    ],
)
def test_only_possible_dates_are_kept(jalon, day, expected):
    assert problem_of_date(jalon, day, TODAY) is expected


def test_a_departure_before_the_contract_is_a_contradiction():
    dates = {Jalon.DEBUT_CONTRAT: date(2022, 4, 2), Jalon.DEPART_FORMATION: date(2022, 4, 1)}
    assert contradictions(dates) == ((Jalon.DEBUT_CONTRAT, Jalon.DEPART_FORMATION),)
    assert not contradictions({**dates, Jalon.DEPART_FORMATION: date(2022, 4, 2)})
