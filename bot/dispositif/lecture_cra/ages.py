"""Ages as they are said: « 78 ans », « de 35 à 60 ans », « + de 60 ans », « ados ». Never deduced from a status."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from bot.dispositif.francais.nombres import NUMBER, number_value
from bot.dispositif.nomenclature_cra import Nomenclature


@dataclass(frozen=True)
class AgeMention:
    """An age found at [start:end]; `band` is None when it straddles two. `count` is None when not said; `every`: « tous »."""

    start: int
    end: int
    band: str | None
    count: int | None
    every: bool = False
    # An age in years, not an interval.
    exact: bool = False
    # A noun that counts people too: « 6 ados ».
    noun: bool = False


_N = r"\d{1,3}"
_ANS = r"\s*(?:ans?|a(?![a-z])|anee?s)(?![a-z])"
_RANGE = re.compile(
    rf"(?:(?:entre|de|d')\s*)?(?<![\d.,/h-])(?P<lo>{_N})(?:\s*ans?)?\s*(?:-|/|a|et|→)\s*(?P<hi>{_N}){_ANS}"
)
# The bands of the official form, said without « ans ».
_BARE_RANGE = re.compile(
    r"(?:(?:entre|de)\s*)?(?<![\d.,/h-])(?P<lo>12|18|35)\s*(?:-|/|a|et)\s*(?P<hi>18|35|60)(?![\w/-]|[.,]\d|\s*(?:h|min|mn|p\b|pers|partic|retrait|€|euros|ans|/))"
)
_TWO = re.compile(rf"(?<!entre )(?<![\d.,/h-])(?P<one>{_N})(?:\s*ans)?\s+et\s+(?:de\s+)?(?P<two>{_N}){_ANS}")
_LABELLED = re.compile(
    r"(?<![a-z])ages?\s*[:=]\s*(?P<n>\d{1,3})(?!\s*(?:-|a|/|et|\+|p)\s*\w)(?![\d.,/]\d|\s*(?:pers|de\s))"
)
_OVER = re.compile(
    rf"(?:(?:plus\s+de|\+\s*de|\+|>|au\s+moins|pls\s+de)\s*(?P<a>\d{{2,3}})(?:{_ANS}|(?!\s*(?:\d|[a-z]))(?<=60))|(?<!\d)(?P<b>\d{{2,3}})(?:{_ANS})?\s*(?:et\s*(?:\+|plus)|ou\s*(?:\+|plus)|\+)(?:\s*ans)?(?!\w))"
)
_UNDER = re.compile(rf"(?:moins\s+de|(?<!\d)(?<!\d\s)-\s*de|(?<![\d\w])-|<)\s*(?P<a>\d{{1,2}}){_ANS}")
_SINGLE = re.compile(
    rf"(?<![\w.,/-])(?P<n>{NUMBER})\s*ans?(?![a-z])(?!\s*(?:d'exp|d'anc|de\s+cot|apres|plus\s+tard|de\s+metier|de\s+service|d'utilis))"
)
_NOT_AN_AGE = re.compile(
    r"(?:depuis|il y a|pendant|dans|ca fait|y a|vieux de|vieille de|date de|tous les|durant|apres|pour|sous)\s*(?:plus de\s*|environ\s*)?$|"
    r"(?:ordi\w*|pc|tablette|telephone|smartphone|portable|machine|appareil|compte)\s+(?:(?:a|de|qui a|avait)\s*)?$"
)
_RELATIVE_BEFORE = re.compile(
    r"(?:sa|son|ses|leurs?|ma|mon|mes|d'un|deux|trois)\s+(?:petits?[- ])?(?:fille|fils|enfants?|mere|pere|mari|femme|soeur|frere|ados?|gamine?s?|bebe)s?\s*(?:,?\s*(?:qui\s+a|ages?|agees?)?\s*(?:de|d')?\s*)$"
)
# Decades that fit in one band of the nomenclature; « trentenaire » (30 to 39) does not.
_WORDS = (
    (re.compile(r"(?<![a-z])(?:sexagenaire|septuagenaire|octogenaire|nonagenaire|centenaire)s?(?![a-z])"), (60, 110)),
    (re.compile(r"(?<![a-z])(?:quadragenaire|quadra|quinquagenaire|quinqua)s?(?![a-z])"), (40, 59)),
    (re.compile(r"(?<![a-z])(?:ado|adolescent|adolescente)s?(?![a-z])"), (12, 17)),
)
_ALL = re.compile(
    r"(?:tous|toutes|tout\s+le\s+monde)\s*(?:(?:ont|avaient|ayant|ages|agees|a|avait|etaient|sont)\s+)*(?:de\s+|d'|avec\s+|,\s*)?$|(?:tous|toutes)\s+(?:\w+\s+){1,2}(?:et\s+)?(?:tous\s+|toutes\s+)?(?:ages\s+|agees\s+)?(?:de\s+)?$"
)
_COUNT_BEFORE = re.compile(
    rf"(?<![\w.,/-])(?P<n>{NUMBER})\s*(?P<noun>[a-z][a-z'.-]*\s+){{0,2}}(?:(?:agee?s?|ages|ont|ayant|a|avait)\s+)?(?:de\s+|d'|:\s*|x\s*|en\s+)?(?:entre\s+)?$|(?<![\w.,/-])(?P<p>\d+)\s*p\s*(?:de\s+)?$"
)
_COUNT_AFTER = re.compile(r"\s*[:=x]\s*(?P<n>\d{1,3})(?!\s*(?:h\b|h\d|ans|min|mn|[/-]))")


def find_ages(folded: str, nomenclature: Nomenclature) -> list[AgeMention]:
    """Every age, in order, without overlap."""
    found: list[AgeMention] = []
    for start, end, low, high in _spans(folded):
        if any(start < mention.end and end > mention.start for mention in found):
            continue
        before = folded[:start]
        if _RELATIVE_BEFORE.search(before) or _NOT_AN_AGE.search(before):
            continue
        every = bool(_ALL.search(before))
        both = _TWO.fullmatch(folded[start:end])
        if both and not every and not _COUNT_BEFORE.search(before):
            bands = [_band(int(both[g]), int(both[g]), nomenclature) for g in ("one", "two")]
            found.append(AgeMention(start, both.end("one") + start, bands[0], 1))
            found.append(AgeMention(both.end("one") + start, end, bands[1], 1))
            continue
        count = None
        counted = _COUNT_BEFORE.search(before)
        if counted and not every:
            count = number_value(counted["n"] or counted["p"])
        after = _COUNT_AFTER.match(folded[end:])
        if after and count is None:
            count = int(after["n"])
        found.append(
            AgeMention(
                start,
                end,
                _band(low, high, nomenclature),
                count,
                every,
                low == high,
                noun=folded[start:end].isalpha(),
            )
        )
    return sorted(found, key=lambda mention: mention.start)


def _spans(folded: str) -> Iterator[tuple[int, int, int, int]]:
    """Start, end, youngest, oldest."""
    for match in _RANGE.finditer(folded):
        yield *match.span(), int(match["lo"]), int(match["hi"])
    for match in _BARE_RANGE.finditer(folded):
        if (match["lo"], match["hi"]) in (("12", "18"), ("18", "35"), ("35", "60")):
            yield *match.span(), int(match["lo"]), int(match["hi"])
    for match in _LABELLED.finditer(folded):
        yield *match.span("n"), int(match["n"]), int(match["n"])
    for match in _OVER.finditer(folded):
        yield *match.span(), int(match["a"] or match["b"]), 200
    for match in _UNDER.finditer(folded):
        yield *match.span(), 0, int(match["a"])
    for match in _SINGLE.finditer(folded):
        age = number_value(match["n"])
        if age is not None and 3 <= age <= 115:
            yield *match.span(), age, age
    for pattern, (low, high) in _WORDS:
        for match in pattern.finditer(folded):
            yield *match.span(), low, high


def _band(low: int, high: int, nomenclature: Nomenclature) -> str | None:
    """The band that holds the whole interval; the upper bound of a label (« 12 à 18 ») belongs to it when said so."""
    for band in nomenclature.ages.values():
        top = 200 if band.oldest >= 100 else band.oldest + (1 if high > low else 0)
        if band.youngest <= low and high <= top:
            return band.code
    return None
