"""The eight steps: where one stands, how one moves, which dates follow from those known. Pure."""

from __future__ import annotations

import calendar
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from enum import Enum
from typing import Any

FIRST, LAST = 1, 8
# No structure has a date of the scheme before it existed; nor plans further than this many days ahead.
EARLIEST = date(2020, 1, 1)
FURTHEST = timedelta(days=366)


class Jalon(str, Enum):
    """A date of the structure from which others are computed."""

    VALIDATION = "validation"
    DEPOT = "depot"
    DEBUT_CONTRAT = "debut_contrat"
    DEPART_FORMATION = "depart_formation"


# The step during which each date becomes known.
ETAPE_DU_JALON: Mapping[Jalon, int] = {
    Jalon.VALIDATION: 1,
    Jalon.DEPOT: 4,
    Jalon.DEBUT_CONTRAT: 6,
    Jalon.DEPART_FORMATION: 7,
}
# Dates that may be planned ahead; the others have happened or are not known.
PLANNED = frozenset({Jalon.DEBUT_CONTRAT, Jalon.DEPART_FORMATION})


class Etat(str, Enum):
    """How a step is drawn; the values are those of the channels' progress picture."""

    TODO = "todo"
    CURRENT = "current"
    DONE = "done"
    SKIPPED = "skipped"
    LATE = "late"


@dataclass(frozen=True)
class Avancement:
    """What was declared of the walk: the step being read, those done or skipped, the dates given."""

    current: int = FIRST
    done: frozenset[int] = frozenset()
    skipped: frozenset[int] = frozenset()
    dates: Mapping[Jalon, date] = field(default_factory=dict)

    @property
    def settled(self) -> frozenset[int]:
        return self.done | self.skipped

    @property
    def remaining(self) -> tuple[int, ...]:
        """The steps neither done nor skipped, in order."""
        return tuple(number for number in range(FIRST, LAST + 1) if number not in self.settled)

    @property
    def is_complete(self) -> bool:
        return not self.remaining

    def go_to(self, number: int) -> Avancement:
        """Reads step `number`.

        Raises:
            ValueError: there is no such step.
        """
        _check(number)
        return replace(self, current=number)

    def next(self) -> Avancement:
        """Reads the following step; the last one has none. Nothing is declared done."""
        return replace(self, current=min(self.current + 1, LAST))

    def previous(self) -> Avancement:
        return replace(self, current=max(self.current - 1, FIRST))

    def finish(self, number: int | None = None) -> Avancement:
        """Declares a step done (the current one by default) and, from the current one, reads the next to do."""
        number = self._checked(number)
        settled = replace(self, done=self.done | {number}, skipped=self.skipped - {number})
        return settled._after(number)

    def skip(self, number: int | None = None) -> Avancement:
        """Sets a step aside: it is not done, and no longer asked for."""
        number = self._checked(number)
        settled = replace(self, done=self.done - {number}, skipped=self.skipped | {number})
        return settled._after(number)

    def reopen(self, number: int | None = None) -> Avancement:
        """The step is to do again, and is read."""
        number = self._checked(number)
        return replace(self, current=number, done=self.done - {number}, skipped=self.skipped - {number})

    def finish_before(self, number: int) -> Avancement:
        """Declares done every step before `number` that was not settled, and reads `number`."""
        _check(number)
        before = frozenset(range(FIRST, number)) - self.skipped
        return replace(self, current=number, done=self.done | before)

    def dated(self, jalon: Jalon, day: date) -> Avancement:
        return replace(self, dates={**self.dates, jalon: day})

    def _after(self, number: int) -> Avancement:
        if number != self.current:
            return self
        later = [other for other in self.remaining if other > number]
        return replace(self, current=later[0] if later else min(number + 1, LAST))

    def _checked(self, number: int | None) -> int:
        number = self.current if number is None else number
        _check(number)
        return number


def _check(number: int) -> None:
    if not FIRST <= number <= LAST:
        raise ValueError(f"there is no step {number}")


