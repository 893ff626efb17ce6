"""The rows of a bill: lines that say nothing but the code of a service, its name, its times of day, minutes and units, or repeat
the words in which it is told above.

"97140 | Manual Therapy | 9:02 | 9:16 | 14 | 1" below the description of the manual therapy gives that its label, its minutes
and its units, and is no service itself (`charged_elsewhere`).
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass

from rehabcoder.billing.codes import is_timed, one_name
from rehabcoder.language.detail import content_words
from rehabcoder.language.labels import Label
from rehabcoder.language.tables import is_heading_row
from rehabcoder.language.times import TimeMention

_LONGEST = 120  # code points of a row
_CLOCK = r"(?:[01]?\d|2[0-3]):[0-5]\d(?:[ ]?[ap]\.?m?\.?(?![a-z]))?"
# What may stand in a row before its code: the frame of a table, its number, times of day.
_LEADS = re.compile(rf"[ \t|*>-]*+(?:\d{{1,2}}[.)][ \t])?(?:{_CLOCK}[ \t|-]*+){{0,2}}")
_RULE = re.compile(r"[ \t|:-]*-[ \t|:-]*")  # the line between the heading of a table and its rows
_CELLS = re.compile(r"[|\t]|[ ]{2}|[ ][-\u2013][ ]")
# What no bill says: a dose, a load, a distance, a further sentence.
_DOSE = re.compile(
    r"\d[ ]?x[ ]?\d|\d[ ]?(?:#|\"|lbs?\b|reps?\b|sets?\b|ft\b|feet\b|%)|[.;?][ ][a-z]|(?<![a-z])(?:level|l)[ ]?\d"
)
_WRITTEN = frozenset({"cell", "min", "m", "prime", "kv", "label", "word", "bare"})
_LOGGED = frozenset({"range", "run"})
_LEAST = 5  # minutes; a lower figure counts units
_NAME = 2  # words of a name of its own that may stand beside the number of a code
_LAST_CELL = re.compile(r"(?:[ \t]*[|\t][ \t]*|[ ]{2,8})(?P<u>[1-8])[ \t|]*\Z")
_UNIT = 15  # minutes
_WORD = re.compile(r"(?<![a-z])(?!(?:mins?|minutes?|units?|timed)(?![a-z]))[a-z]{3,}")
_STEM = 6  # letters by which words are compared
_ABOVE = 4000  # code points above a row in which what it charges for is told


@dataclass(slots=True, frozen=True)
class ChargeRow:
    """One row `[start, end)` of a bill: the codes that it names, the label that opens it, the time that it writes out for them,
    else the length of its times of day, the units in its last cell, and the words beside its code, if all of them stand above it too: a bill repeats, a service does not."""

    start: int
    end: int
    codes: frozenset[str]
    label: Label
    time: TimeMention
    logged: TimeMention | None  # from one time of day to the other
    units: int | None
    repeated: frozenset[str]

    @property
    def code(self) -> str | None:
        """The code that the time is of; None where several share it."""
        return self.label.code if len(self.codes) == 1 else None


def find_charge_rows(low: str, labels: Sequence[Label], times: Sequence[TimeMention]) -> list[ChargeRow]:
    """The rows of all bills of a note, in order: two or more beside one another, or one below a heading row."""
    out: list[ChargeRow] = []
    block: list[ChargeRow] = []
    done = -1
    for index, label in enumerate(labels):
        if label.start < done:
            continue
        start = low.rfind("\n", max(0, label.start - _LONGEST), label.start) + 1
        end = low.find("\n", label.end, start + _LONGEST)
        if end < 0 and start + _LONGEST < len(low):
            continue  # a long line says what was done
        done = end = len(low) if end < 0 else end
        row = _row(low, labels, times, index, start, end)
        if block and (row is None or block[-1].end + 1 != start):
            out += _closed(low, labels, block)
            block = []
        if row is not None:
            block.append(row)
    return out + _closed(low, labels, block)


def _row(
    low: str, labels: Sequence[Label], times: Sequence[TimeMention], index: int, start: int, end: int
) -> ChargeRow | None:
    """The line around a label, if it is the row of a bill that this label opens."""
    if not _LEADS.fullmatch(low, start, labels[index].start):
        return None
    cells = _CELLS.search(low, start, end) is not None
    own = times[_first(times, start) : _first(times, end)]
    bare = labels[index].number  # "97530 STAIRS    13"
    written = [
        t
        for t in own
        if t.minutes >= _LEAST and (t.form in _WRITTEN or (bare and t.form == "trail" and _closes(low, t, end)))
    ]
    logged = next((t for t in own if t.form in _LOGGED), None)
    time = next(iter(written), logged)
    if time is None or any(t.minutes != time.minutes for t in written) or _DOSE.search(low, start, end):
        return None  # the minutes of several days say what was done in a week
    named = labels[index : _first(labels, end)]
    repeated = _told_above(low, named, start, end)
    if not cells and not (repeated and not low[time.end : end].strip(" .)")):
        return None  # a list may only name again what is told above
    if not repeated and content_words(low, labels, start, end) > (_NAME if labels[index].number else 0):
        return None
    codes = frozenset(one_name(la.code) for la in ([la for la in named if la.number] or named))
    last = _LAST_CELL.search(low, max(time.end, end - 12), end)
    return ChargeRow(start, end, codes, labels[index], time, logged, int(last["u"]) if last else None, repeated)


def _told_above(low: str, named: Sequence[Label], start: int, end: int) -> frozenset[str]:
    """The words of a row beside its labels, by their stems, where all stand above it: "| 97110 leg press, squats | 20 |"."""
    above = low[max(0, start - _ABOVE) : start]
    ends, begins = [start, *(la.end for la in named)], [*(la.start for la in named), end]
    words = frozenset(word[:_STEM] for a, b in zip(ends, begins, strict=True) for word in _WORD.findall(low, a, b))
    return words if all(word in above for word in words) else frozenset()


def _closes(low: str, time: TimeMention, end: int) -> bool:
    """Whether a figure stands alone at the end of a row, behind a wide gap."""
    return low[time.start - 2 : time.start] == "  " and not low[time.end : end].strip()


def _first(found: Sequence[Label] | Sequence[TimeMention], at: int) -> int:
    return bisect_left(found, at, key=lambda one: one.start)


def _closed(low: str, labels: Sequence[Label], block: list[ChargeRow]) -> list[ChargeRow]:
    """The rows of a block, if it is a bill: headed as one or of several rows, and none beside it that says what was done."""
    if not block:
        return []
    above = _line_above(low, block[0].start)
    if above is not None and _RULE.fullmatch(low, *above):
        above = _line_above(low, above[0])
    headed = above is not None and is_heading_row(low, *above)
    beside = [above[0]] if above is not None and not headed else []
    beside += [block[-1].end + 1] if block[-1].end < len(low) else []
    if not (headed or len(block) > 1) or any(_opens_row(low, labels, line) for line in beside):
        return []
    return block


def _line_above(low: str, start: int) -> tuple[int, int] | None:
    return (low.rfind("\n", 0, start - 1) + 1, start - 1) if start else None


def _opens_row(low: str, labels: Sequence[Label], line: int) -> bool:
    """Whether a line opens with the number of a code, as the rows of a table do."""
    index = _first(labels, line)
    return index < len(labels) and labels[index].number and _LEADS.fullmatch(low, line, labels[index].start) is not None


def units_of_rows(rows: Sequence[ChargeRow]) -> list[ChargeRow]:
    """The rows with the units of one code in their last cell, where those of no row are far from its minutes."""
    given = [row for row in rows if row.units is not None and row.code]
    timed = [row for row in given if is_timed(row.label.code)]
    usual = all(abs((row.units or 0) * _UNIT - row.time.minutes) < 2 * _UNIT for row in timed)
    return given if usual and len(given) > 1 else []
