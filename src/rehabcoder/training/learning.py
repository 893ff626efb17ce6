"""The learning curve: would more notes help?

The code model alone is fitted on nothing, a part and all of a user's labels besides the shipped data, and asked for the
codes of the user's descriptions that it has not seen, their places given. That takes seconds where whole models take
minutes.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from joblib import Parallel, cpu_count, delayed

from rehabcoder.predict.model import Floats, Model, linear_scores
from rehabcoder.training.assemble import Material, folds
from rehabcoder.training.bags import Bag, ids
from rehabcoder.training.corpus import Prepared, Settings, hash_fold
from rehabcoder.training.crossval import fitting
from rehabcoder.training.fit import Described, descriptions, fit_codes

SHARES = (0.0, 0.25, 0.5, 1.0)
_ENOUGH = 1_500  # services asked for from which further parts would add time and no certainty
_PARTS = 100  # a user's labels are cut into so many parts, by their text


@dataclass(slots=True, frozen=True)
class Point:
    """What part of the user's labels was learned, how many services that is, and the share of codes that was right."""

    share: float
    services: int
    right: float
    low: float
    high: float


@dataclass(slots=True, frozen=True)
class Curve:
    """The learning curve, and what it says in one sentence."""

    points: list[Point]
    says: str


def learning_curve(
    material: Material, model: Model, settings: Settings, *, jobs: int = 0, tell: Callable[[str], None] | None = None
) -> Curve:
    """The curve over the user's own labels. `model` lends its words and their weights.

    Raises:
        TrainingError: as in `fitting`.
    """
    n = model.code.weights.shape[0]
    columns = material.snippets.names.columns({word: row for word, row in model.vocabulary.items() if row < n})
    idf = model.idf[:n]
    tasks: list[_Task] = []
    enough = 0
    for notes, texts in folds(material, settings):
        own = [p for p in notes if p.note.text in material.notes and material.notes[p.note.text].counts_fully]
        asked = [(ids(bag, columns), code) for bag, code in _asked(own, material, texts)]
        if asked and enough < _ENOUGH:
            tasks += [_task(material, notes, texts, asked, share, columns, idf) for share in SHARES]
            enough += len(asked)
    tasks = [task for task in tasks if len(set(task.train.labels)) > 1]
    if tell is not None:
        tell(f"learning curve: {len(tasks)} fits of the code model")
    done = Parallel(n_jobs=jobs or cpu_count(), pre_dispatch=jobs or cpu_count(), max_nbytes=None)(
        delayed(_right)(task, idf, settings) for task in tasks
    )
    points, marks = [], {}
    for share in SHARES:
        at = [k for k, task in enumerate(tasks) if task.share == share]
        marks[share] = np.array([mark for k in at for mark in done[k]], dtype=float)
        if len(marks[share]):
            right = float(marks[share].mean())
            error = 1.96 * float(marks[share].std()) / len(marks[share]) ** 0.5
            services = round(sum(tasks[k].services for k in at) / len(at))
            points.append(Point(share, services, right, right - error, right + error))
    return Curve(points, _verdict(marks.get(0.5), marks.get(1.0)))


@dataclass(slots=True)
class _Task:
    """Descriptions to learn from, `services` of them the user's, and others to ask for with their codes."""

    share: float
    services: int
    train: Described
    asked: list[tuple[list[int], str]]  # places of their features in the vocabulary


def _task(
    material: Material,
    notes: Sequence[Prepared],
    texts: Sequence[int],
    asked: list[tuple[list[int], str]],
    share: float,
    columns: Bag,
    idf: Floats,
) -> _Task:
    """Learning from a share of the user's labels and the shipped ones, `notes` and `texts` left out."""
    away, held_out = {id(p) for p in notes}, set(texts)
    learned = [p for p in material.learned if id(p) not in away and _within(p.note.text, share)]
    snippets = material.learned_texts.snippets
    chosen = [i for i, s in enumerate(snippets) if i not in held_out and _within(s.text, share)]
    shipped = [p for p in material.shipped if id(p) not in away]
    services = sum(len(p.note.services) for p in learned) + len(chosen)
    train = descriptions(material.train(shipped + learned, chosen), columns, idf)
    return _Task(share, services, train, asked)


def _within(text: str, share: float) -> bool:
    return hash_fold("part " + text, _PARTS) < share * _PARTS


def _asked(own: Sequence[Prepared], material: Material, texts: Sequence[int]) -> list[tuple[Bag, str]]:
    """The features of descriptions, with their codes."""
    out = []
    for prepared in own:
        for index, service in enumerate(prepared.note.services):
            words = prepared.words_of(index)
            if words is not None:
                out.append((words, service.code))
    corpus = material.learned_texts
    return out + [(corpus.snippet_words[i], corpus.snippets[i].code or "none") for i in texts]


def _right(task: _Task, idf: Floats, settings: Settings) -> list[bool]:
    with fitting():
        linear = fit_codes(task.train, idf, settings)
    best = linear_scores(linear, idf, [doc for doc, _ in task.asked]).argmax(axis=1)
    return [linear.classes[k] == gold for k, (_, gold) in zip(best, task.asked, strict=True)]


def _verdict(half: np.ndarray | None, whole: np.ndarray | None) -> str:
    """What the way from half of the labels to all of them says of further ones."""
    if half is None or whole is None or len(half) != len(whole) or len(whole) < 50:
        return "Too few services of yours were left out to say whether more notes would help."
    gain = whole - half
    mean, error = float(gain.mean()), 1.96 * float(gain.std()) / len(gain) ** 0.5
    limits = f"{100 * (mean - error):+.1f} to {100 * (mean + error):+.1f}"
    way = f"From half of your labels to all of them {100 * mean:+.1f} points ({limits})"
    if mean - error > 0:
        return f"{way}: more notes would help."
    if mean + error < 0.01:
        return f"{way}: more notes of the same kind would hardly help."
    return f"{way}: whether more notes would help cannot be told yet."
