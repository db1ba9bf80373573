"""Loads the amounts of the subvention: dated, sourced, with their certainty."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

from bot.dispositif.subvention import Bareme, Certitude, Hypothese, Limites, Montant, Part, Renouvellement, Source
from bot.reference.yaml_files import ReferenceError, read_yaml

PATH = Path(__file__).with_name("subvention.yaml")


@lru_cache(maxsize=64)
def load_bareme(on: date, path: Path = PATH) -> Bareme:
    """The amounts known on day `on` (before the first ones, the first ones).

    Raises:
        ReferenceError: a field is missing, a source or a certainty is unknown, or the tranches do not make 100 %.
    """
    content = read_yaml(path)
    try:
        return _bareme(content, on)
    except (KeyError, TypeError, ValueError) as error:
        if isinstance(error, ReferenceError):
            raise
        raise ReferenceError(f"{path} : valeur manquante ou illisible ({error}).") from None


def _bareme(content: Mapping[str, Any], on: date) -> Bareme:
    sources = {
        key: Source(key, item["titre"], item["date"], item.get("url")) for key, item in content["sources"].items()
    }
    parts = tuple(Part(item["rang"], item["part"], item["mois"]) for item in content["tranches"])
    if sum(part.pour_cent for part in parts) != 100:
        raise ReferenceError("subvention.yaml : les parts des tranches ne font pas 100 %.")
    bareme = Bareme(
        montants={key: _montant(item, on) for key, item in content["montants"].items()},
        renouvellements={key: _renouvellement(item, on) for key, item in content["renouvellements"].items()},
        parts=parts,
        parts_source=content["tranches_source"],
        limites=Limites(**{name: limit["valeur"] for name, limit in content["limites"].items()}),
        debut=content["dispositif"]["debut"],
        fin_nouvelles_conventions=content["dispositif"]["fin_nouvelles_conventions"],
        source_fin=content["dispositif"]["source_fin"],
        territoires={key: tuple(codes) for key, codes in content["territoires"].items()},
        sources=sources,
    )
    _check_sources(bareme, content)
    return bareme


def _valid(values: Sequence[Mapping[str, Any]], on: date) -> Mapping[str, Any]:
    """The value that holds on day `on`: the latest one that has begun."""
    ordered = sorted(values, key=lambda value: value["depuis"])
    begun = [value for value in ordered if value["depuis"] <= on]
    return begun[-1] if begun else ordered[0]


def _montant(item: Mapping[str, Any], on: date) -> Montant:
    value = _valid(item["valeurs"], on)
    certainty = Certitude(value["certitude"])
    rivals = value.get("hypotheses") or ([value] if value["montant"] is not None else [])
    hypotheses = tuple(Hypothese(h["montant"] * 100, Certitude(h["certitude"]), tuple(h["sources"])) for h in rivals)
    return Montant(item["libelle"], value["depuis"], item["duree_mois"], certainty, tuple(value["sources"]), hypotheses)


def _renouvellement(item: Mapping[str, Any], on: date) -> Renouvellement:
    value = _valid(item["valeurs"], on)
    years = tuple(amount * 100 for amount in value["annees"] or ())
    return Renouvellement(
        item["libelle"], value["depuis"], Certitude(value["certitude"]), tuple(value["sources"]), years
    )


def _check_sources(bareme: Bareme, content: Mapping[str, Any]) -> None:
    named = {bareme.parts_source, bareme.source_fin}
    named |= {limit["source"] for limit in content["limites"].values()}
    for amount in bareme.montants.values():
        named |= {*amount.sources, *(source for h in amount.hypotheses for source in h.sources)}
    for renewal in bareme.renouvellements.values():
        named |= set(renewal.sources)
    unknown = named - set(bareme.sources)
    if unknown:
        raise ReferenceError(f"subvention.yaml : source inconnue : {', '.join(sorted(unknown))}.")
