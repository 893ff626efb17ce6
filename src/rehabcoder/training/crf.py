"""Trains the linear-chain tagger: which pieces of a note open a service, go on with one, or stand outside."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize
from scipy.sparse import csr_matrix

Floats = npt.NDArray[np.float64]


@dataclass(slots=True)
class Chain:
    """Weights of a trained chain: `emission` (features x states), `transition` (from x to), `start` (states)."""

    emission: Floats
    transition: Floats
    start: Floats


def _log_sum(values: Floats, axis: int) -> Floats:
    top = values.max(axis=axis, keepdims=True)
    return (top + np.log(np.exp(values - top).sum(axis=axis, keepdims=True))).squeeze(axis)  # type: ignore[no-any-return]


def train_chain(
    rows: csr_matrix,
    states: npt.NDArray[np.int64],
    lengths: npt.NDArray[np.int64],
    *,
    n_states: int,
    l2: float,
    weight: Floats | None = None,
    iterations: int = 120,
) -> Chain:
    """Fits a conditional random field by L-BFGS.

    `rows` holds one row a piece, notes one after another; `lengths` the number of pieces of each note; `weight` one number
    a note. `l2` is the strength of the ridge penalty on emissions and transitions.
    """
    n_rows, n_features = rows.shape
    n_notes, longest = len(lengths), int(lengths.max())
    starts = np.concatenate([[0], np.cumsum(lengths)[:-1]])
    # Position of every piece in a padded (note, step) grid.
    note_of = np.repeat(np.arange(n_notes), lengths)
    step_of = np.arange(n_rows) - np.repeat(starts, lengths)
    alive = np.arange(longest)[None, :] < lengths[:, None]
    weight = np.ones(n_notes) if weight is None else weight
    row_weight = np.repeat(weight, lengths)
    gold = np.zeros((n_rows, n_states))
    gold[np.arange(n_rows), states] = 1.0
    gold_transition = np.zeros((n_states, n_states))
    follows = step_of[1:] > 0
    np.add.at(gold_transition, (states[:-1][follows], states[1:][follows]), row_weight[1:][follows])
    gold_start = np.zeros(n_states)
    np.add.at(gold_start, states[starts], weight)
    transposed = rows.T.tocsr()
    n_emission = n_features * n_states

    def objective(theta: Floats) -> tuple[float, Floats]:
        emission = theta[:n_emission].reshape(n_features, n_states)
        transition = theta[n_emission : n_emission + n_states**2].reshape(n_states, n_states)
        start = theta[n_emission + n_states**2 :]
        scores = rows @ emission
        grid = np.zeros((n_notes, longest, n_states))
        grid[note_of, step_of] = scores
        forward = np.zeros_like(grid)
        forward[:, 0] = grid[:, 0] + start
        for t in range(1, longest):
            step = _log_sum(forward[:, t - 1, :, None] + transition[None], 1) + grid[:, t]
            forward[:, t] = np.where(alive[:, t, None], step, forward[:, t - 1])
        log_z = _log_sum(forward[:, -1], 1)
        backward = np.zeros_like(grid)
        expected_transition = np.zeros((n_states, n_states))
        for t in range(longest - 2, -1, -1):
            ahead = grid[:, t + 1] + backward[:, t + 1]
            step = _log_sum(transition[None] + ahead[:, None, :], 2)
            backward[:, t] = np.where(alive[:, t + 1, None], step, backward[:, t])
            pair = np.exp(forward[:, t, :, None] + transition[None] + ahead[:, None, :] - log_z[:, None, None])
            expected_transition += (pair * (alive[:, t + 1] * weight)[:, None, None]).sum(0)
        marginal = np.exp(forward + backward - log_z[:, None, None])[note_of, step_of]
        gold_score = (
            ((scores * gold).sum(1) * row_weight).sum()
            + (gold_transition * transition).sum()
            + (gold_start * start).sum()
        )
        loss = (log_z * weight).sum() - gold_score + 0.5 * l2 * (theta @ theta)
        first = np.exp(forward[:, 0] + backward[:, 0] - log_z[:, None])
        gradient = (
            np.concatenate(
                [
                    (transposed @ ((marginal - gold) * row_weight[:, None])).ravel(),
                    (expected_transition - gold_transition).ravel(),
                    (first * weight[:, None]).sum(0) - gold_start,
                ]
            )
            + l2 * theta
        )
        return float(loss), gradient

    size = n_emission + n_states**2 + n_states
    best = minimize(
        objective, np.zeros(size), jac=True, method="L-BFGS-B", options={"maxiter": iterations, "maxcor": 10}
    )
    theta = best.x
    return Chain(
        theta[:n_emission].reshape(n_features, n_states),
        theta[n_emission : n_emission + n_states**2].reshape(n_states, n_states),
        theta[n_emission + n_states**2 :],
    )
