"""The optimiser finds the lowest point, and regression the weights that scikit-learn finds."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression

from rehabcoder.training.linear import regression
from rehabcoder.training.optimise import Floats, minimise


@given(seed=st.integers(0, 1000), size=st.integers(1, 40), stretch=st.floats(1, 1000), memory=st.integers(1, 12))
def test_the_bottom_of_a_bowl_is_found_however_it_is_stretched(
    seed: int, size: int, stretch: float, memory: int
) -> None:
    draw = np.random.default_rng(seed)
    bottom, turned = draw.normal(size=size), np.linalg.qr(draw.normal(size=(size, size)))[0]
    bowl = turned @ np.diag(np.geomspace(1, stretch, size)) @ turned.T

    def objective(point: Floats) -> tuple[float, Floats]:
        away = point - bottom
        return float(away @ bowl @ away) / 2, bowl @ away

    found = minimise(objective, np.zeros(size), iterations=3000, tolerance=1e-7, memory=memory)
    assert found == pytest.approx(bottom, abs=1e-5)


def test_no_step_is_taken_from_the_lowest_point_and_no_more_than_asked_for() -> None:
    asked = []

    def objective(point: Floats) -> tuple[float, Floats]:
        asked.append(point.copy())
        return float(point @ point), 2 * point

    assert minimise(objective, np.zeros(3), iterations=9, tolerance=1e-9).tolist() == [0, 0, 0]
    assert len(asked) == 1
    one = minimise(objective, np.array([3.0, 4.0, 0.0]), iterations=1, tolerance=1e-9)
    assert 0 < float(one @ one) < 25


def test_each_step_leads_down_even_where_the_ground_is_not_a_bowl() -> None:
    def banana(point: Floats) -> tuple[float, Floats]:
        x, y = point
        return float((1 - x) ** 2 + 100 * (y - x * x) ** 2), np.array(
            [-2 * (1 - x) - 400 * x * (y - x * x), 200 * (y - x * x)]
        )

    start = np.array([-1.2, 1.0])
    values = [banana(minimise(banana, start, iterations=n, tolerance=1e-9))[0] for n in range(60)]
    assert values == sorted(values, reverse=True)
    assert values[-1] < 1e-6


@pytest.mark.parametrize("classes", [2, 4])
def test_regression_is_that_of_scikit_learn(classes: int) -> None:
    draw = np.random.default_rng(classes)
    rows = csr_matrix((draw.random((300, 20)) < 0.3).astype(np.float32))
    told = np.asarray(rows.sum(axis=1)).ravel().astype(int) % classes
    answers = np.where(draw.random(300) < 0.3, draw.integers(0, classes, 300), told)
    weight = draw.integers(1, 4, 300).astype(float)
    table, bias = regression(rows, answers, classes, 2.0, list(weight), tolerance=1e-6)
    # Of two classes scikit-learn keeps one column, the difference of ours, and so counts twice what ours pay together.
    theirs = LogisticRegression(C=2.0 if classes > 2 else 4.0, tol=1e-8, max_iter=2000)
    theirs.fit(rows, answers, sample_weight=weight)
    scores = rows @ table + bias
    ours = np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True)
    assert ours == pytest.approx(theirs.predict_proba(rows), abs=2e-3)
