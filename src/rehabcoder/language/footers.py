"""Labels with nothing but their times, as the footer of a note lists them: "TE 14   NMR 13   MT 9   36 timed"."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence

from rehabcoder.language.labels import Label
from rehabcoder.language.patterns import sentence_start
from rehabcoder.language.times import TimeMention

_FORMS = frozenset({"label", "min", "word", "kv", "prime", "m", "cell", "brack"})
_UP_TO_TIME = re.compile(r"[ \t:=~x@|,.(-]{0,14}(?:\d{1,2}[ \t]?\+[ \t]?)?")  # "TA 13 + 15" has two
_LEAST = 5  # minutes in brackets
_FAR = 40  # code points before a row in which its line begins
_BETWEEN = re.compile(r"[ \t]*+(?:[,;/|+&)][ \t]*+)?")
# What may stand before a row in its line, "Timed min:" or a date, and what may close it.
_OPENS = re.compile(r"[\s/|]*(?:[a-z]{1,16}(?:[ \t][a-z]{1,16})?[ \t]*[:=]?|\d{1,2}/\d{1,2}(?:/\d{2,4})?:?)?[\s/|]*")
_CLOSES = re.compile(
    r"[ \t.)]{0,40}+(?:\n|$|//|(?<=\. )"
    r"|[|;/=,]?[ \t]{0,9}+(?:=?[ \t]{0,9}+\d{1,3}[ \t]{0,9}+)?(?:min|mins|minutes|timed|total|tot|ttl|ttt)(?![a-z]))"
)


def counts_units(mention: TimeMention) -> bool:
    """Whether a figure in brackets behind a label is too small for its minutes: "Billing: 97112 (1) 97116 (1)"."""
    return mention.form == "brack" and mention.minutes < _LEAST


Row = list[tuple[Label, TimeMention]]


def timed_labels(low: str, labels: Sequence[Label], times: Sequence[TimeMention], begin: int = 0) -> Row:
    """The labels from a place on with the time right behind each, in order; one with two times comes twice."""
    places = [la.start for la in labels]
    out: Row = []
    for mention in times:
        index = bisect_left(places, mention.start) - 1
        if mention.form not in _FORMS or counts_units(mention) or index < 0 or places[index] < begin:
            continue
        label = labels[index]
        if _UP_TO_TIME.fullmatch(low, label.end, mention.start):
            out.append((label, mention))
    return out


def footer_rows(low: str, labels: Sequence[Label], times: Sequence[TimeMention]) -> list[Row]:
    """Rows of two or more labels that say nothing but their times: each label with its time."""
    out: list[Row] = []
    row: Row = []
    done = 0
    for label, mention in timed_labels(low, labels, times):
        if row and (label.start < done or _BETWEEN.fullmatch(low, done, label.start)):
            row.append((label, mention))
        else:
            out += _closed(low, row, done)
            begin = sentence_start(low, label.start, max(0, label.start - _FAR))
            row = [(label, mention)] if _OPENS.fullmatch(low, begin, label.start) else []
        done = mention.end
    return out + _closed(low, row, done)


def _closed(low: str, row: Row, end: int) -> list[Row]:
    """The row, if it is one of several codes that ends its line or its sentence; else nothing."""
    return [row] if len({label.code for label, _ in row}) > 1 and _CLOSES.match(low, end) else []
