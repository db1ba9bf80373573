"""The departure for training: which of the dates of a phrase it is, and when."""

from __future__ import annotations

import calendar
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from bot.dispositif.francais.dates import FoundDate, Preference, find_dates, spoken
from bot.dispositif.francais.texte import fold
from bot.services.subvention.mentions import corrected_between

_MONTHS = (
    "janv", "fev", "mars", "avr", "mai", "juin", "juil", "aout", "sept", "oct", "nov", "dec",
)  # fmt: skip
_END_OF_MONTH = re.compile(
    r"(?<!\w)(?:a\s+la\s+|la\s+|en\s+|pour\s+(?:la\s+)?|vers\s+(?:la\s+)?)?(?:toute\s+)?fin\s+(?:du\s+mois\s+)?(?:de\s+|d'|du\s+mois\s+d[e']\s*)?"
    r"(?P<m>janv\w*|fev\w*|mars|avr\w*|mai|juin|juil\w*|aout|sept\w*|oct\w*|nov\w*|dec\w*)\.?(?![a-z])(?:\s+(?P<y>20\d\d|'?\d\d(?!\d|\s*(?:postes?|€|k|mois))))?"
)
_LAST_DAY = re.compile(
    r"(?<!\w)(?:le\s+)?dernier\s+jour\s+(?:du\s+mois\s+)?(?:de\s+|d')?"
    r"(?P<m>janv\w*|fev\w*|mars|avr\w*|mai|juin|juil\w*|aout|sept\w*|oct\w*|nov\w*|dec\w*)\.?(?![a-z])(?:\s+(?P<y>20\d\d|'?\d\d(?!\d)))?"
)
_SAID_BY_SPACES = re.compile(
    r"(?<![\w/.,-])(?P<d>[0-3]?\d)\s+(?P<m>0?[1-9]|1[0-2])\s+(?P<y>20[12]\d|[12]\d)(?![\w/.,€-]|\s*(?:€|euros?|k\b|postes?))"
)

_WITH_YEAR_IN_WORDS = re.compile(
    r"(?<![\w/.,-])(?P<day>(?P<numeric>\d{1,2}\s?[/.]\s?\d{1,2})|(?:\d{1,2}|1\s?er)\s+(?:janv\w*|fev\w*|mars|avr\w*|mai|juin|juil\w*|aout|sept\w*|oct\w*|nov\w*|dec\w*))"
    r"\s+(?:de\s+)?(?P<year>cette\s+annee|l'an(?:nee)?\s+(?:prochaine?|derniere?|passee?)|l'annee\s+en\s+cours)"
)
_DEPART = re.compile(
    r"(?<!\w)(?:departs?|depar|part(?:ir|ira|iront|ent|ie?s?|ant)?|formations?|form|forma|session|entree\s+en\s+form\w*|rentree?\s+en\s+form\w*|"
    r"debute\s+la\s+form\w*|stage|cours|s'en\s+va|s'envole|rejoint)(?!\w)"
)
_OTHER = re.compile(
    r"(?<!\w)(?:embauch\w*|recrut\w*|signe\w*|signature|signer\w*|convention\w*|depos\w*|depot|dossier|prise?\s+de\s+poste|prend\w*\s+(?:son|le)\s+poste|"
    r"arrive\w*|debut\s+(?:du|de)\s+contrat|commence\s+(?:son|le)\s+contrat|contrat\s+(?:commence|debute|demarre|prend|a\s+partir|a\s+compter)|"
    r"fin\s+(?:de\s+(?:la\s+)?formation|du\s+contrat|de\s+contrat|du\s+cdd)|(?:retour|revient|rentre|sort\w*|termin\w*|fini\w*|acheve\w*)\s+(?:de\s+)?(?:la\s+|sa\s+)?formation|jusqu'a?u?|certification|examen|reunion|webinaire|attribu\w*|"
    r"selection\w*|entretien|instruction|instruit\w*|revient|retour|naissance|nee?|conseil\s+municipal|deliber\w*|conseil\s+d'administration|ca\s+du|"
    r"decision|valid\w*|a\s+(?:partir|compter)(?:\s+d[ue])?|contrat[^,;.]{0,12}\s(?:commenc\w*|debut\w*|demarr\w*)|pren\w+\s+(?:qqn|quelqu'un|une?\s+\w+)|pix|positionnement|(?:cdi|cdd)\s+(?:qui\s+)?(?:demarr\w*|commenc\w*|debut\w*|prend\w*\s+effet)|en\s+poste|au\s+poste|prise\s+de\s+fonctions?|entree\s+en\s+fonctions?|demission\w*|renouvel\w*|versement|verse\w*|tranche|touche\w*)(?!\w)"
)
_NOT_DEPART_WORDS = re.compile(
    r"(?<!\w)(?:partir|partie\s+de|a\s+partir|depart\s+(?:a\s+la\s+)?(?:retraite|volontaire)|form(?:e|es)\s+juridique)(?!\w)"
)
_AT_WORK = re.compile(r"(?<!\w)(?:commenc\w*|demarr\w*|debut\w*|rentre\w*|entre\w*|entree|rentree)(?!\w)")
_PAST = re.compile(
    r"(?<!\w)(?:est|sont|etait|etaient|a|ont|avait|c'etait)\s+(?:deja\s+)?(?:parti\w*|commence\w*|demarre\w*|debute\w*|entre\w*|rentre\w*|ete\s+en\s+form\w*)|(?<!\w)partie?s?\s+(?:en\s+form\w*\s+)?(?:le|depuis|au|lundi|mardi|mercredi|jeudi|vendredi|fin|en\s+form)(?!\w)(?<!depart\s)|(?<!\w)(?:etait|dernier|derniere|passee?)(?!\w)"
)
_FROM_TO = re.compile(r"\s*(?:au|jusqu'au|jusqu'|a|->|-)?\s*")
_TODAY_WORDS = re.compile(
    r"^(?:aujourd|auj|ce\s+(?:matin|soir|jour|midi)|hier|tout\s+a|tt\s+a|a\s+l'instant|ajd|bientot|recemment|cet\s)"
)
_BOUNDARY = re.compile(r"[.;!?\n]")


