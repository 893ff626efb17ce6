"""When a visit began and ended, as far as the note says so."""

from __future__ import annotations

import itertools
import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

from rehabcoder.language.patterns import alternatives, knowledge, sentence_start, whole_words
from rehabcoder.language.reading import Reading
from rehabcoder.language.times import SPOKEN, TimeMention, clock, spoken_clock
from rehabcoder.note import Service

LEAST, MOST = 10, 240  # minutes of a visit
_MANY = 20  # visits looked back to for the same one said twice; no note tells of more
_HEADING = 120  # code points of a first line that is a heading
_APART = 30  # minutes between two sessions of a day
_NEAR = 40  # code points before a time of day in which its words stand
_FAR = 120  # code points before a range in which the word for the visit may stand
_ALONE = re.compile(r"[ \t*(-]*(?:(?:[soap]|tx|rx|time|obj(?:ective)?)[ \t]?[:|-][ \t]*)?$")
_LEADS = 28  # code points between a range and the words of the service that it leads up to
_SENTENCE = re.compile(r"[.;]\s")
_APART_BEFORE = re.compile(r"[.,;|][ \t]+$")  # a clause of its own, ahead of all services
_OVER_SOON = re.compile(r"[ \t]*[.\n]")
# "0730 in, 0810 out": each time stands before its word.
_TIMES_FIRST = re.compile(
    r"(?<![\d:./-])(?P<a>\d{1,2}:?[0-5]\d)[ \t]?(?P<am>[ap]m?\b)?[ \t]{1,2}(?:time[ \t])?in\b[ \t,;/|-]{1,4}"
    r"(?P<b>\d{1,2}:?[0-5]\d)[ \t]?(?P<bm>[ap]m?\b)?[ \t]{1,2}(?:time[ \t])?out\b"
)
_OVER = re.compile(r"[ \t*).;:-]*(?:\n|$)")
_OWN_SENTENCE = r"(?:\A|(?<=[.;\n])|(?<=[.;] )|(?<=[.;]  ))(?:(?:s?he|we|i|pt|patient|they)\s(?:was\s|were\s)?)?"
_NO_MORE = r"(?=[ \t]*(?:[.;\n]|\Z))"


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

    def near(self, begins: int, minutes: int) -> bool:
        """Whether what began then and took so long belongs to this visit and not to another of the day."""
        shift = (begins - self.begins) % 720
        return shift <= self.minutes + _APART or shift + minutes >= 720 - _APART

    def holds(self, begins: int, minutes: int) -> bool:
        """Whether what began then and took so long lies within."""
        return (begins - self.begins) % 720 + minutes <= self.minutes


class _Patterns(NamedTuple):
    both: re.Pattern[str]  # in and out in two phrases
    came: re.Pattern[str]  # a sentence that says when the visit began, and no more
    left: re.Pattern[str]  # and one that says when it was over
    before: re.Pattern[str]  # up to a range of the visit
    other: re.Pattern[str]  # speaks of something else's hours
    later: re.Pattern[str]  # speaks of home and of another day
    gone: re.Pattern[str]  # right behind a time of day: the visit was over then
    went: re.Pattern[str]  # and right before it


@cache
def _patterns() -> _Patterns:
    words = knowledge("visit_window")
    came, went, until = (alternatives(words[part]) for part in ("come", "go", "until"))

    def at(name: str) -> str:
        return (
            rf"(?:[\s:=@,|-]*|[^\n\d.;]{{0,30}}?\b(?:at|by)\s)"
            rf"(?:(?P<{name}>\d{{1,2}}[:.]?\d{{2}}|\d{{1,2}})"
            rf"(?![\d/]|[.:]\d|[ \t]?(?:min|hrs?|h\b|x\b|%|lb|ft))[ \t]?(?P<{name}m>[ap]\.?m?\.?\b)?|(?P<{name}w>{SPOKEN})(?![a-z-]))"
        )

    for_visit = r"(?:[ ,]+for\s(?:an?|the|her|his|their|my)\s\d{1,2}:\d\d\s)?"  # "arrived at 2:20 for a 2:00 visit"
    both = re.compile(
        rf"(?<![a-z]){came}(?![a-z]){at('a')}"
        rf"(?:{for_visit}[^\n\d]{{0,40}}?(?<![a-z]){went}(?![a-z])|\s?{until}(?![a-z])){at('b')}"
    )
    alone_came = re.compile(rf"{_OWN_SENTENCE}{came}(?![a-z]){at('a')}{_NO_MORE}")
    alone_left = re.compile(rf"{_OWN_SENTENCE}{went}(?![a-z]){at('b')}{_NO_MORE}")
    before = re.compile(rf"(?<![a-z]){alternatives(words['range'])}(?![a-z])[^.;\n]*$")
    other = re.compile(rf"(?<![a-z]){alternatives(words['other'])}(?:'s)?(?![a-z])")
    over = alternatives([*words["go"], *words["over"]])
    gone = re.compile(rf"[ \t]*[,:=-]?[ \t]*{over}(?![a-z])")
    went_at = re.compile(
        rf"(?:^|[.;,/|\n])[ \t]*(?:(?:she|he|they|pt|patient|client)[ \t]+)?{over}[ \t]*(?:at|@|[:=-])?[ \t]*$"
    )
    return _Patterns(both, alone_came, alone_left, before, other, whole_words(words["later"]), gone, went_at)


