"""The contract of a poste: which one, for how long, at what working time."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from bot.dispositif.francais.dates import FoundDate
from bot.dispositif.francais.nombres import NUMBER, number_value
from bot.dispositif.subvention import Contrat, add_months
from bot.reference.subvention_mots import Mots
from bot.services.subvention.mentions import (
    Mention,
    alternative_between,
    corrected_between,
    find_terms,
    is_negated,
    settle,
)

_NOT_AN_AGENT = re.compile(r"^\s*(?:d'un|d'une|du|de\s+la(?!\s+fonction)|de\s+l'|d'un\s+bac|du\s+compte|de\s+poste)")
_TERM = re.compile(
    rf"(?<![\w/.,-])(?P<sign>-|moins\s+)?\s*(?P<n>(?:{NUMBER}))\s*(?P<unit>mois|moi(?!s)|ans?|annees?|m|semaines?|jours?|heures?)(?![a-z])(?P<half>\s+et\s+demie?)?"
)
_TERM_RANGE = re.compile(
    rf"(?<![\w/.,-])(?:\d+\s*(?:mois|ans?)?\s*[-/]\s*\d+|(?:{NUMBER})\s*(?:mois|ans?)?\s+(?:a|ou)\s+(?:{NUMBER}))\s*(?:mois|ans?)(?![a-z])"
)
_NOT_A_TERM = re.compile(
    r"(?<!\w)(?:dans|ds|depuis|il\s+y\s+a|y\s+a|apres|avant|d'ici|bout\s+d[e']|convention\w*|formation|pendant\s+la|anciennete|chaque|"
    r"tous\s+les|renouvel\w+|agee?s?|aide|pec|cui|cie|versee?s?|tranche|a|ages?|sera|euros?|€|pendant)\W*(?:de\s+|d'|sur\s+|pour\s+|:\s*|est\s+de\s+|dure\s+)?$"
)
_CONTRACT = re.compile(
    r"(?<!\w)(?:c\.?d\.?d|contrat|determine\w*|duree|embauch\w*|recrut\w*|engag\w*|pris\w*|signe\w*)"
)
_FOLLOWED = re.compile(r"^\s*(?:de\s+|en\s+)?(?:cdd|contrat)(?!\w)|^\s*en\s+c\.?d\.?d")
_IMPLIED_CDD = re.compile(rf"(?<!\w)contrat\s+(?:de|d'|sur)\s*(?:{NUMBER})\s*(?:mois|ans?|annees?)(?![a-z])")
_FROM_TO = re.compile(r"(?:au|jusqu'au|jusqu'|a|->|-)")


@dataclass(frozen=True)
class FoundTerm:
    """A length of contract in months; None with a `problem` when it cannot be used."""

    start: int
    end: int
    months: int | None
    problem: str | None = None


def find_contracts(folded: str, mots: Mots) -> tuple[list[Mention], bool, list[tuple[int, int]]]:
    """Contracts that hold, True when two remain possible for one poste, and places that say « public » only."""
    found = [
        m
        for m in find_terms(folded, mots.contrats)
        if not (m.group == Contrat.TITULAIRE.value and _NOT_AN_AGENT.match(folded[m.end :]))
    ]
    found += [
        Mention(m.start(), m.end(), Contrat.CDD.value, "contrat de N mois")
        for m in _IMPLIED_CDD.finditer(folded)
        if not any(m.start() < other.end and other.start < m.end() for other in found)
    ]
    held = settle(sorted(found, key=lambda m: m.start), folded, lambda a, b: a.group == b.group)
    either = any(
        a.group != b.group and alternative_between(folded, a.end, b.start) for a, b in zip(held, held[1:], strict=False)
    )
    publics = [match.span() for match in mots.contrats_publics.finditer(folded)]
    return held, either, publics


def find_terms_of_contract(folded: str, longest: int) -> list[FoundTerm]:
    """Lengths said of a contract, in months: « CDD de 18 mois », « un an et demi »; absurd ones with a problem."""
    found = [
        FoundTerm(
            m.start(), m.end(), None, f"« {m.group().strip()} » laisse le choix : donnez une seule durée, en mois."
        )
        for m in _TERM_RANGE.finditer(folded)
        if _is_term(folded, m.start(), m.end())
    ]
    for match in _TERM.finditer(folded):
        if any(term.start <= match.start() < term.end for term in found):
            continue
        if _is_term(folded, match.start(), match.end()):
            found.append(_term(match, longest))
    kept: list[FoundTerm] = []
    for term in sorted(found, key=lambda t: t.start):
        while kept and corrected_between(folded, kept[-1].end, term.start):
            kept.pop()
        kept.append(term)
    return [term for term in kept if not is_negated(folded, term.start)]


def _is_term(folded: str, start: int, end: int) -> bool:
    before = folded[max(0, start - 45) : start]
    clause = re.split(r"[.;!?\n]", before)[-1]
    if _FOLLOWED.match(folded[end:]):
        return True
    if _NOT_A_TERM.search(before):
        return False
    cues = [m.end() for m in _CONTRACT.finditer(clause)]
    blockers = [m.end() for m in re.finditer(r"(?<!\w)(?:formation|depart|part|convention|aide|pec|cui)(?!\w)", clause)]
    return bool(cues) and max(cues) > max(blockers, default=-1)


def _term(match: re.Match[str], longest: int) -> FoundTerm:
    written = match.group().strip()
    value, unit = number_value(match["n"]), match["unit"]
    start, end = match.span()
    if value is None:
        return FoundTerm(start, end, None, f"« {written} » n'est pas une durée que je comprends : donnez-la en mois.")
    if match["sign"] and match["sign"].strip():
        return FoundTerm(
            start, end, None, f"« {written} » est une durée négative : donnez la durée du contrat en mois."
        )
    if unit.startswith(("s", "j", "h")):
        return FoundTerm(start, end, None, f"« {written} » est trop court pour ce contrat : donnez sa durée en mois.")
    months = value * 12 if unit.startswith("a") else value
    if match["half"] and unit.startswith("a"):
        months += 6
    if not 1 <= months <= longest:
        return FoundTerm(
            start,
            end,
            None,
            f"« {written} » n'est pas une durée de contrat plausible : donnez-la en mois, par exemple « 18 mois ».",
        )
    return FoundTerm(start, end, months)


def term_between(folded: str, dates: Sequence[FoundDate]) -> tuple[FoundTerm, tuple[FoundDate, FoundDate]] | None:
    """« CDD du 1er mars 2022 au 31 août 2023 »: eighteen months, and the two dates it is made of."""
    for first, second in zip(dates, dates[1:], strict=False):
        if first.value is None or second.value is None or first.value >= second.value:
            continue
        gap = folded[first.end : second.start].strip()
        if not _FROM_TO.fullmatch(gap) and not (gap == "" and folded[second.start :].startswith(("au ", "jusqu"))):
            continue
        opening = folded[max(0, first.start - 3) : first.start + 3]
        if not re.search(r"(?<!\w)d[ue](?!\w)", opening):
            continue
        before = folded[max(0, first.start - 40) : first.start]
        if not re.search(r"(?<!\w)(?:c\.?d\.?d|contrat|embauch\w*|recrut\w*|engag\w*)", before):
            continue
        return FoundTerm(first.start, second.end, _months_between(first.value, second.value)), (first, second)
    return None


def _months_between(first: date, last: date) -> int:
    """The fewest whole months from `first` that reach the day after `last`."""
    months = 1
    while add_months(first, months).toordinal() - 1 < last.toordinal() and months < 1200:
        months += 1
    return months


_PART_TIME = re.compile(
    r"(?<!\w)(?:mi[\s-]?temps|my\s?temps|temps\s+partiels?|tps\s+partiels?|demi[\s-]postes?|demi[\s-]temps|tiers[\s-]temps|quart[\s-]temps|"
    r"trois[\s-]quarts?[\s-]temps|temps\s+incomplet|temps\s+non\s+complet|moitie\s+du\s+temps|partiellement|une\s+demi[\s-]journee\s+par)(?!\w)"
    r"|(?<![\w,.])0\s?[.,]\s?\d{1,2}\s*(?:etp|temps|poste)|(?<![\w/])(?:1/2|½|3/4|1/3)\s*(?:etp|poste|temps)"
    r"|(?<!\w)[1-4]\s+(?:jours?|j)\s*(?:par|/|sur)\s*(?:semaine|sem|5)|(?<!\w)(?:un|deux|trois|quatre)\s+jours?\s+par\s+semaine"
)
_PERCENT = re.compile(
    r"(?<![\w,.])([1-9]\d)\s*(?:%|pour\s?cents?|pourcents?)(?!\s*(?:du\s+smic|du\s+salaire|d'aide|de\s+l'aide|du\s+smic|smic|d'un\s+smic|de\s+prise|de\s+la\s+sub|a\s+|au\s+|des?\s+frais|le\s+))"
)
_PERCENT_OF_TIME = re.compile(
    r"(?:temps|poste|quotite|etp|cdi|cdd|travail\w*|a|contrat|titulaire|agent|en)\s*(?:de\s+|a\s+|:\s*|\()?$"
)
_WEEKLY = re.compile(
    rf"(?<![\w,.:])((?:{NUMBER}))\s*(?:h|heures?|hrs?)(?:\d\d)?\s*(?:(?:par|/|la|chaque)\s*(?:semaines?|sem\b)|hebdo\w*|/s\b|semaine)"
)
_WEEKLY_CONTRACT = re.compile(r"(?:cdi|cdd|contrat|pec|poste)\s+(?:de\s+|a\s+)?(\d\d)\s?h(?:eures?)?(?!\w)")
_FULL_TIME = re.compile(
    r"(?<!\w)(?:temps\s+(?:plein|complet)|tps\s+(?:plein|complet)|plein\s+temps|100\s*%|35\s?h|39\s?h)"
)
_ADMITTED = re.compile(r"(?<!\w)(?:conge\s+parental|therapeutique|mandat\s+(?:electoral|d'elu|local)|elue?\s+local\w*)")


def find_part_time(folded: str, full_week: int) -> tuple[bool | None, bool]:
    """(part-time? None when not said, an exception that the rules admit?)."""
    said: bool | None = None
    for match in _PART_TIME.finditer(folded):
        if is_negated(folded, match.start()):
            said = said or False
        else:
            said = True
    for match in _PERCENT.finditer(folded):
        before = folded[: match.start()]
        if _PERCENT_OF_TIME.search(before) and not re.search(
            r"(?:aide|smic|pec|tranche|cui|charge)\s*(?:de|a)?\s*$", before
        ):
            said = True
    for pattern in (_WEEKLY, _WEEKLY_CONTRACT):
        for match in pattern.finditer(folded):
            hours = number_value(match.group(1))
            if hours is not None and 0 < hours < full_week:
                said = True
    if said is None and _FULL_TIME.search(folded):
        said = False
    return said, bool(_ADMITTED.search(folded))
