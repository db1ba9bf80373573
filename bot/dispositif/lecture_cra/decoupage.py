"""Several accompaniments in one message: where one stops and the next begins."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from bot.dispositif.francais.nombres import number_value

_WEAK_ANCHOR = (
    r"rdv|rendez[- ]vous|visites?|accompagnements?|depannages?|permanences?|seances?|sessions?|visio|entretien|assistance|intervention|aide|acc\.|"
    r"(?:par|au)\s+tel(?:ephone)?|chez\s+(?:une?|mme|m\.|mr|monsieur|madame)|domicile|dom|at\.?(?=\s)|recu|aide|demande"
)
_ANCHOR = re.compile(
    r"(?<![a-z'-])(?P<strong>at+el+i\w{1,5}|atel\.?|collecti(?:f|ve)s?|individuel\w*|indiv\w*|ponctuel\w*|ponct\.?)(?![a-z])"
    rf"|(?<![a-z-])(?P<weak>{_WEAK_ANCHOR})(?![a-z])"
)
_SEPARATOR = re.compile(
    r"(?P<list>\n+\s*(?:[-*•–]|\d{1,2}\s?[).])?\s*|(?:^|\s)(?:[-*•–]|\d\s?[).]|\d\s?/(?!\d))\s+(?=\S)|;|(?<!\d)\.(?=\s)|(?<=\d)\.\s(?=\D)|[!?]\s|\s\+\s|\s/\s)"
    r"|(?P<word>(?<!\w)(?:et\s+puis|puis|ensuite|apres\s+ca|et\s+ensuite|et\s+aussi|ainsi\s+que|plus|suivi\s+d|et|enfin|l'apres[- ]?midi|l'aprem|l'aprm|le\s+soir|aprem)(?!\w))"
    r"|(?P<comma>,)"
)
# « …, l'après-midi », « puis »: another moment, so another accompaniment as soon as it has a length.
_LATER = re.compile(
    r"[\W\s]*(?:et\s+)?(?:puis|ensuite|(?:l')?apres[- ]?midi|(?:l')?aprem|le\s+soir|cet\s+aprem|apres\s+ca)(?![a-z])"
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
        if "date" in left and "date" in right:
            described |= {"date"}
        later = _LATER.match(folded[cut:]) and "duree" in left and "duree" in right
        if not later and (len(left & described) < 2 or len(whole_right & described) < 2):
            continue
        if not (left & right & described) or (not strong and not later and len(right & described) < 2):
            continue
        if _DEFINITE.search(folded[:after]) and not ("duree" in left and "duree" in right):
            continue
        pieces.append((start, cut))
        start = cut
    pieces.append((start, len(text)))
    return pieces


_SEVERAL = re.compile(
    r"(?<![\w])(?P<n>deux|trois|quatre|cinq|[2-5])\s+(?P<what>(?:demandes?|accompagnements?|rdv|rendez[- ]vous|aides?|depannages?|personnes|usagers|ateliers|individuels?|ponctuels?|gens)"
    r"(?:\s+(?:individuels|individuelles|ponctuels|ponctuelles|en\s+individuel))?)(?![a-z])"
)
_NEXT_ITEM = re.compile(r"[,;\n]|\.(?=\s)|(?<!\w)(?:et|puis)(?!\w)")
_ITEM_START = re.compile(r"[\s,;.-]*(?:et\s+|puis\s+)?(?:une?|l'une?|l'autre|le|la|1|2|3|puis)(?![a-z])")


def split_enumeration(text: str, folded: str, durations: Sequence[tuple[int, int]]) -> list[str] | None:
    """« deux rdv hier : une dame 1h pour Ameli, un monsieur 45 min pour ses mails »: one text a person, else None.

    Each text repeats what comes before the list. There must be as many durations as people announced.
    """
    announced = _SEVERAL.search(folded)
    if not announced:
        return None
    count = number_value(announced["n"]) or 0
    colon = re.search(r"[:(]|,\s*(?=(?:une?|l'une?)(?![a-z]))", folded[announced.end() :])
    if not colon:
        return None
    start = announced.end() + colon.end()
    inside = [span for span in durations if span[0] >= start]
    if len(inside) != count or len(inside) != len(durations):
        return None
    cuts = [start]
    for before, after in zip(inside, inside[1:], strict=False):
        separators = list(_NEXT_ITEM.finditer(folded, before[1], after[0]))
        if not separators:
            return None
        level = [s for s in separators if folded.count("(", start, s.start()) == folded.count(")", start, s.start())]
        starting = [s for s in level if _ITEM_START.match(folded[s.start() :])]
        chosen = (starting or level or separators)[0]
        cuts.append(chosen.start())
    cuts.append(len(text))
    person = re.match(r"personnes|usagers|gens", announced["what"])
    head = text[: announced.start()] + ("une personne" if person else text[announced.start("what") : announced.end()])
    head += text[announced.end() : start].rstrip(":( ") + " "
    return [head + text[a:b].lstrip(" ,;") for a, b in zip(cuts, cuts[1:], strict=False)]


def header_end(folded: str) -> int:
    """Where the first accompaniment begins: what comes before is said for all of them."""
    anchors = _anchors(folded)
    return anchors[0][0] if anchors else 0


def _anchors(folded: str) -> list[tuple[int, int, bool]]:
    """Words that name an accompaniment: start, end, strong. Those of one phrase (« rdv individuel ») are one."""
    anchors: list[tuple[int, int, bool]] = []
    for match in _ANCHOR.finditer(folded):
        if match["weak"] and folded.count("(", 0, match.start()) > folded.count(")", 0, match.start()):
            continue
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
