"""Dates as French people write them: « hier », « lundi dernier », « le 12 », « 04/04/22 », « début novembre »."""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from bot.dispositif.francais.nombres import NUMBER, number_value
from bot.dispositif.francais.texte import fold

Preference = Literal["past", "future", "nearest"]
"""Which one is meant when a date leaves its year or month out: the last one, the next one, or the closest one."""

MONTHS = (
    "janvier",
    "février",
    "mars",
    "avril",
    "mai",
    "juin",
    "juillet",
    "août",
    "septembre",
    "octobre",
    "novembre",
    "décembre",
)
WEEKDAYS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")

_MONTH_WORDS = (
    r"janvier|janvié|janvie|janv\b\.?|jan\b\.?",
    r"fevrier|fevrie|fevier|feverier|fevr\b\.?|fev\b\.?",
    r"mars|mar\b\.?",
    r"avril|avrl|avr\b\.?",
    r"mai\b",
    r"juin|jun\b",
    r"juillet|juilet|juliet|juil\b\.?|jul\b\.?",
    r"aout|aou\b|août",
    r"septembre|septembr|setembre|septenbre|sept\b\.?|sep\b\.?",
    r"octobre|octombre|octobr|oct\b\.?",
    r"novembre|novenbre|novembr|nov\b\.?",
    r"decembre|decenbre|decembr|dec\b\.?",
)
_MONTH = "(?:" + "|".join(rf"(?:{words})" for words in _MONTH_WORDS) + ")(?![a-z])"
_WEEKDAY_WORDS = (
    r"lundi|lundy|lindi",
    r"mardi|mardy",
    r"mercredi|mercredit|mecredi|mercerdi|mercedi|merkredi",
    r"jeudi|jeudy|jedi",
    r"vendredi|vendredit|vendrdi|vendredy|vandredi",
    r"samedi|samdi",
    r"dimanche|dimance",
)
# Short forms are words of their own (« jeu », « mer »): they need a dot or a number after them.
_WEEKDAY_SHORT = ("lun", "mar", "mer(?:c)?", "jeu", "ven(?:d)?", "sam", "dim")
_WEEKDAY = (
    "(?:"
    + "|".join(f"(?:{words})(?![a-z])" for words in _WEEKDAY_WORDS)
    + "|(?:"
    + "|".join(_WEEKDAY_SHORT)
    + r")(?:\.(?=\s)|(?=\s+(?:le\s+)?\d)))"
)
_PART = (
    r"(?:\s+(?:en\s+)?(?:(?:ce\s+|au\s+)?matin(?:ee)?|(?:en\s+)?debut\s+d'apres[- ]?midi|(?:en\s+)?fin\s+d(?:e\s+journee|'apres[- ]?midi|e\s+matinee)"
    r"|(?:cet?\s+|cette\s+)?apres[- ]?midi|(?:cet\s+|cette\s+)?(?:aprem|aprm|apm|ap-?mid|a-m|am|pm)|(?:a\s+)?midi|soir(?:ee)?|entre\s+midi\s+et\s+(?:deux|2))(?![a-z]))?"
)
_YEAR = r"(?:20\d\d|19\d\d|'?\d\d(?!\d|\s*(?:h|mn|min|p\b|pers|participants?|retrait|senior|jeune|ans|€|euros?)))"
_DAY = rf"(?:1\s?er|premier|[0-3]?\d(?!\d)|(?!une\b|premiere)(?:{NUMBER}))"

_TODAY = (
    r"aujourd'?\s?h?ui|ojourd'?\s?h?ui|aujourdui|auj(?:d|\.)?(?![a-z])|ajd(?![a-z])|ojd(?![a-z])|ce\s+jour(?![a-z])|ce\s+mat[aeiun]{0,4}(?![a-z])"
    r"|cet(?:te)?\s+(?:apres[- ]?midi|aprem|aprm|apm|ap-?mid|a-m|am)(?![a-z])|cette\s+matinee|ce\s+midi|ce\s+soir|cet\s+aprèm|c\s+matin|ct\s+aprem"
    r"|(?:tout|tt)\s+a\s+l'?\s?heure|a\s+l'instant|tantot|cette\s+apres[- ]?midi|(?:je\s+)?(?:viens|sors)\s+(?:juste\s+)?(?:de|d')(?=\s*(?:finir|terminer|faire|recevoir|voir|rentrer|sortir|un|l'|rdv|rendez))"
)
_RELATIVE = (
    (r"(?:l')?(?:avant|avt|av)[- ]?(?:hier|hiere|ier|yer)", -2),
    (r"l'avant[- ]veille", -2),
    (r"hiere?(?![a-z])|hie(?![a-z])|hyer(?![a-z])|yer(?![a-z])", -1),
    (r"(?:apres|aprés|ap)[- ]?demain", 2),
    (r"dem(?:ain|1|a1)(?![a-z])", 1),
)
_LAST = r"dernier|derniere|passe|passee|der\b\.?|derniere?s?|precedent|precedente|d'avant"
_NEXT = r"prochain|prochaine|proch\b\.?|qui\s+vient|a\s+venir|suivant|suivante"
_WEEK = r"(?:sem\b\.?|semaine)"

