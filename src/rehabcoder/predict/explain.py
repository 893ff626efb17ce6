"""The words that decided: a linear model explains itself, feature by feature, exactly."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from rehabcoder.note import Evidence
from rehabcoder.predict.features import words
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
    if code not in model.code.classes or against not in model.code.classes:
        return []
    reading = predicted.reading
    feats: dict[str, None] = {}
    for piece in reading.pieces[found.pieces[0] : found.pieces[1]]:
        feats.update(dict.fromkeys(words(reading.masked[piece.start : piece.end])))
    n = model.code.weights.shape[0]
    rows = [(f, row) for f in feats if (row := model.vocabulary.get(f)) is not None and row < n]
    if not rows:
        return []
    norm = float(sum(float(model.idf[row]) ** 2 for _, row in rows)) ** 0.5
    a, b = model.code.column(code), model.code.column(against)
    weights = model.code.weights
    out = [Reason(f, float(weights[row, a] - weights[row, b]) / norm) for f, row in rows]
    out.sort(key=lambda r: (-r.pull, r.feature))
    return out


def evidence(model: Model, predicted: Predicted, found: Found, code: str) -> list[Evidence]:
    """The words that speak most for the code, and the strongest that speaks for its runner-up, with their places."""
    rival = next((c for c, _ in found.described if c != code), None)
    if rival is None:
        return []
    ranked = pulls(model, predicted, found, code, rival)
    out: list[Evidence] = []
    for reason in ranked:
        if reason.pull <= 0 or len(out) >= _MOST:
            break
        _place(predicted, found, reason.feature, f"speaks for {code} over {rival}", code, out)
    if ranked and ranked[-1].pull < 0:
        _place(predicted, found, ranked[-1].feature, f"speaks for {rival} over {code}", rival, out)
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
