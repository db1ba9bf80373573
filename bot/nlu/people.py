"""Finds the names of people in a French text, with spaCy's named entities: those that no rule could list."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

MODEL = "fr_core_news_md"
# What entities need, and nothing else: 10 ms a message.
_UNUSED = ["parser", "morphologizer", "attribute_ruler", "lemmatizer", "tagger"]
MAX_CHARACTERS = 2000
_CAPITALISED = re.compile(r"\b[A-ZÀ-ÖØ-Þ][\w'’-]+")


@lru_cache(maxsize=1)
def _model() -> Any:
    import spacy

    return spacy.load(MODEL, exclude=_UNUSED)


def find_people(text: str) -> list[tuple[int, int]]:
    """(start, end) of each person named in `text`, in order. Loads the model at the first call, a few seconds.

    A name in small letters is only believed when several words make it: « pix » or « bonjour » alone name nobody.
    """
    found = []
    for entity in _model()(text[:MAX_CHARACTERS]).ents:
        if entity.label_ == "PER" and (len(entity) > 1 or _CAPITALISED.search(entity.text)):
            found.append((entity.start_char, entity.end_char))
    return found
