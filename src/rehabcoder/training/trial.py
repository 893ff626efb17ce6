"""A training on trial: the new model, and what models said of every note that they had not seen."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from joblib import cpu_count

from rehabcoder.predict.model import Model
from rehabcoder.training.assemble import Material, folds
from rehabcoder.training.calibrate import calibrate, fit_reader_on, say
from rehabcoder.training.corpus import Prepared, Settings
from rehabcoder.training.crossval import (
    Given,
    Task,
    Told,
    calibrated_without,
    crossed_answers,
    fitting,
    run,
    tell_codes,
)
from rehabcoder.training.gate import Tally, tally
from rehabcoder.training.labelled import Snippet
from rehabcoder.training.outcomes import Answered, Outcome, outcome_of, outcome_of_text

_NEW = "the new model"


@dataclass(slots=True)
class Measured:
    """What a model that had not seen a note or description made of it."""

    outcome: Outcome
    given: Sequence[Given]
    own: bool  # one of the user's
    frozen: bool  # in the set that the gate judges by


@dataclass(slots=True)
class Trial:
    """A calibrated model, its answers to all that was left out, and those of models without the user's labels."""

    model: Model
    material: Material
    left_out: list[Measured]
    without: list[Measured]  # the shipped notes, by models that had not seen them nor any of the user's

    @classmethod
    def of(
        cls, material: Material, settings: Settings, *, jobs: int = 0, tell: Callable[[str], None] | None = None
    ) -> Trial:
        """Fits everything that is needed, side by side.

        Raises:
            TrainingError: the labels do not suffice to fit every part of a model.
        """
        parts, cores = folds(material, settings), jobs or cpu_count()
        done = run(_tasks(material, parts), settings, jobs=jobs, tell=tell)
        new = [done[_name(k)] for k in range(len(parts))]
        left = [one.left_out for one in new]
        answers = crossed_answers(left, settings, cores)
        counting = [[a for a in part if _counts_fully(material, a.note.text)] for part in answers]
        with fitting():
            fitted = replace(done[_NEW].left_out.model, reader=fit_reader_on(left, settings))
            model = calibrate(fitted, [answer for part in counting for answer in part], cores)
        judges = calibrated_without(model, counting, cores)
        frozen = say(model, done[_NEW].left_out.notes)
        left_out = _measured(material, frozen, done[_NEW].told, model, material.frozen_texts)
        for part, one, judge, (_, texts) in zip(answers, new, judges, parts, strict=True):
            left_out += _measured(material, part, one.told, judge, [material.learned_texts.snippets[i] for i in texts])
        before = [done[name] for k in range(len(parts)) if (name := _name(k, without=True)) in done]
        without: list[Measured] = []
        for part, one in zip(crossed_answers([one.left_out for one in before], settings, cores), before, strict=True):
            without += _measured(material, part, one.told, model, [])
        return cls(model, material, left_out, without)

    def every(self) -> list[Outcome]:
        """Outcomes of everything that was left out, shipped notes and the user's."""
        return [m.outcome for m in self.left_out]

    def own(self) -> list[Outcome]:
        """Outcomes of the user's own notes and descriptions."""
        return [m.outcome for m in self.left_out if m.own]

    def own_by(self, model: Model) -> list[Outcome]:
        """Outcomes of the same by a finished model that has seen none of them, in the same order."""
        by_text = self._asked(model)
        return [by_text[outcome.text].outcome for outcome in self.own()]

    def frozen(self, present: Model) -> tuple[list[Tally], list[Tally]]:
        """What the present model and the new one make of the frozen set, in the same order.

        Of the user's frozen notes the files themselves are asked. The shipped notes are known to both files; for them
        models stand in that were fitted without the clinic at hand, with and without the user's labels.
        """
        before = self._asked(present) | {m.outcome.text: m for m in self.without}
        frozen = [m for m in self.left_out if m.frozen]
        first = [before[m.outcome.text] for m in frozen]
        return [tally(m.outcome, m.given) for m in first], [tally(m.outcome, m.given) for m in frozen]

    def _asked(self, model: Model) -> dict[str, Measured]:
        m = self.material
        notes, texts = m.frozen + m.learned, m.frozen_texts + m.learned_texts.snippets
        told = tell_codes(model, m.snippets.names, notes, texts)
        return {one.outcome.text: one for one in _measured(m, say(model, [p.note for p in notes]), told, model, texts)}


def _name(part: int, *, without: bool = False) -> str:
    return f"part {part + 1} left out" + (", without your labels" if without else "")


def _tasks(material: Material, parts: Sequence[tuple[list[Prepared], list[int]]]) -> list[Task]:
    own_texts = material.learned_texts.snippets
    tasks = [Task(_NEW, material.everything, material.frozen, material.frozen_texts)]
    for k, (notes, texts) in enumerate(parts):
        away, held = {id(p) for p in notes}, set(texts)
        rest = [p for p in material.shipped + material.learned if id(p) not in away]
        train = material.train(rest, [i for i in range(len(own_texts)) if i not in held])
        tasks.append(Task(_name(k), train, notes, [own_texts[i] for i in texts]))
        shipped = [p for p in notes if p.note.text not in material.notes]
        if shipped:
            before = material.train([p for p in material.shipped if id(p) not in away], [])
            tasks.append(Task(_name(k, without=True), before, shipped))
    return tasks


def _counts_fully(material: Material, text: str) -> bool:
    return text not in material.notes or material.notes[text].counts_fully


def _measured(
    material: Material, answers: Sequence[Answered], told: Told, judge: Model, asked: Sequence[Snippet]
) -> list[Measured]:
    """What one model made of what it had not seen; labels that were only accepted are left out."""
    frozen_texts = {p.note.text for p in material.frozen} | {s.text for s in material.frozen_texts}
    out = []
    for answer, given in zip(answers, told.given, strict=True):
        text = answer.note.text
        if not _counts_fully(material, text):
            continue
        own = material.notes.get(text)
        clinic = own.clinic if own else f"shipped {answer.note.source}"
        place = own.place if own else answer.note.note_id
        outcome = outcome_of(answer, judge, clinic=clinic, place=place)
        out.append(Measured(outcome, given, own is not None, own is None or text in frozen_texts))
    for snippet, (gold, ranked) in zip(asked, told.texts, strict=True):
        row = material.texts[snippet.text]
        outcome = outcome_of_text(snippet.text, gold, ranked, clinic=row.clinic, place=row.place)
        out.append(Measured(outcome, [(gold, ranked)], True, snippet.text in frozen_texts))
    return out
