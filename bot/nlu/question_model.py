"""The classifier itself: sentence encoders and character n-grams under a linear model, in two stages.

The first stage costs a few milliseconds (USE and n-grams); when it is sure, its answer is kept. Otherwise the
second stage adds E5, the better and slower encoder. Figures and alternatives: docs/decisions/0003-comprehension.md.
"""

from __future__ import annotations

import json
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.utils.extmath import randomized_svd

from bot.nlu.encoders import Encoder
from bot.nlu.normalisation import Abbreviations, clean, flatten
from bot.nlu.softmax import fit_softmax

Progress = Callable[[str, int, int], None]
"""Called with a stage's French name, the steps done and their total."""


@dataclass(frozen=True)
class ModelConfig:
    """What the measurements chose. Weights multiply features of length 1, so they set how much each counts."""

    e5_weight: float = 2.0
    use_weight: float = 1.5
    sparse_weight: float = 1.2
    sparse_dimensions: int = 400
    regularisation: float = 8.0
    # The first stage is believed from this probability on.
    fast_threshold: float = 0.7
    seed: int = 20220228


@dataclass(frozen=True)
class Stage:
    """A linear softmax over the concatenation of some blocks of features."""

    blocks: tuple[str, ...]
    weights: np.ndarray
    bias: np.ndarray

    def probabilities(self, features: Mapping[str, np.ndarray]) -> np.ndarray:
        scores = np.hstack([features[name] for name in self.blocks]) @ self.weights + self.bias
        scores -= scores.max(axis=1, keepdims=True)
        exponentials = np.exp(scores)
        return exponentials / exponentials.sum(axis=1, keepdims=True)


# Words count for a little less than characters, which also see them.
WORD_WEIGHT = np.float32(0.7)


class NgramFeatures:
    """TF-IDF of character and word n-grams, brought down to a few hundred dimensions (latent semantic analysis)."""

    def __init__(self, char: TfidfVectorizer, word: TfidfVectorizer, basis: np.ndarray) -> None:
        self._char, self._word, self._basis = char, word, basis

    @classmethod
    def fit_transform(
        cls, texts: Sequence[str], config: ModelConfig, start: NgramFeatures | None = None
    ) -> tuple[NgramFeatures, np.ndarray]:
        """The features fitted on `texts`, and those of `texts`; `start`, fitted on nearly the same texts, saves time."""
        from scipy.sparse import hstack

        char, word = cls._vectorizers()
        tfidf = hstack([char.fit_transform(texts), word.fit_transform(texts) * WORD_WEIGHT], format="csr")
        features = cls(char, word, np.empty((0, 0), np.float32))
        dimensions = min(config.sparse_dimensions, len(texts) - 1)
        if start is not None and start._basis.shape[1] == dimensions:
            # One step of subspace iteration from the old basis: the space of nearly the same texts hardly moves.
            seen, _ = np.linalg.qr(tfidf @ features._carried(start))
            features._basis = _orthonormal(np.asarray(tfidf.T.tocsr() @ seen, np.float32))
        else:
            _, _, components = randomized_svd(tfidf, dimensions, n_iter=2, random_state=config.seed)
            features._basis = np.ascontiguousarray(components.T, dtype=np.float32)
        return features, np.asarray(tfidf @ features._basis, np.float32)

    def rotation_from(self, start: NgramFeatures) -> np.ndarray:
        """Brings weights on the dimensions of `start` to the dimensions of these features."""
        return self._basis.T @ self._carried(start)

    def _carried(self, start: NgramFeatures) -> np.ndarray:
        """The basis of `start`, with one row per term of these features; zeros for terms it does not know."""
        carried = np.zeros(
            (len(self._char.vocabulary_) + len(self._word.vocabulary_), start._basis.shape[1]), np.float32
        )
        for mine, theirs, shift, their_shift in (
            (self._char, start._char, 0, 0),
            (self._word, start._word, len(self._char.vocabulary_), len(start._char.vocabulary_)),
        ):
            known = theirs.vocabulary_
            pairs = [(index + shift, known[t] + their_shift) for t, index in mine.vocabulary_.items() if t in known]
            if pairs:
                to, origin = map(list, zip(*pairs))
                carried[to] = start._basis[origin]
        return carried

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
        from scipy.sparse import hstack

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


# How many texts a model remembers the reading of.
KEPT_TEXTS = 2048
# More changes nothing measurable: 60 iterations give the accuracy of convergence (126).
MAX_ITERATIONS = 60
# From the weights of a model of nearly the same phrases.
WARM_ITERATIONS = 20


