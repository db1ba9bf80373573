"""Reads what people type to move through the steps. A command is a message of which every word is known.

« combien de temps ? » asks for the delays of the step being read; « combien de temps dure la formation ? » has a word
of its own and is left to the FAQ.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum

from rapidfuzz import fuzz, process

from bot.dispositif.etapes import LAST
from bot.services.etapes.vocabulary import (
    FUZZY_MIN_LENGTH,
    FUZZY_SCORE,
    KNOWN,
    LONG_WORDS,
    NEUTRAL,
    NUMBERS,
    ORDINALS,
    SMS,
    STEP_WORDS,
    VERBS,
    flatten,
)


class Verb(str, Enum):
    """What the person wants of the walk; the values are also what buttons carry."""

    START = "start"
    NEXT = "next"
    PREVIOUS = "previous"
    GO_TO = "go_to"
    DONE = "done"
    NOT_DONE = "not_done"
    SKIP = "skip"
    # « nous en sommes à l'étape 4 »
    AT = "at"
    POSITION = "position"
    OVERVIEW = "overview"
    TODO = "todo"
    DETAILS = "details"
    DOCUMENTS = "documents"
    DELAYS = "delays"
    TOOLS = "tools"
    ADVICE = "advice"
    ACTORS = "actors"
    LINKS = "links"
    STOP = "stop"
    BYE = "bye"
    HELP = "help"
    RESTART = "restart"
    CONFIRM_RESTART = "confirm_restart"


@dataclass(frozen=True)
class Command:
    """`numbers`: the steps named, which may not exist; `explicit`: it speaks of a step or of the walk by name."""

    verb: Verb
    numbers: tuple[int, ...] = ()
    explicit: bool = False


# « le guide pas-à-pas » is a document, and « le parcours » alone may be that of the training.
_NAMES_ANOTHER_THING = re.compile(
    r"^guides? pasapas|\b(le|un|du|ce|au|les|quoi|votre|vos) guides?\b|\bguides? (bien|pour)\b"
)
_SIDES = frozenset({Verb.DOCUMENTS, Verb.DELAYS, Verb.TOOLS, Verb.ADVICE, Verb.ACTORS, Verb.LINKS})
_WHOLE = frozenset({Verb.RESTART, Verb.STOP, Verb.POSITION, Verb.OVERVIEW})
_ANY_NUMBER = r"(?:\d{1,30}|" + "|".join(sorted(NUMBERS, key=len, reverse=True)) + ")"
_ANY_ORDINAL = r"(?:\d{1,4} ?(?:ere|er|eme|ieme|nde|nd|e)|" + "|".join(sorted(ORDINALS, key=len, reverse=True)) + ")"
_LABEL = r"(?:n |no |num |numero )?"
_RANGE = re.compile(rf"\betapes? {_LABEL}({_ANY_NUMBER}) (?:a|jusqu a|au) (?:l etape )?({_ANY_NUMBER})\b")
_SEVERAL = re.compile(rf"\betapes? ({_ANY_NUMBER}(?: (?:et )?{_ANY_NUMBER})+)\b")
_NAMED = re.compile(rf"\betapes? {_LABEL}({_ANY_NUMBER})\b|\b({_ANY_ORDINAL}) etape\b|\betape ({_ANY_ORDINAL})\b")
_BARE = re.compile(rf"^(?!\d{{3}})((?:.* )?)(?:la |le |l |numero |n )?({_ANY_ORDINAL}|{_ANY_NUMBER})$")
_PLACE = " NUM "


def read_command(text: str, is_open: bool) -> Command | None:
    """The command that `text` is, or None. `is_open`: the walk is the subject, so bare numbers are steps."""
    flat = _spelt_out(flatten(text))
    if not flat or len(flat.split()) > 16:
        return None
    rest, numbers = _take_numbers(flat)
    explicit = bool(numbers) or bool(re.search(r"\betapes?\b|\bparcours\b|\bpas a pas\b", flat))
    if not numbers and is_open:
        rest, numbers = _take_bare_number(flat)
    words = [known for word in rest.split() if (known := _known(word)) != ""]
    if "etape" in words and not numbers:
        words, numbers = _take_step_names(words)
    if any(word is None for word in words):
        return None
    verb = _verb([word for word in words if word], numbers)
    is_side = verb in _SIDES
    if verb is None or _NAMES_ANOTHER_THING.search(flat):
        return None
    if is_side and (not explicit and numbers or not numbers and "parcours" in flat.split()):
        return None
    return Command(verb, () if verb in _WHOLE else numbers, explicit)


def named_steps(text: str) -> tuple[int, ...]:
    """The steps that a sentence names, whatever else it says."""
    return _take_numbers(_spelt_out(flatten(text)))[1]


def _spelt_out(flat: str) -> str:
    return " ".join(SMS.get(word, word) if _is_not_etape(word) else _etape(word) for word in flat.split())


def _is_not_etape(word: str) -> bool:
    # « letape », « etpe », « éatpe »; never « tape » or « taper ».
    bare = word.removeprefix("l") if word.startswith(("le", "la")) else word
    return not (len(bare) >= 4 and bare[0] in "ea" and fuzz.ratio(bare.rstrip("s"), "etape") >= 79)


def _etape(word: str) -> str:
    return "etapes" if word.endswith("s") else "etape"


def _value(written: str) -> int:
    if written in NUMBERS:
        return NUMBERS[written]
    if written in ORDINALS:
        return ORDINALS[written]
    return int(re.match(r"\d+", written).group())  # type: ignore[union-attr] -- the pattern starts with digits


def _take_numbers(flat: str) -> tuple[str, tuple[int, ...]]:
    """The text without the steps it names, and their numbers: « étapes 1 à 3 », « la 5e étape », « étape deux »."""
    if match := _RANGE.search(flat):
        first, last = _value(match.group(1)), _value(match.group(2))
        if first <= last <= LAST:
            return _without(flat, match), tuple(range(first, last + 1))
    if match := _SEVERAL.search(flat):
        return _without(flat, match), tuple(_value(word) for word in match.group(1).split() if word != "et")
    if match := _NAMED.search(flat):
        return _without(flat, match), (_value(next(group for group in match.groups() if group)),)
    return flat, ()


def _take_bare_number(flat: str) -> tuple[str, tuple[int, ...]]:
    """« 5 », « la 5 », « la dernière », « fini la 3 »."""
    match = _BARE.match(flat)
    if not match:
        return flat, ()
    return f"{match.group(1)}{_PLACE}", (_value(match.group(2)),)


def _without(flat: str, match: re.Match[str]) -> str:
    return flat[: match.start()] + _PLACE + flat[match.end() :]


def _take_step_names(words: Sequence[str | None]) -> tuple[list[str | None], tuple[int, ...]]:
    """« l'étape des entretiens »: the one step that a word names; words that could be two steps are not taken."""
    named = {number for word in words if word in STEP_WORDS for number in STEP_WORDS[word]}
    if len(named) != 1:
        return list(words), ()
    return [word for word in words if word not in STEP_WORDS], tuple(named)