@dataclass(frozen=True)
class Depart:
    """A departure at text[start:end]. `value` None with `problem`: impossible, vague, or out of the scheme's life."""

    start: int
    end: int
    value: date | None
    problem: str | None = None
    note: str | None = None
    # Words around say that it is the departure; without them the date is only likely to be.
    sure: bool = True


@dataclass(frozen=True)
class Dates:
    """What the dates of a phrase are: departures, and others (signature, hiring…) that the calculation ignores."""

    departs: tuple[Depart, ...]
    others: tuple[FoundDate, ...]


def find_departures(
    text: str, today: date, opening: date, asked: bool = False, ignore: Sequence[FoundDate] = ()
) -> Dates:
    """The departures of `text`, corrections applied. With `asked`, the question was the departure: any date is one."""
    folded = fold(text)
    found = [d for d in all_dates(text, today) if not any(d.start < o.end and o.start < d.end for o in ignore)]
    spans = [(d.start, d.end) for d in found]
    departures, others = [], list(ignore)
    for index, item in enumerate(found):
        role = _role(folded, spans, index)
        if index and _is_end_of(folded, found[index - 1], item):
            # « du 3 octobre au 20 janvier »: the end of the training.
            others.append(item)
            continue
        if role == "other" and not asked:
            others.append(item)
        elif role == "none" and not asked and (_TODAY_WORDS.match(_bare(folded, item)) or item.value is None):
            continue
        else:
            departures.append(_departure(text, item, today, opening, sure=role == "depart" or asked))
    kept: list[Depart] = []
    for departure in departures:
        while kept and corrected_between(folded, kept[-1].end, departure.start):
            kept.pop()
        kept.append(departure)
    if any(departure.sure for departure in kept):
        kept = [departure for departure in kept if departure.sure or _joined(folded, kept, departure)]
    return Dates(tuple(kept), tuple(others))