class QuestionModel:
    """Texts in, probabilities over the classes out. Deterministic: same data, same model."""

    def __init__(
        self,
        classes: Sequence[str],
        ngrams: NgramFeatures,
        centres: Mapping[str, np.ndarray],
        stages: Sequence[Stage],
        config: ModelConfig,
        encoders: Mapping[str, Encoder],
    ) -> None:
        self.classes = np.array(classes)
        self.config = config
        self._ngrams, self._centres, self._stages = ngrams, dict(centres), list(stages)
        self._encoders = encoders
        self._abbreviations = Abbreviations.load()
        # People ask the same few things; a repeated question costs nothing.
        self._cache: OrderedDict[str, np.ndarray] = OrderedDict()

    @classmethod
    def fit(
        cls,
        texts: Sequence[str],
        labels: Sequence[str],
        encoders: Mapping[str, Encoder],
        config: ModelConfig = ModelConfig(),
        progress: Progress = lambda stage, done, total: None,
        start: QuestionModel | None = None,
    ) -> QuestionModel:
        """Trains on `texts` (length n) and their `labels`; encoders that are absent are done without.

        `start` is a model of nearly the same phrases: training from it is three times shorter.
        """
        abbreviations = Abbreviations.load()
        cleaned = [clean(text, abbreviations) for text in texts]
        features: dict[str, np.ndarray] = {}
        centres: dict[str, np.ndarray] = {}
        for name, encoder in encoders.items():
            vectors = encoder.encode(cleaned)
            centres[name] = vectors.mean(axis=0)
            features[name] = _centred(vectors, centres[name]) * _weight(config, name)
        progress("mots", 0, 1)
        flat = [flatten(text) for text in cleaned]
        ngrams, vectors = NgramFeatures.fit_transform(flat, config, start._ngrams if start else None)
        features["ngrams"] = vectors * config.sparse_weight
        progress("mots", 1, 1)
        classes, targets = np.unique(labels, return_inverse=True)
        stages = _fit_stages(_stages_for(encoders), features, targets, classes, ngrams, config, progress, start)
        return cls(classes.tolist(), ngrams, centres, stages, config, encoders)

    def probabilities(self, texts: Sequence[str], keep_all: bool = False) -> np.ndarray:
        """Array of shape (len(texts), len(classes)); rows sum to 1. With `keep_all` none is forgotten afterwards."""
        result = np.empty((len(texts), len(self.classes)), np.float32)
        missing = []
        for row, text in enumerate(texts):
            known = self._cache.get(text)
            if known is None:
                missing.append(row)
            else:
                self._cache.move_to_end(text)
                result[row] = known
        if missing:
            fresh = self._compute([texts[row] for row in missing])
            for row, values in zip(missing, fresh):
                result[row] = values
                self._cache[texts[row]] = values
            while len(self._cache) > KEPT_TEXTS and not keep_all:
                self._cache.popitem(last=False)
        return result

    def stage_probabilities(self, texts: Sequence[str], stage: int) -> np.ndarray:
        """What one stage alone says (0: the fast one), for calibration and measurements."""
        cleaned = [clean(text, self._abbreviations) for text in texts]
        return self._stages[stage].probabilities(self._features(cleaned, self._stages[stage].blocks, {}))

    @property
    def encoders(self) -> Mapping[str, Encoder]:
        return self._encoders

    @property
    def stage_count(self) -> int:
        return len(self._stages)

    def save(self, directory: Path) -> None:
        """Writes arrays and JSON only: nothing that runs code when it is read back."""
        self._ngrams.save(directory)
        arrays = {f"centre_{name}": centre for name, centre in self._centres.items()}
        for index, stage in enumerate(self._stages):
            arrays[f"weights_{index}"] = stage.weights.astype(np.float32)
            arrays[f"bias_{index}"] = stage.bias.astype(np.float32)
        np.savez(directory / "linear.npz", **arrays)
        description = {
            "classes": self.classes.tolist(),
            "stages": [stage.blocks for stage in self._stages],
            "config": asdict(self.config),
        }
        (directory / "model.json").write_text(json.dumps(description, ensure_ascii=False), encoding="utf-8")

    @classmethod
    def load(cls, directory: Path, encoders: Mapping[str, Encoder]) -> QuestionModel:
        """Reads what `save` wrote. A stage whose encoder is missing here is left out.

        Raises:
            ValueError: no stage can work with the encoders at hand.
        """
        description = json.loads((directory / "model.json").read_text(encoding="utf-8"))
        with np.load(directory / "linear.npz") as data:
            stages = [
                Stage(tuple(blocks), data[f"weights_{index}"], data[f"bias_{index}"])
                for index, blocks in enumerate(description["stages"])
                if all(name == "ngrams" or name in encoders for name in blocks)
            ]
            centres = {name.removeprefix("centre_"): data[name] for name in data.files if name.startswith("centre_")}
        if not stages:
            raise ValueError("aucun encodeur de phrases utilisable n'est installé")
        ngrams = NgramFeatures.load(directory)
        return cls(description["classes"], ngrams, centres, stages, ModelConfig(**description["config"]), encoders)

    def _compute(self, texts: Sequence[str]) -> np.ndarray:
        cleaned = [clean(text, self._abbreviations) for text in texts]
        features: dict[str, np.ndarray] = {}
        first = self._stages[0]
        result = first.probabilities(self._features(cleaned, first.blocks, features))
        if len(self._stages) > 1:
            unsure = np.flatnonzero(result.max(axis=1) < self.config.fast_threshold)
            if unsure.size:
                kept = {name: values[unsure] for name, values in features.items()}
                last = self._stages[-1]
                some = [cleaned[row] for row in unsure]
                result[unsure] = last.probabilities(self._features(some, last.blocks, kept))
        return result.astype(np.float32)

    def _features(
        self, cleaned: Sequence[str], blocks: Sequence[str], known: dict[str, np.ndarray]
    ) -> dict[str, np.ndarray]:
        for name in blocks:
            if name in known:
                continue
            if name == "ngrams":
                known[name] = self._ngrams.transform([flatten(text) for text in cleaned]) * self.config.sparse_weight
            else:
                vectors = self._encoders[name].encode(cleaned)
                known[name] = _centred(vectors, self._centres[name]) * _weight(self.config, name)
        return known


