"""The catalogue of questions that goes with the model that read the message."""

from __future__ import annotations

from rasa_sdk import Tracker

from bot.dispositif.comprehension import Reading, reading_from_dict
from bot.reference.faq import Catalogue
from bot.reference.thresholds import load_thresholds
from bot.services.published_faq import PublishedFaq

THRESHOLDS = load_thresholds()
_published = PublishedFaq()


def catalogue_for(tracker: Tracker) -> Catalogue:
    """The very version the message was read with; a button carries none and gets the live one."""
    reading = tracker.latest_message.get("reading") or {}
    return _published.catalogue(reading.get("version"))


def readings_of(tracker: Tracker) -> tuple[Reading, list[Reading]]:
    reading = tracker.latest_message.get("reading") or {}
    whole = reading_from_dict(reading.get("whole") or {"text": tracker.latest_message.get("text") or ""})
    return whole, [reading_from_dict(part) for part in reading.get("parts", ())]
