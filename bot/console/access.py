"""Who may call what: session, permission and anti-forgery checks in front of every page."""

from __future__ import annotations

import hmac
import logging
from collections.abc import Awaitable, Callable, Sequence
from typing import Any
from urllib.parse import quote, urlsplit

from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from bot.console.shell import PREFIX, Console
from bot.dispositif.personnel import Permission
from bot.services.receive_message import RefusedMessage
from bot.services.staff.accounts import StaffError
from bot.services.staff.sessions import hash_token, needs_touch, session_of
from bot.storage.staff import StaffSession

SESSION_COOKIE = "cnfs_console"
CSRF_HEADER = "X-CSRF-Token"
SAFE_METHODS = frozenset({"GET", "HEAD"})
PASSWORD_PAGE = "/mon-compte"

logger = logging.getLogger(__name__)
Handler = Callable[[Console, Request], Awaitable[Response]]


class Refusal(ValueError):
    """Something cannot be done; the text is a French sentence for the person at the console."""

    def __init__(self, sentence: str, status: int = 409) -> None:
        super().__init__(sentence)
        self.status = status


def page(
    console: Console,
    path: str,
    handler: Handler,
    permission: Permission,
    methods: Sequence[str] = ("GET",),
    passive: bool = False,
) -> Route:
    """A route for staff who have `permission`.

    Unsafe methods need the session's anti-forgery token, in the form (`_csrf`) or in a header. A `passive`
    request (a page that refreshes itself) does not count as activity: an unattended screen still logs out.
    """

    async def guarded(request: Request) -> Response:
        session = await current_session(console, request)
        if session is None:
            return _please_log_in(request)
        request.state.session = session
        if not session.staff.may(permission):
            return _refuse(console, request, "Votre rôle ne donne pas accès à cette page.", 403)
        if session.staff.must_change_password and path != PASSWORD_PAGE:
            return _answer_to(request, PASSWORD_PAGE, "Choisissez d'abord votre mot de passe.")
        if request.method not in SAFE_METHODS and not await _is_ours(console, request, session):
            return _refuse(
                console, request, "Cette page a expiré, rien n'a été fait. Rechargez-la et recommencez.", 403
            )
        if not passive and needs_touch(session, console.clock()):
            await console.write(lambda uow: uow.staff.touch_session(session.token_hash, console.clock()))
        try:
            return await handler(console, request)
        except Refusal as refusal:
            return _refuse(console, request, str(refusal), refusal.status)
        except (StaffError, RefusedMessage) as refusal:
            return _refuse(console, request, str(refusal), 409)

    route = Route(path, guarded, methods=list(methods), name=f"{handler.__module__}.{handler.__name__}")
    # Read by the test of the permissions matrix.
    route.permission = permission
    return route


async def current_session(console: Console, request: Request) -> StaffSession | None:
    token = request.cookies.get(SESSION_COOKIE, "")
    if not token:
        return None
    return await console.read(session_of, token, console.config.limits, console.clock())


async def still_open(console: Console, session: StaffSession) -> StaffSession | None:
    """The same session read again, for streams that outlive a request; None once it is over."""

    def read(uow: Any) -> StaffSession | None:
        fresh = uow.staff.session(session.token_hash)
        limits, now = console.config.limits, console.clock()
        if fresh is None or fresh.staff.disabled_at or fresh.staff.role is not session.staff.role:
            return None
        over = now - fresh.seen_at > limits.idle or now - fresh.created_at > limits.absolute
        return None if over else fresh

    return await console.read(read)


def same_origin(console: Console, request: Request) -> bool:
    """Whether a browser says the request comes from our own pages; one that says nothing is not trusted."""
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None and site != "same-origin":
        return False
    origin = request.headers.get("Origin")
    if origin is None:
        return site == "same-origin"
    return urlsplit(origin).netloc in (request.headers.get("Host"), urlsplit(console.config.public_url).netloc)


def local_path(raw: str | None, default: str = "/") -> str:
    """`raw` when it is a path of the consoles, without its prefix: never an address elsewhere."""
    if not raw or not raw.startswith(PREFIX + "/") or "\\" in raw or "//" in raw or any(ord(c) < 33 for c in raw):
        return default
    return raw[len(PREFIX) :]


async def form_value(request: Request, name: str, limit: int = 20_000) -> str:
    """A text field of the form, trimmed; empty when absent."""
    value = (await request.form()).get(name, "")
    return value.strip()[:limit] if isinstance(value, str) else ""


def wants_json(request: Request) -> bool:
    return "application/json" in request.headers.get("Accept", "")


async def _is_ours(console: Console, request: Request, session: StaffSession) -> bool:
    if not same_origin(console, request):
        return False
    given = request.headers.get(CSRF_HEADER)
    if given is None:
        given = await form_value(request, "_csrf")
    return hmac.compare_digest(given.encode(), session.csrf.encode())


def _please_log_in(request: Request) -> Response:
    if wants_json(request) or request.method not in SAFE_METHODS:
        return JSONResponse({"sentence": "Votre session est terminée. Reconnectez-vous."}, status_code=401)
    target = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    return RedirectResponse(
        f"{PREFIX}/connexion?suite={quote(target, safe='/')}", status_code=303, headers={"Cache-Control": "no-store"}
    )


def _answer_to(request: Request, path: str, sentence: str) -> Response:
    if wants_json(request):
        return JSONResponse({"sentence": sentence}, status_code=403)
    return RedirectResponse(PREFIX + path, status_code=303)


def _refuse(console: Console, request: Request, sentence: str, status: int) -> Response:
    if status == 403:
        session = getattr(request.state, "session", None)
        logger.warning("console_refused path=%s staff=%s", request.url.path, session.staff.id if session else None)
    if wants_json(request):
        return JSONResponse({"sentence": sentence}, status_code=status)
    return console.render(request, "refus.html", status=status, sentence=sentence, title="Action impossible")


__all__ = [
    "CSRF_HEADER",
    "SESSION_COOKIE",
    "Refusal",
    "current_session",
    "form_value",
    "hash_token",
    "local_path",
    "page",
    "same_origin",
    "still_open",
    "wants_json",
]
