"""Finds doses: sets, repetitions, holds, loads and distances, as one merged pattern over the shadow text.

Only reading happens here. Which activity a dose belongs to is decided by `activities`. A plain number is no dose; a number
of minutes is read as such, so that it is not taken for repetitions.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import groupby

from rehabcoder.language.times import number

_NUMBER_WORDS = (
    "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen"
    " nineteen twenty thirty forty fifty sixty seventy eighty ninety"
).split()


def _by_first_letter(words: list[str]) -> str:
    """An alternation that fails after one letter instead of after every word."""
    groups = groupby(sorted(words), key=lambda word: word[0])
    return "|".join(f"{first}(?:{'|'.join(w[1:] for w in reversed(list(group)))})" for first, group in groups)


_WORD = (
    rf"(?:{_by_first_letter(_NUMBER_WORDS)})(?:[\s-](?:one|two|three|four|five|six|seven|eight|nine))?\b(?:\shundred)?"
)
_N = rf"(?:\d{{1,4}}(?:\.\d+)?|\.\d+|{_WORD})"
_SECONDS = r"(?:secs?\b\.?|seconds?\b|s\b|\"|'')"
_MINUTES = r"(?:minutes?\b|mins?\b|min\b)"
_FEET = r"(?:ft\b|feet\b)"
_LONG = r"(?:yds?\b|yards?\b|meters?\b|metres?\b|m\b|miles?\b|laps?\b|lengths?\b|widths?\b|blocks?\b)"
_WEIGHT = r"(?:\#|lbs?\b|pounds?\b|kgs?\b|kilos?\b|kilograms?\b|oz\b|ounces?\b)"
_COUNT = r"(?:reps?\b|repetitions?\b|times\b|trials?\b|trips?\b|passes\b|throws\b|attempts\b|goes\b|bouts?\b|tries\b|runs?\b|cycles\b|ascents\b|dips\b|repeats\b|efforts\b)"
_NOT_A_DOSE = r"(?!\s?(?:/|weeks?\b|wks?\b|days?\b|daily\b|months?\b|mos?\b|years?\b|yrs?\b|visits?\b|u\b|units?\b|persons?\b|people\b|pts?\b|(?:a|per|this|each)\s(?:day|week|wk)\b|deg|%|mph|in\b(?=\s?(?:chair|step|box|ht\b|height|bench|high|seat|mat|surface))|inch|cm\b|mm))"

_DOSE = re.compile(
    rf"""
    (?<![\w.:$/])(?<!\d[-/,])(?:
      \#\s?(?P<weight>\d{{1,3}}(?:\.\d)?)(?![\d/])
     |(?:l|lvl|level|lv|load|resistance)\s?(?P<level>\d{{1,2}}|{_WORD})\b(?!\s?(?:band|[-/]\s?[ls\d]))
     |hold(?:ing|s)?(?:\sfor|\sx|\s-|:)?\s?(?P<held>{_N})\s?-?\s?{_SECONDS}
     |(?P<x>x\s?)?(?P<n>{_N})(?:\s?-\s?(?P<upto>\d{{1,3}})(?=\s?(?:{_WEIGHT}|x\b|x\d|reps?\b|{_SECONDS})))?(?:
        (?:\s?sets?)?\s?[x*]\s?(?P<b>\d{{1,4}}(?!\.\d|:)|{_WORD})(?:-\d{{1,3}}\b(?!\s?m))?(?:\s?x\s?(?P<c>\d{{1,3}}))?
            (?:\s?-?\s?(?:(?P<bs>{_SECONDS})|(?P<bm>{_MINUTES})|(?P<bf>{_FEET})|(?P<bl>{_LONG})|(?P<bp>'(?![\d'a-z]))|(?P<bw>{_WEIGHT}))|(?!\s?(?:weeks?|wks?|days?|min))(?!\d))
       |(?P<sets>\s?-?(?:sets?|rounds?)\b)(?:\s?(?:of|x|@|,)?\s?(?P<sr>\d{{1,3}}|{_WORD})\b(?:\s?-\s?\d{{1,3}}\b)?(?!\s?(?:min|lb|\#|\d|pound|kg))(?:\s?(?P<ss>{_SECONDS}))?)?
       |(?P<second>\s?-?\s?(?:secs?\b\.?|seconds?\b|s\b(?!/)|"(?=\s?holds?\b)))
       |(?P<minute>\s?-?\s?{_MINUTES})
       |\s?-?\s?(?P<unit>{_WEIGHT})
       |(?P<feet>\s?{_FEET})
       |(?P<long>\s{_LONG}|{_LONG}(?<!\dm))
       |(?P<prime>'(?![\d'a-z"]))
       |(?P<inch>")
       |(?P<count>\s?-?{_COUNT})(?!\s?(?:a|per)\s(?:day|week))
       |(?P<post>\s?x(?![\w])(?!\s?\d))
      )?{_NOT_A_DOSE}
    )""",
    re.X,
)


_OPENERS = frozenset({*_NUMBER_WORDS, "x", "hold", "holds", "holding", "level", "lvl", "lv", "load", "resistance"})


@dataclass(slots=True)
class Dose:
    """A dose as the words give it. `form` tells readings that depend on the activity: `prime` and `inch` are marks that may
    be minutes, feet or seconds, `level` a machine's resistance, `minutes` no dose at all, `times` a bare "x 10"."""

    start: int
    end: int
    form: str
    sets: int | None = None
    reps: int | None = None
    seconds: int | None = None
    load: str | None = None
    distance: str | None = None


def _int(text: str) -> int | None:
    if text[-1].isdigit():
        return int(float(text))
    text, hundred, _ = text.partition(" hundred")
    value = number(text)
    return value * 100 if value is not None and hundred else value


def _weight(value: str, upto: str | None, unit: str) -> str:
    unit = "kg" if unit.startswith("k") else "oz" if unit.startswith("o") else "lb"
    plain = value if value[-1].isdigit() else str(_int(value))
    return f"{plain}-{upto} {unit}" if upto else f"{plain} {unit}"


_LONG_UNITS = {"y": "yd", "m": "m", "l": "laps", "w": "widths", "b": "blocks"}


def _distance(value: str, unit: str) -> str:
    if unit.startswith("f"):
        return f"{_int(value)} ft"
    name = "miles" if unit.startswith("mi") else "lengths" if unit.startswith("le") else _LONG_UNITS[unit[0]]
    return f"{_int(value)} {name}"


def opens_dose(word: str) -> bool:
    """Whether a dose may begin at this word; a cheap test, so that the pattern is tried at few places."""
    return word[0] in "0123456789#." or word in _OPENERS or (word[0] in "xl" and word[1:].isdigit())


def dose_at(low: str, at: int, end: int) -> Dose | None:
    """The dose that begins at `at` in a shadow text, if one does."""
    found = _DOSE.match(low, at, end)
    return _read(found) if found else None


def _read(found: re.Match[str]) -> Dose | None:
    begin, stop = found.span()
    if found["weight"]:
        return Dose(begin, stop, "load", load=f"{found['weight']} lb")
    if found["level"]:
        return Dose(begin, stop, "level", load=f"level {_int(found['level'])}")
    if found["held"]:
        return Dose(begin, stop, "hold", seconds=_int(found["held"]))
    value = found["n"]
    if found["b"]:
        return _grid(found, begin, stop)
    kind = found.lastgroup
    if kind == "n" or kind == "x":
        return Dose(begin, stop, "times", reps=_int(value)) if found["x"] and "." not in value else None
    if found["sets"]:
        return _sets(found, begin, stop)
    if kind == "second":
        return Dose(begin, stop, "hold", seconds=_int(value))
    if kind == "unit":
        return Dose(begin, stop, "load", load=_weight(value, found["upto"], found["unit"]))
    if kind == "feet":
        return Dose(begin, stop, "distance", distance=f"{_int(value)} ft")
    if kind == "long":
        return Dose(
            begin,
            stop,
            "metres" if found["long"].strip() == "m" else "distance",
            distance=_distance(value, found["long"].strip()),
        )
    if kind == "count":
        return Dose(begin, stop, "count", reps=_int(value))
    if kind == "post":
        return Dose(begin, stop, "count", reps=_int(value)) if value[-1].isdigit() else None
    if kind == "prime":
        return Dose(begin, stop, "prime", distance=f"{_int(value)} ft")
    if kind == "inch":
        return Dose(begin, stop, "inch", seconds=_int(value))
    return Dose(begin, stop, "minutes")


def _grid(found: re.Match[str], begin: int, stop: int) -> Dose | None:
    """ "3 x 10", "3 x 10 x 5 s", "3 x 30 s", "2 x 150 ft": the second number is what its unit says."""
    first, second, third = _int(found["n"]), _int(found["b"]), found["c"]
    if found["bs"]:
        if third:
            return Dose(begin, stop, "grid", sets=first, reps=second, seconds=int(third))
        return Dose(begin, stop, "grid", reps=first, seconds=second)
    if found["bm"]:
        return Dose(begin, stop, "bouts", reps=first, seconds=None if second is None else 60 * second)
    if found["bf"]:
        return Dose(begin, stop, "grid", reps=first, distance=f"{second} ft")
    if found["bl"]:
        return Dose(begin, stop, "grid", reps=first, distance=_distance(found["b"], found["bl"]))
    if found["bp"]:
        return Dose(begin, stop, "prime", reps=first, distance=f"{second} ft")
    if found["bw"]:
        return Dose(begin, stop, "grid", reps=first, load=_weight(found["b"], None, found["bw"]))
    if first is not None and second is not None and first >= 8 and second <= 5:
        first, second = second, first  # "20 x 2" is written for two sets of twenty
    return Dose(begin, stop, "grid", sets=first, reps=second, seconds=int(third) if third else None)


def _sets(found: re.Match[str], begin: int, stop: int) -> Dose:
    reps = _int(found["sr"]) if found["sr"] else None
    if found["ss"]:
        return Dose(begin, stop, "grid", reps=_int(found["n"]), seconds=reps)
    return Dose(begin, stop, "grid", sets=_int(found["n"]), reps=reps)
