"""Texts as bags of numbered features: the name of a feature is kept once, however many texts have it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix

Bag = npt.NDArray[np.int32]
"""The numbers of the features of a text, each once."""


class Names:
    """The names of features, by number."""

    def __init__(self, numbers: Mapping[str, int] | None = None) -> None:
        self._numbers = dict(numbers or {})

    def __len__(self) -> int:
        return len(self._numbers)

    def bag(self, features: Iterable[str]) -> Bag:
        """The numbers of these features; those that are new get one."""
        numbers = self._numbers
        return np.array([numbers.setdefault(name, len(numbers)) for name in features], dtype=np.int32)

    def add(self, others: Names) -> Bag:
        """The numbers that all features of `others` have here, in the order of their numbers there."""
        return self.bag(others._numbers)

    def chosen(self, which: npt.NDArray[np.bool_]) -> list[str]:
        """The names of those that are marked in `which`, sorted."""
        return sorted(name for name, kept in zip(self._numbers, which, strict=True) if kept)

    def columns(self, vocabulary: Mapping[str, int]) -> Bag:
        """For each feature its place in a vocabulary, -1 where it has none."""
        get = vocabulary.get
        return np.array([get(name, -1) for name in self._numbers], dtype=np.int32)


@dataclass(slots=True)
class Bags:
    """Bags in a row, as one stretch of numbers: an array for each took six times the room of what is in it."""

    numbers: Bag
    bounds: npt.NDArray[np.int32]  # where each begins, and where the last one ends

    @classmethod
    def of(cls, bags: Sequence[Bag]) -> Bags:
        bounds = np.cumsum([0, *map(len, bags)], dtype=np.int32)
        return cls(np.concatenate(bags) if bags else np.zeros(0, dtype=np.int32), bounds)

    def __len__(self) -> int:
        return len(self.bounds) - 1

    def __iter__(self) -> Iterator[Bag]:
        return (self.numbers[start:end] for start, end in pairwise(self.bounds.tolist()))

    def renumbered(self, number: Bag) -> Bags:
        """The same bags, each feature by the number that `number` gives it; one that gets -1 is left out."""
        numbers = number[self.numbers]
        there = numbers >= 0
        return Bags(numbers[there], np.concatenate([[0], np.cumsum(there)])[self.bounds].astype(np.int32))


def together(bags: Sequence[Bag]) -> Bag:
    """The features of several bags, each once."""
    return np.unique(np.concatenate(bags)) if bags else np.zeros(0, dtype=np.int32)


def counted(sources: Iterable[Sequence[Bag]], features: int) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """In how many bags each of the features is, and in how many sources; the bags of one source are given together."""
    bags, of_sources = np.zeros((2, features), dtype=np.int64)
    for one in sources:
        here = np.bincount(np.concatenate(one), minlength=features)
        bags += here
        of_sources += here > 0
    return bags, of_sources


def ids(bag: Bag, columns: Bag) -> list[int]:
    """The places of a bag's features in the vocabulary of `columns`, rising."""
    places = columns[bag]
    return sorted(places[places >= 0].tolist())


def bag_matrix(bags: Sequence[Bag], columns: Bag, width: int) -> csr_matrix:
    """A row a bag, with a one for each of its features that the vocabulary of `columns` has; `width` columns in all."""
    lengths = np.array([len(bag) for bag in bags], dtype=np.int64)
    places = columns[np.concatenate(bags)] if len(bags) else np.zeros(0, dtype=np.int32)
    there = places >= 0
    owner = np.repeat(np.arange(len(bags)), lengths)[there]
    indptr = np.concatenate([[0], np.cumsum(np.bincount(owner, minlength=len(bags)))])
    ones = np.ones(int(there.sum()), dtype=np.float32)  # half the memory to go through; the weights are kept no finer
    rows = csr_matrix((ones, places[there], indptr), shape=(len(bags), width))
    rows.sort_indices()  # sums come out the same whatever number a feature happens to have
    return rows
