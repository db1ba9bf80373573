"""How long things last, from the settings."""

from __future__ import annotations

from datetime import timedelta

from bot.dispositif.handover import HandoverRules
from bot.settings import Settings


def handover_rules(settings: Settings) -> HandoverRules:
    return HandoverRules(
        absent=timedelta(seconds=settings.support_absent_seconds),
        alarm=timedelta(minutes=settings.support_alarm_minutes),
        patience=timedelta(minutes=settings.support_patience_minutes),
        silence=timedelta(minutes=settings.support_silence_minutes),
        hours_only=settings.support_hours_only,
    )
