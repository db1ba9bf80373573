"""Lengths of time as French people write them: « 1h30 », « trois quarts d'heure », « de 14h à 16h30 »."""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.dispositif.francais.nombres import NUMBER, number_value
from bot.dispositif.francais.texte import fold


@dataclass(frozen=True)
class FoundDuration:
    """A duration found at text[start:end].

    `minutes` is None when it is too vague; `problem` then says so in French, and `about` holds the minutes it is near,
    if any: good to offer, never to assume. `clock`: computed from two times of day.
    """

    start: int
    end: int
    minutes: int | None
    problem: str | None = None
    about: int | None = None
    clock: bool = False


_H = r"(?:heures?|heurs?|hrs?|h)"
_MIN = r"(?:minutes?|minuttes?|mins?|mns?)(?![a-z])|'(?!\w)"
_NUMBER = rf"(?:{NUMBER})"
_HALF = r"(?:demie?s?|1/2|½)"
_PEOPLE = (
    r"p(?![a-z])|pers|person|prsn|retrait|partic|senior|jeune|ado|enfant|gamin|usage|eleve|demandeur|de\b|sans|dames?|"
    r"messieurs|femme|homme|adulte|parent|chom|etudiant|salari|agent|habitant|beneficiaire|inscrit|present|stagiaire"
)
_AFTER = r"d[eu']|avec|sur|pour|par|a|au|aux|en|chez|le|la|les|l'|hier|avant|ce|cet|enfin|non|pardon|oups|atelier|indiv|individuel|chacune?|ici|seul|dans|il|elle|on|j'|je|c'"
_TAIL = rf"""(?:
    \s*(?:et\s+)?(?:{_HALF})(?![a-z/])
    |\s*(?:et\s+)?(?:un\s+|1\s*)?(?:quart|1/4|¼)(?![a-z])
    |\s*(?:et\s+)?(?:(?:trois|3)\s+quarts?|3/4|¾)(?![a-z])
    |(?P<minutes>[0-5]\d)(?!\d)(?!\s*(?:p(?![a-z])|pers|person|retrait|partic|senior))(?:\s*(?:{_MIN}))?
    |\s+(?:et\s+)?(?P<apart>[0-5]?\d)(?:\s*(?:{_MIN})|(?<=[05])(?<!\s\d)(?!\d)(?=\s*(?:$|[,;.)\n](?!\d)|(?:{_AFTER})(?!\w)|\d+\s*(?:{_PEOPLE}))))
    |\s+(?:et\s+)?(?P<spoken>(?:cinq|dix|quinze|vingt|vingt[- ]cinq|trente|trente[- ]cinq|quarante|quarante[- ]cinq|cinquante))
        (?![a-z])(?!\s+(?:{_PEOPLE}))(?:\s+(?:{_MIN}))?
)"""

