"""Where Telegram brings its updates in webhook mode, and the secret that proves they come from it."""

from __future__ import annotations

import hashlib
import hmac

from bot.settings import Settings

SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"


def webhook_path(settings: Settings) -> str:
    """A path nobody can guess, the same in every process."""
    return f"/telegram/{_derived(settings, 'path')[:40]}"


def webhook_secret(settings: Settings) -> str:
    """What Telegram repeats in `SECRET_HEADER` with each update."""
    return _derived(settings, "secret")


def _derived(settings: Settings, purpose: str) -> str:
    assert settings.telegram_token is not None
    told = f"telegram-webhook-{purpose}:{settings.telegram_token.get_secret_value()}"
    return hmac.new(settings.secret_key.get_secret_value().encode(), told.encode(), hashlib.sha256).hexdigest()
