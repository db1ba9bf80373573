"""Logging in and out; a session ends after inactivity, and in any case after a working day."""

from __future__ import annotations

import hashlib
import math
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.dispositif.personnel import LOCKOUT, MAX_FAILURES, Staff, clean_email
from bot.services.staff.accounts import HASHER, StaffError, verify
from bot.storage.staff import StaffSession
from bot.storage.unit_of_work import UnitOfWork

# Writing at each request would be one more transaction a page: once a minute is precise enough.
TOUCH_EVERY = timedelta(minutes=1)
DEMO_DOMAIN = "@demo.invalid"


@dataclass(frozen=True)
class SessionLimits:
    idle: timedelta
    absolute: timedelta


@dataclass(frozen=True)
class Opened:
    """A new session: `token` is for the cookie and is stored nowhere."""

    token: str
    staff: Staff


def log_in(uow: UnitOfWork, email: str, password: str, now: datetime, demo: bool = False) -> Opened:
    """Opens a session. Demo accounts only exist in the demo profile, whatever the database contains.

    Raises:
        StaffError: the same sentence for an unknown address, a wrong password and a closed account; another
            one when this address has had too many tries.
    """
    known = clean_email(email) or email.strip().lower()[:254]
    key = hash_token(known)
    failures, locked_until = uow.staff.failures(key)
    if locked_until and locked_until > now:
        minutes = math.ceil((locked_until - now).total_seconds() / 60)
        raise StaffError(f"Trop d'essais pour cette adresse. Réessayez dans {minutes} minutes.")
    staff = uow.staff.find(known)
    stored = uow.staff.password_hash(staff.id) if staff else None
    right = verify(stored, password)
    if not right or staff is None or staff.disabled_at or (known.endswith(DEMO_DOMAIN) and not demo):
        failures += 1
        locked = now + LOCKOUT if failures >= MAX_FAILURES else None
        uow.staff.set_failures(key, 0 if locked else failures, locked, now)
        uow.commit()
        raise StaffError("Adresse e-mail ou mot de passe incorrect.")
    uow.staff.forget_failures(key)
    if HASHER.check_needs_rehash(stored):
        uow.staff.change(staff.id, password_hash=HASHER.hash(password))
    return open_session(uow, staff, now)


def open_session(uow: UnitOfWork, staff: Staff, now: datetime) -> Opened:
    """A session for someone who has just proved who they are."""
    token = secrets.token_urlsafe(32)
    uow.staff.open_session(hash_token(token), staff.id, secrets.token_urlsafe(32), now)
    uow.staff.change(staff.id, last_login_at=now)
    return Opened(token, staff)


def session_of(uow: UnitOfWork, token: str, limits: SessionLimits, now: datetime) -> StaffSession | None:
    """The session of a cookie; None when it is unknown or over, or the account closed. Reads only."""
    session = uow.staff.session(hash_token(token)) if token else None
    if session is None or session.staff.disabled_at:
        return None
    if now - session.seen_at > limits.idle or now - session.created_at > limits.absolute:
        return None
    return session


def needs_touch(session: StaffSession, now: datetime) -> bool:
    return now - session.seen_at >= TOUCH_EVERY


def log_out(uow: UnitOfWork, session: StaffSession, now: datetime) -> None:
    """Closes the session; whoever leaves takes no more conversations."""
    uow.staff.close_session(session.token_hash)
    uow.staff.set_presence(session.staff.id, False, now)


def forget_old_sessions(uow: UnitOfWork, limits: SessionLimits, now: datetime) -> None:
    uow.staff.forget_sessions_before(now - limits.absolute, now - limits.idle)
    uow.staff.forget_failures_before(now - timedelta(days=1))


def hash_token(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