_CLOCK = r"(?:(?:\d{1,2})\s*(?:h|heures?|:)\s*(?:[0-5]\d(?!\d))?|midi(?:\s+(?:et\s+)?(?:demie?|quart|trente|30))?)"
_RANGE = re.compile(
    rf"""(?<![\w/.:])
    (?P<lead>(?:de|entre|d')\s*)?
    (?P<from>{_CLOCK}|\d{{1,2}}(?=\s*(?:-|a|/|et)\s*\d{{1,2}}\s*h))
    (?:\s*(?:-|/|>|->|=>|→|a|jusqu'a|jusqu'|jusque|et|jusqua)\s*|(?<=h)\s+|(?<=h\d\d)\s+)
    (?P<to>{_CLOCK}(?!\w))""",
    re.VERBOSE,
)
_SPOKEN_RANGE = re.compile(
    rf"(?<!\w)(de|entre)\s+(?P<from>{_NUMBER}\s+heures?(?:\s+(?:et\s+demie?|et\s+quart|trente|quinze))?|midi)"
    rf"\s+(?:a|et|jusqu'a)\s+(?P<to>{_NUMBER}\s+heures?(?:\s+(?:et\s+demie?|et\s+quart|trente|quinze))?|midi)(?!\w)"
)
# « ce matin de 9 à 11 »: hours without their « h », when nothing else is counted.
_BARE_HOURS = re.compile(
    rf"(?<![\w/.:])de\s+(?P<from>[789]|1\d)\s+a\s+(?P<to>[89]|1\d|2[01])(?![\w/:.-])"
    rf"(?!\s*(?:{_PEOPLE}|ans|%|€|euros?|mails?|km|eme|h))"
)
_HOURS = re.compile(
    rf"(?<![\w/.,:])(?:(?P<decimal>\d{{1,2}}[.,]\d{{1,2}})|(?P<n>{_NUMBER}))\s*{_H}(?![a-z])(?!\s*/\s*24)(?P<tail>{_TAIL})?",
    re.VERBOSE,
)
_MINUTES = re.compile(rf"(?<![\w/.,:])(?P<n>{_NUMBER})\s*(?:{_MIN})")
_FRACTION = re.compile(
    r"(?<!\w)(?:(?:une?|1)\s*)?(?:(?P<half>demie?|1/2|½)[\s-]*(?:heures?|h)(?![a-z])"
    r"|(?P<three>(?:trois|3)\s*quarts?|3/4|¾)(?:\s*d[e']?\s*|\s*)(?:heures?|h)(?![a-z])"
    r"|(?P<quarter>quart|1/4|¼)(?:\s*d[e']?\s*|\s*)(?:heures?|h)(?![a-z]))"
)
_COLON = re.compile(r"(?<![\w/.,:])0?(?P<h>[0-7]):(?P<m>[0-5]\d)(?![\w:])")
_SMALL = rf"(?!\d{{3}}){_NUMBER}"
_VAGUE = re.compile(
    rf"""(?<!\w)(?:
    (?:toute?\s+(?:la|l')|la|l'|une|le|tout\s+l'|dans\s+la)\s*(?:demi[- ]?|grosse\s+|bonne\s+|petite\s+)*
        (?:journee|matinee|apres[- ]?midi\s+entiere?|soiree)(?!\w)(?:\s+entiere)?
    |tout(?:e)?\s+(?:l'|la\s+|le\s+)?(?:apres[- ]?midi|aprem|aprm|apm|matin|soir|jour)(?!\w)
    |(?:demi|1/2)[- ]journee|(?:une|la|2|deux)\s+demi[- ]journees?
    |(?:une?|deux|trois|\d)\s+(?:petite|bonne|grosse|grande|toute\s+petite|bon|petit|gros)s?\s+(?:heures?|quart\s+d'heure|demi[- ]?e?\s*-?heure|moment)
    |(?:une?|la)\s+(?:petite\s+|bonne\s+)?(?:dizaine|quinzaine|vingtaine|trentaine|quarantaine|cinquantaine)\s+de\s+(?:minutes|mn|min)
    |(?:quelques|plusieurs|pas\s+mal\s+de|des|de\s+longues)\s+(?:heures|minutes)
    |(?:une|1)\s*(?:heure|h)\s+ou\s+(?:deux|2)(?!\w)
    |{_SMALL}\s*(?:{_H})?\s*(?:a|ou|(?<=[\dhn ])[-/]|voire)\s*(?:{_NUMBER})\s*{_H}(?![a-z])(?:\s*\d\d(?!\d))?
    |{_SMALL}\s*(?:mn|min|minutes)?\s*(?:a|ou|(?<=[\dhn ])[-/]|voire)\s*(?:{_NUMBER})\s*(?:minutes?|mins?|mns?)(?![a-z])
    |entre\s+{_NUMBER}\s*(?:{_H}|mn|min|minutes)?\s*\d*\s*et\s+{_NUMBER}\s*(?:{_H}|mn|min|minutes)(?![a-z])
    |longtemps|un\s+(?:bon|long|petit)\s+moment)""",
    re.VERBOSE,
)
_ABOUT_BEFORE = re.compile(
    r"(?<![a-z])(?:environ|env\.?|a peu pres|peu pres|presque|pres d[e']|autour d[e']|dans les|quasi(?:ment)?|plus d[e']|moins d[e']|"
    r"au moins|au plus|~|grosso modo|jusqu'a|approximativement|petite?s?|bon(?:ne)?s?|gros(?:se)?s?|un peu plus d[e']|un peu moins d[e']|max|maximum|bien)\s*$"
)
_ABOUT_AFTER = re.compile(
    r"\s*(?:environ|env\b|a peu pres|peut[- ]etre|grosso modo|et quelques|et des poussieres|max\b|maximum|"
    r"ou plus|ou un peu plus|a peine|minimum|mini\b)"
)
# A moment or a distance, not a length: « à 14h », « il y a 2 heures », « à 20 min de route », « 24h/24 ».
_MOMENT_BEFORE = re.compile(
    r"(?<![a-z])(?:a|vers|des|depuis|jusqu'a|avant|apres|a partir de|il y a|y'?a|ya|sous|dans|toutes les|tous les|"
    r"en retard de|pause(?: de| d')?|route(?: de)?|preparation\s*:?(?: de| d')?|preparatoire|trajet\s*:?(?: de)?|attente(?: de)?|(?:debut|fin)\s*:?|retard de|des)\s*$"
)
_OTHER_AFTER = re.compile(
    r"\s*(?:d'|de\s+)?(?:route|trajet|marche|voiture|transport|deplacement|retard|attente|pause|preparation|prepa\b|"
    r"en voiture|a pied|en bus|en retard|en avance|apres|avant|plus tard|plus tot|par semaine|par mois|du mat|du soir|"
    r"/\s*(?:semaine|24))"
)
# « durée : 90 »
_LABELLED = re.compile(r"(?<![a-z])(?:duree|temps)\s*[:=]\s*(?P<n>\d{2,3})(?![\w:]|[.,/]\d|\s*(?:h|min|mn|'))")
# Words that make any number of hours a length, even « 9h ».
_LENGTH_BEFORE = re.compile(
    r"(?<![a-z])(?:pendant|durant|dure[e]?|duree\s*(?:totale)?\s*(?:de|d'|:|=)?|a dure|au total|total\s*:?|soit|passe|temps\s*:?)\s*(?:de\s*|d'\s*)?$"
)
_ATELIER_OF = re.compile(r"(?:d'une?|d[e']|d|l'|une?|sur|en|:|\(|,|;|-|\+|et|\n|^)\s*$")

