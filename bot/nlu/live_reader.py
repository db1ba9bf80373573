"""The reader inside the running `rasa` process, exchanged for that of a newly published model without a restart.

The dialogue's part of a model depends on the domain and the rules; publications of the FAQ change the classifier
alone. So when `live.json` names another archive with the same dialogue, its classifier is read in a thread, tried,
and takes the place of the old one between two messages: nothing stops, nothing waits, memory does not grow.
"""

from __future__ import annotations

import logging
import os
import threading
import time
from pathlib import Path

from bot.nlu.archive import load_reader
from bot.nlu.reader import Reader
from bot.services.published_faq import MODELS, card_of, live

# The archive that `cnfs rasa` serves; without it nothing is followed (tests, plain `rasa run`).
SERVED_MODEL = "CNFS_SERVED_MODEL"
PERIOD_SECONDS = 0.3
RETRY_SECONDS = 30.0

logger = logging.getLogger(__name__)


class LiveReader:
    """Gives the reader to use now, and the name of its archive when it is known."""

    def __init__(self, reader: Reader, model: str | None, directory: Path = MODELS) -> None:
        self._current = (reader, model)
        self._directory = directory
        self._refused: tuple[str, float] | None = None

    def current(self) -> tuple[Reader, str | None]:
        return self._current

    def follow(self) -> None:
        """From now on, takes every publication that it can."""
        threading.Thread(target=self._follow, name="live-reader", daemon=True).start()

    def refresh(self) -> bool:
        """Takes what is published now if it is another model; False when there is nothing to take, or it cannot be."""
        reader, served = self._current
        publication = live(self._directory)
        if publication is None or publication.model == served:
            return False
        wanted = publication.model
        if self._refused and self._refused[0] == wanted and time.monotonic() - self._refused[1] < RETRY_SECONDS:
            return False
        ours, theirs = card_of(served or "", self._directory), card_of(wanted, self._directory)
        if ours is None or theirs is None or ours.core != theirs.core:
            logger.warning("model_needs_restart served=%s published=%s", served, wanted)
            self._refused = (wanted, time.monotonic())
            return False
        try:
            fresh = load_reader(self._directory / wanted, reader.model.encoders)
            fresh.read("Bonjour, combien de temps dure la formation ?")
        except Exception as error:  # noqa: BLE001 -- a bad archive must not stop what answers
            logger.error("model_unusable published=%s error=%s", wanted, type(error).__name__)
            self._refused = (wanted, time.monotonic())
            return False
        self._current = (fresh, wanted)
        logger.info("model_swapped from=%s to=%s", served, wanted)
        return True

    def _follow(self) -> None:
        while True:
            try:
                self.refresh()
            except Exception as error:  # noqa: BLE001 -- keep following
                logger.error("follow_failed error=%s", type(error).__name__)
            time.sleep(PERIOD_SECONDS)


_served: LiveReader | None = None


def serve(reader: Reader) -> LiveReader:
    """The reader of this process; it follows publications when `cnfs rasa` says which archive this is."""
    global _served
    name = os.environ.get(SERVED_MODEL)
    fresh = LiveReader(reader, name)
    if name and _served is None:
        _served = fresh
        fresh.follow()
    return fresh


def served_model() -> str | None:
    """The archive that reads messages in this process, when it is known."""
    return _served.current()[1] if _served else None
