"""How a cell of an imported file is read; each mistake has its French sentence."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation

_DATES = (
    re.compile(r"(?P<y>\d{4})-(?P<m>\d{1,2})-(?P<d>\d{1,2})(?:[T ]00:00(?::00)?)?"),
    re.compile(r"(?P<d>\d{1,2})[/.](?P<m>\d{1,2})[/.](?P<y>\d{4})"),
)
_FIRST_YEAR, _LAST_YEAR = 2020, 2040


class FieldProblem(ValueError):
    """A French sentence about one cell, or about a row."""


def read_date(cell: str) -> date:
    for pattern in _DATES:
        match = pattern.fullmatch(cell)
        if match:
            try:
                day = date(int(match["y"]), int(match["m"]), int(match["d"]))
            except ValueError:
                raise FieldProblem(f"« {cell[:30]} » n'existe pas dans le calendrier.") from None
            if not _FIRST_YEAR <= day.year <= _LAST_YEAR:
                raise FieldProblem(f"« {cell[:30]} » est hors du dispositif ({_FIRST_YEAR} à {_LAST_YEAR}).")
            return day
    raise FieldProblem(f"« {cell[:30]} » n'est pas une date. Écrivez 31/12/2022 ou 2022-12-31.")


def read_amount(cell: str) -> int:
    """Euros as people write them, in cents."""
    plain = re.sub(r"[\s\u00a0\u202f€]", "", cell).replace(",", ".")
    try:
        cents = Decimal(plain) * 100
    except InvalidOperation:
        raise FieldProblem(f"« {cell[:30]} » n'est pas un montant. Écrivez par exemple 8000 ou 7733,33.") from None
    if not cents.is_finite() or cents != cents.to_integral_value() or not 0 <= cents <= 10**9:
        raise FieldProblem(f"« {cell[:30]} » : un montant va de 0 à 10 000 000 €, avec deux décimales au plus.")
    return int(cents)


def read_number(low: int, high: int) -> Callable[[str], int]:
    def read(cell: str) -> int:
        plain = re.sub(r"[\s\u00a0\u202f]", "", cell)
        if not re.fullmatch(r"[0-9]{1,15}", plain) or not low <= int(plain) <= high:
            raise FieldProblem(f"« {cell[:30]} » n'est pas un nombre entier entre {low} et {high}.")
        return int(plain)

    return read


def read_text(longest: int) -> Callable[[str], str]:
    def read(cell: str) -> str:
        text = " ".join(cell.split())
        if len(text) > longest:
            raise FieldProblem(f"trop long : {len(text)} caractères, {longest} au plus.")
        return text

    return read


def read_choice(labels: Mapping[str, str]) -> Callable[[str], str]:
    """One of the codes, or its French label."""
    by_label = {label.casefold(): code for code, label in labels.items()}

    def read(cell: str) -> str:
        plain = cell.casefold()
        if plain in labels:
            return plain
        if plain in by_label:
            return by_label[plain]
        raise FieldProblem(f"« {cell[:30]} » n'est pas admis. Valeurs : {', '.join(labels)}.")

    return read


def read_department(cell: str) -> str:
    code = cell.upper()
    # Spreadsheets drop the zero of 01 to 09.
    code = code.zfill(2) if code.isdigit() else code
    numbers = [f"{n:02}" for n in range(1, 96) if n != 20] + ["2A", "2B"]
    overseas = ["971", "972", "973", "974", "975", "976", "977", "978", "986", "987", "988"]
    if code not in (*numbers, *overseas):
        raise FieldProblem(f"« {cell[:30]} » n'est pas un département : 01 à 95, 2A, 2B, 971 à 988.")
    return code
