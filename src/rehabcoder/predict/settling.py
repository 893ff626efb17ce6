"""How sure an answer is, and whether a person should look: calibrated on clinics that the training left out."""

from __future__ import annotations

import math
from dataclasses import dataclass

from rehabcoder.billing.codes import one_name, says_itself
from rehabcoder.language.detail import content_words
from rehabcoder.predict.model import Model
from rehabcoder.predict.predictor import Found, Predicted


@dataclass(slots=True)
class Judged:
    """The code of a service with its calibrated probability, the runners-up, and the reasons for a second look."""

    code: str
    confidence: float
    alternatives: list[tuple[str, float]]
    reasons: list[str]


def _step(probability: float, size: float = 1.0) -> int:
    odds = math.log((probability + 1e-4) / (1 - probability + 1e-4))
    return round(max(-6.0, min(9.0, odds)) / size)


_MARKS = frozenset({"", "\n", " ", ".", ";", ","})
_SHORT, _REAL = 3, 5  # minutes: a shorter time is a dose; from the second on it is hardly ever one


def signs(predicted: Predicted, found: Found, thin: bool) -> list[str]:
    """Named features of an answer that tell how likely it is right: of the service itself, and of how well the note as a whole
    came out (times that no service took, other services of the same code or label, the least sure of them)."""
    reading, services, stated = predicted.reading, predicted.services, predicted.stated
    start, end = found.start, found.end
    own = len([t for t in reading.times if start <= t.start < end and t.minutes >= _SHORT])
    taken = {stated.timed, stated.total, *[s.minutes.minutes for s in services]}
    loose = len([t for t in reading.times if t.minutes >= _REAL and t.minutes not in taken])
    named = {one_name(la.code) for la in reading.labels if start <= la.start < end}
    labels = [s.labelled for s in services if s.labelled]
    around = reading.low[found.start - 1 : found.start] if found.start else "", reading.low[found.end : found.end + 1]
    top, second = found.probabilities[0], found.probabilities[1] if len(found.probabilities) > 1 else ("", 0.0)
    label = one_name(found.labelled) if found.labelled else None
    agrees = "none" if label is None else "agrees" if label == top[0] else "differs"
    minutes = found.minutes
    n = len(services)
    likely, sure, given = _step(top[1]), _step(minutes.sure), "none" if minutes.minutes is None else "some"
    return [
        f"p={likely}",
        f"p={likely}:{agrees}",
        f"label={agrees}",
        f"margin={_step(top[1] / (top[1] + second[1] + 1e-6))}",
        f"alone={_step(found.described[0][1])}",
        f"same={found.described[0][0] == top[0]}:{agrees}",
        f"thin={thin}:{agrees}",
        f"clear={_step(found.certainty)}",
        f"minutes={given}",
        f"sure={sure}",
        f"sure={sure}:{given}",
        f"services={min(n, 5)}",
        f"pieces={min(found.pieces[1] - found.pieces[0], 5)}",
        f"core={top[0] in ('97110', '97112', '97530')}",
        f"adds={predicted.adds_up}",
        f"lead={min(6, int(found.lead))}",
        f"lead={min(3, int(found.lead))}:{min(n, 5)}",
        f"own={min(own, 3)}",
        f"own={min(own, 3)}:{given}",
        f"loose={min(loose, 4)}",
        f"labels={min(len(named), 3)}",
        f"twice={len(set(labels)) < len(labels)}",
        f"twin={any(s.code == found.code for s in services if s is not found)}",
        f"fives={minutes.minutes is not None and minutes.minutes % 5 == 0}",
        f"words={min(len(reading.low[found.start : found.end].split()) // 6, 8)}",
        f"least clear={_step(min(s.certainty for s in services))}",
        f"least sure={_step(min(s.minutes.sure for s in services))}",
        *(f"{side}={mark if mark in _MARKS else 'other'}" for side, mark in zip(("before", "behind"), around, strict=True)),
    ]


def judge(model: Model, predicted: Predicted, found: Found) -> Judged:
    """The answer for one service."""
    reading = predicted.reading
    thin = content_words(reading.low, reading.labels, found.start, found.end) == 0
    code = found.code
    label = one_name(found.labelled) if found.labelled else None
    followed = thin and label is not None and not (label == code and says_itself(label))
    if followed and label is not None:
        code = label
    features = signs(predicted, found, thin)
    confidence = model.confidence.probability(features) if model.confidence.weights else found.probabilities[0][1]
    reasons: list[str] = []
    if label is not None and label != code:
        reasons.append("code_mismatch")
    if followed:
        reasons.append("label_followed")
    settled = model.settle.probability(features) if model.settle.weights else confidence
    if settled < model.thresholds.get("settle", 0.9):
        reasons.append("uncertain_code" if confidence < 0.9 else "uncertain_reading")
    alternatives = [(c, p) for c, p in found.probabilities if c != code][:3]
    return Judged(code, confidence, alternatives, reasons)
