"""Fits the trees that say how likely an answer is right, and what they say of answers that they have not seen."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from joblib import Parallel, delayed
from sklearn.ensemble import GradientBoostingClassifier
from sklearn.tree import DecisionTreeRegressor

from rehabcoder.predict.trees import DEPTH, INNER, LEAVES, Trees, no_trees

# Chosen on left-out clinics (training/experiments.md). Half of the answers and a third of the signs a tree make the trees
# unlike one another, and fitting them quick.
_TREES, _RATE, _SMALLEST_LEAF, _ANSWERS, _SIGNS = 100, 0.07, 20, 0.5, 0.3
LEAST = 2 * _SMALLEST_LEAF
"""Right answers, and wrong ones, without which there is nothing to learn from."""


def fit_trees(examples: npt.NDArray[np.float32], marks: npt.NDArray[np.int64]) -> Trees:
    """Trees for answers (rows: answers, columns: signs) that were right (1) or wrong (0); none where too few were either."""
    if min(marks.sum(), len(marks) - marks.sum()) < LEAST:
        return no_trees()
    fitted = GradientBoostingClassifier(
        n_estimators=_TREES,
        learning_rate=_RATE,
        max_depth=DEPTH,
        min_samples_leaf=_SMALLEST_LEAF,
        subsample=_ANSWERS,
        max_features=_SIGNS,
        random_state=0,
    ).fit(examples, marks)
    trees = [_complete(tree) for tree in fitted.estimators_[:, 0]]
    share = float(marks.mean())
    return Trees(
        float(np.log(share / (1 - share))),
        np.array([asked for asked, _, _ in trees], dtype=np.int16),
        np.array([above for _, above, _ in trees], dtype=np.float64),
        _RATE * np.array([leaves for _, _, leaves in trees], dtype=np.float64),
    )


def _complete(tree: DecisionTreeRegressor) -> tuple[list[int], list[float], list[float]]:
    """A fitted tree as `Trees` holds it."""
    fitted = tree.tree_
    asked, above, leaves = [0] * INNER, [0.0] * INNER, [0.0] * LEAVES
    open_nodes = [(0, 0)]  # number here, number there
    while open_nodes:
        here, there = open_nodes.pop()
        left, right = fitted.children_left[there], fitted.children_right[there]
        if here >= INNER:
            leaves[here - INNER] = float(fitted.value[there, 0, 0])
        elif left < 0:  # a leaf before its time: whatever is asked now, both ways lead to it
            open_nodes += [(2 * here + 1, there), (2 * here + 2, there)]
        else:
            asked[here], above[here] = int(fitted.feature[there]), float(fitted.threshold[there])
            open_nodes += [(2 * here + 1, left), (2 * here + 2, right)]
    return asked, above, leaves


def unseen(
    examples: npt.NDArray[np.float32],
    marks: npt.NDArray[np.int64],
    sources: Sequence[str],
    folds: int = 3,
    jobs: int = 1,
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.bool_]]:
    """What trees fitted on other sources say of each answer, and for which answers there are any."""
    fold = {source: k % folds for k, source in enumerate(sorted(set(sources)))}
    numbers = np.array([fold[source] for source in sources])
    told = np.zeros(len(marks))
    known = np.zeros(len(marks), dtype=np.bool_)
    fitted = Parallel(n_jobs=jobs)(
        delayed(fit_trees)(examples[numbers != k], marks[numbers != k]) for k in range(folds)
    )
    for k, trees in enumerate(fitted):
        held = numbers == k
        if trees:
            told[held] = [trees.probability(row) for row in examples[held].tolist()]
            known[held] = True
    return told, known
