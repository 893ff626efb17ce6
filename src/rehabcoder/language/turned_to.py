"""Sentences with which the therapist surely turned to another service: "Next he practiced the backpack sequence", told behind
another kind of work, or "After that ten minutes putting bowls up on the shelf", which gives a time of its own."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from rehabcoder.language.pieces import Piece
from rehabcoder.language.reading import Reading
from rehabcoder.language.shared import NO_LENGTH

# "Next:" and "Next 2/18" head the plan.
_TURNS = re.compile(
    r"[\s,;]*+(?:and\s)?(?:next(?!\s?[:(\d-]|\s(?:visit|session|time|week|month|appt|appointment|treatment|tx)(?![a-z]))|then|after\s(?:that|this|which|the\s[a-z]+)"
    r"|afterwards?|finally|lastly|last(?=,)|to\s(?:finish|end|close)|(?:we\s|i\s)?(?:then\s)?(?:moved|went)\son\sto|moving\son\sto"
    r"|in\sthe\s(?:final|last|second|third|next)\s(?:block|part|half|portion|segment)|(?:we\s|i\s)?(?:finished|ended|closed)\s(?:up\s)?with)(?![a-z])"
)
_STOPS = ".!?"
_SEMICOLON = ";"  # behind which the same work may go on for a time of its own
_LEAST = 5  # minutes: a shorter time is a part of an exercise
_SOON = 40  # code points in which a sentence gives its time, if it is that of all it tells


def turned_to(reading: Reading, told: Sequence[str | None], aside: Collection[int]) -> tuple[list[int], list[int]]:
    """The pieces that surely go on with no service begun before them, and those of them that surely belong to one.

    `told` is the code that each piece describes, where it likely describes a service.
    """
    apart: list[int] = []
    given: list[int] = []
    low, before, headed = reading.low, None, False
    for index, piece in enumerate(reading.pieces):
        if piece.first:
            headed = _opens_with_name_and_time(reading, piece)
        code = told[index]
        if code is None or index in aside:
            continue
        stop = _STOPS[0] if piece.first else low[reading.pieces[index - 1].end - 1]
        if stop in _STOPS + _SEMICOLON and _TURNS.match(low, piece.start, piece.end):
            timed = stop != _SEMICOLON and _timed(reading, piece)
            if timed or not (headed or before in (None, code)):
                apart.append(index)
            if timed:
                given.append(index)
        before = code
    return apart, given


def _opens_with_name_and_time(reading: Reading, piece: Piece) -> bool:
    """Whether a line opens with the name of a service and its time, which is then that of all it tells."""
    named = reading.labels_in(piece.start, piece.start + _SOON)
    return bool(named) and _timed(reading, piece)


def _timed(reading: Reading, piece: Piece) -> bool:
    soon = min(piece.end, piece.start + _SOON)
    return any(t.form not in NO_LENGTH and t.minutes >= _LEAST for t in reading.times_in(piece.start, soon))
