"""Trains the linear-chain tagger: which pieces of a note open a service, go on with one, or stand outside."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix

from rehabcoder.training.optimise import Floats, minimise

_MEMORY = 40  # steps that are remembered: 75 steps with them come as near as 120 with ten


@dataclass(slots=True)
class Chain:
    """Weights of a trained chain: `emission` of the piece itself, the one before and the one behind (each features x states),
    `transition` (from x to), `start` and `bias` (states)."""

    emission: tuple[Floats, Floats, Floats]
    transition: Floats
    start: Floats
    bias: Floats


def train_chain(
    rows: csr_matrix,
    states: npt.NDArray[np.int64],
    lengths: npt.NDArray[np.int64],
    *,
    n_states: int,
    l2: float,
    weight: Floats | None = None,
    iterations: int = 75,
) -> Chain:
    """Fits a conditional random field by L-BFGS.

    `rows` holds one row a piece, notes one after another; `lengths` the number of pieces of each note; `weight` one number
    a note. `l2` is the strength of the ridge penalty on all weights.
    """
    n_rows, n_features = rows.shape
    n_notes = len(lengths)
    starts = np.concatenate([[0], np.cumsum(lengths)[:-1]])
    # Notes by falling length, so that those still going on at a step of the sums are the first ones of the grid.
    order = np.argsort(-lengths, kind="stable")
    place = np.empty(n_notes, dtype=np.int64)
    place[order] = np.arange(n_notes)
    steps = int(lengths.max())
    going = [int(np.count_nonzero(lengths > t)) for t in range(steps)]
    step_of = np.arange(n_rows) - np.repeat(starts, lengths)
    row_of = np.repeat(place, lengths)
    weight = np.ones(n_notes) if weight is None else weight
    row_weight = np.repeat(weight, lengths)
    by_place = weight[order]
    each = np.ones(n_states)  # a product with it is a sum over states, quicker than a sum over a short axis
    gold = np.zeros((n_rows, n_states))
    gold[np.arange(n_rows), states] = 1.0
    gold_transition = np.zeros((n_states, n_states))
    follows = step_of[1:] > 0
    np.add.at(gold_transition, (states[:-1][follows], states[1:][follows]), row_weight[1:][follows])
    gold_start = np.zeros(n_states)
    np.add.at(gold_start, states[starts], weight)
    transposed = rows.T.tocsr()
    own, before, behind = (slice(k * n_states, (k + 1) * n_states) for k in range(3))
    n_emission, n_pairs = n_features * 3 * n_states, n_states**2

    def objective(theta: Floats) -> tuple[float, Floats]:
        emission = theta[:n_emission].reshape(n_features, 3 * n_states)
        transition = theta[n_emission : n_emission + n_pairs].reshape(n_states, n_states)
        start, bias = theta[n_emission + n_pairs :].reshape(2, n_states)
        said = (rows @ emission.astype(np.float32)).astype(np.float64)
        scores = said[:, own] + bias
        scores[1:] += np.where(follows[:, None], said[:-1, before], 0)
        scores[:-1] += np.where(follows[:, None], said[1:, behind], 0)
        # Probabilities, scaled at every step so that they sum to one: sums and products, no logarithm but of the scales.
        opened = scores.copy()
        opened[starts] += start
        top, most = opened.max(axis=1), transition.max()
        moves = np.exp(transition - most)
        grid = np.zeros((steps, n_notes, n_states))
        grid[step_of, row_of] = np.exp(opened - top[:, None])
        forward, backward, scale = np.zeros_like(grid), np.ones_like(grid), np.ones((steps, n_notes))
        for t in range(steps):
            k = going[t]
            here = grid[t, :k] * (forward[t - 1, :k] @ moves) if t else grid[t, :k]
            scale[t, :k] = here @ each
            forward[t, :k] = here / scale[t, :k, None]
        log_z = np.log(scale).sum(axis=0) + np.bincount(row_of, top, n_notes) + (lengths[order] - 1) * most
        expected_transition = np.zeros((n_states, n_states))
        for t in range(steps - 2, -1, -1):
            k = going[t + 1]
            ahead = grid[t + 1, :k] * backward[t + 1, :k] / scale[t + 1, :k, None]
            backward[t, :k] = ahead @ moves.T
            expected_transition += moves * ((forward[t, :k] * by_place[:k, None]).T @ ahead)
        marginal = (forward * backward)[step_of, row_of]
        gold_score = (
            ((scores * gold).sum(1) * row_weight).sum()
            + (gold_transition * transition).sum()
            + (gold_start * start).sum()
        )
        loss = (log_z * by_place).sum() - gold_score + 0.5 * l2 * (theta @ theta)
        wrong = (marginal - gold) * row_weight[:, None]
        pulls = np.zeros((n_rows, 3 * n_states), dtype=np.float32)
        pulls[:, own] = wrong
        pulls[:-1, before] = np.where(follows[:, None], wrong[1:], 0)
        pulls[1:, behind] = np.where(follows[:, None], wrong[:-1], 0)
        first = marginal[starts] * weight[:, None]
        gradient = (
            np.concatenate(
                [
                    (transposed @ pulls).ravel().astype(np.float64),
                    (expected_transition - gold_transition).ravel(),
                    first.sum(0) - gold_start,
                    wrong.sum(0),
                ]
            )
            + l2 * theta
        )
        return float(loss), gradient

    best = minimise(
        objective, np.zeros(n_emission + n_pairs + 2 * n_states), iterations=iterations, tolerance=1e-4, memory=_MEMORY
    )
    emission = best[:n_emission].reshape(n_features, 3 * n_states)
    start, bias = best[n_emission + n_pairs :].reshape(2, n_states)
    transition = best[n_emission : n_emission + n_pairs].reshape(n_states, n_states)
    return Chain((emission[:, own], emission[:, before], emission[:, behind]), transition, start, bias)
