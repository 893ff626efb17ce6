"""Calibration on clinics left out: probabilities that mean what they say, and the thresholds that rest on them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np
import numpy.typing as npt
from joblib import Parallel, delayed

from rehabcoder.billing.codes import is_timed
from rehabcoder.predict.model import ELEMENTS, Model
from rehabcoder.predict.predicted import Found, Predicted, Proposal, Way
from rehabcoder.predict.predictor import predict
from rehabcoder.predict.proposing import propose
from rehabcoder.predict.settling import SIGNS, answer, code_of, whole
from rehabcoder.training.boosting import fit_trees, unseen
from rehabcoder.training.corpus import Corpus, Key, Prepared, Settings, parts_of
from rehabcoder.training.fit import fit
from rehabcoder.training.labelled import GoldService, LabelledNote, shared
from rehabcoder.training.outcomes import Answered
from rehabcoder.training.reader import Ways, fit_reader, ways_of
from rehabcoder.training.sight import Sight, sight

# Share of settled services that shall be right, on notes left out.
CLEAN = 0.97
ENOUGH = 300  # answers for unread notes to choose a threshold by: one wrong in them is a tenth of what may be wrong
_BATCH = 128  # notes read at a time: what is read of a note takes a hundred times its room


@dataclass(slots=True)
class LeftOut:
    """A model that was fitted without some notes, and the ways that it proposes to cut them."""

    model: Model
    notes: list[LabelledNote]
    cuts: list[list[Way]]  # of each note
    ways: Ways  # the same, as features


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

    Without parts one and two it serves the model without one, for what it says of two, and the other way round: with three
    parts there are 7 to fit, and not 13.
    """
    numbers = range(len(parts))
    wanted = [frozenset(chosen) for n in (0, 1, 2) for chosen in combinations(numbers, n) if n < len(parts)]
    shares: list[list[frozenset[int]]] = [[] for _ in range(jobs)]
    for away in wanted:  # the largest first, each to whom has least to do
        min(shares, key=lambda share: sum(len(parts) - len(one) for one in share)).append(away)
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
    """A model of the other notes, and what it proposes for these."""
    model = fit(data.without(away), settings, first, others)
    return asked(model, [p for p in data.notes if p.key in away])


def asked(model: Model, notes: Sequence[Prepared]) -> LeftOut:
    """What a model proposes for notes that it did not see."""
    labelled = [p.note for p in notes]
    cuts: list[list[Way]] = []

    def proposals() -> Iterator[Proposal]:
        for here in _batches(len(labelled)):
            for proposal in propose(model, [note.text for note in labelled[here]]):
                cuts.append(proposal.ways)
                yield proposal

    ways = ways_of(proposals(), labelled, [p.tags for p in notes], model.kind.classes)
    return LeftOut(model, labelled, cuts, ways)


def _batches(count: int, most: int = _BATCH) -> Iterator[slice]:
    return (slice(begin, begin + most) for begin in range(0, count, most))


def answers_of(parts: Sequence[LeftOut], readers: Sequence[dict[str, float]], jobs: int = 1) -> list[list[Answered]]:
    """What each model says of its notes when its weights in `readers` choose among the ways to cut them."""
    models = [replace(part.model, reader=reader) for part, reader in zip(parts, readers, strict=True)]
    # In pieces, so that no core waits for another at the end.
    tasks = [(k, here) for k, part in enumerate(parts) for here in _batches(len(part.notes), 4 * _BATCH)]
    out: list[list[Answered]] = [[] for _ in parts]
    done = Parallel(n_jobs=jobs)(
        delayed(say)(models[k], parts[k].notes[here], parts[k].cuts[here]) for k, here in tasks
    )
    for (k, _), answered in zip(tasks, done, strict=True):
        out[k] += answered
    return out


def say(model: Model, notes: Sequence[LabelledNote], cuts: Sequence[list[Way]] | None = None) -> list[Answered]:
    """What a model, as it is, says of notes; `cuts` are the ways that it proposes to cut each, if it was asked before."""
    return [
        _answered(model, note, predicted)
        for here in _batches(len(notes))
        for note, predicted in zip(
            notes[here], predict(model, [note.text for note in notes[here]], cuts and cuts[here]), strict=True
        )
    ]


