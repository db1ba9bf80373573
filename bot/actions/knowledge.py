"""What actions know: the live answers, the thresholds, and how the message was read."""

from __future__ import annotations

from contextvars import ContextVar

from rasa_sdk import Tracker

from bot.dispositif.comprehension import Reading, reading_from_dict
from bot.reference.faq import Catalogue
from bot.reference.thresholds import load_thresholds
from bot.services.published_faq import PublishedFaq

THRESHOLDS = load_thresholds()
_published = PublishedFaq()
_model: ContextVar[str | None] = ContextVar("model", default=None)


def catalogue() -> Catalogue:
    """The answers that are live now; while a new model replaces another, those that the message was read with."""
    return _published.catalogue(_model.get())


def answer_with(tracker: Tracker) -> None:
    """From here on in this turn, `catalogue` is the one that goes with the model that read the message."""
    _model.set((tracker.latest_message.get("reading") or {}).get("model"))


def model() -> str | None:
    """The archive that read the message of this turn, when it is known."""
    return _model.get()


def readings_of(tracker: Tracker) -> tuple[Reading, list[Reading]]:
    reading = tracker.latest_message.get("reading") or {}
    whole = reading_from_dict(reading.get("whole") or {"text": tracker.latest_message.get("text") or ""})
    return whole, [reading_from_dict(part) for part in reading.get("parts", ())]
