"""Fits many models side by side and asks each about what it has not seen."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from joblib import Parallel, cpu_count, delayed
from threadpoolctl import threadpool_limits

from rehabcoder.errors import TrainingError
from rehabcoder.language.reading import read
from rehabcoder.predict.features import described
from rehabcoder.predict.joining import join
from rehabcoder.predict.model import Model, linear_scores, softmax
from rehabcoder.training.bags import Bag, Names, ids
from rehabcoder.training.calibrate import LeftOut, answers_of, asked, calibrate, fit_reader_on
from rehabcoder.training.corpus import Corpus, Prepared, Settings
from rehabcoder.training.fit import fit
from rehabcoder.training.labelled import Snippet
from rehabcoder.training.outcomes import Answered

Ranked = list[tuple[str, float]]
"""Codes with their probabilities, most likely first."""

Given = tuple[str, Ranked]
"""The code that a service is labelled with, and those that a model gives it where its words are pointed out."""


@dataclass(slots=True)
class Task:
    """One model to fit on `train`, and what to ask it: whole notes, and single descriptions."""

    name: str
    train: Corpus
    notes: Sequence[Prepared] = ()
    texts: Sequence[Snippet] = ()


@dataclass(slots=True)
class Told:
    """The codes that a model gives the labelled places of notes, and descriptions."""

    given: list[list[Given]]
    texts: list[Given]


@dataclass(slots=True)
class Done:
    """A fitted model with what it proposes for the notes of its task, and the codes that it gives where it is told the place."""

    left_out: LeftOut
    told: Told


@contextmanager
def fitting() -> Iterator[None]:
    """Turns the complaint of a fit about its data into a sentence.

    Raises:
        TrainingError: there are too few labels of some kind to fit a part of the model.
    """
    try:
        # One thread a fit: sums come out the same however many processes share the machine.
        with threadpool_limits(1):
            yield
    except ValueError as error:
        raise TrainingError(
            "the labels are too few or too much alike to fit every part of a model; nothing was written",
            remedy="Add labelled notes with several codes, with and without minutes; or train without --only.",
        ) from error


def run(
    tasks: Sequence[Task], settings: Settings, *, jobs: int = 0, tell: Callable[[str], None] | None = None
) -> dict[str, Done]:
    """Does all tasks, `jobs` at a time (0: one a core), and says after each how far it is.

    Raises:
        TrainingError: as in `fitting`.
    """
    out: dict[str, Done] = {}
    workers = min(jobs or cpu_count(), len(tasks))
    done = Parallel(n_jobs=workers, return_as="generator", pre_dispatch=workers, max_nbytes=None)(
        delayed(_do)(task, settings) for task in tasks
    )
    for task, one in zip(tasks, done, strict=True):
        one.left_out.notes = [p.note for p in task.notes]
        out[task.name] = one
        if tell is not None:
            tell(f"fitted {len(out)} of {len(tasks)} models ({task.name})")
    return out


def _do(task: Task, settings: Settings) -> Done:
    with fitting():
        model = fit(task.train, settings)
    done = Done(asked(model, task.notes), tell_codes(model, task.train.names, task.notes, task.texts))
    done.left_out.notes = []  # the caller has them; sending them back would double what it holds
    return done


def tell_codes(model: Model, names: Names, notes: Sequence[Prepared], texts: Sequence[Snippet]) -> Told:
    """Asks a model for the codes of the labelled places of notes, the numbers of whose features `names` tells, and of
    descriptions."""
    columns = names.columns(model.vocabulary)
    return Told(
        [_given(model, columns, prepared) for prepared in notes],
        [(text.code or "none", ranked) for text, ranked in zip(texts, describe(model, texts), strict=True)],
    )


def _given(model: Model, columns: Bag, prepared: Prepared) -> list[Given]:
    """The codes at the labelled places, the note's own label joined as in coding. Places without words are left out."""
    services, docs = [], []
    for index, service in enumerate(prepared.note.services):
        own = prepared.words_of(index)
        if own is not None:
            services.append(service)
            docs.append(ids(own, columns))
    if not docs:
        return []
    rows = softmax(linear_scores(model.code, model.idf, docs))
    return [(s.code, join(model, row, s.labelled)) for s, row in zip(services, rows, strict=True)]


def describe(model: Model, texts: Sequence[Snippet]) -> list[Ranked]:
    """Which codes single descriptions support, most likely first."""
    if not texts:
        return []
    docs = [model.ids(described(read(text.text).masked)) for text in texts]
    rows = softmax(linear_scores(model.code, model.idf, docs))
    return [join(model, row, None) for row in rows]


def crossed_answers(parts: Sequence[LeftOut], settings: Settings, jobs: int) -> list[list[Answered]]:
    """Answers to each part, read by weights that were fitted on the other parts."""
    with fitting():
        readers = [fit_reader_on((other for other in parts if other is not part), settings) for part in parts]
    return answers_of(parts, readers, jobs)


def calibrated_without(model: Model, parts: Sequence[Sequence[Answered]], jobs: int) -> list[Model]:
    """For each part the model as calibrated on the answers of the other parts, so that its figures are honest.

    Raises:
        TrainingError: as in `fitting`.
    """
    out = []
    with fitting():
        for k in range(len(parts)):
            rest = [answer for other, part in enumerate(parts) if other != k for answer in part]
            out.append(calibrate(model, rest, jobs))
    return out
