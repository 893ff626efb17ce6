"""A service of which the therapist gave a part and the patient did the other alone or with an aide, each part with its time:
"TE 24': 14' bike w/ tech, then 10' w/ me SLR". The parts come to the time that heads them; each is a service.
"""

from __future__ import annotations

import itertools
import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from rehabcoder.language.labels import Label
from rehabcoder.language.reading import Reading
from rehabcoder.language.times import TimeMention

_FORMS = frozenset({"min", "prime", "word", "m", "label", "ell", "brack"})
_NEAR = 12  # code points between a label and the time that heads the parts
_LEAST = 3  # minutes of a part
_FAR = 600  # code points in which the parts stand
_HEADED = re.compile(r"[ \t]*[)\]]?[ \t]*(?:[:=,(-]|-[ \t])")  # behind the time of the whole
# Words that say that the therapist did not give a part.
_NOT_GIVEN = re.compile(
    r"(?<![a-z])(?:(?:rehab|pt|ot|restorative|resto)?[ \t]?(?:aide|tech|cna|hha|volunteer)s?"
    r"|(?:by|to)\s(?:him|her|them)sel(?:f|ves)|alone|unattended|unsupervised|ind(?:ep(?:endent(?:ly)?)?)?(?![a-z])(?!\s?(?:w/|with))"
    r"|on\s(?:his|her|their)\sown|self[ -](?:directed|paced|led)|(?:while|as|when)\s(?:i|therapist|pt|ot|pta|cota)\s(?:chart|did|wrote|doc|saw|was|took|went|work|treat|finish|set)\w*)(?![a-z])"
)


@dataclass(slots=True, frozen=True)
class Turn:
    """One part: its time, and the label and the time of the whole."""

    time: TimeMention
    label: Label
    whole: TimeMention


def find_turns(low: str, labels: Sequence[Label], times: Sequence[TimeMention]) -> list[Turn]:
    """The parts of such services, in order."""
    if len(times) < 3 or not _NOT_GIVEN.search(low):
        return []
    out: list[Turn] = []
    places = [time.start for time in times]
    for label, following in itertools.zip_longest(labels, labels[1:]):
        at = bisect_left(places, label.end)
        if at == len(times) or places[at] - label.end > _NEAR or times[at].form not in _FORMS:
            continue
        whole = times[at]
        stop = low.find("\n", whole.end, whole.end + _FAR)
        stop = min(len(low), whole.end + _FAR) if stop < 0 else stop
        if following is not None and following.start < stop:
            stop = following.start
        last = bisect_left(places, stop)
        parts = [t for t in times[at + 1 : last] if t.form in _FORMS and t.minutes >= _LEAST]
        if len(parts) < 2 or sum(t.minutes for t in parts) != whole.minutes or not _HEADED.match(low, whole.end):
            continue
        borders = [whole.end, *(_begins(low, t, before) for before, t in itertools.pairwise(parts)), stop]
        ways = {_NOT_GIVEN.search(low, a, b) is not None for a, b in itertools.pairwise(borders)}
        if len(ways) == 2:
            out += [Turn(time, label, whole) for time in parts]
    return out


def _begins(low: str, time: TimeMention, before: TimeMention) -> int:
    """Where a part begins: behind the last mark before its time, or with the time."""
    return max(low.rfind(mark, before.end, time.start) + 1 for mark in (",", ";", ".", "+", "/")) or time.start


def cut_by_turns(reading: Reading, turns: Sequence[Turn]) -> list[int]:
    """The pieces with which a further part begins."""
    begins = [piece.start for piece in reading.pieces]
    out: list[int] = []
    for before, turn in itertools.pairwise(turns):
        if before.whole is turn.whole:
            one, two = (bisect_right(begins, t.time.start) - 1 for t in (before, turn))
            if one < two:
                out.append(two)
    return out


def turns_of(turns: Sequence[Turn], places: Sequence[tuple[int, int]]) -> dict[int, Turn]:
    """The part that each service is, by its number; `places` are the services."""
    out: dict[int, Turn] = {}
    for index, (start, end) in enumerate(places) if turns else ():
        inside = [turn for turn in turns if start <= turn.time.start < end]
        if len(inside) == 1:
            out[index] = inside[0]
    return out
