"""Cuts a message into the parts that may each ask something."""

from __future__ import annotations

import re

MIN_WORDS = 3
MAX_PARTS = 6

_SENTENCE = re.compile(r"(?<=[?!.;…])\s+|\n+")
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
    parts = [joint.strip(" ,") for sentence in _SENTENCE.split(text) for joint in _JOINT.split(sentence)]
    parts = [part for part in parts if part]
    if len(parts) < 2:
        return []
    asking = [part for part in parts if _ASKS.search(part) and (len(part.split()) >= MIN_WORDS or "?" in part)]
    return asking[:MAX_PARTS]