def to_json(avancement: Avancement) -> dict[str, Any]:
    return {
        "current": avancement.current,
        "done": sorted(avancement.done),
        "skipped": sorted(avancement.skipped),
        "dates": {jalon.value: day.isoformat() for jalon, day in avancement.dates.items()},
    }


def from_json(data: Mapping[str, Any]) -> Avancement:
    """The inverse of `to_json`; missing parts are those of a walk that has not begun."""
    return Avancement(
        int(data.get("current", FIRST)),
        frozenset(data.get("done", ())),
        frozenset(data.get("skipped", ())),
        {Jalon(name): date.fromisoformat(day) for name, day in (data.get("dates") or {}).items()},
    )


def states(avancement: Avancement, late: Collection[int] = ()) -> tuple[Etat, ...]:
    """The eight steps as they are drawn. The step being read is `current` until everything is settled."""

    def state(number: int) -> Etat:
        if number == avancement.current and not avancement.is_complete:
            return Etat.CURRENT
        if number in avancement.done:
            return Etat.DONE
        if number in late:
            return Etat.LATE
        return Etat.SKIPPED if number in avancement.skipped else Etat.TODO

    return tuple(state(number) for number in range(FIRST, LAST + 1))


class DateProblem(str, Enum):
    """Why a date given by a person cannot be kept."""

    TOO_OLD = "too_old"
    FUTURE = "future"
    TOO_FAR = "too_far"


def problem_of_date(jalon: Jalon, day: date, today: date) -> DateProblem | None:
    if day < EARLIEST:
        return DateProblem.TOO_OLD
    if day > today and jalon not in PLANNED:
        return DateProblem.FUTURE
    return DateProblem.TOO_FAR if day > today + FURTHEST else None


# Each pair must be in this order (guide p. 7 to 12); equality is fine.
_ORDER = (
    (Jalon.VALIDATION, Jalon.DEPOT),
    (Jalon.VALIDATION, Jalon.DEBUT_CONTRAT),
    (Jalon.DEBUT_CONTRAT, Jalon.DEPART_FORMATION),
)


def contradictions(dates: Mapping[Jalon, date]) -> tuple[tuple[Jalon, Jalon], ...]:
    """The pairs (first, second) whose dates are the wrong way round."""
    return tuple((a, b) for a, b in _ORDER if a in dates and b in dates and dates[a] > dates[b])


@dataclass(frozen=True)
class DelaiTranche:
    """`part` per cent of the subvention, `mois` months after the departure for training."""

    rang: int
    mois: int
    part: int


@dataclass(frozen=True)
class Delais:
    """The delays of the guide; their sources are in bot/reference/etapes.yaml."""

    recrutement_mois: int
    instruction_jours: int
    formation_jours: int
    tranches: tuple[DelaiTranche, ...]


@dataclass(frozen=True)
class Constat:
    """What a structure's file proves of one poste: steps done, dates, tranches paid or planned (by rank 1, 2, 3)."""

    done: frozenset[int] = frozenset()
    dates: Mapping[Jalon, date] = field(default_factory=dict)
    versements: Mapping[int, date] = field(default_factory=dict)
    prevus: Mapping[int, date] = field(default_factory=dict)


class Statut(str, Enum):
    A_VENIR = "a_venir"
    TENUE = "tenue"
    # Done, but after the limit.
    TENUE_TARD = "tenue_tard"
    # The limit is past and it was for the structure to act.
    EN_RETARD = "en_retard"
    # The day is past and it is for others to act: nothing is late for sure, there is something to check.
    A_VERIFIER = "a_verifier"


@dataclass(frozen=True)
class Echeance:
    """A date that follows from that of `base`.

    `nom`: recrutement, instruction, formation, tranche_1, tranche_2, tranche_3.
    """

    nom: str
    etape: int
    base: Jalon
    le: date
    statut: Statut
    fait_le: date | None = None

    def days_from(self, today: date) -> int:
        """Days left; negative once past."""
        return (self.le - today).days


