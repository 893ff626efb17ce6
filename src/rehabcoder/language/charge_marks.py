"""Finds where a note bills: the codes and names that a charge line may hold, and the words that make it one."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

from rehabcoder.language.patterns import Words, alternatives, knowledge, openings
from rehabcoder.language.reading import Reading

# Code numbers that no label shows: cut short ("110-1"), or glued to what stands beside them ("97110/2", "97140-59").
_CUT_SHORT = r"(?=[ \t]?[x=:-][ \t]?[1-6](?![\w/:-]|\.\d|[ \t]?x))"
_NUMBERS = re.compile(
    rf"97[0157]\d\d(?![\d%])|1(?:1[0236]|24|40|50){_CUT_SHORT}|5(?:3[05]|42){_CUT_SHORT}|7(?:50|60){_CUT_SHORT}"
)
_GLUED = re.compile(r"x[1-6](?!\d|\.\d)")
_UNITS_BESIDE = re.compile(r"\d[ \t]?u(?![a-z])")
_FAR = 400  # code points from a word for billing in which its line is looked at
_INITIALS = frozenset({"te", "ta", "mt", "nmr", "nre"})  # in capitals in a charge line hardly anything else
_FIGURE_BEHIND = re.compile(
    r"[ \t]*(?:[x=:(\[*-]*|is|was|are|were)[ \t]*(?:[1-6](?!\d|\.\d)|(?:one|two|three|four)(?![a-z]))"
)
_FIGURE_AHEAD = re.compile(
    r"(?:(?<![\w.])x?[1-6]|(?<![a-z])(?:one|two|three|four|each))[ \t]*(?:units?|u|x)?[ \t)(]*(?:(?:of|for|to)[ \t])?\Z"
)
# In a list of charges of a session with traction, treatment else: "TE 1, MT 1, Tx 1", "1 TE, 1 trx".
_TRACTION = re.compile(
    r"(?<=[\d,:;/&+|][ \t])(?:tx|trx|trac)(?=[ \t]?[x=:(-]?[ \t]?(?:1|one)(?:[ \t]?u(?:nits?)?)?[ \t)]*(?:[.,;&+|\n]|\Z))"
    r"|(?<=[ ,;/&+|]1[ \t])(?:tx|trx|trac)(?=[ \t]*(?:[.,;&+|\n]|\Z))"
)
_TRACTION_CODE = "97012"
_LIST_BEFORE = re.compile(
    r"(?:^|[\d:,;/&+|(=.-]|(?<![a-z])(?:and|are|is|were|of|u|units?|bill(?:ed|ing|able)?|charge[ds]?|chg|cpt|codes?|coded|submitted"
    r"|claim))[ \t:-]*(?:the[ \t]+)?\Z"
)


class Mark(NamedTuple):
    """One mention of a code, or several of it side by side ("Ther Ex (97110)"); `number` if by its number."""

    start: int
    end: int
    code: str
    number: bool


class Pair(NamedTuple):
    """A code with the units read for it; `footer` if a charge line says so rather than a service's own words."""

    start: int
    end: int
    code: str
    units: int
    footer: bool


class _Words(NamedTuple):
    billing_openings: frozenset[str]
    billing: re.Pattern[str]
    names: re.Pattern[str]
    name_codes: list[str]
    glued: re.Pattern[str]
    glued_codes: list[str]


@cache
def _words() -> _Words:
    billing, labels = knowledge("totals")["billing"], knowledge("labels")
    names = {code: entry["weak"] for code, entry in labels.items() if entry["weak"]}
    every = {code: [*entry["strong"], *entry["weak"]] for code, entry in labels.items()}
    return _Words(
        openings(billing["words"]),
        re.compile(f"{alternatives(billing['words'])}(?![a-z])"),
        re.compile(f"(?<![a-z])(?:{_choice(names)})(?![a-wyz])"),
        list(names),
        re.compile(f"(?<![a-z])(?:{_choice(every)})\\Z"),
        list(every),
    )


def code_named(low: str, start: int, end: int) -> str | None:
    """The code that these words are a name of, as a charge line names it; None where they are none."""
    words = _words()
    name = words.glued.search(low, start, end)
    return words.glued_codes[(name.lastindex or 1) - 1] if name and name.start() == start else None


def _choice(forms: dict[str, list[str]]) -> str:
    """One group for the forms of each code, in order."""
    return "|".join(f"({alternatives(words)})" for words in forms.values())


