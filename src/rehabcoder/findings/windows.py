"""When a visit began and ended, as far as the note says so."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from functools import cache

from rehabcoder.language.patterns import alternatives, knowledge
from rehabcoder.language.reading import Reading
from rehabcoder.language.times import SPOKEN, TimeMention, clock, spoken_clock

LEAST, MOST = 10, 240  # minutes of a visit
_FAR = 60  # code points before a range in which the word for the visit may stand
_ALONE = re.compile(r"[ \t*(-]*$")
_LEADS = 28  # code points between a range and the words of the service that it leads up to
_SENTENCE = re.compile(r"[.;]\s")
_OVER = re.compile(r"[ \t*).;:-]*(?:\n|$)")


@dataclass(slots=True, frozen=True)
class Window:
    """A visit from `begins` to `ends` (minutes since midnight, as written), said in `[start, end)` of the text."""

    begins: int
    ends: int
    start: int
    end: int

    @property
    def minutes(self) -> int:
        return (self.ends - self.begins) % 720

    def holds(self, begins: int, minutes: int) -> bool:
        """Whether what began then and took so long lies within."""
        return (begins - self.begins) % 720 + minutes <= self.minutes


@cache
def _patterns() -> tuple[re.Pattern[str], re.Pattern[str], re.Pattern[str]]:
    """In and out in two phrases; what stands before a range of the visit; what stands before a range of something else."""
    words = knowledge("visit_window")
    came, went, until = (alternatives(words[part]) for part in ("come", "go", "until"))

    def at(name: str) -> str:
        return (
            rf"(?:[\s:=@,-]*|[^\n\d.;]{{0,30}}?\b(?:at|by)\s)"
            rf"(?:(?P<{name}>\d{{1,2}}[:.]?\d{{2}}|\d{{1,2}})(?![\d/]|[.:]\d|\s?(?:min|hrs?|h\b|x\b|%|lb|ft))\s?(?P<{name}m>[ap]\.?m?\.?\b)?|(?P<{name}w>{SPOKEN})(?![a-z-]))"
        )

    both = re.compile(
        rf"(?<![a-z]){came}(?![a-z]){at('a')}(?:[^\n\d]{{0,40}}?(?<![a-z]){went}(?![a-z])|\s?{until}(?![a-z])){at('b')}"
    )
    before = re.compile(rf"(?<![a-z]){alternatives(words['range'])}(?![a-z])[^.;\n]*$")
    other = re.compile(rf"(?<![a-z]){alternatives(words['other'])}(?:'s)?(?![a-z])")
    return both, before, other


def windows(reading: Reading, services: Sequence[tuple[int, int]], taken: Collection[int]) -> list[Window]:
    """The visits that the note gives a beginning and an end to: more than one where the day had several sessions.

    `services` are the places of the services: a time in one of them is that service's own, as are those that begin at `taken`.
    """
    low = reading.low
    both, before, other = _patterns()
    inside = _inside(services)

    out: list[Window] = []
    for mention in reading.times:
        if mention.form != "range" or mention.begins is None or mention.ends is None or inside(mention.start):
            continue
        if mention.start in taken or not LEAST <= mention.minutes <= MOST:
            continue
        line = low.rfind("\n", 0, mention.start) + 1
        near = max(line, low.rfind(". ", line, mention.start) + 1, mention.start - _FAR)
        if other.search(low, near, mention.start):
            continue
        own_line = _ALONE.match(low, line, mention.start) and _OVER.match(low, mention.end)
        if own_line or line == 0 or before.search(low, near, mention.start):
            out.append(Window(mention.begins, mention.ends, mention.start, mention.end))
    for found in both.finditer(low):
        if inside(found.start()) or inside(found.end() - 1) or other.search(low, *found.span()):
            continue
        begins, ends = _at(found, "a"), _at(found, "b")
        if begins is None or ends is None or not (begins % 60 or ends % 60):
            continue
        window = Window(begins, ends, *found.span())
        if LEAST <= window.minutes <= MOST and not any(_same(window, w) for w in out):
            out.append(window)
    return out


def _at(found: re.Match[str], name: str) -> int | None:
    if found[name]:
        at = clock(found[name], found[name + "m"] or "")
        return at if at < 1440 and len(found[name]) else None
    return spoken_clock(found[name + "w"])


def _same(one: Window, other: Window) -> bool:
    return one.start < other.end and other.start < one.end or (one.begins, one.ends) == (other.begins, other.ends)


def _inside(services: Sequence[tuple[int, int]]) -> Callable[[int], bool]:
    """Whether a place lies in one of the services, which must be in order."""
    begins = [a for a, _ in services]

    def inside(at: int) -> bool:
        index = bisect_right(begins, at) - 1
        return index >= 0 and at < services[index][1]

    return inside


def own_ranges(reading: Reading, services: Sequence[tuple[int, int]]) -> list[TimeMention | None]:
    """The clock range of each service: the first in its words, or one that leads up to them on the same line."""
    low, inside = reading.low, _inside(services)
    ranges = [t for t in reading.times if t.form == "range" and t.begins is not None]
    places = [t.start for t in ranges]
    out: list[TimeMention | None] = []
    for start, end in services:
        index = bisect_left(places, start)
        own = ranges[index] if index < len(ranges) and places[index] < end else None
        if index and own is None:
            lead = ranges[index - 1]
            between = low[lead.end : start] if start - lead.end < _LEADS else "\n"
            if not inside(lead.start) and "\n" not in between and not _SENTENCE.search(between):
                own = lead
        out.append(own)
    return out
