"""Reads activity reports in free French, with the nomenclature and the communes of this installation."""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from typing import Any

from bot.dispositif.cra import cra_to_dict
from bot.dispositif.lecture_cra import Reader, ReadReport
from bot.reference.communes import load_communes
from bot.reference.cra import load_nomenclature, load_reading_words

# What the exchanges show, in this order; the rest of `Cra` is filled by the dialogue.
SHOWN = (
    "date",
    "canal",
    "activite",
    "nb_participants",
    "duree_minutes",
    "themes",
    "ages",
    "statuts",
    "code_postal",
    "commune",
    "suite",
    "organismes",
)


@lru_cache(maxsize=1)
def load_reader() -> Reader:
    """Built once a process (about a second)."""
    return Reader(load_nomenclature(), load_communes(), load_reading_words())


def read_cra(text: str, today: date) -> list[ReadReport]:
    """The accompaniments told in `text`, written on `today`: at least one, with every field empty if need be."""
    return load_reader().read(text, today)


def report_to_dict(report: ReadReport) -> dict[str, Any]:
    """JSON-ready: understood fields only, then `erreurs`, `manquants`, `donnees_personnelles`."""
    content = cra_to_dict(report.cra)
    shown: dict[str, Any] = {name: content[name] for name in SHOWN if name in content}
    shown["erreurs"] = [{"champ": e.champ, "cle": e.cle, "phrase": e.phrase} for e in report.erreurs]
    shown["manquants"] = list(report.manquants)
    shown["donnees_personnelles"] = [{"type": d.type, "phrase": d.phrase} for d in report.donnees_personnelles]
    return shown