_VAGUE_SENTENCE = "« {written} » est trop vague : donnez la durée, par exemple « 1h30 »."


def find_durations(text: str) -> list[FoundDuration]:
    """Every duration of `text`, in order, without overlap.

    A lone time of day (« à 14h », « 10h30 ») is not a duration; two of them are (« 14h-16h30 »: 150 minutes), and two
    ranges joined by « et » or « puis » add up. From 7 to 8 hours, « 8h » alone could be either and is left out.
    """
    folded = fold(text)
    found: list[FoundDuration] = []
    taken: list[tuple[int, int]] = []

    def free(start: int, end: int) -> bool:
        return all(end <= s or start >= e for s, e in taken)

    def add(start: int, end: int, minutes: int | None, clock: bool = False) -> None:
        if not free(start, end):
            return
        written = text[start:end].strip()
        before, after = _ABOUT_BEFORE.search(folded[:start]), _ABOUT_AFTER.match(folded[end:])
        if clock or minutes is None or not (before or after):
            problem = _VAGUE_SENTENCE.format(written=written) if minutes is None else None
            found.append(FoundDuration(start, end, minutes, problem, None, clock))
        else:
            start, end = (before.start() if before else start), (end + after.end() if after else end)
            written = text[start:end].strip()
            found.append(FoundDuration(start, end, None, _VAGUE_SENTENCE.format(written=written), minutes))
        taken.append((start, end))

    for match in [*_RANGE.finditer(folded), *_SPOKEN_RANGE.finditer(folded)]:
        minutes = _range_minutes(match["from"], match["to"], match.group(1) or "")
        if minutes is not None:
            add(match.start(), match.end(), minutes, clock=True)
    for match in _BARE_HOURS.finditer(folded):
        minutes = 60 * (int(match["to"]) - int(match["from"]))
        # « de 12 à 18 » is an age more often than an afternoon.
        if 0 < minutes <= 300 and (match["from"], match["to"]) != ("12", "18"):
            add(match.start(), match.end(), minutes, clock=True)
    for match in _FRACTION.finditer(folded):
        if not _is_other(folded, match.start(), match.end()):
            add(match.start(), match.end(), 30 if match["half"] else 45 if match["three"] else 15)
    for match in _VAGUE.finditer(folded):
        add(match.start(), match.end(), None)
    for match in _HOURS.finditer(folded):
        start, end = match.span()
        minutes = _hours_minutes(match)
        if minutes is not None and free(start, end):
            if _is_length(folded, start, end, minutes, bool(match["decimal"])):
                add(start, end, minutes)
            else:
                taken.append((start, end))
    for match in _MINUTES.finditer(folded):
        minutes = number_value(match["n"])
        if minutes is not None and not _is_other(folded, match.start(), match.end()):
            add(match.start(), match.end(), minutes)
    for match in _LABELLED.finditer(folded):
        add(match.start("n"), match.end("n"), int(match["n"]))
    for match in _COLON.finditer(folded):
        if _LENGTH_BEFORE.search(folded[: match.start()]):
            add(match.start(), match.end(), 60 * int(match["h"]) + int(match["m"]))
    return _add_up_ranges(sorted(found, key=lambda d: d.start), folded)


