"""The words that decided: a linear model explains itself, feature by feature, exactly."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain

import numpy as np

from rehabcoder.billing.codes import one_name
from rehabcoder.note import Evidence
from rehabcoder.predict.features import phrase_place
from rehabcoder.predict.model import Model
from rehabcoder.predict.predicted import Found, Predicted

_MOST = 4
_PLAIN = re.compile(r"[a-z]+(?:'[a-z]+)?")


@dataclass(slots=True, frozen=True)
class Reason:
    """A feature of the description and how far it pulls from the rival to the chosen code (in log odds)."""

    feature: str
    pull: float


def pulls(model: Model, predicted: Predicted, found: Found, code: str, against: str) -> list[Reason]:
    """Every known feature of a service with its exact pull, strongest first. The pulls and the bias add up to the log odds."""
    rows, values = _pulls(model, predicted, found, code, against)
    norm = float(np.sqrt(np.square(model.idf[rows], dtype=np.float64).sum()))
    reasons = [Reason(model.features[row], pull / norm) for row, pull in zip(rows, values, strict=True)]
    return sorted(reasons, key=lambda reason: (-reason.pull, reason.feature))


def _pulls(model: Model, predicted: Predicted, found: Found, code: str, against: str) -> tuple[list[int], list[float]]:
    """The rows of the features and their weights, strongest first; of two alike the one that comes first in the text."""
    if code not in model.code.classes or against not in model.code.classes:
        return [], []
    pro, con = model.code.weights_of(code), model.code.weights_of(against)
    pieces = predicted.rows[found.pieces[0] : found.pieces[1]]
    rows = np.array(list(dict.fromkeys(chain.from_iterable(pieces))), dtype=np.int64)
    rows = rows[rows < len(pro)]
    values = pro[rows] - con[rows]
    order = (-values).argsort(kind="stable")
    return rows[order].tolist(), values[order].tolist()


def rival_of(model: Model, found: Found, code: str) -> str | None:
    """What a code is to be compared with: the note's own label where that is another code, for then the question is why
    not that one; else the runner-up by the description. None where the model knows no other."""
    known = model.code.classes
    if found.labelled and (label := one_name(found.labelled)) != code and label in known:
        return label
    return next((likely for likely, _ in found.described if likely != code and likely in known), None)


def evidence(model: Model, predicted: Predicted, found: Found, code: str) -> list[Evidence]:
    """The words that speak most for the code, and the strongest that speaks for its rival, with their places."""
    rival = rival_of(model, found, code)
    if rival is None:
        return []
    rows, values = _pulls(model, predicted, found, code, rival)
    out: list[Evidence] = []
    given = found.attendance
    if given and given.code == code:
        words = predicted.reading.text[given.start : given.end]
        out.append(Evidence(given.start, given.end, words, "says that it was not given one-on-one", code))
    for row, pull in zip(rows, values, strict=True):
        if pull <= 0 or len(out) >= _MOST:
            break
        _place(predicted, found, model.features[row], f"speaks for {code} over {rival}", code, out)
    if values and values[-1] < 0:
        _place(predicted, found, model.features[rows[-1]], f"speaks for {rival} over {code}", rival, out)
    return out


_GAP = re.compile(r"[\W_]*")
_FIGURE = re.compile(r"[\W_]*\d[\d.]*(?![a-z])")
_LETTERS = re.compile(r"[a-z]*")


@lru_cache(maxsize=4096)
def _words(feature: str) -> tuple[str, str] | None:
    """The one or two plain words that a feature stands for (the second may be empty); None for most other features.

    The first of two may be a mark, the second a figure.
    """
    first, _, second = feature.removesuffix("*").removeprefix("^ ").partition(" ")
    begins = _PLAIN.fullmatch(first) or (second and len(first) == 1 and not first.isalnum() and first != "%")
    goes_on = not second or second[0] == "0" or _PLAIN.fullmatch(second)
    return (first, second) if begins and goes_on else None


def _where(low: str, feature: str, start: int, end: int) -> tuple[int, int] | None:
    """The first place of a feature in `low[start:end]`."""
    if feature[0] == "%":  # a class of words
        return None
    if feature[0] == "&":
        return phrase_place(low, feature, start, end)
    words = _words(feature)
    if words is None:
        pattern = _pattern(feature)
        match = pattern.search(low, start, end) if pattern else None
        return match.span() if match else None
    # Plain words are looked up as such: to make a pattern of each costs more than all else that evidence needs.
    first, second = words
    at = low.find(first, start, end)
    while at >= 0:
        stop = at + len(first)
        if second and second[0] == "0":
            figure = _FIGURE.match(low, stop, end)
            stop = figure.end() if figure else -1
        elif second:
            behind = _GAP.match(low, stop, end)
            stop = behind.end() if behind else stop
            stop = stop + len(second) if low.startswith(second, stop, end) else -1
        if stop >= 0 and not (at and "a" <= low[at - 1] <= "z"):
            rest = _LETTERS.match(low, stop, end)
            rest_to = rest.end() if rest else stop
            if rest_to == stop or feature[-1] == "*":
                return at, rest_to
        at = low.find(first, at + 1, end)
    return None


@lru_cache(maxsize=4096)
def _pattern(feature: str) -> re.Pattern[str] | None:
    """Where a feature can stand in a text; None for features without words."""
    parts = [p for p in feature.rstrip("*").split(" ") if p != "^"]
    if not any(c.isalnum() for part in parts for c in part):
        return None
    words = r"[\W_]*".join(r"\d[\d.]*" if set(p) <= {"0"} else re.escape(p) for p in parts)
    tail = r"[a-z]*" if feature.endswith("*") else r"(?![a-z])"
    return re.compile(rf"(?<![a-z]){words}{tail}")


def _place(predicted: Predicted, found: Found, feature: str, says: str, code: str, out: list[Evidence]) -> None:
    """Adds the first place where a feature stands in the service, unless those words are marked already."""
    place = _where(predicted.reading.masked, feature, found.start, found.end)
    if place and not any(e.start < place[1] and place[0] < e.end for e in out):
        start, end = place
        out.append(Evidence(start, end, predicted.reading.text[start:end], says, code))
