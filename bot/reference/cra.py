"""Loads the nomenclature of the activity report."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from bot.dispositif.nomenclature_cra import AgeBand, Bounds, DurationClass, Nomenclature, ReadingWords, Value
from bot.reference.yaml_files import ReferenceError, read_yaml

PATH = Path(__file__).with_name("cra.yaml")


def read_nomenclature(path: Path) -> Nomenclature:
    """Reads `path`.

    Raises:
        ReferenceError: a key is missing, or a code is given twice.
    """
    content = read_yaml(path)
    try:
        bounds = content["bornes"]
        return Nomenclature(
            bounds=Bounds(
                bounds["premiere_date"],
                bounds["participants_min"],
                bounds["participants_max"],
                bounds["duree_min"],
                bounds["duree_max"],
                bounds["annotation_min"],
                bounds["annotation_max"],
            ),
            activites=_values(path, content["activites"]),
            canaux=_values(path, content["canaux"]),
            ages=_by_code(
                path,
                (
                    AgeBand(item["code"], item["libelle"], item["min"], item["max"], tuple(item["v2"]))
                    for item in content["ages"]
                ),
            ),
            statuts=_values(path, content["statuts"]),
            themes=_values(path, content["themes"]),
            organismes=_values(path, content["organismes"]),
            suites=_values(path, content["suites"]),
            durees=tuple(
                DurationClass(item["code"], item["libelle"], item["jusqua"], item["comptee"])
                for item in content["durees"]
            ),
            source=content["source"],
            valid_from=content["valide_du"],
            real_words=tuple(content["mots_reels"]),
            v1_closed_on=content["saisie_v1_fermee_le"],
        )
    except (KeyError, TypeError) as error:
        raise ReferenceError(f"{path} : rubrique absente ou mal formée ({error}).") from None


def _values(path: Path, items: Iterable[Mapping[str, Any]]) -> Mapping[str, Value]:
    return _by_code(
        path,
        (
            Value(
                code=item["code"],
                label=item.get("libelle", item["code"]),
                short=item.get("court", ""),
                v2=item.get("v2"),
                synonyms=tuple(map(str, item.get("synonymes", ()))),
                weak=tuple(map(str, item.get("faibles", ()))),
                children=tuple(item.get("sous_themes", ())),
                proposed=item.get("propose", True),
            )
            for item in items
        ),
    )


def _by_code(path: Path, values: Iterable[Any]) -> Mapping[str, Any]:
    by_code: dict[str, Any] = {}
    for value in values:
        if value.code in by_code:
            raise ReferenceError(f"{path} : le code « {value.code} » est donné deux fois.")
        by_code[value.code] = value
    return by_code


@lru_cache(maxsize=1)
def load_nomenclature() -> Nomenclature:
    return read_nomenclature(PATH)


@lru_cache(maxsize=1)
def load_reading_words() -> ReadingWords:
    content = read_yaml(PATH.with_name("cra_mots.yaml"))
    return ReadingWords(
        *(frozenset(content[key]) for key in ("prenoms", "pas_des_noms", "lieux", "communes_ordinaires"))
    )
