"""Calibration on clinics left out: probabilities that mean what they say, and the thresholds that rest on them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
from joblib import Parallel, delayed

from rehabcoder.billing.codes import is_timed, one_name
from rehabcoder.language.detail import content_words
from rehabcoder.predict.model import ELEMENTS, Model
from rehabcoder.predict.predictor import Found, Predicted, Proposal, decide, propose
from rehabcoder.predict.settling import signs
from rehabcoder.training.fit import Corpus, Prepared, Settings, fit, fit_weighed, hash_fold
from rehabcoder.training.labelled import GoldService, LabelledNote, shared
from rehabcoder.training.reader import fit_reader

CLEAN = 0.97  # share of settled services that shall be right, on notes left out


@dataclass(slots=True)
class Answered:
    """What a model that did not see a note said of it."""

    note: LabelledNote
    predicted: Predicted


def folds_of(data: Corpus, settings: Settings) -> list[frozenset[str]]:
    """Sources that are left out together; single notes where there are fewer sources than folds."""
    sizes: dict[str, int] = {}
    for prepared in data.notes:
        sizes[prepared.note.source] = sizes.get(prepared.note.source, 0) + 1
    bins: list[list[str]] = [[] for _ in range(settings.folds)]
    load = [0] * settings.folds
    for source in sorted(sizes, key=lambda s: (-sizes[s], s)):
        k = load.index(min(load))
        bins[k].append(source)
        load[k] += sizes[source]
    return [frozenset(b) for b in bins if b]


@dataclass(slots=True)
class LeftOut:
    """A model that was fitted without some clinics, and its proposals for their notes."""

    model: Model
    notes: list[Prepared]
    proposals: list[Proposal]

    def answers(self, reader: dict[str, float]) -> list[Answered]:
        """What the model says of the notes when these weights choose the reading."""
        predicted = decide(replace(self.model, reader=reader), self.proposals)
        return [Answered(p.note, q) for p, q in zip(self.notes, predicted, strict=True)]


Split = tuple[Corpus, list[Prepared]]
"""What to fit on, and the notes that are left out of it."""


def splits_of(data: Corpus, settings: Settings, folds: Sequence[frozenset[str]] | None = None) -> list[Split]:
    """The data without each fold of clinics in turn."""
    folds = folds_of(data, settings) if folds is None else folds
    if len(folds) < 2:
        groups = [
            {p.note.note_id for p in data.notes if hash_fold(p.note.note_id, settings.folds) == k}
            for k in range(settings.folds)
        ]
        parts = [
            ([p for p in data.notes if p.note.note_id not in g], [p for p in data.notes if p.note.note_id in g])
            for g in groups
        ]
    else:
        parts = [
            ([p for p in data.notes if p.note.source not in f], [p for p in data.notes if p.note.source in f])
            for f in folds
        ]
    return [(Corpus(train, data.snippets, data.snippet_words), held) for train, held in parts if train and held]


def leave_out(
    data: Corpus, settings: Settings, jobs: int = 1, folds: Sequence[frozenset[str]] | None = None
) -> list[LeftOut]:
    """Models fitted without each fold of clinics in turn, with their proposals for it."""
    splits = splits_of(data, settings, folds)
    return list(Parallel(n_jobs=jobs)(delayed(left_out)(train, held, settings) for train, held in splits))


def left_out(train: Corpus, held: list[Prepared], settings: Settings) -> LeftOut:
    """A model of some notes, and its proposals for the others."""
    model = fit(train, settings)
    return LeftOut(model, held, propose(model, [p.note.text for p in held]))


def fit_reader_on(parts: Sequence[LeftOut], settings: Settings) -> dict[str, float]:
    """Weights over whole readings from the proposals of models that did not see the notes."""
    examples = [
        (p.note, q, p.tags, part.model.kind.classes)
        for part in parts
        for p, q in zip(part.notes, part.proposals, strict=True)
    ]
    return fit_reader(examples, l2=settings.reader_l2)


def matched(found: Found, gold: Sequence[GoldService]) -> GoldService | None:
    """The labelled service that a found one overlaps enough to be taken for it (as score.py matches them)."""
    best, most = None, 0
    for service in gold:
        both = shared((found.start, found.end), (service.start, service.end))
        if both > most:
            best, most = service, both
    return best


def calibrate(model: Model, answers: Sequence[Answered]) -> Model:
    """The model with its confidence, its settling and its thresholds fitted on answers for notes left out."""
    examples, code_right, all_right, sources = [], [], [], []
    for answer in answers:
        for found in answer.predicted.services:
            reading = answer.predicted.reading
            thin = content_words(reading.low, reading.labels, found.start, found.end) == 0
            gold = matched(found, answer.note.services)
            code = found.code
            if thin and found.labelled:
                code = one_name(found.labelled)
            right = gold is not None and gold.code == code
            timed = code != "none" and is_timed(code)
            examples.append(signs(answer.predicted, found, thin))
            code_right.append(int(right))
            all_right.append(int(right and gold is not None and (not timed or gold.minutes == found.minutes.minutes)))
            sources.append(answer.note.source)
    matched_rows = [
        i
        for i, (a, f) in enumerate((a, f) for a in answers for f in a.predicted.services)
        if matched(f, a.note.services)
    ]
    confidence = fit_weighed(
        [examples[i] for i in matched_rows],
        [code_right[i] for i in matched_rows],
        [sources[i] for i in matched_rows],
        c=0.3,
        least=8,
    )
    settle = fit_weighed(examples, all_right, sources, c=0.3, least=8)
    thresholds = dict(model.thresholds)
    thresholds["settle"] = settle_threshold([settle.probability(e) for e in examples], all_right)
    for element in ELEMENTS:
        thresholds[element] = element_threshold(model, answers, element)
    return replace(model, confidence=confidence, settle=settle, thresholds=thresholds)


def settle_threshold(probabilities: Sequence[float], right: Sequence[int], clean: float = CLEAN) -> float:
    """The lowest threshold above which the share of right answers is at least `clean`."""
    order = np.argsort(-np.asarray(probabilities))
    hits = np.cumsum(np.asarray(right)[order]) / np.arange(1, len(order) + 1)
    good = np.flatnonzero(hits >= clean)
    return float(np.asarray(probabilities)[order][good[-1]]) if len(good) else 0.999


RESAMPLES = 60  # a single best threshold hangs on a few notes; the median of many draws of the same notes does not


def element_threshold(model: Model, answers: Sequence[Answered], element: str) -> float:
    """The probability above which a note is taken to show an element: best F1 of the finding on notes left out, the median
    over draws of the notes with replacement."""
    column = model.elements.column(element)
    asked = [a for a in answers if a.predicted.services and len(a.predicted.elements)]
    if not asked:
        return 0.5
    strengths = np.array([float(a.predicted.elements[:, column].max()) for a in asked])
    missing = np.array([f"missing_{element}" in a.note.flags for a in asked])
    draws = np.random.default_rng(0).integers(0, len(asked), (RESAMPLES, len(asked)))
    return float(np.median([_best_threshold(strengths[d], missing[d]) for d in draws]))


def _best_threshold(strengths: npt.NDArray[np.float64], missing: npt.NDArray[np.bool_]) -> float:
    """The strength up to which calling an element missing gives the best F1."""
    if not missing.any():
        return 0.5
    order = np.argsort(strengths, kind="stable")
    hits = np.cumsum(missing[order])
    best = int(np.argmax(2 * hits / (np.arange(1, len(order) + 1) + missing.sum())))
    return float(strengths[order[best : best + 2]].mean())
