"""Gathers what the page of a conversation shows, in a handful of statements."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from bot.dispositif.comprehension import FAQ_PREFIX, Verdict
from bot.dispositif.conversation import Author, Conversation, Direction, Message, Status
from bot.dispositif.handover import Request
from bot.dispositif.personnel import Permission, Staff
from bot.dispositif.understanding import ACTIVITY, Understanding
from bot.reference.faq import Catalogue
from bot.storage.desk import Note, Viewer
from bot.storage.rasa_events import latest_slots
from bot.storage.unit_of_work import UnitOfWork

# Twice the period at which an open page says it is there.
LOOKING = timedelta(seconds=40)
MAX_MESSAGES = 500

STATES: Mapping[Status, str] = {
    Status.QUEUED: "En attente d'envoi",
    Status.DELIVERED: "Remis",
    Status.FAILED: "Non remis",
}
VERDICTS: Mapping[str, str] = {
    Verdict.ANSWER.value: "a répondu",
    Verdict.ANSWER_AND_OFFER.value: "a répondu, et proposé d'autres questions",
    Verdict.ASK.value: "a demandé de choisir",
    Verdict.TALK.value: "a reconnu une formule de conversation",
    Verdict.OUT_OF_SCOPE.value: "a jugé la question hors sujet",
    Verdict.REFUSE.value: "n'a pas compris",
    ACTIVITY: "y a vu une réponse à ce qu'il demandait",
}


@dataclass(frozen=True)
class Candidate:
    title: str
    score: float
    key: str | None


@dataclass(frozen=True)
class Explained:
    """What the assistant made of a message, in words, and between what it hesitated."""

    verdict: str
    candidates: tuple[Candidate, ...]
    why: str


@dataclass(frozen=True)
class Line:
    """One entry of the thread: a message, or an internal note (then `message` is None)."""

    at: datetime
    message: Message | None = None
    note: Note | None = None
    explained: Explained | None = None
    failure: str | None = None

    @property
    def delivery(self) -> str | None:
        message = self.message
        if message is None or message.direction is not Direction.OUT:
            return None
        return STATES.get(message.status)


@dataclass(frozen=True)
class Thread:
    conversation: Conversation
    request: Request | None
    requests: list[Request]
    lines: list[Line]
    viewers: list[Viewer]
    holder: Staff | None
    tags: list[str]
    last_seq: int

    @property
    def topic(self) -> str | None:
        """What the person needs an answer to: their last message that says something, else the subject they gave."""
        for line in reversed(self.lines):
            message = line.message
            if message and message.author is Author.USER and message.payload is None and len(message.text.split()) > 2:
                return message.text
        return self.request.subject if self.request else None


def may_read(uow: UnitOfWork, conversation_id: str, staff: Staff) -> Conversation | None:
    """The conversation, if this person may read it: someone asked for a human there, or they may read them all."""
    conversation = uow.conversations.get(conversation_id)
    if conversation is None:
        return None
    if staff.may(Permission.READ_ALL) or uow.handovers.latest_of(conversation_id):
        return conversation
    return None


def read_thread(uow: UnitOfWork, conversation: Conversation, catalogue: Catalogue, now: datetime) -> Thread:
    """Everything of a conversation; notes stand among the messages at their time."""
    messages = uow.messages.latest(conversation.id, MAX_MESSAGES)
    understandings = uow.understandings.of_conversation(conversation.id)
    failures = uow.messages.failures(conversation.id)
    lines = [
        Line(
            message.created_at,
            message=message,
            explained=explain(understandings[message.id], catalogue) if message.id in understandings else None,
            failure=failures.get(message.id),
        )
        for message in messages
    ]
    lines += [Line(note.created_at, note=note) for note in uow.desk.notes(conversation.id)]
    # Messages keep their own order whatever their times say: only notes are placed by time.
    lines = _with_notes_in_place(lines)
    requests = uow.handovers.of_conversation(conversation.id)
    request = requests[-1] if requests else None
    return Thread(
        conversation,
        request,
        requests,
        lines,
        uow.desk.viewers(conversation.id, now - LOOKING, now),
        uow.staff.get(request.claimed_by) if request and request.claimed_by else None,
        uow.handovers.tags([request.id]).get(request.id, []) if request else [],
        messages[-1].seq if messages else 0,
    )


def _with_notes_in_place(lines: list[Line]) -> list[Line]:
    ordered = [line for line in lines if line.message]
    for line in lines:
        if line.note:
            place = next((i for i, other in enumerate(ordered) if other.at > line.at), len(ordered))
            ordered.insert(place, line)
    return ordered


def explain(understanding: Understanding, catalogue: Catalogue) -> Explained:
    """The verdict and the candidates in words."""
    candidates = tuple(candidate_of(name, score, catalogue) for name, score in understanding.candidates[:4])
    if understanding.verdict == ACTIVITY:
        why = ""
    elif understanding.best < 0.5:
        why = f"Rien ne ressemble assez à ce message : la meilleure piste n'a que {understanding.best:.0%}."
    elif understanding.margin < 0.2:
        why = f"Deux pistes se valent : {understanding.margin:.0%} les séparent."
    else:
        why = f"La première piste est nette : {understanding.margin:.0%} devant la seconde."
    return Explained(VERDICTS.get(understanding.verdict, understanding.verdict), candidates, why)


def candidate_of(name: str, score: float, catalogue: Catalogue) -> Candidate:
    key = name[len(FAQ_PREFIX) :] if name.startswith(FAQ_PREFIX) else None
    question = catalogue.questions.get(key or name)
    return Candidate(question.title if question else name, score, question.key if question else None)


def memory_of(uow: UnitOfWork, conversation_id: str) -> dict[str, Any]:
    """`activity`: the guided dialogue whose question is open and what it holds; `declared`: what others remember."""
    slots = latest_slots(uow.connection, conversation_id, ("active_activity", "activity_memory"))
    name, memory = slots.get("active_activity"), slots.get("activity_memory") or {}
    declared = [(str(other), _flat(value)) for other, value in memory.items() if other != name and value]
    return {"activity": (str(name), _flat(memory.get(name))) if name else None, "declared": declared}


def _flat(value: Any, prefix: str = "") -> list[tuple[str, str]]:
    if isinstance(value, Mapping):
        return [row for key, inner in value.items() for row in _flat(inner, f"{prefix} {key}".strip())]
    if isinstance(value, list):
        return [(prefix, ", ".join(map(str, value)))] if value else []
    return [(prefix, str(value))] if value not in (None, "") else []
