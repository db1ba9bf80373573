"""From a message to what is wanted of the walk: a button, an answer to the open question, a command, an intent."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import Enum
from typing import Any

from bot.dispositif.etapes import ETAPE_DU_JALON, PLANNED, Jalon
from bot.dispositif.francais.dates import FoundDate, find_dates
from bot.services.dialogue import Incoming
from bot.services.etapes.commands import Verb, named_steps, read_command
from bot.services.etapes.vocabulary import flatten

NAME = "etapes"
INTENTS: Mapping[str, Verb] = {
    "etape_start": Verb.START,
    "etape_next": Verb.NEXT,
    "etape_previous": Verb.PREVIOUS,
    "etape_skip": Verb.SKIP,
    "etape_done": Verb.DONE,
    "etape_position": Verb.POSITION,
    "etape_goto": Verb.GO_TO,
    "etape_documents": Verb.DOCUMENTS,
    "etape_delays": Verb.DELAYS,
}


class Answer(str, Enum):
    """What an open question is about, and what an answer to it is."""

    DONE = "done"
    BEFORE = "before"
    DATE = "date"
    RESTART = "restart"
    POSTE = "poste"


@dataclass(frozen=True)
class Asked:
    """The question left open, in one short text that the conversation remembers."""

    answer: Answer
    jalon: Jalon | None = None
    number: int | None = None

    @property
    def text(self) -> str:
        return f"{self.answer.value}:{self.jalon.value if self.jalon else self.number or ''}"

    @property
    def etape(self) -> int | None:
        return ETAPE_DU_JALON[self.jalon] if self.jalon else self.number

    @classmethod
    def of(cls, text: str | None) -> Asked | None:
        if not text:
            return None
        name, _, value = text.partition(":")
        answer = Answer(name)
        if answer is Answer.DATE:
            return cls(answer, Jalon(value))
        return cls(answer, number=int(value) if value else None)


@dataclass(frozen=True)
class Wish:
    """A command (`verb`), or an answer to the open question (`answer`).

    `trouble`: why the date given cannot be read, in French. A poste is chosen by its key or by its number.
    """

    verb: Verb | None = None
    numbers: tuple[int, ...] = ()
    day: date | None = None
    answer: Answer | None = None
    jalon: Jalon | None = None
    trouble: str | None = None
    poste_id: int | None = None
    poste_numero: int | None = None

    def to_json(self) -> dict[str, Any]:
        """A command that waits for a poste; answers do not wait."""
        return {"verb": self.verb.value if self.verb else None, "numbers": list(self.numbers)}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Wish:
        return cls(Verb(data["verb"] or Verb.POSITION), tuple(data["numbers"]))


@dataclass(frozen=True)
class Situation:
    """What surrounds the message. `is_fresh`: nothing was answered by others since the walk last spoke."""

    is_open: bool
    has_walk: bool
    is_fresh: bool
    asked: Asked | None
    has_offers: bool
    today: date


def read_wish(message: Incoming, situation: Situation) -> Wish | None:
    """What the message wants of the walk; None when it is for others."""
    chosen = message.chosen(NAME)
    if chosen:
        return _of_button(*chosen, situation.today)
    if message.is_button:
        return None
    if not situation.is_open:
        return _of_closed(message, situation)
    asked = situation.asked
    # A date stays recognisable after an interruption; a « oui » would not.
    if asked and asked.answer is not Answer.DATE and not (situation.is_fresh and not situation.has_offers):
        asked = None
    wish = _answer(message, asked, situation.today) if asked else None
    return wish or _of_command(message, situation) or _of_open_intent(message, situation)


def wish_of_intent(message: Incoming) -> Wish:
    """The wish behind an intent of the walk, with the steps that the text names."""
    verb, numbers = INTENTS[message.intent], named_steps(message.text)
    return Wish(Verb.OVERVIEW if verb is Verb.GO_TO and not numbers else verb, numbers)


def _of_button(field: str, value: str, today: date) -> Wish | None:
    if field == Answer.POSTE.value:
        return Wish(answer=Answer.POSTE, poste_id=int(value))
    if field == Answer.DATE.value:
        jalon, _, when = value.partition(":")
        return Wish(answer=Answer.DATE, jalon=Jalon(jalon), day=today if when == "today" else None)
    numbers = (int(value),) if value else ()
    if field == Verb.AT.value:
        return Wish(answer=Answer.BEFORE, numbers=numbers)
    return Wish(Verb(field), numbers)


def _of_closed(message: Incoming, situation: Situation) -> Wish | None:
    """Only what names the walk, or goes on with one that was begun."""
    command = read_command(message.text, is_open=False)
    if command is None or not command.explicit:
        return None
    begins = bool(command.numbers) or command.verb is Verb.START
    if command.verb is Verb.OVERVIEW:
        # « quelles sont les étapes ? » is a question of the FAQ, which answers it with its source.
        begins = bool(re.search(r"\b(resum|recap|rappel)", flatten(message.text)))
    elif situation.has_walk:
        begins = True
    return Wish(command.verb, command.numbers) if begins else None


def _answer(message: Incoming, asked: Asked, today: date) -> Wish | None:
    if asked.answer is Answer.DATE:
        return _date_answer(message, asked.jalon, today)
    if asked.answer is Answer.POSTE:
        found = re.fullmatch(r"\D*(\d{1,3})\D*", message.text.strip())
        return Wish(answer=Answer.POSTE, poste_numero=int(found.group(1))) if found and len(message.text) < 30 else None
    replies: Mapping[tuple[Answer, str], Wish] = {
        (Answer.DONE, "affirm"): Wish(Verb.DONE),
        (Answer.DONE, "deny"): Wish(Verb.NOT_DONE),
        (Answer.BEFORE, "affirm"): Wish(answer=Answer.BEFORE, numbers=(asked.number or 1,)),
        (Answer.BEFORE, "deny"): Wish(Verb.GO_TO, (asked.number or 1,)),
        (Answer.RESTART, "affirm"): Wish(Verb.CONFIRM_RESTART),
        (Answer.RESTART, "deny"): Wish(Verb.POSITION),
    }
    return replies.get((asked.answer, message.intent))


_NO_IDEA = re.compile(
    r"\b(sais pas|sait pas|aucune idee|aucune idée|plus tard|connais pas|connait pas|inconnue?|oublie|oublié)\b"
)


def _date_answer(message: Incoming, jalon: Jalon, today: date) -> Wish | None:
    found = find_dates(message.text, today, "nearest" if jalon in PLANNED else "past")
    if found and len(_without(message.text, found[0]).split()) <= 8 and "?" not in message.text:
        date_found = found[0]
        trouble = None if date_found.value else date_found.problem
        return Wish(answer=Answer.DATE, jalon=jalon, day=date_found.value, trouble=trouble)
    command = read_command(message.text, is_open=True)
    refuses = message.intent == "deny" or bool(_NO_IDEA.search(message.text.lower()))
    if refuses or (command and command.verb is Verb.SKIP):
        return Wish(answer=Answer.DATE, jalon=jalon)
    return None


_POSTE = re.compile(
    r"\W*(?:et )?(?:pour |voir |passer |revenir )?(?:le |au )?poste (?:n°|numero |numéro )?(\d{1,3})\W*", re.IGNORECASE
)


def _of_command(message: Incoming, situation: Situation) -> Wish | None:
    text = message.text
    if poste := _POSTE.fullmatch(text):
        return Wish(answer=Answer.POSTE, poste_numero=int(poste.group(1)))
    command = read_command(text, is_open=not situation.has_offers)
    if command:
        return Wish(command.verb, command.numbers)
    found = find_dates(text, situation.today, "past")
    if len(found) != 1 or "?" in text:
        return None
    rest = _without(text, found[0])
    command = read_command(rest, is_open=True)
    if command and command.verb is Verb.DONE:
        trouble = None if found[0].value else found[0].problem
        return Wish(Verb.DONE, command.numbers, found[0].value, trouble=trouble)
    jalon = _named_date(rest)
    if jalon is None or found[0].value is None:
        return None
    day = find_dates(text, situation.today, "nearest" if jalon in PLANNED else "past")[0].value
    return Wish(answer=Answer.DATE, jalon=jalon, day=day)


# « le dossier a été déposé le 4 avril »: a date told before it is asked.
_TOLD: Mapping[Jalon, re.Pattern[str]] = {
    Jalon.DEPOT: re.compile(
        r"\b(depos|envoy|transmis)\w*\b.*\b(dossier|demande|subvention)\b|\b(dossier|demande)\b.*\b(depos|envoy|transmis)"
    ),
    Jalon.DEPART_FORMATION: re.compile(
        r"\b(parti|partie|part|partira|depart|entree?)\b.*\bformation\b|\bformation\b.*\b(commenc|debut|demarr)"
    ),
    Jalon.DEBUT_CONTRAT: re.compile(
        r"\bcontrat\b.*\b(commenc|debut|demarr)|\b(debut|commenc)\w*\b.*\bcontrat\b|\bembauche"
    ),
    Jalon.VALIDATION: re.compile(
        r"\b(candidature|structure|comite)\b.*\b(valid|retenu|active)|\b(valid|retenu|active)\w*\b.*\b(candidature|comite)\b"
    ),
}


def _named_date(rest: str) -> Jalon | None:
    flat = flatten(rest)
    if len(flat.split()) > 12 or re.search(r"\b(quand|kan|kand|combien|comment|quel|quelle|si)\b", flat):
        return None
    return next((jalon for jalon, pattern in _TOLD.items() if pattern.search(flat)), None)


def _without(text: str, found: FoundDate) -> str:
    """The text without a date and the small word that led to it."""
    before = re.sub(
        r"\b(?:le|au|du|depuis|depuis le|ce|en|à|a partir du)\s*$", "", text[: found.start], flags=re.IGNORECASE
    )
    return f"{before} {text[found.end :]}"


def _of_open_intent(message: Incoming, situation: Situation) -> Wish | None:
    if message.intent == "goodbye":
        return Wish(Verb.BYE)
    if message.intent == "ask_help":
        return Wish(Verb.HELP)
    if message.intent == "ask_repeat" and situation.is_fresh:
        return Wish(Verb.TODO)
    if message.intent in INTENTS:
        return wish_of_intent(message)
    return None
