"""Flowsheets of several visits: columns headed by dates, of which one is today's.

What stands in the other columns was done, and took its minutes, on another day; a row that is blank or struck in today's
column was not done today.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import NamedTuple

from rehabcoder.language.patterns import alternatives, knowledge

_DATE = r"(?P<date>(?:1[0-2]|0?[1-9])/(?:3[01]|[12]\d|0?[1-9]))(?:/\d{2,4})?(?![\d/])(?:[ \t]?=?[ \t]?(?P<mark>\*|\(?[a-z]+\)?))?"
_MINUTES = re.compile(r"(?<![a-z])(?:mins?|minutes|time)(?![a-z])")
_CODED_ROW = re.compile(r"\n[ \t|*-]*97\d{3}(?!\d)")
_SUMS = re.compile(r"[ \t|]*(?:total|timed|billed|charge)")  # how a line below the rows begins
_CELL = re.compile(r"[^\s|]+(?:[ ][^\s|]+)*")
_FIGURE = re.compile(r"(\d{1,3})(?:\s?(?:mins?|minutes|m|'))?\.?")
_BESIDE = 5  # code points by which a cell may begin beside its heading
_SHORT = 8  # code points of a figure, a dose or a dash
_MOST = 240  # minutes
_ANY_VISIT = ("today", "visit")  # one of them stands in every heading that says "today" in words

Place = tuple[int, int]


class _Column(NamedTuple):
    """The heading of a column: where it begins in its line; its date, if any; what marks it."""

    at: int
    date: str | None
    mark: str | None
    today: bool  # says "today" and no date


class _Words(NamedTuple):
    heads: re.Pattern[str]  # of a column: a date, or words for a visit
    today: re.Pattern[str]  # behind the date of a column
    names_today: re.Pattern[str]  # today's date, wherever it is said
    planned: re.Pattern[str]
    undone: re.Pattern[str]


@cache
def _words() -> _Words:
    table = knowledge("grids")
    today = alternatives(table["today"])
    visit, others = alternatives(table["this_visit"]), alternatives(table["other_visit"])
    return _Words(
        re.compile(
            rf"[ \t|]{{2}}(?:{_DATE}|(?P<now>{visit})(?:[ \t]\(?\d{{1,2}}/\d{{1,2}}\)?)?|(?P<then>{others}))(?=[ \t]*(?:[ \t]{{2}}|[|\n]|\Z))"
        ),
        re.compile(rf"\*|{today}"),
        re.compile(rf"(?<![a-z]){today}[\s:=(]{{0,4}}(\d{{1,2}}/\d{{1,2}})(?![\d/])"),
        re.compile(alternatives(table["planned"])),
        re.compile(rf"[-~]+(?!\w)|0(?!\w)|{alternatives(table['undone'])}(?![a-z])"),
    )


@dataclass(slots=True)
class Grid:
    """What the columns of a flowsheet say, as places of the text, each list in order."""

    minutes: list[tuple[int, int, int]] = field(default_factory=list)  # start, end and minutes of times of today
    others: list[Place] = field(default_factory=list)  # cells of other days
    doses: list[Place] = field(default_factory=list)  # cells of today that count repetitions
    undone: list[Place] = field(default_factory=list)  # lines of what was not done today

    def not_done(self, at: int) -> bool:
        """Whether a place lies in a line of what was not done today."""
        index = bisect_right(self.undone, at, key=lambda place: place[0]) - 1
        return index >= 0 and at < self.undone[index][1]


def find_grid(low: str) -> Grid | None:
    """The flowsheet of a note whose columns are visits, or None."""
    if not ("  " in low or "\t" in low or "|" in low) or not (
        low.count("/") > 1 or any(word in low for word in _ANY_VISIT)
    ):
        return None
    line, columns = _columns(low)
    if not columns:
        return None
    heads, today = [column.at for column in columns], _today(low, columns)
    grid, at = Grid(), low.find("\n", line + heads[-1])
    barred = _barred(low[line : at if at >= 0 else len(low)], heads)
    waiting: list[Place] = []  # a heading and its rows, as long as all of them are struck
    margin = 0  # of the heading
    while 0 <= at < len(low):
        begin, end = at + 1, low.find("\n", at + 1)
        end = len(low) if end < 0 else end
        cells = [m.span() for m in _CELL.finditer(low, begin, end)]
        indent = cells[0][0] - begin if cells else 0
        own = None
        if not _SUMS.match(low, begin, end):
            own = _under(heads, [(a - begin, b - begin) for a, b in cells])
        if barred and low.count("|", begin, end) == barred.bars:
            own = [_in_cell(low, begin, cells, before) for before in barred.before]
        if len(waiting) > 1 and (own is None or (indent <= margin and low[waiting[1][0] + margin] in " \t")):
            grid.undone += waiting
            waiting = []
        if own is None:
            waiting, margin = ([(begin, end)], indent) if len(cells) == 1 else ([], 0)
        elif not _read_row(low, grid, cells, own, today) or (own[today] is None and _described(low, end, indent)):
            grid.undone += waiting[1:]
            waiting = []
        elif waiting:
            waiting.append((begin, end))
        else:
            grid.undone.append((begin, end))
        at = end
    if len(waiting) > 1:
        grid.undone += waiting
    return grid


def _columns(low: str) -> tuple[int, list[_Column]]:
    """The headings of columns, two or more of one line, the first such line, and where it begins."""
    line, row = 0, list[_Column]()
    for found in _words().heads.finditer(low):
        at = found.start() + 2
        if row and "\n" in low[line + row[-1].at : at]:
            if _head(low, line, row):
                break
            row = []
        if not row:
            line = low.rfind("\n", 0, at) + 1
        row.append(_Column(at - line, found["date"], found["mark"], found["now"] is not None))
    return (line, row) if _head(low, line, row) else (0, [])


def _head(low: str, line: int, row: Sequence[_Column]) -> bool:
    """Whether columns of visits head rows of treatment: by their dates, or by words, where minutes or codes are spoken of.

    "Grip   Eval   Today" heads measures.
    """
    if len(row) < 2 or all(column.date for column in row):
        return len(row) > 1
    if sum(column.today for column in row) != 1:
        return False
    end = low.find("\n", line)
    return end >= 0 and (_MINUTES.search(low, line, end) is not None or _CODED_ROW.match(low, end) is not None)


def _today(low: str, columns: Sequence[_Column]) -> int:
    """Which column is today's: the one that says so, or the last that is no plan."""
    words = _words()
    marked = [k for k, c in enumerate(columns) if c.today or (c.mark and words.today.search(c.mark))]
    if marked:
        return marked[0]
    named = words.names_today.search(low)
    dated = [k for k, c in enumerate(columns) if named and c.date == named[1]]
    if dated:
        return dated[0]
    given = [k for k, c in enumerate(columns) if not (c.mark and words.planned.search(c.mark))]
    return given[-1] if given else len(columns) - 1


