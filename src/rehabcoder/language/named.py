"""Finds services that a note only names: "Ther ex, gait training and manual therapy per plan of care"."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Collection, Sequence
from functools import cache

from rehabcoder.billing.codes import one_name
from rehabcoder.language.layout import Place
from rehabcoder.language.patterns import knowledge, sentence_start
from rehabcoder.language.reading import Reading

Span = tuple[int, int]
_FAR = 200  # code points before a name in which its sentence begins
_LIKELY = 0.7  # chance from which a piece is taken for a description
_STOP = re.compile(r"\n|[.;!](?=\s|$)")


@cache
def _not_today() -> re.Pattern[str]:
    words = [word for group in knowledge("named").values() for word in group]
    return re.compile(rf"(?<![a-z])(?:{'|'.join(words)})(?![a-z])")


def named_only(
    reading: Reading, layout: Sequence[Place], inside: Sequence[float], aside: Collection[int]
) -> list[Span]:
    """The pieces that name one service, say nothing of what was done, and stand where today's treatment is told.

    `inside` is how likely each piece describes a service. Beside a description names in a row are its charge line, and a
    name that the note gives elsewhere too is that of what is described there.
    """
    codes = _named(reading, layout, aside)
    if not codes:
        return []
    described = any(chance > _LIKELY and k not in codes and k not in aside for k, chance in enumerate(inside))
    said = Counter(one_name(label.code) for label in reading.labels)
    return [
        (k, k + 1)
        for k, code in codes.items()
        if not described or (said[code] == 1 and k - 1 not in codes and k + 1 not in codes)
    ]


def _named(reading: Reading, layout: Sequence[Place], aside: Collection[int]) -> dict[int, str]:
    """The codes of the pieces that say nothing but one name, in sentences that speak of no charge, plan or other day."""
    low, labels = reading.low, reading.labels
    out: dict[int, str] = {}
    for k, (piece, place) in enumerate(zip(reading.pieces, layout, strict=True)):
        if place.thin or not place.labelled or k in aside:
            continue
        first = bisect_left(labels, piece.start, key=lambda label: label.start)
        last = bisect_left(labels, piece.end, key=lambda label: label.start)
        codes = {one_name(label.code) for label in labels[first:last]}
        if len(codes) != 1 or any(label.number for label in labels[first:last]):
            continue
        begin = sentence_start(low, piece.start, max(0, piece.start - _FAR))
        stop = _STOP.search(low, piece.end - 1)
        if not _not_today().search(low, begin, stop.start() if stop else len(low)):
            out[k] = codes.pop()
    return out
