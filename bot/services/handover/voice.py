"""What the service itself says in a conversation: never the assistant, never a person."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from bot.dispositif.conversation import Author, Direction, Message, Status
from bot.dispositif.handover import RETURN_TITLE, Availability, when
from bot.reference.contacts import load_contacts
from bot.storage.unit_of_work import UnitOfWork

# Payloads that the gateway handles by itself: Rasa never sees them.
RETURN = "/revenir_assistant"
CANCEL = "/annuler_demande"
REOPEN = "/rouvrir_demande"
RATE = "/noter_humain"
SERVICE_PAYLOADS = (RETURN, CANCEL, REOPEN, RATE)

RETURN_BUTTON = {"title": RETURN_TITLE, "payload": RETURN}
CANCEL_BUTTON = {"title": "Annuler ma demande", "payload": CANCEL}
REOPEN_BUTTON = {"title": "Reprendre avec une personne", "payload": REOPEN}
_STARS = ("Pas du tout satisfait", "Peu satisfait", "Moyennement satisfait", "Satisfait", "Très satisfait")
RATING_BUTTONS = tuple(
    {"title": f"{score} – {title}", "payload": RATE + json.dumps({"note": score})}
    for score, title in reversed(list(enumerate(_STARS, start=1)))
)


def say(
    uow: UnitOfWork,
    conversation_id: str,
    text: str,
    kind: str,
    now: datetime,
    buttons: Sequence[Mapping[str, str]] = (),
    **content: Any,
) -> Message:
    """Stores a message of the service for the person; `kind` tells channels how to draw it."""
    content = {"kind": kind, **content}
    if buttons:
        content["buttons"] = [dict(button) for button in buttons]
    return uow.messages.add(
        conversation_id,
        uow.conversations.take_seq(conversation_id, now),
        Direction.OUT,
        Author.SYSTEM,
        text,
        Status.QUEUED,
        now,
        content=content,
    )


def later(availability: Availability, now: datetime) -> str:
    """When someone will be there, as a sentence that promises nothing more than the opening hours."""
    hours = load_contacts().support_hours.sentence
    opening = availability.next_opening
    if availability.is_open:
        return "Aucun agent n'est disponible pour le moment."
    reason = f"C'est férié aujourd'hui ({availability.holiday})." if availability.holiday else "L'équipe est absente."
    if opening is None:
        return f"{reason} Ses horaires : {hours}."
    return f"{reason} Elle est là {hours} ; prochaine ouverture {when(opening, now)}."


def elsewhere() -> str:
    """The ways that need no agent."""
    contacts = load_contacts()
    return f"Vous pouvez aussi écrire à [{contacts.email}](mailto:{contacts.email})."
