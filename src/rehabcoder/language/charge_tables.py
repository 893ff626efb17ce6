"""Units that the layout gives to codes: a column headed "Units", a row of figures under a row of codes, keys."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from functools import cache

from rehabcoder.language.charge_marks import Mark, Pair
from rehabcoder.language.durations import column_cells
from rehabcoder.language.patterns import Words, alternatives, knowledge, openings

_UNIT_HEAD = r"(?:units?|u|uts?|chgs?|qty)"
_MINUTE_HEAD = r"(?:min(?:ute)?s?|time)"
_LONGEST_ROW = 2000  # code points
_MARKS = re.compile(r"(?:^|[|\t,;]|[ ]{2}|[ ]/)[ \"]*\Z", re.M)
_CELL = re.compile(r"\**([1-8])(?:\.0+)?\s?(?:u|units?)?\**")
_SINGLE_SPACED = re.compile(
    rf"^[^\d\n]{{0,60}}\b(?:(?P<last>{_MINUTE_HEAD}[ \t|/,]+{_UNIT_HEAD})|{_UNIT_HEAD}[ \t|/,]+{_MINUTE_HEAD})"
    r"[ \t.|]*$",
    re.M,
)
_LAST_TWO = re.compile(r"(?<![\d.:])(\d{1,3})[ \t|/,'m]+(\d{1,3})[ \tu|.]*$")
_FIGURES_ROW = re.compile(
    # Possessive, since blanks that three parts may share are tried in every way of sharing them.
    r"^[ \t|*]*+(?:billed[ \t]|total[ \t])?(?:units?|u|uts?|chgs?|charges?|qty|billed)[ \t]*+(?:billed)?[:|=\t ]*+"
    r"((?:[ \t|,/]*+(?:\d|-)(?![\w.]))+)[ \t|]*+$",
    re.M,
)
_KEY = re.compile(r"(?<![a-z])(?:units?|un|u|qty)[\"']?[ \t]*[:=][ \t]*[\"']?([1-8])(?![\d.:/]|[ \t]*(?:[a-z\d-]|x\b))")


def heading_openings() -> frozenset[str]:
    """The openings of the words with which a column of units is headed."""
    return _column_heads()[0]


def table_pairs(low: str, marks: Sequence[Mark], words: Words) -> list[Pair]:
    """Pairs that tables and keys state; `words` are those of the note."""
    heads, heading, whole = _column_heads()
    found = [at for at, word in words if word[:3] in heads and heading.match(low, at)]
    if not found:
        return []
    return _columns(low, marks, found, whole) or _single_spaced(low, marks) or _rows(low, marks) or _keys(low, marks)


@cache
def _column_heads() -> tuple[frozenset[str], re.Pattern[str], re.Pattern[str]]:
    """How headings of columns of units begin; a heading before the mark of a table or a key; a heading as a whole."""
    words = knowledge("totals")["billing"]["column"]
    heads = rf"{alternatives(words)}\.?\**"
    return (
        openings(words),
        re.compile(rf'{heads}[ "\']*(?=$|[|\t,;:=]|[ ]{{2}}|[ ]/[ ]|[ ](?:min|time)|\d)', re.M),
        re.compile(rf"{heads}\Z"),
    )


def _between(marks: Sequence[Mark], start: int, end: int) -> Sequence[Mark]:
    """The marks that begin between two places."""
    return marks[bisect_left(marks, start, key=_start) : bisect_left(marks, end, key=_start)]


def _start(mark: Mark) -> int:
    return mark.start


def _row_of(low: str, marks: Sequence[Mark], at: int) -> Mark | None:
    """The mark that the row around `at` is about: its code number if it has one, else its first name."""
    start, end = low.rfind("\n", max(0, at - _LONGEST_ROW), at) + 1, low.find("\n", at, at + _LONGEST_ROW)
    row = _between(marks, start, end if end >= 0 else at + _LONGEST_ROW)
    return min(row, key=lambda m: (not m.number, m.start), default=None)


def _columns(low: str, marks: Sequence[Mark], heads: list[int], whole: re.Pattern[str]) -> list[Pair]:
    first = next((at for at in heads if _MARKS.search(low, max(0, at - 4), at)), -1)
    if first < 0:
        return []
    top = low.rfind("\n", 0, first) + 1
    out = []
    for start, end, _ in column_cells(low[top:], {whole: 1}):
        figure, mark = _CELL.fullmatch(low, top + start, top + end), _row_of(low, marks, top + start)
        if figure and mark and not mark.start <= top + start < mark.end:
            out.append(Pair(min(mark.start, top + start), max(mark.end, top + end), mark.code, int(figure[1]), False))
    return out


def _single_spaced(low: str, marks: Sequence[Mark]) -> list[Pair]:
    """A table whose columns single blanks part, its last two headed minutes and units in either order."""
    head = _SINGLE_SPACED.search(low)
    if not head:
        return []
    out, at = [], head.end() + 1
    for line in low[at:].split("\n"):
        figures, mark = _LAST_TWO.search(line), _row_of(low, marks, at)
        if figures and mark:
            units = figures[2 if head["last"] else 1]
            if 0 < int(units) <= 8:
                out.append(Pair(mark.start, at + len(line), mark.code, int(units), False))
        at += len(line) + 1
    return out


def _rows(low: str, marks: Sequence[Mark]) -> list[Pair]:
    """Units in a row of their own under a row of codes ("97110  97140" over "Units  2  1")."""
    for found in _FIGURES_ROW.finditer(low):
        figures = re.findall(r"\d|-", found[1])
        line = found.start()
        for _ in range(4):
            if line <= 0 or len(figures) < 2:
                break
            end, line = line - 1, low.rfind("\n", max(0, line - _LONGEST_ROW), line - 1) + 1
            codes = _between(marks, line, end)
            if len(codes) == len(figures):
                billed = zip(codes, figures, strict=True)
                return [Pair(m.start, found.end(), m.code, int(f), True) for m, f in billed if f in "12345678"]
    return []


def _keys(low: str, marks: Sequence[Mark]) -> list[Pair]:
    """Units as a key of each service ("CPT: 97110 / Units: 2 / CPT: 97140 / Units: 1")."""
    out: dict[int, Pair] = {}
    for found in _KEY.finditer(low):
        index = bisect_left(marks, found.start(), key=_start) - 1
        if index < 0 or index in out:
            return []
        mark = marks[index]
        out[index] = Pair(mark.start, found.end(1), mark.code, int(found[1]), False)
    codes = {m.code for m in marks}
    return list(out.values()) if len(out) > 1 or len(codes) == 1 else []
