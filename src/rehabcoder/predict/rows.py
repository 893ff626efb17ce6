"""Rows of the features of descriptions: what `features.words` names, looked up without spelling the names out."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from itertools import accumulate, chain
from typing import NamedTuple

from rehabcoder.predict.features import TOKEN, classes, known, phrase_openings, phrases

_KEPT = 1 << 15  # tokens: notes say the same words again and again
_TOKEN = re.compile(f"({TOKEN.pattern})")
Rows = tuple[int, ...]


class _Shape(NamedTuple):
    """What the vocabulary knows of all tokens of one shape: most are of their own, but all figures of a length share one."""

    shape: str
    own: Rows
    behind: Mapping[str, Rows]  # of it with the word before it, by that word, `more` included
    more: Rows  # of its stem and its classes
    opens: Rows  # where it is the first of a description, `more` included


class WordRows(dict[str, tuple[_Shape, Rows]]):
    """What a vocabulary knows of each token, and where in it a phrase may begin, found once.

    Most pairs of words are unknown, which a small table a shape says at once; to spell each pair and to look it up in the whole
    vocabulary took three times as long. A table of its own for each figure of a backlog filled memory with copies.
    """

    def __init__(self, vocabulary: Mapping[str, int]) -> None:
        super().__init__()
        self.vocabulary = vocabulary
        self.shapes: dict[str, _Shape] = {}
        self.pairs: dict[str, list[str]] = {}  # known pairs of words, by the second
        for pair in chain(vocabulary, classes()):
            if " " in pair:
                self.pairs.setdefault(pair.partition(" ")[2], []).append(pair)

    def __missing__(self, token: str) -> tuple[_Shape, Rows]:
        if len(self) >= _KEPT:
            self.clear()
            self.shapes.clear()
        shape, names = known(token)
        told = self.shapes.get(shape)
        if told is None:
            told = self.shapes[shape] = self._told(shape, names)
        found = self[token] = told, phrase_openings(token)
        return found

    def _told(self, shape: str, names: Sequence[str]) -> _Shape:
        own, more, opens = map(self._rows, ([shape], names, [f"^ {shape}", *names]))
        listed, row_of = classes(), self.vocabulary
        behind = {
            pair.partition(" ")[0]: (self._rows((pair, *listed[pair])) if pair in listed else (row_of[pair],)) + more
            for pair in self.pairs.get(shape, ())
        }
        return _Shape(shape, own, behind, more, opens)

    def _rows(self, names: Sequence[str]) -> Rows:
        return tuple(self.vocabulary[name] for name in names if name in self.vocabulary)


class TextRows:
    """The rows of the words of one text, found once for all the pieces and clauses of it."""

    def __init__(self, words: WordRows, low: str) -> None:
        self.words, self.low = words, low
        parts = _TOKEN.split(low)  # what is no token, a token, what is no token, ...
        ends = list(accumulate(map(len, parts)))
        self.opens: Sequence[Rows]
        self.starts, self.ends = ends[:-1:2], ends[1::2]
        tokens = list(map(words.__getitem__, parts[1::2]))
        told, openings = zip(*tokens, strict=True) if tokens else [()] * 2
        shapes, own, behind, more, self.opens = zip(*told, strict=True) if told else [()] * 5
        paired = [
            by_word.get(before, alone) for by_word, before, alone in zip(behind, ("", *shapes), more, strict=False)
        ]
        # One list each for the whole text, so that a piece of it is a slice.
        self.own, self.own_at = list(chain.from_iterable(own)), [0, *accumulate(map(len, own))]
        self.paired, self.paired_at = list(chain.from_iterable(paired)), [0, *accumulate(map(len, paired))]
        self.phrases = [
            start + at for start, places in zip(self.starts, openings, strict=True) if places for at in places
        ]

    def of(self, start: int, end: int) -> list[int]:
        """`model.ids(words(low[start:end]))`"""
        a, b = bisect_left(self.starts, start), bisect_left(self.starts, end)
        if self._cuts_token(a, start) or self._cuts_token(b, end):
            return TextRows(self.words, self.low[start:end]).of(0, end - start)
        if a == b:
            return []
        own, paired = self.own_at, self.paired_at
        return list(
            dict.fromkeys([*self.own[own[a] : own[b]], *self.opens[a], *self.paired[paired[a + 1] : paired[b]]])
        )

    def phrases_of(self, start: int, end: int) -> list[str]:
        """`phrases(low[start:end])`"""
        low, places = self.low[start:end], self.phrases
        a = bisect_left(self.starts, start)
        if self._cuts_token(a, start) or "&" in low:  # which is no token
            return phrases(low)
        first = bisect_left(places, start)
        return phrases(low, [at - start for at in places[first : bisect_left(places, end, lo=first)]])

    def _cuts_token(self, index: int, at: int) -> bool:
        """Whether a place lies within the token before the one with this number."""
        return index > 0 and self.ends[index - 1] > at
