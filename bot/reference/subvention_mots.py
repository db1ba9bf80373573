"""The words in which people name a structure, a contract, a territory: patterns on folded text, and known words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from bot.dispositif.francais.texte import fold
from bot.reference.yaml_files import read_yaml

PATH = Path(__file__).with_name("subvention_mots.yaml")
PLACES = Path(__file__).with_name("lieux.yaml")

_PLACE_BEFORE = r"(?:(?<=\ba\s)|(?<=\bde\s)|(?<=\bd')|(?<=\bdu\s)|(?<=\bdes\s)|(?<=\bsur\s)|(?<=\ben\s)|(?<=\bdans\s)|(?<=\ben\s)|(?<=\bdans\s)|(?<=\bau\s)|(?<=\baux\s)|(?<=mairie\s)|(?<=ville\s)|(?<=commune\s)|(?<=ccas\s)|(?<=asso\s)|(?<=\bvers\s)|(?<=\bl')|(?<=\bla\s)|(?<=\ble\s)|(?<=\bles\s)|(?<=\()|(?<=,\s)|^)"


@dataclass(frozen=True)
class Term:
    """A kind of thing that a pattern finds: `group` is the rule's value, `kind` what to call it."""

    group: str
    kind: str
    pattern: re.Pattern[str]


@dataclass(frozen=True)
class Mots:
    structures: tuple[Term, ...]
    contrats: tuple[Term, ...]
    contrats_publics: re.Pattern[str]
    contrats_aides: tuple[Term, ...]
    territoires: tuple[Term, ...]
    lieux_ambigus: re.Pattern[str]
    # Single words of six letters or more, for correcting typos.
    known_words: frozenset[str]


@lru_cache(maxsize=1)
def load_mots() -> Mots:
    content, places = read_yaml(PATH), read_yaml(PLACES)
    structures = tuple(
        Term(group, kind, _pattern(words))
        for group, kinds in content["structures"].items()
        for kind, words in kinds.items()
    )
    territories = [Term(code, code, _pattern(words)) for code, words in content["territoires"].items()]
    territories += [Term(code, code, _pattern(words)) for code, words in places["communes"].items()]
    territories += [Term(code, code, _pattern(words, _PLACE_BEFORE)) for code, words in places["mots_courants"].items()]
    metropolitan = [
        *places["metropole"]["departements"],
        *places["metropole"]["regions"],
        *places["metropole"]["villes"],
    ]
    territories.append(Term("metropole", "lieu", _pattern(metropolitan, _PLACE_BEFORE)))
    return Mots(
        structures=structures,
        contrats=tuple(Term(group, group, _pattern(words)) for group, words in content["contrats"].items()),
        contrats_publics=_pattern(content["contrats_publics"]),
        contrats_aides=tuple(Term(group, group, _pattern(words)) for group, words in content["contrats_aides"].items()),
        territoires=tuple(territories),
        lieux_ambigus=_pattern(places["ambigus"], _PLACE_BEFORE),
        known_words=frozenset(_words(_all_phrases(content), 6)),
    )


def _all_phrases(content: Mapping) -> Iterable[str]:
    for kinds in content["structures"].values():
        for words in kinds.values():
            yield from words
    for section in ("contrats", "contrats_aides", "territoires"):
        for words in content[section].values():
            yield from words
    yield from content["contrats_publics"]


def _words(phrases: Iterable[str], shortest: int) -> Iterable[str]:
    return {word for phrase in phrases for word in fold(str(phrase)).split() if len(word) >= shortest}


def _pattern(phrases: Iterable[str], before: str = "") -> re.Pattern[str]:
    """Whole words, longest phrase first; a space also matches a hyphen or an apostrophe, « saint » also « st »."""
    variants = []
    for phrase in sorted({fold(str(phrase)) for phrase in phrases}, key=len, reverse=True):
        words = [_word(word) for word in phrase.split()]
        # « mairie du Tampon », « aux Abymes ».
        words[0] = {"le": "(?:le|du|au)", "les": "(?:les|des|aux)"}.get(words[0], words[0])
        variants.append(r"[\s\-'.]+".join(words) if len(words[0]) > 1 else r"[\s\-'.]*".join(words))
    return re.compile(rf"{before}(?<![\w])(?:{'|'.join(variants)})s?(?![\w])")


def _word(word: str) -> str:
    if word in ("saint", "sainte"):
        return r"s(?:ain)?te?" if word == "sainte" else r"s(?:ain)?t"
    return re.escape(word) + ("s?" if len(word) > 4 and not word.endswith("s") else "")