def echeances(
    dates: Mapping[Jalon, date],
    done: Collection[int],
    today: date,
    delais: Delais,
    versements: Mapping[int, date] | None = None,
    prevus: Mapping[int, date] | None = None,
) -> tuple[Echeance, ...]:
    """Every date that can be computed from `dates`, earliest first.

    `versements`, `prevus`: the day each tranche (1, 2, 3) was paid, or is planned by who pays it, where known.
    A limit is late from the day after.
    """
    found = [
        *_recrutement(dates, done, today, delais),
        *_instruction(dates, done, today, delais),
        *_formation(dates, done, today, delais),
        *_tranches(dates, today, delais, versements or {}, prevus or {}),
    ]
    return tuple(sorted(found, key=lambda echeance: (echeance.le, echeance.etape)))


def late(found: Iterable[Echeance]) -> tuple[Echeance, ...]:
    return tuple(echeance for echeance in found if echeance.statut is Statut.EN_RETARD)


def upcoming(found: Iterable[Echeance]) -> tuple[Echeance, ...]:
    return tuple(echeance for echeance in found if echeance.statut is Statut.A_VENIR)


def add_months(day: date, months: int) -> date:
    """The same day `months` later, or the last of the month when it has no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def _recrutement(dates: Mapping[Jalon, date], done: Collection[int], today: date, delais: Delais) -> Iterable[Echeance]:
    start = dates.get(Jalon.VALIDATION)
    if start is None:
        return
    limit = add_months(start, delais.recrutement_mois)
    yield _limit("recrutement", 6, Jalon.VALIDATION, limit, dates.get(Jalon.DEBUT_CONTRAT), 6 in done, today)


def _instruction(dates: Mapping[Jalon, date], done: Collection[int], today: date, delais: Delais) -> Iterable[Echeance]:
    start = dates.get(Jalon.DEPOT)
    if start is None:
        return
    earliest = start + timedelta(days=delais.instruction_jours)
    # Three weeks are a minimum: past them, nobody is late.
    statut = Statut.TENUE if 6 in done else _expected(earliest, today)
    yield Echeance("instruction", 4, Jalon.DEPOT, earliest, statut)


def _formation(dates: Mapping[Jalon, date], done: Collection[int], today: date, delais: Delais) -> Iterable[Echeance]:
    start = dates.get(Jalon.DEBUT_CONTRAT)
    if start is None:
        return
    limit = start + timedelta(days=delais.formation_jours)
    yield _limit("formation", 7, Jalon.DEBUT_CONTRAT, limit, dates.get(Jalon.DEPART_FORMATION), 7 in done, today)


def _tranches(
    dates: Mapping[Jalon, date],
    today: date,
    delais: Delais,
    versements: Mapping[int, date],
    prevus: Mapping[int, date],
) -> Iterable[Echeance]:
    start = dates.get(Jalon.DEPART_FORMATION)
    if start is None:
        return
    for tranche in delais.tranches:
        day = prevus.get(tranche.rang) or add_months(start, tranche.mois)
        paid = versements.get(tranche.rang)
        statut = Statut.TENUE if paid else _expected(day, today)
        yield Echeance(f"tranche_{tranche.rang}", 8, Jalon.DEPART_FORMATION, day, statut, paid)


def _limit(nom: str, etape: int, base: Jalon, limit: date, did: date | None, is_done: bool, today: date) -> Echeance:
    if did is not None:
        return Echeance(nom, etape, base, limit, Statut.TENUE if did <= limit else Statut.TENUE_TARD, did)
    if is_done:
        return Echeance(nom, etape, base, limit, Statut.TENUE)
    return Echeance(nom, etape, base, limit, Statut.EN_RETARD if today > limit else Statut.A_VENIR)


def _expected(day: date, today: date) -> Statut:
    return Statut.A_VENIR if today <= day else Statut.A_VERIFIER
