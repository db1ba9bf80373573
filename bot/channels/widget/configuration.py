"""What the widget asks for once: its limits, the top questions, the notice shown before the first message."""

from __future__ import annotations

from typing import Any

from bot.channels.widget.assets import read_asset
from bot.reference.contacts import load_contacts
from bot.settings import Settings


def widget_configuration(settings: Settings) -> dict[str, Any]:
    contacts = load_contacts()
    return {
        "max_characters": settings.message_max_characters,
        "retention_days": settings.retention_days,
        "stylesheet": f"/widget/cnfs-widget.{read_asset('cnfs-widget.css')[1]}.css",
        "top_questions": list(contacts.top_questions),
        "contact": {
            "email": contacts.email,
            "phone": contacts.phone,
            "hours": contacts.phone_hours,
            "faq": contacts.faq_url,
        },
        "privacy_url": settings.privacy_url or f"{settings.public_url}/confidentialite",
    }
