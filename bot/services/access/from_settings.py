"""The rules of access as the settings give them."""

from __future__ import annotations

from datetime import timedelta

from bot.services.access.host_token import HostTokenRules
from bot.services.access.keys import AccessKeys
from bot.services.access.sessions import Access, SessionRules
from bot.settings import Settings


def access_keys(settings: Settings) -> AccessKeys:
    return AccessKeys(settings.secret_key.get_secret_value())


def session_rules(settings: Settings) -> SessionRules:
    return SessionRules(
        timedelta(minutes=settings.access_inactivity_minutes), timedelta(hours=settings.access_session_hours)
    )


def host_token_rules(settings: Settings) -> HostTokenRules | None:
    """None when no host site may vouch for its visitors."""
    if settings.identity_key is None:
        return None
    return HostTokenRules(
        settings.identity_key.get_secret_value(),
        settings.identity_audience,
        settings.identity_issuer,
        timedelta(seconds=settings.identity_max_seconds),
    )


def access(settings: Settings) -> Access:
    return Access(access_keys(settings), session_rules(settings), settings.is_demo)