def _is_other(folded: str, start: int, end: int) -> bool:
    before = folded[max(0, start - 25) : start]
    return bool(_MOMENT_BEFORE.search(before) or _OTHER_AFTER.match(folded[end:])) and not _LENGTH_BEFORE.search(before)


def _is_length(folded: str, start: int, end: int, minutes: int, decimal: bool) -> bool:
    before = folded[max(0, start - 25) : start]
    if _LENGTH_BEFORE.search(before) or re.match(r"\s*(?:de\s+duree|d'affilee|en\s+tout|au\s+total)", folded[end:]):
        return True
    if _is_other(folded, start, end):
        return False
    return decimal or minutes < 7 * 60


def _hours_minutes(match: re.Match[str]) -> int | None:
    if match["decimal"]:
        return round(60 * float(match["decimal"].replace(",", ".")))
    hours = number_value(match["n"])
    if hours is None or hours > 99:
        return None
    return 60 * hours + _tail_minutes(match["tail"], match["minutes"] or match["apart"], match["spoken"])


def _tail_minutes(tail: str | None, digits: str | None, spoken: str | None) -> int:
    if not tail:
        return 0
    if digits:
        return int(digits)
    if spoken:
        return number_value(spoken) or 0
    if re.search(r"3|¾|trois", tail):
        return 45
    return 15 if re.search(r"quart|1/4|¼", tail) else 30


def _clock_minutes(written: str) -> int | None:
    """Minutes since midnight of « 14h30 », « 9 », « midi », « quatorze heures trente »; None past 24 h."""
    noon = written.startswith("midi")
    digits = re.match(r"(\d{1,2})\s*(?:h|heures?|:)?\s*(\d\d)?\s*$", written)
    if digits:
        hours, minutes = int(digits[1]), int(digits[2] or 0)
    else:
        hours = 12 if noon else number_value(re.split(r"\s+heure", written)[0]) or 99
        minutes = 30 if re.search(r"demi|trente|30", written) else 15 if re.search(r"quart|quinze", written) else 0
    return 60 * hours + minutes if hours <= 23 else None


def _range_minutes(first: str, second: str, lead: str) -> int | None:
    """Minutes from one time of day to the other; None when they are not surely times of day."""
    start, end = _clock_minutes(first.strip()), _clock_minutes(second.strip())
    if start is None or end is None or end <= start:
        return None
    # « 1h-2h » is a hesitation, « de 2h à 4h » an afternoon, « 9h-11h » a morning.
    if start < 7 * 60 and not (lead.startswith("de") and start >= 60 and end - start <= 240):
        return None
    return end - start


def _add_up_ranges(found: list[FoundDuration], folded: str) -> list[FoundDuration]:
    """« de 9h à 12h et de 14h à 17h » is one length of six hours."""
    merged: list[FoundDuration] = []
    for duration in found:
        last = merged[-1] if merged else None
        if last and last.clock and duration.clock and last.minutes and duration.minutes:
            between = folded[last.end : duration.start]
            if re.fullmatch(r"\s*(?:et|puis|,|\+|et puis|/|;)\s*", between):
                merged[-1] = FoundDuration(
                    last.start, duration.end, last.minutes + duration.minutes, None, None, clock=True
                )
                continue
        merged.append(duration)
    return merged
