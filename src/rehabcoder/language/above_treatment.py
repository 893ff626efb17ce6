"""What stands above the heading of the interventions in a note that opens the lines below it with the names of services: how the
patient moved and was found that day, and no service ("Transfers: sit to stand x2, max A x2" above "INTERVENTIONS")."""

from __future__ import annotations

import re

from rehabcoder.language.detail import content_words
from rehabcoder.language.reading import Reading
from rehabcoder.language.shared import NO_LENGTH

_HEADING = re.compile(
    r"(?:\A|\n)[ \t#*=_-]{0,8}+(?:(?:skilled|treatment|therapeutic|therapy|today'?s|pt|ot)[ \t])?(?:interventions?|treatments?|procedures?|services|tx|rx)"
    r"(?:[ \t](?:provided|performed|given|rendered|delivered|completed|done|today|this[ \t]visit))*[ \t#*=_:-]{0,8}(?=\n)"
)
_BULLET = re.compile(r"[\s*>#(\[-]*+(?:\d{1,2}[.)][ \t])?")
_SOON = 60  # code points of a line in which it names a service and gives its time
_TOLD = 3  # words that say what was done


def above_treatment(reading: Reading) -> list[int]:
    """The pieces above such a heading; none where a service stands there with its code and its time."""
    low = reading.low
    for heading in _HEADING.finditer(low):
        if not _opens_coded(reading, heading.end()):
            continue
        coded = [label for label in reading.labels_in(0, heading.start()) if label.number]
        if any(_timed(reading, label.start - _SOON, label.end + _SOON) for label in coded):
            return []
        return [index for index, piece in enumerate(reading.pieces) if piece.end <= heading.start()]
    return []


def _opens_coded(reading: Reading, at: int) -> bool:
    """Whether the line below a place opens with the number of a code, or with a name and its time, and says what was done there or
    in the line below that."""
    low = reading.low
    lead = _BULLET.match(low, at)
    start = lead.end() if lead else at
    named = reading.labels_in(start, start + 1)
    if not named or not (named[0].number or _timed(reading, start, start + _SOON)):
        return False
    line = low.find("\n", start)
    below = low.find("\n", line + 1) if line >= 0 else -1
    return content_words(low, reading.labels, start, below if below >= 0 else len(low)) >= _TOLD


def _timed(reading: Reading, start: int, end: int) -> bool:
    return any(time.form not in NO_LENGTH for time in reading.times_in(max(0, start), end))
