"""The length that a figure states where a phrase such as "Total time" says what it is.

`times` finds whatever says its unit; here are the forms that only such a phrase makes a length ("45", "0:55"), sums
("20 + 18 = 38"), and compound ones ("an hour and five minutes").
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from rehabcoder.language.times import WORDS, TimeMention, number

_WITH_UNIT = frozenset({"min", "prime", "m", "word", "hour", "frac", "hmm"})
_FRACTIONS = {"1/4": 15, "1/2": 30, "3/4": 45, "\u00bc": 15, "\u00bd": 30, "\u00be": 45}
_HOURS = {"a": 1, "an": 1, "one": 1, "two": 2}
# Behind a bare figure these make it a dose, a score or a distance.
_MEASURE = (
    r"(?![ \t-]*(?:[ap]\.?m\b|x\b|x\s?\d|[/>]\s?\d{1,3}(?![\d-]|\s?u)|:\d|reps?\b|steps?\b|lbs?\b|\#|ft\b"
    r"|feet\b|%|secs?\b|s\b|sets?\b|kg\b|cm\b|cc\b|m[lg]\b|dosa?g?es?\b|visits?\b(?![ \t:=]+\d)|pts?\b|points?\b|miles?\b|meters?\b|trials?\b|of\s+\d))"
)
_BARE = re.compile(
    rf"""(?P<split>\d\s\d)(?=\s?min)
    |(?P<scanned>\d[lo]|[lo]\d)(?!\w)
    |0?(?P<clock>[0-3]:[0-5]\d)(?!\d|:\d|\s?[ap]\.?m\b|\s?[ap]\b|\s?(?:-|to\b|until\b|till\b)\s?\d)
    |(?P<hours>\d?\.\d{{1,2}})(?![\d.]|[ \t]+[a-z]){_MEASURE}
    |(?P<digits>\d{{1,3}})(?:\.0)?(?![\d.]?\d|[lo]){_MEASURE}
    |(?P<word>{WORDS})(?=\s*(?:$|[.,:;)\n]|min|(?:and\s)?(?:total|timed)(?![a-z])))""",
    re.X,
)
_HOURS_SHORT = re.compile(r"[\d\u00bc-\u00be][ -]?h(?:rs?)?(?![a-z])")
_COMPOUND = re.compile(
    rf"""(?<![\w.:/])(?:
    (?P<h>[1-3]|an?|one|two)[ -]?(?:hours?|hrs?|h)\.?,?[ ]?(?:and[ ])?
        (?:(?P<m>[0-5]?\d|{WORDS})[ ]?(?:minutes?|mins?|m)\b|(?P<glued>[0-5]\d)(?!\w))
    |(?:(?P<whole>[1-3])[ -]?)?(?P<part>1/[24]|3/4|[\u00bc\u00bd\u00be])[ -]?(?:hours?|hrs?|h)\b
    |(?P<half>half[ -]hours?)\b
    |(?P<point>\.\d{{1,2}})[ ]?(?:hours?|hrs?|h)\b
    |(?P<twice>\d{{2}})[ ]?\([a-z -]{{3,20}}\)[ ]?min(?:ute)?s?\b)""",
    re.X,
)


_UNITS = re.compile(r"[ \t]*(?:u|units?)(?![a-z])")
_SPOKEN = re.compile(
    rf"{WORDS}(?![\w-])(?!\s(?:(?:and|a)\s(?:half|quarter)|point|hundred|pounds?|feet|foot|inch(?:es)?|steps?|reps?|repetitions|times|sets?"
    r"|seconds?|hours?|degrees?|percent|units?|points?|visits?|sessions?|days?|weeks?|months?|years?|meters?|miles?|watts?|over|out|of|to|"
    rf"{WORDS}(?!\sunits?(?![a-z])))(?![a-z]))"
)
_UNITS_MOST = 12  # no session bills more
_MIN = r"(?:min(?:ute)?s?|m|')"
_NEXT_LINE = re.compile(rf"[ \t]*\n[ \t]*(?=\d{{1,3}}[ \t]*{_MIN}?\.?[ \t]*(?:\n|$))")
_EQUALS = re.compile(r"[a-z][^\n.;=]{5,80}=[ \t]*(?=\d)")
_ADDED = re.compile(rf"(?:\d{{1,3}}\s?{_MIN}?\s?\+\s?)+\d{{1,3}}\s?{_MIN}?\s?=\s?")
_TERMS = re.compile(r"\d{1,3}(?:\s?\+\s?\d{1,3}(?!\d))+(?![ \t]*[=+/\d])")
_BOTH = re.compile(rf"(\d{{1,3}})\s?{_MIN}?\s?[/|]\s?(\d{{1,3}})(?![\d/-])")
_FIGURES_UNDER = re.compile(
    r"^([^\d\n]*(?:timed|total)[^\d\n]*)\n((?:[ \t|]*(?:\d{1,3}(?:[ \t]*min\w*)?|-))+)[ \t|]*$", re.M
)


def spoken_times(low: str, mentions: Iterable[TimeMention]) -> dict[int, TimeMention]:
    """Times that say their unit, by where they start; a compound beats the mentions inside it."""
    spoken = {t.start: t for t in mentions if t.form in _WITH_UNIT}
    if not ("hour" in low or ") min" in low or _HOURS_SHORT.search(low)):
        return spoken
    for found in _COMPOUND.finditer(low):
        if found["h"]:
            hours = _HOURS.get(found["h"]) or int(found["h"])
            minutes = 60 * hours + (number(found["m"] or found["glued"]) or 0)
        elif found["part"]:
            minutes = 60 * int(found["whole"] or 0) + _FRACTIONS[found["part"]]
        elif found["twice"]:
            minutes = int(found["twice"])
        else:
            minutes = 30 if found["half"] else round(60 * float(found["point"]))
        for inside in range(*found.span()):
            spoken.pop(inside, None)
        spoken[found.start()] = TimeMention(found.start(), found.end(), minutes, "hour")
    return spoken


def bare_figure(low: str, at: int) -> tuple[int | None, int]:
    """Minutes of the figure that begins at `at`, and where it ends; None for anything else than a length."""
    terms = _TERMS.match(low, at)
    if terms:  # "20 + 18", without what it comes to
        return sum(int(term) for term in re.findall(r"\d+", terms[0])), terms.end()
    found = _BARE.match(low, at)
    if not found:
        return None, at
    if found["split"]:  # "3 2 min" and "3O min" of a scanned sheet
        return int(found["split"][0] + found["split"][2]), found.end()
    if found["scanned"]:
        return int(found["scanned"].replace("l", "1").replace("o", "0")), found.end()
    if found["clock"]:
        return 60 * int(found["clock"][0]) + int(found["clock"][2:]), found.end()
    if found["hours"]:
        return round(60 * float(found["hours"])), found.end()
    minutes = number(found["digits"] or found["word"])
    if minutes is not None and minutes <= _UNITS_MOST and _UNITS.match(low, found.end()):
        return None, at
    return minutes, found.end()


def spoken_figure(low: str, at: int) -> tuple[int | None, int]:
    """Minutes in words that begin at `at` in a dictation without stops, where no word of measure follows, and where they end."""
    found = _SPOKEN.match(low, at)
    return (number(found[0]), found.end()) if found else (None, at)


def figure_start(low: str, at: int, *, named: bool) -> int:
    """Where the figure of a phrase that ends at `at` begins: there, on the next line, or behind a sum.

    `named`: the phrase says what the sum is ("Timed: TE 20 + MT 18 = 38").
    """
    next_line = _NEXT_LINE.match(low, at)
    at = next_line.end() if next_line else at
    equals = _EQUALS.match(low, at) if named else None
    at = equals.end() if equals else at
    added = _ADDED.match(low, at)
    return added.end() if added else at


def two_figures(low: str, at: int) -> re.Match[str] | None:
    """Two figures with a slash or bar between them, groups 1 and 2, that begin at `at`."""
    return _BOTH.match(low, at)


def figures_under_names(low: str) -> Iterator[tuple[str, int, int, int]]:
    """Name, start, end and minutes of each figure of a row under a row of names ("Timed | Total" over "38 | 48")."""
    if "\n" not in low or ("timed" not in low and "total" not in low):
        return
    for found in _FIGURES_UNDER.finditer(low):
        names = [n.strip() for n in re.split(r"[|\t]|[ ]{2,}", found[1].strip(" |\t"))]
        cells = list(re.finditer(r"(\d+)(?:[ \t]*min\w*)?|-", found[2]))
        if len(names) == len(cells) > 1:
            for name, cell in zip(names, cells, strict=True):
                if cell[1]:
                    yield name, found.start(2) + cell.start(), found.start(2) + cell.end(), int(cell[1])
