"""The words and values an activity report may hold; filled from bot/reference/cra.yaml."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Value:
    """A value a field may take. `short` is for buttons; `proposed` is False for old values, kept for history."""

    code: str
    label: str
    short: str = ""
    # The value of the Coop (V2) it becomes; None when there is none.
    v2: str | None = None
    synonyms: tuple[str, ...] = ()
    # Words that mean this value only when nothing more precise is said.
    weak: tuple[str, ...] = ()
    children: tuple[str, ...] = ()
    proposed: bool = True

    @property
    def button(self) -> str:
        return self.short or self.label


@dataclass(frozen=True)
class AgeBand:
    """Ages in whole years, both ends included. « 12 à 18 ans » stops at 17, as the statistics count it."""

    code: str
    label: str
    youngest: int
    oldest: int
    v2: tuple[str, ...] = ()


@dataclass(frozen=True)
class DurationClass:
    """A class of the V1 form: up to `up_to` minutes, counted as `counted` minutes in the statistics."""

    code: str
    label: str
    up_to: int
    counted: int


@dataclass(frozen=True)
class Bounds:
    """Participants in people, durations in minutes, annotation in characters."""

    first_date: date
    participants_min: int
    participants_max: int
    duration_min: int
    duration_max: int
    annotation_min: int
    annotation_max: int


@dataclass(frozen=True)
class ReadingWords:
    """Folded words that reading needs besides the nomenclature; see bot/reference/cra_mots.yaml for what each is for."""

    first_names: frozenset[str]
    not_names: frozenset[str]
    places: frozenset[str]
    ordinary_communes: frozenset[str]


@dataclass(frozen=True)
class Nomenclature:
    """Everything by code, in the order of the official screens."""

    bounds: Bounds
    activites: Mapping[str, Value]
    canaux: Mapping[str, Value]
    ages: Mapping[str, AgeBand]
    statuts: Mapping[str, Value]
    themes: Mapping[str, Value]
    organismes: Mapping[str, Value]
    suites: Mapping[str, Value]
    durees: tuple[DurationClass, ...]
    source: str
    valid_from: date
    # Words that look like a synonym and are not one.
    real_words: tuple[str, ...]
    v1_closed_on: date

    @property
    def proposed_themes(self) -> tuple[Value, ...]:
        return tuple(theme for theme in self.themes.values() if theme.proposed)

    def v1_duration(self, minutes: int) -> str | int:
        """What the V1 form stores: « 0-30 », « 30-60 », or the exact number of minutes from one hour up.

        Exactly 60 minutes is « 30-60 » or 60 in V1, both counted as an hour; we keep 60, the more precise.
        """
        if minutes >= 60:
            return minutes
        return next(d.code for d in self.durees if minutes <= d.up_to)

    def counted_minutes(self, minutes: int) -> int:
        """The minutes that the official V1 statistics count: 30 up to half an hour, 60 up to one hour."""
        return next((d.counted for d in self.durees if minutes <= d.up_to), minutes)
