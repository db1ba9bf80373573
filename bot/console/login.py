"""Coming in, going out, and one's own account."""

from __future__ import annotations

import secrets

from itsdangerous import BadSignature, URLSafeTimedSerializer
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from bot.console.access import (
    SESSION_COOKIE,
    current_session,
    form_value,
    hash_token,
    local_path,
    page,
    same_origin,
)
from bot.console.shell import PREFIX, Console
from bot.dispositif.personnel import Permission
from bot.services.staff.accounts import StaffError, change_own_password
from bot.services.staff.sessions import Opened, log_in, log_out

# A login form is tied to the browser that asked for it: nobody can be logged into someone else's account.
FORM_COOKIE = "cnfs_connexion"
FORM_SECONDS = 3600
_EXPIRED = "La page de connexion a expiré. Recommencez."


def login_routes(console: Console) -> list[BaseRoute]:
    async def connexion(request: Request) -> Response:
        return await (_try_login if request.method == "POST" else _show_login)(console, request)

    return [
        Route("/connexion", connexion, methods=["GET", "POST"], name="public.connexion"),
        page(console, "/deconnexion", _leave, Permission.OWN_ACCOUNT, ["POST"]),
        page(console, "/mon-compte", _own_account, Permission.OWN_ACCOUNT, ["GET", "POST"]),
    ]


def welcome(console: Console, opened: Opened, path: str) -> Response:
    """The redirection that opens the session in the browser."""
    response = RedirectResponse(PREFIX + path, status_code=303, headers={"Cache-Control": "no-store"})
    console.set_cookie(response, SESSION_COOKIE, opened.token, int(console.config.limits.absolute.total_seconds()))
    response.delete_cookie(FORM_COOKIE, path=PREFIX)
    return response


async def _show_login(console: Console, request: Request) -> Response:
    if await current_session(console, request):
        return console.redirect(local_path(request.query_params.get("suite")))
    return _form(console, request, None, "", 200, request.query_params.get("suite"))


async def _try_login(console: Console, request: Request) -> Response:
    email, suite = await form_value(request, "email", 254), await form_value(request, "suite")
    if not same_origin(console, request) or not _knows(console, request, await form_value(request, "_jeton")):
        return _form(console, request, _EXPIRED, email, 403, suite)
    if not console.config.may_try_login(request.client.host if request.client else "unknown"):
        return _form(console, request, "Trop d'essais depuis votre réseau. Patientez une minute.", email, 429, suite)
    form = await request.form()
    password = form.get("mot_de_passe", "")
    try:
        opened = await console.write(
            log_in, email, password if isinstance(password, str) else "", console.clock(), console.config.demo
        )
    except StaffError as error:
        return _form(console, request, str(error), email, 401, suite)
    return welcome(console, opened, local_path(suite))


async def _leave(console: Console, request: Request) -> Response:
    await console.write(log_out, request.state.session, console.clock())
    response = console.redirect("/connexion", "Vous êtes déconnecté.")
    response.delete_cookie(SESSION_COOKIE, path=PREFIX)
    return response


async def _own_account(console: Console, request: Request) -> Response:
    session, problem = request.state.session, None
    if request.method == "POST":
        # Not trimmed: a space is a character like another in a password.
        form = await request.form()
        current, new, again = (str(form.get(name, "")) for name in ("actuel", "nouveau", "encore"))
        try:
            if not console.config.may_try_login(f"password:{session.staff.id}"):
                raise StaffError("Trop d'essais. Patientez une minute.")
            if new != again:
                raise StaffError("Les deux saisies du nouveau mot de passe diffèrent.")
            await console.write(change_own_password, session.staff, current, new, session.token_hash)
            return console.redirect("/mon-compte", "Votre mot de passe est changé. Vos autres sessions sont fermées.")
        except StaffError as error:
            problem = str(error)
    return console.render(
        request,
        "mon_compte.html",
        409 if problem else 200,
        problem=problem,
        title="Mon compte",
        role=session.staff.role,
    )


def _form(
    console: Console, request: Request, problem: str | None, email: str, status: int, suite: str | None
) -> Response:
    nonce = request.cookies.get(FORM_COOKIE) or secrets.token_urlsafe(24)
    response = console.render(
        request,
        "connexion.html",
        status,
        problem=problem,
        email=email,
        suite=suite or "",
        token=_signer(console).dumps(hash_token(nonce)),
        oidc=console.config.oidc is not None,
        title="Connexion",
    )
    console.set_cookie(response, FORM_COOKIE, nonce, FORM_SECONDS)
    return response


def _knows(console: Console, request: Request, token: str) -> bool:
    nonce = request.cookies.get(FORM_COOKIE, "")
    try:
        return bool(nonce) and _signer(console).loads(token, max_age=FORM_SECONDS) == hash_token(nonce)
    except BadSignature:
        return False


def _signer(console: Console) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(console.config.secret_key, salt="console-login")