_NOT_A_COUNT = (
    r"(?!\s*(?:h\b|h\d|heures?|mn|min|p\b|pers|person|partic|%|€|euros?|ans\b|fois|km|rue|bis|avenue|bd|boulevard|impasse|allee|place|"
    r"retrait|senior|jeune|enfant|ado|usage|eleve|dames?|messieurs|agents?|demandeur|de\s+la\s+rue|mails?\b|seances?|ateliers?|"
    r"beneficiaires?|autres?|dernier|premier|prochain|salari|chomeur|parents?|femmes?|hommes?|adultes?|habitants?|etudiants?|eme|e\b|"
    r"inscrits?|presents?|accompagnements?|rdv|rendez|sont|etaient|ont\b|avaient|mois|semaines?|jours?|tablettes?|ordi|smartphones?)|[\d/]|[.,]\d|[- ]\d\d[- ])"
)


@dataclass(frozen=True)
class FoundDate:
    """A date found at text[start:end].

    `value` is None when it is impossible (« 31 février ») or too vague (« début novembre »): `problem` then says so in
    French, and `reason` is « impossible » or « vague ». `written_year`: the year was given, so no choice was made.
    """

    start: int
    end: int
    value: date | None
    problem: str | None = None
    reason: Literal["impossible", "vague"] | None = None
    written_year: bool = False


_Reader = Callable[["re.Match[str]"], "FoundDate | None"]


