"""Paths of the tagger through a note's pieces, held to every path there is."""

from __future__ import annotations

from itertools import pairwise, product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from rehabcoder.language.paths import k_best, of_number, spans_of

SCORES = st.integers(1, 5).flatmap(
    lambda n: arrays(np.float32, (n, 3), elements=st.floats(-4, 4, width=16, allow_nan=False))
)
MOVES = arrays(np.float32, (3, 3), elements=st.floats(-4, 4, width=16, allow_nan=False))
START = np.array([0.5, 0.0, -9.0], dtype=np.float32)


def value_of(path: tuple[int, ...], scores: np.ndarray, moves: np.ndarray) -> float:
    along = sum(float(moves[a, b]) for a, b in pairwise(path))
    return float(START[path[0]]) + along + sum(float(scores[t, state]) for t, state in enumerate(path))


def sound(path: tuple[int, ...]) -> bool:
    """Whether a service goes on only where one began."""
    return all(state != 2 or (t > 0 and path[t - 1] != 0) for t, state in enumerate(path))


@given(SCORES, MOVES, st.integers(0, 6))
def test_the_best_path_of_a_number_of_services_is_the_best_of_all_those(
    scores: np.ndarray, moves: np.ndarray, count: int
) -> None:
    every = [path for path in product(range(3), repeat=len(scores)) if sound(path) and path.count(1) == count]
    found = of_number(scores, moves, START, count)
    if count == 0 or not every:
        assert found is None
        return
    assert found is not None
    value, path = found
    assert sound(tuple(path))
    assert len(spans_of(path)) == count
    assert value == pytest.approx(max(value_of(p, scores, moves) for p in every), abs=1e-4)
    assert value == pytest.approx(value_of(tuple(path), scores, moves), abs=1e-4)


@given(SCORES, MOVES)
def test_the_best_paths_are_the_best_of_all(scores: np.ndarray, moves: np.ndarray) -> None:
    every = sorted((value_of(path, scores, moves) for path in product(range(3), repeat=len(scores))), reverse=True)
    [found] = k_best([scores], moves, START, 4)
    assert [value for value, _ in found] == pytest.approx(every[:4], abs=1e-4)


def test_services_of_a_path() -> None:
    assert spans_of([0, 1, 2, 2, 0, 1, 1, 2]) == [(1, 4), (5, 6), (6, 8)]
    assert spans_of([2, 0, 2]) == [(0, 1), (2, 3)]  # what goes on from nothing begins
    assert spans_of([]) == []
