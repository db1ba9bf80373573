"""The communes of France and their postal codes, searched by name or by code."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import NamedTuple

from bot.dispositif.francais.texte import fold

_SHORT = {"st": "saint", "ste": "sainte", "sts": "saints", "stes": "saintes"}


class Commune(NamedTuple):
    """`insee` and `postal_codes` have five characters; `population` is 0 when unknown."""

    insee: str
    name: str
    postal_codes: tuple[str, ...]
    population: int = 0

    @property
    def department(self) -> str:
        """« 63 », « 2A », « 974 »."""
        return self.insee[:3] if self.insee.startswith(("97", "98")) else self.insee[:2]


def name_key(name: str) -> tuple[str, ...]:
    """The words of a commune's name, so that « St Étienne » and « Saint-Étienne » are the same."""
    words = re.findall(r"[a-z0-9]+", fold(name.replace("œ", "oe").replace("Œ", "Oe")))
    return tuple(_SHORT.get(word, word) for word in words)


def _key_of(commune: Commune) -> tuple[str, ...]:
    return name_key(commune.name)


class Communes:
    """An index, built once; a lookup costs a dictionary access."""

    def __init__(self, communes: Iterable[Commune], keys: Iterable[tuple[str, ...]] | None = None) -> None:
        """`keys`: the `name_key` of each commune, when already computed."""
        self.all = tuple(communes)
        by_name: dict[tuple[str, ...], list[Commune]] = {}
        by_code: dict[str, list[Commune]] = {}
        for commune, key in zip(self.all, keys or map(_key_of, self.all), strict=True):
            by_name.setdefault(key, []).append(commune)
            for code in commune.postal_codes:
                by_code.setdefault(code, []).append(commune)
        self._by_name: Mapping[tuple[str, ...], list[Commune]] = by_name
        self._by_code: Mapping[str, list[Commune]] = by_code

    def named(self, name: str) -> list[Commune]:
        """Every commune of that very name, whatever its accents, hyphens or capitals."""
        return self.with_key(name_key(name))

    def with_key(self, key: tuple[str, ...]) -> list[Commune]:
        return list(self._by_name.get(key, ()))

    def at(self, postal_code: str) -> list[Commune]:
        return list(self._by_code.get(postal_code, ()))

    def named_at(self, name: str, postal_code: str) -> list[Commune]:
        """The communes of that name, or whose name holds it, delivered by that postal code."""
        key, here = name_key(name), self.at(postal_code)
        exact = [commune for commune in here if name_key(commune.name) == key]
        if exact or not key:
            return exact
        return [commune for commune in here if _holds(name_key(commune.name), key)]

    @cached_property
    def first_words(self) -> frozenset[str]:
        """The words names begin with."""
        return frozenset(key[0] for key in self._by_name if key)

    @cached_property
    def longest_name(self) -> int:
        """In words."""
        return max((len(key) for key in self._by_name), default=0)


def _holds(words: tuple[str, ...], part: tuple[str, ...]) -> bool:
    return any(words[i : i + len(part)] == part for i in range(len(words) - len(part) + 1))
