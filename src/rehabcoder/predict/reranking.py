"""Chooses among the tagger's best readings of a note by weights over whole readings."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache, partial
from itertools import accumulate, chain, pairwise, starmap

from rehabcoder.language.paths import Span
from rehabcoder.language.segments import Key, Whole, features_of, gap_keys, pair_key, reading_keys, stretch_keys

TAGGER = "tagger"  # the feature that carries the tagger's own score, as a difference from its best
_KEPT = 100_000  # sums: far more than the notes of a backlog need


class Weights(dict[Key, float]):
    """Sums of weights of groups of features, kept from note to note: the groups are few and recur."""

    def __init__(self, single: Mapping[str, float]) -> None:
        super().__init__()
        self.single = single

    def __missing__(self, key: Key) -> float:
        if len(self) >= _KEPT:
            self.clear()
        total = sum(self.single.get(f, 0.0) for f in features_of(key))
        self[key] = total
        return total


def choose(note: Whole, readings: Sequence[tuple[float, list[Span]]], weights: Weights) -> tuple[int, float]:
    """Number of the best reading, and its lead over the best reading with other services.

    The model is linear, so stretches, gaps and pairs that several readings share are weighed once.
    """
    if len(readings) < 2 or not weights.single:
        return 0, 9.0
    weigh = weights.__getitem__
    tagger = weights.single.get(TAGGER, 0.0)
    gaps = list(accumulate((sum(map(weigh, gap_keys(note, i))) for i in range(len(note.first))), initial=0.0))
    stretches: dict[Span, float] = {}  # what a service adds to a reading in which its pieces were gaps
    pairs: dict[tuple[Span, Span], float] = {}
    scores = []
    for value, spans in readings:
        total = tagger * (value - readings[0][0]) + gaps[-1]
        for span in spans:
            added = stretches.get(span)
            if added is None:
                added = sum(map(weigh, stretch_keys(note, span))) - (gaps[span[1]] - gaps[span[0]])
                stretches[span] = added
            total += added
        for pair in pairwise(spans):
            added = pairs.get(pair)
            if added is None:
                added = pairs[pair] = weigh(pair_key(note, *pair))
            total += added
        scores.append(total + sum(map(weigh, reading_keys(note, spans))))
    best = max(range(len(scores)), key=scores.__getitem__)
    others = [s for s, (_, spans) in zip(scores, readings, strict=True) if spans != readings[best][1]]
    return best, scores[best] - max(others, default=scores[best] - 9.0)


def keys_of(note: Whole, ways: Iterable[Sequence[Span]]) -> Iterator[list[Key]]:
    """The keys of each way to cut the note, for training. What several ways share is worked out once."""
    stretches, pairs = cache(partial(stretch_keys, note)), cache(partial(pair_key, note))
    gaps = [gap_keys(note, i) for i in range(len(note.first))]
    for spans in ways:
        covered = {i for a, b in spans for i in range(a, b)}
        left = (keys for i, keys in enumerate(gaps) if i not in covered)
        around = starmap(pairs, pairwise(spans))
        yield [
            *chain.from_iterable(map(stretches, spans)),
            *around,
            *chain.from_iterable(left),
            *reading_keys(note, spans),
        ]
