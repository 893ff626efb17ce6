"""Finds the weights of a smooth convex objective: L-BFGS in the compact form, whose cost a step is four passes over its memory."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
from threadpoolctl import threadpool_limits

Floats = npt.NDArray[np.float64]
Objective = Callable[[Floats], tuple[float, Floats]]

_DECREASE = 1e-4  # share of the promised decrease that a step must bring (Armijo)
_SHORTENINGS = 20


class _Memory:
    """The last steps and what they changed in the gradient: together an estimate of the inverse curvature.

    Byrd, Nocedal and Schnabel, Representations of quasi-Newton matrices and their use in limited memory methods (1994), 3.1.
    """

    def __init__(self, most: int, size: int) -> None:
        # Half as wide as the weights: most of the time goes into reading them, and they only tell where to look.
        self.steps, self.changes = np.zeros((2, most, size), dtype=np.float32)
        self.step_change, self.change_change = np.zeros((most, most)), np.zeros((most, most))
        self.order: list[int] = []  # places of the pairs, oldest first

    def add(self, step: Floats, change: Floats) -> None:
        at = self.order.pop(0) if len(self.order) == len(self.steps) else len(self.order)
        self.order.append(at)
        self.steps[at], self.changes[at] = step, change
        self.step_change[:, at] = self.steps @ self.changes[at]
        self.change_change[at] = self.change_change[:, at] = self.changes @ self.changes[at]

    def direction(self, gradient: Floats) -> Floats:
        """Where to go: the gradient, turned round and measured by the curvature seen so far."""
        if not self.order:
            return -gradient
        chosen = np.ix_(self.order, self.order)
        triangle, changes = np.triu(self.step_change[chosen]), self.change_change[chosen]
        scale = triangle[-1, -1] / changes[-1, -1]
        short = gradient.astype(np.float32)
        along, across = (self.steps @ short)[self.order], (self.changes @ short)[self.order]
        inner = np.linalg.solve(triangle, along)
        by_step = np.linalg.solve(triangle.T, (np.diag(np.diag(triangle)) + scale * changes) @ inner - scale * across)
        weights = np.zeros((2, len(self.steps)), dtype=np.float32)
        weights[:, self.order] = by_step, -scale * inner
        return np.asarray(-(scale * gradient + weights[0] @ self.steps + weights[1] @ self.changes))


def minimise(objective: Objective, start: Floats, *, iterations: int, tolerance: float, memory: int = 10) -> Floats:
    """The point where `objective`, which returns its value and its gradient, is smallest.

    Stops when no component of the gradient is above `tolerance`, after `iterations` steps, or when no step leads further down.
    SciPy's L-BFGS-B finds the same point; most of its time on a million weights goes into bounds that these have none of.
    """
    # Sums that are split among threads differ in their last bits from machine to machine. A step too long may come to no number
    # at all: that is no decrease, and the step is shortened.
    with threadpool_limits(limits=1), np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        point, known = start, _Memory(memory, len(start))
        value, gradient = objective(point)
        for _ in range(iterations):
            if np.abs(gradient).max() <= tolerance:
                break
            direction = known.direction(gradient)
            slope = float(gradient @ direction)
            length = 1.0 if known.order else 1.0 / max(1.0, float(np.linalg.norm(gradient)))
            for _ in range(_SHORTENINGS):
                there = point + length * direction
                reached, turned = objective(there)
                if reached <= value + _DECREASE * length * slope:
                    break
                # The lowest point of the parabola through both values, but not a tiny part of the way.
                length *= min(0.5, max(0.1, -slope * length / (2 * (reached - value - slope * length))))
            else:
                break
            change = turned - gradient
            if float(change @ direction) > 0:  # not so only at the limit of precision
                known.add(length * direction, change)
            point, value, gradient = there, reached, turned
    return point
