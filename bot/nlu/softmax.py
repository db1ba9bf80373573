"""A linear softmax fitted by L-BFGS in single precision, from nothing or from the weights of an earlier model.

Same objective as scikit-learn's LogisticRegression (sum of log-losses times `regularisation`, plus half the squared
weights), about three times faster here, and able to start from the model that is live: the objective is convex, so
where one starts only changes how soon one arrives.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from scipy.optimize import minimize

Steps = Callable[[int, int], None]
"""Called with the iterations done and their maximum."""


def fit_softmax(
    matrix: np.ndarray,
    targets: np.ndarray,
    class_count: int,
    regularisation: float,
    max_iterations: int,
    start: tuple[np.ndarray, np.ndarray] | None = None,
    steps: Steps = lambda done, total: None,
) -> tuple[np.ndarray, np.ndarray]:
    """Weights of shape (features, classes) and biases of shape (classes,), for rows of `matrix` and their class."""
    matrix = np.ascontiguousarray(matrix, np.float32)
    count, width = matrix.shape
    rows = np.arange(count)
    scale = np.float32(1.0 / regularisation)
    done = 0

    def objective(flat: np.ndarray) -> tuple[float, np.ndarray]:
        parameters = flat.astype(np.float32).reshape(width + 1, class_count)
        weights, bias = parameters[:-1], parameters[-1]
        scores = matrix @ weights
        scores += bias
        scores -= scores.max(axis=1, keepdims=True)
        right = scores[rows, targets].astype(np.float64).sum()
        np.exp(scores, out=scores)
        totals = scores.sum(axis=1, keepdims=True)
        loss = np.log(totals.astype(np.float64)).sum() - right
        scores /= totals
        scores[rows, targets] -= 1
        gradient = np.empty_like(parameters)
        np.matmul(matrix.T, scores, out=gradient[:-1])
        gradient[:-1] += scale * weights
        gradient[-1] = scores.sum(axis=0)
        loss += 0.5 * float(scale) * float(np.vdot(weights, weights))
        return loss, gradient.astype(np.float64).ravel()

    def count_step(_parameters: np.ndarray) -> None:
        nonlocal done
        done += 1
        steps(done, max_iterations)

    first = np.zeros((width + 1, class_count))
    if start is not None:
        first[:-1], first[-1] = start
    result = minimize(
        objective,
        first.ravel(),
        jac=True,
        method="L-BFGS-B",
        callback=count_step,
        options={"maxiter": max_iterations, "maxcor": 10, "gtol": 1e-2, "ftol": 1e-7},
    )
    parameters = result.x.astype(np.float32).reshape(width + 1, class_count)
    return np.ascontiguousarray(parameters[:-1]), parameters[-1].copy()
