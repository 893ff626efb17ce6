"""Figures from counts: F1 and shares of some notes, how well confidence is calibrated, and intervals."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from rehabcoder.training.scores import CORE, f1

FLAGS = (
    "missing_functional_goal", "missing_minutes", "missing_response", "missing_progress", "missing_skilled_need",
    "missing_activity_detail", "not_one_on_one", "code_mismatch", "units_mismatch", "time_inconsistent",
)  # fmt: skip
BINS = 10


def rates_of(counts: Mapping[str, float]) -> dict[str, float | None]:
    """Every F1 and share that follows from the counts of some notes; None where nothing was compared."""
    c: Counter[str] = Counter(counts)

    def f(name: str) -> float | None:
        right, false, missed = c[f"right {name}"], c[f"false {name}"], c[f"missed {name}"]
        return f1(right, false, missed) if right or false or missed else None

    settled = c["settled_right"] + c["settled_wrong"]
    rates: dict[str, float | None] = {
        "found_f1": f("found"),
        "code_f1": f("code"),
        "code_given_found": _share(c["right code"], c["right found"]),
        **{f"f1_{code}": f(code) for code in CORE},
        "mismatch_f1": f("mismatch"),
        "minutes_exact": _share(c["minutes_right"], c["timed_found"]),
        "claim_exact": _share(c["claims_right"], c["claims"]),
        "stated_exact": _share(c["stated_right"], c["notes"]),
        "settled_share": _share(settled, c["gold"]),
        "settled_right": _share(c["settled_right"], settled),
        "notes_settled_share": _share(c["notes_settled"], c["notes"]),
        "notes_settled_right": _share(c["notes_settled_right"], c["notes_settled"]),
        **{name: f(name) for name in FLAGS},
    }
    flags = [rate for name in FLAGS if (rate := rates[name]) is not None]
    return rates | {"flags_mean_f1": _share(sum(flags), len(flags))}


def calibration_error(sure: Iterable[tuple[float, bool]]) -> float | None:
    """The expected calibration error over bins of equal count; None of no answers."""
    pairs = sorted(sure)
    if not pairs:
        return None
    bins = [pairs[len(pairs) * n // BINS : len(pairs) * (n + 1) // BINS] for n in range(BINS)]
    gaps = (abs(sum(p for p, _ in some) - sum(right for _, right in some)) for some in bins)
    return sum(gaps) / len(pairs)


def _share(part: float, whole: float) -> float | None:
    return part / whole if whole else None


def intervals_of(notes: Sequence[Mapping[str, int]], *, draws: int, seed: int) -> dict[str, tuple[float, float]]:
    """95 % percentile bootstrap over notes of every figure that follows from their counts.

    Draws in which nothing was compared have no say; a figure without any other has no interval.
    """
    import numpy as np

    names = sorted({name for counts in notes for name in counts})
    counts = np.array([[one_note.get(name, 0) for name in names] for one_note in notes], dtype=np.float64)
    often = np.random.default_rng(seed).multinomial(len(notes), [1 / len(notes)] * len(notes), size=draws)
    drawn: list[dict[str, Any]] = [rates_of(dict(zip(names, row, strict=True))) for row in (often @ counts).tolist()]
    out = {}
    for name in drawn[0]:
        if compared := [rates[name] for rates in drawn if rates[name] is not None]:
            low, high = np.percentile(compared, (2.5, 97.5))
            out[name] = (float(low), float(high))
    return out
