"""Issues access codes: shown once, kept only as a keyed hash."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.dispositif.access import Purpose, new_code
from bot.services.access.keys import AccessKeys
from bot.storage.audit import Actor
from bot.storage.unit_of_work import UnitOfWork


class UnknownOwner(ValueError):
    """Nobody to issue a code for; the text is a French sentence."""


@dataclass(frozen=True)
class IssuedCode:
    """The only time the code is readable."""

    code: str
    expires_at: datetime


def issue_structure_code(
    uow: UnitOfWork, keys: AccessKeys, siret: str, issued_by: Actor, lifetime: timedelta, now: datetime
) -> IssuedCode:
    """A fresh code that opens the file of this structure once. Earlier unused codes stay valid.

    Raises:
        UnknownOwner: no structure has this SIRET.
    """
    structure = uow.structures.by_siret(siret)
    if structure is None:
        raise UnknownOwner("Aucune structure n'a ce SIRET dans la base.")
    issued = _issue(uow, keys, Purpose.STRUCTURE, issued_by, lifetime, now, structure_id=structure.id)
    uow.audit.write(issued_by, "acces.emis", "structure", structure.id, now)
    uow.commit()
    return issued


def issue_conseiller_code(
    uow: UnitOfWork, keys: AccessKeys, conseiller_id: int, issued_by: Actor, lifetime: timedelta, now: datetime
) -> IssuedCode:
    """A fresh invitation; the conseiller's earlier unused ones are revoked.

    Raises:
        UnknownOwner: no such conseiller.
    """
    if uow.conseillers.get(conseiller_id) is None:
        raise UnknownOwner("Ce conseiller n'existe pas dans la base.")
    uow.access_codes.revoke(now, conseiller_id=conseiller_id)
    issued = _issue(uow, keys, Purpose.CONSEILLER, issued_by, lifetime, now, conseiller_id=conseiller_id)
    uow.audit.write(issued_by, "acces.emis", "conseiller", conseiller_id, now)
    uow.commit()
    return issued


def revoke_structure_codes(uow: UnitOfWork, siret: str, revoked_by: Actor, now: datetime) -> int:
    """Makes every unused code of the structure worthless; returns how many.

    Raises:
        UnknownOwner: no structure has this SIRET.
    """
    structure = uow.structures.by_siret(siret)
    if structure is None:
        raise UnknownOwner("Aucune structure n'a ce SIRET dans la base.")
    count = uow.access_codes.revoke(now, structure_id=structure.id)
    uow.audit.write(revoked_by, "acces.revoque", "structure", structure.id, now)
    uow.commit()
    return count


def _issue(
    uow: UnitOfWork,
    keys: AccessKeys,
    purpose: Purpose,
    issued_by: Actor,
    lifetime: timedelta,
    now: datetime,
    **owner: int,
) -> IssuedCode:
    code = new_code(secrets.choice)
    expires_at = now + lifetime
    by = issued_by.kind if issued_by.id is None else f"{issued_by.kind}:{issued_by.id}"
    uow.access_codes.add(keys.hash_code(code), purpose, by[:80], now, expires_at, **owner)
    return IssuedCode(code, expires_at)
