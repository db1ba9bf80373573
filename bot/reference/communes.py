"""Loads the official list of communes (@etalab/decoupage-administratif), boiled down once to what is needed."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

from bot.dispositif.communes import Commune, Communes, name_key
from bot.reference.yaml_files import ReferenceError

SOURCE = Path("node_modules/@etalab/decoupage-administratif/data/communes.json")
CACHE = Path("var/cache/communes.tsv")


@lru_cache(maxsize=2)
def load_communes(source: Path = SOURCE, cache: Path = CACHE) -> Communes:
    """The communes of today, Paris, Lyon and Marseille as wholes.

    The first call reads 9 MB of JSON and leaves a light file in `cache`; the next ones take some 0.2 s.

    Raises:
        ReferenceError: the list is not installed.
    """
    try:
        stamp = f"# 2 {source.stat().st_size} {source.stat().st_mtime_ns}"
    except OSError:
        raise ReferenceError(f"{source} : liste des communes introuvable. Lancez « make install ».") from None
    lines = _cached(cache, stamp)
    if lines is None:
        lines = list(_boil_down(source))
        _keep(cache, stamp, lines)
    return Communes(*_parse(lines))


def _boil_down(source: Path) -> Iterator[str]:
    """One line a commune: INSEE code, name, postal codes, population, and the words of its name ready to compare."""
    for item in json.loads(source.read_text(encoding="utf-8")):
        if item["type"] == "commune-actuelle" and item.get("codesPostaux"):
            codes = " ".join(item["codesPostaux"])
            yield f"{item['code']}\t{item['nom']}\t{codes}\t{item.get('population', 0)}\t{' '.join(name_key(item['nom']))}"


def _parse(lines: list[str]) -> tuple[list[Commune], list[tuple[str, ...]]]:
    rows = [line.split("\t") for line in lines]
    communes = [
        Commune(insee, name, tuple(codes.split()), int(population)) for insee, name, codes, population, _ in rows
    ]
    return communes, [tuple(row[4].split()) for row in rows]


def _cached(cache: Path, stamp: str) -> list[str] | None:
    try:
        first, *lines = cache.read_text(encoding="utf-8").splitlines()
    except (OSError, ValueError):
        return None
    return lines if first == stamp and lines else None


def _keep(cache: Path, stamp: str, lines: list[str]) -> None:
    """Written beside, then renamed: another process never reads half a file. A read-only disk costs only time."""
    temporary = cache.with_suffix(f".{os.getpid()}")
    try:
        cache.parent.mkdir(parents=True, exist_ok=True)
        temporary.write_text("\n".join([stamp, *lines]) + "\n", encoding="utf-8")
        temporary.replace(cache)
    except OSError:
        temporary.unlink(missing_ok=True)
