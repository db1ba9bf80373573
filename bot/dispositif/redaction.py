"""What FAQ maintainers handle: drafts, candidates, publications, messages of the inbox."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import Enum
from typing import Any


class DraftKind(str, Enum):
    CREATE = "create"
    EDIT = "edit"
    DELETE = "delete"

    @property
    def label(self) -> str:
        return {"create": "nouvelle entrée", "edit": "modification", "delete": "suppression"}[self.value]


class CandidateState(str, Enum):
    WAITING = "waiting"
    TRAINING = "training"
    READY = "ready"
    FAILED = "failed"
    # The process that trained it died: killed, or the machine restarted.
    INTERRUPTED = "interrupted"
    PUBLISHED = "published"

    @property
    def label(self) -> str:
        return {
            "waiting": "en attente",
            "training": "en cours",
            "ready": "prêt",
            "failed": "échoué",
            "interrupted": "interrompu",
            "published": "publié",
        }[self.value]


class InboxState(str, Enum):
    NEW = "new"
    ATTACHED = "attached"
    CREATED = "created"
    OUT_OF_SCOPE = "out_of_scope"
    IGNORED = "ignored"

    @property
    def label(self) -> str:
        return {
            "new": "à traiter",
            "attached": "rattaché",
            "created": "nouvelle entrée",
            "out_of_scope": "hors sujet",
            "ignored": "ignoré",
        }[self.value]


REASONS: Mapping[str, str] = {
    "refusal": "pas compris",
    "out_of_scope": "jugé hors sujet",
    "hesitation": "hésitation",
    "low_margin": "faible marge",
    "thumbs_down": "réponse jugée inutile",
    "takeover": "repris par un humain",
    "rephrased": "reformulé ensuite",
}


@dataclass(frozen=True)
class Draft:
    """A change of one entry that belongs to one person until it is published."""

    id: int
    author: str
    entry: str
    kind: DraftKind
    base: str | None
    content: Mapping[str, Any]
    version: int
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True)
class Candidate:
    """A version being built, or built, to be compared with what is live and perhaps published."""

    id: int
    author: str
    state: CandidateState
    stage: str
    progress: float
    process_id: int | None
    base_model: str
    base_faq: str
    base_content: str
    model: str | None
    faq: str | None
    content: str | None
    # Pairs (draft id, its version when the candidate was made).
    drafts: Sequence[Sequence[int]]
    report: Mapping[str, Any] | None
    error: str | None
    accepted_by: str | None
    accepted_reason: str | None
    created_at: datetime
    heartbeat_at: datetime
    finished_at: datetime | None

    @property
    def draft_ids(self) -> list[int]:
        return [draft_id for draft_id, _version in self.drafts]

    @property
    def is_running(self) -> bool:
        return self.state in (CandidateState.WAITING, CandidateState.TRAINING)


@dataclass(frozen=True)
class Published:
    """A line of the history."""

    id: int
    kind: str
    state: str
    author: str
    reason: str
    candidate_id: int | None
    target_id: int | None
    model: str
    faq: str
    content: str
    commit: str | None
    git_problem: str | None
    figures: Mapping[str, Any]
    accepted_by: str | None
    accepted_reason: str | None
    created_at: datetime
    finished_at: datetime | None


@dataclass(frozen=True)
class InboxItem:
    id: int
    message_id: int
    text: str
    reasons: Sequence[str]
    group_id: int | None
    state: InboxState
    entry: str | None
    draft_id: int | None
    decided_by: str | None
    decided_at: datetime | None
    created_at: datetime


@dataclass(frozen=True)
class Care:
    """Who answers for an entry, and when it must be read again."""

    entry: str
    owner: str | None
    review_on: date | None


# The stages of a training in order, with the share of the whole that each takes.
STAGES: Mapping[str, tuple[str, float]] = {
    "demarrage": ("démarrage", 0.12),
    "use": ("vecteurs des phrases nouvelles (1/2)", 0.03),
    "e5": ("vecteurs des phrases nouvelles (2/2)", 0.07),
    "mots": ("mots et lettres", 0.18),
    "apprentissage": ("apprentissage", 0.40),
    "archive": ("archive du modèle", 0.10),
    "comparaison": ("comparaison avec la version en ligne", 0.10),
}
# A running candidate that says nothing for so long belongs to a dead process.
SILENCE = timedelta(seconds=90)


def overall(stage: str, done: int, total: int) -> float:
    """How far a training is, 0 to 1."""
    before = 0.0
    for name, (_, share) in STAGES.items():
        if name == stage:
            return before + share * (done / total if total else 1.0)
        before += share
    return before


def time_left(candidate: Candidate, now: datetime) -> timedelta | None:
    """From what was done so far; None while there is too little to tell."""
    if not candidate.is_running or candidate.progress < 0.08:
        return None
    spent = now - candidate.created_at
    return spent * ((1 - candidate.progress) / candidate.progress)
