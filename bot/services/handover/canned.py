"""Answers written once and used often, with variables for what changes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime

from bot.dispositif.handover import PARIS, Request
from bot.dispositif.personnel import Staff
from bot.reference.contacts import load_contacts
from bot.services.handover.desk import MAX_CHARACTERS, HandoverError
from bot.storage.audit import Actor
from bot.storage.unit_of_work import UnitOfWork

SHORTCUT = re.compile(r"[a-z0-9àâäçéèêëîïôöùûüœ_-]{2,40}")
MAX_TITLE = 120
# What may stand between braces, and what it means to whoever writes the answer.
VARIABLES: Mapping[str, str] = {
    "prenom": "votre prénom",
    "sujet": "le sujet de la demande",
    "date": "la date du jour",
    "email": "l'adresse du dispositif",
    "telephone": "le téléphone du dispositif",
    "horaires": "les heures d'ouverture du support",
}
_VARIABLE = re.compile(r"\{([^{}]*)\}")


def save_canned(uow: UnitOfWork, shortcut: str, title: str, text: str, staff: Staff, now: datetime) -> None:
    """Creates or replaces the answer of this shortcut.

    Raises:
        HandoverError: a field is missing or too long, or a variable does not exist.
    """
    shortcut = shortcut.strip().lower().lstrip("/")
    if not SHORTCUT.fullmatch(shortcut):
        raise HandoverError("Le raccourci a de 2 à 40 lettres, chiffres ou tirets, sans espace. Exemple : convention")
    title = " ".join(title.split())
    if not title or len(title) > MAX_TITLE:
        raise HandoverError(f"Le titre est obligatoire ({MAX_TITLE} caractères au plus).")
    text = text.strip()
    if not text or len(text) > MAX_CHARACTERS:
        raise HandoverError(f"Le texte est obligatoire ({MAX_CHARACTERS} caractères au plus).")
    unknown = [name for name in _VARIABLE.findall(text) if name not in VARIABLES]
    if unknown:
        known = ", ".join(f"{{{name}}}" for name in VARIABLES)
        raise HandoverError(f"La variable {{{unknown[0]}}} n'existe pas. Celles qui existent : {known}.")
    uow.desk.save_canned(shortcut, title, text, staff.id, now)
    uow.audit.write(Actor("agent", str(staff.id)), "reponse_type.ecrite", "reponse_type", shortcut, now)


def filled(text: str, staff: Staff, request: Request | None, now: datetime) -> str:
    """The text with its variables replaced; what is not known becomes a blank to fill: « […] »."""
    contacts = load_contacts()
    values = {
        "prenom": staff.first_name,
        "sujet": (request.subject if request else None) or "[…]",
        "date": now.astimezone(PARIS).strftime("%d/%m/%Y"),
        "email": contacts.email,
        "telephone": contacts.phone,
        "horaires": contacts.support_hours.sentence,
    }
    return _VARIABLE.sub(lambda match: values.get(match.group(1), match.group(0)), text)
