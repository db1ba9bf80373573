"""How many postes a phrase speaks of, and which part of it is about which poste."""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.dispositif.francais.nombres import NUMBER, number_value
from bot.services.subvention.mentions import alternative_between, corrected_between, is_negated

_NAMES = (
    r"(?:postes?|post(?!\w)|conseill(?:er|ers|ere|eres)(?!\w)(?:\s+numeriques?)?(?!\s+(?:municipa|departementa|regiona|communauta|a\s+l|generau))|conums?|cnums?|cnfs|cn(?!\w)|"
    r"embauches?|recrutements?|recrues?)"
)
_COUNT = re.compile(
    rf"(?<![\w,./])(?<!\w-)(?P<sign>(?<=\s)-|^-|moins\s+)?(?P<n>(?:{NUMBER}))\s*(?:x\s*)?(?:nouveaux?\s+|autres?\s+|futurs?\s+|beaux\s+)?(?P<name>{_NAMES})"
)
_PEOPLE = re.compile(
    rf"(?<!\w)(?:recrut\w*|embauch\w*|pren\w+|engag\w*|accueill\w*)\s+(?:en\s+\w+\s+)?(?P<n>(?:{NUMBER}))\s+(?:personnes?|agents?|salariee?s?|gens|jeunes)(?!\w)"
)
_AGENTS = re.compile(rf"(?:^|[,;:(]\s*|(?<!\w)(?:pour|prend|recrute)\s+)(?P<n>(?:{NUMBER}))\s+agents?(?!\w)")
# « 2 postes, non 3 ».
_INSTEAD = re.compile(
    rf"(?:postes?|conseillers?|conums?|cnfs)[\s,.]*(?:non|euh|pardon|plutot|enfin|finalement|en\s+fait)[\s,]*(?:non\s+|plutot\s+)?(?P<n>(?:{NUMBER}))(?!\w)(?!\s*(?:mois|ans?|euros?|€|k\b|[/.]\d|janv|fev|mars|avr|mai|juin|juil|aout|sept|oct|nov|dec))"
)
_TIMES = re.compile(
    r"(?<!\w)(?:postes?|cdi|cdd|conseillers?)\s*(?:x|\*)\s*(\d{1,3})(?!\d)|(?<![\w.,])(\d{1,3})\s*x\s*(?:postes?|cdi|cdd)"
)
_ALONE = re.compile(
    rf"(?<!\w)(?:pour|en\s+(?:pren\w*|recrut\w*|embauch\w*|voudr\w*|veut|veux|a|avait|aurait|accueill\w*)|on\s+en\s+(?:a|prend)|passe\w*\s+a|(?:et|si)\s+(?:c'est|j'en|on\s+en)\s+\w+)\s+(?P<n>(?:{NUMBER}))(?=\s*(?:$|[?!.,;]|au\s+lieu|plutot|postes?))"
)
_VAGUE = re.compile(
    r"(?<!\w)(?:plusieurs|quelques|pls|des\s+dizaines\s+de|une\s+(?:dizaine|quinzaine|vingtaine|douzaine)\s+de|beaucoup\s+de)\s+(?:\w+\s+)?(?:postes?|conseillers?|conums?|cnfs|embauches?)"
)
_COUNT_RANGE = re.compile(
    rf"(?<![\w,./-])(?:\d+\s*-\s*\d+|(?:{NUMBER})\s+(?:ou|a|voire)\s+(?:{NUMBER}))\s*(?:postes?|conseillers?|conums?|cnfs)"
)
_ANOTHER = re.compile(r"(?<!\w)(?:un|une|1)\s+(?:second|deuxieme|2e|2eme|autre)\s+(?:poste|conseiller\w*|conum)")

