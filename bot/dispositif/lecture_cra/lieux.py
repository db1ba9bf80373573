"""The commune and postal code a report speaks of: checked against the official list, homonyms asked."""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.dispositif.communes import Commune, Communes, name_key
from bot.dispositif.cra import BrokenRule
from bot.dispositif.francais.texte import fold
from bot.dispositif.nomenclature_cra import ReadingWords

_CODE = re.compile(r"(?<![\w.,/+-])(?:f-?)?(?P<code>\d{2}[ ]?\d{3})(?![\w/]|[.,]\d|\s*(?:€|euros?|personnes|pers\b))")
_WORD = re.compile(r"[a-zœ0-9]+")
_CONTRACTED = {"au": ("a", "le"), "aux": ("a", "les"), "du": ("de", "le"), "des": ("de", "les")}
_LIVES = re.compile(
    r"(?<![a-z])(?:habit\w*|domicili\w*|originaire|ven(?:ue?s?|ant)|vien\w*|resid\w*|rue|avenue|av|bd|boulevard|place|impasse|allee|chemin|quai|square|"
    r"route|demenag\w*|nee?|sortie?|parti\w*|photos?|voyage|vacances|billets?|train|prefecture|sous prefecture|tribunal|cafe?|cpam|caf|"
    r"carsat|tour|mutuelle|orange|groupe|eau|sel|vin|pain|jus|fin|jour|prix|trip|vol|hotel|fille|fils|petits?[- ]enfants?)\s+(?:(?:d|de|du|a|vers|pour|sur|l|la)[\s']+)*$"
)
_OCCASIONS = frozenset(
    [
        "atelier",
        "ateliers",
        "rdv",
        "seance",
        "animation",
        "intervention",
        "stand",
        "forum",
        "salon",
        "reunion",
        "conseil",
    ]
)
_PREPOSITION = re.compile(r"(?<![\w'])(?:a|sur|d'|de)\s*$")


@dataclass(frozen=True)
class Place:
    """What is known of the place, and what has to be asked about it."""

    commune: str | None = None
    code_postal: str | None = None
    code_commune: str | None = None
    problems: tuple[BrokenRule, ...] = ()
    start: int = -1


@dataclass(frozen=True)
class _Token:
    start: int
    end: int
    folded: str
    key: str


def find_place(text: str, communes: Communes, words: ReadingWords, masked: str | None = None) -> Place:
    """The one place of `text`. `masked`: the same text (same length) where what is not a place has been blanked."""
    folded = fold(masked if masked is not None else text)
    codes = [(m.start(), m["code"].replace(" ", "")) for m in _CODE.finditer(folded) if _is_code(m, folded, communes)]
    distinct = list(dict.fromkeys(code for _, code in codes))
    if len(distinct) > 1:
        return Place(
            problems=(
                BrokenRule(
                    "code_postal",
                    "plusieurs_codes",
                    f"Vous citez plusieurs codes postaux ({', '.join(distinct)}) : lequel est le bon ?",
                ),
            )
        )
    code = distinct[0] if distinct else None
    names = _names(text, folded, communes, words, code)
    start = min([start for start, _ in codes] + [start for start, _, _ in names], default=-1)
    if code:
        return _with_code(code, names, communes, start)
    named = list(dict.fromkeys(key for _, key, _ in names))
    if not named:
        return Place()
    if len(named) > 1:
        spoken = ", ".join(dict.fromkeys(written for _, _, written in names))
        return Place(
            problems=(
                BrokenRule(
                    "commune",
                    "plusieurs_communes",
                    f"Vous citez plusieurs communes ({spoken}) : laquelle est la bonne ?",
                ),
            ),
            start=start,
        )
    found = communes.with_key(named[0])
    if named[0][0] in ("le", "la", "les") and len(named[0]) > 1:
        found = found + [commune for commune in communes.with_key(named[0][1:]) if commune not in found]
    if len(found) > 1:
        departments = ", ".join(sorted({commune.department for commune in found})[:12])
        phrase = f"Plusieurs communes s'appellent {found[0].name} (départements {departments}) : donnez le code postal."
        return Place(problems=(BrokenRule("commune", "homonymes", phrase),), start=start)
    commune = found[0]
    only = commune.postal_codes[0] if len(commune.postal_codes) == 1 else None
    district = _district(commune, names, folded)
    return Place(commune.name, district or only, commune.insee, start=start)


