"""Boosted decision trees at run time: plain arrays and a few look-ups, so that loading a model runs no code."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

DEPTH = 4
"""Questions that a tree asks on the way to a leaf. Trees are complete: one that would ask fewer repeats its leaf."""

INNER, LEAVES = 2**DEPTH - 1, 2**DEPTH


@dataclass(slots=True)
class Trees:
    """The log odds that an answer is right: `start` plus one leaf of every tree.

    Node 0 of a tree is its root; the children of node n are 2n + 1 and 2n + 2. From node n it goes on to the second child
    where the sign number `asked[n]` is greater than `above[n]`.
    """

    start: float
    asked: npt.NDArray[np.int16]  # trees x INNER
    above: npt.NDArray[np.float64]  # trees x INNER
    leaves: npt.NDArray[np.float64]  # trees x LEAVES: log odds

    _roots: npt.NDArray[np.int64] = field(init=False, repr=False)
    _ends: npt.NDArray[np.int64] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        trees = np.arange(len(self.asked))
        self._roots = trees * INNER
        self._ends = trees * LEAVES - INNER

    def __bool__(self) -> bool:
        return len(self.asked) > 0

    def score(self, signs: Sequence[float]) -> float:
        known = np.array(signs, dtype=np.float32)  # the precision of the training
        asked, above = self.asked.ravel(), self.above.ravel()
        node = np.zeros(len(self._roots), dtype=np.int64)
        for _ in range(DEPTH):
            at = self._roots + node
            node += node + 1 + (known[asked[at]] > above[at])
        return self.start + float(self.leaves.ravel()[self._ends + node].sum())

    def probability(self, signs: Sequence[float]) -> float:
        return 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, self.score(signs)))))


def no_trees() -> Trees:
    """Of a model that was not calibrated."""
    return Trees(
        0.0,
        np.zeros((0, INNER), dtype=np.int16),
        np.zeros((0, INNER), dtype=np.float64),
        np.zeros((0, LEAVES), dtype=np.float64),
    )
