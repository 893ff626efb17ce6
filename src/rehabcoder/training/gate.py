"""The gate: a new model replaces the present one only when it is shown not to be worse.

Both models answer the same frozen services. The change in F1 is drawn again and again over the notes (a paired
bootstrap). The new model is refused when the lower 95 % limit of the change is under -0.02 overall, or for any code
with at least 50 frozen services.

F1 is taken twice. *Codes*: at the labelled places, each service counted by the probability of the code it is given;
counting a whole service for 0.51 and none for 0.49 would drown a change of this size in chance (measured in
`docs/training.md`). *Reading*: services found in the whole note and rightly coded, counted as the yardstick counts.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from rehabcoder.billing.codes import one_name
from rehabcoder.training.crossval import Given, Ranked
from rehabcoder.training.outcomes import Outcome
from rehabcoder.training.scores import overall

TOLERATED = -0.02
JUDGED_FROM = 50
"""Frozen services that a code needs to be judged by itself."""

LEAST_FROZEN = 30
"""Frozen services below which nothing can be said at all."""

_DRAWS = 2_000
_TOGETHER = 200  # draws that are held in memory at once

Floats = npt.NDArray[np.float64]
Row = tuple[float, float, float]
"""Right, false, missed."""


@dataclass(slots=True)
class Tally:
    """What one model made of one frozen note or description.

    `codes` counts the codes at its labelled places by probability, `services` how many of each there are; `read` counts
    its services as read from the whole note and is None of a description.
    """

    clinic: str
    codes: dict[str, list[float]] = field(default_factory=lambda: defaultdict(lambda: [0.0, 0.0, 0.0]))
    services: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    read: Row | None = None


def tally(outcome: Outcome, given: Sequence[Given]) -> Tally:
    """The tally of a note or description from its codes at the labelled places and, of a note, its outcome."""
    out = Tally(outcome.clinic)
    for gold, ranked in given:
        out.services[gold] += gold != "none"
        for code, share in _shares(ranked):
            if code == gold and gold != "none":
                out.codes[gold][0] += share
            elif code != gold:
                if code != "none":
                    out.codes[code][1] += share
                if gold != "none":
                    out.codes[gold][2] += share
    if outcome.of_whole_note:
        out.read = read_counts(outcome)
    return out


def read_counts(outcome: Outcome) -> Row:
    """The services of a note or description that are found and rightly coded, false, and missed."""
    counts = overall([outcome])
    return counts.right, counts.false, counts.missed


def _shares(ranked: Ranked) -> Ranked:
    total = sum(share for _, share in ranked)
    return [(one_name(code), share / total) for code, share in ranked]


@dataclass(slots=True, frozen=True)
class Change:
    """F1 of the present and of the new model on some frozen services, and the 95 % limits of the change."""

    name: str
    services: int
    present: float
    new: float
    low: float
    high: float

    @property
    def lost(self) -> bool:
        """Whether it may be worse than is tolerated."""
        return self.low < TOLERATED

    def __str__(self) -> str:
        return (
            f"{self.name}: F1 {self.present:.3f} -> {self.new:.3f} on {self.services} services "
            f"({self.new - self.present:+.3f}, 95 % limits {self.low:+.3f} to {self.high:+.3f})"
        )


@dataclass(slots=True)
class Verdict:
    """What the gate says: of all codes, of the reading, of each code that is judged; clinics are shown, not judged."""

    overall: Change
    reading: Change | None
    codes: list[Change]
    clinics: list[Change]
    notes: int

    @property
    def judged(self) -> list[Change]:
        return [self.overall, *([self.reading] if self.reading else []), *self.codes]

    @property
    def lost(self) -> list[Change]:
        """Where the new model may be worse than is tolerated."""
        return [change for change in self.judged if change.lost]

    @property
    def too_few(self) -> bool:
        return self.overall.services < LEAST_FROZEN

    @property
    def passed(self) -> bool:
        return not self.lost and not self.too_few

    def to_json(self) -> dict[str, Any]:
        """What a model's card keeps of it. Clinics are left to the report: a card names none."""
        return {
            "passed": self.passed,
            "frozen_notes": self.notes,
            "frozen_services": self.overall.services,
            "tolerated": TOLERATED,
            "changes": {
                c.name: {"present": round(c.present, 4), "new": round(c.new, 4), "lower": round(c.low, 4)}
                for c in self.judged
            },
            "lost": ["too few frozen services"] if self.too_few else [change.name for change in self.lost],
        }


def judge(present: Sequence[Tally], new: Sequence[Tally], *, seed: int = 1) -> Verdict:
    """Compares two models on the same frozen notes and descriptions, given in the same order."""
    pairs = list(zip(present, new, strict=True))
    services: dict[str, int] = defaultdict(int)
    for before, _ in pairs:
        for code, n in before.services.items():
            services[code] += n
    every = [(_total(before), _total(after)) for before, after in pairs]
    read = [(before.read, after.read) for before, after in pairs if before.read and after.read]
    codes = [
        change(code, [(_of(before, code), _of(after, code)) for before, after in pairs], seed)
        for code in sorted(code for code, n in services.items() if n >= JUDGED_FROM)
    ]
    clinics = [
        change(clinic, [row for row, (before, _) in zip(every, pairs, strict=True) if before.clinic == clinic], seed)
        for clinic in sorted({before.clinic for before, _ in pairs})
    ]
    reading = change("reading", read, seed) if read else None
    return Verdict(change("all codes", every, seed), reading, codes, clinics, len(pairs))


def change(name: str, rows: Sequence[tuple[Row, Row]], seed: int) -> Change:
    """The change in F1 with its limits, from the counts of the present and the new model for each note."""
    if not rows:
        return Change(name, 0, 1.0, 1.0, 0.0, 0.0)
    counts = np.array(rows, dtype=np.float64)
    total = counts.sum(axis=0)
    random = np.random.default_rng(seed)
    changes = []
    for _ in range(_DRAWS // _TOGETHER):
        weights = random.multinomial(len(counts), np.full(len(counts), 1 / len(counts)), size=_TOGETHER)
        scores = _f1(np.tensordot(weights.astype(np.float64), counts, axes=1))
        changes.append(scores[:, 1] - scores[:, 0])
    low, high = (float(x) for x in np.percentile(np.concatenate(changes), [2.5, 97.5]))
    present, after = (float(x) for x in _f1(total))
    return Change(name, round(float(total[0, 0] + total[0, 2])), present, after, low, high)


def _f1(counts: Floats) -> Floats:
    right, false, missed = counts[..., 0], counts[..., 1], counts[..., 2]
    either = 2 * right + false + missed
    return np.where(either > 0, 2 * right / np.maximum(either, 1e-12), 1.0)


def _of(one_tally: Tally, code: str) -> Row:
    right, false, missed = one_tally.codes.get(code, (0.0, 0.0, 0.0))
    return right, false, missed


def _total(one_tally: Tally) -> Row:
    rows = list(one_tally.codes.values())
    return sum(r[0] for r in rows), sum(r[1] for r in rows), sum(r[2] for r in rows)
