"""What is live: a trained model, and the answers that go with it. Answers may change alone."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path

from bot.reference.faq import Catalogue, load_catalogue

MODELS = Path(os.environ.get("CNFS_MODELS", "models"))
LIVE = "live.json"


@dataclass(frozen=True)
class Publication:
    """Names of two files of the models folder: a Rasa archive and a catalogue of questions."""

    model: str
    faq: str


def live(directory: Path = MODELS) -> Publication | None:
    """What is published, or None before the first training."""
    try:
        return Publication(**json.loads((directory / LIVE).read_text(encoding="utf-8")))
    except FileNotFoundError:
        return None


def set_live(publication: Publication, directory: Path = MODELS) -> None:
    """Publishes; the change is atomic: a reader sees the old pair or the new one."""
    temporary = directory / f"{LIVE}.tmp"
    temporary.write_text(json.dumps(asdict(publication)), encoding="utf-8")
    temporary.replace(directory / LIVE)


def save_catalogue(catalogue: Catalogue, directory: Path = MODELS) -> Path:
    """Writes the catalogue beside the models, under its version."""
    directory.mkdir(parents=True, exist_ok=True)
    path = directory / f"{catalogue.version}.faq.json"
    path.write_text(json.dumps(catalogue.to_json(), ensure_ascii=False), encoding="utf-8")
    return path


class PublishedFaq:
    """The live catalogue, read again as soon as another one is published."""

    def __init__(self, directory: Path = MODELS) -> None:
        self._directory = directory
        self._name: str | None = None
        self._catalogue: Catalogue | None = None

    def catalogue(self) -> Catalogue:
        publication = live(self._directory)
        name = publication.faq if publication else None
        if self._catalogue is None or name != self._name:
            self._catalogue = self._read(name)
            self._name = name
        return self._catalogue

    def _read(self, name: str | None) -> Catalogue:
        path = self._directory / name if name else None
        if path and path.exists():
            return Catalogue.from_json(json.loads(path.read_text(encoding="utf-8")))
        # Trained by hand with `rasa train`: the content is that of the working tree.
        return load_catalogue()
