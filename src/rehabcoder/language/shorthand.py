"""Minutes written like repetitions at the end of each service of a line in shorthand: "glides gr III x10 then ... 3x8 2# x14".

"x14" is as a rule a count. It is taken for minutes where the line parts its services by words that lead on, each of them ends
with one such figure and holds no other, and it can be no count: an exercise has its sets and repetitions already, or the figures
come to the total that the note states. "Nustep x6 then step-ups x10" proves nothing of the step-ups.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise, zip_longest

from rehabcoder.language.labels import Label
from rehabcoder.language.times import TimeMention

_LEAST, _MOST = 5, 45  # minutes of one service
_SHORTEST = 60  # code points: shorter lines hold one service
_LEADS_ON = re.compile(
    r"(?<![a-z])(?:then|f/b|followed (?:by|up with|up by)|finished with|after (?:that|which))(?![a-z])"
)
_STOP = re.compile(r"[.;](?=\s|\Z)|\n")
_COUNT = re.compile(
    r"(?<=[a-z\d\"'#%)\]][ ])x[ ]?(?P<n>\d{1,2})(?![\d.:]?\d|['\"/%#]|-\d|[ ]?(?:x\b|x\d|lbs?\b|kg\b|reps?\b|sets?\b|secs?\b|s\b|min|m\b|ft\b|feet\b"
    r"|laps?\b|trials?\b|rounds?\b|rds?\b|times\b|each\b|ea\b|in each|per\b|b\b|bil|r\b|l\b|both\b|way|dir|stairs\b|steps?\b|wks?\b|weeks?\b|days?\b|visits?\b|hold|hrs?\b|units?\b))"
)
_DOSE = re.compile(r"(?<!\d)\d{1,2}[ ]?x[ ]?\d{1,3}")
_TOTAL = re.compile(
    r"(?<![a-z])(?:total|timed)[ :=]{1,3}(?P<a>\d{2,3})(?!\d)|(?<![\d.])(?P<b>\d{2,3})[ ](?:min[ ])?(?:timed|total)(?![a-z]|[ :=]{1,3}\d)"
)
_MINUTES = re.compile(r"(?<![\d.])(?P<n>\d{1,2})[ ]?(?:min|')")


_DIRECTLY = re.compile(r"[ ]x(?P<blank>[ ]?)(?:[5-9]|[1-4]\d)(?=[ ]*(?:[.,;:]|$))", re.M)  # behind a label
_CLOSES = re.compile(r"[ ]*(?:[.,;]|$)", re.M)
_WORD = re.compile(r"[a-z]")
_DOSED = re.compile(r"(?<!\d)\d{1,2}[ ]?(?:x[ ]?\d|min|')")  # with sets, or with minutes that say their unit
_FAR = 240  # code points of what was done under a label
_OF_EACH = re.compile(r"(?:\A|[.;\n])[ \t]*(?P<n>\d{1,2})[ ](?=(?:ea|each|apiece)[ ]?:)")


def each_of_a_list(low: str) -> list[TimeMention]:
    """Bare figures that open the list of the services that took so long each: "12 ea: treadmill, then clams, then steps"."""
    if "ea:" not in low and "each:" not in low and "apiece:" not in low and " :" not in low:
        return []
    found = ((m, int(m["n"])) for m in _OF_EACH.finditer(low))
    return [TimeMention(*m.span("n"), minutes, "min") for m, minutes in found if _LEAST <= minutes <= _MOST]


def closing_counts(low: str) -> list[TimeMention]:
    """The figures of a text that are minutes though they are written like repetitions."""
    if low.count(" x") < 2:
        return []
    out: list[TimeMention] = []
    at = 0
    for line in low.split("\n"):
        if len(line) > _SHORTEST and line.count(" x") > 1:
            out += _of_line(low, at, at + len(line))
        at += len(line) + 1
    return out


def counts_behind_labels(low: str, labels: Sequence[Label]) -> list[TimeMention]:
    """The figure behind an "x" that closes what was done under each label, where the same note gives another one its minutes so:
    "MT talocrural glides x 9. TA x 15"."""
    ways = {found["blank"] for label in labels if (found := _DIRECTLY.match(low, label.end))}
    out: list[TimeMention] = []
    for label, following in zip_longest(labels, labels[1:]) if ways else ():
        stop = _STOP.search(low, label.end, following.start if following else len(low))
        end = stop.start() if stop else following.start if following else len(low)
        counts = list(_COUNT.finditer(low, label.end, min(end, label.end + _FAR)))
        count = counts[0] if len(counts) == 1 else None
        if count is None or not _WORD.search(low, label.end, count.start()) or _DOSED.search(low, label.end, end):
            continue
        blank = low[count.start() + 1 : count.start("n")]
        if blank in ways and _LEAST <= int(count["n"]) <= _MOST and _CLOSES.match(low, count.end()):
            out.append(TimeMention(*count.span("n"), int(count["n"]), "min"))
    return out


def totals_said(low: str) -> list[int]:
    """The figures beside a word for a total: "total 45", "38 timed"."""
    return [int(total["a"] or total["b"]) for total in _TOTAL.finditer(low)]


def _of_line(low: str, start: int, end: int) -> list[TimeMention]:
    """The figures of the line `[start, end)`."""
    counts = list(_COUNT.finditer(low, start, end))
    if len(counts) < 2:
        return []
    found: list[TimeMention] = []
    sure = False
    ends = {start, end}
    ends.update(m.start() for m in _LEADS_ON.finditer(low, start, end))
    ends.update(m.end() for m in _STOP.finditer(low, start, end))
    at = 0
    for a, b in pairwise(sorted(ends)):
        held = at
        while at < len(counts) and counts[at].start() < b:
            at += 1
        if at - held > 1:
            return []
        if at == held or _DOSE.search(low, counts[held].end(), b):
            continue
        count = counts[held]
        minutes = int(count["n"])
        if not _LEAST <= minutes <= _MOST:
            return []
        item = max(a, low.rfind(",", a, count.start()))
        sure = sure or _DOSE.search(low, item, count.start()) is not None
        found.append(TimeMention(count.start("n"), count.end("n"), minutes, "min"))
    if len(found) < 2:
        return []
    totals = totals_said(low)
    said = sum(mention.minutes for mention in found)
    others = sum(int(other["n"]) for other in _MINUTES.finditer(low, start, found[-1].start))
    if any(total < said for total in totals):
        return []
    return found if sure or said in totals or said + others in totals else []