class _Finder:
    """One text being read; patterns are tried from the most precise to the vaguest, and never overlap."""

    def __init__(self, text: str, today: date, prefer: Preference) -> None:
        self.text, self.today, self.prefer = text, today, prefer
        self.folded = fold(text)
        self.found: list[FoundDate] = []

    def run(self) -> list[FoundDate]:
        for pattern, reader in _PATTERNS:
            for match in pattern.finditer(self.folded):
                if all(match.end() <= f.start or match.start() >= f.end for f in self.found):
                    result = reader(self, match)
                    if result is not None:
                        self.found.append(result)
        return sorted(self.found, key=lambda f: f.start)

    # What is found, and what cannot be used.

    def date(self, match: re.Match[str], value: date, written_year: bool = False) -> FoundDate:
        return FoundDate(match.start(), match.end(), value, written_year=written_year)

    def impossible(self, match: re.Match[str], why: str = "n'existe pas") -> FoundDate:
        written = self.text[match.start() : match.end()].strip()
        return FoundDate(
            match.start(), match.end(), None, f"« {written} » {why} : donnez une autre date.", "impossible"
        )

    def vague(self, match: re.Match[str]) -> FoundDate:
        written = self.text[match.start() : match.end()].strip()
        problem = f"« {written} » est trop vague : donnez le jour, par exemple « le 12 mars »."
        return FoundDate(match.start(), match.end(), None, problem, "vague")

    # Choosing among the days that a date without a year, or without a month, may mean.

    def choose(self, candidates: list[date]) -> date | None:
        past = [d for d in candidates if d <= self.today]
        future = [d for d in candidates if d >= self.today]
        if self.prefer == "past":
            return max(past, default=min(future, default=None))
        if self.prefer == "future":
            return min(future, default=max(past, default=None))
        return min(candidates, key=lambda d: (abs((d - self.today).days), d < self.today), default=None)

    def day_of_month(
        self, match: re.Match[str], day: int, month: int, year: int | None, weekday: int | None
    ) -> FoundDate:
        years = [year] if year is not None else [self.today.year + shift for shift in range(-4, 5)]
        candidates = [d for y in years if (d := _make(y, month, day))]
        if not candidates:
            return self.impossible(match)
        if year is not None:
            chosen = candidates[0]
        else:
            # 29 February aside, only the years around are meant.
            near = [d for d in candidates if abs(d.year - self.today.year) <= 1]
            chosen = self.choose(near or candidates)
        return self.checked(match, chosen, weekday, year is not None)

    def checked(self, match: re.Match[str], chosen: date, weekday: int | None, written_year: bool) -> FoundDate:
        if weekday is not None and chosen.weekday() != weekday:
            return self.impossible(
                match, f"ne tombe pas bien : le {spoken(chosen)} est un {WEEKDAYS[chosen.weekday()]}"
            )
        return self.date(match, chosen, written_year)

    # One reader a pattern.

    def iso(self, match: re.Match[str]) -> FoundDate:
        value = _make(int(match["y"]), int(match["m"]), int(match["d"]))
        return self.date(match, value, True) if value else self.impossible(match)

    def numeric(self, match: re.Match[str]) -> FoundDate | None:
        day, month = int(match["d"]), int(match["m"])
        year = _year(match["y"])
        if year is None and (month > 12 or day > 31 or day == 0 or month == 0):
            return None
        return self.day_of_month(match, day, month, year, _weekday(match["w"]))

    def bare_numeric(self, match: re.Match[str]) -> FoundDate | None:
        day, month = int(match["d"]), int(match["m"])
        if not (1 <= month <= 12 and 1 <= day <= 31) or (day, month) == (24, 7) and match["d"] + match["m"] == "247":
            return None
        surely = (
            match["lead"] or match["w"] or len(match["m"]) == 2 or day > 12 or not self.folded[: match.start()].strip()
        )
        return self.day_of_month(match, day, month, None, _weekday(match["w"])) if surely else None

    def worded(self, match: re.Match[str]) -> FoundDate | None:
        day = _day(match["d"])
        if day is None or day == 0:
            return None
        return self.day_of_month(match, day, _month(match["m"]), _year(match["y"]), _weekday(match["w"]))

    def day_alone(self, match: re.Match[str]) -> FoundDate | None:
        day = _day(match["d"])
        if day is None or not 1 <= day <= 31 or match["d"] == "premier":
            # « le premier » alone is rarely a day.
            return None
        joined = re.match(
            rf"\s*(?:,|et|ou|au|puis|&|-)\s*(?:le\s+)?{_DAY}\s*(?P<m>{_MONTH})(?:\s+(?P<y>{_YEAR}))?",
            self.folded[match.end() :],
        )
        weekday = _weekday(match["w"])
        if joined:
            return self.day_of_month(match, day, _month(joined["m"]), _year(joined["y"]), weekday)
        months = [_shift_month(self.today, shift) for shift in range(-12, 13)]
        candidates = [d for y, m in months if (d := _make(y, m, day))]
        chosen = self.choose(candidates)
        return self.checked(match, chosen, weekday, False) if chosen else None

    def relative(self, days: int) -> _Reader:
        return lambda match: self.date(match, self.today + timedelta(days=days))

    def ago(self, match: re.Match[str]) -> FoundDate | None:
        count = number_value(match["n"])
        if count is None or count > 4000:
            return None
        forward = match["way"].startswith(("dans", "d'ici", "ds"))
        unit = match["unit"]
        if unit.startswith("j"):
            days = count
        elif unit.startswith("s"):
            days = 7 * count
        elif forward:
            months = 12 * count if unit.startswith("a") else count
            year, month = _shift_month(self.today, months)
            last = calendar.monthrange(year, month)[1]
            return self.date(match, date(year, month, min(self.today.day, last)))
        else:
            return self.vague(match)
        if forward and match["way"].startswith("d'ici"):
            return self.vague(match)
        return self.date(match, self.today + timedelta(days=days if forward else -days))

    def weekday(self, match: re.Match[str]) -> FoundDate | None:
        weekday = _weekday(match["w"])
        monday = self.today - timedelta(days=self.today.weekday())
        week, way = match["week"], match["way"]
        if week:
            shift = -7 if re.search(_LAST, week) else 7 if re.search(_NEXT, week) else 0
            if re.search(r"avant[- ]dern", week):
                shift = -14
            return self.date(match, monday + timedelta(days=weekday + shift))
        back = (self.today.weekday() - weekday) % 7
        ahead = (weekday - self.today.weekday()) % 7
        if way and re.fullmatch(_LAST, way):
            return self.date(match, self.today - timedelta(days=back or 7))
        if way and re.fullmatch(_NEXT, way):
            return self.date(match, self.today + timedelta(days=ahead or 7))
        if way:
            return self.date(
                match, self.today + timedelta(days=(ahead or 7) + (14 if "quin" in way or "15" in way else 7))
            )
        candidates = [self.today - timedelta(days=back), self.today + timedelta(days=ahead)]
        return self.date(match, self.choose(candidates))