def _known(word: str) -> str | None:
    """The word as the vocabulary spells it; "" for what carries no meaning; None for a word of another subject."""
    if word in NEUTRAL:
        return ""
    if word in KNOWN or word in STEP_WORDS or word == _PLACE.strip():
        return word
    if len(word) >= FUZZY_MIN_LENGTH:
        found = process.extractOne(word, LONG_WORDS, scorer=fuzz.ratio, score_cutoff=FUZZY_SCORE)
        if found:
            return "" if found[0] in NEUTRAL else found[0]
    return None


def _verb(words: Sequence[str], numbers: tuple[int, ...]) -> Verb | None:
    if any(word in STEP_WORDS for word in words):
        return None
    text = " ".join(word for word in words if word != _PLACE.strip())
    for name, pattern in VERBS.items():
        if pattern.search(text):
            verb = Verb(name)
            if verb is Verb.AT and not numbers:
                continue
            return _with_number(verb, text) if numbers else verb
    return Verb.GO_TO if numbers and set(text.split()) <= _NAMES_ONLY else None


# « c'est quoi l'étape 4 ? »: words that may stand beside a number without asking for anything else.
_NAMES_ONLY = frozenset({"a", "est", "quoi", "etape", "etapes", "parcours", "vers", "jusqu", "jusque", "en", "phase"})


# « revenir à l'étape 2 », « passer à la 5 », « commencer par l'étape 3 » name where to go.
_GOES_THERE: Mapping[Verb, re.Pattern[str]] = {
    Verb.SKIP: re.compile(r"\b(passer|passe|passons|passez|sauter|sautons) a\b"),
    Verb.PREVIOUS: re.compile(r""),
    Verb.NEXT: re.compile(r""),
    Verb.START: re.compile(r""),
    Verb.TODO: re.compile(r""),
    Verb.OVERVIEW: re.compile(r""),
}


def _with_number(verb: Verb, text: str) -> Verb:
    pattern = _GOES_THERE.get(verb)
    return Verb.GO_TO if pattern is not None and pattern.search(text) else verb
