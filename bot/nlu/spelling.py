"""Puts one-letter slips right: « la subvension » is read as « la subvention »."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from rapidfuzz import process
from rapidfuzz.distance import OSA

from bot.nlu.normalisation import strip_accents

_WORD = re.compile(r"[^\W\d_]+", re.UNICODE)
MIN_LETTERS = 5
# From this length on, two slips in a word still leave no doubt.
TWO_SLIPS_FROM = 13
# A word seen less often may itself be a slip; a word seen more often is worth correcting towards.
KNOWN_FROM = 2
TARGET_FROM = 15


class Spelling:
    """The words people use with us, and those among them that a slip may hide."""

    def __init__(self, known: Iterable[str], targets: Mapping[str, str]) -> None:
        self._known = frozenset(known)
        # Without accents → as it is written.
        self._targets = dict(targets)
        self._forms = list(self._targets)

    @classmethod
    def learn(cls, texts: Iterable[str], questions: Iterable[str]) -> Spelling:
        """`texts`: everything that is read, out of scope included; `questions`: what corrections may lead to."""
        seen = Counter(form for text in texts for form in (_flat(word) for word in _WORD.findall(text)))
        written: dict[str, Counter[str]] = {}
        for text in questions:
            for word in _WORD.findall(text.lower()):
                written.setdefault(_flat(word), Counter())[word] += 1
        targets = {
            form: spellings.most_common(1)[0][0]
            for form, spellings in written.items()
            if len(form) >= MIN_LETTERS and sum(spellings.values()) >= TARGET_FROM
        }
        return cls((form for form, count in seen.items() if count >= KNOWN_FROM), targets)

    def correct(self, text: str) -> str:
        return _WORD.sub(self._replace, text)

    def to_json(self) -> dict[str, Any]:
        return {"known": sorted(self._known), "targets": self._targets}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Spelling:
        return cls(data["known"], data["targets"])

    def _replace(self, match: re.Match[str]) -> str:
        word = match.group()
        form = _flat(word)
        if len(form) < MIN_LETTERS or form in self._known or form in self._targets:
            return word
        slips = 2 if len(form) >= TWO_SLIPS_FROM else 1
        found = process.extractOne(form, self._forms, scorer=OSA.distance, score_cutoff=slips)
        return self._targets[found[0]] if found else word


def _flat(word: str) -> str:
    return strip_accents(word.lower())
