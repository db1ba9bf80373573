"""Documents made on demand from what a message says of them: a calendar, a calculation, an export."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from bot.services.personal_data import export_personal_data
from bot.storage.unit_of_work import UnitOfWork

# (unit of work, the attachment's `data`, conversation id) -> (content, media type)
MakeAttachment = Callable[[UnitOfWork, Mapping[str, Any], str], tuple[bytes, str]]

ATTACHMENTS: dict[str, MakeAttachment] = {
    "donnees_personnelles": export_personal_data,
}
