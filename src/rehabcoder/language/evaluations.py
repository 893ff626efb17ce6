"""Where a note in which nothing was treated gives the evaluation that it is: by the number of its code, or in words with its time
("The evaluation, low complexity, took 40 minutes").
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from rehabcoder.billing.codes import EVALUATIONS, is_timed
from rehabcoder.language.patterns import sentence_start
from rehabcoder.language.reading import Reading

Span = tuple[int, int]
_LEAST = 10  # minutes of an evaluation
_TREATED = 5  # minutes of a treatment
_FAR = 200  # code points before a name in which its sentence begins
_NO_LENGTH = frozenset({"clock", "trail", "bare"})
_OTHER_DAY = re.compile(
    r"(?<![a-z])(?:last|prev\w*|prior|yesterday|next|plan\w*|schedul\w*|will|tomorrow|on \d{1,2}/\d|since|from|before|after|not|refused|declined"
    r"|cancel\w*|deferred|at (?:the )?(?:initial )?eval)(?![a-z])"
)


def of_a_note_without_treatment(reading: Reading, spans: Sequence[Span], aside: Collection[int]) -> list[Span]:
    """Of services found in a note that is of no session of treatment those that give an evaluation, with the treatment of that day
    by its number and minutes; without any, the piece that names one with its time."""
    if not any(_numbered(reading, k) for span in spans for k in range(*span)):
        return _first(reading, aside, numbered=False)
    found = [span for span in spans if any(_numbered(reading, k) or _treated(reading, k) for k in range(*span))]
    held = {k for span in found for k in range(*span)}
    alone = [
        (k, k + 1) for k in range(len(reading.pieces)) if k not in held and k not in aside and _treated(reading, k)
    ]
    return sorted([*found, *alone])


def evaluation_alone(reading: Reading, aside: Collection[int]) -> list[Span]:
    """The piece that gives an evaluation, of a note without any service: nothing else in it was done today."""
    return _first(reading, aside, numbered=True) or _first(reading, aside, numbered=False)


def _first(reading: Reading, aside: Collection[int], *, numbered: bool) -> list[Span]:
    told = _numbered if numbered else _named
    first = next((k for k in range(len(reading.pieces)) if k not in aside and told(reading, k)), None)
    return [] if first is None else [(first, first + 1)]


def _numbered(reading: Reading, k: int) -> bool:
    """Whether a piece gives an evaluation by the number of its code."""
    piece = reading.pieces[k]
    return any(label.number and label.code in EVALUATIONS for label in reading.labels_in(piece.start, piece.end))


def _treated(reading: Reading, k: int) -> bool:
    """Whether a piece gives a treatment by the number of its code, with its minutes."""
    piece = reading.pieces[k]
    numbered = any(label.number and is_timed(label.code) for label in reading.labels_in(piece.start, piece.end))
    return numbered and any(
        time.minutes >= _TREATED and time.form not in _NO_LENGTH for time in reading.times_in(piece.start, piece.end)
    )


def _named(reading: Reading, k: int) -> bool:
    """Whether a piece names an evaluation of today and how long it took."""
    piece, low = reading.pieces[k], reading.low
    if not any(label.code in EVALUATIONS for label in reading.labels_in(piece.start, piece.end)):
        return False
    begin = sentence_start(low, piece.start, max(0, piece.start - _FAR))
    timed = any(
        time.minutes >= _LEAST and time.form not in _NO_LENGTH for time in reading.times_in(piece.start, piece.end)
    )
    return timed and not _OTHER_DAY.search(low, begin, piece.end)