def _with_code(code: str, names: list[tuple[int, tuple[str, ...], str]], communes: Communes, start: int) -> Place:
    here = communes.at(code)
    for _, key, _ in names:
        fitting = [c for c in here if name_key(c.name) == key] or [c for c in here if _holds(name_key(c.name), key)]
        if len(fitting) == 1:
            return Place(fitting[0].name, code, fitting[0].insee, start=start)
    if names:
        found = communes.with_key(names[0][1])
        return Place(found[0].name if found else None, code, start=start)
    if len(here) == 1:
        return Place(here[0].name, code, here[0].insee, start=start)
    return Place(None, code, start=start)


def _is_code(match: re.Match[str], folded: str, communes: Communes) -> bool:
    code = match["code"]
    if " " in code:
        # « 63 200 » is a code only if it exists and nothing counts it.
        return bool(communes.at(code.replace(" ", ""))) and not re.match(
            r"\s*[a-z]?(?:ersonnes|ouvertures)", folded[match.end() :]
        )
    return not re.search(r"(?:n°|numero|dossier|ref\w*|code d'acces)\s*:?\s*$", folded[: match.start()])


def _tokens(folded: str) -> list[_Token]:
    tokens = []
    for match in _WORD.finditer(folded):
        word = match.group().replace("œ", "oe")
        key = {"st": "saint", "ste": "sainte", "sts": "saints", "stes": "saintes"}.get(word, word)
        tokens.append(_Token(match.start(), match.end(), word, key))
    return tokens


def _names(
    text: str, folded: str, communes: Communes, words: ReadingWords, code: str | None
) -> list[tuple[int, tuple[str, ...], str]]:
    """Names of communes that are surely places of the report: start, key, as written."""
    tokens = _tokens(folded)
    here = [name_key(commune.name) for commune in communes.at(code)] if code else []
    here_words = {word for key in here for word in key}
    shouting = sum(c.isupper() for c in text) > 0.6 * max(1, sum(c.isalpha() for c in text))
    found: list[tuple[int, tuple[str, ...], str]] = []
    index = 0
    while index < len(tokens):
        step = 1
        first = tokens[index].key
        if first not in communes.first_words and first not in here_words and first not in _CONTRACTED:
            index += 1
            continue
        for size in range(min(communes.longest_name, len(tokens) - index), 0, -1):
            span = tokens[index : index + size]
            key = tuple(token.key for token in span)
            start, end = span[0].start, span[-1].end
            candidates = communes.with_key(key)
            if not candidates and size > 1 and key[0] in _CONTRACTED:
                # « au Puy », « du Mans »: the article belongs to the name.
                key = (_CONTRACTED[key[0]][1], *key[1:])
                candidates = communes.with_key(key)
            if key[0] in ("le", "la", "les") and len(key) > 1:
                # « le Mont-Dore »: the article may belong to the name or to the sentence.
                candidates = candidates + [c for c in communes.with_key(key[1:]) if c not in candidates]
            if not candidates and not (any(_holds(other, key) for other in here) and _weighty(key, words)):
                continue
            if not re.fullmatch(r"[\w 'œ-]+", folded[start:end]):
                continue
            if re.match(r"-[a-z]", folded[end : end + 2]) or re.fullmatch(r"[a-z]-", folded[max(0, start - 2) : start]):
                continue
            if _is_place(text, folded, tokens, index, size, candidates, here, shouting, words):
                name = candidates[0].name if candidates else text[start:end]
                found.append((start, key, name))
                step = size
                break
            if candidates and size > 1:
                step = size
                break
        index += step
    return found


def _weighty(key: tuple[str, ...], words: ReadingWords) -> bool:
    return any(
        len(word) >= 5
        and word not in words.ordinary_communes
        and word not in ("saint", "sainte", "mails", "atelier", "individuel", "retraite")
        for word in key
    )