def _answered(model: Model, note: LabelledNote, predicted: Predicted) -> Answered:
    seen = whole(predicted)
    shown = {}
    if len(predicted.elements):
        shown = dict(zip(model.elements.classes, predicted.elements.max(axis=0).tolist(), strict=True))
    return Answered(note, [answer(seen, found) for found in predicted.services], shown)


def matched(found: Found, gold: Sequence[GoldService]) -> GoldService | None:
    """The labelled service that a found one overlaps enough to be taken for it (as score.py matches them)."""
    best, most = None, 0
    for service in gold:
        both = shared((found.start, found.end), (service.start, service.end))
        if both > most:
            best, most = service, both
    return best


def fit_reader_on(parts: Iterable[LeftOut], settings: Settings) -> dict[str, float]:
    """Weights over whole readings from what models proposed that did not see the notes."""
    return fit_reader([part.ways for part in parts], l2=settings.reader_l2)


def calibrated(model: Model, parts: Sequence[LeftOut], settings: Settings, jobs: int = 1) -> Model:
    """The model with the weights over whole readings, the confidence and the thresholds that notes left out call for."""
    reader = fit_reader_on(parts, settings)
    answered = answers_of(parts, [reader] * len(parts), jobs)
    return calibrate(replace(model, reader=reader), [one for part in answered for one in part], jobs)


def calibrate(model: Model, answered: Sequence[Answered], jobs: int = 1) -> Model:
    """The model with its confidence, its settling and its thresholds fitted on answers for notes left out."""
    examples, code_right, all_right, matching, unread, sources = [], [], [], [], [], []
    several = len({a.note.source for a in answered}) > 1
    for one in answered:
        for given in one.answers:
            gold, code, minutes = matched(given.found, one.note.services), code_of(given), given.found.minutes.minutes
            right = gold is not None and gold.code == code
            timed = code != "none" and is_timed(code)
            examples.append(given.signs)
            code_right.append(int(right))
            all_right.append(int(right and gold is not None and (not timed or gold.minutes == minutes)))
            matching.append(gold is not None)
            unread.append(one.note.unread)
            sources.append(one.note.source if several else one.note.note_id)
    table = np.array(examples, dtype=np.float32).reshape(-1, len(SIGNS))
    marks, known = np.array(all_right, dtype=np.int64), np.array(matching, dtype=np.bool_)
    confidence, settle = Parallel(n_jobs=jobs)(
        [
            delayed(fit_trees)(table[known], np.array(code_right, dtype=np.int64)[known]),
            delayed(fit_trees)(table, marks),
        ]
    )
    thresholds = dict(model.thresholds)
    told, unseen_by = unseen(table, marks, sources, jobs=jobs)
    if settle and unseen_by.any():
        by = telling(unseen_by, np.array(unread, dtype=np.bool_))
        thresholds["settle"] = settle_threshold(told[by], marks[by])
    for element in ELEMENTS:
        thresholds[element] = element_threshold(answered, element)
    return replace(model, confidence=confidence, settle=settle, thresholds=thresholds)


def telling(known: npt.NDArray[np.bool_], unread: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    """The answers to choose the threshold of settling by: those for `unread` notes where there are `ENOUGH`, else all.

    No model saw any of these notes, but rules were mended on the errors of most; what is settled of them is more often right
    than it is in new hands (docs/accuracy.md).
    """
    fresh = known & unread
    return fresh if np.count_nonzero(fresh) >= ENOUGH else known


def settle_threshold(
    probabilities: npt.NDArray[np.float64], right: npt.NDArray[np.int64], clean: float = CLEAN
) -> float:
    """The lowest threshold above which the share of right answers is at least `clean`."""
    order = np.argsort(-probabilities)
    hits = np.cumsum(right[order]) / np.arange(1, len(order) + 1)
    good = np.flatnonzero(hits >= clean)
    return float(probabilities[order][good[-1]]) if len(good) else 0.999


RESAMPLES = 60  # a single best threshold hangs on a few notes; the median of many draws of the same notes does not


def element_threshold(answered: Sequence[Answered], element: str) -> float:
    """The probability above which a note is taken to show an element: best F1 of the finding on notes left out, the median
    over draws of the notes with replacement."""
    asked = [a for a in answered if a.answers and a.shown]
    if not asked:
        return 0.5
    strengths = np.array([a.shown[element] for a in asked])
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