def windows(reading: Reading, services: Sequence[tuple[int, int]], taken: Collection[int]) -> list[Window]:
    """The visits that the note gives a beginning and an end to: more than one where the day had several sessions.

    `services` are the places of the services: a time in one of them is that service's own, as are those that begin at `taken`.
    """
    low = reading.low
    words = _patterns()
    inside = _inside(services)

    heading = low.find("\n", 0, _HEADING)
    first = services[0][0] if services else 0
    out: list[Window] = []
    for mention in reading.times:
        if mention.form != "range" or mention.begins is None or mention.ends is None or inside(mention.start):
            continue
        if mention.start in taken or not LEAST <= mention.minutes <= MOST:
            continue
        least = max(0, mention.start - _FAR)
        line = low.rfind("\n", least, mention.start) + 1
        near = sentence_start(low, mention.start, least)
        if words.other.search(low, near, mention.start):
            continue
        own_line = line and _ALONE.match(low, line, mention.start) and _OVER.match(low, mention.end)
        ahead = (
            mention.start < first
            and _APART_BEFORE.search(low, line, mention.start)
            and _OVER_SOON.match(low, mention.end)
        )
        opens = not low[: mention.start].strip()  # "900-925. Gait 15'. TE 12'."
        if own_line or ahead or opens or mention.start < heading or words.before.search(low, near, mention.start):
            out.append(Window(mention.begins, mention.ends, mention.start, mention.end))
    for found in itertools.chain(words.both.finditer(low), _TIMES_FIRST.finditer(low)):
        if inside(found.start()) or inside(found.end() - 1) or words.other.search(low, *found.span()):
            continue
        begins, ends = _at(found, "a"), _at(found, "b")
        if begins is None or ends is None or not (begins % 60 or ends % 60):
            continue
        window = Window(begins, ends, *found.span())
        if LEAST <= window.minutes <= MOST and not any(_same(window, w) for w in out[-_MANY:]):
            out.append(window)
    return out or _told_apart(low, inside)


def _told_apart(low: str, inside: Callable[[int], bool]) -> list[Window]:
    """A visit of which one sentence says when it began and a later one when it was over, each by itself and only once."""
    words = _patterns()
    came, left = (
        [found for found in told.finditer(low) if not inside(found.start())] for told in (words.came, words.left)
    )
    if len(came) != 1 or len(left) != 1 or left[0].start() < came[0].end():
        return []
    begins, ends = _at(came[0], "a"), _at(left[0], "b")
    if begins is None or ends is None or any(words.other.search(low, *found.span()) for found in (came[0], left[0])):
        return []
    window = Window(begins, ends, came[0].start(), left[0].end())
    return [window] if LEAST <= window.minutes <= MOST else []


def _at(found: re.Match[str], name: str) -> int | None:
    if found[name]:
        at = clock(found[name], found[name + "m"] or "")
        return at if at < 1440 and len(found[name]) else None
    return spoken_clock(found[name + "w"])


def _same(one: Window, other: Window) -> bool:
    return (one.start < other.end and other.start < one.end) or (one.begins, one.ends) == (other.begins, other.ends)


def of_another_time(low: str, mention: TimeMention) -> bool:
    """Whether a time is that of the home programme, of the next visit or of another day: its line says so before it."""
    least = max(0, mention.start - _FAR)
    begin = sentence_start(low, mention.start, least)
    return _patterns().later.search(low, begin, mention.start) is not None


def leaving(reading: Reading) -> list[TimeMention]:
    """Single times of day at which the visit was over: "10:40 out, wife here", "left 2:15"."""
    low, words = reading.low, _patterns()
    return [
        t
        for t in reading.times
        if t.form == "clock"
        and (words.gone.match(low, t.end) or words.went.search(low, max(0, t.start - _NEAR), t.start))
        and not words.other.search(low, sentence_start(low, t.start, max(0, t.start - _FAR)), t.start)
        and not of_another_time(low, t)
    ]


def own_stamps(reading: Reading, services: Sequence[Service]) -> list[TimeMention | None]:
    """The time at which a running log says that each service began: the first in its words."""
    stamps = [t for t in reading.times if t.form == "run"]
    places = [t.start for t in stamps]
    out: list[TimeMention | None] = []
    for service in services:
        index = bisect_left(places, service.start)
        out.append(stamps[index] if index < len(stamps) and places[index] < service.end else None)
    return out


def _inside(services: Sequence[tuple[int, int]]) -> Callable[[int], bool]:
    """Whether a place lies in one of the services, which must be in order."""
    begins = [a for a, _ in services]

    def inside(at: int) -> bool:
        index = bisect_right(begins, at) - 1
        return index >= 0 and at < services[index][1]

    return inside


def with_ranges_of_the_bill(
    reading: Reading, services: Sequence[Service], ranges: Sequence[TimeMention | None]
) -> list[TimeMention | None]:
    """The clock ranges of the services, for those without one that of the row of a bill from which their minutes are."""
    given = {row.time.start: row.logged for row in reading.charges}
    return [
        own or (given.get(service.minutes_span.start) if service.minutes_span else None)
        for service, own in zip(services, ranges, strict=True)
    ]


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
