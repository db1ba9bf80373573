"""The classifier learns, is the same from one training to the next, and gives up the encoders it lacks."""

import numpy as np
import pytest

from bot.nlu.ngrams import principal_directions, sample_of
from bot.nlu.question_model import ModelConfig, QuestionModel
from bot.nlu.softmax import fit_softmax, softmax

TEXTS = [f"{verb} la {noun} {tail}" for noun in ("formation", "subvention", "tenue") for verb in ("payer", "avoir", "voir")
         for tail in ("", "svp", "vite", "demain", "du conseiller", "ici", "encore", "merci")]  # fmt: skip
LABELS = [text.split()[2] for text in TEXTS]
CONFIG = ModelConfig(sparse_dimensions=20)


def test_phrases_are_told_apart_without_any_encoder():
    model = QuestionModel.fit(TEXTS, LABELS, {}, CONFIG)
    rows = model.probabilities(["payer la formation bientôt", "où est la tenue"])
    assert [model.classes[row.argmax()] for row in rows] == ["formation", "tenue"]
    assert np.allclose(rows.sum(axis=1), 1, atol=1e-5)


def test_the_cache_changes_nothing_to_the_model(tmp_path):
    first, second = (QuestionModel.fit(TEXTS, LABELS, {}, CONFIG, cache=tmp_path) for _ in range(2))
    alone = QuestionModel.fit(TEXTS, LABELS, {}, CONFIG)
    asked = ["la subvention du conseiller"]
    assert np.allclose(first.probabilities(asked), second.probabilities(asked), atol=1e-5)
    assert np.allclose(first.probabilities(asked), alone.probabilities(asked), atol=1e-5)


def test_a_saved_model_answers_as_before(tmp_path):
    model = QuestionModel.fit(TEXTS, LABELS, {}, CONFIG)
    model.save(tmp_path)
    again = QuestionModel.load(tmp_path, {})
    asked = ["la formtion du conseiler"]
    assert np.allclose(model.probabilities(asked), again.probabilities(asked), atol=1e-3)


def test_a_phrase_added_at_the_end_of_a_class_leaves_the_sample_as_it_was():
    texts, labels = [f"phrase {i}" for i in range(40)], ["a"] * 40
    assert sample_of(texts, labels) == sample_of([*texts, "une de plus"], [*labels, "a"])


def test_directions_are_orthogonal_and_keep_what_an_exact_decomposition_keeps():
    from scipy.sparse import random as sparse

    matrix = sparse(60, 90, 0.2, "csr", dtype=np.float32, random_state=1)
    basis = principal_directions(matrix, 10, seed=3)
    assert np.allclose(basis.T @ basis, np.eye(10), atol=1e-3)
    kept = np.linalg.norm(matrix @ basis) ** 2
    best = (np.linalg.svd(matrix.toarray(), compute_uv=False)[:10] ** 2).sum()
    assert kept > 0.9 * best


def test_softmax_regression_comes_close_to_a_full_solver():
    from sklearn.linear_model import LogisticRegression

    rng = np.random.RandomState(0)
    targets = rng.randint(0, 5, 2000)
    matrix = (rng.standard_normal((5, 30))[targets] + rng.standard_normal((2000, 30)) * 1.5).astype(np.float32)
    coefficients, intercepts = fit_softmax(matrix, targets, np.ones(5), 4.0, seed=1)
    ours = softmax(matrix @ coefficients + intercepts).argmax(axis=1)
    theirs = LogisticRegression(C=4.0, max_iter=500).fit(matrix, targets).predict(matrix)
    assert (ours == theirs).mean() > 0.97


def test_a_class_that_counts_less_draws_less():
    rng = np.random.RandomState(0)
    targets = np.repeat([0, 1], 500)
    matrix = (targets[:, None] + rng.standard_normal((1000, 1)) * 2).astype(np.float32)

    def share(weight):
        coefficients, intercepts = fit_softmax(matrix, targets, np.array([1.0, weight]), 4.0, seed=1)
        return softmax(matrix @ coefficients + intercepts)[:, 1].mean()

    assert share(1.0) == pytest.approx(0.5, abs=0.03)
    assert share(0.2) < share(1.0) - 0.15
