"""Reads the SIRET in what people type, and says in French what is wrong with it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from stdnum.exceptions import InvalidChecksum, ValidationError
from stdnum.fr import siret as stdnum_siret

_DIGITS = re.compile(r"\d(?:[\s\u00a0\u202f./_-]?\d)*")
_LENGTH = 14
EXAMPLE = "Un SIRET a 14 chiffres, par exemple 356 000 000 00048."


@dataclass(frozen=True)
class ReadSiret:
    """`value`: 14 digits that pass the checks, or None; `problem`: the French sentence that says why not."""

    value: str | None
    problem: str | None = None


def find_siret(text: str) -> str | None:
    """A valid SIRET anywhere in a text; None when there is none, or several."""
    found = _valid(text)
    return found.pop() if len(found) == 1 else None


def read_siret(text: str) -> ReadSiret:
    """The SIRET of a text that should hold one. Spaces, points and dashes do not matter."""
    found = find_siret(text)
    if found:
        return ReadSiret(found)
    runs = _runs(text)
    if not runs:
        return ReadSiret(None, f"Je ne vois pas de numéro dans votre message. {EXAMPLE}")
    if len(_valid(text)) > 1:
        return ReadSiret(None, "Je vois plusieurs SIRET. Donnez-m'en un seul, celui de la structure qui emploie.")
    digits = max(runs, key=len)
    try:
        stdnum_siret.validate(digits)
    except InvalidChecksum:
        problem = "Ce SIRET comporte une faute de frappe : ses chiffres ne s'accordent pas. Vérifiez-le et redonnez-le."
    except ValidationError:
        problem = _wrong_length(len(digits))
    return ReadSiret(None, problem)


def spaced(siret: str) -> str:
    """356 000 000 00048, with no-break spaces."""
    return "\u00a0".join((siret[:3], siret[3:6], siret[6:9], siret[9:]))


def _wrong_length(count: int) -> str:
    if count == 9:
        return "C'est un SIREN (9 chiffres). Il me faut le SIRET, qui a 14 chiffres : le SIREN suivi de 5 chiffres."
    few = f"{count} chiffre" + ("s" if count > 1 else "")
    return f"Votre numéro a {few}, un SIRET en a 14. Vérifiez-le et redonnez-le."


def _valid(text: str) -> set[str]:
    """Every valid SIRET; another number may stand right before or after it."""
    found: set[str] = set()
    for match in _DIGITS.finditer(text):
        groups = re.findall(r"\d+", match.group())
        for first in range(len(groups)):
            digits = ""
            for group in groups[first:]:
                digits += group
                if len(digits) >= _LENGTH:
                    break
            if stdnum_siret.is_valid(digits):
                found.add(digits)
    return found


def _runs(text: str) -> list[str]:
    return ["".join(filter(str.isdigit, match.group())) for match in _DIGITS.finditer(text)]
