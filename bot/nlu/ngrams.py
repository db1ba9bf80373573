"""Character and word n-grams, brought down to a few hundred dimensions: what sentence encoders do not see."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from scipy.sparse import csr_matrix, hstack
from sklearn.feature_extraction.text import TfidfVectorizer

# The directions are computed from the first phrases of each class: a third of them, twenty at least. All of them give
# the same accuracy, many times slower; and a phrase added at the end of an entry leaves the directions as they were.
SAMPLE_SHARE = 3
SAMPLE_MINIMUM = 20
# Bases kept on disk: the live model's, and those of a few trials.
KEPT = 4
# Words count for a little less than characters, which also see them.
WORD_WEIGHT = np.float32(0.7)


class NgramFeatures:
    """TF-IDF of character and word n-grams, brought down to a few hundred dimensions (latent semantic analysis)."""

    def __init__(self, char: TfidfVectorizer, word: TfidfVectorizer, basis: np.ndarray) -> None:
        self._char, self._word, self._basis = char, word, basis

    @classmethod
    def fit(
        cls, texts: Sequence[str], labels: Sequence[str], dimensions: int, seed: int, cache: Path | None = None
    ) -> NgramFeatures:
        """Learns the directions; with `cache`, takes those already computed from the same sample."""
        sample = sample_of(texts, labels)
        directory = cache / f"ngrams-{_digest(sample, dimensions, seed)}" if cache else None
        if directory and (directory / "vocabulary.json").exists():
            os.utime(directory)
            return cls.load(directory)
        char, word = cls._vectorizers()
        char.fit(sample)
        word.fit(sample)
        features = cls(char, word, np.empty((0, 0), np.float32))
        features._basis = principal_directions(features._tfidf(sample), min(dimensions, len(sample) - 1), seed)
        # What is saved is what is used: a model trained from the cache is the same as without it.
        features._basis = features._basis.astype(np.float16).astype(np.float32)
        if directory:
            features._keep(directory)
        return features

    def _keep(self, directory: Path) -> None:
        temporary = directory.with_name(f"{directory.name}.{os.getpid()}.tmp")
        temporary.mkdir(parents=True, exist_ok=True)
        self.save(temporary)
        try:
            temporary.replace(directory)
        except OSError:
            # Another training kept the same one meanwhile.
            shutil.rmtree(temporary)
        kept = sorted(directory.parent.glob("ngrams-*/"), key=lambda path: path.stat().st_mtime, reverse=True)
        for old in kept[KEPT:]:
            shutil.rmtree(old, ignore_errors=True)

    def transform(self, texts: Sequence[str]) -> np.ndarray:
        # Of one type with the basis: scipy would otherwise copy the whole basis at each message, 20 ms.
        return np.asarray(self._tfidf(texts).astype(self._basis.dtype) @ self._basis)

    def save(self, directory: Path) -> None:
        np.savez(
            directory / "ngrams.npz",
            basis=self._basis.astype(np.float16),
            char_idf=self._char.idf_.astype(np.float32),
            word_idf=self._word.idf_.astype(np.float32),
        )
        vocabularies = {
            "char": {term: int(index) for term, index in self._char.vocabulary_.items()},
            "word": {term: int(index) for term, index in self._word.vocabulary_.items()},
        }
        (directory / "vocabulary.json").write_text(json.dumps(vocabularies, ensure_ascii=False), encoding="utf-8")

    @classmethod
    def load(cls, directory: Path) -> NgramFeatures:
        vocabularies = json.loads((directory / "vocabulary.json").read_text(encoding="utf-8"))
        with np.load(directory / "ngrams.npz") as data:
            char, word = cls._vectorizers(vocabularies["char"], vocabularies["word"])
            char.idf_, word.idf_ = data["char_idf"], data["word_idf"]
            return cls(char, word, data["basis"].astype(np.float32))

    def _tfidf(self, texts: Sequence[str]):
        return hstack([self._char.transform(texts), self._word.transform(texts) * WORD_WEIGHT], format="csr")

    @staticmethod
    def _vectorizers(char: dict | None = None, word: dict | None = None) -> tuple[TfidfVectorizer, TfidfVectorizer]:
        common = {"sublinear_tf": True, "dtype": np.float32, "lowercase": False}
        return (
            TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 5), min_df=1 if char else 2, vocabulary=char, **common),
            TfidfVectorizer(
                analyzer="word",
                token_pattern=r"\S+",
                ngram_range=(1, 2),
                min_df=1 if word else 2,
                vocabulary=word,
                **common,
            ),
        )


def sample_of(texts: Sequence[str], labels: Sequence[str]) -> list[str]:
    """The first phrases of each class, in order."""
    sizes, seen = Counter(labels), Counter()
    sample = []
    for text, label in zip(texts, labels):
        if seen[label] < max(SAMPLE_MINIMUM, sizes[label] // SAMPLE_SHARE):
            sample.append(text)
        seen[label] += 1
    return sample


def principal_directions(matrix: csr_matrix, dimensions: int, seed: int) -> np.ndarray:
    """The main right singular directions of `matrix` (n, v), as columns (v, dimensions): randomised, one power step."""
    transposed = matrix.T.tocsr()
    rng = np.random.RandomState(seed)
    start = matrix @ rng.standard_normal((matrix.shape[1], dimensions)).astype(np.float32)
    start, _ = np.linalg.qr(start)
    start, _ = np.linalg.qr(matrix @ (transposed @ start))
    projected = transposed @ start
    values, vectors = np.linalg.eigh((projected.T @ projected).astype(np.float64))
    order = np.argsort(-values)
    scales = np.sqrt(np.maximum(values[order], 1e-9))
    return np.ascontiguousarray(projected @ (vectors[:, order] / scales).astype(np.float32))


def _digest(sample: Sequence[str], dimensions: int, seed: int) -> str:
    content = json.dumps([dimensions, seed, *sample], ensure_ascii=False)
    return hashlib.sha256(content.encode()).hexdigest()[:16]
