"""The eight steps of the employer guide: what to do at each, by whom, with what, in what time, and what changed since."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

from bot.dispositif.etapes import Delais, DelaiTranche
from bot.reference.yaml_files import ReferenceError, read_yaml

PATH = Path(__file__).with_name("etapes.yaml")
COUNT = 8
_LISTS = ("acteurs", "a_faire", "a_savoir", "outils", "conseils", "delais", "documents")


@dataclass(frozen=True)
class Ligne:
    """One thing the guide says about a step, with the facts (F001…) it states."""

    texte: str
    faits: tuple[str, ...] = ()


@dataclass(frozen=True)
class Lien:
    titre: str
    url: str


@dataclass(frozen=True)
class Evolution:
    """What is no longer as the guide says: the sentence, the official article, its date as shown or deduced."""

    texte: str
    article: str
    date: str


@dataclass(frozen=True)
class Etape:
    """A step. `court` is for buttons and pictures; `question` is the FAQ key that a follow-up is about."""

    numero: int
    cle: str
    titre: str
    court: str
    phase: str
    but: str
    pages: tuple[int, ...]
    question: str
    acteurs: tuple[Ligne, ...]
    a_faire: tuple[Ligne, ...]
    a_savoir: tuple[Ligne, ...]
    outils: tuple[Ligne, ...]
    conseils: tuple[Ligne, ...]
    delais: tuple[Ligne, ...]
    documents: tuple[Ligne, ...]
    liens: tuple[Lien, ...]
    ensuite: Ligne
    evolutions: tuple[Evolution, ...]

    @property
    def lines(self) -> Iterator[Ligne]:
        """Everything the guide says here, in order."""
        for name in _LISTS:
            yield from getattr(self, name)
        yield self.ensuite

    @property
    def source(self) -> str:
        return "Source : Guide de l'employeur (2022), p. " + ", ".join(str(page) for page in self.pages) + "."


@dataclass(frozen=True)
class Parcours:
    """The eight steps in order, and the delays that dates are computed with."""

    etapes: tuple[Etape, ...]
    delais: Delais
    valid_on: date
    checked_on: date

    def __getitem__(self, numero: int) -> Etape:
        """The step of this number, from 1 to 8."""
        return self.etapes[numero - 1]


@lru_cache(maxsize=1)
def load_etapes(path: Path = PATH) -> Parcours:
    """Reads etapes.yaml.

    Raises:
        ReferenceError: a step is missing, out of order, or lacks a field.
    """
    content = read_yaml(path)
    etapes = tuple(_etape(item, path) for item in content["etapes"])
    if [etape.numero for etape in etapes] != list(range(1, COUNT + 1)):
        raise ReferenceError(f"{path} : il faut les étapes 1 à {COUNT}, dans l'ordre.")
    return Parcours(etapes, _delais(content["delais"]), content["valide_au"], content["verifie_le"])


def _etape(item: Mapping[str, Any], path: Path) -> Etape:
    try:
        lists = {name: _lines(item[name]) for name in _LISTS}
        return Etape(
            numero=item["numero"],
            cle=item["cle"],
            titre=item["titre"],
            court=item["court"],
            phase=item["phase"],
            but=item["but"],
            pages=tuple(item["pages"]),
            question=item["question"],
            liens=tuple(Lien(link["titre"], link["url"]) for link in item["liens"]),
            ensuite=_line(item["ensuite"]),
            evolutions=tuple(Evolution(e["texte"], e["article"], str(e["date"])) for e in item["evolutions"]),
            **lists,
        )
    except (KeyError, TypeError) as error:
        raise ReferenceError(f"{path}, étape {item.get('numero')} : {error} manque ou est mal écrit.") from None


def _lines(items: Sequence[Mapping[str, Any]]) -> tuple[Ligne, ...]:
    return tuple(_line(item) for item in items)


def _line(item: Mapping[str, Any]) -> Ligne:
    return Ligne(item["texte"].strip(), tuple(item["faits"]))


def _delais(content: Mapping[str, Any]) -> Delais:
    return Delais(
        recrutement_mois=content["recrutement"]["mois"],
        instruction_jours=content["instruction"]["jours"],
        formation_jours=content["formation"]["jours"],
        tranches=tuple(DelaiTranche(t["rang"], t["mois"], t["part"]) for t in content["tranches"]),
    )
