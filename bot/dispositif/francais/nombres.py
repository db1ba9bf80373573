"""Numbers as French people write them: « 8 », « vingt et un », « 12 000 », « une dizaine », « 8/10 »."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from bot.dispositif.francais.texte import fold

UNITS = {
    "zero": 0,
    "un": 1,
    "une": 1,
    "deux": 2,
    "deu": 2,
    "trois": 3,
    "troi": 3,
    "quatre": 4,
    "quatres": 4,
    "quatr": 4,
    "cinq": 5,
    "six": 6,
    "sept": 7,
    "huit": 8,
    "neuf": 9,
    "dix": 10,
    "onze": 11,
    "douze": 12,
    "treize": 13,
    "quatorze": 14,
    "quinze": 15,
    "seize": 16,
}
TENS = {
    "vingt": 20,
    "vingts": 20,
    "vint": 20,
    "trente": 30,
    "quarante": 40,
    "cinquante": 50,
    "soixante": 60,
    "septante": 70,
    "huitante": 80,
    "octante": 80,
    "nonante": 90,
}
COLLECTIVES = {
    "dizaine": 10,
    "dixaine": 10,
    "disaine": 10,
    "douzaine": 12,
    "quinzaine": 15,
    "vingtaine": 20,
    "trentaine": 30,
    "quarantaine": 40,
    "cinquantaine": 50,
    "soixantaine": 60,
    "centaine": 100,
    "petaine": None,
}
ORDINALS = {
    "premier": 1,
    "premiere": 1,
    "second": 2,
    "seconde": 2,
    "deuxieme": 2,
    "troisieme": 3,
    "quatrieme": 4,
    "cinquieme": 5,
    "sixieme": 6,
    "septieme": 7,
    "huitieme": 8,
    "neuvieme": 9,
    "dixieme": 10,
}

_UNIT = "|".join(sorted(UNITS, key=len, reverse=True))
_TEN = "|".join(sorted((word for word in TENS if word != "vint"), key=len, reverse=True))
_WORD = rf"(?:{_UNIT}|{_TEN}|cents?|mille)(?![a-z])"
_WORDS = rf"{_WORD}(?:(?:\s+et\s+|-et-|\s*-\s*|\s+){_WORD}){{0,9}}"
_DIGITS = r"\d{1,3}(?:[ ]\d{3})+(?![\d])|\d+"
NUMBER = rf"(?:{_DIGITS}|{_WORDS})"
"""A pattern, on folded text, of a whole number in digits or in words; `number_value` reads what it matched."""

_APPROXIMATE = (
    r"environ|env\.?|a\s+peu\s+pres|peu\s+pres|approximativement|presque|pres\s+de|autour\s+de|dans\s+les|quasi(?:ment)?|"
    r"plus\s+d[e']|moins\s+d[e']|au\s+moins|au\s+plus|plus\s+ou\s+moins|~|grosso\s+modo|jusqu'a|jusqu\s+a|une?\s+bonne|"
    r"une?\s+petite|maximum|max|minimum|mini?"
)
_APPROXIMATE_AFTER = (
    r"environ|env\b\.?|a\s+peu\s+pres|peut[- ]etre|et\s+quelques|grosso\s+modo|max(?:imum)?\b|mini?(?:mum)?\b"
)
_PATTERN = re.compile(
    rf"""
    (?P<collective>(?:(?:une?|la|deux|trois|quelques|des)\s+)?(?:(?:bonne|petite|grosse|demi|demie)s?[\s-]+)?
        (?P<many>{"|".join(COLLECTIVES)})s?\b)
    |(?P<some>\b(?:quelques(?:[- ]uns|[- ]unes)?|plusieurs|plusieur|pls|beaucoup|pas\s+mal|deux\s+ou\s+trois|deux[- ]trois|2[- ]3)\b)
    |(?P<ordinal>\b(?:\d+\s?(?:er|ere|eme|emes|ieme|e|nd|nde)\b|(?:{"|".join(ORDINALS)})s?\b))
    |(?P<between>\bentre\s+(?P<b1>{NUMBER})\s+(?:et|a)\s+(?P<b2>{NUMBER})(?!\w))
    |(?P<range>(?<![\w/.,-])(?:(?P<d1>\d+)\s*[/-]\s*(?P<d2>\d+)|(?P<r1>{NUMBER})\s+(?:a|ou|voire)\s+(?P<r2>{NUMBER}))(?![\w/.-]*\d)(?!\w))
    |(?P<about>(?:(?<![\w])(?:{_APPROXIMATE})\s*)(?P<a1>{NUMBER})(?!\w)(?:\s*(?:{_APPROXIMATE_AFTER}))?)
    |(?P<exact>(?<![\w])(?P<x>{NUMBER})(?![\d])(?P<after>\s+(?:{_APPROXIMATE_AFTER}))?)
    """,
    re.VERBOSE,
)


@dataclass(frozen=True)
class FoundNumber:
    """A number found at text[start:end].

    `value` is None when it is too vague; `problem` then says so in French and `about` holds what it is near, if anything.
    `article`: « un », « une », which count only when something else says so. `ordinal`: « 1er », « deuxième ».
    """

    start: int
    end: int
    value: int | None
    problem: str | None = None
    about: int | None = None
    article: bool = False
    ordinal: bool = False


def number_value(words: str) -> int | None:
    """The whole number written in digits or in words, from zero to 999 999; None when it is not one."""
    text = fold(words).strip()
    digits = re.sub(r"[ ]", "", text)
    if digits.isdigit() and digits.isascii():
        return int(digits) if len(digits) < 12 else None
    tokens = [token for token in re.split(r"[\s-]+", text) if token and token != "et"]
    return _from_tokens(tokens) if tokens else None


def _from_tokens(tokens: list[str]) -> int | None:
    """Adds up the words in the order French allows; None for a list of several numbers (« deux trois »)."""
    total, current, last = 0, 0, 10**9
    for token in tokens:
        if token == "mille":
            if total:
                return None
            total, current, last = max(current, 1) * 1000, 0, 1000
        elif token in ("cent", "cents"):
            if current > 9 or last == 100:
                return None
            current, last = max(current, 1) * 100, 100
        elif token in ("vingt", "vingts") and current % 100 == 4 and last == 4:
            current, last = current - 4 + 80, 20
        elif token in TENS:
            if last <= 90 and last != 10**9:
                return None
            current, last = current + TENS[token], TENS[token]
        elif token in UNITS:
            value = UNITS[token]
            rest = current % 100
            after_sixty = rest in (60, 80) and last in (60, 20, 80)
            if value >= 10:
                allowed = last >= 100 or after_sixty
            else:
                allowed = last >= 20 or (rest % 20 == 10 and last == 10 and value >= 7)
            if not allowed or (last != 10**9 and value == 0):
                return None
            current, last = current + value, value
        else:
            return None
    return total + current


def _split(words: str, start: int) -> Iterator[tuple[int, int, int]]:
    """The numbers of a run of number words: « deux trois » is 2 then 3."""
    pieces = [(m.start(), m.end()) for m in re.finditer(r"[a-z]+", words)]
    index = 0
    while index < len(pieces):
        if words[slice(*pieces[index])] == "et":
            index += 1
            continue
        best: tuple[int, int] | None = None
        for stop in range(len(pieces), index, -1):
            if words[slice(*pieces[stop - 1])] == "et":
                continue
            # « et » joins only before un and onze: « vingt et un »; « deux et trois » are two numbers.
            inner = [words[slice(*p)] for p in pieces[index:stop]]
            if any(word == "et" and inner[i + 1] not in ("un", "une", "onze") for i, word in enumerate(inner)):
                continue
            value = _from_tokens([word for word in inner if word != "et"])
            if value is not None:
                best = (stop, value)
                break
        if best is None:
            index += 1
            continue
        yield start + pieces[index][0], start + pieces[best[0] - 1][1], best[1]
        index = best[0]


def find_numbers(text: str) -> list[FoundNumber]:
    """Every number of `text`, in order: exact ones with their value, vague ones with a French `problem`.

    « une douzaine » is vague too: few people mean exactly twelve.
    """
    folded = fold(text)
    found: list[FoundNumber] = []
    for match in _PATTERN.finditer(folded):
        start, end = match.span()
        written = text[start:end].strip()
        if match["exact"] is not None and match["after"] is None:
            found += _exact(folded, match)
        elif match["ordinal"] is not None:
            digits = re.match(r"\d+", match["ordinal"])
            value = int(digits.group()[:9]) if digits else ORDINALS[match["ordinal"].removesuffix("s")]
            found.append(FoundNumber(start, end, value, ordinal=True))
        elif match["range"] is not None or match["between"] is not None:
            low, high = (number_value(match[f"d{i}"] or match[f"r{i}"] or match[f"b{i}"]) for i in "12")
            found.append(FoundNumber(start, end, None, _vague(written), (low + high) // 2 if low and high else None))
        else:
            about = COLLECTIVES.get(match["many"]) if match["many"] else None
            if match["a1"] or match["x"]:
                about = number_value(match["a1"] or match["x"])
            found.append(FoundNumber(start, end, None, _vague(written), about))
    return found


def _exact(folded: str, match: re.Match[str]) -> Iterator[FoundNumber]:
    written = match["x"]
    if written[0].isdigit():
        yield FoundNumber(*match.span("x"), number_value(written))
        return
    if not re.match(r"(?!\w)", folded[match.end("x") :]):
        # The start of a longer word: « unité », « sixième ».
        written = re.sub(r"[\s-]*\w+$", "", written)
    for start, end, value in _split(written, match.start("x")):
        yield FoundNumber(start, end, value, article=folded[start:end] in ("un", "une"))


def _vague(written: str) -> str:
    return f"« {written} » est trop vague : donnez un nombre exact."
