"""The classifier itself: sentence encoders and character n-grams under a linear model, in two stages.

The first stage costs a few milliseconds (USE and n-grams); when it is sure, its answer is kept. Otherwise the
second stage adds E5, the better and slower encoder. Figures and alternatives: docs/decisions/0003-comprehension.md.
"""

from __future__ import annotations

import json
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from bot.dispositif.comprehension import OUT_OF_SCOPE
from bot.nlu.encoders import Encoder
from bot.nlu.ngrams import NgramFeatures
from bot.nlu.normalisation import Abbreviations, clean, flatten
from bot.nlu.softmax import fit_softmax, softmax
from bot.nlu.spelling import Spelling

Progress = Callable[[str, int, int], None]
"""Called with a stage's French name, the steps done and their total."""


@dataclass(frozen=True)
class ModelConfig:
    """What the measurements chose. Weights multiply features of length 1, so they set how much each counts."""

    e5_weight: float = 2.5
    use_weight: float = 1.5
    sparse_weight: float = 2.4
    sparse_dimensions: int = 800
    regularisation: float = 4.0
    # Out of scope has twenty times the phrases of a question: uncorrected, it draws far paraphrases to itself.
    out_of_scope_weight: float = 0.7
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
        return softmax(scores)


# How many texts a model remembers the reading of.
KEPT_TEXTS = 2048


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
        spelling: Spelling,
    ) -> None:
        self.classes = np.array(classes)
        self.config = config
        self._ngrams, self._centres, self._stages = ngrams, dict(centres), list(stages)
        self._encoders = encoders
        self._spelling = spelling
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
        cache: Path | None = None,
    ) -> QuestionModel:
        """Trains on `texts` (length n) and their `labels`; encoders that are absent are done without.

        `cache` is a directory where what a slightly different set of phrases shares is kept from one training to the
        next.
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
        ngrams = NgramFeatures.fit(flat, labels, config.sparse_dimensions, config.seed, cache)
        features["ngrams"] = ngrams.transform(flat) * config.sparse_weight
        progress("mots", 1, 1)
        classes, targets = np.unique(labels, return_inverse=True)
        stages = []
        blocks_of_stages = _stages_for(encoders)
        for index, blocks in enumerate(blocks_of_stages):
            progress("apprentissage", index, len(blocks_of_stages))
            stages.append(_fit_stage(blocks, features, classes, targets, config))
        progress("apprentissage", len(blocks_of_stages), len(blocks_of_stages))
        spelling = Spelling.learn(cleaned, (text for text, label in zip(cleaned, labels) if label != OUT_OF_SCOPE))
        return cls(classes.tolist(), ngrams, centres, stages, config, encoders, spelling)

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

    @property
    def encoders(self) -> Mapping[str, Encoder]:
        return self._encoders

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
            "spelling": self._spelling.to_json(),
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
        spelling = Spelling.from_json(description["spelling"])
        config = ModelConfig(**description["config"])
        return cls(description["classes"], ngrams, centres, stages, config, encoders, spelling)

    def _clean(self, text: str) -> str:
        return self._spelling.correct(clean(text, self._abbreviations))

    def _compute(self, texts: Sequence[str]) -> np.ndarray:
        cleaned = [self._clean(text) for text in texts]
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


def _fit_stage(
    blocks: tuple[str, ...],
    features: Mapping[str, np.ndarray],
    classes: np.ndarray,
    targets: np.ndarray,
    config: ModelConfig,
) -> Stage:
    matrix = np.hstack([features[name] for name in blocks])
    importance = np.where(classes == OUT_OF_SCOPE, config.out_of_scope_weight, 1.0)
    return Stage(blocks, *fit_softmax(matrix, targets, importance, config.regularisation, config.seed))


def _weight(config: ModelConfig, name: str) -> float:
    return {"e5": config.e5_weight, "use": config.use_weight}[name]


def _centred(vectors: np.ndarray, centre: np.ndarray) -> np.ndarray:
    """Encoders put every sentence in a narrow cone: differences show once the mean is taken away."""
    moved = vectors - centre
    return moved / np.maximum(np.linalg.norm(moved, axis=1, keepdims=True), 1e-9)
