"""What a conversation is: who owns it, what a message goes through."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum
from typing import Any


class Owner(str, Enum):
    """Who may speak to the person. Only the assistant's conversations go through Rasa."""

    ASSISTANT = "assistant"
    WAITING = "waiting"
    HUMAN = "human"


class Author(str, Enum):
    USER = "user"
    ASSISTANT = "assistant"
    HUMAN = "human"
    SYSTEM = "system"


class Direction(str, Enum):
    IN = "in"
    OUT = "out"
    # A reply computed too late, once a person had taken over: kept for staff, never sent.
    NOTE = "note"


class Status(str, Enum):
    """Incoming: pending → processing → done (or failed). Outgoing: queued → delivered (or failed)."""

    PENDING = "pending"
    PROCESSING = "processing"
    DONE = "done"
    FAILED = "failed"
    QUEUED = "queued"
    DELIVERED = "delivered"


UNHANDLED = (Status.PENDING.value, Status.PROCESSING.value)

# How long a message stays with the process that took it, unless that process renews: what a crash costs at most.
LEASE = timedelta(seconds=15)
MAX_ATTEMPTS = 4
_BACKOFF_SECONDS = (1, 2, 4, 8, 15)


@dataclass(frozen=True)
class Conversation:
    id: str
    channel: str
    external_id: str | None
    owner: Owner
    version: int
    created_at: datetime
    updated_at: datetime
    ended_at: datetime | None = None


@dataclass(frozen=True)
class Message:
    id: int
    conversation_id: str
    seq: int
    direction: Direction
    author: Author
    text: str
    status: Status
    created_at: datetime
    client_id: str | None = None
    payload: str | None = None
    content: Mapping[str, Any] = field(default_factory=dict)
    attempts: int = 0
    in_reply_to: int | None = None

    @property
    def buttons(self) -> Sequence[Mapping[str, str]]:
        return self.content.get("buttons", ())


@dataclass(frozen=True)
class Reply:
    """What the assistant says: the text, and what a channel needs to draw it (`buttons`, `faq`, …)."""

    text: str
    content: Mapping[str, Any] = field(default_factory=dict)


def retry_delay(attempts: int) -> timedelta:
    """How long a message waits before its next try, after `attempts` tries."""
    return timedelta(seconds=_BACKOFF_SECONDS[min(attempts, len(_BACKOFF_SECONDS)) - 1])


def may_assistant_speak(conversation: Conversation, version_at_receipt: int) -> bool:
    """Rule 2 of the design: nobody else owns it, and nobody took it over and gave it back meanwhile."""
    return conversation.owner is Owner.ASSISTANT and conversation.version == version_at_receipt
