"""Periods as French people write them: « en mars », « le mois dernier », « depuis janvier », « du 1er au 15 mars »."""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date, timedelta

from bot.dispositif.francais.dates import MONTHS, find_dates, spoken
from bot.dispositif.francais.texte import fold, normalise


@dataclass(frozen=True)
class Period:
    """Both days included; `label` fits after « pour » (« mars 2026 »)."""

    since: date
    until: date
    label: str


_MONTH = "|".join(map(fold, MONTHS))
_NAMED = re.compile(rf"(?<!\w)(?P<month>{_MONTH})(?:\s+(?P<year>20\d\d))?(?!\w)")
_YEAR = re.compile(r"(?<![\w/])(?:en|de|annee|pour)\s+(?P<year>20\d\d)(?!\w)")
_RANGE = re.compile(r"(?<!\w)(?:du|entre\s+le)\s+(?P<from>.+?)\s+(?:au|et\s+le)\s+(?P<to>.+)$")
_SINCE = re.compile(r"(?<!\w)(?:depuis|a\s+partir\s+d[eu]|des)\s+(?P<what>.+)$")


def find_period(text: str, today: date) -> Period | None:
    """The period `text` names; None when it names none. A month without its year is the last one that has begun."""
    folded = fold(normalise(text))
    match = _RANGE.search(folded)
    if match and _end(match, today):
        # « du 30 au 15 » is no period, and not the month it names either.
        return _between(folded, today)
    return _since(folded, today) or _relative(folded, today) or _named(folded, today)


def month_of(day: date) -> Period:
    last = calendar.monthrange(day.year, day.month)[1]
    return Period(day.replace(day=1), day.replace(day=last), f"{MONTHS[day.month - 1]} {day.year}")


def previous_month(today: date) -> Period:
    return month_of(today.replace(day=1) - timedelta(days=1))


def year_of(year: int) -> Period:
    return Period(date(year, 1, 1), date(year, 12, 31), f"l'année {year}")


def _between(folded: str, today: date) -> Period | None:
    match = _RANGE.search(folded)
    last = _end(match, today) if match else None
    if match is None or last is None:
        return None
    start = match["from"]
    if re.fullmatch(r"\d{1,2}(?:er)?", start):
        day = int(start.removesuffix("er"))
        first = last.replace(day=day) if 1 <= day <= last.day else None
    else:
        starts = find_dates(start, last, "past")
        first = starts[0].value if starts else None
    if first is None or first > last:
        return None
    return Period(first, last, f"la période du {spoken(first)} au {spoken(last)}")


def _end(match: re.Match[str], today: date) -> date | None:
    ends = find_dates(match["to"], today, "past")
    return ends[0].value if ends else None


def _since(folded: str, today: date) -> Period | None:
    match = _SINCE.search(folded)
    if match is None:
        return None
    whole = _relative(match["what"], today) or _named(match["what"], today)
    dates = find_dates(match["what"], today, "past")
    first = dates[0].value if dates and dates[0].value else (whole.since if whole else None)
    if first is None or first > today:
        return None
    return Period(first, today, f"la période du {spoken(first)} à aujourd'hui")


def _relative(folded: str, today: date) -> Period | None:
    monday = today - timedelta(days=today.weekday())
    if re.search(r"(?<!\w)mois\s+(?:dernier|passe|precedent)", folded):
        return previous_month(today)
    if re.search(r"(?<!\w)(?:ce|du)\s+mois|mois\s+en\s+cours", folded):
        return month_of(today)
    if re.search(r"(?<!\w)semaine\s+(?:derniere|passee|precedente)", folded):
        return Period(monday - timedelta(days=7), monday - timedelta(days=1), "la semaine dernière")
    if re.search(r"(?<!\w)(?:cette|de\s+la)\s+semaine|semaine\s+en\s+cours", folded):
        return Period(monday, monday + timedelta(days=6), "cette semaine")
    if re.search(r"(?<!\w)(?:annee\s+(?:derniere|passee|precedente)|an\s+dernier)", folded):
        return year_of(today.year - 1)
    if re.search(r"(?<!\w)(?:cette\s+annee|de\s+l'annee|annee\s+en\s+cours)(?!\s+20)", folded):
        return year_of(today.year)
    for word, days in (("avant[- ]hier", 2), ("hier", 1), ("aujourd'hui", 0)):
        if re.search(rf"(?<!\w){word}(?!\w)", folded):
            day = today - timedelta(days=days)
            return Period(day, day, f"le {spoken(day)}")
    return None


def _named(folded: str, today: date) -> Period | None:
    match = _NAMED.search(folded)
    if match:
        number = [fold(name) for name in MONTHS].index(match["month"]) + 1
        year = int(match["year"]) if match["year"] else today.year - (number > today.month)
        return month_of(date(year, number, 1))
    match = _YEAR.search(folded)
    return year_of(int(match["year"])) if match else None