_TYPED = re.compile(
    rf"(?<![\w,./-])(?P<n>(?:{NUMBER}))\s+(?:postes?\s+|conseillers?\s+|conums?\s+|personnes?\s+|embauches?\s+)?(?:(?:est|sont|sera|seront|serait)\s+)?(?:en\s+|de\s+|pec\s+en\s+)?(?P<c>c\.?d\.?i|c\.?d\.?d|titulaires?|fonctionnaires?|contrats?\s+de\s+projet)s?(?!\w)"
)
_MONTH = r"(?:janv|fevr|fev|mars|avr|mai|juin|juil|aout|sept|oct|nov|dec)"
_MARKER = re.compile(
    rf"""(?<!\w)(?:
      (?P<n1>pour\s+)?(?:(?:le|la|l'|mon|ma|notre|son)\s*|(?=\w+\s+(?:postes?|conseill|conum|cdi|cdd|agent|contrat|recrut|embauch|part(?!ie)|depart)))(?P<rank>premiere?|1\s?ers?|1\s?ere|seconde?|2\s?nde?|deuxieme|2\s?e(?:me)?|troisieme|3\s?e(?:me)?|quatrieme|4\s?e(?:me)?|derniere?)(?!\w)(?!\s+(?:{_MONTH}|tranche|versement|jour|convention|vague|du\s+mois|lundi|mardi|mercredi|jeudi|vendredi|trimestre|semestre|fois|annee|an\b))(?:\s+(?:postes?|conseiller\w*|conum|contrat))?
      |(?P<n2>pour\s+)?(?P<one>l'une?|l\s+une?)(?!\w)(?!\s+des\s+(?:deux|2)\s+agents)
      |(?P<n3>pour\s+)?(?P<other>les?\s+autres?|l'autre|l\s+autre|un\s+autre|une\s+autre|autre\s+poste)(?!\s+(?:jour|fois))
      |postes?\s*(?:n[°o]?\s*)?(?P<num>[1-9])(?!\d)(?=\s*[:=,(\s])
      |postes?\s+(?P<letter>[abc])(?=\s*(?::|=|,|\(|\s(?:en|part|depart|cdi|cdd|avec|du|au)(?!\w)))
      |(?P<many>(?:{NUMBER}))\s+(?:autres?(?!\w)\s*(?:conseill\w+\s+|postes?\s+)?|(?:autres?\s+)?(?:conseill\w+\s+|conums?\s+|agents?\s+)?(?=(?:qui\s+)?(?:partent|part\s|partira|partiront|est\s+parti|sont\s+partis|le\s+\d|au\s+\d|depart|fin\s+{_MONTH})))
    )""",
    re.VERBOSE,
)
_RANKS = {"premier": 0, "1": 0, "second": 1, "2": 1, "deuxieme": 1, "troisieme": 2, "3": 2, "quatrieme": 3, "4": 3}


@dataclass(frozen=True)
class Segment:
    """text[start:end] is about `count` postes, from the number `first` (0) on; `first` None: all the remaining ones."""

    start: int
    end: int
    first: int | None
    count: int


@dataclass(frozen=True)
class Count:
    """How many postes; None with a `problem` when it cannot be used, None alone when it is not said."""

    value: int | None = None
    problem: str | None = None


def find_count(folded: str, most: int) -> Count:
    """How many postes are spoken of."""
    if match := _VAGUE.search(folded) or _COUNT_RANGE.search(folded):
        return Count(problem=f"« {match.group().strip()} » est trop vague : donnez le nombre exact de postes.")
    values: list[tuple[int, int, int]] = []
    for pattern in (_COUNT, _PEOPLE, _AGENTS, _INSTEAD, _ALONE, _TIMES):
        for match in pattern.finditer(folded):
            problem = _wrong(match, folded, most)
            if problem == "ignored":
                continue
            if problem:
                return Count(problem=problem)
            values.append((match.start(), match.end(), _number(match)))
    typed = typed_counts(folded)
    if typed and not (len(typed) == 1 and typed[0][3] == 1):
        total = sum(item[3] for item in typed)
        if not any(value == total for *_, value in values):
            values.append((typed[0][0], typed[-1][1], total))
    values = [v for v in sorted(values) if not is_negated(folded, v[0]) or v[2] != 1]
    kept: list[tuple[int, int, int]] = []
    for value in values:
        while kept and corrected_between(folded, kept[-1][1], value[0]):
            kept.pop()
        kept.append(value)
    if not kept:
        return Count(2) if _ANOTHER.search(folded) else Count()
    several = [value for *_, value in kept if value > 1]
    return Count(max(several) if several else kept[-1][2])


def typed_counts(folded: str) -> list[tuple[int, int, str, int]]:
    """« deux CDI et un CDD »: (start, end, contract, count) of each, in order; empty when it is a choice or a correction."""
    found = []
    for match in _TYPED.finditer(folded):
        count = number_value(match["n"])
        if count and not is_negated(folded, match.start()) and not is_negated(folded, match.start("c")):
            found.append((match.start(), match.end(), match["c"].replace(".", ""), count))
    for first, second in zip(found, found[1:], strict=False):
        if alternative_between(folded, first[1], second[0]) or corrected_between(folded, first[1], second[0]):
            return []
    return found