def billing_openings() -> frozenset[str]:
    """The openings of the words for billing."""
    return _words().billing_openings


def billing_words(low: str, words: Words) -> list[int]:
    """Where the words for billing end, in order."""
    patterns = _words()
    found = (patterns.billing.match(low, at) for at, word in words if word[:3] in patterns.billing_openings)
    return [m.end() for m in found if m]


def find_marks(reading: Reading, billing: Sequence[int]) -> list[Mark]:
    """Labels of the note and the short and glued names that only a charge line uses, in order.

    `billing` are the ends of its words for billing.
    """
    low = reading.low
    marks = [Mark(label.start, label.end, label.code, label.number) for label in reading.labels]
    starts = [mark.start for mark in marks]
    further: list[Mark] = []

    def add(found: re.Match[str], code: str, number: bool) -> None:
        start, end = found.span()
        at = bisect_right(starts, end - 1) - 1
        if at < 0 or marks[at].end <= start:
            further.append(Mark(start, end, code, number))

    for found in _NUMBERS.finditer(low):
        before = low[max(0, found.start() - 1) : found.start()]
        if not before.isalnum() and before not in (".", "$", "#", "_"):
            add(found, "97" + found[0][-3:], True)
    traction = any(mark.code == _TRACTION_CODE for mark in marks)
    words = _words()
    for figure in _GLUED.finditer(low):  # "NMRx1"
        at = figure.start()
        glued = at > 0 and not low[at - 1].isspace() and not low[at - 1].isdecimal()  # as no name ends
        name = words.glued.search(low, max(0, at - 32), at) if glued else None
        if name:
            add(name, words.glued_codes[(name.lastindex or 1) - 1], False)
    beside = [m.end() for m in _UNITS_BESIDE.finditer(low)]
    beside += [mark.end for mark in marks if _FIGURE_BEHIND.match(low, mark.end)]
    for start, end in _charge_lines(low, sorted([*billing, *beside]) if beside else billing):
        for found in words.names.finditer(low, start, end):
            if _listed(low, *found.span()) or (
                found[0] in _INITIALS and reading.text[found.start() : found.end()].isupper()
            ):
                add(found, words.name_codes[(found.lastindex or 1) - 1], False)
        if traction and any(start <= mark.start < end for mark in marks):
            for found in _TRACTION.finditer(low, start, end):
                add(found, _TRACTION_CODE, False)
    return _merged(low, sorted([*marks, *further]) if further else marks)


def _charge_lines(low: str, billing: Sequence[int]) -> list[tuple[int, int]]:
    """Lines with a word for billing; a heading without figures goes on to the end of what it heads."""
    lines: list[tuple[int, int]] = []
    done = 0
    for at in billing:
        start = max(done, at - _FAR, low.rfind("\n", max(0, at - _FAR), at) + 1)
        end = low.find("\n", at, at + _FAR)
        end = min(len(low), at + _FAR) if end < 0 else end
        if end - start < 40 and not any(char.isdigit() for char in low[start:end]):
            below = low.find("\n\n", end + 1, end + 240)
            end = min(len(low), end + 240) if below < 0 else below
        if start < end:
            lines.append((start, end))
        done = max(done, end)
    return lines


def _listed(low: str, start: int, end: int) -> bool:
    """Whether a short name stands in a list of charges: its figure on one side, a separator on the other."""
    if _FIGURE_AHEAD.search(low[max(0, start - 16) : start]):
        return True
    return (
        _FIGURE_BEHIND.match(low, end) is not None and _LIST_BEFORE.search(low[max(0, start - 10) : start]) is not None
    )


def _describes(low: str, number: Mark, name: Mark) -> bool:
    """Whether a name only says what a code number before it was: "97110 pool    30   2"."""
    return number.number and not name.number and not low[number.end : name.start].strip(" \t")


def _merged(low: str, marks: list[Mark]) -> list[Mark]:
    out: list[Mark] = []
    for mark in marks:
        last = out[-1] if out else None
        beside = (
            last is not None and mark.start - last.end < 6 and not low[last.end : mark.start].strip(" ([)]:,/-=|\t")
        )
        if last and beside and (last.code == mark.code or _describes(low, last, mark)):
            out[-1] = Mark(last.start, mark.end, last.code, last.number or mark.number)
        else:
            out.append(mark)
    return out
