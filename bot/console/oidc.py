"""ProConnect (or any OpenID Connect provider): an account that an administrator created, opened without a password."""

from __future__ import annotations

import html
import logging
import secrets
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

import httpx
from authlib.common.security import generate_token
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from itsdangerous import BadSignature, URLSafeTimedSerializer
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from bot.console.access import SESSION_COOKIE, local_path
from bot.console.shell import PREFIX, Console
from bot.dispositif.personnel import clean_email
from bot.services.staff.accounts import StaffError
from bot.services.staff.sessions import Opened, open_session
from bot.storage.unit_of_work import UnitOfWork

STATE_COOKIE = "cnfs_proconnect"
STATE_SECONDS = 600
LEEWAY_SECONDS = 30
SCOPES = "openid given_name usual_name email"
# Symmetric signatures and « none » are not among them.
_ALGORITHMS = ["RS256", "ES256"]
_REFUSED = "La connexion par ProConnect n'a pas abouti. Recommencez, ou utilisez votre mot de passe."
_UNKNOWN = "Aucun compte ne correspond à cette identité. Demandez à un administrateur d'en créer un à votre adresse."

logger = logging.getLogger(__name__)


@dataclass
class OidcProvider:
    """The provider's addresses are read from its discovery document, once; `transport` is for tests."""

    issuer: str
    client_id: str
    client_secret: str
    transport: httpx.AsyncBaseTransport | None = None
    _metadata: dict[str, Any] = field(default_factory=dict)

    async def metadata(self) -> dict[str, Any]:
        if not self._metadata:
            async with self._http() as http:
                answer = await http.get(f"{self.issuer.rstrip('/')}/.well-known/openid-configuration")
                answer.raise_for_status()
            found = answer.json()
            if found.get("issuer") != self.issuer:
                raise ValueError("issuer mismatch")
            self._metadata = found
        return self._metadata

    async def address(self, redirect_uri: str, state: str, nonce: str, verifier: str) -> str:
        """Where the browser goes to prove who it is."""
        metadata = await self.metadata()
        query = {
            "response_type": "code",
            "client_id": self.client_id,
            "redirect_uri": redirect_uri,
            "scope": SCOPES,
            "state": state,
            "nonce": nonce,
            "code_challenge": create_s256_code_challenge(verifier),
            "code_challenge_method": "S256",
        }
        return f"{metadata['authorization_endpoint']}?{urlencode(query)}"

    async def claims(self, redirect_uri: str, code: str, nonce: str, verifier: str, now: datetime) -> dict[str, Any]:
        """Who it is: the verified identity token, completed by the user-info answer for the same subject.

        Raises:
            JoseError, httpx.HTTPError, ValueError, KeyError: the answer cannot be trusted.
        """
        metadata = await self.metadata()
        grant = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": redirect_uri,
            "code_verifier": verifier,
            "client_id": self.client_id,
            "client_secret": self.client_secret,
        }
        async with self._http() as http:
            answer = await http.post(metadata["token_endpoint"], data=grant)
            answer.raise_for_status()
            token = answer.json()
            keys = KeySet.import_key_set((await http.get(metadata["jwks_uri"])).json())
            identity = jwt.decode(token["id_token"], keys, algorithms=_ALGORITHMS).claims
            jwt.JWTClaimsRegistry(
                now=int(now.timestamp()),
                leeway=LEEWAY_SECONDS,
                iss={"essential": True, "value": self.issuer},
                aud={"essential": True, "value": self.client_id},
                exp={"essential": True},
                sub={"essential": True},
                nonce={"essential": True, "value": nonce},
            ).validate(identity)
            answer = await http.get(
                metadata["userinfo_endpoint"], headers={"Authorization": f"Bearer {token['access_token']}"}
            )
            answer.raise_for_status()
        if answer.headers.get("Content-Type", "").startswith("application/jwt"):
            # ProConnect signs it.
            about = jwt.decode(answer.text, keys, algorithms=_ALGORITHMS).claims
            jwt.JWTClaimsRegistry(iss={"value": self.issuer}).validate(about)
        else:
            about = answer.json()
        if about.get("sub") != identity["sub"]:
            raise ValueError("another subject")
        return {**about, "sub": identity["sub"]}

    def _http(self) -> httpx.AsyncClient:
        return httpx.AsyncClient(transport=self.transport, trust_env=False, timeout=10)


