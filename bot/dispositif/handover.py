"""What a request for a human goes through, and when the support desk is open."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from enum import Enum
from zoneinfo import ZoneInfo

from bot.dispositif.conversation import Owner
from bot.dispositif.francais.dates import MONTHS, WEEKDAYS

PARIS = ZoneInfo("Europe/Paris")


class State(str, Enum):
    """Where a request is. Its conversation's owner follows from it: see `OWNER_OF`."""

    # Someone is at the desk and the person waits for them.
    WAITING = "waiting"
    # Nobody is there: the request is kept, to be answered later, and the assistant goes on meanwhile.
    KEPT = "kept"
    CLAIMED = "claimed"
    CLOSED = "closed"

    @property
    def label(self) -> str:
        return {
            "waiting": "En attente",
            "kept": "Gardée, à rappeler",
            "claimed": "En cours",
            "closed": "Close",
        }[self]


OWNER_OF: Mapping[State, Owner] = {
    State.WAITING: Owner.WAITING,
    State.KEPT: Owner.ASSISTANT,
    State.CLAIMED: Owner.HUMAN,
    State.CLOSED: Owner.ASSISTANT,
}
# What may follow what; anything else is refused with a sentence.
TRANSITIONS: Mapping[State, frozenset[State]] = {
    State.WAITING: frozenset({State.CLAIMED, State.KEPT, State.CLOSED}),
    State.KEPT: frozenset({State.CLAIMED, State.WAITING, State.CLOSED}),
    # To itself: handed to a colleague.
    State.CLAIMED: frozenset({State.CLAIMED, State.WAITING, State.KEPT, State.CLOSED}),
    State.CLOSED: frozenset({State.WAITING, State.KEPT, State.CLAIMED}),
}
UNCLAIMED = (State.WAITING, State.KEPT)


class Trigger(str, Enum):
    """Why the person came to want a human."""

    ASKED = "asked"
    FAILURES = "failures"
    THUMB = "thumb"

    @property
    def label(self) -> str:
        return {
            "asked": "Demande de la personne",
            "failures": "L'assistant n'a pas compris",
            "thumb": "Réponse jugée inutile",
        }[self]


class CloseReason(str, Enum):
    ANSWERED = "answered"
    EMAILED = "emailed"
    HANDED_BACK = "handed_back"
    NOT_FOR_US = "not_for_us"
    USER_LEFT = "user_left"
    SILENCE = "silence"

    @property
    def label(self) -> str:
        return {
            "answered": "Répondu dans la conversation",
            "emailed": "Répondu par e-mail",
            "handed_back": "Rendue à l'assistant",
            "not_for_us": "Sans objet, ou pas pour nous",
            "user_left": "La personne est revenue à l'assistant",
            "silence": "Sans nouvelle de la personne",
        }[self]


# What an agent may choose; the others happen by themselves.
AGENT_REASONS = (CloseReason.ANSWERED, CloseReason.EMAILED, CloseReason.NOT_FOR_US)

PRIORITIES: Mapping[int, str] = {0: "Basse", 1: "Normale", 2: "Haute"}


@dataclass(frozen=True)
class Request:
    """One request for a human. Times are aware UTC datetimes; `priority` is a key of `PRIORITIES`."""

    id: int
    conversation_id: str
    state: State
    trigger: Trigger
    requested_at: datetime
    waiting_since: datetime
    updated_at: datetime
    subject: str | None = None
    email: str | None = None
    theme: str | None = None
    priority: int = 1
    claimed_by: int | None = None
    claimed_at: datetime | None = None
    first_reply_at: datetime | None = None
    last_user_at: datetime | None = None
    last_staff_at: datetime | None = None
    warned_at: datetime | None = None
    alarmed_at: datetime | None = None
    snoozed_until: datetime | None = None
    closed_at: datetime | None = None
    closed_by: int | None = None
    close_reason: CloseReason | None = None
    rating: int | None = None

    def is_set_aside(self, now: datetime) -> bool:
        return self.snoozed_until is not None and self.snoozed_until > now


@dataclass(frozen=True)
class HandoverRules:
    """How long things last. Settings of the operator; the defaults suit a small team."""

    # Someone who has not been seen for this long is not at their desk.
    presence: timedelta = timedelta(seconds=45)
    # An agent gone for this long gives back what they hold.
    absent: timedelta = timedelta(seconds=120)
    # A request that nobody has taken rings.
    alarm: timedelta = timedelta(minutes=5)
    # Waiting longer than this is no waiting any more: the request is kept and the person told so.
    patience: timedelta = timedelta(minutes=15)
    silence: timedelta = timedelta(minutes=20)
    silence_after_warning: timedelta = timedelta(minutes=10)
    # Whether agents present outside the opening hours count.
    hours_only: bool = True


