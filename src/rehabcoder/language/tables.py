"""Finds the rows of tables drawn with bars, and the heading rows that say what the columns hold."""

from __future__ import annotations

import re
from functools import cache

from rehabcoder.language.patterns import knowledge

_CELLS = 3  # of a row, at the least: less may be a sentence with a bar
_PARTS = re.compile(r"[|\t]|[ ]{2,}")
_WORD = re.compile(r"[a-z]+|\d")
_LONGEST = 200  # code points of a heading row


def table_rows(low: str) -> list[tuple[int, int]]:
    """The rows of tables, as half-open ranges: lines beside one another that bars part into as many cells."""
    if low.count("|") < 2 * (_CELLS - 1):
        return []
    out: list[tuple[int, int]] = []
    before = (0, 0, 0)  # the line before: its place, and how many bars it has
    at = 0
    for line in low.split("\n"):
        own = (at, at + len(line), line.count("|"))
        if own[2] >= _CELLS - 1 and own[2] == before[2]:
            if not out or out[-1] != before[:2]:
                out.append(before[:2])
            out.append(own[:2])
        before, at = own, own[1] + 1
    return out


@cache
def _heading_words() -> frozenset[str]:
    return frozenset(knowledge("tables")["heading"]["words"])


def is_heading_row(low: str, start: int, end: int) -> bool:
    """Whether a line consists of the headings of columns and nothing else: "Activity | Sets x Reps | Load | Code"."""
    if end - start > _LONGEST:
        return False
    line = low[start:end]
    if "|" not in line and "\t" not in line and "  " not in line:  # as most lines: they have one cell
        return False
    cells = sum(1 for cell in _PARTS.split(line) if cell.strip())
    return cells >= _CELLS and all(word in _heading_words() for word in _WORD.findall(line))
