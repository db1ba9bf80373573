"""Cuts a message into the parts that may each ask something."""

from __future__ import annotations

import re

MIN_WORDS = 3
MAX_PARTS = 6

# « 1) … 2) … » too.
_SENTENCE = re.compile(r"(?<=[?!.;…])\s+|\n+|\s*(?:^|(?<=\s))[1-9][).°]\s+(?=\w)")
# « … ainsi que les dates de versement »: asks as much as what it follows.
_ADDED = re.compile(
    r"\s*,?\s+(?:ainsi que|et aussi|et également|mais aussi|et puis|plus)\s+(?=(?:les?|la|l'|mon|ma|mes|son|sa|ses|du|des)\b)",
    re.IGNORECASE,
)
# « … et combien de temps », « … ainsi que qui paie »: a second question joined to the first.
_JOINT = re.compile(
    r"\s*,?\s+(?:et|puis|ainsi que|mais aussi|et aussi|et puis|sinon|autre question|2e question|par ailleurs|d'autre part)\s+"
    r"(?=(?:est-ce|est ce|combien|quand|comment|où|qui|que|quel|quelle|quels|quelles|pourquoi|à quel|à quelle|de quel|"
    r"peut-on|puis-je|doit-on|dois-je|faut-il|y a-t-il|c'est quand|c'est quoi|si)\b)",
    re.IGNORECASE,
)
_ASKS = re.compile(
    r"\?|\b(est-ce|est ce|esk|combien|cb|quand|comment|cmt|où|qui|quoi|quel|quelle|quels|quelles|pourquoi|peut-on|puis-je|"
    r"doit-on|dois-je|faut-il|y a-t-il|savoir|connaître|c'est quoi|dites-moi|expliquez|pouvez-vous|pourriez-vous)\b",
    re.IGNORECASE,
)


def split_parts(text: str) -> list[str]:
    """The parts of `text` that ask something, when there are at least two parts; otherwise an empty list."""
    numbered = len(re.findall(r"(?:^|\s)[1-9][).°]\s", text)) >= 2
    asking: list[str] = []
    count = 0
    for sentence in _SENTENCE.split(text):
        for joint in _JOINT.split(sentence or ""):
            first, *added = (part.strip(" ,") for part in _ADDED.split(joint))
            count += bool(first) + len(added)
            if not first or not (numbered or _asks(first)):
                continue
            asking += [first, *(part for part in added if part)]
    return asking[:MAX_PARTS] if count >= 2 else []


def _asks(part: str) -> bool:
    return bool(_ASKS.search(part)) and (len(part.split()) >= MIN_WORDS or "?" in part)
