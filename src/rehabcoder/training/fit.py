"""Fits the model: what each piece is, where services begin and end, which code they support, which time is theirs."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix, hstack
from sklearn.linear_model import LogisticRegression

from rehabcoder.billing.codes import one_name
from rehabcoder.language.aside import up_to_aside
from rehabcoder.language.chain import chain_features
from rehabcoder.language.layout import element_places
from rehabcoder.predict.model import ELEMENTS, Chain, Linear, Model, Weighed
from rehabcoder.predict.trees import no_trees
from rehabcoder.training.bags import Bag, Names, bag_matrix, counted, together
from rehabcoder.training.corpus import LEAST_NOTES, LEAST_SOURCES, Corpus, Key, Settings, parts_of
from rehabcoder.training.crf import train_chain
from rehabcoder.training.labelled import LabelledNote
from rehabcoder.training.linear import Idf, idf_of, kept, linear, matrix, regression, unit_rows
from rehabcoder.training.sight import Seen, Sight, seen, sight


@dataclass(slots=True)
class Described:
    """Whole descriptions with the codes that they support: a row of features, a label and a weight for each."""

    rows: csr_matrix
    labels: list[str]
    weight: list[float]


def descriptions(data: Corpus, columns: Bag, idf: Idf) -> Described:
    """The descriptions that codes are learnt from. `columns` are the places of the features in the vocabulary."""
    docs, labels, weight = [], [], []
    for snippet, bag in zip(data.snippets, data.snippet_words, strict=True):
        if snippet.code:
            docs.append(bag)
            labels.append(snippet.code)
            weight.append(1.0)
    for prepared in data.notes:
        for index, service in enumerate(prepared.note.services):
            own = prepared.words_of(index)
            if own is not None:
                docs.append(own)
                labels.append(service.code)
                weight.append(prepared.note.weight)
    return Described(bag_matrix(docs, columns, len(idf)), labels, weight)


def fit_codes(given: Described, idf: Idf, settings: Settings) -> Linear:
    """Which code a whole description supports."""
    return linear(given.rows, given.labels, idf, settings.code_c, given.weight)


@dataclass(slots=True)
class Said:
    """What documentation elements are read from: a clause, with the sentence (the piece of a note) that it stands in."""

    clause: Bag
    sentence: Bag
    place: list[str]  # features of where it stands
    marks: dict[str, int]  # for each element: 1 shown, 0 not shown, not there where nothing is known


def said(data: Corpus) -> list[Said]:
    """Everything that elements are learnt from. A clause of a note that has an element, but not in the quoted words, teaches
    nothing of that element: it may show it too."""
    out = [
        Said(bag, bag, [], {} if s.elements is None else {e: int(e in s.elements) for e in ELEMENTS})
        for s, bag in zip(data.snippets, data.snippet_words, strict=True)
    ]
    for p in data.notes:
        places = element_places(p.layout, p.spans)
        parts = iter(p.clauses)
        silent = {element: 0 for element in ELEMENTS if f"missing_{element}" in p.note.flags}
        quoted = _quoted(p.note)
        for whole, cuts, place in zip(p.words, p.cuts, places, strict=True):
            for start, end in cuts:
                out.append(Said(next(parts), whole, place, silent | _shown(quoted, start, end)))
    return out


def _quoted(note: LabelledNote) -> dict[str, tuple[int, int]]:
    """Where the words stand that show an element, for each that has some."""
    found = {element: (note.text.find(quote), len(quote)) for element, quote in note.evidence.items() if quote}
    return {element: (at, at + length) for element, (at, length) in found.items() if at >= 0 and element in ELEMENTS}


def _shown(quoted: Mapping[str, tuple[int, int]], start: int, end: int) -> dict[str, int]:
    return {
        element: 1
        for element, (begin, stop) in quoted.items()
        if min(end, stop) - max(start, begin) > 0.5 * min(end - start, stop - begin)
    }


def fit_elements(
    docs: Sequence[Said], places: csr_matrix, columns: Bag, idf: Idf, settings: Settings
) -> tuple[Linear, Linear]:
    """Which documentation elements a clause shows: what its own words say of them, and what those of its sentence add.

    `places` has a row for each of the documents, with the features of where it stands.
    """
    clause = unit_rows(bag_matrix([s.clause for s in docs], columns, len(idf)) + places, idf)
    sentence = unit_rows(bag_matrix([s.sentence for s in docs], columns, len(idf)) + places, idf)
    rows = hstack([clause, sentence]).tocsr()
    tables, biases = [], []
    for element in ELEMENTS:
        chosen = [i for i, s in enumerate(docs) if element in s.marks]
        marks = np.array([docs[i].marks[element] for i in chosen])
        table, bias = regression(rows[chosen], marks, 2, settings.element_c)
        tables.append((table[:, 1] - table[:, 0]).reshape(2, -1) * idf)
        biases.append(bias[1] - bias[0])
    own, around = np.stack(tables, axis=2).astype(np.float32)
    shift = np.array(biases, dtype=np.float32)
    return Linear(ELEMENTS, own, shift), Linear(ELEMENTS, around, np.zeros_like(shift))


def fit_chain(
    data: Corpus,
    vocabulary: dict[str, int],
    columns: Bag,
    kinds: Sequence[tuple[npt.NDArray[np.float32], float]],
    classes: Sequence[str],
    settings: Settings,
) -> tuple[Chain, dict[str, int]]:
    """The tagger. `kinds` are probabilities of the pieces, and the note's log odds, by models that did not see it; returns
    the chain and the vocabulary extended by layout and chain features."""
    ends = [up_to_aside(len(p.words), p.aside) for p in data.notes]  # as they are cut at run time
    names, placed = Names(), _Placed()
    pieces: list[Bag] = []  # what is known of each piece but its words
    by_source: dict[str, list[Bag]] = {}
    for p, end, (kind, odds) in zip(data.notes, ends, kinds, strict=True):
        chain = chain_features(kind[:end], classes, p.layout[:end], odds)
        around = [names.bag([*map(placed.__getitem__, at), *c]) for at, c in zip(p.layout[:end], chain, strict=True)]
        places = names.bag(dict.fromkeys(f for place in element_places(p.layout, p.spans) for f in place))
        by_source.setdefault(p.note.source, []).append(together([*around, places]))
        pieces += around
    extended = dict(vocabulary)
    notes, sources = counted(by_source.values(), len(names))
    for feature in names.chosen((notes >= LEAST_NOTES) & (sources >= LEAST_SOURCES)):
        extended.setdefault(feature, len(extended))
    words = [bag for p, end in zip(data.notes, ends, strict=True) for bag in islice(p.words, end)]
    width = len(extended)
    rows = bag_matrix(words, columns, width) + bag_matrix(pieces, names.columns(extended), width)
    lengths = np.array([end for end in ends if end])
    states = np.array([t for p, end in zip(data.notes, ends, strict=True) for t in p.tags[:end]])
    weight = np.array([p.note.weight for p, end in zip(data.notes, ends, strict=True) if end])
    fitted = train_chain(rows, states, lengths, n_states=3, l2=settings.chain_l2, weight=weight)
    own, before, behind = (table.astype(np.float32) for table in fitted.emission)
    transition, start, bias = (a.astype(np.float32) for a in (fitted.transition, fitted.start, fitted.bias))
    return Chain(own, before, behind, transition, start, bias), extended


class _Placed(dict[str, str]):
    """The features of the layout by the names that they have in a vocabulary: a few thousand, asked for half a million times."""

    def __missing__(self, feature: str) -> str:
        self[feature] = name = "@" + feature
        return name


def fit_weighed(
    examples: Sequence[Sequence[str]], marks: Sequence[int], sources: Sequence[str], *, c: float, least: int = 3
) -> Weighed:
    """A small logistic model over named features, each seen in enough examples of at least two sources."""
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for feats, source in zip(examples, sources, strict=True):
        for feature in set(feats):
            counts[feature][source] += 1
    several = len(set(sources)) > 1
    vocabulary = {f: i for i, f in enumerate(kept(counts, least, 2 if several else 1))}
    model = LogisticRegression(C=c, max_iter=300).fit(
        matrix([list(dict.fromkeys(e)) for e in examples], vocabulary), marks
    )
    weights = {f: float(np.float32(w)) for f, w in zip(vocabulary, model.coef_[0], strict=True) if abs(w) > 1e-4}
    return Weighed(float(model.intercept_[0]), weights)


def fit_minutes(data: Corpus, settings: Settings) -> Weighed:
    """The ranker of times: is this time the minutes of this service?"""
    examples = [(*time, prepared.note.source) for prepared in data.notes for time in prepared.times]
    features, marks, sources = zip(*examples, strict=True) if examples else ((), (), ())
    return fit_weighed(features, marks, sources, c=settings.minutes_c)


def label_table(data: Corpus) -> dict[str, dict[str, float]]:
    """How likely a label is, given the code that the description supports: counted, smoothed towards a right label."""
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for prepared in data.notes:
        for service in prepared.note.services:
            if service.labelled:
                counts[service.code][one_name(service.labelled)] += 1
    codes = sorted(set(counts) | {label for by in counts.values() for label in by})
    pooled: Counter[str] = Counter()
    for code, by in counts.items():
        for label, n in by.items():
            if label != code:
                pooled[label] += n
    wrong = sum(pooled.values()) + len(codes)
    table: dict[str, dict[str, float]] = {}
    for code in codes:
        by = counts[code]
        # Four right labels are believed beforehand, and one wrong one spread as wrong labels are spread everywhere.
        total = sum(by.values()) + 5.0
        table[code] = {
            label: round((by[label] + (4.0 if label == code else (pooled[label] + 1) / wrong)) / total, 6)
            for label in codes
        }
    return table


def fit(
    data: Corpus,
    settings: Settings | None = None,
    first: Sight | None = None,
    others: Sequence[tuple[frozenset[Key], Sight]] = (),
) -> Model:
    """Fits every part but the calibrations, which need answers for notes left out (`calibrate`).

    `first` is the first stage of the data, `others` are those of the data without some of its notes, each note in one of
    them, so that the tagger learns from what a stage says that did not see the note. They are fitted where they are not given.
    """
    settings = settings or Settings()
    first = first or sight(data, settings)
    if not others:
        rests = [(away, data.without(away)) for away in parts_of(data, settings)]
        others = [(away, sight(rest if rest.notes else data, settings)) for away, rest in rests]
    vocabulary, idf = first.vocabulary, first.idf
    crossed: list[Seen] = [(np.zeros((0, 0), dtype=np.float32), 0.0)] * len(data.notes)
    for away, stage in others:
        held = [i for i, p in enumerate(data.notes) if p.key in away]
        told = seen(stage, data.names, [data.notes[i] for i in held], first.kind.classes)
        for i, one in zip(held, told, strict=True):
            crossed[i] = one
    columns = data.names.columns(vocabulary)
    codes = fit_codes(descriptions(data, columns, idf), idf, settings)  # first: it needs most memory
    chain, extended = fit_chain(data, vocabulary, columns, crossed, first.kind.classes, settings)
    documents = said(data)
    places = matrix([s.place for s in documents], extended)
    full_idf = np.concatenate([idf, idf_of(places)[len(idf) :]])
    elements, sentences = fit_elements(documents, places, columns, full_idf, settings)
    return Model(
        extended,
        full_idf,
        first.session,
        first.kind,
        codes,
        elements,
        sentences,
        chain,
        fit_minutes(data, settings),
        no_trees(),
        no_trees(),
        label_table(data),
        {},
    )
