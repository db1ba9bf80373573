"""What a conseiller usually does, read in their last reports: offered first, never assumed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from bot.dispositif.cra import Cra

READ = 20

T = TypeVar("T", bound=Hashable)


@dataclass(frozen=True)
class UsualPlace:
    canal: str
    code_postal: str | None
    commune: str | None
    code_commune: str | None = None
    lieu: str | None = None

    def put(self, cra: Cra) -> Cra:
        return replace(
            cra,
            canal=self.canal,
            code_postal=self.code_postal,
            commune=self.commune,
            code_commune=self.code_commune,
            lieu=self.lieu,
        )


@dataclass(frozen=True)
class Habits:
    """The most frequent first; all empty for a first report."""

    places: tuple[UsualPlace, ...] = ()
    durations: tuple[int, ...] = ()
    themes: tuple[str, ...] = ()
    counts: tuple[int, ...] = ()


def habits_of(reports: Sequence[Cra], activite: str | None = None) -> Habits:
    """Durations and counts are those of the same kind of activity, when it is known."""
    alike = [cra for cra in reports if activite is None or cra.activite == activite]
    return Habits(
        places=_ranked(
            UsualPlace(c.canal, c.code_postal, c.commune, c.code_commune, c.lieu) for c in reports if c.canal
        ),
        durations=_ranked(cra.duree_minutes for cra in alike if cra.duree_minutes),
        themes=_ranked(theme for cra in reports for theme in cra.themes),
        counts=_ranked(cra.nb_participants for cra in alike if cra.nb_participants),
    )


def _ranked(values: Iterable[T]) -> tuple[T, ...]:
    """The most frequent first; among equals, the most recent (the order given)."""
    return tuple(value for value, _ in Counter(values).most_common())
