"""One walk through the steps: what the structure declares, what its file proves, kept apart and read together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Protocol

from bot.dispositif.etapes import (
    LAST,
    Avancement,
    Constat,
    Delais,
    Echeance,
    echeances,
    late,
)
from bot.services.dialogue import Incoming


@dataclass(frozen=True)
class PosteRef:
    """A poste that the person may choose. `label`: « poste 2 (Lina Morel) »."""

    id: int
    numero: int
    label: str


@dataclass(frozen=True)
class Journey:
    """`constat` is None for a visitor: nothing is known but what was declared."""

    declared: Avancement
    today: date
    delais: Delais
    constat: Constat | None = None
    poste: PosteRef | None = None
    # Read once: every sentence speaks of the same dates.
    together: Avancement = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "together", self._together())

    @property
    def current(self) -> int:
        return self.declared.current

    @property
    def proven(self) -> frozenset[int]:
        return self.constat.done if self.constat else frozenset()

    @property
    def echeances(self) -> tuple[Echeance, ...]:
        together = self.together
        paid = self.constat.versements if self.constat else {}
        planned = self.constat.prevus if self.constat else {}
        return echeances(together.dates, together.done, self.today, self.delais, paid, planned)

    @property
    def late_steps(self) -> frozenset[int]:
        return frozenset(echeance.etape for echeance in late(self.echeances))

    def declaring(self, declared: Avancement) -> Journey:
        return replace(self, declared=declared)

    def _together(self) -> Avancement:
        """The file speaks louder: what it proves is done, and its dates replace those declared."""
        if self.constat is None:
            return self.declared
        return replace(
            self.declared,
            done=self.declared.done | self.constat.done,
            skipped=self.declared.skipped - self.constat.done,
            dates={**self.declared.dates, **self.constat.dates},
        )


class Proven(Protocol):
    """A structure proven to be in the conversation, for the time of one message."""

    @property
    def postes(self) -> Sequence[PosteRef]:
        """At least one, in order."""

    def read(self, poste_id: int, today: date) -> tuple[Avancement, Constat]:
        """What was declared of this poste, and what its file proves."""

    def write(self, poste_id: int, before: Avancement, after: Avancement) -> None:
        """Keeps what changed."""


class Files(Protocol):
    """Says who is proven to be in a conversation."""

    def proven(self, message: Incoming) -> Proven | None:
        """None for a visitor, and for a structure without a poste."""


class NoFiles:
    """Everyone is a visitor."""

    def proven(self, message: Incoming) -> Proven | None:
        return None


def first_to_do(declared: Avancement, constat: Constat) -> Avancement:
    """Where to read when nothing says: the first step that is neither proven nor settled."""
    remaining = [number for number in declared.remaining if number not in constat.done]
    return declared.go_to(remaining[0] if remaining else LAST)
