"""What actions know: the live answers, the thresholds, and how the message was read."""

from __future__ import annotations

from rasa_sdk import Tracker

from bot.dispositif.comprehension import Reading, reading_from_dict
from bot.reference.faq import Catalogue
from bot.reference.thresholds import load_thresholds
from bot.services.published_faq import PublishedFaq

THRESHOLDS = load_thresholds()
_published = PublishedFaq()


def catalogue() -> Catalogue:
    """The answers that are live now."""
    return _published.catalogue()


def readings_of(tracker: Tracker) -> tuple[Reading, list[Reading]]:
    reading = tracker.latest_message.get("reading") or {}
    whole = reading_from_dict(reading.get("whole") or {"text": tracker.latest_message.get("text") or ""})
    return whole, [reading_from_dict(part) for part in reading.get("parts", ())]
