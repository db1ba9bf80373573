"""Reads the signed token (JWT) by which the host site says who its visitor is."""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta

import jwt

from bot.services.access.siret import find_siret
from bot.services.receive_message import RefusedMessage

_LEEWAY = timedelta(seconds=30)


@dataclass(frozen=True)
class HostTokenRules:
    """`key`: a shared secret (HS256), or a public key in PEM form (RS256, ES256); never both kinds at once."""

    key: str
    audience: str
    issuer: str | None = None
    longest: timedelta = timedelta(minutes=5)

    @property
    def algorithms(self) -> list[str]:
        return ["RS256", "ES256"] if "-----BEGIN" in self.key else ["HS256"]


@dataclass(frozen=True)
class HostClaims:
    siret: str
    email: str | None


def read_host_token(token: str, rules: HostTokenRules, challenge: str, now: datetime) -> HostClaims:
    """What the host site certifies. Claims: `aud`, `exp`, `iat`, `nonce` (the challenge), `siret`, maybe `email`.

    Raises:
        RefusedMessage: ("identity") anything is missing, wrong, out of date, or meant for another conversation.
    """
    try:
        claims = jwt.decode(
            token,
            rules.key,
            algorithms=rules.algorithms,
            audience=rules.audience,
            issuer=rules.issuer,
            # Dates are compared below, with our own clock.
            options={
                "require": ["exp", "iat", "aud", "nonce", "siret"],
                "verify_exp": False,
                "verify_iat": False,
                "verify_nbf": False,
            },
        )
        issued, expires = float(claims["iat"]), float(claims["exp"])
    except (jwt.PyJWTError, ValueError, TypeError):
        raise _refusal() from None
    at = now.timestamp()
    leeway = _LEEWAY.total_seconds()
    is_timely = issued - leeway <= at < expires + leeway and 0 < expires - issued <= rules.longest.total_seconds()
    is_for_us = hmac.compare_digest(str(claims["nonce"]).encode(), challenge.encode())
    siret = find_siret(str(claims["siret"]))
    if not (is_timely and is_for_us and siret):
        raise _refusal()
    email = claims.get("email")
    return HostClaims(siret, email if isinstance(email, str) else None)


def _refusal() -> RefusedMessage:
    return RefusedMessage("identity", "Votre connexion au site n'a pas pu être vérifiée. Rechargez la page.")
