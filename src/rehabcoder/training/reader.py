"""Fits the weights over whole readings of a note, on proposals by models that did not see the note."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix

from rehabcoder.language.segments import Span
from rehabcoder.predict.predictor import Proposal
from rehabcoder.predict.reranking import TAGGER, all_features
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


def fit_reader(
    examples: Sequence[tuple[LabelledNote, Proposal, Sequence[int], Sequence[str]]],
    *,
    l2: float = 10.0,
    least: int = 5,
) -> dict[str, float]:
    """Weights that make the best proposed way of each note the likeliest (conditional log likelihood, ridge penalty).

    An example is a note, a proposal for it, the right tags of its pieces, and the kinds that the proposing model tells apart.
    """
    notes: list[list[tuple[float, float, Counter[str]]]] = []
    seen: Counter[str] = Counter()
    for note, proposal, tags, classes in examples:
        if len(proposal.ways) < 2:
            continue
        whole = proposal.whole(classes)
        top = proposal.ways[0][0]
        ways = [
            (value - top, worth(proposal, spans, note.services, tags), Counter(all_features(whole, spans)))
            for value, spans in proposal.ways
        ]
        notes.append(ways)
        seen.update({f for _, _, feats in ways for f in feats})
    if not notes:
        return {}
    columns = {f: i + 1 for i, f in enumerate(sorted(f for f, n in seen.items() if n >= least))}
    data: list[float] = []
    indices: list[int] = []
    indptr, group, good = [0], [], []
    for number, ways in enumerate(notes):
        best = max(w for _, w, _ in ways)
        for value, w, feats in ways:
            kept = [(columns[f], n) for f, n in feats.items() if f in columns]
            indices += [0, *(c for c, _ in kept)]
            data += [value, *(float(n) for _, n in kept)]
            indptr.append(len(indices))
            group.append(number)
            good.append(w >= best - 1e-9)
    rows = csr_matrix((data, indices, indptr), shape=(len(group), len(columns) + 1))
    return _maximise(rows, np.array(group), np.array(good), list(columns), l2)


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
