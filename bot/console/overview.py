"""Figures for whoever runs the desk, and the audit log for administrators."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from bot.console.access import page
from bot.console.shell import PARIS, Console
from bot.dispositif.handover import CloseReason, Trigger
from bot.dispositif.personnel import Permission
from bot.reference.faq import THEMES
from bot.storage.figures import figures
from bot.storage.unit_of_work import UnitOfWork

PERIODS: Mapping[str, tuple[str, int]] = {
    "7": ("7 derniers jours", 7),
    "30": ("30 derniers jours", 30),
    "90": ("90 derniers jours", 90),
}
PAGE = 100


def figure_routes(console: Console) -> list[BaseRoute]:
    return [page(console, "/chiffres", _figures, Permission.SEE_FIGURES)]


def audit_routes(console: Console) -> list[BaseRoute]:
    return [page(console, "/journal", _audit, Permission.READ_AUDIT)]


async def _figures(console: Console, request: Request) -> Response:
    period = request.query_params.get("periode")
    period = period if period in PERIODS else "7"
    end = console.clock()
    first_day = (end.astimezone(PARIS) - timedelta(days=PERIODS[period][1] - 1)).date()
    start = datetime(first_day.year, first_day.month, first_day.day, tzinfo=PARIS)
    found = await console.read(lambda uow: figures(uow.connection, start, end))
    return console.render(
        request,
        "chiffres.html",
        title="Chiffres",
        periods=PERIODS,
        period=period,
        figures=found,
        busiest=max([count for _, count, _ in found.by_day] + [1]),
        themes=[(THEMES.get(name, "Sans thème"), count) for name, count in found.by_theme],
        triggers=[(Trigger(name).label, count) for name, count in found.by_trigger],
        reasons=[(CloseReason(name).label, count) for name, count in found.by_reason],
    )


async def _audit(console: Console, request: Request) -> Response:
    before = request.query_params.get("avant", "")
    before_id = int(before) if before.isdigit() and len(before) < 18 else None

    def read(uow: UnitOfWork) -> tuple[list, dict[str, str]]:
        return uow.audit.latest(PAGE, before_id), {str(one.id): one.name for one in uow.staff.all()}

    entries, names = await console.read(read)
    return console.render(
        request, "journal.html", title="Journal", entries=entries, names=names, more=len(entries) == PAGE
    )
