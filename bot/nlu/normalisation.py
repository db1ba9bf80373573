"""French as people type it, brought closer to French as it is written: abbreviations, SMS, stray characters."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from bot.reference.yaml_files import read_yaml

ABBREVIATIONS = Path(__file__).resolve().parents[1] / "reference" / "abreviations.yaml"

_EMOJI = re.compile("[\U0001f000-\U0001faff\u2600-\u27bf\ufe0f\u200d\u200b-\u200f\u202a-\u202e\u2066-\u2069]")
_REPEATED = re.compile(r"([^\W\d_])\1{2,}", re.IGNORECASE)
_MANY_MARKS = re.compile(r"([!?.,;:…-])[!?.,;:…\s-]*")
_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)?", re.UNICODE)


@dataclass(frozen=True)
class Abbreviations:
    """Word (or pair of words), lower case and without accent → what it stands for."""

    words: dict[str, str]
    upper: dict[str, str]

    @classmethod
    @lru_cache(maxsize=2)
    def load(cls, path: Path = ABBREVIATIONS) -> Abbreviations:
        content = read_yaml(path)
        words = {
            strip_accents(key.lower()): text for group in ("sms", "sigles") for key, text in content[group].items()
        }
        return cls(words, dict(content["majuscules"]))

    def expand(self, text: str) -> str:
        def replace(match: re.Match[str]) -> str:
            word = match.group()
            if word in self.upper:
                return self.upper[word]
            return self.words.get(strip_accents(word.lower()), word)

        return _WORD.sub(replace, text)


def strip_accents(text: str) -> str:
    flat = unicodedata.normalize("NFKD", text)
    return "".join(character for character in flat if not unicodedata.combining(character))


def clean(text: str, abbreviations: Abbreviations) -> str:
    """For the sentence encoders: readable French, abbreviations spelt out, no emoji, no shouting."""
    text = unicodedata.normalize("NFC", text).replace("’", "'").replace("\u00a0", " ")
    text = _EMOJI.sub(" ", text)
    text = _REPEATED.sub(r"\1\1", text)
    letters = [character for character in text if character.isalpha()]
    if len(letters) > 12 and sum(character.isupper() for character in letters) > 0.8 * len(letters):
        text = text.lower()
    text = abbreviations.expand(text)
    return " ".join(text.split())


def flatten(text: str) -> str:
    """For character n-grams: lower case, no accent, words separated by one space."""
    text = strip_accents(text.lower()).replace("'", " ")
    return " ".join(re.findall(r"[a-z0-9€%@]+", text))
