"""Logistic regression over bags of features, and the tables of numbers that it needs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix, diags

from rehabcoder.predict.model import Linear
from rehabcoder.training.optimise import Floats, minimise

Idf = npt.NDArray[np.float32]

_STEPS = 200
# The unit of the biases: a bias weighs on every row, a word on few, and in a tenth of a unit both pull alike. With a whole one fitting
# took four times the steps to the same loss.
_BIAS = 0.1


def kept(counts: dict[str, Counter[str]], least_notes: int, least_sources: int) -> list[str]:
    """Features seen in enough notes of enough sources; sorted, so that a model is reproducible."""
    return sorted(f for f, by in counts.items() if sum(by.values()) >= least_notes and len(by) >= least_sources)


def matrix(docs: Sequence[Sequence[str]], vocabulary: dict[str, int]) -> csr_matrix:
    """A row a document, with a one for each of its features that the vocabulary knows."""
    indptr, indices = [0], []
    for doc in docs:
        indices += [row for f in doc if (row := vocabulary.get(f)) is not None]
        indptr.append(len(indices))
    ones = np.ones(len(indices), dtype=np.float32)  # half the memory to go through; the weights are kept no finer
    return csr_matrix((ones, indices, indptr), shape=(len(docs), len(vocabulary)))


def idf_of(docs: csr_matrix) -> Idf:
    """How telling each feature is: the fewer documents have it, the more."""
    seen = np.asarray((docs > 0).sum(axis=0)).ravel()
    return (np.log((1 + docs.shape[0]) / (1 + seen)) + 1).astype(np.float32)  # type: ignore[no-any-return]


def unit_rows(rows: csr_matrix, idf: Idf) -> csr_matrix:
    """The rows weighed by `idf`, each of length one."""
    weighed = rows @ diags(idf)
    norm = np.sqrt(np.asarray(weighed.multiply(weighed).sum(axis=1)).ravel())
    return (diags(1 / np.maximum(norm, 1e-6)) @ weighed).tocsr()


def regression(
    rows: csr_matrix,
    answers: npt.NDArray[np.int64],
    classes: int,
    c: float,
    weight: Sequence[float] | None = None,
    *,
    tolerance: float = 1e-4,
) -> tuple[Floats, Floats]:
    """Multinomial logistic regression: weights (features x classes) and biases.

    `answers` are the numbers of the right classes, `c` is the inverse of the ridge penalty (as scikit-learn counts it),
    `tolerance` the largest component of the gradient of the mean loss at which fitting stops (`training/experiments.md`).
    """
    n, size = rows.shape
    share = np.ones(n) if weight is None else np.asarray(weight, dtype=np.float64)
    ridge = 1 / (c * share.sum())
    share = share / share.sum()
    transposed, every = rows.T.tocsr(), np.arange(n)

    def objective(point: Floats) -> tuple[float, Floats]:
        table, bias = point[: size * classes].reshape(size, classes), point[size * classes :] * _BIAS
        scores = (rows @ table.astype(np.float32)).astype(np.float64) + bias
        scores -= scores.max(axis=1, keepdims=True)
        wrong = np.exp(scores)
        sums = wrong.sum(axis=1)
        loss = float(share @ (np.log(sums) - scores[every, answers])) + ridge / 2 * float(
            point[: table.size] @ point[: table.size]
        )
        wrong /= sums[:, None]
        wrong[every, answers] -= 1
        wrong *= share[:, None]
        gradient = np.concatenate([(transposed @ wrong.astype(np.float32)).ravel(), wrong.sum(axis=0) * _BIAS])
        gradient[: table.size] += ridge * point[: table.size]
        return loss, gradient

    best = minimise(objective, np.zeros((size + 1) * classes), iterations=_STEPS, tolerance=tolerance)
    return best[: size * classes].reshape(size, classes), best[size * classes :] * _BIAS


def linear(
    rows: csr_matrix, labels: Sequence[str], idf: Idf, c: float, weight: Sequence[float] | None = None
) -> Linear:
    """The model of a question with these labels for answers, its idf weights folded into the table."""
    classes = sorted(set(labels))
    answers = np.searchsorted(classes, labels)
    table, bias = regression(unit_rows(rows, idf), answers, len(classes), c, weight)
    return Linear(tuple(classes), (table * idf[:, None]).astype(np.float32), bias.astype(np.float32))