def find_segments(folded: str, anchors: list[tuple[int, int]]) -> list[Segment]:
    """The parts of the text that are about one poste each; empty when nothing tells postes apart.

    `anchors` are the places of dates and sums: « le 4 avril pour le premier » puts the poste after what is said of it.
    """
    typed = typed_counts(folded)
    if len(typed) > 1:
        return _leading([(start, None, count) for start, _, _, count in typed], len(folded))
    markers = _markers(folded)
    if len(markers) < 2 and not (markers and markers[0]["other"]):
        single = [m for m in markers if m["rank"] or m["num"]]
        if len(single) != 1:
            return []
        markers = single
    # Only « un … un … » in pairs: « un CDI qui part le 4 » alone tells nothing apart.
    placed = [(match.start(), _rank(match, index), _many(match)) for index, match in enumerate(markers)]
    trailing = any(m["n1"] or m["n2"] or m["n3"] for m in markers) and any(e <= markers[0].start() for _, e in anchors)
    if trailing and not any(s >= markers[-1].end() for s, _ in anchors):
        # What comes before the first date or sum is about all the postes.
        opening = min(start for start, end in anchors if end <= markers[0].start())
        starts = [opening, *(m.end() for m in markers[:-1])]
        ends = [match.end() for match in markers]
        ranks = [index if rank is None else rank for index, (_, rank, _) in enumerate(placed)]
        return [Segment(start, end, rank, 1) for start, end, rank in zip(starts, ends, ranks)]
    return _leading(placed, len(folded))


def _markers(folded: str) -> list[re.Match[str]]:
    """What tells postes apart; « poste a » alone may be a verb, « deux partent » alone is a count."""
    markers = list(_MARKER.finditer(folded))
    if sum(match["letter"] is not None for match in markers) < 2:
        markers = [match for match in markers if not match["letter"]]
    one_by_one = any(match["rank"] or match["one"] or match["other"] or match["num"] for match in markers)
    if one_by_one:
        markers = [m for m in markers if not m["many"] or "autre" in m.group() or _many(m) == 1]
    return markers


def rank_spans(folded: str) -> list[tuple[int, int]]:
    """Where « le premier … le second » stand: postes, never days of the month."""
    markers = _markers(folded)
    return [match.span() for match in markers if match["rank"]] if len(markers) > 1 else []


def _leading(placed: list[tuple[int, int | None, int]], length: int) -> list[Segment]:
    # « … et une autre »: the first one is what comes before.
    segments, following = [], 1 if len(placed) == 1 and placed[0][1] is None else 0
    for index, (start, rank, count) in enumerate(placed):
        end = placed[index + 1][0] if index + 1 < len(placed) else length
        first = following if rank is None else rank
        segments.append(Segment(start, end, first if first >= 0 else None, count))
        following = max(following, (first if first >= 0 else following) + count)
    return segments


def _rank(match: re.Match[str], index: int) -> int | None:
    """The poste's number from 0; -1 for « les autres », None for the following one."""
    if match["letter"]:
        return "abc".index(match["letter"])
    if match["many"]:
        return None
    if match["num"]:
        return int(match["num"]) - 1
    if match["other"]:
        return -1 if match["other"].startswith("les") else None
    if match["rank"]:
        word = match["rank"]
        if word.startswith("dern"):
            return None
        return next((rank for start, rank in _RANKS.items() if word.startswith(start)), None)
    return None


def _many(match: re.Match[str]) -> int:
    return min(number_value(match["many"]) or 1, 100) if match["many"] else 1


def _number(match: re.Match[str]) -> int:
    written = match.groupdict().get("n") or next(g for g in match.groups() if g)
    return number_value(written) or 0


def _wrong(match: re.Match[str], folded: str, most: int) -> str | None:
    written = match.group().strip()
    value = _number(match)
    sign = match.groupdict().get("sign")
    if 1900 <= value <= 2100:
        # The year of a date that stands before.
        return "ignored"
    if sign:
        return f"« {written} » : donnez un nombre de postes positif."
    if value == 0:
        return f"« {written} » : il faut au moins un poste."
    if value > most:
        return f"« {written} » : ce nombre de postes n'est pas plausible. Vérifiez-le."
    name = match.groupdict().get("name") or ""
    if value > 1 or name:
        # « le conseiller 974 », a year or a department before « postes » is not a count.
        return None
    return "ignored" if value == 1 else None
