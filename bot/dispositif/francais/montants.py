"""Sums of money as French people write them: « 12 500 euros », « 12k€ », « 6000 balles », « six mille euros »."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from bot.dispositif.francais.nombres import number_value
from bot.dispositif.francais.texte import fold

_WORD = (
    r"(?:zero|un|une|deux|trois|quatre|cinq|six|sept|huit|neuf|dix|onze|douze|treize|quatorze|quinze|seize|vingts?|trente|"
    r"quarante|cinquante|soixante|septante|huitante|octante|nonante|cents?|cens|mill?es?)(?![a-z])"
)
_WORDS = rf"{_WORD}(?:(?:\s+et\s+|\s*-\s*|\s+){_WORD})*"
# « 12 500 », « 12.500 », « 12'500 » then cents; or digits with a decimal part.
_DIGITS = r"\d{1,3}(?:[ .'’]\d{3})+(?:[.,]\d{1,2})?(?!\d)|\d+(?:[.,]\d{1,2}(?!\d))?"
_UNIT = r"(?:€|euros?|eur(?![a-z])|euro?s?(?![a-z])|balles?|boules?(?![a-z])|eu?ros?|e(?![a-z]))"
_THOUSAND = r"(?:k|mill?es?)(?![a-z])"
_NEAR = (
    r"environ|env\.?|a peu pres|approximativement|presque|pres de|autour de|dans les|quelque|quasiment|plus de|moins de|"
    r"au moins|au plus|maximum|minimum|max|min|jusqu'a|~"
)
_PATTERN = re.compile(
    rf"""(?<![\w/.,:])
    (?:(?P<near>(?:{_NEAR})\s+(?:de\s+|d')?))?
    (?P<sign>(?:moins|-)\s*)?
    (?P<before>[€]\s*)?
    (?:
        (?P<k>\d+(?:[.,]\d{{1,3}})?)\s*(?:k\s*{_UNIT}?|mill?es?(?:\s+(?P<rest>\d{{1,3}}(?!\d)|{_WORDS}))?(?:\s*{_UNIT})?|mill?ions?\s+(?:d'|de\s+)?{_UNIT})(?![a-z])
        |(?P<digits>{_DIGITS})\s*(?P<unit>{_UNIT})(?:\s*(?P<cents>\d{{2}})(?!\d))?
        |(?P<words>{_WORDS})\s*(?P<word_unit>{_UNIT})
        |(?P<collective>(?:une?\s+|deux\s+|trois\s+|quelques\s+)?(?:dizaine|douzaine|quinzaine|vingtaine|centaine|millier)s?\s+(?:de\s+milliers?\s+|de\s+mille\s+)?(?:d'|de\s+){_UNIT})
        |(?P<bare>{_DIGITS})
        |(?P<bare_words>{_WORDS})
    )""",
    re.VERBOSE,
)
_RANGE = re.compile(
    rf"(?:entre\s+|de\s+)?(?:{_DIGITS}|\d+\s*k)\s*(?:{_UNIT}\s*)?(?:et|a|ou|-)\s*(?:{_DIGITS})\s*(?:k\s*)?{_UNIT}"
)
_MINIMUM_BARE = 100


@dataclass(frozen=True)
class FoundAmount:
    """A sum found at text[start:end], in euros.

    `value` is None when it cannot be used (negative, vague); `problem` then says so in French. `bare`: no currency was
    written, so only the words around can tell that it is money.
    """

    start: int
    end: int
    value: Decimal | None
    problem: str | None = None
    bare: bool = False


def find_amounts(text: str, bare: bool = False) -> list[FoundAmount]:
    """Every sum of money of `text`, in order. With `bare`, numbers of 100 or more without a currency too."""
    folded = fold(text)
    ranges = [match.span() for match in _RANGE.finditer(folded) if _is_range(match.group())]
    found = [
        FoundAmount(start, end, None, f"« {text[start:end].strip()} » est une fourchette : donnez un seul montant.")
        for start, end in ranges
    ]
    for amount in _singles(text, folded):
        if amount.bare and not bare:
            continue
        if not any(start < amount.end and amount.start < end for start, end in ranges):
            found.append(amount)
    return sorted(found, key=lambda amount: amount.start)


def euros(cents: int) -> str:
    """« 38 666,67 € », « 12 000 € »: cents only when there are any."""
    whole, rest = divmod(abs(cents), 100)
    text = f"{whole:,}".replace(",", " ") + (f",{rest:02d}" if rest else "")
    return ("-" if cents < 0 else "") + text + " €"


def to_cents(value: Decimal) -> int:
    """Euros to cents, half up."""
    return int((value * 100).quantize(Decimal(1), rounding="ROUND_HALF_UP"))


def _is_range(written: str) -> bool:
    """« 5 000 à 6 000 € » is a range; « 1 000 et 2 000 € » for two things is not told apart, and is asked again."""
    return bool(re.search(r"entre|\d\s*(?:€|k|euros?)?\s*(?:a|ou|-)\s*\d", written)) and not written.startswith("-")


def _singles(text: str, folded: str) -> Iterator[FoundAmount]:
    for match in _PATTERN.finditer(folded):
        value, has_unit = _value(match)
        if match["collective"]:
            start, end = match.span()
            yield FoundAmount(
                start, end, None, f"« {text[start:end].strip()} » est trop vague : donnez un montant exact."
            )
            continue
        if value is None or (not has_unit and value < _MINIMUM_BARE):
            continue
        start, end = match.span()
        written = text[start:end].strip()
        negative = match["sign"] is not None and _is_negative(match, folded)
        problem = None
        if negative:
            problem = f"« {written} » est un montant négatif : donnez un montant positif."
        elif match["near"]:
            problem = f"« {written} » est approximatif : donnez le montant exact."
        yield FoundAmount(start, end, None if problem else value, problem, bare=not has_unit)


def _is_negative(match: re.Match[str], folded: str) -> bool:
    """« -500 € », « moins 500 € »; but not the dash of a list, nor « 40 000 moins 6 000 »."""
    before = folded[: match.start()].rstrip()
    if match["sign"].strip() == "moins":
        return not before or not (before[-1].isdigit() or before[-1] in "€)" or before.endswith("euros"))
    return match["sign"] == "-" and not (before and (before[-1].isdigit() or before[-1] in "€)"))


def _value(match: re.Match[str]) -> tuple[Decimal | None, bool]:
    """The value in euros, and whether a currency was written."""
    if match["k"]:
        value = Decimal(match["k"].replace(",", ".")) * (
            10**6 if "mill" in match.group() and "ion" in match.group() else 1000
        )
        if match["rest"]:
            rest = number_value(match["rest"]) or 0
            value += rest
        return value, bool(match["before"]) or bool(re.search(rf"{_UNIT}$", match.group())) or "k" in match.group()
    if match["digits"]:
        value = _decimal(match["digits"])
        return (value + Decimal(match["cents"]) / 100 if match["cents"] else value), True
    if match["words"]:
        return _words(match["words"]), True
    if match["bare"]:
        return _decimal(match["bare"]), bool(match["before"])
    if match["bare_words"]:
        return _words(match["bare_words"]), False
    return None, False


def _decimal(written: str) -> Decimal:
    """« 12.500,50 », « 1 333,33 », « 1333.33 », « 12.500 »."""
    grouped = re.fullmatch(r"(\d{1,3}(?:[ .'’]\d{3})+)(?:[.,](\d{1,2}))?", written)
    if grouped:
        return Decimal(re.sub(r"\D", "", grouped[1]) + "." + (grouped[2] or "0"))
    return Decimal(written.replace(",", "."))


def _words(written: str) -> Decimal | None:
    corrected = re.sub(r"\bmill?es?\b", "mille", written).replace("cens", "cents")
    value = number_value(corrected)
    return None if value is None else Decimal(value)
