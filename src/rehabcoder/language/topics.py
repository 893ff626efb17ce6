"""Headings that name a topic and its time, where a note is laid out by them: "SHOWER 20 min" above what was done in the shower,
"CLOSET 11:28-11:42" above what was done at the closet. Each opens a service, and cuts what stands before it.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Collection

from rehabcoder.language.detail import content_words
from rehabcoder.language.patterns import MACHINE
from rehabcoder.language.reading import Reading
from rehabcoder.language.times import TimeMention

_FORMS = frozenset({"min", "prime", "range", "word", "brack", "frac", "hmm"})
_LEAST = 5  # minutes below which a time is a part of something
_NEAR = 8  # code points from the name of a code to its time
_LONG = 60  # code points of a heading
_SEVERAL = 2  # headings that show a layout
_TITLE = re.compile(
    r"[\s*#>(\[-]*(?:[a-z\d]{1,2}[.)][ \t]+)?(?P<words>[a-z][a-z'-]*(?:(?:[ \t]?[/&+,][ \t]?|[ \t](?:-[ \t])?)[a-z][a-z'-]*){0,5})[\s:,=~|(.\[-]*"
)
_LED_BY_TIME = re.compile(r"[\s*#>(\[-]*")
_ENDS = re.compile(r"[\s)\]:.-]*(?:(?:1:1|direct|individual|ind)[\s)\]:.-]*)?")
# A line with one of these and a time is no heading of a service.
_OTHER = re.compile(
    r"(?<![a-z])(?:rest(?:ed|ing|s)?|wait(?:ed|ing)?|home|hep|late|ice|iced|heat|pack|packs|own|alone|aide|tech|plan|next|break|toilet break|drove|sat|lunch|nap"
    r"|both|all|together|combined|joint|split|each|seen|in|out|arrived|age|yo|wk|wks|weeks?|visits?|session|time|notes?|pt|ot|pta|cota|date|bp|pain|total|timed"
    r"|treatment|tx|rx|minutes|mins?|duration|units?|charges?|eval(?:uation)?|documentation|charting|travel|drive|set-?up|vitals?|group|shared?|until|to|from|for|of|with|at|by)(?![a-z])"
)
_BLANK = re.compile(r"\n[ \t]*\n")


def topic_headings(reading: Reading, aside: Collection[int]) -> tuple[list[int], list[int]]:
    """The pieces that are such headings, and those that head several services and so are none themselves; none where a note
    has but one heading with a time."""
    low, pieces = reading.low, reading.pieces
    if "\n" not in low:
        return [], []
    found: list[tuple[int, int, bool]] = []  # where each heading begins and ends, and whether it names a topic
    for mention in reading.times:
        if mention.form in _FORMS and mention.minutes >= _LEAST:
            heading = _heading(reading, mention)
            if heading and (not found or heading[0] >= found[-1][1]):
                found.append(heading)
    if len(found) < _SEVERAL or not any(topic for *_, topic in found):
        return [], []
    begins = [piece.start for piece in pieces]
    out: list[int] = []
    over: list[int] = []
    for k, (start, end, topic) in enumerate(found):
        stop = found[k + 1][0] if k + 1 < len(found) else len(low)
        blank = _BLANK.search(low, end, stop)
        if blank and low[end : blank.start()].strip():
            stop = blank.start()
        index = bisect_left(begins, start)
        if not low[end:stop].strip():
            return [], []
        if not topic or index + 1 >= len(pieces) or pieces[index].start >= end or pieces[index].end < end:
            continue
        joined = pieces[index].end > end
        if index in aside or not (joined or (index + 1 not in aside and pieces[index + 1].start < stop)):
            continue
        if _coded_rows(reading, end, stop):
            continue
        if not _in_parts(reading, end, stop):
            out.append(index)
        elif not joined:
            over.append(index)
    return out, over


def _heading(reading: Reading, mention: TimeMention) -> tuple[int, int, bool] | None:
    """The line around a time that is a heading with it, and whether it names a topic rather than a code."""
    low = reading.low
    line = low.rfind("\n", max(0, mention.start - _LONG), mention.start) + 1
    end = low.find("\n", mention.end, mention.end + _LONG)
    if end < 0 or (not line and mention.start > _LONG) or "\n" in low[mention.start : mention.end]:
        return None
    if not low[line : mention.start].strip() and low[mention.end : end].isspace():
        return None  # nothing but a time
    title = _TITLE.fullmatch(low, line, mention.start) if _ENDS.fullmatch(low, mention.end, end) else None
    if title is None and _LED_BY_TIME.fullmatch(low, line, mention.start):
        title = _TITLE.fullmatch(low, mention.end, end)
    if title is None or _OTHER.search(low, *title.span("words")) or re.match(MACHINE, title["words"]):
        return None
    start, named = line + len(low[line:end]) - len(low[line:end].lstrip()), reading.labels_in(line, end)
    if named and not content_words(low, reading.labels, start, end):
        return start, end, False
    own = reading.text[slice(*title.span("words"))].isupper() and not reading.text.isupper()
    apart = low[max(0, line - 2) : line] == "\n\n" or (not line and low[end + 1 : end + 2] != "\n")
    return (start, end, True) if own or (apart and not named) else None


def _in_parts(reading: Reading, start: int, stop: int) -> bool:
    """Whether what stands below a heading is several services: its lines open with names of different codes, or lines have
    times of their own."""
    low = reading.low
    if len({label.code for label in reading.labels_in(start, stop) if _opens(low, start, label.start)}) > 1:
        return True
    for time in reading.times_in(start, stop):
        if time.form in _FORMS and time.minutes >= _LEAST:
            end = low.find("\n", time.end)
            if _opens(low, start, time.start) or not low[time.end : end if end >= 0 else len(low)].strip(" \t.)"):
                return True
    return False


def _coded_rows(reading: Reading, start: int, stop: int) -> bool:
    """Whether a line below a heading opens with the name of a code and that code's time: then the heading is a row itself."""
    low = reading.low
    return any(
        _opens(low, start, label.start)
        and any(t.minutes >= _LEAST for t in reading.times_in(label.end, label.end + _NEAR))
        for label in reading.labels_in(start, stop)
    )


def _opens(low: str, floor: int, at: int) -> bool:
    """Whether nothing but the mark of a list stands before a place on its line."""
    return not low[low.rfind("\n", floor, at) + 1 : at].strip(" \t*>-(")
