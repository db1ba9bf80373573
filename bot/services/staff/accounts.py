"""Creates and changes accounts. Every refusal is a French sentence for whoever asked."""

from __future__ import annotations

import secrets
from datetime import datetime

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError

from bot.dispositif.personnel import Role, Staff, clean_email, password_problem
from bot.storage.unit_of_work import UnitOfWork

MAX_NAME = 60
# argon2id with the library's parameters (RFC 9106, low-memory profile): some 50 ms a try.
HASHER = PasswordHasher()


class StaffError(ValueError):
    """What was asked of an account cannot be done; the text is a French sentence."""


def create_account(
    uow: UnitOfWork,
    email: str,
    first_name: str,
    last_name: str,
    role: Role,
    password: str | None,
    now: datetime,
    must_change: bool = False,
) -> Staff:
    """A new account; without a password only ProConnect opens it.

    Raises:
        StaffError: the address is not one or has an account, a name is missing, the password is too weak.
    """
    known = clean_email(email)
    if known is None:
        raise StaffError("Cette adresse e-mail n'est pas valable. Exemple : prenom.nom@exemple.gouv.fr")
    first_name, last_name = _name(first_name, "prénom"), _name(last_name, "nom")
    if uow.staff.find(known):
        raise StaffError(f"Un compte existe déjà pour {known}.")
    if password is not None:
        _check(password, known, first_name, last_name)
    staff = uow.staff.add(known, first_name, last_name, role, password and HASHER.hash(password), now)
    if must_change:
        uow.staff.change(staff.id, must_change_password=True)
    return uow.staff.get(staff.id)


def set_password(uow: UnitOfWork, staff: Staff, password: str, must_change: bool = False) -> None:
    """Replaces the password and closes every session of the account.

    Raises:
        StaffError: the password is too weak.
    """
    _check(password, staff.email, staff.first_name, staff.last_name)
    uow.staff.change(staff.id, password_hash=HASHER.hash(password), must_change_password=must_change)
    uow.staff.close_sessions(staff.id)


def change_own_password(uow: UnitOfWork, staff: Staff, current: str, new: str, session_hash: str) -> None:
    """The person changes their own password; their other sessions are closed.

    Raises:
        StaffError: the current password is wrong, or the new one too weak or the same.
    """
    if not verify(uow.staff.password_hash(staff.id), current):
        raise StaffError("Le mot de passe actuel n'est pas le bon.")
    if current == new:
        raise StaffError("Le nouveau mot de passe est le même que l'ancien.")
    _check(new, staff.email, staff.first_name, staff.last_name)
    uow.staff.change(staff.id, password_hash=HASHER.hash(new), must_change_password=False)
    uow.staff.close_sessions(staff.id, except_hash=session_hash)


def change_role(uow: UnitOfWork, staff: Staff, role: Role) -> None:
    """Raises StaffError when nobody would be left to manage accounts."""
    if role is not Role.ADMIN:
        _keep_one_admin(uow, staff)
    uow.staff.change(staff.id, role=role.value)


def disable(uow: UnitOfWork, staff: Staff, now: datetime) -> None:
    """Closes the account at once, sessions included; raises StaffError for the last administrator."""
    _keep_one_admin(uow, staff)
    uow.staff.change(staff.id, disabled_at=now)
    uow.staff.close_sessions(staff.id)


def enable(uow: UnitOfWork, staff: Staff) -> None:
    uow.staff.change(staff.id, disabled_at=None)


def random_password() -> str:
    """Five groups of letters and digits, easy to dictate; about 100 bits."""
    alphabet = "abcdefghjkmnpqrstuvwxyz23456789"
    return "-".join("".join(secrets.choice(alphabet) for _ in range(4)) for _ in range(5))


def verify(password_hash: str | None, password: str) -> bool:
    """Whether the password is the right one; takes as long when there is none to compare with."""
    try:
        HASHER.verify(password_hash or _NOBODY, password)
    except (VerifyMismatchError, InvalidHashError):
        return False
    return password_hash is not None


_NOBODY = HASHER.hash(secrets.token_hex(16))


def _check(password: str, email: str, first_name: str, last_name: str) -> None:
    problem = password_problem(password, email, first_name, last_name)
    if problem:
        raise StaffError(problem)


def _name(raw: str, what: str) -> str:
    name = " ".join(raw.split())
    if not name or len(name) > MAX_NAME or not name.isprintable():
        raise StaffError(f"Le {what} est obligatoire ({MAX_NAME} caractères au plus).")
    return name


def _keep_one_admin(uow: UnitOfWork, staff: Staff) -> None:
    if [admin.id for admin in uow.staff.lock_admins()] == [staff.id]:
        raise StaffError("C'est le dernier administrateur : nommez-en un autre d'abord.")
