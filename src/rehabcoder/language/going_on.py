"""Pieces with which a service goes on that was begun before them, whatever their words look like: how the therapist handled the
patient in it, how the help was taken back, a look at the skin, and what stands below a heading with its time.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from functools import cache

from rehabcoder.language.patterns import knowledge
from rehabcoder.language.pieces import Piece
from rehabcoder.language.reading import Reading
from rehabcoder.language.shared import NO_LENGTH

_LEAST = 5  # minutes: "for the last two" counts trials
_LOOK = "looked"  # the only kind of words beside which a time is no service's


@cache
def _words() -> tuple[re.Pattern[str], re.Pattern[str]]:
    table = dict(knowledge("going_on"))
    looks = table.pop(_LOOK)
    return _opening_with([form for forms in table.values() for form in forms]), _opening_with(looks)


def _opening_with(forms: Sequence[str]) -> re.Pattern[str]:
    return re.compile(rf"[\s,;]*+(?:{'|'.join(forms)})")


def going_on(reading: Reading, headings: Sequence[int]) -> list[int]:
    """The pieces that surely open no service; `headings` are the pieces that give a code and its minutes alone."""
    low, (goes_on, looks) = reading.low, _words()
    out: list[int] = []
    for index, piece in enumerate(reading.pieces):
        if piece.first or reading.labels_in(piece.start, piece.end):
            continue
        if looks.match(low, piece.start, piece.end):
            out.append(index)
        elif any(
            time.form not in NO_LENGTH and time.minutes >= _LEAST for time in reading.times_in(piece.start, piece.end)
        ):
            continue
        elif goes_on.match(low, piece.start, piece.end) or _below(reading, headings, index, piece):
            out.append(index)
    return out


def _below(reading: Reading, headings: Sequence[int], index: int, piece: Piece) -> bool:
    """Whether a piece stands in the line right below one of the headings."""
    at = bisect_right(headings, index) - 1
    return at >= 0 and reading.low.count("\n", reading.pieces[headings[at]].end, piece.start) == 1
