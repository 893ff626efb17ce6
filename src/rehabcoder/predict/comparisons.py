"""Figures that are rated or set beside one another: "5/10 -> 2", "from 6 to 3", "soreness 4", "84 (was 78)".

How a patient responded and progressed is told by two figures as often as by a word, and the same words stand around other
figures. A clause that holds such figures carries the feature `$name` of each kind; which figures they are says nothing.
"""

from __future__ import annotations

import re
from functools import cache

from rehabcoder.language.patterns import knowledge

_FIGURE = r"\d+(?:\.\d+)?(?:/10| ?%)?"


@cache
def _kinds() -> dict[str, re.Pattern[str]]:
    table = {name: "|".join(words) for name, words in knowledge("comparisons").items()}
    return {
        "$change": re.compile(rf"(?<![\d./]){_FIGURE} ?-*>+ ?(?:to )?{_FIGURE}(?![\d/-])"),
        "$from_to": re.compile(rf"\bfrom (?:an? )?{_FIGURE} (?:out of 10 )?(?:down |up )?to {_FIGURE}"),
        "$rating": re.compile(r"(?<![\d/])\d\d? ?/ ?10\b"),
        "$symptom": re.compile(rf"\b(?:{table['symptoms']})[^.;\n]{{0,18}}?\b\d\d?(?:/10)?\b"),
        "$against": re.compile(rf"\b(?:{table['against']}) (?:only |about )?{_FIGURE}"),
        "$earlier": re.compile(
            rf"\((?:was |from |at |in )?{_FIGURE}[^()\n]{{0,20}}?(?:{table['earlier']})[^()\n]{{0,12}}\)"
        ),
    }


@cache
def _marks() -> re.Pattern[str]:
    """A piece of every comparison, quick to find: where there is none, nothing else is looked for."""
    table = knowledge("comparisons")
    return re.compile("|".join([">", "/ ?10", r"\(", *table["symptoms"], *table["against"]]))


def marks(low: str) -> list[tuple[int, int]]:
    """Where comparisons may stand in a shadow text."""
    return [m.span() for m in _marks().finditer(low)]


def comparisons(low: str) -> list[str]:
    """The kinds of comparisons in a stretch of shadow text, as features."""
    return [name for name, pattern in _kinds().items() if pattern.search(low)]


def comparison_place(low: str, feature: str, start: int, end: int) -> tuple[int, int] | None:
    """Where the first comparison of this kind stands in `low[start:end]`."""
    match = _kinds()[feature].search(low, start, end)
    return match.span() if match else None
