"""When reminders leave: chosen days and hour, where the person lives; never at night nor on a holiday."""

from datetime import date, datetime, timedelta, timezone

import pytest

from bot.dispositif.horaires import time_zone_of
from bot.services.reminders.plan import (
    is_holiday,
    is_working_day,
    may_disturb,
    next_time,
    snoozed,
    working_days_since,
)


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=timezone.utc)


@pytest.mark.parametrize(
    ("department", "expected"),
    [
        # Friday 6 March 2026, 17:00: Paris is UTC+1, La Réunion UTC+4, Guadeloupe UTC-4.
        ("63", utc(2026, 3, 6, 16)),
        ("974", utc(2026, 3, 6, 13)),
        ("971", utc(2026, 3, 6, 21)),
        (None, utc(2026, 3, 6, 16)),
    ],
)
def test_the_hour_is_that_of_the_department(department, expected):
    monday = utc(2026, 3, 2, 9)
    assert next_time([5], "17:00", time_zone_of(department), department, monday) == expected


def test_summer_time_keeps_the_hour_on_the_wall():
    # Clocks change on Sunday 29 March 2026: 17:00 is 16:00 UTC before, 15:00 UTC after.
    before = next_time([5], "17:00", "Europe/Paris", "63", utc(2026, 3, 26, 9))
    after = next_time([5], "17:00", "Europe/Paris", "63", before)
    assert (before, after) == (utc(2026, 3, 27, 16), utc(2026, 4, 3, 15))


def test_a_holiday_is_skipped():
    # Friday 1 May 2026.
    assert next_time([5], "17:00", "Europe/Paris", "63", utc(2026, 4, 28, 9)) == utc(2026, 5, 8 + 7, 15)
    # Friday 8 May 2026 is one too: the next is the 15th.


@pytest.mark.parametrize(
    ("day", "department", "expected"),
    [
        # Good Friday and 26 December are holidays in Alsace-Moselle only.
        (date(2026, 4, 3), "67", True),
        (date(2026, 4, 3), "57", True),
        (date(2026, 4, 3), "63", False),
        # End of slavery: 20 December in La Réunion, 27 April in Mayotte, 22 May in Martinique, 10 June in Guyane.
        (date(2026, 12, 20), "974", True),
        (date(2026, 4, 27), "976", True),
        (date(2026, 5, 22), "972", True),
        (date(2026, 6, 10), "973", True),
        (date(2026, 6, 10), "63", False),
        (date(2026, 7, 14), None, True),
    ],
)
def test_each_territory_has_its_holidays(day, department, expected):
    assert is_holiday(day, department) is expected


def test_a_night_hour_is_brought_back_to_the_day():
    assert next_time([2], "23:30", "Europe/Paris", "63", utc(2026, 3, 2, 9)) == utc(2026, 3, 3, 19)
    assert next_time([2], "03:00", "Europe/Paris", "63", utc(2026, 3, 2, 9)) == utc(2026, 3, 3, 6)


def test_no_day_is_an_error():
    with pytest.raises(ValueError, match="no day"):
        next_time([], "17:00", "Europe/Paris", "63", utc(2026, 3, 2, 9))


@pytest.mark.parametrize(
    ("now", "wish", "expected"),
    [
        (utc(2026, 3, 2, 9), timedelta(hours=2), utc(2026, 3, 2, 11)),
        # 19:30 in Paris + 2 h is the night: the next morning at 7.
        (utc(2026, 3, 2, 18, 30), timedelta(hours=2), utc(2026, 3, 3, 6)),
        # Saturday + 1 day is a Sunday: Monday, not before 9.
        (utc(2026, 3, 7, 7), timedelta(days=1), utc(2026, 3, 9, 8)),
        # 30 April + 1 day is 1 May (Friday): Saturday.
        (utc(2026, 4, 30, 10), timedelta(days=1), utc(2026, 5, 2, 10)),
    ],
)
def test_a_snooze_ends_at_a_decent_moment(now, wish, expected):
    assert snoozed(wish, "Europe/Paris", "63", now) == expected


def test_nobody_is_disturbed_at_night_or_on_holidays():
    assert may_disturb("Europe/Paris", "63", utc(2026, 3, 2, 9))
    assert not may_disturb("Europe/Paris", "63", utc(2026, 3, 2, 3))
    assert not may_disturb("Europe/Paris", "63", utc(2026, 7, 14, 9))


def test_working_days_leave_out_week_ends_and_holidays():
    # From Thursday 30 April: Friday is 1 May; Monday 4 to Thursday 7 count; Friday is 8 May.
    assert working_days_since(date(2026, 4, 30), date(2026, 5, 8), "63") == 4
    assert not is_working_day(date(2026, 5, 8), "63")
    assert working_days_since(date(2026, 5, 4), date(2026, 5, 4), "63") == 0
