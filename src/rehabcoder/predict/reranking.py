"""Chooses among the tagger's best readings of a note by weights over whole readings."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from rehabcoder.language.segments import Span, Whole, gap_features, pair_features, reading_features, stretch_features

TAGGER = "tagger"  # the feature that carries the tagger's own score, as a difference from its best


def choose(note: Whole, readings: Sequence[tuple[float, list[Span]]], weights: dict[str, float]) -> tuple[int, float]:
    """Number of the best reading, and its lead over the best reading with other services.

    The model is linear, so stretches, gaps and pairs that several readings share are weighed once.
    """
    if len(readings) < 2 or not weights:
        return 0, 9.0
    get = weights.get
    known: dict[object, float] = {}

    def weigh(key: object, features: Sequence[str]) -> float:
        total = sum(get(f, 0.0) for f in features)
        known[key] = total
        return total

    scores = []
    n = len(note.first)
    for value, spans in readings:
        total = get(TAGGER, 0.0) * (value - readings[0][0])
        inside = [False] * n
        previous: Span | None = None
        for span in spans:
            cached = known.get(span)
            total += weigh(span, stretch_features(note, span)) if cached is None else cached
            for i in range(*span):
                inside[i] = True
            if previous is not None:
                pair = (previous, span)
                cached = known.get(pair)
                total += weigh(pair, pair_features(note, previous, span)) if cached is None else cached
            previous = span
        for i in range(n):
            if not inside[i]:
                cached = known.get(i)
                total += weigh(i, gap_features(note, i)) if cached is None else cached
        total += sum(get(f, 0.0) for f in reading_features(note, spans))
        scores.append(total)
    best = max(range(len(scores)), key=lambda i: scores[i])
    others = [s for s, (_, spans) in zip(scores, readings, strict=True) if spans != readings[best][1]]
    return best, scores[best] - max(others, default=scores[best] - 9.0)


def all_features(note: Whole, spans: Sequence[Span]) -> list[str]:
    """Every feature of a reading, for training."""
    feats = [f for span in spans for f in stretch_features(note, span)]
    feats += [f for one, two in pairwise(spans) for f in pair_features(note, one, two)]
    covered = {i for a, b in spans for i in range(a, b)}
    feats += [f for i in range(len(note.first)) if i not in covered for f in gap_features(note, i)]
    return feats + reading_features(note, spans)
