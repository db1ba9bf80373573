"""Opens, reads and closes the session of someone proven to belong to a structure."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

from bot.dispositif.access import Identity, Kind, Method, after_failure
from bot.services.access.keys import AccessKeys
from bot.storage.audit import Actor
from bot.storage.unit_of_work import UnitOfWork

UNKNOWN = Actor("inconnu")
# An unknown SIRET costs as many comparisons as one with a few codes waiting.
_COMPARISONS = 5
_NOBODY = 0
# What the column `identities.external_id` holds.
_LONGEST_NAME = 63


@dataclass(frozen=True)
class SessionRules:
    """A session ends after `inactivity` without a message, and at the latest after `longest`."""

    inactivity: timedelta = timedelta(minutes=30)
    longest: timedelta = timedelta(hours=8)


@dataclass(frozen=True)
class Access:
    """`allows_plain_clients`: a client that chooses its own conversation id may identify (demonstration only)."""

    keys: AccessKeys
    rules: SessionRules
    allows_plain_clients: bool = False


@dataclass(frozen=True)
class Place:
    """Where someone talks to us: a conversation, and the name of the chat it belongs to."""

    conversation_id: str
    channel: str
    external_id: str


def place_of(uow: UnitOfWork, conversation_id: str, channel: str) -> Place:
    """On the widget, and for a plain Rasa client, the conversation is its own chat."""
    conversation = uow.conversations.get(conversation_id)
    if conversation is None:
        is_short = len(conversation_id) <= _LONGEST_NAME
        name = conversation_id if is_short else hashlib.sha256(conversation_id.encode()).hexdigest()
        return Place(conversation_id, channel, name)
    return Place(conversation_id, conversation.channel, conversation.external_id or conversation.id)


def actor_of(identity: Identity) -> Actor:
    """Who acts, for the audit log: the contact when we know whom, else the structure."""
    if identity.contact_id is not None:
        return Actor("contact", str(identity.contact_id))
    if identity.kind is Kind.CONSEILLER:
        return Actor("conseiller", str(identity.conseiller_id))
    return Actor("structure", str(identity.structure_id))


class Outcome(str, Enum):
    GRANTED = "accorde"
    # Unknown SIRET, wrong, used, revoked or expired code: all the same from outside.
    REFUSED = "refuse"
    LOCKED = "bloque"


@dataclass(frozen=True)
class Verification:
    outcome: Outcome
    # Until when, for LOCKED.
    until: datetime | None = None


def verify_code(
    uow: UnitOfWork, keys: AccessKeys, rules: SessionRules, place: Place, siret: str, proof: str, now: datetime
) -> Verification:
    """Opens a session when `proof` comes from a usable code of the structure that has this SIRET.

    The same statements run whether the SIRET is known or not, so that neither the answer nor its time tells.
    """
    scopes = {
        "conversation": keys.attempt_key("conversation", f"{place.channel}:{place.external_id}"),
        "siret": keys.attempt_key("siret", siret),
    }
    attempts = {scope: uow.attempts.get(scope, key) for scope, key in scopes.items()}
    locked = [a.locked_until for a in attempts.values() if a and a.is_locked(now)]
    structure = uow.structures.by_siret(siret)
    structure_id = structure.id if structure else _NOBODY
    code_id = _matching(uow.access_codes.hashes_of_structure(structure_id, now), keys, place, proof)
    subject = structure_id or None
    if locked:
        uow.audit.write(UNKNOWN, "acces.bloque", "structure", subject, now, place.conversation_id)
        uow.commit()
        return Verification(Outcome.LOCKED, max(locked))
    if code_id is not None and uow.access_codes.use(code_id, now):
        code = uow.access_codes.get(code_id)
        _open(uow, rules, place, structure_id, code.contact_id, Method.CODE, now)
        for scope, key in scopes.items():
            uow.attempts.forget(scope, key)
        uow.commit()
        return Verification(Outcome.GRANTED)
    for scope, key in scopes.items():
        uow.attempts.put(scope, key, after_failure(scope, attempts[scope], now))
    uow.audit.write(UNKNOWN, "acces.refuse", "structure", subject, now, place.conversation_id)
    uow.commit()
    return Verification(Outcome.REFUSED)


def open_by_token(
    uow: UnitOfWork, rules: SessionRules, place: Place, siret: str, email: str | None, now: datetime
) -> bool:
    """Opens a session for someone whom the host site vouches for; False when the structure is unknown to us."""
    structure = uow.structures.by_siret(siret)
    if structure is None:
        uow.audit.write(UNKNOWN, "acces.refuse", "structure", None, now, place.conversation_id)
        uow.commit()
        return False
    contact = uow.structures.contact_by_email(structure.id, email) if email else None
    _open(uow, rules, place, structure.id, contact.id if contact else None, Method.JETON, now)
    uow.commit()
    return True


def current_identity(uow: UnitOfWork, rules: SessionRules, place: Place, now: datetime) -> Identity | None:
    """Who is proven to be there now; a session that has ended is forgotten. The caller commits."""
    identity = uow.identities.get(place.channel, place.external_id)
    if identity is None or identity.kind is not Kind.STRUCTURE:
        return None
    if not identity.is_live(now, rules.inactivity):
        uow.identities.unlink(place.channel, place.external_id)
        uow.audit.write(
            actor_of(identity), "acces.expire", "structure", identity.structure_id, now, place.conversation_id
        )
        return None
    uow.identities.touch(identity.id, now)
    return identity


def close_session(uow: UnitOfWork, place: Place, now: datetime, method: Method | None = None) -> bool:
    """« Me déconnecter »: forgets who is there (only if proven by `method`, when given); False when nobody was."""
    identity = uow.identities.get(place.channel, place.external_id)
    if identity is None or identity.kind is not Kind.STRUCTURE or method not in (None, identity.method):
        return False
    uow.identities.unlink(place.channel, place.external_id)
    uow.audit.write(actor_of(identity), "acces.ferme", "structure", identity.structure_id, now, place.conversation_id)
    uow.commit()
    return True


def _open(
    uow: UnitOfWork,
    rules: SessionRules,
    place: Place,
    structure_id: int,
    contact_id: int | None,
    method: Method,
    now: datetime,
) -> None:
    uow.identities.link(
        place.channel,
        place.external_id,
        Kind.STRUCTURE,
        method,
        now,
        structure_id=structure_id,
        contact_id=contact_id,
        expires_at=now + rules.longest,
    )
    actor = Actor("contact", str(contact_id)) if contact_id else Actor("structure", str(structure_id))
    uow.audit.write(actor, "acces.ouvert", "structure", structure_id, now, place.conversation_id)


def _matching(hashes: list[tuple[int, str]], keys: AccessKeys, place: Place, proof: str) -> int | None:
    """The id of the code behind `proof`, compared in constant time, at least `_COMPARISONS` times."""
    matched = None
    padding = [(0, "0" * 64)] * max(0, _COMPARISONS - len(hashes))
    for code_id, code_hash in [*hashes, *padding]:
        expected = keys.proof(place.conversation_id, code_hash)
        if hmac.compare_digest(expected.encode(), proof.encode()) and code_id:
            matched = code_id
    return matched
