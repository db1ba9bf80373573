"""The link that carries an invitation."""

from __future__ import annotations

from bot.settings import Settings

UNKNOWN_BOT = "votre_bot"


def invitation_link(settings: Settings, code: str) -> str:
    """The address to give to one person; in the demonstration, that of the imitated phone."""
    if settings.telegram_api_url:
        return f"{settings.telegram_api_url}/?start={code}"
    return f"https://t.me/{(settings.telegram_bot or UNKNOWN_BOT).lstrip('@')}?start={code}"