def oidc_routes(console: Console) -> list[BaseRoute]:
    if console.config.oidc is None:
        return []

    async def leave(request: Request) -> Response:
        return await _leave(console, request)

    async def come_back(request: Request) -> Response:
        return await _come_back(console, request)

    return [
        Route("/proconnect", leave, methods=["GET"], name="public.proconnect"),
        Route("/proconnect/retour", come_back, methods=["GET"], name="public.proconnect_retour"),
    ]


async def _leave(console: Console, request: Request) -> Response:
    state, nonce, verifier = secrets.token_urlsafe(24), secrets.token_urlsafe(24), generate_token(48)
    try:
        address = await console.config.oidc.address(_return_address(console), state, nonce, verifier)
    except (httpx.HTTPError, ValueError, KeyError) as error:
        logger.error("oidc_unreachable error=%s", type(error).__name__)
        return console.redirect("/connexion", _REFUSED, "error")
    response = RedirectResponse(address, status_code=303, headers={"Cache-Control": "no-store"})
    kept = _signer(console).dumps([state, nonce, verifier, local_path(request.query_params.get("suite"))])
    # Lax: the provider sends the browser back from its own site.
    console.set_cookie(response, STATE_COOKIE, kept, STATE_SECONDS, samesite="lax")
    return response


async def _come_back(console: Console, request: Request) -> Response:
    try:
        opened, path = await _open(console, request)
    except StaffError as error:
        return _refused(console, request, str(error))
    except (BadSignature, JoseError, httpx.HTTPError, ValueError, KeyError) as error:
        logger.warning("oidc_refused error=%s", type(error).__name__)
        return _refused(console, request, _REFUSED)
    # A strict cookie is not sent along a redirection that began elsewhere: this page begins again from here.
    target = html.escape(PREFIX + path, quote=True)
    response = HTMLResponse(
        f'<!doctype html><html lang="fr"><head><meta charset="utf-8"><meta http-equiv="refresh" content="0;url={target}">'
        f'<title>Connexion</title></head><body><p><a href="{target}">Continuer</a></p></body></html>',
        headers={"Cache-Control": "no-store"},
    )
    console.set_cookie(response, SESSION_COOKIE, opened.token, int(console.config.limits.absolute.total_seconds()))
    response.delete_cookie(STATE_COOKIE, path=PREFIX)
    return response


async def _open(console: Console, request: Request) -> tuple[Opened, str]:
    kept = request.cookies.get(STATE_COOKIE, "")
    state, nonce, verifier, path = _signer(console).loads(kept, max_age=STATE_SECONDS)
    if not secrets.compare_digest(state, request.query_params.get("state", "")) or "code" not in request.query_params:
        raise ValueError("state")
    claims = await console.config.oidc.claims(
        _return_address(console), request.query_params["code"], nonce, verifier, console.clock()
    )
    return await console.write(_recognise, claims, console.clock()), path


def _recognise(uow: UnitOfWork, claims: dict[str, Any], now: datetime) -> Opened:
    """The account of this subject; at first, the one that has this address, which the provider vouches for."""
    staff = uow.staff.find_subject(claims["sub"])
    if staff is None:
        email = clean_email(str(claims.get("email") or ""))
        staff = uow.staff.find(email) if email and claims.get("email_verified", True) is True else None
        if staff is None or uow.staff.oidc_subject(staff.id) is not None:
            raise StaffError(_UNKNOWN)
        uow.staff.change(staff.id, oidc_subject=claims["sub"])
    if staff.disabled_at:
        raise StaffError(_UNKNOWN)
    return open_session(uow, staff, now)


def _refused(console: Console, request: Request, sentence: str) -> Response:
    response = console.render(request, "refus.html", status=403, sentence=sentence, title="Connexion impossible")
    response.delete_cookie(STATE_COOKIE, path=PREFIX)
    return response


def _return_address(console: Console) -> str:
    return f"{console.config.public_url}{PREFIX}/proconnect/retour"


def _signer(console: Console) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(console.config.secret_key, salt="console-oidc")
