"""Billed units as a dictation tells them: "charging one neuro two manual", "bill exercise activities and gait one each"."""

from __future__ import annotations

import re
from itertools import islice

from rehabcoder.language.charge_marks import Pair, code_named
from rehabcoder.language.times import WORDS

_UNITS = {"one": 1, "two": 2, "three": 3, "four": 4}
_NUMBER = r"(?P<u>one|two|three|four)"
_UNIT = r"(?:\s+units?)?"
# A word for billing, or the timed minutes, which such a list may follow: "timed forty three exercise one manual two".
_OPENS = re.compile(
    r"(?<![a-z])(?:(?:bill(?:ed|ing)?|charg(?:e|ed|es|ing)|units)(?:[\s:,]+(?:is|was|are|were|for|out|today|as|at|units?)\b){0,4}+"
    rf"|timed(?:\s+minutes?)?\s+{WORDS}(?:\s+minutes)?)[\s:,]+(?=[a-z\d])"
)
_FIGURE_FIRST = re.compile(rf"{_NUMBER}{_UNIT}\s+(?:of\s+|for\s+)?(?=[a-z\d])")
_FIGURE_BEHIND = re.compile(rf"[\s,]{{1,3}}{_NUMBER}(?![a-z]|\s+(?:each|apiece)(?![a-z])){_UNIT}(?![a-z])")
_EACH_FIRST = re.compile(rf"{_NUMBER}{_UNIT}(?:\s+of)?\s+each(?:\s+(?:of|for|to))?[\s:,]{{1,3}}(?:the\s+)?")
_EACH_BEHIND = re.compile(rf"[\s,:;-]{{1,3}}(?:at\s+)?{_NUMBER}{_UNIT}\s+(?:each|apiece)(?![a-z])")
_NEXT = re.compile(r"[\s,;&+]+(?:and\s+)?(?=[a-z\d])")
_CODE = re.compile(r"(?:97\d{3}|g0283)(?![\da-z])")
_WORD = re.compile(r"[a-z]+")
_SPOKEN = {"gate": "97116", "canalith": "95992", "epley": "95992"}  # no names of codes anywhere else
_WORDS = 4  # of the longest name
_FAR = 48  # code points of it


def said_pairs(low: str) -> list[Pair]:
    """Units in words beside the name or the number of each service, behind a word for billing or the timed minutes."""
    out: list[Pair] = []
    for opens in _OPENS.finditer(low):
        out += _figures_first(low, opens.end()) or _figures_behind(low, opens.end()) or _one_each(low, opens.end())
    return out


def name_at(low: str, at: int) -> tuple[str, int] | None:
    """The code that the words from a place on name, in as many of them as make a name, and where they end."""
    if number := _CODE.match(low, at):
        return number[0].upper(), number.end()
    ends = [word.end() for word in islice(_WORD.finditer(low, at, at + _FAR), _WORDS)]
    named = ((code, end) for end in reversed(ends) if (code := code_named(low, at, end) or _SPOKEN.get(low[at:end])))
    return next(named, None)


def _figures_first(low: str, at: int) -> list[Pair]:
    """ "One neuro two manual"."""
    out: list[Pair] = []
    said = _FIGURE_FIRST.match(low, at)
    while said and (named := name_at(low, said.end())):
        code, end = named
        out.append(Pair(said.start(), end, code, _UNITS[said["u"]], True))
        goes_on = _NEXT.match(low, end)
        said = _FIGURE_FIRST.match(low, goes_on.end()) if goes_on else None
    return out


def _figures_behind(low: str, at: int) -> list[Pair]:
    """ "Neuro one manual two"; one alone may count something else."""
    out: list[Pair] = []
    named = name_at(low, at)
    while named and (said := _FIGURE_BEHIND.match(low, named[1])):
        out.append(Pair(at, said.end(), named[0], _UNITS[said["u"]], True))
        goes_on = _NEXT.match(low, said.end())
        at = goes_on.end() if goes_on else len(low)
        named = name_at(low, at)
    return out if len(out) > 1 else []


def _one_each(low: str, at: int) -> list[Pair]:
    """ "Neuro gait and manual one each", "one each neuro and manual"."""
    each = _EACH_FIRST.match(low, at)
    at = end = each.end() if each else at
    named: list[tuple[int, str, int]] = []
    while found := name_at(low, at):
        code, end = found
        named.append((at, code, end))
        goes_on = _NEXT.match(low, end)
        at = goes_on.end() if goes_on else len(low)
    each = each or _EACH_BEHIND.match(low, end)
    if each is None or len(named) < 2:
        return []
    return [Pair(start, end, code, _UNITS[each["u"]], True) for start, code, end in named]
