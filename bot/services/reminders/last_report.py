"""The port through which reminders learn that a report was made; the filing of reports plugs itself in."""

from __future__ import annotations

from datetime import date

from bot.services.reminders.send_due import LastReport
from bot.storage.unit_of_work import UnitOfWork

_sources: list[LastReport] = []


def register(source: LastReport) -> None:
    _sources.append(source)


def last_report(uow: UnitOfWork, conseiller_id: int) -> date | None:
    """The day of the last activity that this conseiller reported; None for none."""
    found = [day for source in _sources if (day := source(uow, conseiller_id))]
    return max(found) if found else None
