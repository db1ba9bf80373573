"""Who works on the consoles, and what each role allows."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum


class Role(str, Enum):
    AGENT = "agent"
    MAINTAINER = "maintainer"
    ADMIN = "admin"

    @property
    def label(self) -> str:
        return {"agent": "Agent du support", "maintainer": "Responsable de la FAQ", "admin": "Administrateur"}[self]


class Permission(str, Enum):
    """What a page or an action of the consoles asks for. Everyone logged in has their own account's pages."""

    OWN_ACCOUNT = "own_account"
    # Read and answer the conversations whose person asked for a human.
    ANSWER = "answer"
    # Also read the conversations that nobody asked to be read.
    READ_ALL = "read_all"
    WRITE_CANNED = "write_canned"
    SEE_FIGURES = "see_figures"
    MAINTAIN_FAQ = "maintain_faq"
    ERASE = "erase"
    MANAGE_ACCOUNTS = "manage_accounts"
    READ_AUDIT = "read_audit"


_AGENT = {Permission.OWN_ACCOUNT, Permission.ANSWER, Permission.WRITE_CANNED, Permission.SEE_FIGURES}
_MAINTAINER = {Permission.OWN_ACCOUNT, Permission.WRITE_CANNED, Permission.SEE_FIGURES, Permission.MAINTAIN_FAQ}

ALLOWED: Mapping[Role, frozenset[Permission]] = {
    Role.AGENT: frozenset(_AGENT),
    # Maintainers see masked messages in their inbox, never a conversation: they need no one's name.
    Role.MAINTAINER: frozenset(_MAINTAINER),
    Role.ADMIN: frozenset(Permission),
}


@dataclass(frozen=True)
class Staff:
    """Someone with an account. `email` is in lower case."""

    id: int
    email: str
    first_name: str
    last_name: str
    role: Role
    created_at: datetime
    must_change_password: bool = False
    has_password: bool = True
    last_login_at: datetime | None = None
    disabled_at: datetime | None = None

    @property
    def name(self) -> str:
        return f"{self.first_name} {self.last_name}"

    def may(self, permission: Permission) -> bool:
        return self.disabled_at is None and permission in ALLOWED[self.role]


# Five tries, then a quarter of an hour: a thousand passwords would take two days.
MAX_FAILURES = 5
LOCKOUT = timedelta(minutes=15)

MIN_PASSWORD = 12
MAX_PASSWORD = 200
EMAIL = re.compile(r"[^@\s,;<>()\[\]\"]{1,64}@(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,24}", re.IGNORECASE)
_COMMON = ("motdepasse", "password", "azerty", "qwerty", "123456", "conseiller", "numerique", "cnfs", "bonjour")


def clean_email(raw: str) -> str | None:
    """The address in lower case, or None when it is not one."""
    email = raw.strip().lower()
    return email if len(email) <= 254 and EMAIL.fullmatch(email) and ".." not in email else None


def password_problem(password: str, email: str, first_name: str = "", last_name: str = "") -> str | None:
    """A sentence that says what to change, or None when the password is good enough."""
    if len(password) < MIN_PASSWORD:
        return f"Le mot de passe doit avoir au moins {MIN_PASSWORD} caractères. Une phrase entière convient bien."
    if len(password) > MAX_PASSWORD:
        return f"Le mot de passe ne peut pas dépasser {MAX_PASSWORD} caractères."
    flat = re.sub(r"[\W_]+", "", password.lower())
    if len(set(flat)) < 6:
        return "Le mot de passe répète trop les mêmes caractères."
    for word in sorted({*_COMMON, email.split("@")[0], first_name.lower(), last_name.lower()}, key=len, reverse=True):
        word = re.sub(r"[\W_]+", "", word)
        # What is left without the easy word must still be long.
        if len(word) >= 4 and word in flat and len(flat.replace(word, "")) < 8:
            return f"Le mot de passe est trop facile à deviner : il tient presque tout entier dans « {word} »."
    return None
