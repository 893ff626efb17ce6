"""The words that decided: a linear model explains itself, feature by feature, exactly."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from rehabcoder.note import Evidence
from rehabcoder.predict.model import Model
from rehabcoder.predict.predictor import Found, Predicted

_MOST = 4


@dataclass(slots=True, frozen=True)
class Reason:
    """A feature of the description and how far it pulls from the runner-up to the chosen code (in log odds)."""

    feature: str
    pull: float


def pulls(model: Model, predicted: Predicted, found: Found, code: str, against: str) -> list[Reason]:
    """Every known feature of a service with its exact pull, strongest first. The pulls and the bias add up to the log odds."""
    rows, values = _pulls(model, predicted, found, code, against)
    reasons = [Reason(model.features[row], pull) for row, pull in zip(rows, values, strict=True)]
    return sorted(reasons, key=lambda reason: (-reason.pull, reason.feature))


def _pulls(model: Model, predicted: Predicted, found: Found, code: str, against: str) -> tuple[list[int], list[float]]:
    """The rows of the features and their pulls, strongest first; of two alike the one that comes first in the text."""
    weights = model.code.weights
    n = weights.shape[0]
    pieces = predicted.rows[found.pieces[0] : found.pieces[1]]
    there = list(dict.fromkeys(row for piece in pieces for row in piece if row < n))
    if code not in model.code.classes or against not in model.code.classes or not there:
        return [], []
    rows = np.array(there)
    norm = float(np.sqrt(np.square(model.idf[rows], dtype=np.float64).sum()))
    values = (weights[rows, model.code.column(code)] - weights[rows, model.code.column(against)]).astype(np.float64)
    order = np.argsort(-values, kind="stable")
    return rows[order].tolist(), (values[order] / norm).tolist()


def evidence(model: Model, predicted: Predicted, found: Found, code: str) -> list[Evidence]:
    """The words that speak most for the code, and the strongest that speaks for its runner-up, with their places."""
    rival = next((c for c, _ in found.described if c != code), None)
    if rival is None:
        return []
    rows, values = _pulls(model, predicted, found, code, rival)
    out: list[Evidence] = []
    for row, pull in zip(rows, values, strict=True):
        if pull <= 0 or len(out) >= _MOST:
            break
        _place(predicted, found, model.features[row], f"speaks for {code} over {rival}", code, out)
    if values and values[-1] < 0:
        _place(predicted, found, model.features[rows[-1]], f"speaks for {rival} over {code}", rival, out)
    return out


@lru_cache(maxsize=4096)
def _pattern(feature: str) -> re.Pattern[str] | None:
    """Where a feature can stand in a text; None for features without words, such as classes of words."""
    parts = [p for p in feature.rstrip("*").split(" ") if p != "^"]
    if feature[0] == "%" or not parts or not any(c.isalnum() for part in parts for c in part):
        return None
    words = r"[\W_]*".join(r"\d[\d.]*" if set(p) <= {"0"} else re.escape(p) for p in parts)
    tail = r"[a-z]*" if feature.endswith("*") else r"(?![a-z])"
    return re.compile(rf"(?<![a-z]){words}{tail}")


def _place(predicted: Predicted, found: Found, feature: str, says: str, code: str, out: list[Evidence]) -> None:
    """Adds the first place where a feature stands in the service, unless those words are marked already."""
    pattern = _pattern(feature)
    if pattern is None:
        return
    match = pattern.search(predicted.reading.masked, found.start, found.end)
    if match and not any(e.start < match.end() and match.start() < e.end for e in out):
        start, end = match.span()
        out.append(Evidence(start, end, predicted.reading.text[start:end], says, code))
