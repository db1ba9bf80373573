"""The demonstration's stand-in for the host site: one signs in as a structure, and the site vouches for it."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta, timezone
from pathlib import Path
from urllib.parse import parse_qs

import jwt
from itsdangerous import BadSignature, URLSafeTimedSerializer
from jinja2 import Environment
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from bot.channels.widget.assets import script_tag
from bot.demo.seed import SHOWCASE, fictitious_siret
from bot.dispositif.dossier import Structure
from bot.settings import Settings
from bot.storage.engine import create_engine
from bot.storage.unit_of_work import UnitOfWork

COOKIE = "demo_structure"
SESSION_SECONDS = 3600
# One at each stage worth trying.
_OFFERED = (SHOWCASE, 0, 2, 19, 21, 6, 15, 23)
_SCRIPT = Path(__file__).with_name("portail.js")


def portal_routes(settings: Settings, templates: Environment) -> list[BaseRoute]:
    """Nothing when the settings hold no identity key."""
    if settings.identity_key is None:
        return []
    portal = _Portal(settings, templates)
    return [
        Route("/portail", portal.show, methods=["GET"]),
        Route("/portail", portal.sign_in, methods=["POST"]),
        Route("/portail/jeton", portal.token, methods=["POST"]),
        Route("/portail/portail.js", portal.script, methods=["GET"]),
    ]


class _Portal:
    def __init__(self, settings: Settings, templates: Environment) -> None:
        self._settings, self._templates = settings, templates
        self._signer = URLSafeTimedSerializer(settings.secret_key.get_secret_value(), salt="demo-portal")
        self._engine = create_engine(settings.database_url)

    async def show(self, request: Request) -> Response:
        structures = await asyncio.to_thread(self._structures)
        siret = self._signed_in(request)
        page = self._templates.get_template("portail.html").render(
            widget=script_tag(self._settings.public_url),
            public_url=self._settings.public_url,
            structures=structures,
            present=next((s for s in structures if s.siret == siret), None),
        )
        return HTMLResponse(page, headers={"Cache-Control": "no-store"})

    async def sign_in(self, request: Request) -> Response:
        form = parse_qs((await request.body()).decode("utf-8", "replace"))
        siret = (form.get("siret") or [""])[0]
        response = RedirectResponse("/portail", status_code=303)
        if any(siret == fictitious_siret(number) for number in _OFFERED):
            response.set_cookie(
                COOKIE, self._signer.dumps(siret), max_age=SESSION_SECONDS, httponly=True, samesite="strict"
            )
        else:
            response.delete_cookie(COOKIE)
        return response

    async def token(self, request: Request) -> Response:
        """What a real host site must offer to its signed-in visitors: a short-lived token for this challenge."""
        siret = self._signed_in(request)
        if siret is None:
            return Response(status_code=204)
        now = datetime.now(timezone.utc)
        claims = {
            "aud": self._settings.identity_audience,
            "iss": self._settings.identity_issuer or self._settings.public_url,
            "iat": now,
            "exp": now + timedelta(minutes=2),
            "nonce": request.query_params.get("defi", "")[:64],
            "siret": siret,
        }
        token = jwt.encode(claims, self._settings.identity_key.get_secret_value(), "HS256")
        return JSONResponse({"token": token}, headers={"Cache-Control": "no-store"})

    async def script(self, _request: Request) -> Response:
        return FileResponse(_SCRIPT, media_type="text/javascript; charset=utf-8")

    def _signed_in(self, request: Request) -> str | None:
        try:
            return str(self._signer.loads(request.cookies.get(COOKIE, ""), max_age=SESSION_SECONDS))
        except BadSignature:
            return None

    def _structures(self) -> list[Structure]:
        with UnitOfWork(self._engine, writes=False) as uow:
            found = [uow.structures.by_siret(fictitious_siret(number)) for number in _OFFERED]
        return [structure for structure in found if structure]
