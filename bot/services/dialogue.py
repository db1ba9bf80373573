"""What a turn of conversation is made of, and what a guided activity (a calculation, a report…) must offer."""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from bot.dispositif.comprehension import Reading

# Wishes that an activity never takes for an answer to its question.
GLOBAL_INTENTS = frozenset({"ask_human", "start_over"})


@dataclass(frozen=True)
class Context:
    """What the conversation remembers between two messages."""

    previous: str | None = None
    offered: tuple[str, ...] = ()
    failures: int = 0
    # The activity whose question is open, if any.
    active: str | None = None
    # What each activity remembers, by its name; JSON values only.
    memory: Mapping[str, Any] = field(default_factory=dict)

    def remembering(self, activity: str, value: Any) -> Context:
        """The same context where `activity` is open and remembers `value`."""
        return replace(self, active=activity, failures=0, offered=(), memory={**self.memory, activity: value})

    def without(self, activity: str) -> Context:
        """The same context where `activity` is over and forgotten."""
        memory = {name: value for name, value in self.memory.items() if name != activity}
        return replace(self, active=None if self.active == activity else self.active, memory=memory)

    def leaving(self, activity: str) -> Context:
        """The same context where `activity` asks nothing any more but keeps what it remembers."""
        return replace(self, active=None if self.active == activity else self.active)


@dataclass(frozen=True)
class Button:
    title: str
    payload: str


@dataclass(frozen=True)
class Say:
    """One message of the assistant. `parts` separates what `text` says in one piece: answer, evolution, source.

    `extra` is for channels that can draw more than text (a table, a picture, a file to download); the text alone
    must be enough.
    """

    text: str
    buttons: tuple[Button, ...] = ()
    question: str | None = None
    parts: Mapping[str, str] = field(default_factory=dict)
    extra: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Turn:
    says: tuple[Say, ...]
    context: Context
    # A conversation intent that the caller answers in its own way.
    talk: str | None = None


@dataclass(frozen=True)
class Incoming:
    """One message of a person, as it was understood."""

    conversation_id: str
    # "widget", "telegram", or "rest" for a plain Rasa client.
    channel: str
    text: str
    intent: str
    # The Rasa message id: the same message given twice is the same turn.
    message_id: str
    whole: Reading
    parts: Sequence[Reading]
    # What a button carried; empty for typed text.
    entities: Mapping[str, str]
    now: datetime

    @property
    def is_button(self) -> bool:
        return bool(self.entities)

    def chosen(self, activity: str) -> tuple[str, str] | None:
        """(field, value) of a button made by `choice` for this activity, or None."""
        if self.intent != "choose" or self.entities.get("activity") != activity:
            return None
        return self.entities.get("field", ""), self.entities.get("value", "")


class Activity(ABC):
    """A guided dialogue of several turns. Deterministic; its state is in the context or in the database."""

    name: str

    @abstractmethod
    def take(self, message: Incoming, context: Context) -> Turn | None:
        """Continues (or starts) when the message is meant for this activity; None otherwise.

        Called for every message, the open activity first, before the action of the message's own intent. When the
        activity is not open it must only take what cannot be meant otherwise.
        """

    @abstractmethod
    def resume(self, context: Context, now: datetime) -> Say | None:
        """What brings the person back to the open question after an interruption; None to stay silent."""


def choice(title: str, activity: str, field_name: str, value: str) -> Button:
    """A button that `Incoming.chosen` reads back."""
    carried = {"activity": activity, "field": field_name, "value": value}
    return Button(title, "/choose" + json.dumps(carried, ensure_ascii=False))


def content_of(say: Say) -> dict[str, Any]:
    """What a client that draws the parts of a message needs besides its text."""
    content: dict[str, Any] = dict(say.extra)
    if say.question:
        content["question"] = say.question
    if say.parts:
        content["parts"] = dict(say.parts)
    return content
