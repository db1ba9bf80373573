"""When a reminder is due next: the person's days and hour, never at night nor on a public holiday."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime, time, timedelta, timezone
from functools import lru_cache
from zoneinfo import ZoneInfo

import holidays

from bot.dispositif.horaires import EARLIEST, LATEST

# Departments with holidays of their own, by the names the library gives them.
_SUBDIVISIONS = {
    "57": "57",
    "67": "6AE",
    "68": "6AE",
    "971": "971",
    "972": "972",
    "973": "973",
    "974": "974",
    "976": "976",
    "975": "PM",
    "977": "BL",
    "978": "MF",
    "986": "WF",
    "987": "PF",
    "988": "NC",
}
WORKING_DAYS = (1, 2, 3, 4, 5)
_MAX_DAYS = 60


@lru_cache(maxsize=256)
def public_holidays(year: int, department: str | None) -> frozenset[date]:
    """The public holidays of a year where the person works (Alsace-Moselle and overseas have their own)."""
    return frozenset(holidays.France(subdiv=_SUBDIVISIONS.get(department or ""), years=year, language="fr"))


def is_holiday(day: date, department: str | None) -> bool:
    return day in public_holidays(day.year, department)


def is_working_day(day: date, department: str | None) -> bool:
    return day.isoweekday() in WORKING_DAYS and not is_holiday(day, department)


def next_time(
    days: Collection[int], local_time: str, time_zone: str, department: str | None, after: datetime
) -> datetime:
    """The first moment strictly after `after` on one of `days` (ISO) at `local_time`, holidays skipped, in UTC.

    Raises:
        ValueError: no day was chosen.
    """
    if not days:
        raise ValueError("no day")
    zone = ZoneInfo(time_zone)
    moment = _decent(time.fromisoformat(local_time))
    day = after.astimezone(zone).date()
    for _ in range(_MAX_DAYS):
        if day.isoweekday() in days and not is_holiday(day, department):
            due = datetime.combine(day, moment, zone).astimezone(timezone.utc)
            if due > after:
                return due
        day += timedelta(days=1)
    raise ValueError("no day within two months")


def snoozed(wish: timedelta, time_zone: str, department: str | None, now: datetime) -> datetime:
    """`now + wish`, put off to the next decent hour of a day that is neither Sunday nor a holiday, in UTC."""
    zone = ZoneInfo(time_zone)
    local = (now + wish).astimezone(zone)
    day, moment = local.date(), local.time()
    if moment > LATEST:
        day, moment = day + timedelta(days=1), EARLIEST
    elif moment < EARLIEST:
        moment = EARLIEST
    while day.isoweekday() == 7 or is_holiday(day, department):
        day, moment = day + timedelta(days=1), max(moment, time(9, 0))
    return datetime.combine(day, moment, zone).astimezone(timezone.utc)


def may_disturb(time_zone: str, department: str | None, now: datetime) -> bool:
    """False at night and on public holidays: a reminder that is late waits for the next decent moment."""
    local = now.astimezone(ZoneInfo(time_zone))
    return EARLIEST <= local.time() <= LATEST and not is_holiday(local.date(), department)


def working_days_since(last: date, today: date, department: str | None) -> int:
    """Working days strictly between `last` and `today`, `today` included."""
    count, day = 0, last
    while day < today and count < 400:
        day += timedelta(days=1)
        count += is_working_day(day, department)
    return count


def _decent(moment: time) -> time:
    return min(max(moment, EARLIEST), LATEST)
