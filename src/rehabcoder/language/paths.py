"""Best paths of the tagger through the pieces of a note, and the services that a path makes.

States are 0 outside, 1 a service begins, 2 it goes on.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

Span = tuple[int, int]
_OUTSIDE, _BEGINS, _GOES_ON = range(3)


def k_best(
    notes: Sequence[npt.NDArray[np.float32]],
    transition: npt.NDArray[np.float32],
    start: npt.NDArray[np.float32],
    k: int,
) -> list[list[tuple[float, list[int]]]]:
    """The `k` best state paths of each note (its scores: pieces x states, at least one piece), with their scores, best first.

    The notes go abreast, piece by piece: numpy costs as much for one short note as for a hundred.
    """
    if not notes:
        return []
    states = len(start)
    # Longest first: those still going come before the rest.
    order = sorted(range(len(notes)), key=lambda i: -len(notes[i]))
    lengths = [len(notes[i]) for i in order]
    scores = np.zeros((lengths[0], len(notes), states), dtype=np.float32)
    for column, i in enumerate(order):
        scores[: lengths[column], column] = notes[i]
    going = np.searchsorted(-np.array(lengths), -np.arange(lengths[0]), side="left").tolist()  # notes longer than t
    best = np.full((len(notes), states, k), -np.inf, dtype=np.float64)
    best[:, :, 0] = scores[0] + start
    moves = transition.T[None, :, :, None]
    pointers: list[npt.NDArray[np.int64]] = []
    for t in range(1, lengths[0]):
        n = going[t]
        joined = (best[:n, None] + moves).reshape(n, states, states * k)
        ranked = np.argsort(-joined, axis=2, kind="stable")[:, :, :k]
        best[:n] = np.take_along_axis(joined, ranked, axis=2) + scores[t, :n, :, None]
        pointers.append(ranked)
    flat = best.reshape(len(notes), states * k)
    last = np.argsort(-flat, axis=1, kind="stable")[:, :k]
    values = np.take_along_axis(flat, last, axis=1).tolist()
    state, rank = np.divmod(last, k)
    paths = np.zeros((len(notes), k, lengths[0]), dtype=np.int8)
    rows = np.arange(len(notes))[:, None]
    for t in range(lengths[0] - 1, -1, -1):
        n = going[t]
        paths[:n, :, t] = state[:n]
        if t:
            state[:n], rank[:n] = np.divmod(pointers[t - 1][rows[:n], state[:n], rank[:n]], k)
    out: list[list[tuple[float, list[int]]]] = [[] for _ in notes]
    for column, i in enumerate(order):
        found = zip(values[column], paths[column, :, : lengths[column]].tolist(), strict=True)
        out[i] = [(value, path) for value, path in found if value > -np.inf]
    return out


def of_number(
    scores: npt.NDArray[np.float32],
    transition: npt.NDArray[np.float32],
    start: npt.NDArray[np.float32],
    count: int,
) -> tuple[float, list[int]] | None:
    """The best state path of a note (its scores: pieces x states) that makes `count` services, and its score; None if none does."""
    size = len(scores)
    if not 0 < count <= size:
        return None
    best = np.full((count + 1, len(start)), -np.inf)  # services begun so far x states
    best[0, _OUTSIDE], best[1, _BEGINS] = (scores[0] + start)[[_OUTSIDE, _BEGINS]]
    moves = transition.astype(np.float64)
    moves[_OUTSIDE, _GOES_ON] = -np.inf  # only what began goes on
    pointers: list[npt.NDArray[np.int64]] = []
    for t in range(1, size):
        joined = best[:, :, None] + moves
        pointers.append(joined.argmax(axis=1))
        reached = joined.max(axis=1)
        best = reached + scores[t]
        best[1:, _BEGINS] = reached[:-1, _BEGINS] + scores[t, _BEGINS]
        best[0, _BEGINS] = -np.inf
    begun, state = count, int(best[count].argmax())
    value = float(best[begun, state])
    if value == -np.inf:
        return None
    path = [state]
    for pointer in reversed(pointers):
        begun -= state == _BEGINS
        state = int(pointer[begun, state])
        path.append(state)
    return value, path[::-1]


def spans_of(path: Sequence[int]) -> list[Span]:
    """Runs of pieces that make one service, as half-open ranges."""
    out: list[Span] = []
    for index, state in enumerate(path):
        if state == _BEGINS or (state == _GOES_ON and (not out or out[-1][1] != index)):
            out.append((index, index + 1))
        elif state == _GOES_ON:
            out[-1] = (out[-1][0], index + 1)
    return out