def _is_end_of(folded: str, first: FoundDate, second: FoundDate) -> bool:
    begins = folded[first.start : first.end].startswith(("du", "de")) or folded[
        max(0, first.start - 4) : first.start
    ].rstrip().endswith(("du", "de"))
    ends = folded[second.start :].startswith(("au ", "jusqu")) or folded[first.end : second.start].strip() in (
        "au",
        "jusqu'au",
        "jusqu'",
    )
    return begins and ends and bool(_FROM_TO.fullmatch(folded[first.end : second.start]))


def all_dates(text: str, today: date) -> list[FoundDate]:
    """Every date, « fin août » (its last day) and « 4 04 22 » (dictation) included."""
    folded = fold(text)
    prefer: Preference = "past" if _PAST.search(folded) else "future"
    special: list[FoundDate] = []
    for pattern in (_LAST_DAY, _END_OF_MONTH):
        for match in pattern.finditer(folded):
            if not any(match.start() < d.end and d.start < match.end() for d in special):
                special.append(_end_of_month(match, today, prefer))
    for match in _WITH_YEAR_IN_WORDS.finditer(folded):
        special += _year_in_words(text, match, today)
    for match in _SAID_BY_SPACES.finditer(folded):
        value = _make(match["d"], match["m"], match["y"])
        if value and not any(match.start() < d.end and d.start < match.end() for d in special):
            special.append(FoundDate(match.start(), match.end(), value, written_year=True))
    masked = list(text)
    for d in special:
        masked[d.start : d.end] = "_" * (d.end - d.start)
    found = sorted([*special, *find_dates("".join(masked), today, prefer)], key=lambda d: d.start)
    return [_in_the_same_month(folded, found, index) for index in range(len(found))]


def _in_the_same_month(folded: str, found: Sequence[FoundDate], index: int) -> FoundDate:
    """« contrat le 1er mars, départ le 14 »: the 14th is of March, not of the current month."""
    item, before = found[index], [d for d in found[:index] if d.value]
    if (
        not before
        or item.value is None
        or not re.fullmatch(r"(?:le|au|du)\s+\d{1,2}(?:\s?er)?\s*", folded[item.start : item.end])
    ):
        return item
    anchor = before[-1].value
    day = item.value.day
    shifted = [
        _day_in(anchor.year, anchor.month, day),
        _day_in(*divmod(anchor.year * 12 + anchor.month, 12), day, zero_based=True),
    ]
    later = [value for value in shifted if value and value > anchor]
    return replace(item, value=later[0], written_year=before[-1].written_year) if later else item


def _day_in(year: int, month: int, day: int, zero_based: bool = False) -> date | None:
    try:
        return date(year, month + zero_based, day)
    except ValueError:
        return None


def _year_in_words(text: str, match: re.Match[str], today: date) -> list[FoundDate]:
    """« 4 avril de l'année prochaine », « 04/04 de cette année »."""
    words = match["year"]
    year = today.year + (1 if "prochain" in words else -1 if re.search("derni|passe", words) else 0)
    separator = "/" if match["numeric"] else " "
    (found, *_) = find_dates(text[match.start("day") : match.end("day")] + f"{separator}{year}", today) or [None]
    return [replace(found, start=match.start(), end=match.end())] if found else []


def _make(day: str, month: str, year: str) -> date | None:
    number = int(year.strip("'"))
    try:
        return date(number if number > 99 else 2000 + number, int(month), int(day))
    except ValueError:
        return None


def _end_of_month(match: re.Match[str], today: date, prefer: Preference) -> FoundDate:
    month = next(i for i, start in enumerate(_MONTHS, 1) if match["m"].startswith(start))
    if match["y"]:
        year = int(match["y"].strip("'"))
        year = year if year > 99 else 2000 + year
    else:
        year = today.year
        last = date(year, month, calendar.monthrange(year, month)[1])
        if prefer == "future" and last < today:
            year += 1
        elif prefer == "past" and last > today:
            year -= 1
    value = date(year, month, calendar.monthrange(year, month)[1])
    return FoundDate(match.start(), match.end(), value, written_year=bool(match["y"]))


def _bare(folded: str, item: FoundDate) -> str:
    return folded[item.start : item.end].strip()


