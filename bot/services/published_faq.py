"""Finds the catalogue of questions that belongs to a trained model."""

from __future__ import annotations

import json
import os
from pathlib import Path

from bot.reference.faq import Catalogue, load_catalogue

MODELS = Path(os.environ.get("CNFS_MODELS", "models"))
SUFFIX = ".faq.json"


class PublishedFaq:
    """Catalogues by content version, read from the files that training leaves beside each model."""

    def __init__(self, directory: Path = MODELS) -> None:
        self._directory = directory
        self._known: dict[str, Catalogue] = {}
        self._live: Catalogue | None = None

    def catalogue(self, version: str | None = None) -> Catalogue:
        """The catalogue of `version`, or the latest one met when there is no version (a button)."""
        if version is None:
            if self._live is None:
                self._live = self._newest() or load_catalogue()
            return self._live
        if version not in self._known:
            self._known[version] = self._find(version)
        self._live = self._known[version]
        return self._live

    def _find(self, version: str) -> Catalogue:
        path = self._directory / f"{version}{SUFFIX}"
        if path.exists():
            return Catalogue.from_json(json.loads(path.read_text(encoding="utf-8")))
        # Trained by hand with `rasa train`: the content is that of the working tree.
        return load_catalogue()

    def _newest(self) -> Catalogue | None:
        paths = sorted(self._directory.glob(f"*{SUFFIX}"), key=lambda path: path.stat().st_mtime)
        return Catalogue.from_json(json.loads(paths[-1].read_text(encoding="utf-8"))) if paths else None


def save_catalogue(catalogue: Catalogue, directory: Path = MODELS) -> Path:
    """Writes the catalogue beside the models, under its version."""
    directory.mkdir(parents=True, exist_ok=True)
    path = directory / f"{catalogue.version}{SUFFIX}"
    path.write_text(json.dumps(catalogue.to_json(), ensure_ascii=False), encoding="utf-8")
    return path
