"""Calibration on clinics left out: probabilities that mean what they say, and the thresholds that rest on them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np
import numpy.typing as npt
from joblib import Parallel, delayed

from rehabcoder.billing.codes import is_timed, one_name
from rehabcoder.language.detail import content_words
from rehabcoder.predict.model import ELEMENTS, Model
from rehabcoder.predict.predictor import Found, Predicted, Proposal, decide, propose
from rehabcoder.predict.settling import SIGNS, signs, whole
from rehabcoder.training.boosting import fit_trees, unseen
from rehabcoder.training.corpus import Corpus, Key, Prepared, Settings, parts_of
from rehabcoder.training.fit import fit
from rehabcoder.training.labelled import GoldService, LabelledNote, shared
from rehabcoder.training.reader import fit_reader
from rehabcoder.training.sight import Sight, sight

# Share of settled services that shall be right, on notes left out of all clinics, the oddly laid out ones included; of the
# ordinary clinics that the project was given it is two points more (docs/accuracy.md).
CLEAN = 0.965


@dataclass(slots=True)
class Answered:
    """What a model that did not see a note said of it."""

    note: LabelledNote
    predicted: Predicted


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


def leave_out(
    data: Corpus, settings: Settings, jobs: int = 1, folds: Sequence[frozenset[str]] | None = None
) -> tuple[Model, list[LeftOut]]:
    """A model of everything, and for each part of the notes (`parts_of`) a model of the others with its proposals for it."""
    parts = parts_of(data, settings, folds)
    if len(parts) < 2:
        parts = []
    stages = _stages(data, parts, settings, jobs)

    def known(*away: int) -> tuple[Sight | None, list[tuple[frozenset[Key], Sight]]]:
        others = [k for k in range(len(parts)) if k not in away]
        if not stages or len(others) < 2:
            return stages.get(frozenset(away)), []
        return stages[frozenset(away)], [(parts[k], stages[frozenset({*away, k})]) for k in others]

    # The longest first, so that no core waits for it at the end.
    tasks = [delayed(fit)(data, settings, *known())]
    tasks += [delayed(left_out)(data, part, settings, *known(k)) for k, part in enumerate(parts)]
    model, *left = Parallel(n_jobs=jobs)(tasks)
    return model, left


def _stages(
    data: Corpus, parts: Sequence[frozenset[Key]], settings: Settings, jobs: int
) -> dict[frozenset[int], Sight]:
    """First stages of all notes, and of those without one part or two, by the numbers of the parts that are away.

    Without parts one and two it serves the model without one, for what it says of two, and the other way round: with four
    parts there are 11 to fit, and not 25.
    """
    numbers = range(len(parts))
    wanted = [frozenset(chosen) for n in (0, 1, 2) for chosen in combinations(numbers, n) if n < len(parts)]
    shares = [wanted[k::jobs] for k in range(jobs)]
    done = Parallel(n_jobs=jobs)(delayed(_sights)(data, parts, share, settings) for share in shares)
    return {
        away: stage
        for share, stages in zip(shares, done, strict=True)
        for away, stage in zip(share, stages, strict=True)
    }


def _sights(
    data: Corpus, parts: Sequence[frozenset[Key]], wanted: Sequence[frozenset[int]], settings: Settings
) -> list[Sight]:
    return [sight(data.without(frozenset().union(*(parts[k] for k in away))), settings) for away in wanted]


def left_out(
    data: Corpus,
    away: frozenset[Key],
    settings: Settings,
    first: Sight | None,
    others: Sequence[tuple[frozenset[Key], Sight]],
) -> LeftOut:
    """A model of the other notes, and its proposals for these."""
    model = fit(data.without(away), settings, first, others)
    held = [p for p in data.notes if p.key in away]
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
    examples, code_right, all_right, matching, sources = [], [], [], [], []
    several = len({a.note.source for a in answers}) > 1
    for answer in answers:
        note = whole(answer.predicted)
        for found in answer.predicted.services:
            reading = answer.predicted.reading
            thin = content_words(reading.low, reading.labels, found.start, found.end) == 0
            gold = matched(found, answer.note.services)
            code = found.code
            if thin and found.labelled:
                code = one_name(found.labelled)
            right = gold is not None and gold.code == code
            timed = code != "none" and is_timed(code)
            examples.append(signs(note, found, thin))
            code_right.append(int(right))
            all_right.append(int(right and gold is not None and (not timed or gold.minutes == found.minutes.minutes)))
            matching.append(gold is not None)
            sources.append(answer.note.source if several else answer.note.note_id)
    table = np.array(examples, dtype=np.float32).reshape(-1, len(SIGNS))
    marks, known = np.array(all_right, dtype=np.int64), np.array(matching, dtype=np.bool_)
    confidence = fit_trees(table[known], np.array(code_right, dtype=np.int64)[known])
    settle = fit_trees(table, marks)
    thresholds = dict(model.thresholds)
    told, unseen_by = unseen(table, marks, sources)
    if settle and unseen_by.any():
        thresholds["settle"] = settle_threshold(told[unseen_by], marks[unseen_by])
    for element in ELEMENTS:
        thresholds[element] = element_threshold(model, answers, element)
    return replace(model, confidence=confidence, settle=settle, thresholds=thresholds)


def settle_threshold(
    probabilities: npt.NDArray[np.float64], right: npt.NDArray[np.int64], clean: float = CLEAN
) -> float:
    """The lowest threshold above which the share of right answers is at least `clean`."""
    order = np.argsort(-probabilities)
    hits = np.cumsum(right[order]) / np.arange(1, len(order) + 1)
    good = np.flatnonzero(hits >= clean)
    return float(probabilities[order][good[-1]]) if len(good) else 0.999


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
