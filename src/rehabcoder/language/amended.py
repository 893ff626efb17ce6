"""Minutes that the writer of a note takes back: "15 min (error, should be 20 min)", "Correction: TherEx was 20 min".

A length that is put right where it stands gives way to the one behind it. A correction told elsewhere is not carried back: a
person does that.
"""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import pairwise

from rehabcoder.language.times import WORDS, TimeMention

_SIGNS = ("correct", "err", "should", "s/b", " mean", "make that", "sorry", "scratch", "strike", "rather", "not ", "typo", "wait", "amend", "addend")  # fmt: skip
_TOLD_SIGNS = (
    "correction",
    "correct time",
    "correct min",
    "s corrected",
    "e corrected",
    "should ",
    "s/b",
    "amended",
    "changed",
)
_FAR = 60  # code points between a length and the one that takes its place
_LENGTHS = frozenset({"min", "prime", "m", "word", "hour", "frac"})
# All that stands between a length and the one that takes its place.
_PUT_RIGHT = re.compile(
    r"[\s.,;:()\[\]-]*(?:(?:entered|charted|documented|this|that|it|is|was|in|an|a|no|oops|oh|time|minutes|mins?)[\s.,:;-]+)*"
    r"(?:errors?|err|corrections?|corrected|correct(?:ing)?|typo|sorry|i\smean(?:t)?|make\sthat|scratch\sthat|strike\sthat|or\srather|rather|wait"
    r"|(?:it\s|this\s|that\s)?(?:should|s/b)(?:\s(?:be|read|say|have\s(?:been|read|said)))?)"
    r"(?:[\s.,:;)(-]+(?:it|this|that|time|is|was|to|be|been|read|say|actual(?:ly)?|correct(?:ed)?|should|s/b|have|i|mean|make|in|entry|a|typo|error|sorry|the|minutes))*[\s.,:;)(-]*\Z"
)
_DENIED = re.compile(r"[\s.,;:(-]{1,3}not\s\Z")  # "25 min (not 15 min)"
_TOLD = re.compile(
    rf"(?<![a-z])(?:correction(?:\s(?:to|of)\s(?:the\s)?(?:time|minutes|mins))?\s?[:=-]|(?:late\sentry|time|minutes?|billing)\scorrection"
    rf"|correct(?:ed)?\s(?:time|minutes|mins)|(?:time|minutes|mins)\s(?:was\s|were\s|are\s|is\s)?(?:corrected|amended|changed)|(?:minutes|mins?|time|9\d{{4}})\s(?:[a-z\d]{{1,12}}\s){{0,3}}(?:should|s/b)(?![a-z])"
    rf"|(?:should|s/b)\s(?:read|say|have\s(?:been|read))(?=\s(?:\d|{WORDS})))(?P<rest>[^\n]{{0,60}})"
)
_A_LENGTH = re.compile(
    rf"(?<![\d.:/x#])(?:\d{{1,2}}(?!\d|[./:]\d|\s?(?:x|%|lb|deg|ft|feet|reps|sets|u\b|units?))|{WORDS}\smin)"
)


def without_struck(low: str, times: list[TimeMention]) -> list[TimeMention]:
    """The times, in order, with those marked `struck` that the writer took back."""
    if len(times) < 2 or not any(sign in low for sign in _SIGNS):
        return times
    struck: set[int] = set()
    for one, two in pairwise(t for t in times if t.form in _LENGTHS):
        if two.start - one.end > _FAR:
            continue
        if _PUT_RIGHT.match(low[one.end : two.start]):
            struck.add(one.start)
        elif _DENIED.match(low[one.end : two.start]):
            struck.add(two.start)
    return [replace(t, form="struck") if t.start in struck else t for t in times] if struck else times


def amends(low: str) -> bool:
    """Whether a note tells of minutes put right elsewhere than where they stand."""
    return any(sign in low for sign in _TOLD_SIGNS) and any(
        _A_LENGTH.search(told["rest"]) for told in _TOLD.finditer(low)
    )