def _make(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except (ValueError, OverflowError):
        return None


def _year(written: str | None) -> int | None:
    if not written:
        return None
    digits = int(re.sub(r"\D", "", written))
    return digits if digits > 99 else 2000 + digits


def _month(written: str) -> int:
    return next(i for i, words in enumerate(_MONTH_WORDS, 1) if re.match(rf"(?:{words})(?![a-z])", written))


def _weekday(written: str | None) -> int | None:
    if not written:
        return None
    for index, (words, short) in enumerate(zip(_WEEKDAY_WORDS, _WEEKDAY_SHORT, strict=True)):
        if re.match(rf"(?:{words}|{short})(?![a-z])", written):
            return index
    return None


def _day(written: str) -> int | None:
    written = written.strip()
    return 1 if re.fullmatch(r"1\s?er|premier", written) else number_value(written)


def _shift_month(day: date, months: int) -> tuple[int, int]:
    index = day.year * 12 + day.month - 1 + months
    return index // 12, index % 12 + 1


def spoken(day: date) -> str:
    """« 12 mars 2024 », « 1er avril 2022 »."""
    return f"{'1er' if day.day == 1 else day.day} {MONTHS[day.month - 1]} {day.year}"


def _compile(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.VERBOSE)


_W = rf"(?:(?P<w>{_WEEKDAY})\s*,?\s*)?"
_SEPARATED = r"(?<![\w/.,-])"
_PATTERNS: tuple[tuple[re.Pattern[str], Callable[[_Finder, re.Match[str]], FoundDate | None]], ...] = (
    (_compile(_SEPARATED + r"(?P<y>20\d\d)-(?P<m>\d\d)-(?P<d>\d\d)(?![\w-])"), _Finder.iso),
    (
        _compile(
            rf"(?<!\w){_W}(?:(?:le|du|au|depuis\sle)\s+)?{_SEPARATED}(?P<d>\d{{1,2}})\s?(?P<sep>[/.-])\s?(?P<m>\d{{1,2}})\s?(?P=sep)\s?(?P<y>20\d\d|\d\d)(?![\w/]|[.-]\d)"
        ),
        _Finder.numeric,
    ),
    (
        _compile(rf"(?<!\w){_W}(?P<lead>le|du)\s+(?P<d>\d{{1,2}})[.-](?P<m>0\d|1[0-2])(?![\w/-]|[.,]\d)"),
        _Finder.bare_numeric,
    ),
    (
        _compile(rf"(?<![\w/.,-]){_W}(?:le\s+)?(?P<d>\d\d)\s(?P<m>0\d|1[0-2])\s(?P<y>20[12]\d)(?!\s?\d)"),
        _Finder.numeric,
    ),
    (
        _compile(
            rf"(?<![\w/.,-]){_W}(?P<lead>(?:le|du|au|date\s*:?|jour\s*:?)\s+)?(?<![/.,-])(?P<d>\d{{1,2}})\s?/\s?(?P<m>\d{{1,2}})(?![\w/]|[.,-]\d)"
            r"(?!\s*(?:h\b|heures?|d'h|d'\s?heures?|p\b|pers|person|partic|retrait|senior|jeune|enfant|ado|usage|eleve|dames?|agents?|demandeur|inscrits?|presents?|ans\b|mn\b|min|de\s))"
        ),
        _Finder.bare_numeric,
    ),
    (
        _compile(
            rf"(?<![\w/.,]){_W}(?:(?:le|du|au|des\s+le|depuis\s+le)\s+)?(?<![/.,])(?P<d>{_DAY})\s*(?:-\s*)?(?P<m>{_MONTH})\.?(?:\s*(?:-\s*)?(?P<y>{_YEAR}))?"
            + _PART
        ),
        _Finder.worded,
    ),
    (
        _compile(
            rf"(?<!\w)(?P<way>il\s+y\s+a|y\s?'?\s?a|i\s?l?\s?y\s?a|ya|ilya|dans|ds|d'ici)\s+(?P<n>{NUMBER})\s*(?P<unit>j(?:ours?|rs?)?|sem(?:aines?)?|s|mois|ans?|annees?)(?![a-z])"
        ),
        _Finder.ago,
    ),
    *(
        (_compile(rf"(?<!\w)(?:{words}){_PART}"), lambda finder, match, days=days: finder.relative(days)(match))
        for words, days in _RELATIVE
    ),
    (_compile(rf"(?<!\w)(?:{_TODAY})(?!\w)"), lambda finder, match: finder.relative(0)(match)),
    (
        _compile(
            rf"(?<!\w)(?:tous\s+)?(?:les|chaque)\s+{_WEEKDAY[:-1]}|(?:{'|'.join(_WEEKDAY_WORDS)})s(?![a-z]))|(?<!\w)(?:le\s+)?{_WEEKDAY}\s*(?:ou|/|-|a|et|au)\s*(?:le\s+)?{_WEEKDAY}"
        ),
        _Finder.vague,
    ),
    (
        _compile(
            rf"(?<!\w)(?:(?:le|ce|de|du|dès|la)\s+)?(?P<w>{_WEEKDAY})\s+(?:le\s+)?(?P<d>{_DAY}){_NOT_A_COUNT}(?!\w)"
            + _PART
        ),
        _Finder.day_alone,
    ),
    (
        _compile(
            rf"(?<!\w)(?P<week>(?:la\s+)?{_WEEK}\s+(?:{_LAST}|{_NEXT}))\s*,?\s*(?:le\s+)?(?P<way>(?!.))?(?P<w>{_WEEKDAY}){_PART}"
        ),
        _Finder.weekday,
    ),
    (
        _compile(
            rf"(?<!\w)(?:(?:le|ce|de|du|la)\s+)?(?P<w>{_WEEKDAY}){_PART}"
            rf"(?:\s+(?:(?:de\s+|d'|dans\s+)?(?P<week>(?:la|cette|l'avant[- ]derniere)\s+{_WEEK}(?:\s+(?:{_LAST}|{_NEXT}))?|{_WEEK}\s+(?:{_LAST}|{_NEXT}))(?![a-z])"
            rf"|(?P<way>{_LAST}|{_NEXT}|en\s+(?:huit|8|quinze|15))(?![a-z])))?{_PART}"
        ),
        _Finder.weekday,
    ),
    (
        _compile(rf"(?<!\w)(?P<w>(?!.))?(?:le|au|du)\s+(?P<d>{_DAY})(?!\w)(?!\s+{_MONTH}){_NOT_A_COUNT}" + _PART),
        _Finder.day_alone,
    ),
    (
        _compile(
            rf"(?<!\w)(?:(?:au\s+|en\s+|a\s+la\s+|vers\s+(?:la\s+)?)?(?:tout\s+)?(?:debut|fin|mi|milieu|courant)[\s-]+(?:du\s+mois\s+)?(?:de\s+|d'|du\s+)?"
            rf"(?:{_MONTH}|mois(?:\s+de\s+{_MONTH}|\s+(?:dernier|prochain|passe))?|(?:la\s+)?semaine(?:\s+(?:{_LAST}|{_NEXT}))?|d?e?\s?l?'?annee)(?:\s+20\d\d)?"
            rf"|(?:en|au\s+mois\s+de|au\s+mois\s+d'|mois\s+de|pour|depuis|courant)\s+(?!mar\b){_MONTH}(?:\s+20\d\d)?"
            rf"|(?:la|cette|dans\s+la|en\s+debut\s+de|en\s+fin\s+de|pendant\s+la|toute\s+la|l'autre)\s+{_WEEK}(?:\s+(?:{_LAST}|{_NEXT}))?(?![a-z])|{_WEEK}\s+(?:{_LAST}|{_NEXT})"
            rf"|(?:le|ce|au)\s+(?:mois|week[- ]?end|we)(?:[- ]ci|\s+(?:{_LAST}|{_NEXT}))?(?![a-z])"
            r"|l'autre\s+(?:jour|fois|matin|soir)|un\s+de\s+ces\s+(?:jours|quatre)|recemment|dernierement|ces\s+(?:derniers\s+)?jours(?:[- ]ci)?|bientot|prochainement"
            r"|il\s+y\s+a\s+(?:quelques|plusieurs|deux[- ]trois|2[- ]3|un\s+moment|longtemps|peu)(?:\s+(?:jours|semaines|mois))?|(?:d'ici|dans)\s+(?:quelques|plusieurs)\s+(?:jours|semaines|mois)"
            r"|(?:au|cet|l'|a\s+l'|ce)\s?(?:printemps|ete|automne|hiver)(?:\s+(?:dernier|prochain|20\d\d))?(?![a-z])|l'(?:an|annee)\s+(?:dernier|prochain|passe)e?)(?![a-z])"
        ),
        _Finder.vague,
    ),
)


def find_dates(text: str, today: date, prefer: Preference = "past") -> list[FoundDate]:
    """Every date of `text`, in order, without overlap; `today` is the day the text was written.

    « lundi » said on a Monday is that very day; « lundi dernier » is the Monday before. « le 31 » goes back (or forward)
    to the nearest month that has one. A weekday that contradicts its date is impossible.
    """
    return _Finder(text, today, prefer).run()
