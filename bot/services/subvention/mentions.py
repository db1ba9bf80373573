"""What a phrase names (structure, contract, territory…), once negations and corrections are taken into account."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from bot.reference.subvention_mots import Term

CORRECTION = re.compile(
    r"(?<!\w)(?:non(?!\s+(?:lucratif|marchand|precis|connu|profit|pas|renouvel|titulaire))|nan|pardon|plutot(?!\s+qu)|en\s+fait|enfin|finalement|"
    r"je\s+v(?:eux|oulais)\s+dire|correction|oups|erreur|je\s+me\s+(?:suis\s+)?tromp\w+|euh|autant\s+pour\s+moi|"
    r"au\s+temps\s+pour\s+moi|rectif\w*|pas\s+ca|mais\s+non|ah\s+non)(?!\w)"
)
_NEGATION = re.compile(
    r"(?<!\w)(?:pas|ni|sauf|hors|sans|plutot\s+qu[e']?|au\s+lieu\s+(?:de|d'|du)?|a\s+la\s+place\s+(?:de|d'|du)?|et\s+non(?:\s+pas)?|"
    r"non\s+pas|pas\s+question\s+d[e']|n'est\s+pas|aucune?|jamais)\s*"
    r"(?:(?:un|une|en|de|d|du|le|la|l|des|au|plus|encore|vraiment|sur|dans|dit|d'un|d'une|contrat|autre)[\s']+)*$"
)


@dataclass(frozen=True)
class Mention:
    """`group` is the value of the rule; `kind` what the person called it; the higher the `weight`, the surer."""

    start: int
    end: int
    group: str
    kind: str
    weight: int = 0


def find_terms(folded: str, terms: Iterable[Term]) -> list[Mention]:
    """Every term found, in order; of two that overlap the longest stays."""
    found = [
        Mention(match.start(), match.end(), term.group, term.kind)
        for term in terms
        for match in term.pattern.finditer(folded)
    ]
    kept: list[Mention] = []
    for mention in sorted(found, key=lambda m: (m.start - m.end, m.start)):
        if all(mention.end <= other.start or mention.start >= other.end for other in kept):
            kept.append(mention)
    return sorted(kept, key=lambda m: m.start)


def is_negated(folded: str, start: int) -> bool:
    """« pas un CDD », « plutôt qu'un CDD », « sans PEC »."""
    return bool(_NEGATION.search(folded[max(0, start - 50) : start]))


def corrected_between(folded: str, end: int, start: int) -> bool:
    """A « non », « pardon », « plutôt »… stands between the two places."""
    return bool(CORRECTION.search(folded[end:start]))


def alternative_between(folded: str, end: int, start: int) -> bool:
    """« CDI ou CDD »."""
    between = folded[end:start]
    if len(between) >= 30:
        return False
    # « entre CDI et CDD », « CDI ou CDD », « CDI/CDD ».
    hesitates = re.search(r"(?<!\w)(?:entre|hesit\w*)\s+(?:\w+\s+){0,3}[^\s]*\s*$", folded[max(0, end - 25) : end])
    return bool(re.search(r"(?<!\w)(?:ou|soit)(?!\w)|/", between)) or bool(
        hesitates and re.search(r"(?<!\w)et(?!\w)", between)
    )


def settle(mentions: Sequence[Mention], folded: str, same: Callable[[Mention, Mention], bool]) -> list[Mention]:
    """The mentions that hold: not negated, nor corrected by a later one of another value."""
    positive = [m for m in mentions if not is_negated(folded, m.start)]
    kept: list[Mention] = []
    for mention in positive:
        while kept and not same(kept[-1], mention) and corrected_between(folded, kept[-1].end, mention.start):
            kept.pop()
        kept.append(mention)
    return kept
