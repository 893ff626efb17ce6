"""Turns the word lists of the knowledge files into regular expressions, and finds sentences."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from functools import cache
from importlib.resources import files
from typing import Any

_STOP = re.compile(r"\n|[.;!?](?=\s)|\.(?=[a-z])")


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


def word_starts(low: str, words: Iterable[str]) -> list[int]:
    """Where any of some plain words begin, in order; not inside a longer word.

    Finding plain words first is many times faster than trying a pattern at every place.
    """
    starts = set[int]()
    for word in words:
        at = low.find(word)
        while at >= 0:
            if not low[at - 1 : at].isalpha():
                starts.add(at)
            at = low.find(word, at + 1)
    return sorted(starts)


def literal_heads(entries: Iterable[str]) -> list[str]:
    """The plain words that the entries of a word list begin with: the first of each, or more where that is short."""
    heads = set[str]()
    for entry in entries:
        plain = re.split(r"[(\\?\[]", re.sub(r"[a-z]\?", "", entry))[0]
        first = plain.split(" ")[0]
        heads.add(first if len(first) > 2 else plain)
    return sorted(h for h in heads if not any(h != other and h.startswith(other) for other in heads))


def sentence_starts(low: str) -> list[int]:
    """Where the sentences and lines of a shadow text begin, 0 first."""
    return [0, *(m.end() for m in _STOP.finditer(low) if _stops(low, m.start(), m.end()))]


def _stops(low: str, start: int, end: int) -> bool:
    """Whether a full stop ends a sentence: before a blank, or where a line break got lost ("word.Next", not "3.5x")."""
    return (
        low[start] != "." or low[end : end + 1].isspace() or low[start - 1 : start].isalpha() or low[start - 1] == ")"
    )
