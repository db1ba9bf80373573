"""Text made easy to search, letter for letter: what is found keeps its place in the original."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

_SAME = {"’": "'", "‘": "'", "´": "'", "`": "'", "ʼ": "'", "–": "-", "—": "-", "‑": "-", "−": "-", "‐": "-"}


@lru_cache(maxsize=4096)
def _fold_character(character: str) -> str:
    if character in _SAME:
        return _SAME[character]
    if character.isspace():
        return character if character == "\n" else " "
    base = unicodedata.normalize("NFD", character)[0]
    lowered = base.lower()
    return lowered if len(lowered) == 1 else base


def fold(text: str) -> str:
    """`text` in lower case, without accents, with plain spaces, hyphens and apostrophes; always of the same length.

    Text from outside goes through `normalise` first: « é » typed as « e » and a separate accent would not be found.
    """
    return "".join(map(_fold_character, text))


def normalise(text: str) -> str:
    """The NFC form, which `fold` expects: « é » is one character."""
    return unicodedata.normalize("NFC", text)
