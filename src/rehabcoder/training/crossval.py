"""Fits many models side by side and asks each about what it has not seen."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

from joblib import Parallel, cpu_count, delayed
from threadpoolctl import threadpool_limits

from rehabcoder.errors import TrainingError
from rehabcoder.language.reading import read
from rehabcoder.predict.features import described
from rehabcoder.predict.model import Model, linear_scores, softmax
from rehabcoder.predict.predictor import Proposal, _join, propose
from rehabcoder.training.bags import Bag, Names, ids, together
from rehabcoder.training.calibrate import Answered, LeftOut, calibrate, fit_reader_on
from rehabcoder.training.corpus import Corpus, Prepared, Settings
from rehabcoder.training.fit import fit
from rehabcoder.training.labelled import Snippet

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
class Done:
    """What a model has to say of notes (read once the reader is fitted), their labelled places, and descriptions."""

    left_out: LeftOut
    given: list[list[Given]] = field(default_factory=list)
    texts: list[Given] = field(default_factory=list)


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
    read_once: dict[str, Proposal] = {}
    workers = min(jobs or cpu_count(), len(tasks))
    done = Parallel(n_jobs=workers, return_as="generator", pre_dispatch=workers, max_nbytes=None)(
        delayed(_do)(task, settings) for task in tasks
    )
    for task, one in zip(tasks, done, strict=True):
        one.left_out.notes = list(task.notes)
        # What does not hang on the model is the same for all that were asked about a note: it is kept once.
        for proposal in one.left_out.proposals:
            known = read_once.setdefault(proposal.reading.text, proposal)
            proposal.reading, proposal.stated, proposal.layout = known.reading, known.stated, known.layout
        out[task.name] = one
        if tell is not None:
            tell(f"fitted {len(out)} of {len(tasks)} models ({task.name})")
    return out


def _do(task: Task, settings: Settings) -> Done:
    with fitting():
        done = ask(fit(task.train, settings), task.train.names, task.notes, task.texts)
    done.left_out.notes = []  # the caller has them; sending them back would double what it holds
    return done


def ask(model: Model, names: Names, notes: Sequence[Prepared], texts: Sequence[Snippet]) -> Done:
    """What a model has to say of notes, the numbers of whose features `names` tells, and of descriptions."""
    columns = names.columns(model.vocabulary)
    return Done(
        LeftOut(model, list(notes), propose(model, [prepared.note.text for prepared in notes])),
        [_given(model, columns, prepared) for prepared in notes],
        [(text.code or "none", ranked) for text, ranked in zip(texts, describe(model, texts), strict=True)],
    )


def _given(model: Model, columns: Bag, prepared: Prepared) -> list[Given]:
    """The codes at the labelled places, the note's own label joined as in coding. Places without words are left out."""
    services, docs = [], []
    for index, service in enumerate(prepared.note.services):
        own = [bag for bag, owner in zip(prepared.words, prepared.owner, strict=True) if owner == index]
        if own:
            services.append(service)
            docs.append(ids(together(own), columns))
    if not docs:
        return []
    rows = softmax(linear_scores(model.code, model.idf, docs))
    return [(s.code, _join(model, row, s.labelled)) for s, row in zip(services, rows, strict=True)]


def describe(model: Model, texts: Sequence[Snippet]) -> list[Ranked]:
    """Which codes single descriptions support, most likely first."""
    if not texts:
        return []
    docs = [model.ids(described(read(text.text).masked)) for text in texts]
    rows = softmax(linear_scores(model.code, model.idf, docs))
    return [_join(model, row, None) for row in rows]


def answers_of(parts: Sequence[LeftOut], settings: Settings) -> list[list[Answered]]:
    """Answers to each part, read by weights that were fitted on the other parts."""
    out = []
    with fitting():
        for k, part in enumerate(parts):
            rest = [other for number, other in enumerate(parts) if number != k]
            out.append(part.answers(fit_reader_on(rest, settings)))
    return out


def calibrated_without(model: Model, parts: Sequence[Sequence[Answered]]) -> list[Model]:
    """For each part the model as calibrated on the answers of the other parts, so that its figures are honest.

    Raises:
        TrainingError: as in `fitting`.
    """
    out = []
    with fitting():
        for k in range(len(parts)):
            rest = [answer for other, part in enumerate(parts) if other != k for answer in part]
            out.append(calibrate(replace(model), rest))
    return out
