"""Sentences that only say what several services told of before took together: "Manual therapy and exercise took a combined 30
minutes.", "(2 + 3 together 25 min)" below a list whose points are numbered. They name services and are none."""

from __future__ import annotations

import re

from rehabcoder.language.charges_spoken import name_at
from rehabcoder.language.patterns import sentence_start
from rehabcoder.language.reading import Reading
from rehabcoder.language.shared import NO_LENGTH
from rehabcoder.language.times import TimeMention

_TOGETHER = re.compile(
    r"(?<![a-z])(?:combined|together|between (?:them|the two)|shared|unsplit|not (?:split|separated|divided))(?![a-z])"
)
_WORDS = re.compile(
    r"(?:and|plus|with|then|took|takes|lasted|ran|was|were|is|are|came|to|a|an|the|of|for|in|all|both|these|two|three|together|combined"
    r"|shared|between|them|total|time|times|minutes?|min|treatment|services|not|un|split|separated|separately|divided|tracked|timed|up|about|items?|lines?|rows?|points?|nos?|numbers?"
    r"|approximately|approx|roughly|today)(?![a-z])"
)
_POINT = re.compile(r"#?(?P<n>[1-9])(?![\d/%]|[.:]\d|[ ]?min)")
_POINTS = re.compile(r"^[ \t]*#?([1-9])[.):][ \t]", re.M)
_STOPS = re.compile(r"[.\n](?=\s|\Z)|\n(?=[\d*#(-])")  # a sentence may run on to the next line, but to no further point
_SIGNS = re.compile(r"[^a-z\d]+")
_LONGEST = 160  # code points of such a sentence


def recaps(reading: Reading) -> list[tuple[int, int]]:
    """Where such sentences stand, in order."""
    low = reading.low
    if not _TOGETHER.search(low):
        return []
    told: dict[str, int] = {}
    for label in reading.labels:
        told.setdefault(label.code, label.end)
    for point in _POINTS.finditer(low):
        told.setdefault(point[1], point.end())
    out: list[tuple[int, int]] = []
    for mention in reading.times:
        if mention.form in NO_LENGTH or (out and mention.start < out[-1][1]):
            continue
        begin = sentence_start(low, mention.start, max(0, mention.start - _LONGEST))
        stop = _STOPS.search(low, max(begin, mention.end - 1), begin + _LONGEST)
        end = stop.end() if stop else min(len(low), begin + _LONGEST)
        if _TOGETHER.search(low, begin, end):
            named = _named(low, begin, end, mention)
            if len(named) > 1 and all(told.get(code, end) <= begin for code in named):
                out.append((begin, end))
    return out


def _named(low: str, begin: int, end: int, time: TimeMention) -> set[str]:
    """The codes and the points of a list that a sentence names; none where it holds anything but names, a time, and what it is
    the time of."""
    at, codes = begin, set[str]()
    while at < end:
        if signs := _SIGNS.match(low, at, end):
            at = signs.end()
        elif at == time.start:
            at = time.end
        elif named := name_at(low, at):
            codes.add(named[0])
            at = named[1]
        elif point := _POINT.match(low, at, end):
            codes.add(point["n"])
            at = point.end()
        elif word := _WORDS.match(low, at, end):
            at = word.end()
        else:
            return set()
    return codes
