"""The model at run time: linear scores by numpy alone, one table of weights for each question it answers."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import Any

import numpy as np
import numpy.typing as npt

from rehabcoder.predict.reranking import Weights
from rehabcoder.predict.rows import WordRows
from rehabcoder.predict.trees import Trees

Floats = npt.NDArray[np.float32]
Ids = npt.NDArray[np.int64]

SESSION = ("no", "yes")
"""Whether a note is one of a therapy session, as every model tells it."""

ELEMENTS = ("functional_goal", "response", "progress", "skilled_need")
"""The documentation elements that every model tells of a note's pieces."""


@dataclass(slots=True)
class Linear:
    """Weights of one question: a row a feature (the first rows of the vocabulary), a column a class."""

    classes: tuple[str, ...]
    weights: Floats
    bias: Floats
    _columns: dict[str, Floats] = field(init=False, repr=False)  # what `weights_of` has laid out

    def __post_init__(self) -> None:
        self._columns = {}

    def column(self, name: str) -> int:
        return self.classes.index(name)

    def weights_of(self, name: str) -> Floats:
        """The weights of one class side by side: to gather a hundred of them from the table takes several times as long."""
        known = self._columns.get(name)
        if known is None:
            known = self._columns[name] = np.ascontiguousarray(self.weights[:, self.column(name)])
        return known


@dataclass(slots=True)
class Chain:
    """The tagger's weights: emissions of the piece itself, of the one before and the one behind, then transitions."""

    own: Floats
    before: Floats
    behind: Floats
    transition: Floats
    start: Floats
    bias: Floats
    joined: Floats = field(init=False, repr=False)  # the three tables side by side: one look-up serves all

    def __post_init__(self) -> None:
        self.joined = np.concatenate([self.own, self.before, self.behind], axis=1)


@dataclass(slots=True)
class Weighed:
    """A small logistic model over named features: the ranker of minutes."""

    bias: float
    weights: dict[str, float]

    def score(self, features: Sequence[str]) -> float:
        get = self.weights.get
        total = self.bias
        for name in features:
            total += get(name, 0.0)
        return total

    def probability(self, features: Sequence[str]) -> float:
        return 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, self.score(features)))))


@dataclass(slots=True)
class Model:
    """All that was learned. `vocabulary` maps a feature to its row; `idf` weighs the word features of the linear models."""

    vocabulary: dict[str, int]
    idf: Floats
    session: Linear  # is the whole note one of a therapy session?
    kind: Linear
    code: Linear
    elements: Linear  # what a clause shows, by its own words
    sentences: Linear  # what the words of its whole sentence add to that
    chain: Chain
    minutes: Weighed
    confidence: Trees  # is the code of an answer right?
    settle: Trees  # is the whole answer?
    label_given_code: dict[str, dict[str, float]]
    thresholds: dict[str, float]
    reader: dict[str, float] = field(default_factory=dict)  # weights over whole readings of a note
    card: dict[str, Any] = field(default_factory=dict)

    labels_seen: frozenset[str] = field(init=False, repr=False)
    features: list[str] = field(init=False, repr=False)  # by row
    labelling: dict[str, Floats] = field(init=False, repr=False)  # what `likely` has found
    ways: Weights = field(init=False, repr=False)  # those of `reader`, as they are asked for
    words: WordRows = field(init=False, repr=False)
    placed: dict[str, int] = field(init=False, repr=False)  # rows of features of the layout, by name without the "@"

    def __post_init__(self) -> None:
        self.features = sorted(self.vocabulary, key=self.vocabulary.__getitem__)
        self.labelling = {}
        self.ways = Weights(self.reader)
        self.words = WordRows(self.vocabulary)
        self.placed = {name[1:]: row for name, row in self.vocabulary.items() if name.startswith("@")}
        self.labels_seen = frozenset(label for by in self.label_given_code.values() for label in by)

    @property
    def version(self) -> str:
        return str(self.card.get("version", ""))

    def likely(self, label: str) -> Floats:
        """How likely a service of each code is labelled with `label`, a code of the model."""
        known = self.labelling.get(label)
        if known is None:
            given, seen = self.label_given_code, label in self.labels_seen
            by_code = [
                given[c].get(label, 0.002) if seen and c in given else 0.8 if c == label else 0.004
                for c in self.code.classes
            ]
            known = self.labelling[label] = np.array(by_code, dtype=np.float32)
        return known

    def ids(self, features: Sequence[str], among: Mapping[str, int] | None = None) -> list[int]:
        """Rows of the features that the vocabulary, or a part of it, knows."""
        get = (self.vocabulary if among is None else among).get
        return [row for name in features if (row := get(name)) is not None]


def flatten(docs: Sequence[Sequence[int]]) -> tuple[Ids, Ids]:
    """Rows of many documents, one after another, with the place where each begins (empty documents are no problem)."""
    lengths = np.fromiter(map(len, docs), dtype=np.int64, count=len(docs))
    return np.fromiter(chain.from_iterable(docs), dtype=np.int64, count=int(lengths.sum())), lengths


def summed(table: Floats, ids: Ids, lengths: Ids) -> Floats:
    """Sum of the table's rows for each document."""
    out = np.zeros((len(lengths), table.shape[1]), dtype=np.float32)
    filled = np.flatnonzero(lengths)
    if len(filled):
        begins = np.concatenate([[0], np.cumsum(lengths)[:-1]])[filled]
        out[filled] = np.add.reduceat(table[ids], begins, axis=0)
    return out


def linear_scores(linear: Linear, idf: Floats, docs: Sequence[Sequence[int]]) -> Floats:
    """Scores of a linear model over documents of rows, with idf weights and length one (as in training)."""
    ids, lengths = flatten(docs)
    asked = ids < linear.weights.shape[0]
    if not asked.all():
        owner = np.repeat(np.arange(len(lengths)), lengths)
        ids, lengths = ids[asked], np.bincount(owner[asked], minlength=len(lengths))
    scores = summed(linear.weights, ids, lengths)
    norm = np.sqrt(summed((idf**2)[:, None], ids, lengths))
    return np.asarray(scores / np.maximum(norm, 1e-6) + linear.bias, dtype=np.float32)


def softmax(scores: Floats) -> Floats:
    shifted = np.exp(scores - scores.max(axis=1, keepdims=True))
    return np.asarray(shifted / shifted.sum(axis=1, keepdims=True), dtype=np.float32)
