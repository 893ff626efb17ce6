"""Labelled notes and descriptions, read once, with the features that every part of a model is fitted on."""

from __future__ import annotations

import zlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from sys import intern

from joblib import Parallel, delayed

from rehabcoder.billing.codes import EVALUATIONS
from rehabcoder.language.aside import set_aside
from rehabcoder.language.chain import OUT
from rehabcoder.language.layout import Place, layout_features
from rehabcoder.language.minutes import candidates, usual_forms
from rehabcoder.language.paths import spans_of
from rehabcoder.language.pieces import clauses
from rehabcoder.language.reading import Reading, read
from rehabcoder.language.totals import find_totals
from rehabcoder.predict.features import clause_words, described
from rehabcoder.training.bags import Bag, Bags, Names, counted, together
from rehabcoder.training.labelled import LabelledNote, Snippet

OUTSIDE, BEGIN, INSIDE = 0, 1, 2
LEAST_NOTES = 5  # that hold a word of the vocabulary: with three it is nearly twice as long, and no righter
LEAST_SOURCES = 2
_COARSE = frozenset({"97110", "97112", "97530", "97140", "97116", "97535", "97150", "97129", "none"})
_MODALITIES = frozenset(
    ["97010", "97012", "97016", "97018", "97022", "97028", "97032", "97033", "97034", "97035", "97036", "G0283"]
)


def coarse(code: str) -> str:
    """The kind of a piece: the code itself where it is common, a family of codes where it is rare."""
    if code in _COARSE:
        return code
    return "evaluation" if code in EVALUATIONS else "modality" if code in _MODALITIES else "other"


Key = tuple[str, str]
"""A note by its source and its id."""


@dataclass(slots=True)
class Prepared:
    """A labelled note, read once: the features of its pieces and their right tags."""

    note: LabelledNote
    words: Bags  # of each piece
    cuts: list[list[tuple[int, int]]]  # the clauses of each piece: where they begin and end
    clauses: Bags  # and their words, those of one piece behind those of another
    layout: list[Place]
    tags: list[int]
    owner: list[int]  # index of the service each piece belongs to, or -1
    aside: frozenset[int]  # pieces that no service can hold
    # Features of every time that a service could have, and 1 where it is the right one.
    times: list[tuple[list[str], int]]

    @property
    def key(self) -> Key:
        return self.note.source, self.note.note_id

    @property
    def spans(self) -> list[tuple[int, int]]:
        """The right services as ranges of pieces."""
        return spans_of(self.tags)

    def words_of(self, service: int) -> Bag | None:
        """The words of all pieces of a service, by its index; none where no piece is its own."""
        own = [bag for bag, owner in zip(self.words, self.owner, strict=True) if owner == service]
        return together(own) if own else None

    @property
    def kinds(self) -> list[str]:
        return [OUT if k < 0 else coarse(self.note.services[k].code) for k in self.owner]


def prepare(note: LabelledNote, names: Names) -> Prepared:
    """Reads a labelled note and marks each piece with the service that holds most of it; its features get numbers in `names`."""
    reading = read(note.text)
    tags, owner = [], []
    previous = -1
    for piece in reading.pieces:
        best, most = -1, 0
        for index, service in enumerate(note.services):
            overlap = min(piece.end, service.end) - max(piece.start, service.start)
            if overlap > most:
                best, most = index, overlap
        if best >= 0 and most * 2 < piece.end - piece.start:
            best = -1
        tags.append(OUTSIDE if best < 0 else INSIDE if best == previous else BEGIN)
        owner.append(best)
        previous = best
    pieces = [described(reading.masked[p.start : p.end]) for p in reading.pieces]
    cuts = [clauses(reading.masked, p) for p in reading.pieces]
    aside = frozenset(set_aside(reading))
    layout = layout_features(reading, aside)
    for place in layout:
        place[:] = map(intern, place)  # a few thousand names, half a million times
    words, parts = [], []
    for cut, whole in zip(cuts, pieces, strict=True):
        words.append(names.bag(whole))
        said = clause_words(reading.masked, cut, whole)
        parts += [words[-1]] if said == [whole] else [names.bag(feats) for feats in said]
    return Prepared(
        note,
        Bags.of(words),
        cuts,
        Bags.of(parts),
        layout,
        tags,
        owner,
        aside,
        times_of(note, reading),
    )


def times_of(note: LabelledNote, reading: Reading) -> list[tuple[list[str], int]]:
    """Each time that a service of the note could have: its features, and 1 where it is the labelled one."""
    spans = [(s.start, s.end) for s in note.services]
    stated = find_totals(reading)
    forms = usual_forms(reading, spans)
    out = []
    for index, service in enumerate(note.services):
        for found in candidates(
            reading,
            service.start,
            service.end,
            before=spans[index - 1][1] if index else 0,
            after=spans[index + 1][0] if index + 1 < len(spans) else len(reading.text),
            total=stated.total or stated.timed,
            forms=forms,
        ):
            right = service.minutes is not None and found.minutes == service.minutes
            out.append((list(dict.fromkeys(map(intern, found.features))), int(right)))
    return out


