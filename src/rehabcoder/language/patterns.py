"""Turns the word lists of the knowledge files into regular expressions, and finds sentences."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Container, Iterable
from functools import cache
from importlib.resources import files
from typing import Any

_WORD = re.compile(r"[a-z]+|1:1|#")
# One set of signs comes first, which the search runs along fast; what makes each of them a stop is asked behind it.
_STOP = re.compile(r"[\n.;!?/|](?:(?<=\n)|(?<=[.;!?])(?=\s)|(?<=\.)(?=[a-z])|(?:(?<=\s/)/|(?<=\s\|)\|)(?=\s))")
# Machines that exercise the patient, by names that stand for a turn on them; and such a name with its kind before it.
MACHINES = r"bike|bicycle|nu ?step|stepper|ube|ergo(?:meter)?|sci ?fit|treadmill|elliptical|rower|pulleys?"
KIND_OF_MACHINE = r"(?:(?:recumbent|upright|rec|stationary|arm|leg|hand)\s)?"
MACHINE = rf"{KIND_OF_MACHINE}(?:{MACHINES})"


@cache
def knowledge(name: str) -> dict[str, Any]:
    """A TOML file of the knowledge folder."""
    return tomllib.loads(files("rehabcoder.knowledge").joinpath(f"{name}.toml").read_text(encoding="utf-8"))


def alternatives(words: list[str]) -> str:
    """One regular expression for a word list; a blank stands for blanks or a hyphen, " ?" for one or none of them."""
    longest_first = sorted(words, key=len, reverse=True)
    return (
        "(?:"
        + "|".join(w.replace(" ?", "\x01").replace(" ", "[ \\t-]+").replace("\x01", "[ \\t-]?") for w in longest_first)
        + ")"
    )


def whole_words(words: list[str]) -> re.Pattern[str]:
    """Matches any of `words` that is not a part of a longer word."""
    return re.compile(rf"(?<![a-z]){alternatives(words)}(?![a-z])")


def first_group(form: str) -> tuple[list[str], str]:
    """The alternatives of the group with which a form of a word list begins, and what follows it."""
    if not form.startswith("(?:"):
        return [""], form
    depth, begin = 1, 3
    ways: list[str] = []
    for at, char in enumerate(form[3:], 3):
        depth += (char == "(") - (char == ")")
        if depth == 0 or (char == "|" and depth == 1):
            ways.append(form[begin:at])
            begin = at + 1
        if depth == 0:
            break
    return ways, form[begin:]


Words = list[tuple[int, str]]


def words_of(low: str, begins: Container[str]) -> Words:
    """Where each word of a shadow text begins whose `openings` are known, and the word; "1:1" and "#" count as words."""
    return [(m.start(), word) for m in _WORD.finditer(low) if (word := m[0])[:3] in begins]


def openings(entries: Iterable[str]) -> frozenset[str]:
    """The first three letters of every word with which the entries of a word list may begin.

    Looking words up by them first is many times faster than trying a pattern at every place.
    """
    return frozenset(start for entry in entries for start in _starts(entry))


def _starts(entry: str) -> set[str]:
    starts, at = {""}, 0
    while at < len(entry) and (entry[at].isalnum() or entry[at] in "#:"):
        optional = entry[at + 1 : at + 2] == "?"
        longer = {start + entry[at] for start in starts}
        starts = longer | starts if optional else longer
        at += 2 if optional else 1
    return {start[:3] for start in starts if start}


def sentence_starts(low: str) -> list[int]:
    """Where the sentences and lines of a shadow text begin, 0 first."""
    return [0, *(m.end() for m in _STOP.finditer(low) if _stops(low, m.start(), m.end()))]


def sentence_start(low: str, at: int, least: int) -> int:
    """Where the sentence, the line or the part between double slashes around `at` begins, not before `least`."""
    return max(least, *(low.rfind(mark, least, at) + 1 for mark in ("\n", ". ", "// ")))


def _stops(low: str, start: int, end: int) -> bool:
    """Whether a full stop ends a sentence: before a blank, or where a line break got lost ("word.Next", not "3.5x")."""
    return (
        low[start] != "." or low[end : end + 1].isspace() or low[start - 1 : start].isalpha() or low[start - 1] == ")"
    )
