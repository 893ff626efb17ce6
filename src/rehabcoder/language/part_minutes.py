"""Minutes told of the parts of one service: "SLR, leg press, heel raises, 5 min each", "SLR 5 min, leg press 5 min".

What a service took is what its parts took together. How many they are is counted from the list, so that a person looks at it
(`predict.doubts`).
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from rehabcoder.language.note_minutes import LONGEST, Minutes
from rehabcoder.language.reading import Reading
from rehabcoder.language.times import TimeMention, number

_FORMS = frozenset({"min", "prime", "word", "m"})
_MOST = 14  # minutes of a part; what is longer is rather a service's
_MANY = 8  # parts of one service
_SURE = 0.5
_NEAR = 12  # code points before a time in which "each" may stand
_EACH = re.compile(r"[ \t]?(?:each|ea|apiece)(?![a-z])")
_EACH_BEHIND = re.compile(
    r"[ \t]?(?:each|ea|apiece)(?![a-z])\.?(?![ \t](?:side|way|leg|arm|hand|foot|knee|hip|shoulder|direction|position|time|set|rep|hold|r\b|l\b|morning|evening|night|day|hour))"
)
_EACH_BEFORE = re.compile(r"(?<![a-z])(?:each|ea\.?)[ \t](?:x[ \t]?|for[ \t])?\Z")
_COUNTED = re.compile(
    r"(?<![\w.])(?P<n>[2-8]|two|three|four|five|six)[ \t](?:[a-z]{2,12}[ \t])?(?:exercises|activities|machines|stretches|areas|stations|tasks|drills)(?![a-z])"
)
_PARTED = re.compile(r"[,;+&]|(?<![a-z])(?:and|then)(?![a-z])")
_A_WORD = re.compile(r"[a-z]{3,}")
_NO_PART = re.compile(r"(?<![a-z])(?:total|rest\w*|hold|every|each|ea|after|until|of|for a|in all)(?![a-z])")
_CLOSED = re.compile(r"[ \t]*(?:[,;+&.)]|(?:and|then)(?![a-z])|\Z)")
_CLOSING = " \t\n.,;)"


def of_parts(
    reading: Reading, spans: Sequence[tuple[int, int]], chosen: list[Minutes], untimed: Sequence[bool]
) -> None:
    """Gives each timed service that has the minutes of one of its parts, or none of several, those of all."""
    starts = [m.start for m in chosen]
    for index, ((start, end), minutes) in enumerate(zip(spans, chosen, strict=True)):
        at = minutes.start
        if (minutes.minutes or 0) > _MOST or untimed[index] or (at is not None and starts.count(at) > 1):
            continue
        told = [t for t in reading.times_in(start, end) if t.form in _FORMS]
        own = next((t for t in told if at in (t.start, None)), None)
        if own is None or own.minutes > _MOST or (own.minutes != minutes.minutes if at is not None else len(told) < 2):
            continue
        first = max([start, *(label.end for label in reading.labels_in(start, own.start))])
        together = _of_each(reading.low, first, own) if len(told) == 1 else _of_list(reading.low, first, end, told)
        if own.minutes < together <= LONGEST:
            chosen[index] = Minutes(together, told[0].start, told[-1].end, _SURE)


def told_of_each(reading: Reading, minutes: Minutes) -> bool:
    """Whether the minutes of a service rest on a short time that its words give to each of several parts or sides."""
    if minutes.start is None or minutes.end is None:
        return False
    low, own = reading.low, reading.times_in(minutes.start, minutes.end)
    if len(own) != 1 or own[0].minutes > _MOST or own[0].form not in _FORMS:
        return False
    before = _EACH_BEFORE.search(low, max(0, minutes.start - _NEAR), minutes.start)
    return bool(before) or _EACH.match(low, own[0].end) is not None


def _of_each(low: str, first: int, own: TimeMention) -> int:
    """What the parts listed from `first` on took together, of which each took the time; 0 where it is not said so."""
    behind = _EACH_BEHIND.match(low, own.end)
    before = _EACH_BEFORE.search(low, max(first, own.start - _NEAR), own.start)
    if not behind and not before:
        return 0
    counted = _COUNTED.search(low, first, own.start)
    if counted:
        return own.minutes * (number(counted["n"]) or 0)
    listed = [part for part in _PARTED.split(low[first : own.start]) if _A_WORD.search(part)]
    if before and listed and not _A_WORD.search(_EACH_BEFORE.sub("", listed[-1])):
        listed.pop()
    return own.minutes * len(listed) if 1 < len(listed) <= _MANY else 0


def _of_list(low: str, first: int, end: int, told: Sequence[TimeMention]) -> int:
    """What the parts of a list took together each of which ends with its time; 0 for any other list."""
    if len(told) > _MANY:
        return 0
    at = first
    for time in told:
        part = low[at : time.start].strip(" \t\n:,;-")
        if not _A_WORD.search(part) or _PARTED.search(part.removeprefix("and ")) or _NO_PART.search(part):
            return 0
        if not _CLOSED.match(low, time.end, end):
            return 0
        at = time.end
    return sum(time.minutes for time in told) if not low[at:end].strip(_CLOSING) else 0