def _is_place(
    text: str,
    folded: str,
    tokens: list[_Token],
    index: int,
    size: int,
    candidates: list[Commune],
    here: list[tuple[str, ...]],
    shouting: bool,
    words: ReadingWords,
) -> bool:
    span = tokens[index : index + size]
    start, end = span[0].start, span[-1].end
    # Forty letters back are enough; the « x » keeps a cut text from looking like the start of a message.
    before, after = ("x" if start > 40 else "") + folded[max(0, start - 40) : start], folded[end : end + 40]
    previous = tokens[index - 1] if index else None
    if _LIVES.search(before):
        return False
    ordinary = size == 1 and (span[0].key in words.ordinary_communes or len(span[0].key) < 3)
    if size == 2 and span[0].key in ("l", "le", "la", "les"):
        # « l'hôpital », « la mairie » in lower case are no communes.
        ordinary = span[1].key in words.ordinary_communes | words.places and not text[span[1].start].isupper()
    articled = size > 1 and (span[0].folded in _CONTRACTED or span[0].key in ("l", "le", "la", "les"))
    capital = text[span[1].start if articled else start].isupper() and not shouting
    if here and not ordinary:
        key = tuple(token.key for token in span)
        if any(_holds(other, key) for other in here):
            return True
    # Right beside a postal code, even a wrong one, a name is a place.
    beside = re.match(r"\s*[(,-]?\s*\d{5}(?!\d)", after) or re.search(r"(?<!\d)\d{5}\s*[,-]?\s*$", before)
    if beside and candidates and (not ordinary or capital):
        return True
    if not candidates:
        return False
    # Part of a person's or a building's name: « Jean Moulin », « Victor Hugo ».
    if (
        size < 3
        and capital
        and re.search(r"[A-ZÀ-Ý]['-]?[a-zà-ÿ][\w'-]* $", text[:start])
        and not (previous and previous.folded in words.places)
    ):
        return False
    if (
        capital
        and re.match(r" [A-ZÀ-Ý][a-zà-ÿ]+", text[end:])
        and not re.match(r"\s+(?:hier|lundi|mardi|atelier)", after)
        and size == 1
    ):
        return False
    preposition = previous.folded if previous else ""
    if size > 1 and span[0].folded in _CONTRACTED:
        preposition = _CONTRACTED[span[0].folded][0]
    direct = (size > 1 and span[0].folded in _CONTRACTED) or bool(_PREPOSITION.search(before))
    if preposition in ("a", "sur") and direct:
        if preposition == "sur" and not (capital and not ordinary):
            return False
        # « a lancé », « à la ronde »: without accent or with an article, a word in lower case is seldom a place.
        sure = re.search(r"[àÀ]\s*$", text[max(0, start - 3) : start]) and not articled
        return capital or (not ordinary and _known(candidates, 300 if sure else 2000))
    nearby = {token.folded for token in tokens[max(0, index - 5) : index]}
    if preposition in ("de", "d"):
        # « la médiathèque de Riom » is a place, « une dame de Riom » lives there.
        here_too = nearby & (words.places | _OCCASIONS)
        return bool(here_too) and (capital or (not ordinary and _known(candidates, 300)))
    if ordinary and not capital:
        return False
    if previous and previous.folded in words.places and not re.search(r"[.;:\n]\s*$", before):
        return capital or _known(candidates, 300)
    # Alone between separators: « hier, Riom, 2h », « Lieu : Cournon ».
    alone = re.search(r"(?:^|[,;:|\n/(.]|\s-)\s*$", before) and re.match(r"\s*(?:$|[,;|\n/).]|-\s)", after)
    if alone:
        return not ordinary and (capital or _known(candidates, 1500))
    if size > 1 and (size > 2 or text[span[-1].start].isupper()) and not shouting:
        return True
    if (
        size == 1
        and not capital
        and not re.search(
            r"(?<![a-z])(?:d|de|le|la|l|les|un|une|mme|m|mr|des|du|en|par|pour|ses?|son|sa)[\s'.]+$", before
        )
    ):
        # « at mail 2h 9p hier riom »
        return not ordinary and len(span[0].key) >= 4 and _known(candidates, 5000)
    return capital and not ordinary and not re.search(r"(?:^|[.!?\n])\s*$", before) and _known(candidates, 2000)


def _known(candidates: list[Commune], people: int) -> bool:
    return any(commune.population >= people for commune in candidates)


def _holds(words: tuple[str, ...], part: tuple[str, ...]) -> bool:
    return any(words[i : i + len(part)] == part for i in range(len(words) - len(part) + 1))


_DISTRICTS = {"75056": ("750", 20), "69123": ("6900", 9), "13055": ("130", 16)}


def _district(commune: Commune, names: list[tuple[int, tuple[str, ...], str]], folded: str) -> str | None:
    """« Paris 12e », « Lyon 3 » give their postal code."""
    if commune.insee not in _DISTRICTS or not names:
        return None
    match = re.match(r"[a-z]+\s+(?P<n>\d{1,2})\s?(?:e|eme|er|ieme)(?![a-z])", folded[names[0][0] :])
    prefix, last = _DISTRICTS[commune.insee]
    if not match or not 1 <= int(match["n"]) <= last:
        return None
    return prefix + match["n"].zfill(5 - len(prefix))
