"""Blocks of a form that a line with nothing but their time closes: a code, what was done, and below it "Time 12 min".

Where every such line of a note has a heading with a code above it, that is how the form is laid out: all that stands between
the two is one service, and the closing line holds its minutes, whatever other figures stand between.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from rehabcoder.language.note_minutes import Minutes
from rehabcoder.language.reading import Reading
from rehabcoder.language.times import TimeMention

_FORMS = frozenset({"min", "prime", "m", "word", "hmm", "range", "kv", "brack", "hour", "frac"})
_BARE = frozenset({"trail", "bare", "cell", "label"})  # these only behind a word for time
_LEAST = 2  # blocks that show a layout
_SHORT = 48  # code points of such a line
_WORDS = r"(?:times?|mins?|minutes|duration|dur|tm|length|spent|from|in|direct|1:1|(?:tx|total)(?=\s+(?:time|mins?)\b))"
_AROUND = re.compile(rf"[\s*>=:()\[\]~,.|_-]*(?:\b{_WORDS}\b[\s*>=:()\[\]~,.|_-]*)*")
_LEFT_BLANK = re.compile(
    rf"^[ \t*>-]*+{_WORDS}(?:[ \t(]{{1,2}}{_WORDS}\)?)?[ \t]*+(?::[ \t_.-]*+|_{{2,}}+[ \t]*+|\[[ \t_]*\][ \t]*+)(?:mins?)?[ \t]*$",
    re.M,
)
_LEADS = re.compile(
    r"[\s*>#\[\]().\d:-]*(?:(?:cpt|hcpcs|codes?|services?|svc|procedures?|interventions?|tx|rx|desc(?:ription|riptor)?)\b[\s:#/-]*){0,3}"
)
_FAR = 4000  # code points between a heading and its closing line, at the most


_Line = tuple[int, int, TimeMention | None]


@dataclass(slots=True, frozen=True)
class Block:
    """A service with its heading and its closing line, `[start, end)`; `time` is None where the form was left blank."""

    start: int
    end: int
    time: TimeMention | None


def timed_blocks(reading: Reading) -> list[Block]:
    """The blocks of a note, in order; none where its lines with nothing but a time are no way to close blocks."""
    lines = _only_times(reading)
    if len(lines) < _LEAST:
        return []
    out: list[Block] = []
    closes = False
    floor = 0
    for start, end, mention in lines:
        heading = _heading(reading, floor, start)
        if heading is None and not floor:
            return _below_headings(reading, lines)  # the time opens its block, or headings say no code
        floor = end
        if heading is not None and not _timed(reading, *heading):
            closes = closes or (heading[1] < start and bool(reading.low[heading[1] : start].strip()))
            out.append(Block(heading[0], end, mention))
    return out if closes and len(out) >= _LEAST else []


def _below_headings(reading: Reading, lines: Sequence[_Line]) -> list[Block]:
    """The blocks of a note whose headings name no code, where the rows below them stand deeper and the lines with the times
    follow upon rows: "Hand work / - putty / - grip / 12 min / Reach / - cones / 10 min"."""
    low = reading.low
    first, after = lines[0][0], lines[0][1]
    row = _line_before(low, first)
    while low[after : after + 1] == "\n":
        after += 1
    if row is None or _depth(low, row) <= _depth(low, after):
        return []
    heading = row
    while _depth(low, heading) > 0 and first - heading < _FAR:
        above = _line_before(low, heading)
        if above is None:
            break
        shallower = _depth(low, above) < _depth(low, heading)
        heading = above
        if shallower:
            break
    out: list[Block] = []
    begin = heading
    for start, end, mention in lines:
        body = low[begin:start]
        begin += len(body) - len(body.lstrip())
        if 0 < start - begin <= _FAR and "\n\n" not in body.strip():
            out.append(Block(begin, end, mention))
        begin = end
    return out if len(out) >= _LEAST else []


def _line_before(low: str, at: int) -> int | None:
    """Where the line above the one around a place begins, or None for a blank one."""
    own = low.rfind("\n", 0, at) + 1
    line = low.rfind("\n", 0, max(0, own - 1)) + 1
    return line if own and low[line : own - 1].strip() else None


def _depth(low: str, line: int) -> int:
    """How deep a line stands: by its blanks, and one deeper behind the mark of a list."""
    stop = line
    while low[stop : stop + 1] in (" ", "\t"):
        stop += 1
    return stop - line + (low[stop : stop + 2] in ("- ", "* ", "+ "))


def _timed(reading: Reading, start: int, end: int) -> bool:
    """Whether a heading has its minutes already."""
    return any(time.form in _FORMS or time.form == "label" for time in reading.times_in(start, end))


def _only_times(reading: Reading) -> list[_Line]:
    """The lines that hold a time and nothing else, or leave room for one: where their words begin and end."""
    low = reading.low
    out: list[_Line] = []
    for mention in reading.times:
        bare = mention.form in _BARE
        if not bare and mention.form not in _FORMS:
            continue
        begin = low.rfind("\n", max(0, mention.start - _SHORT), mention.start) + 1
        stop = low.find("\n", mention.end, mention.end + _SHORT)
        end = stop if stop >= 0 else len(low)
        if (not begin and mention.start > _SHORT) or end - begin > _SHORT or "\n" in low[mention.start : mention.end]:
            continue
        if bare and not any(map(str.isalpha, low[begin : mention.start])):
            continue
        if _AROUND.fullmatch(low, begin, mention.start) and _AROUND.fullmatch(low, mention.end, end):
            out.append((*_words(low, begin, end), mention))
    if out:
        taken = {start for start, *_ in out}
        for found in _LEFT_BLANK.finditer(low):
            place = _words(low, *found.span())
            if place[0] not in taken:
                out.append((*place, None))
        out.sort(key=lambda line: line[0])
    return out


def _words(low: str, begin: int, end: int) -> tuple[int, int]:
    """A line without the blanks at either end."""
    line = low[begin:end]
    return end - len(line.lstrip()), begin + len(line.rstrip())


def _heading(reading: Reading, floor: int, at: int) -> tuple[int, int] | None:
    """The nearest line between two places that opens with the name or the number of a code: one with a number before one
    without, one that stands further left before one that may be a row below it. A blank line ends the search."""
    low, labels = reading.low, reading.labels
    floor = max(floor, low.rfind("\n\n", floor, at) + 2, at - _FAR)
    first, last = (bisect_left(labels, place, key=lambda label: label.start) for place in (floor, at))
    best: tuple[int, int] | None = None
    rank = (False, False, 0)
    for index in range(last - 1, first - 1, -1):
        label = labels[index]
        line = low.rfind("\n", max(0, label.start - _SHORT), label.start) + 1
        if not _LEADS.fullmatch(low, line, label.start):
            continue
        stop = low.find("\n", label.end, at)
        end = stop if stop >= 0 else at
        begin, end = _words(low, line, end)
        numbered = any(other.number and other.start < end for other in labels[index : index + 3])
        own = (numbered, label.strong or end == label.end, line - begin)
        if best is None or own > rank:
            best, rank = (begin, end), own
    return best


def of_blocks(reading: Reading, spans: Sequence[tuple[int, int]], chosen: list[Minutes]) -> None:
    """Gives each block the minutes of its closing line, or none where that line was left blank."""
    begins = [start for start, _ in spans]
    for block in timed_blocks(reading):
        index = bisect_right(begins, block.start) - 1
        if index < 0 or spans[index][1] < block.end:
            continue
        time = block.time
        chosen[index] = Minutes(time.minutes, time.start, time.end, 0.95) if time else Minutes(None, None, None, 0.9)
