"""French public holidays."""

from __future__ import annotations

from datetime import date
from functools import lru_cache

import holidays


@lru_cache(maxsize=8)
def _of_year(year: int) -> holidays.HolidayBase:
    return holidays.country_holidays("FR", years=year, language="fr")


def holiday_name(day: date) -> str | None:
    """The holiday's French name (metropolitan France), or None on any other day."""
    return _of_year(day.year).get(day)
