"""Proven identities, and the rules of access codes. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable
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


# -- codes: what they look like, how they are found in a message, what hides them

# Neither vowels (no accidental word) nor characters that look alike: 27 symbols, so 12 of them are 57 bits.
CODE_ALPHABET = "BCDFGHJKMNPQRSTVWXZ23456789"
CODE_GROUPS, GROUP_LENGTH = 3, 4
HIDDEN_CODE = "••••-••••-••••"

_SEPARATOR = r"[-\u2010-\u2015. \u00a0\u202f]?"
_GROUP = rf"[{CODE_ALPHABET}{CODE_ALPHABET.lower()}]{{{GROUP_LENGTH}}}"
_CODE = re.compile(rf"(?<![^\W_])({_GROUP}){_SEPARATOR}({_GROUP}){_SEPARATOR}({_GROUP})(?![^\W_])")
# Something that was meant to be a code: right shape, wrong characters or one too many.
_ALMOST = re.compile(r"(?<![^\W_])([^\W_]{3,5})[-\u2010-\u2015]([^\W_]{3,5})[-\u2010-\u2015]([^\W_]{3,5})(?![^\W_])")
# The same without separators: no vowel, so no word.
_ALMOST_GLUED = re.compile(
    r"(?<![^\W_])(?=(?:\w*\d){3})(?=(?:\w*[a-zA-Z]){3})[0-9b-df-hj-np-tv-zB-DF-HJ-NP-TV-Z]{10,14}(?![^\W_])"
)


@dataclass(frozen=True)
class FoundCode:
    """A code in a text, in its canonical form; `code` is None when it cannot be a right one."""

    start: int
    end: int
    code: str | None


def new_code(choose: Callable[[str], str]) -> str:
    """A fresh code such as K7PM-42QX-9FRT; `choose` picks one character at random (`secrets.choice`)."""
    groups: list[str] = []
    while len(groups) < CODE_GROUPS:
        group = "".join(choose(CODE_ALPHABET) for _ in range(GROUP_LENGTH))
        # Letters and digits in each group: nothing else that people write looks like it.
        if _is_mixed(group):
            groups.append(group)
    return "-".join(groups)


def canonical_code(typed: str) -> str | None:
    """The code as it was issued, whatever the case and the separators; None when it cannot be one."""
    found = find_codes(typed)
    return found[0].code if len(found) == 1 else None


def find_codes(text: str) -> list[FoundCode]:
    """Every code, and everything that looks like a mistyped one, in reading order."""
    found = [
        FoundCode(match.start(), match.end(), "-".join(match.groups()).upper())
        for match in _CODE.finditer(text)
        if all(_is_mixed(group) for group in match.groups())
    ]
    for match in [*_ALMOST.finditer(text), *_ALMOST_GLUED.finditer(text)]:
        is_code = not match.groups() or sum(_is_mixed(group) for group in match.groups()) >= 2
        if is_code and not any(code.start < match.end() and match.start() < code.end for code in found):
            found.append(FoundCode(match.start(), match.end(), None))
    return sorted(found, key=lambda code: code.start)


def hide_codes(text: str) -> str:
    """The text as it may be stored: codes are replaced by dots."""
    for code in reversed(find_codes(text)):
        text = text[: code.start] + HIDDEN_CODE + text[code.end :]
    return text


def _is_mixed(group: str) -> bool:
    return any(c.isdigit() for c in group) and any(c.isalpha() for c in group)


# -- failures


@dataclass(frozen=True)
class Lock:
    """`failures` within `window` lock for `duration`."""

    failures: int
    window: timedelta
    duration: timedelta


# A person who mistypes has a few tries; a program that guesses has none worth having (57 bits).
LOCKS = {
    "conversation": Lock(5, timedelta(minutes=15), timedelta(minutes=15)),
    "siret": Lock(10, timedelta(hours=1), timedelta(minutes=30)),
}


def after_failure(scope: str, known: Attempts | None, now: datetime) -> Attempts:
    """The count after one more failure; a window that is over starts again."""
    lock = LOCKS[scope]
    if known is None or now - known.since >= lock.window or (known.locked_until and not known.is_locked(now)):
        known = Attempts(0, now, None)
    failures = known.failures + 1
    return Attempts(failures, known.since, now + lock.duration if failures >= lock.failures else None)
