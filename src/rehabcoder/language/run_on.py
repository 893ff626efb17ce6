"""Where clauses begin in dictation that was left without stops.

"... nineteen minutes I kept a hand on the belt he was winded after goal is to carry groceries": what tells a sentence's end
elsewhere is not there, and who does something next, or what is spoken of next, has to do in its place.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from functools import cache
from typing import NamedTuple

from rehabcoder.language.cuts import COUNTED
from rehabcoder.language.labels import Label
from rehabcoder.language.patterns import knowledge
from rehabcoder.language.times import TimeMention

# Words without a stop; of the sentences that people punctuate hardly one has so many. Not code points: a longer name changes nothing.
_LONG = 53
_STOP = re.compile(r"[.!?;:](?=\s|\Z)|\n|\s\s")
_FAR = 24  # code points before a place in which the word before it stands
_TITLED = 12  # code points between a name and its time
# "Then for a good eighteen minutes we", "with fourteen minutes left he", "until nine forty she": a time that leads up to who did it.
_WHEN = re.compile(
    r"(?:(?:\A|, (?:and )?|\b(?:then|today|next|finally|lastly|and|so|but) )"
    r"(?:for|with|until|till|over|during|in|(?:for |in |over )?the (?:next|last|first|final|other))|\b(?:then|next|finally|lastly)) (?:[a-z-]+ ){0,3}"
    r"(?=[\dtfsneohq])(?:\d|ten\b|twelve|eleven|(?:thir|four|fif|six|seven|eigh|nine)teen|twenty|thirty|forty|five\b|six\b|seven\b|eight\b|nine\b|half\b|quarter)"
    r"[^,]{0,16}(?: left| more)?,? \Z"
)
_WHEN_FAR = 60  # code points of it
_HELD = re.compile(
    r"(?<![a-z])(?:the|an?|his|her|one|own|that|every|all)(?: [a-z'-]+){1,2} \Z"
)  # "the rail he uses at home"
_USES = re.compile(
    r" (?:uses?|likes?|loves?|keeps?|owns?|made|brought|have|has(?= (?:at|in|on|got)\b)|can (?:reach|hold|get|see))\b"
)


class _Openers(NamedTuple):
    names: re.Pattern[str]
    next: re.Pattern[str]
    bound: re.Pattern[str]
    leads: re.Pattern[str]


@cache
def _openers() -> _Openers:
    table = knowledge("run_on")
    either = {name: "|".join(words) for name, words in table.items()}
    return _Openers(
        re.compile(rf"(?:\A|(?<![a-z])(?:{either['bound']}|{either['before_names']}))[ ,]*\Z"),
        re.compile(rf"(?<= )(?:(?P<who>{either['who']})|(?P<topic>{either['topic']}))"),
        re.compile(rf"(?:\A|(?<![a-z]))(?:{either['bound']}),? \Z"),
        re.compile(rf"(?<= )(?:{either['with_him']}) \Z"),
    )


# "fifteen minutes walking the bars", "thirteen minutes of hip strength": a time that opens what was done in it.
_OPENED = re.compile(r"(?:of|on|doing|working|spent|[a-z]{3,}ing)\b")
_LED_TO = re.compile(
    r"\b(?:for|did|was|were|took|spent|about|another|then|and|last|first|next|of|in|the|final|had|by|after|every|over|other|a|an|remaining|around|roughly|with|at) \Z"
)


def run_on_cuts(low: str, labels: Sequence[Label], times: Sequence[TimeMention]) -> list[int]:
    """Places where a clause begins within a stretch of a shadow text that has no stop for long, in order."""
    out: set[int] = set()
    for start, end in _stretches(low):
        out.update(_clauses(low, start, end))
        out.update(_times(low, start, end, labels, times))
        out.update(_names(low, start, end, labels))
    return sorted(out)


def _stretches(low: str) -> Iterator[tuple[int, int]]:
    begin = 0
    for stop in _STOP.finditer(low):
        if low.count(" ", begin, stop.start()) >= _LONG:
            yield begin, stop.start()
        begin = stop.end()
    if low.count(" ", begin) >= _LONG:
        yield begin, len(low)


def _clauses(low: str, start: int, end: int) -> Iterator[int]:
    openers, said = _openers(), start
    for found in openers.next.finditer(low, start, end):
        at = found.start()
        if at == said + 1:
            continue  # "his wife | wants to": what the one before does
        said = found.end()
        lead = openers.leads.search(low, max(start, at - _FAR), at)
        begin = lead.start() if lead and (found["who"] or lead[0] != "and ") else at
        if openers.bound.search(low, max(start, begin - _FAR), begin):
            continue
        if found["who"] and (_WHEN.search(low, max(start, at - _WHEN_FAR), at) or _is_whose(low, start, *found.span())):
            continue
        yield begin


def _names(low: str, start: int, end: int, labels: Sequence[Label]) -> Iterator[int]:
    """Names of services that nothing leads up to: "... the trunk back up | there act lifting the feed bucket"."""
    places = [label.start for label in labels]
    for label in labels[bisect_left(places, start) : bisect_left(places, end)]:
        named = label.strong and not label.number and " " in low[label.start : label.end]
        if named and not _openers().names.search(low, max(start, label.start - _FAR), label.start):
            yield label.start


def _is_whose(low: str, start: int, at: int, end: int) -> bool:
    """Whether somebody is only said to have what stands before: "the one rail they have"."""
    return _USES.match(low, end) is not None and _HELD.search(low, max(start, at - _FAR), at) is not None


def _times(low: str, start: int, end: int, labels: Sequence[Label], times: Sequence[TimeMention]) -> Iterator[int]:
    places, names = [time.start for time in times], [label.start for label in labels]
    for time in times[bisect_left(places, start) : bisect_left(places, end)]:
        if time.form not in COUNTED or not _OPENED.match(low, time.end + 1):
            continue
        before = bisect_right(names, time.start) - 1
        named = before >= 0 and time.start - labels[before].end < _TITLED
        if not named and not _LED_TO.search(low, max(start, time.start - _FAR), time.start):
            yield time.start
