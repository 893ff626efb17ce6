"""Fits the weights over whole readings of a note, on proposals by models that did not see the note."""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix, hstack, vstack

from rehabcoder.language.paths import Span
from rehabcoder.language.segments import Key, features_of
from rehabcoder.predict.predicted import Proposal
from rehabcoder.predict.reranking import TAGGER, keys_of
from rehabcoder.training.labelled import GoldService, LabelledNote, shared
from rehabcoder.training.optimise import Floats, minimise


def worth(proposal: Proposal, spans: Sequence[Span], gold: Sequence[GoldService], tags: Sequence[int]) -> float:
    """How good a way to cut a note is: F1 of the services found; pieces that are tagged wrongly decide between equals."""
    places = [(proposal.reading.pieces[a].start, proposal.reading.pieces[b - 1].end) for a, b in spans]
    used: set[int] = set()
    for service in gold:
        hit = next(
            (k for k, place in enumerate(places) if k not in used and shared((service.start, service.end), place)),
            None,
        )
        if hit is not None:
            used.add(hit)
    states = [0] * len(tags)
    for a, b in spans:
        states[a:b] = [1] + [2] * (b - a - 1)
    wrong = sum(x != y for x, y in zip(states, tags, strict=True))
    f1 = 2 * len(used) / (len(places) + len(gold)) if places or gold else 1.0
    return f1 - 0.01 * wrong


@dataclass(slots=True)
class Ways:
    """Ways to cut notes, as the weights over whole readings see them. A note with one way only teaches nothing and is left out.

    `rows` holds a row a way: how often it has each of the features `names`.
    """

    names: list[str]
    rows: csr_matrix
    lead: Floats  # of the tagger's score over its best, so never above zero
    good: npt.NDArray[np.bool_]  # the best way of its note, or as good
    sizes: npt.NDArray[np.int64]  # ways of each note


class _Columns(dict[Key, list[int]]):
    """The columns of the features that a key stands for: there are few keys, and most ways share them."""

    def __init__(self) -> None:
        super().__init__()
        self.names: dict[str, int] = {}

    def __missing__(self, key: Key) -> list[int]:
        self[key] = columns = [self.names.setdefault(f, len(self.names)) for f in features_of(key)]
        return columns


def ways_of(
    proposals: Iterable[Proposal], notes: Sequence[LabelledNote], tags: Sequence[Sequence[int]], kinds: Sequence[str]
) -> Ways:
    """The ways that are proposed for notes with these right tags of their pieces; `kinds` are those of the proposing model."""
    columns = _Columns()
    indices, indptr, lead, good, sizes = array("i"), [0], array("d"), array("b"), []
    for proposal, note, right in zip(proposals, notes, tags, strict=True):
        if len(proposal.ways) < 2:
            continue
        whole, top = proposal.whole(kinds), proposal.ways[0][0]
        worths = [worth(proposal, spans, note.services, right) for _, spans in proposal.ways]
        best = max(worths)
        every = keys_of(whole, [spans for _, spans in proposal.ways])
        for (value, _), worthy, keys in zip(proposal.ways, worths, every, strict=True):
            indices.extend(chain.from_iterable(map(columns.__getitem__, keys)))
            indptr.append(len(indices))
            lead.append(value - top)
            good.append(worthy >= best - 1e-9)
        sizes.append(len(proposal.ways))
    ones = np.ones(len(indices), dtype=np.float32)
    rows = csr_matrix((ones, np.array(indices), indptr), shape=(len(lead), len(columns.names)))
    rows.sum_duplicates()
    return Ways(
        list(columns.names), rows, np.array(lead), np.array(good, dtype=np.bool_), np.array(sizes, dtype=np.int64)
    )


def fit_reader(parts: Sequence[Ways], *, l2: float = 10.0, least: int = 5) -> dict[str, float]:
    """Weights that make the best proposed way of each note the likeliest (conditional log likelihood, ridge penalty); of the
    features that the ways of at least so many notes have."""
    seen: Counter[str] = Counter()
    for part in parts:
        note = np.repeat(np.arange(len(part.sizes)), part.sizes)
        there = part.rows.tocoo()
        of_note = csr_matrix((there.data, (note[there.row], there.col)), shape=(len(part.sizes), len(part.names)))
        seen.update(dict(zip(part.names, np.diff(of_note.tocsc().indptr).tolist(), strict=True)))
    columns = {f: i for i, f in enumerate(sorted(f for f, n in seen.items() if n >= least))}
    if not columns:
        return {}
    leads = csr_matrix(np.concatenate([part.lead for part in parts])[:, None])
    rows = hstack([leads, vstack([_columns(part, columns) for part in parts])], format="csr")
    sizes = np.concatenate([part.sizes for part in parts])
    group = np.repeat(np.arange(len(sizes)), sizes)
    return _maximise(rows, group, np.concatenate([part.good for part in parts]), list(columns), l2)


def _columns(part: Ways, columns: dict[str, int]) -> csr_matrix:
    """The rows of a part, its features in these columns."""
    places = np.array([columns.get(name, -1) for name in part.names], dtype=np.int64)
    here = np.flatnonzero(places >= 0)
    moved = csr_matrix((np.ones(len(here)), (here, places[here])), shape=(len(places), len(columns)))
    return part.rows @ moved


def _maximise(
    rows: csr_matrix, group: npt.NDArray[np.int64], good: npt.NDArray[np.bool_], names: list[str], l2: float
) -> dict[str, float]:
    begins = np.flatnonzero(np.r_[True, group[1:] != group[:-1]])
    transposed = rows.T.tocsr()
    prior = np.zeros(rows.shape[1])
    prior[0] = 1.0  # without evidence the tagger is believed

    def objective(theta: Floats) -> tuple[float, Floats]:
        scores = rows @ theta
        powers = np.exp(scores - np.maximum.reduceat(scores, begins)[group])
        whole, right = np.add.reduceat(powers, begins), np.add.reduceat(powers * good, begins) + 1e-300
        away = theta - prior
        loss = float((np.log(whole) - np.log(right)).sum() + 0.5 * l2 * away @ away)
        gradient = transposed @ (powers / whole[group] - powers * good / right[group]) + l2 * away
        return loss, gradient

    theta = minimise(objective, prior, iterations=200, tolerance=1e-3)
    weights = {name: round(float(w), 5) for name, w in zip(names, theta[1:], strict=True) if abs(w) > 1e-3}
    return {TAGGER: round(float(theta[0]), 5), **weights}
