"""What every page of the consoles shares: configuration, database access, rendering, notices, navigation."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Protocol, TypeVar
from zoneinfo import ZoneInfo

from itsdangerous import BadSignature, URLSafeTimedSerializer
from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape
from sqlalchemy.engine import Engine
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from bot.dispositif.comprehension import Reading
from bot.dispositif.handover import HandoverRules
from bot.dispositif.personnel import Permission
from bot.services.access.sessions import SessionRules
from bot.services.published_faq import PublishedFaq
from bot.services.staff.sessions import SessionLimits
from bot.storage.unit_of_work import UnitOfWork

PREFIX = "/console"
NOTICE_COOKIE = "cnfs_avis"
PARIS = ZoneInfo("Europe/Paris")
T = TypeVar("T")


class Announcer(Protocol):
    """What the consoles need of the gateway's `Wake`."""

    async def announce(self, conversation_id: str, event: str = "messages", **data: Any) -> None: ...

    def listen(self, conversation_id: str) -> Any: ...


@dataclass(frozen=True)
class Link:
    """An entry of the navigation, seen by whoever has the permission."""

    title: str
    path: str
    permission: Permission


@dataclass(frozen=True)
class ConsoleConfig:
    secret_key: str
    public_url: str
    demo: bool
    limits: SessionLimits
    # (address) -> whether this address may try to log in once more.
    may_try_login: Callable[[str], bool]
    handover: HandoverRules = HandoverRules()
    access: SessionRules = SessionRules()
    oidc: Any = None

    @property
    def https(self) -> bool:
        return self.public_url.startswith("https://")


async def _nobody(_: str) -> None:
    """For tests that need neither the assistant nor erasure."""


@dataclass(frozen=True)
class Console:
    """Given to every handler; holds no request's data."""

    engine: Engine
    wake: Announcer
    clock: Callable[[], datetime]
    config: ConsoleConfig
    faq: PublishedFaq = field(default_factory=PublishedFaq)
    # How the assistant reads a text; None when it is away.
    understand: Callable[[str], Awaitable[Reading | None]] = _nobody
    # Erases a conversation everywhere.
    erase: Callable[[str], Awaitable[None]] = _nobody
    links: tuple[Link, ...] = ()
    # What one section alone needs, by name.
    services: Mapping[str, Any] = field(default_factory=dict)

    async def read(self, work: Callable[..., T], *arguments: Any) -> T:
        """`work(uow, *arguments)` in a thread, in a transaction that only reads."""

        def run() -> T:
            with UnitOfWork(self.engine, writes=False) as uow:
                return work(uow, *arguments)

        return await asyncio.to_thread(run)

    async def write(self, work: Callable[..., T], *arguments: Any) -> T:
        """`work(uow, *arguments)` in a thread, in a transaction committed at the end."""

        def run() -> T:
            with UnitOfWork(self.engine) as uow:
                result = work(uow, *arguments)
                if uow.is_active:
                    uow.commit()
                return result

        return await asyncio.to_thread(run)

    def render(self, request: Request, template: str, /, status: int = 200, **values: Any) -> Response:
        """A page of bot/console/templates. `session` is in every page, None before login."""
        session = getattr(request.state, "session", None)
        notice = self._notice(request)
        html = (
            _environment()
            .get_template(template)
            .render(
                session=session,
                staff=session.staff if session else None,
                csrf=session.csrf if session else "",
                links=[link for link in self.links if session and session.staff.may(link.permission)],
                here=request.url.path,
                notice=notice,
                prefix=PREFIX,
                demo=self.config.demo,
                now=self.clock(),
                **values,
            )
        )
        response = HTMLResponse(html, status_code=status, headers={"Cache-Control": "no-store"})
        if NOTICE_COOKIE in request.cookies:
            response.delete_cookie(NOTICE_COOKIE, path=PREFIX)
        return response

    def redirect(self, path: str, notice: str | None = None, kind: str = "success") -> Response:
        """After a form: to `path` (under /console), with a sentence shown once."""
        response = RedirectResponse(PREFIX + path, status_code=303, headers={"Cache-Control": "no-store"})
        if notice:
            value = self._signer().dumps([kind, notice])
            self.set_cookie(response, NOTICE_COOKIE, value, max_age=60)
        return response

    def set_cookie(
        self, response: Response, name: str, value: str, max_age: int | None = None, samesite: str = "strict"
    ) -> None:
        response.set_cookie(
            name, value, max_age=max_age, path=PREFIX, secure=self.config.https, httponly=True, samesite=samesite
        )

    def _notice(self, request: Request) -> tuple[str, str] | None:
        try:
            kind, text = self._signer().loads(request.cookies.get(NOTICE_COOKIE, ""), max_age=60)
        except (BadSignature, ValueError):
            return None
        return kind, text

    def _signer(self) -> URLSafeTimedSerializer:
        return URLSafeTimedSerializer(self.config.secret_key, salt="console-notice")


_cache: dict[str, Environment] = {}


def _environment() -> Environment:
    """One environment a process; unknown names in a template are errors, not silence."""
    if "console" not in _cache:
        environment = Environment(
            loader=PackageLoader("bot.console"),
            autoescape=select_autoescape(default=True),
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        environment.filters.update(date=show_date, heure=show_time, moment=show_moment, duree=show_duration)
        environment.globals["asset"] = asset_url
        _cache["console"] = environment
    return _cache["console"]


STATIC = Path(__file__).with_name("static")


def asset_url(name: str) -> str:
    """The address of a file of bot/console/static; it changes with the file."""
    return f"{PREFIX}/static/{name}?v={int((STATIC / name).stat().st_mtime)}"


def show_date(moment: datetime) -> str:
    return moment.astimezone(PARIS).strftime("%d/%m/%Y")


def show_time(moment: datetime) -> str:
    return moment.astimezone(PARIS).strftime("%H:%M")


def show_moment(moment: datetime | None) -> str:
    return moment.astimezone(PARIS).strftime("%d/%m/%Y à %H:%M") if moment else "–"


def show_duration(length: timedelta | float | None) -> str:
    """« 45 s », « 3 min », « 2 h 05 », « 3 j »."""
    if length is None:
        return "–"
    seconds = int(length.total_seconds() if isinstance(length, timedelta) else length)
    if seconds < 60:
        return f"{max(seconds, 0)} s"
    if seconds < 3600:
        return f"{seconds // 60} min"
    if seconds < 86400:
        return f"{seconds // 3600} h {seconds % 3600 // 60:02d}"
    return f"{seconds // 86400} j"
