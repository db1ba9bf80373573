"""Which known phrases a phrase resembles, by meaning; and which phrases of a heap say the same thing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from bot.nlu.encoders import CachedEncoder, Encoder
from bot.nlu.normalisation import Abbreviations, clean

# The better encoder first: it is asked for few phrases at a time, and those of the FAQ are cached.
_PREFERRED = ("e5", "use")
# Two messages this close (cosine, centred vectors) go in one group.
SAME_SUBJECT = 0.5


@dataclass(frozen=True)
class Neighbour:
    """A known phrase, the intent it teaches, and its closeness from -1 to 1."""

    text: str
    intent: str
    closeness: float


class Neighbours:
    """Built once on the phrases of a content; phrases asked about are encoded and kept."""

    def __init__(
        self, texts: Sequence[str], intents: Sequence[str], encoders: Mapping[str, Encoder], cache: Path
    ) -> None:
        encoder = next((encoders[name] for name in _PREFERRED if name in encoders), None)
        if encoder is None:
            raise ValueError("aucun encodeur de phrases utilisable n'est installé")
        self.texts, self.intents = list(texts), list(intents)
        # Known phrases are in the training's cache; the others have one of their own, small and quick to read.
        self._encoder = encoder
        self._abbreviations = Abbreviations.load()
        vectors = CachedEncoder(encoder, cache).encode(self._cleaned(self.texts))
        self._centre = vectors.mean(axis=0)
        self._vectors = self._centred(vectors)
        self._asked: dict[str, np.ndarray] = {}

    def nearest(
        self, text: str, count: int = 5, among: str | None = None, other_than: str | None = None
    ) -> list[Neighbour]:
        """The closest known phrases; only those of the intent `among`, or of any intent but `other_than`."""
        closeness = self._vectors @ self.vectors([text])[0]
        found = []
        for index in np.argsort(-closeness, kind="stable"):
            intent = self.intents[index]
            if (among and intent != among) or (other_than and intent == other_than):
                continue
            found.append(Neighbour(self.texts[index], intent, round(float(closeness[index]), 3)))
            if len(found) == count:
                break
        return found

    def vectors(self, texts: Sequence[str]) -> np.ndarray:
        """Array of shape (len(texts), dimension); rows of length 1."""
        missing = [text for text in dict.fromkeys(texts) if text not in self._asked]
        if missing:
            fresh = self._centred(self._encoder.encode(self._cleaned(missing)))
            self._asked.update(zip(missing, fresh))
        return np.vstack([self._asked[text] for text in texts])

    def groups(self, texts: Sequence[str], threshold: float = SAME_SUBJECT) -> list[int]:
        """A group number for each text: average closeness inside a group is above `threshold`."""
        if len(texts) < 2:
            return [0] * len(texts)
        from sklearn.cluster import AgglomerativeClustering

        vectors = self.vectors(texts)
        distances = np.clip(1.0 - vectors @ vectors.T, 0.0, 2.0)
        model = AgglomerativeClustering(
            n_clusters=None, affinity="precomputed", linkage="average", distance_threshold=1.0 - threshold
        )
        return model.fit_predict(distances).tolist()

    def _cleaned(self, texts: Sequence[str]) -> list[str]:
        return [clean(text, self._abbreviations) for text in texts]

    def _centred(self, vectors: np.ndarray) -> np.ndarray:
        moved = vectors - self._centre
        return moved / np.maximum(np.linalg.norm(moved, axis=1, keepdims=True), 1e-9)
