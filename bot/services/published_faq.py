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
    # The version of the YAML content they come from, when it is kept (see faq_desk/content.py).
    content: str | None = None


def live(directory: Path = MODELS) -> Publication | None:
    """What is published, or None before the first training."""
    try:
        return Publication(**json.loads((directory / LIVE).read_text(encoding="utf-8")))
    except FileNotFoundError:
        return None


def set_live(publication: Publication, directory: Path = MODELS) -> None:
    """Publishes; the change is atomic: a reader sees the old pair or the new one."""
    _write_json(directory / LIVE, asdict(publication))


def save_catalogue(catalogue: Catalogue, directory: Path = MODELS) -> Path:
    """Writes the catalogue beside the models, under its version."""
    directory.mkdir(parents=True, exist_ok=True)
    path = directory / f"{catalogue.version}.faq.json"
    _write_json(path, catalogue.to_json())
    return path


@dataclass(frozen=True)
class Card:
    """What is known of an archive without opening it: the dialogue it holds, and the answers it was trained with."""

    core: str
    faq: str


def card_of(model: str, directory: Path = MODELS) -> Card | None:
    """The card of an archive of the models folder, or None: trained by hand, or removed."""
    try:
        return Card(**json.loads(_card_path(model, directory).read_text(encoding="utf-8")))
    except (FileNotFoundError, ValueError, TypeError):
        return None


def save_card(model: str, card: Card, directory: Path = MODELS) -> None:
    _write_json(_card_path(model, directory), asdict(card))


def _card_path(model: str, directory: Path) -> Path:
    return directory / f"{model.removesuffix('.tar.gz')}.card.json"


def _write_json(path: Path, content: object) -> None:
    """A reader sees the old file or the new one."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    temporary.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
    temporary.replace(path)


class PublishedFaq:
    """The live catalogue, read again as soon as another one is published."""

    def __init__(self, directory: Path = MODELS) -> None:
        self._directory = directory
        self._name: str | None = None
        self._catalogue: Catalogue | None = None

    def catalogue(self, model: str | None = None) -> Catalogue:
        """The live answers; for a message read by a `model` that is not live (any more), those that go with it."""
        publication = live(self._directory)
        name = publication.faq if publication else None
        if publication and model and model != publication.model:
            card = card_of(model, self._directory)
            name = card.faq if card else name
        if self._catalogue is None or name != self._name:
            self._catalogue = self.read(name)
            self._name = name
        return self._catalogue

    def read(self, name: str | None) -> Catalogue:
        """A catalogue of the models folder; the working files' own when it is not there."""
        path = self._directory / name if name else None
        if path and path.exists():
            return Catalogue.from_json(json.loads(path.read_text(encoding="utf-8")))
        # Trained by hand with `rasa train`: the content is that of the working tree.
        return load_catalogue()
