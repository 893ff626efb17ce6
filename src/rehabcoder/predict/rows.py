"""Rows of the features of descriptions: what `features.words` names, looked up without spelling the names out."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from itertools import accumulate, chain
from typing import NamedTuple

from rehabcoder.predict.features import TOKEN, classes, known

_KEPT = 1 << 15  # tokens: notes say the same words again and again
_TOKEN = re.compile(f"({TOKEN.pattern})")
Rows = tuple[int, ...]


class _Token(NamedTuple):
    """What the vocabulary knows of a token."""

    shape: str
    own: Rows
    behind: Mapping[str, Rows]  # of it with the word before it, by that word
    more: Rows  # of its stem and its classes
    opens: Rows  # where it is the first of a description, `more` included


class WordRows(dict[str, _Token]):
    """What a vocabulary knows of each token, found once. Most pairs of words are unknown, which a small table a word says
    at once; to spell each pair and to look it up in the whole vocabulary took three times as long."""

    def __init__(self, vocabulary: Mapping[str, int]) -> None:
        super().__init__()
        self.vocabulary = vocabulary
        self.pairs: dict[str, dict[str, Rows]] = {}  # by the second word
        for feature in chain(vocabulary, classes()):
            first, blank, second = feature.partition(" ")
            if blank and (rows := self._rows([feature, *classes().get(feature, ())])):
                self.pairs.setdefault(second, {})[first] = rows

    def __missing__(self, token: str) -> _Token:
        if len(self) >= _KEPT:
            self.clear()
        shape, names = known(token)
        own, more, opens = map(self._rows, ([shape], names, [f"^ {shape}", *names]))
        found = self[token] = _Token(shape, own, self.pairs.get(shape, {}), more, opens)
        return found

    def _rows(self, names: Sequence[str]) -> Rows:
        return tuple(self.vocabulary[name] for name in names if name in self.vocabulary)


class TextRows:
    """The rows of the words of one text, found once for all the pieces and clauses of it."""

    def __init__(self, words: WordRows, low: str) -> None:
        self.words, self.low = words, low
        parts = _TOKEN.split(low)  # what is no token, a token, what is no token, ...
        ends = list(accumulate(map(len, parts)))
        self.starts, self.ends = ends[:-1:2], ends[1::2]
        self.tokens = list(map(words.__getitem__, parts[1::2]))
        self.own = [token.own for token in self.tokens]
        self.behind: list[Rows] = []  # of each token with the one before it
        before = ""
        for shape, _, behind, more, _ in self.tokens:
            pair = behind.get(before)
            self.behind.append(more if pair is None else pair + more)
            before = shape

    def of(self, start: int, end: int) -> list[int]:
        """`model.ids(words(low[start:end]))`"""
        a, b = bisect_left(self.starts, start), bisect_left(self.starts, end)
        if (a and self.ends[a - 1] > start) or (b and self.ends[b - 1] > end):  # cut within a token
            return TextRows(self.words, self.low[start:end]).of(0, end - start)
        if a == b:
            return []
        return list(
            dict.fromkeys(chain.from_iterable(chain(self.own[a:b], (self.tokens[a].opens,), self.behind[a + 1 : b])))
        )