def _role(folded: str, spans: Sequence[tuple[int, int]], index: int) -> str:
    """ "depart", "other" or "none": by the nearest words before the date in its sentence, else by those after it."""
    start, end = spans[index]
    before = folded[max(spans[index - 1][1] if index else 0, start - 80) : start]
    before = _BOUNDARY.split(before)[-1]
    # « les 4 et 11 avril », « le 4 avril ou le 11 »: the second date is what the first one is.
    if index and re.fullmatch(
        r"\s*(?:et|ou|puis|,|/|-|et\s+puis|et\s+le|ou\s+le|non|euh|pardon|enfin|plutot|\s)*\s*", before
    ):
        return _role(folded, spans, index - 1)
    if re.search(r"(?<!\w)fin(?:\s+prevue)?\s*:?\s*$", before):
        return "other"
    found = _nearest(before)
    if found:
        return found
    limit = spans[index + 1][0] if index + 1 < len(spans) else len(folded)
    after = _BOUNDARY.split(folded[end : min(limit, end + 45)])[0]
    if index + 1 < len(spans):
        # « le 3 mars et formation le 14 mars »: the word is that of the next date.
        after = re.split(r"[,;]|(?<!\w)(?:et|puis|mais)(?!\w)", after)[0]
    return _first(after) or "none"


def _cues(text: str) -> list[tuple[int, int, str]]:
    text = _NOT_DEPART_WORDS.sub(lambda m: "a partir" if m.group().startswith("a p") else "x" * len(m.group()), text)
    cues = [(m.start(), m.end(), "other") for m in _OTHER.finditer(text)]
    for match in _DEPART.finditer(text):
        if not any(start <= match.start() < end for start, end, _ in cues):
            cues.append((match.start(), match.end(), "depart"))
    return sorted(cues)


def _nearest(before: str) -> str | None:
    cues = _cues(before)
    if not cues:
        return None
    kind = cues[-1][2]
    # « formation … à partir du 4 avril »: a departure all the same.
    if (
        kind == "other"
        and re.fullmatch(r"a\s+(?:partir|compter)(?:\s+d[ue])?", before[cues[-1][0] : cues[-1][1]].strip())
        and len(cues) > 1
    ):
        return cues[-2][2]
    return kind


def _first(after: str) -> str | None:
    cues = _cues(after)
    return cues[0][2] if cues else None


def _joined(folded: str, departures: Sequence[Depart], unsure: Depart) -> bool:
    """« départs le 4 avril et le 5 mai »: the second date has no cue of its own."""
    for other in departures:
        between = folded[other.end : unsure.start]
        if other.sure and unsure.start >= other.end and len(between) < 120:
            if re.search(r"(?<!\w)(?:autres?|seconde?|deuxieme|troisieme|2e|2eme|3e|poste\s*\d|une?)(?!\w)", between):
                return True
            if len(between) < 25 and re.search(r"(?<!\w)(?:et|puis)(?!\w)|,", between):
                return True
    return False


def _departure(text: str, item: FoundDate, today: date, opening: date, sure: bool) -> Depart:
    written = text[item.start : item.end].strip()
    if item.value is None:
        return Depart(item.start, item.end, None, item.problem, sure=sure)
    if item.value < opening:
        problem = f"« {written} » est avant l'ouverture du dispositif ({spoken(opening)}) : vérifiez la date de départ en formation."
        return Depart(item.start, item.end, None, problem, sure=sure)
    if item.value.year > today.year + 3:
        problem = f"« {written} » est trop lointain : vérifiez la date de départ en formation."
        return Depart(item.start, item.end, None, problem, sure=sure)
    note = None
    if _END_OF_MONTH.match(fold(written)):
        note = f"« {written} » : j'ai compté le dernier jour du mois, le {spoken(item.value)}. Donnez le jour exact s'il est autre."
    elif not item.written_year and re.search(r"\d|premier|[a-z]{4,}", fold(written)) and _needs_year(written):
        note = f"Année non précisée : j'ai compris le {spoken(item.value)}."
    return Depart(item.start, item.end, item.value, note=note, sure=sure)


def _needs_year(written: str) -> bool:
    return bool(
        re.search(r"janv|fev|mars|avr|mai|juin|juil|aout|sept|oct|nov|dec|\d\s?/\s?\d|\d", fold(written))
    ) and not re.search(r"(?:dans|ds)\s", fold(written))
