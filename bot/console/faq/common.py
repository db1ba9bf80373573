"""What the pages of the FAQ desk share: where they are, who writes, errors as refusals."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any, TypeVar

from starlette.requests import Request

from bot.console.access import Refusal
from bot.console.shell import Console
from bot.reference.yaml_files import ReferenceError
from bot.services.faq_desk.place import FaqDeskError, Place
from bot.services.faq_desk.workbench import Workbench

T = TypeVar("T")

TABS = (
    ("Vue d'ensemble", "/faq"),
    ("Boîte de réception", "/faq/boite"),
    ("Entrées", "/faq/entrees"),
    ("Brouillons et publication", "/faq/brouillons"),
    ("Essayer", "/faq/essai"),
    ("Historique", "/faq/historique"),
    ("Qualité", "/faq/qualite"),
    ("Fichiers", "/faq/fichiers"),
    ("Sigles", "/faq/sigles"),
)


def place(console: Console) -> Place:
    return console.services["faq_place"]


def workbench(console: Console) -> Workbench:
    return console.services["faq_workbench"]


def me(request: Request) -> str:
    """Who writes, as drafts and decisions keep it."""
    return request.state.session.staff.email


async def work(function: Callable[..., T], *arguments: Any) -> T:
    """`function(*arguments)` in a thread; what it refuses becomes a sentence on the page."""
    try:
        return await asyncio.to_thread(function, *arguments)
    except (FaqDeskError, ReferenceError) as error:
        raise Refusal(str(error)) from None


async def write(console: Console, function: Callable[..., T], *arguments: Any) -> T:
    """The same in a transaction, committed at the end."""
    try:
        return await console.write(function, *arguments)
    except (FaqDeskError, ReferenceError) as error:
        raise Refusal(str(error)) from None


async def read(console: Console, function: Callable[..., T], *arguments: Any) -> T:
    try:
        return await console.read(function, *arguments)
    except (FaqDeskError, ReferenceError) as error:
        raise Refusal(str(error)) from None


async def form_lines(request: Request, name: str, limit: int = 60_000) -> list[str]:
    """The lines of a text area, trimmed, without the empty ones."""
    value = (await request.form()).get(name, "")
    text = value[:limit] if isinstance(value, str) else ""
    return [" ".join(line.split()) for line in text.splitlines() if line.strip()]
