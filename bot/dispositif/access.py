"""Proven identities, and the rules of access codes. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum


class Kind(str, Enum):
    STRUCTURE = "structure"
    CONSEILLER = "conseiller"


class Method(str, Enum):
    # A signed token from the host site.
    JETON = "jeton"
    # SIRET and one-time code, by chat.
    CODE = "code"
    # A conseiller's invitation, in Telegram.
    INVITATION = "invitation"


class Purpose(str, Enum):
    """What a code opens."""

    STRUCTURE = "structure"
    CONSEILLER = "conseiller"


@dataclass(frozen=True)
class Identity:
    """Who is behind a channel's chat or conversation: someone of a structure, or a conseiller."""

    id: int
    channel: str
    external_id: str
    kind: Kind
    structure_id: int | None
    contact_id: int | None
    conseiller_id: int | None
    method: Method
    created_at: datetime
    last_seen_at: datetime
    expires_at: datetime | None

    def is_live(self, now: datetime, inactivity: timedelta | None) -> bool:
        """False once its end is past, or when silent longer than `inactivity` (None: silence is no matter)."""
        if self.expires_at and now >= self.expires_at:
            return False
        return inactivity is None or now - self.last_seen_at < inactivity


@dataclass(frozen=True)
class AccessCode:
    """An issued code; the code itself is known only to the person it was given to."""

    id: int
    purpose: Purpose
    structure_id: int | None
    contact_id: int | None
    conseiller_id: int | None
    issued_by: str
    created_at: datetime
    expires_at: datetime
    used_at: datetime | None = None
    revoked_at: datetime | None = None

    def is_usable(self, now: datetime) -> bool:
        return self.used_at is None and self.revoked_at is None and now < self.expires_at


@dataclass(frozen=True)
class Attempts:
    """Failures within the current window."""

    failures: int
    since: datetime
    locked_until: datetime | None

    def is_locked(self, now: datetime) -> bool:
        return self.locked_until is not None and now < self.locked_until
