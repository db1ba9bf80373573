"""Opening hours, holidays, and words: no database."""

from datetime import datetime, time, timedelta

import pytest

from bot.dispositif.handover import PARIS, OpeningHours, estimated_wait, wants_the_assistant_back, when
from bot.reference.contacts import load_contacts
from bot.reference.jours_feries import holiday_name

MORNING, AFTERNOON = (time(9), time(12, 30)), (time(13, 30), time(17))
HOURS = OpeningHours({0: (MORNING, AFTERNOON), 2: (MORNING,), 3: (MORNING,)})


def at(day: int, hour: int, minute: int = 0, month: int = 3) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=PARIS)


@pytest.mark.parametrize(
    ("moment", "is_open"),
    [
        (at(2, 8, 59), False),
        (at(2, 9), True),
        (at(2, 12, 30), False),
        (at(2, 16, 59), True),
        (at(2, 17), False),
        (at(3, 10), False),
        (at(4, 10), True),
        # 6 April 2026 is Easter Monday.
        (at(6, 10, month=4), False),
    ],
)
def test_open_when_the_hours_say_so(moment, is_open):
    assert HOURS.is_open(moment, holiday_name) is is_open


def test_the_next_opening_skips_holidays_and_week_ends():
    assert HOURS.next_opening(at(2, 17), holiday_name) == at(4, 9)
    # Thursday 2 April, closed at 12:30; the next Monday is a holiday; then Wednesday.
    assert HOURS.next_opening(at(2, 13, month=4), holiday_name) == at(8, 9, month=4)


def test_without_hours_there_is_no_next_opening():
    assert OpeningHours({}).next_opening(at(2, 9), holiday_name) is None


def test_summer_time_changes_nothing_to_the_hours():
    # The clocks change on 29 March 2026: 9:00 is 8:00 UTC before, 7:00 UTC after.
    assert HOURS.next_opening(at(26, 13), holiday_name).utcoffset() == timedelta(hours=2)


def test_hours_read_as_a_sentence():
    assert (
        HOURS.sentence == "le lundi, de 9 h à 12 h 30 et de 13 h 30 à 17 h ; le mercredi et le jeudi, de 9 h à 12 h 30"
    )


def test_the_real_hours_are_usable():
    assert load_contacts().support_hours.sentence


@pytest.mark.parametrize(
    ("moment", "words"),
    [
        (at(2, 13, 30), "aujourd'hui à 13 h 30"),
        (at(3, 9), "demain à 9 h"),
        (at(1, 9, month=4), "mercredi 1er avril à 9 h"),
    ],
)
def test_moments_read_as_people_say_them(moment, words):
    assert when(moment, at(2, 10)) == words


def test_a_wait_is_estimated_from_enough_figures_only():
    minutes = [timedelta(minutes=count) for count in (2, 4, 4, 5, 30)]
    assert estimated_wait(2, minutes, 1) == timedelta(minutes=8)
    assert estimated_wait(2, minutes, 2) == timedelta(minutes=4)
    assert estimated_wait(2, minutes[:4], 1) is None
    assert estimated_wait(2, minutes, 0) is None


@pytest.mark.parametrize("text", ["revenir à l'assistant", "Retour au bot", "je voudrais reparler à l’assistant."])
def test_words_that_leave_the_human(text):
    assert wants_the_assistant_back(text)


@pytest.mark.parametrize(
    "text",
    [
        "je veux revenir sur la question de l'assistant maternel",
        "l'assistant ne répond pas",
        "comment revenir à l'assistant si vous ne savez pas ?",
        "assistant",
        "",
    ],
)
def test_words_that_do_not(text):
    assert not wants_the_assistant_back(text)
