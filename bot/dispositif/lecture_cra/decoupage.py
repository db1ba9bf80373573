"""Several accompaniments in one message: where one stops and the next begins."""

from __future__ import annotations

import re
from collections.abc import Callable

_WEAK_ANCHOR = (
    r"rdv|rendez[- ]vous|visites?|accompagnements?|depannages?|permanences?|seances?|sessions?|visio|entretien|assistance|intervention|aide|acc\.|"
    r"domicile|dom|at\.?(?=\s)|recu|aide|demande"
)
_ANCHOR = re.compile(
    r"(?<![a-z'-])(?P<strong>at+el+i\w{1,5}|atel\.?|collecti(?:f|ve)s?|individuel\w*|indiv\w*|ponctuel\w*|ponct\.?)(?![a-z])"
    rf"|(?<![a-z-])(?P<weak>{_WEAK_ANCHOR})(?![a-z])"
)
_SEPARATOR = re.compile(
    r"(?P<list>\n+\s*(?:[-*•–]|\d{1,2}\s?[).])?\s*|(?:^|\s)(?:[-*•–]|\d\s?[).]|\d\s?/(?!\d))\s+(?=\S)|;|(?<!\d)\.(?=\s)|(?<=\d)\.\s(?=\D)|[!?]\s|\s\+\s|\s/\s)"
    r"|(?P<word>(?<!\w)(?:et\s+puis|puis|ensuite|apres\s+ca|et\s+ensuite|et\s+aussi|ainsi\s+que|plus|suivi\s+d|et|enfin)(?!\w))"
    r"|(?P<comma>,)"
)
_DEFINITE = re.compile(
    r"(?:\bl'|\bcet\s+|\bcette\s+|\bl\s+|\bde\s+l'|\bdu\s+|\bmon\s+|\bnotre\s+|\bson\s+|\bqu'en\s+|\ben\s+)$"
)

Weigh = Callable[[str], frozenset[str]]
"""Says what a piece of text holds: « duree », « public », « themes », « date »."""


def split(text: str, folded: str, weigh: Weigh) -> list[tuple[int, int]]:
    """The pieces of `text`, one an accompaniment, in order; a single piece most of the time.

    `folded` is the same text folded, where follow-ups are blanked. Two pieces are kept apart only if each describes an
    accompaniment of its own: a duration, people or a theme, at least two of them.
    """
    anchors = _anchors(folded)
    if len(anchors) < 2:
        return [(0, len(text))]
    pieces: list[tuple[int, int]] = []
    start = 0
    for (_, end, _), (after, _, strong) in zip(anchors, anchors[1:], strict=False):
        cut = _cut(folded, end, after)
        if cut is None or cut <= start:
            continue
        following = next((a for a, _, _ in anchors if a > after), None)
        stop = len(folded)
        if following is not None:
            later = _cut(folded, after + 1, following)
            stop = later if later is not None and later > after else stop
        left, right = weigh(text[start:cut]), weigh(text[cut:stop])
        whole_right = weigh(text[cut:])
        described = frozenset({"duree", "public", "themes"})
        if len(left & described) < 2 or len(whole_right & described) < 2:
            continue
        if not (left & right & described) or (not strong and len(right & described) < 2):
            continue
        if _DEFINITE.search(folded[:after]) and not ("duree" in left and "duree" in right):
            continue
        pieces.append((start, cut))
        start = cut
    pieces.append((start, len(text)))
    return pieces


def header_end(folded: str) -> int:
    """Where the first accompaniment begins: what comes before is said for all of them."""
    anchors = _anchors(folded)
    return anchors[0][0] if anchors else 0


def _anchors(folded: str) -> list[tuple[int, int, bool]]:
    """Words that name an accompaniment: start, end, strong. Those of one phrase (« rdv individuel ») are one."""
    anchors: list[tuple[int, int, bool]] = []
    for match in _ANCHOR.finditer(folded):
        strong = match["strong"] is not None
        if anchors:
            start, end, was = anchors[-1]
            gap = folded[end : match.start()]
            if len(gap) <= 22 and not re.search(r"[;\n+]|,\s|\.\s|\bet\b|\bpuis\b|\bensuite\b|\d", gap):
                anchors[-1] = (start, match.end(), was or strong)
                continue
        anchors.append((match.start(), match.end(), strong))
    return anchors


def _cut(folded: str, end: int, after: int) -> int | None:
    """The place between two accompaniments, if the words between them leave one."""
    separators = list(_SEPARATOR.finditer(folded, end, after + 1))
    separators = [s for s in separators if s.start() >= end and s.start() < after]
    if not separators:
        return None
    lists = [s for s in separators if s["list"]]
    # A list item starts with its dash; in running text the last connector before the next one is the border.
    chosen = lists[-1] if lists else separators[-1]
    if not lists and separators[-1]["comma"] is None:
        before = [s for s in separators if s["word"] and s.start() >= after - 45]
        chosen = (
            before[0]
            if before and re.fullmatch(r"[\w\s',-]*", folded[before[0].end() : after]) and len(before) == 1
            else separators[-1]
        )
    return chosen.start()
