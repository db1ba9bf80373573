"""What reminders know of reports: the day of the last activity told, so that nobody is reminded of what is done."""

from __future__ import annotations

from datetime import date

from bot.storage.unit_of_work import UnitOfWork


def last_report(uow: UnitOfWork, conseiller_id: int) -> date | None:
    """The day of the last activity that this conseiller reported; None for none."""
    return uow.cras.last_date(conseiller_id)