Holiday = Callable[[date], "str | None"]


@dataclass(frozen=True)
class OpeningHours:
    """Local opening hours: for each weekday (Monday is 0), the intervals in order."""

    slots: Mapping[int, Sequence[tuple[time, time]]] = field(default_factory=dict)

    def is_open(self, moment: datetime, holiday: Holiday) -> bool:
        local = moment.astimezone(PARIS)
        return holiday(local.date()) is None and any(
            start <= local.time() < end for start, end in self.slots.get(local.weekday(), ())
        )

    def next_opening(self, moment: datetime, holiday: Holiday) -> datetime | None:
        """The next instant at which it opens, local; None when it does not within three weeks."""
        local = moment.astimezone(PARIS)
        for days in range(22):
            day = local.date() + timedelta(days=days)
            if holiday(day) is not None:
                continue
            for start, _end in self.slots.get(day.weekday(), ()):
                opening = datetime.combine(day, start, PARIS)
                if opening > local:
                    return opening
        return None

    @property
    def sentence(self) -> str:
        """« du lundi au vendredi, de 9 h à 12 h 30 et de 13 h 30 à 17 h »; days of the same hours together."""
        groups: list[tuple[list[int], Sequence[tuple[time, time]]]] = []
        for day in range(7):
            slots = self.slots.get(day, ())
            if not slots:
                continue
            if groups and groups[-1][1] == slots and groups[-1][0][-1] == day - 1:
                groups[-1][0].append(day)
            else:
                groups.append(([day], slots))
        return " ; ".join(f"{_days(days)}, {_hours(slots)}" for days, slots in groups)


@dataclass(frozen=True)
class Availability:
    """Whether someone may answer now, seen at one instant."""

    agents: int
    is_open: bool
    next_opening: datetime | None
    # The name of today's public holiday, if it is one.
    holiday: str | None
    hours_only: bool = True

    @property
    def is_live(self) -> bool:
        """True only when someone is there: nothing is promised otherwise."""
        return self.agents > 0 and (self.is_open or not self.hours_only)


def estimated_wait(position: int, handling: Sequence[timedelta], agents: int) -> timedelta | None:
    """How long the person at `position` (from 1) may wait, from recent handling times; None without enough of them."""
    if len(handling) < 5 or agents < 1:
        return None
    typical = sorted(handling)[len(handling) // 2]
    return typical * position / agents


def when(moment: datetime, now: datetime) -> str:
    """« aujourd'hui à 13 h 30 », « demain à 9 h », « lundi 4 mai à 9 h »."""
    local, today = moment.astimezone(PARIS), now.astimezone(PARIS).date()
    days = (local.date() - today).days
    day = {0: "aujourd'hui", 1: "demain"}.get(days)
    if day is None:
        number = "1er" if local.day == 1 else str(local.day)
        day = f"{WEEKDAYS[local.weekday()]} {number} {MONTHS[local.month - 1]}"
    return f"{day} à {_hour(local.time())}"


def _hour(moment: time) -> str:
    return f"{moment.hour} h" + (f" {moment.minute:02d}" if moment.minute else "")


def _hours(slots: Sequence[tuple[time, time]]) -> str:
    return " et ".join(f"de {_hour(start)} à {_hour(end)}" for start, end in slots)


def _days(days: Sequence[int]) -> str:
    if len(days) == 1:
        return f"le {WEEKDAYS[days[0]]}"
    if len(days) == 2:
        return f"le {WEEKDAYS[days[0]]} et le {WEEKDAYS[days[1]]}"
    return f"du {WEEKDAYS[days[0]]} au {WEEKDAYS[days[-1]]}"


# What the person writes to leave the queue or the human, whatever the channel; nothing else counts.
_RETURN = re.compile(
    r"^\W*(?:je (?:veux|voudrais|souhaite|prefere|préfère) )?(?:revenir|retourner|retour|repasser|reparler|continuer)"
    r" (?:avec|a|à|au|vers|sur)? ?(?:l['’ ]?\s?|le |la )?(?:assistant|robot|bot|chatbot)\W*$",
    re.IGNORECASE,
)
RETURN_TITLE = "Revenir à l'assistant"


def wants_the_assistant_back(text: str) -> bool:
    return bool(_RETURN.match(text.strip()))
