"""Trees over signs: what they learn, when there are none, and that no answer judges itself."""

from __future__ import annotations

import numpy as np
import pytest

from rehabcoder.predict.trees import INNER, LEAVES, Trees, no_trees
from rehabcoder.training.boosting import LEAST, fit_trees, unseen


def both(n: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Answers that are right where exactly one of two signs is high: no sum of single signs can tell."""
    table = np.random.default_rng(seed).normal(size=(n, 4)).astype(np.float32)
    return table, ((table[:, 0] > 0) != (table[:, 1] > 0)).astype(np.int64)


def test_signs_that_tell_only_together_are_learned() -> None:
    trees = fit_trees(*both(1500))
    assert trees.probability([1.5, -1.5, 0.0, 0.0]) > 0.9
    assert trees.probability([-1.5, 1.5, 0.0, 0.0]) > 0.9
    assert trees.probability([1.5, 1.5, 0.0, 0.0]) < 0.1
    assert trees.probability([-1.5, -1.5, 0.0, 0.0]) < 0.1


def test_a_probability_means_what_it_says() -> None:
    chance = np.random.default_rng(1)
    table = chance.normal(size=(4000, 4)).astype(np.float32)
    marks = (chance.random(4000) < np.where(table[:, 0] > 0, 0.9, 0.4)).astype(np.int64)
    trees = fit_trees(table, marks)
    fresh = chance.normal(size=(1000, 4))
    told = np.array([trees.probability(row) for row in fresh.tolist()])
    assert told[fresh[:, 0] > 0].mean() == pytest.approx(0.9, abs=0.05)
    assert told[fresh[:, 0] <= 0].mean() == pytest.approx(0.4, abs=0.05)


def test_the_same_answers_give_the_same_trees() -> None:
    one, two = fit_trees(*both(400)), fit_trees(*both(400))
    assert one.start == two.start
    assert one.leaves.tolist() == two.leaves.tolist()


@pytest.mark.parametrize(("right", "wrong"), [(0, 0), (500, 0), (0, 500), (500, LEAST - 1)])
def test_from_too_few_right_or_wrong_answers_nothing_is_learned(right: int, wrong: int) -> None:
    marks = np.array([1] * right + [0] * wrong, dtype=np.int64)
    assert not fit_trees(np.zeros((right + wrong, 2), dtype=np.float32), marks)
    assert not no_trees()


def test_a_tree_is_read_from_its_root_and_a_sign_as_high_as_asked_goes_to_the_first_child() -> None:
    asked, above, leaves = np.zeros((1, INNER)), np.full((1, INNER), 2.0), np.arange(LEAVES, dtype=float)[None]
    trees = Trees(-1.0, asked.astype(np.int16), above, leaves)
    assert [trees.score([sign]) for sign in (1.0, 2.0, 2.5)] == [-1.0, -1.0, 14.0]
    asked[0, 2] = 1  # the root's second child asks about the other sign
    assert Trees(0.0, asked.astype(np.int16), above, leaves).score([3.0, 0.0]) == 11.0


def test_answers_of_a_source_are_judged_by_the_other_sources_alone() -> None:
    table, marks = both(900)
    sources = ["a"] * 300 + ["b"] * 300 + ["c"] * 300
    told, known = unseen(table, marks, sources)
    assert known.all()
    others = fit_trees(table[300:], marks[300:])
    assert told[:300].tolist() == [others.probability(row) for row in table[:300].tolist()]


def test_where_the_other_sources_teach_nothing_nothing_is_told() -> None:
    table, marks = both(900)
    _, known = unseen(table, marks, ["a"] * 900)
    assert not known.any()