@dataclass(slots=True)
class Corpus:
    """Prepared notes and the words of the snippets. `names` tells which features their numbers stand for."""

    notes: list[Prepared]
    snippets: list[Snippet]
    snippet_words: list[Bag]
    names: Names

    def without(self, away: frozenset[Key]) -> Corpus:
        """The same without some notes."""
        return replace(self, notes=[p for p in self.notes if p.key not in away])


def corpus(notes: Sequence[LabelledNote], snippets: Sequence[Snippet], *, jobs: int = 1) -> Corpus:
    """Reads everything once, on `jobs` cores."""
    shares = 4 * jobs  # more than one a core: what has come in and been merged makes room for the next
    done = Parallel(n_jobs=jobs, return_as="generator")(
        delayed(_corpus)(notes[k::shares], snippets[k::shares]) for k in range(shares)
    )
    names = Names()
    prepared: dict[int, Prepared] = {}
    words: dict[int, Bag] = {}
    for k, share in enumerate(done):
        _renumber(share, names.add(share.names))
        for at, note in enumerate(share.notes):
            prepared[k + at * shares] = note
        words |= {k + at * shares: bag for at, bag in enumerate(share.snippet_words)}
    read = Corpus(
        [prepared[i] for i in range(len(notes))], list(snippets), [words[i] for i in range(len(snippets))], names
    )
    # Six of seven features are too rare for any vocabulary, and what no training can keep fills the memory of each.
    kept = {name: number for number, name in enumerate(_chosen(read))}
    _renumber(read, names.columns(kept))
    read.names = Names(kept)
    return read


def _renumber(data: Corpus, number: Bag) -> None:
    """Gives each feature another number; one that gets -1 is left out."""
    for note in data.notes:
        note.words, note.clauses = note.words.renumbered(number), note.clauses.renumbered(number)
    data.snippet_words = [bag[bag >= 0] for bag in (number[old] for old in data.snippet_words)]


def _corpus(notes: Sequence[LabelledNote], snippets: Sequence[Snippet]) -> Corpus:
    names = Names()
    prepared = [prepare(note, names) for note in notes]
    words = [names.bag(described(read(snippet.text).masked)) for snippet in snippets]
    return Corpus(prepared, list(snippets), words, names)


def word_vocabulary(data: Corpus) -> dict[str, int]:
    """Rows of the word features. A feature of one source or of fewer than five notes is left out: it may name a patient."""
    return {name: row for row, name in enumerate(_chosen(data))}


def _chosen(data: Corpus) -> list[str]:
    """The features that a vocabulary of these notes and snippets holds, sorted."""
    by_source: dict[str, list[Bag]] = {}
    for prepared in data.notes:
        every = together([prepared.words.numbers, prepared.clauses.numbers])
        by_source.setdefault(prepared.note.source, []).append(every)
    for snippet, bag in zip(data.snippets, data.snippet_words, strict=True):
        by_source.setdefault(snippet.source, []).append(bag)
    notes, sources = counted(by_source.values(), len(data.names))
    return data.names.chosen((notes >= LEAST_NOTES) & (sources >= LEAST_SOURCES))


@dataclass(slots=True)
class Settings:
    """Numbers that were chosen by leaving clinics out (`training/experiments.md`)."""

    kind_c: float = 10.0
    code_c: float = 30.0
    element_c: float = 3.0
    session_c: float = 5.0
    chain_l2: float = 1.0
    minutes_c: float = 0.5
    reader_l2: float = 10.0
    folds: int = 3
    seed: int = 1


def folds_of(notes: Sequence[Prepared], folds: int) -> list[frozenset[str]]:
    """Sources that are left out together: at most `folds` groups of like size."""
    sizes = Counter(p.note.source for p in notes)
    bins: list[list[str]] = [[] for _ in range(folds)]
    load = [0] * folds
    for source in sorted(sizes, key=lambda s: (-sizes[s], s)):
        k = load.index(min(load))
        bins[k].append(source)
        load[k] += sizes[source]
    return [frozenset(b) for b in bins if b]


def parts_of(data: Corpus, settings: Settings, folds: Sequence[frozenset[str]] | None = None) -> list[frozenset[Key]]:
    """The notes in parts that are left out in turn: whole sources, or single notes where there is one source only."""
    folds = folds_of(data.notes, settings.folds) if folds is None else folds
    if len(folds) < 2:
        number = [hash_fold(p.note.note_id, settings.folds) for p in data.notes]
        groups = [[p for p, k in zip(data.notes, number, strict=True) if k == one] for one in sorted(set(number))]
    else:
        groups = [[p for p in data.notes if p.note.source in fold] for fold in folds]
    return [frozenset(p.key for p in group) for group in groups if group]


def hash_fold(text: str, folds: int) -> int:
    """A fold that depends on the text alone (Python's own hash changes from run to run)."""
    return zlib.crc32(text.encode("utf-8")) % folds