class _Barred(NamedTuple):
    """A heading row with bars: how many it has, and how many stand before each date."""

    bars: int
    before: list[int]


def _barred(heading: str, heads: Sequence[int]) -> _Barred | None:
    bars = heading.count("|")
    return _Barred(bars, [heading.count("|", 0, head) for head in heads]) if bars >= len(heads) else None


def _in_cell(low: str, begin: int, cells: Sequence[Place], before: int) -> int | None:
    """Which of the cells of the row that begins at `begin` has so many bars before it, or None for an empty one."""
    return next((k for k, (start, _) in enumerate(cells) if low.count("|", begin, start) == before), None)


def _under(heads: Sequence[int], cells: Sequence[Place]) -> list[int | None] | None:
    """Which cell of a row stands in each column, or None if it is no row: by order, or by place where some are empty."""
    many = len(cells) - len(heads)
    if many == 1 or (many > 1 and all(b - a <= _SHORT for a, b in cells[many:])):
        return list(range(many, len(cells)))
    own: list[int | None] = [None] * len(heads)
    for k, (begin, _) in enumerate(cells[1:], 1):
        nearest = min(range(len(heads)), key=lambda column: abs(begin - heads[column]))
        if abs(begin - heads[nearest]) <= _BESIDE:
            own[nearest] = k
    return own if any(k is not None for k in own) else None


def _described(low: str, end: int, indent: int) -> bool:
    """Whether a line that stands deeper, and in one piece, follows a row: what was done, though the row gives no minutes."""
    stop = low.find("\n", end + 1)
    below = low[end + 1 : stop if stop >= 0 else len(low)]
    return len(below) - len(below.lstrip()) > indent and len(_CELL.findall(below)) == 1


def _read_row(low: str, grid: Grid, cells: Sequence[Place], own: Sequence[int | None], today: int) -> bool:
    """Takes from a row what is today's and what is not; returns whether nothing of it was done today."""
    words = _words()
    grid.others += [cells[k] for column, k in enumerate(own) if k is not None and column != today]
    mine = own[today]
    if mine is None or words.undone.match(low, *cells[mine]):
        return True
    figure = _FIGURE.fullmatch(low, *cells[mine])
    if figure and 0 < int(figure[1]) <= _MOST:
        grid.minutes.append((*figure.span(1), int(figure[1])))
    elif low[cells[mine][0]] == "x":
        grid.doses.append(cells[mine])
    return False
