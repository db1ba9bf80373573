"""Documents made on demand from what a message says of them: a calendar, a calculation, an export."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from bot.dispositif.conversation import Direction
from bot.services.cra.export import export_attachment
from bot.services.personal_data import export_personal_data
from bot.services.receive_message import RefusedMessage
from bot.services.subvention.fichiers import subvention_calendar, subvention_pdf
from bot.storage.unit_of_work import UnitOfWork

# (unit of work, the attachment's `data`, conversation id) -> (content, media type)
MakeAttachment = Callable[[UnitOfWork, Mapping[str, Any], str], tuple[bytes, str]]

ATTACHMENTS: dict[str, MakeAttachment] = {
    "donnees_personnelles": export_personal_data,
    "subvention.pdf": lambda _uow, data, _conversation_id: (subvention_pdf(data), "application/pdf"),
    "subvention.ics": lambda _uow, data, _conversation_id: (subvention_calendar(data), "text/calendar"),
    "cra.export": export_attachment,
}


@dataclass(frozen=True)
class Attachment:
    """A document ready to be sent."""

    filename: str
    content: bytes
    media_type: str


def make_attachment(uow: UnitOfWork, conversation_id: str, seq: int, index: int) -> Attachment:
    """The document number `index` (from 0) of the message `seq` that this conversation received.

    Raises:
        RefusedMessage: there is no such document ("unknown").
    """
    # A number that no column holds is no message.
    message = uow.messages.at(conversation_id, seq) if seq < 2**31 else None
    # A note for staff was never shown to the person.
    offered = message.content.get("attachments") or [] if message and message.direction is Direction.OUT else []
    if not 0 <= index < len(offered) or offered[index].get("kind") not in ATTACHMENTS:
        raise RefusedMessage("unknown", "Ce fichier n'existe pas ou n'est plus disponible.")
    item = offered[index]
    content, media_type = ATTACHMENTS[item["kind"]](uow, item.get("data") or {}, conversation_id)
    return Attachment(item["filename"], content, media_type)
