"""What a training learns from, what it is measured on, and what no training ever sees."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from rehabcoder.errors import TrainingError
from rehabcoder.training.corpus import Corpus, Prepared, Settings, corpus, folds_of, hash_fold
from rehabcoder.training.inputs import Own, plain
from rehabcoder.training.labelled import Snippet
from rehabcoder.training.records import OWN, OwnNote, OwnText
from rehabcoder.training.shipped import shipped_data

FROZEN_ONE_IN = 5
"""One in so many of a user's own notes and descriptions is frozen: chosen by its text, so always the same ones."""


@dataclass(slots=True)
class Material:
    """Everything that a training works on.

    `notes` and `texts` say where a user's label came from, by its text.
    """

    shipped: list[Prepared]
    learned: list[Prepared]
    frozen: list[Prepared]
    snippets: Corpus  # the shipped descriptions and sentences; it holds no notes
    learned_texts: Corpus  # the user's descriptions; it holds no notes
    frozen_texts: list[Snippet]
    notes: dict[str, OwnNote]
    texts: dict[str, OwnText]
    known: int = 0  # own labels left out since the shipped data holds them
    replaced: int = 0  # shipped notes and descriptions left out since the user labels them otherwise
    only: bool = False

    def train(self, notes: list[Prepared], texts: list[int] | None = None) -> Corpus:
        """What is learned from `notes`, the shipped descriptions, and those of the user's (all of them by default)."""
        own = self.learned_texts
        chosen = range(len(own.snippets)) if texts is None else texts
        return Corpus(
            notes,
            self.snippets.snippets + [own.snippets[i] for i in chosen],
            self.snippets.snippet_words + [own.snippet_words[i] for i in chosen],
            self.snippets.names,
        )

    @property
    def everything(self) -> Corpus:
        """What the new model is fitted on."""
        return self.train(self.shipped + self.learned)


def is_frozen(text: str) -> bool:
    """Whether a text of a user is kept out of every training."""
    return hash_fold("frozen " + plain(text), FROZEN_ONE_IN) == 0


def assemble(own: Own, *, only: bool = False, shipped: Path | None = None, jobs: int = 1) -> Material:
    """Puts a user's labels beside the shipped data, and reads all of it, `jobs` texts at a time.

    A text that the shipped data holds with the same labels is no news and is left out; one with other labels takes its
    place. Labels that were only accepted from the tool's suggestion are never frozen.

    Raises:
        TrainingError: nothing new is left, or `only` is asked of labels that cannot stand alone.
    """
    notes, snippets = shipped_data(shipped)
    if only:
        # The findings are learned from sentences, which a user's labels do not hold; these carry no code.
        snippets = [s for s in snippets if s.code is None]
        own = _by_clinic(own)
        notes = []
    there = {plain(n.text): {(s.start, s.end, s.code, s.minutes) for s in n.services} for n in notes}
    there_texts = {plain(s.text): s.code for s in snippets if s.code}
    new = [n for n in own.notes if there.get(plain(n.note.text)) != _labels(n)]
    new_texts = [t for t in own.texts if there_texts.get(plain(t.snippet.text)) != t.snippet.code]
    known = len(own.notes) + len(own.texts) - len(new) - len(new_texts)
    if not new and not new_texts:
        raise TrainingError(
            f"all {known} labels are in the shipped data already; nothing was written",
            remedy="Add labels of your own, or train on these alone with --only.",
        )
    relabelled = {plain(n.note.text) for n in new} | {plain(t.snippet.text) for t in new_texts}
    kept = [n for n in notes if plain(n.text) not in relabelled]
    kept_snippets = [s for s in snippets if plain(s.text) not in relabelled]

    def frozen(text: str) -> bool:
        # The shipped model has learned a text that it ships with, under whatever label: nothing is measured on it.
        return is_frozen(text) and plain(text) not in there and plain(text) not in there_texts

    held = [n for n in new if n.counts_fully and frozen(n.note.text)]
    learn = [n for n in new if not (n.counts_fully and frozen(n.note.text))]
    texts = [t.snippet for t in new_texts if not frozen(t.snippet.text)]
    read = corpus([*kept, *(n.note for n in learn + held)], kept_snippets + texts, jobs=jobs)
    first, second, third = len(kept), len(kept) + len(learn), len(kept_snippets)
    return Material(
        read.notes[:first], read.notes[first:second], read.notes[second:],
        Corpus([], kept_snippets, read.snippet_words[:third], read.names),
        Corpus([], texts, read.snippet_words[third:], read.names), [t.snippet for t in new_texts if frozen(t.snippet.text)],
        {n.note.text: n for n in new}, {t.snippet.text: t for t in new_texts}, known,
        len(notes) + len(snippets) - len(kept) - len(kept_snippets), only,
    )  # fmt: skip


def _labels(own: OwnNote) -> set[tuple[int, int, str, int | None]]:
    return {(s.start, s.end, s.code, s.minutes) for s in own.note.services}


def _by_clinic(own: Own) -> Own:
    """Each clinic a source of its own, numbered: a word that only one of them uses is not kept, nor is its name."""
    clinics = own.clinics
    if len(clinics) < 2 or not own.notes:
        raise TrainingError(
            "with --only whole notes of at least two clinics are needed; nothing was written",
            remedy="A word that one clinic alone uses may name a patient and is never kept. Give a file for each "
            "clinic, or leave --only out.",
        )
    number = {clinic: f"{OWN}-{k}" for k, clinic in enumerate(clinics, 1)}
    return Own(
        [replace(n, note=replace(n.note, source=number[n.clinic])) for n in own.notes],
        [replace(t, snippet=replace(t.snippet, source=number[t.clinic])) for t in own.texts],
        own.repeated,
    )


def folds(material: Material, settings: Settings) -> list[tuple[list[Prepared], list[int]]]:
    """What is left out together: whole shipped clinics, and a share of the user's notes and descriptions."""
    sources = folds_of(material.shipped, settings.folds)
    out: list[tuple[list[Prepared], list[int]]] = []
    for k in range(settings.folds):
        away = sources[k] if k < len(sources) else frozenset()
        notes = [p for p in material.shipped if p.note.source in away]
        notes += [p for p in material.learned if hash_fold(p.note.text, settings.folds) == k]
        texts = [
            i for i, s in enumerate(material.learned_texts.snippets) if hash_fold(s.text, settings.folds) == k
        ]  # fmt: skip
        out.append((notes, texts))
    return [fold for fold in out if fold[0] or fold[1]]
