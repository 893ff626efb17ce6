"""Finds doses: sets, repetitions, holds, loads and distances, as one merged pattern over the shadow text.

Only reading happens here. Which activity a dose belongs to is decided by `claiming`. A plain number is no dose; a
number of minutes is read as such, so that it is not taken for repetitions. The words are in
`knowledge/activities/doses.toml`.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import groupby
from typing import Any

from rehabcoder.language.times import number


@dataclass(slots=True)
class Dose:
    """A dose as the words give it.

    `form` tells apart what depends on the activity: `prime` and `inch` are marks that may be minutes, feet or seconds,
    `metres` may be minutes, `level` is a machine's resistance, `minutes` no dose at all, `times` a bare "x 10".
    """

    start: int
    end: int
    form: str
    sets: int | None = None
    reps: int | None = None
    seconds: int | None = None
    load: str | None = None
    distance: str | None = None
    column: str = ""  # "today" in brackets, "column" behind a gap, as in a flowsheet of several dates


def _one_of(words: Iterable[str]) -> str:
    """An alternation, the longest first, that fails after one letter instead of after every word."""
    groups = groupby(sorted(words), key=lambda word: word[0])
    parts = (first + _rests({word[1:] for word in group}) for first, group in groups)
    return f"(?:{'|'.join(parts)})"


def _rests(rests: set[str]) -> str:
    ordered = sorted(rests, key=len, reverse=True)
    return "(?:" + "|".join(rest.replace(" ", r"\s") for rest in ordered) + ")"


@cache
def _words() -> dict[str, Any]:
    text = files("rehabcoder.knowledge.activities").joinpath("doses.toml").read_text(encoding="utf-8")
    words = tomllib.loads(text)
    words["long_names"] = {form: name for name, forms in words["long"].items() for form in forms}
    return words


@cache
def dose_words() -> frozenset[str]:
    """Words with which a dose may begin, besides figures: "three", "x", "hold"."""
    words = _words()
    return frozenset(("x", *words["number_words"], *words["level"], *words["hold"], *words["sets"])) - {"l"}


@cache
def _pattern() -> re.Pattern[str]:
    w = {name: _one_of(listed) for name, listed in _words().items()}
    word = rf"{w['number_words']}(?:[\s-](?:one|two|three|four|five|six|seven|eight|nine))?\b(?:\shundred)?"
    n = rf"(?:\d{{1,4}}(?:\.\d+)?|\.\d+|{word})"
    seconds = rf"(?:{w['seconds']}\b|\"|'')"
    minutes = rf"{w['minutes']}\b(?!\s(?:{w['min_of']})\b)"  # not the "min" of "min A"
    weight = rf"(?:\#|(?:{w['pounds']}|{w['kilograms']}|{w['ounces']})\b)"
    long = rf"{_one_of(_words()['long_names'])}\b"
    return re.compile(
        rf"""
        (?<![\w.:$/])(?<!\d[-/,])(?:
          \#\s?(?P<weight>\d{{1,3}}(?:\.\d)?)(?![\d/])
         |{w["level"]}\s?(?P<level>\d{{1,2}}|{word})\b(?!\s?(?:band|{minutes}|[-/]\s?[ls\d]))
         |{w["hold"]}(?:\sfor|\sx|\s-|:)?\s?(?P<held>{n})\s?-?\s?{seconds}
         |{w["sets"]}\sof\s(?P<of>{n})(?!\s?{minutes})
         |(?P<x>x\s?)?(?P<n>{n})(?:\s?-\s?(?P<upto>\d{{1,3}})(?=\s?(?:{weight}|x\b|x\d|reps?\b|{seconds})))?(?:
            (?:\s?{w["sets"]})?\s?[x*]\s?(?P<b>\d{{1,4}}(?!\.\d|:)|{word})(?:-\d{{1,3}}\b(?!\s?m))?
                (?:\s?x\s?(?P<c>\d{{1,3}}))?
                (?:\s?-?\s?(?:(?P<bs>{seconds})|(?P<bm>{minutes})|(?P<bf>{w["feet"]}\b)|(?P<bl>{long})
                   |(?P<bp>'(?![\d'a-z]))|(?P<bw>{weight}))|(?!\s?{minutes})(?!\d))
           |(?P<sets>\s?-?{w["sets"]}\b)(?:\s?(?:of|x|@|,)?\s?(?P<sr>\d{{1,3}}|{word})\b(?:\s?-\s?\d{{1,3}}\b)?
                (?!\s?(?:{minutes}|{weight}|\d))(?:\s?(?P<ss>{seconds}))?)?
           |(?P<second>\s?-?\s?(?:{w["seconds"]}\b(?!/)|"(?=\s?holds?\b)))
           |(?P<minute>\s?-?\s?{minutes})
           |\s?-?\s?(?P<unit>{weight})
           |(?P<feet>\s?{w["feet"]}\b)
           |(?P<long>\s{long}|{long}(?<!\dm))
           |(?P<prime>'(?![\d'a-z"]))
           |(?P<inch>")
           |(?P<count>\s?-?{w["reps"]}\b)(?!\s?(?:a|per)\s(?:day|week))
           |(?P<post>\s?x(?![\w])(?!\s?\d))
          )?(?!\s?(?:/|%|{w["no_dose"]}\b))
        )""",
        re.X,
    )


def dose_at(low: str, at: int, end: int) -> Dose | None:
    """The dose that begins at `at` in a shadow text, if one does."""
    found = _pattern().match(low, at, end)
    return _read(found) if found else None


def _int(text: str | None) -> int | None:
    if not text:
        return None
    if text.isdecimal():
        return int(text)
    if text[-1].isdecimal():
        return int(float(text))
    text, hundred, _ = text.partition(" hundred")
    value = number(text)
    return value * 100 if value is not None and hundred else value


def _weight(value: str, upto: str | None, unit: str) -> str:
    unit = "kg" if unit.startswith("k") else "oz" if unit.startswith("o") else "lb"
    plain = value if value[-1].isdigit() else str(_int(value))
    return f"{plain}-{upto} {unit}" if upto else f"{plain} {unit}"


def _read(found: re.Match[str]) -> Dose | None:
    kind = found.lastgroup or ""
    if kind in _GRID_ENDS:
        return _grid(found, kind)
    begin, stop = found.span()
    if kind in ("sets", "sr", "ss"):
        first, second = _int(found["n"]), _int(found["sr"])
        if kind == "ss":
            return Dose(begin, stop, "grid", None, first, second)
        return Dose(begin, stop, "grid", first, second)
    if kind == "minute":
        return Dose(begin, stop, "minutes")
    if kind == "weight":
        return Dose(begin, stop, "load", load=f"{found['weight']} lb")
    if kind == "level":
        return Dose(begin, stop, "level", load=f"level {_int(found['level'])}")
    if kind == "of":  # "a set of eight"
        return Dose(begin, stop, "count", reps=_int(found["of"]))
    if kind == "held":
        return Dose(begin, stop, "hold", seconds=_int(found["held"]))
    value = found["n"]
    if kind == "unit":
        return Dose(begin, stop, "load", load=_weight(value, found["upto"], found["unit"]))
    if kind == "feet":
        return Dose(begin, stop, "distance", distance=f"{_int(value)} ft")
    if kind == "long":
        unit = found["long"].strip()
        distance = f"{_int(value)} {_words()['long_names'][unit]}"
        return Dose(begin, stop, "metres" if unit == "m" else "distance", distance=distance)
    if kind == "prime":
        return Dose(begin, stop, "prime", distance=f"{_int(value)} ft")
    if kind == "inch":
        return Dose(begin, stop, "inch", reps=_int(value) if found["x"] else None, seconds=_int(value))
    if kind == "second":
        return Dose(begin, stop, "hold", seconds=_int(value))
    if kind == "count":
        return Dose(begin, stop, "count", reps=_int(value))
    if kind == "post":
        return Dose(begin, stop, "count", reps=_int(value)) if value[-1].isdigit() else None
    return Dose(begin, stop, "times", reps=_int(value)) if found["x"] and "." not in value else None


_GRID_ENDS = frozenset({"b", "c", "bs", "bm", "bf", "bl", "bp", "bw"})


def _grid(found: re.Match[str], kind: str) -> Dose:
    """ "3 x 10", "3 x 10 x 5 s", "3 x 30 s", "2 x 150 ft": the second number is what its unit says."""
    begin, stop = found.span()
    first, second, third = _int(found["n"]), _int(found["b"]), _int(found["c"])
    if kind == "b" or kind == "c" or (kind == "bs" and third is not None):
        if first is not None and second is not None and first >= 8 and second <= 5:
            first, second = second, first  # "20 x 2" is written for two sets of twenty
        return Dose(begin, stop, "grid", first, second, third)
    if kind == "bs":
        return Dose(begin, stop, "grid", None, first, second)
    if kind == "bm":
        return Dose(begin, stop, "bouts", None, first, None if second is None else 60 * second)
    if kind == "bw":
        return Dose(begin, stop, "grid", None, first, load=_weight(found["b"], None, found["bw"]))
    unit = _words()["long_names"][found["bl"]] if kind == "bl" else "ft"
    return Dose(begin, stop, "prime" if kind == "bp" else "grid", None, first, distance=f"{second} {unit}")