def _stages_for(encoders: Mapping[str, Encoder]) -> list[tuple[str, ...]]:
    """The cheap stage first, the complete one last, and one that needs no encoder at all, to fall back on."""
    fast = tuple(name for name in ("use",) if name in encoders) + ("ngrams",)
    full = tuple(name for name in ("e5", "use") if name in encoders) + ("ngrams",)
    return [fast] if full == fast else [fast, full]


def _fit_stages(
    blocks_of_stages: Sequence[tuple[str, ...]],
    features: Mapping[str, np.ndarray],
    targets: np.ndarray,
    classes: np.ndarray,
    ngrams: NgramFeatures,
    config: ModelConfig,
    progress: Progress,
    start: QuestionModel | None,
) -> list[Stage]:
    """The stages, each on a thread of its own: the time goes in products of matrices, outside Python's lock."""
    done = dict.fromkeys(blocks_of_stages, 0)
    expected = dict.fromkeys(blocks_of_stages, WARM_ITERATIONS if start else MAX_ITERATIONS)
    progress("apprentissage", 0, sum(expected.values()))

    def fit(blocks: tuple[str, ...]) -> Stage:
        def step(count: int, _total: int) -> None:
            done[blocks] = count
            progress("apprentissage", sum(done.values()), sum(expected.values()))

        matrix = np.hstack([features[name] for name in blocks]).astype(np.float32)
        warm = _carried_weights(start, blocks, features, classes, ngrams) if start else None
        limit = WARM_ITERATIONS if warm else MAX_ITERATIONS
        expected[blocks] = limit
        weights, bias = fit_softmax(matrix, targets, len(classes), config.regularisation, limit, warm, step)
        return Stage(blocks, weights, bias)

    with ThreadPoolExecutor(len(blocks_of_stages)) as pool:
        stages = list(pool.map(fit, blocks_of_stages))
    progress("apprentissage", sum(expected.values()), sum(expected.values()))
    return stages


def _carried_weights(
    start: QuestionModel,
    blocks: tuple[str, ...],
    features: Mapping[str, np.ndarray],
    classes: np.ndarray,
    ngrams: NgramFeatures,
) -> tuple[np.ndarray, np.ndarray] | None:
    """The weights of the same stage of `start`, for these classes and these n-grams; None if it has no such stage."""
    stage = next((stage for stage in start._stages if stage.blocks == blocks), None)
    if stage is None:
        return None
    known = {str(name): index for index, name in enumerate(start.classes)}
    kept = [(index, known[str(name)]) for index, name in enumerate(classes) if str(name) in known]
    if not kept:
        return None
    to, origin = map(list, zip(*kept))
    width = sum(features[name].shape[1] for name in blocks)
    weights = np.zeros((width, len(classes)), np.float32)
    bias = np.full(len(classes), stage.bias.mean(), np.float32)
    bias[to] = stage.bias[origin]
    here = there = 0
    for name in blocks:
        size = features[name].shape[1]
        old = stage.weights[there : there + (start._ngrams._basis.shape[1] if name == "ngrams" else size)]
        if name == "ngrams":
            weights[here : here + size, to] = ngrams.rotation_from(start._ngrams) @ old[:, origin]
        else:
            weights[here : here + size, to] = old[:, origin]
        here, there = here + size, there + old.shape[0]
    return weights, bias


def _orthonormal(matrix: np.ndarray) -> np.ndarray:
    """Orthonormal columns that span those of `matrix` (Cholesky QR, in double precision)."""
    wide = matrix.astype(np.float64)
    factor = np.linalg.cholesky(wide.T @ wide)
    return np.ascontiguousarray(np.linalg.solve(factor, wide.T).T, dtype=np.float32)


def _weight(config: ModelConfig, name: str) -> float:
    return {"e5": config.e5_weight, "use": config.use_weight}[name]


def _centred(vectors: np.ndarray, centre: np.ndarray) -> np.ndarray:
    """Encoders put every sentence in a narrow cone: differences show once the mean is taken away."""
    moved = vectors - centre
    return moved / np.maximum(np.linalg.norm(moved, axis=1, keepdims=True), 1e-9)
