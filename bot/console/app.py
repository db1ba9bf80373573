"""Puts the consoles together: one list of sections, each with its link and its routes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Mount
from starlette.staticfiles import StaticFiles

from bot.console.access import page
from bot.console.accounts import account_routes
from bot.console.answers import answer_routes
from bot.console.faq import faq_routes
from bot.console.login import login_routes
from bot.console.oidc import oidc_routes
from bot.console.overview import audit_routes, figure_routes
from bot.console.queue import queue_routes
from bot.console.shell import PREFIX, STATIC, Console, Link
from bot.console.thread import thread_routes
from bot.dispositif.personnel import Permission

DSFR = Path(__file__).resolve().parents[2] / "node_modules" / "@gouvfr" / "dsfr" / "dist"

# In the order of the menu: a section is a link (None: no entry) and the function that makes its routes.
SECTIONS: tuple[tuple[Link | None, Callable[[Console], list[BaseRoute]]], ...] = (
    (None, login_routes),
    (None, oidc_routes),
    (Link("Demandes", "/demandes", Permission.ANSWER), queue_routes),
    (None, thread_routes),
    (Link("FAQ", "/faq", Permission.MAINTAIN_FAQ), faq_routes),
    (Link("Réponses types", "/reponses", Permission.WRITE_CANNED), answer_routes),
    (Link("Chiffres", "/chiffres", Permission.SEE_FIGURES), figure_routes),
    (Link("Comptes", "/comptes", Permission.MANAGE_ACCOUNTS), account_routes),
    (Link("Journal", "/journal", Permission.READ_AUDIT), audit_routes),
)


def console_mount(console: Console) -> Mount:
    """Everything under /console."""
    console = replace(console, links=tuple(link for link, _ in SECTIONS if link))
    routes: list[BaseRoute] = [page(console, "/", _home, Permission.OWN_ACCOUNT)]
    for _, section in SECTIONS:
        routes += section(console)
    routes.append(Mount("/static", StaticFiles(directory=STATIC)))
    if DSFR.is_dir():
        routes.append(Mount("/dsfr", StaticFiles(directory=DSFR)))
    return Mount(PREFIX, routes=routes)


async def _home(console: Console, request: Request) -> Response:
    """The first page that the person's role may see."""
    staff = request.state.session.staff
    for link in console.links:
        if staff.may(link.permission):
            return console.redirect(link.path)
    return console.redirect("/mon-compte")
