"""Reads notes with a model: spans of services, codes with probabilities, minutes. Works on many notes at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from rehabcoder.language.chain import chain_features, viterbi
from rehabcoder.language.layout import layout_features
from rehabcoder.language.minutes import Candidate, Minutes, attach
from rehabcoder.language.naming import label_services
from rehabcoder.language.reading import Reading, read
from rehabcoder.language.totals import Stated, find_totals
from rehabcoder.predict.features import words
from rehabcoder.predict.model import Model, flatten, linear_scores, softmax, summed

BEGIN, INSIDE = 1, 2
SAME = {"97014": "G0283", "97130": "97129"}


@dataclass(slots=True)
class Found:
    """One service as the models see it, before billing: where it is, what it is called, what it supports, how long."""

    start: int
    end: int
    pieces: tuple[int, int]
    labelled: str | None
    label_span: tuple[int, int] | None
    probabilities: list[tuple[str, float]]  # best first, the label joined
    described: list[tuple[str, float]]  # best first, from the description alone
    minutes: Minutes
    certainty: float  # how clearly the tagger sees a service here

    @property
    def code(self) -> str:
        return self.probabilities[0][0]


@dataclass(slots=True)
class Predicted:
    """All that the models say of one note."""

    reading: Reading
    stated: Stated
    services: list[Found]
    elements: npt.NDArray[np.float32]  # pieces x elements, probabilities
    outside: npt.NDArray[np.float32]  # probability of each piece to belong to no service
    layout: list[list[str]]


def predict(model: Model, texts: Sequence[str]) -> list[Predicted]:
    """Predictions for many notes; the same for each as if it came alone."""
    readings = [read(text) for text in texts]
    piece_words = [[words(r.masked[p.start : p.end]) for p in r.pieces] for r in readings]
    layouts = [layout_features(r) for r in readings]
    word_rows = [[model.ids(feats) for feats in note] for note in piece_words]
    flat = [rows for note in word_rows for rows in note]
    kinds_flat = softmax(linear_scores(model.kind, model.idf, flat)) if flat else np.zeros((0, len(model.kind.classes)), dtype=np.float32)
    bounds = np.concatenate([[0], np.cumsum([len(n) for n in word_rows])]).astype(int)
    kinds = [kinds_flat[bounds[i] : bounds[i + 1]] for i in range(len(readings))]
    tagger_rows = []
    for i, note in enumerate(word_rows):
        chained = chain_features(kinds[i], model.kind.classes, layouts[i])
        for rows, place, chain in zip(note, layouts[i], chained, strict=True):
            tagger_rows.append(rows + model.ids(["@" + f for f in place]) + model.ids(chain))
    paths, scores = _tag(model, tagger_rows, bounds)
    headed = [
        rows + model.ids(["@" + f for f in place if f.startswith(("h1=", "place"))])
        for note, layout in zip(word_rows, layouts, strict=True)
        for rows, place in zip(note, layout, strict=True)
    ]
    element_scores = linear_scores(model.elements, model.idf, headed) if headed else np.zeros((0, len(model.elements.classes)), dtype=np.float32)
    elements = 1 / (1 + np.exp(-element_scores))
    spans = [_spans(readings[i], paths[i]) for i in range(len(readings))]
    docs = [list(dict.fromkeys(r for rows in word_rows[i][a:b] for r in rows)) for i, note in enumerate(spans) for a, b in note]
    described = softmax(linear_scores(model.code, model.idf, docs)) if docs else np.zeros((0, len(model.code.classes)), dtype=np.float32)
    out, at = [], 0
    for i, reading in enumerate(readings):
        n = len(spans[i])
        out.append(
            _predicted(model, reading, spans[i], described[at : at + n], elements[bounds[i] : bounds[i + 1]],
                       kinds[i][:, model.kind.column("out")], scores[bounds[i] : bounds[i + 1]], layouts[i])
        )  # fmt: skip
        at += n
    return out


def _tag(model: Model, rows: Sequence[Sequence[int]], bounds: npt.NDArray[np.int64]) -> tuple[list[list[int]], npt.NDArray[np.float32]]:
    chain = model.chain
    ids, lengths = flatten(rows)
    own = summed(np.concatenate([chain.own, chain.before, chain.behind], axis=1), ids, lengths)
    n = chain.own.shape[1]
    emission = own[:, :n] + chain.bias
    # What a piece says of its neighbours; the ends of a note have none.
    if len(own) > 1:
        inner = np.ones(len(own), dtype=bool)
        inner[bounds[:-1][bounds[:-1] < len(own)]] = False
        emission[1:] += np.where(inner[1:, None], own[:-1, n : 2 * n], 0)
        emission[:-1] += np.where(inner[1:, None], own[1:, 2 * n :], 0)
    transition, start = chain.transition.tolist(), chain.start.tolist()
    paths = []
    for i in range(len(bounds) - 1):
        part = emission[bounds[i] : bounds[i + 1]]
        paths.append(viterbi(part.tolist(), transition, start) if len(part) else [])
    return paths, emission


def _spans(reading: Reading, path: Sequence[int]) -> list[tuple[int, int]]:
    """Runs of pieces that make one service, as half-open ranges of piece numbers."""
    out: list[tuple[int, int]] = []
    for index, state in enumerate(path):
        if state == BEGIN or (state == INSIDE and (not out or out[-1][1] != index)):
            out.append((index, index + 1))
        elif state == INSIDE:
            out[-1] = (out[-1][0], index + 1)
    return out


def _predicted(
    model: Model, reading: Reading, spans: list[tuple[int, int]], described: npt.NDArray[np.float32], elements: npt.NDArray[np.float32],
    outside: npt.NDArray[np.float32], scores: npt.NDArray[np.float32], layout: list[list[str]],
) -> Predicted:
    stated = find_totals(reading)
    places = [(reading.pieces[a].start, reading.pieces[b - 1].end) for a, b in spans]
    classes = model.code.classes
    alone = [_ranked(classes, row) for row in described]
    names = label_services(reading, places, [r[0][0] for r in alone], stated)
    joined = [_join(model, row, name.code if name else None) for row, name in zip(described, names, strict=True)]
    labels = [name.code if name else None for name in names]

    def score(found: Sequence[Candidate]) -> list[float]:
        return [model.minutes.probability(c.features) for c in found]

    untimed = [_untimed(r[0][0]) for r in joined]
    minutes = attach(reading, places, [(lab, r[0][0]) for lab, r in zip(labels, joined, strict=True)], stated.total or stated.timed, score, untimed)
    services = []
    for k, (start, end) in enumerate(places):
        a, b = spans[k]
        clear = float(1 - outside[a:b].min())
        name = names[k]
        services.append(
            Found(start, end, (a, b), labels[k], (name.start, name.end) if name else None, joined[k], alone[k], minutes[k], clear)
        )
    return Predicted(reading, stated, services, elements, outside, layout)


def _untimed(code: str) -> bool:
    from rehabcoder.billing.codes import is_timed

    return code == "none" or not is_timed(code)


def _ranked(classes: Sequence[str], row: npt.NDArray[np.float32]) -> list[tuple[str, float]]:
    order = np.argsort(-row)[:6]
    return [(classes[i], float(row[i])) for i in order]


def _join(model: Model, row: npt.NDArray[np.float32], label: str | None) -> list[tuple[str, float]]:
    """The label joined to what the description says, by Bayes' rule: rare codes are hardly ever used as a wrong label."""
    classes = model.code.classes
    if label is None:
        return _ranked(classes, row)
    label = SAME.get(label, label)
    known = {k for by in model.label_given_code.values() for k in by}
    likely = np.array(
        [
            model.label_given_code[c].get(label, 0.002) if c in model.label_given_code and label in known else (0.8 if c == label else 0.004)
            for c in classes
        ],
        dtype=np.float32,
    )
    joint = row * likely
    if label not in classes:  # a code that the training has never seen: only the label can name it
        ranked = [(label, 0.9), *[(c, 0.1 * p) for c, p in _ranked(classes, row)]]
        return sorted(ranked, key=lambda r: -r[1])[:6]
    return _ranked(classes, joint / joint.sum())
