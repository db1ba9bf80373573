"""« 8 personnes, non en fait 6 »: what the conseiller takes back is blanked, what replaces it stays."""

from __future__ import annotations

import re
from datetime import date

from bot.dispositif.francais.dates import find_dates
from bot.dispositif.francais.durees import find_durations
from bot.dispositif.francais.nombres import find_numbers
from bot.dispositif.francais.texte import fold
from bot.dispositif.lecture_cra.comptes import COUNTED_NOUN

_MARK = (
    r"(?:non(?!\s+(?:renseign|voyant|communiqu|inscrit|binaire|salari))|pardon|oups|oupss?|en\s+fait|plutot|enfin|correction|corrige[rz]?|"
    r"je\s+(?:me\s+)?(?:trompe|suis\s+trompee?|corrige|rectifie)|me\s+suis\s+trompee?|erreur|rectification|rectif|euh+|heu+|ou\s+plutot|en\s+realite|finalement|au\s+final|en\s+vrai|"
    r"je\s+(?:voulais|veux)\s+dire|desolee?|dsl|plus\s+exactement|c'est\s+faux|mince|zut|c'etait|c'est|ah|attendez?|ou|et\s+non|mais)"
)
_STRONG = re.compile(
    r"(?<![\w-])(?:non(?!-)|pardon|oups|en\s+fait|plutot|enfin|correction|trompee?|erreur|rectif\w*|voulais\s+dire|veux\s+dire|exactement|"
    r"mince|zut|desolee?|dsl|euh+|heu+|corrige|rectifie|en\s+realite|finalement|au\s+final|en\s+vrai)(?!\w)"
)
_RUN = re.compile(
    rf"[\s,.;:(…-]*(?<![\w-]){_MARK}(?!\w)(?:[\s,.;:(…-]+{_MARK}(?!\w))*[\s,.;:(…-]*(?:(?:etait|a|le|du|d'|de|il|on|ils|y|avait|etaient)\s+)*"
)
_REVERSED = re.compile(r"(?:,|\bet)?\s*(?<!\w)(?:et\s+)?(?:pas|non\s+pas)\s+(?:a\s+|le\s+|de\s+)?$")
# How far back the thing taken back may be, in characters.
_REACH = 60


def apply_corrections(text: str, today: date) -> str:
    """`text` of the same length, without what was taken back."""
    for _ in range(6):
        corrected = _one(text, today)
        if corrected is None:
            return text
        text = corrected
    return text


def _blank(text: str, start: int, end: int) -> str:
    return text[:start] + " " * (end - start) + text[end:]


def _one(text: str, today: date) -> str | None:
    folded = fold(text)
    runs = [m for m in _RUN.finditer(folded) if _STRONG.search(m.group())]
    if not runs:
        return None
    kinds = _mentions(text, today)
    for run in runs:
        for mentions in kinds:
            before = [m for m in mentions if m[1] <= run.start() + 1 and run.start() - m[1] <= _REACH]
            after = [m for m in mentions if run.end() - 3 <= m[0] <= run.end() + 3]
            if not before or not after:
                continue
            old, new = before[-1], after[0]
            # A number that is only followed by a person's word stands for the old number, whose noun it keeps.
            gap = folded[old[1] : run.start()]
            if mentions is kinds[-2] and len(gap) > 45:
                continue
            marks = _blank(text, max(run.start(), old[1]), new[0])
            if mentions is kinds[-2] and not _has_noun(folded, new[1]):
                width = old[1] - old[0]
                value = text[new[0] : new[1]]
                if len(value) > width:
                    # Longer in letters: written where it stands, with the noun of the old one.
                    noun = text[old[1] : run.start()].strip(" ,.;:(")
                    moved = (value + " " + noun)[: new[1] - old[0]]
                    return text[: old[0]] + moved.ljust(new[1] - old[0]) + text[new[1] :]
                marks = _blank(marks, new[0], new[1])
                return marks[: old[0]] + value.ljust(width) + marks[old[1] :]
            if mentions is kinds[-2]:
                noun = re.match(r"\s*[a-z'-]+(?:\s+d'emploi|\s+emploi)?", folded[old[1] :])
                return _blank(marks, old[0], min(run.start(), old[1] + (noun.end() if noun else 0)))
            return _blank(marks, old[0], old[1])
    return None


def _has_noun(folded: str, end: int) -> bool:
    rest = folded[end:]
    return bool(
        COUNTED_NOUN.match(rest) or re.match(r"\s*(?:demandeu|sans\s+emploi|chomeu|actifs?|en\s+emploi|inscrit)", rest)
    )


def _mentions(text: str, today: date) -> list[list[tuple[int, int]]]:
    """Spans of dates, durations, numbers, places said with « à »: a correction replaces one by another of its kind."""
    dates = [(d.start, d.end) for d in find_dates(text, today)]
    durations = [(d.start, d.end) for d in find_durations(text)]
    taken = dates + durations
    numbers = [
        (n.start, n.end)
        for n in find_numbers(text)
        if not n.article
        and not n.ordinal
        and n.value is not None
        and all(n.end <= s or n.start >= e for s, e in taken)
        and not re.match(r"\d{5}", text[n.start : n.end])
    ]
    folded = fold(text)
    days = [
        (m.start("d"), m.end("d"))
        for m in re.finditer(r"(?:^|[^\w])le\s+(?P<d>\d{1,2})(?=\s+(?:non|pardon|oups|enfin|euh))", folded)
    ]
    if days:
        dates = sorted(
            [
                *dates,
                *(
                    (m.start(), m.end())
                    for m in re.finditer(r"(?<!\w)le\s+\d{1,2}(?=\s+(?:non|pardon|oups|enfin|euh))", folded)
                    if all(m.end() <= s or m.start() >= e for s, e in dates)
                ),
            ]
        )
    places = [m.span() for m in re.finditer(r"(?<!\w)(?:à|a|au|aux)\s+[A-ZÀ-Ý][\w'’-]+(?:\s\d{5})?", text)]
    return [dates, durations, numbers, places]
