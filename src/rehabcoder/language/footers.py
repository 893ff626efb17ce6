"""Labels with nothing but their times, as the footer of a note lists them: "TE 14   NMR 13   MT 9   36 timed"."""

from __future__ import annotations

import re
from bisect import bisect_left

from rehabcoder.language.labels import Label
from rehabcoder.language.patterns import sentence_start
from rehabcoder.language.reading import Reading
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


def timed_labels(reading: Reading, begin: int = 0) -> list[tuple[Label, TimeMention]]:
    """The labels from a place on with the time right behind each, in order; one with two times comes twice."""
    places = [la.start for la in reading.labels]
    out: list[tuple[Label, TimeMention]] = []
    for mention in reading.times:
        index = bisect_left(places, mention.start) - 1
        if mention.form not in _FORMS or counts_units(mention) or index < 0 or places[index] < begin:
            continue
        label = reading.labels[index]
        if _UP_TO_TIME.fullmatch(reading.low, label.end, mention.start):
            out.append((label, mention))
    return out


def footer_codes(reading: Reading) -> set[str]:
    """The codes of rows of two or more labels that say nothing but their times."""
    return {label.code for row in footer_rows(reading) for label, _ in row}


def footer_rows(reading: Reading) -> list[list[tuple[Label, TimeMention]]]:
    """Rows of two or more labels that say nothing but their times: each label with its time."""
    out: list[list[tuple[Label, TimeMention]]] = []
    row: list[tuple[Label, TimeMention]] = []
    done = 0
    for label, mention in timed_labels(reading):
        if row and (label.start < done or _BETWEEN.fullmatch(reading.low, done, label.start)):
            row.append((label, mention))
        else:
            out += _closed(reading.low, row, done)
            begin = sentence_start(reading.low, label.start, max(0, label.start - _FAR))
            row = [(label, mention)] if _OPENS.fullmatch(reading.low, begin, label.start) else []
        done = mention.end
    return out + _closed(reading.low, row, done)


def _closed(low: str, row: list[tuple[Label, TimeMention]], end: int) -> list[list[tuple[Label, TimeMention]]]:
    """The row, if it is one of several codes that ends its line or its sentence; else nothing."""
    return [row] if len({label.code for label, _ in row}) > 1 and _CLOSES.match(low, end) else []
