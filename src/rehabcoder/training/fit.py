"""Fits the model: what each piece is, where services begin and end, which code they support, which time is theirs."""

from __future__ import annotations

import zlib
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.sparse import hstack
from sklearn.linear_model import LogisticRegression

from rehabcoder.billing.codes import one_name
from rehabcoder.language.aside import but, set_aside
from rehabcoder.language.chain import OUT, chain_features
from rehabcoder.language.layout import Place, element_places, layout_features
from rehabcoder.language.minutes import candidates, usual_forms
from rehabcoder.language.pieces import clauses
from rehabcoder.language.reading import Reading, read
from rehabcoder.language.segments import spans_of
from rehabcoder.language.totals import find_totals
from rehabcoder.predict.features import clause_words, described
from rehabcoder.predict.model import (
    ELEMENTS,
    SESSION,
    Chain,
    Linear,
    Model,
    Weighed,
    linear_scores,
    softmax,
)
from rehabcoder.predict.predictor import EVALUATIONS, session_odds
from rehabcoder.training.crf import train_chain
from rehabcoder.training.labelled import LabelledNote, Snippet
from rehabcoder.training.linear import idf_of, kept, linear, matrix, regression, unit_rows

OUTSIDE, BEGIN, INSIDE = 0, 1, 2
LEAST_NOTES = 5  # that hold a word of the vocabulary: with three it is nearly twice as long, and no righter
# Against a word: of 158 groups left out of training 0.88 were told from exercise, 0.69 without phrases.
PHRASE_WEIGHT = 2.0
_COARSE = frozenset({"97110", "97112", "97530", "97140", "97116", "97535", "97150", "97129", "none"})
_MODALITIES = frozenset(
    ["97010", "97012", "97016", "97018", "97022", "97028", "97032", "97033", "97034", "97035", "97036", "G0283"]
)


def coarse(code: str) -> str:
    """The kind of a piece: the code itself where it is common, a family of codes where it is rare."""
    if code in _COARSE:
        return code
    return "evaluation" if code in EVALUATIONS else "modality" if code in _MODALITIES else "other"


@dataclass(slots=True)
class Prepared:
    """A labelled note, read once: its reading, the features of its pieces and their right tags."""

    note: LabelledNote
    reading: Reading
    words: list[list[str]]
    cuts: list[list[tuple[int, int]]]  # the clauses of each piece: where they begin and end
    clauses: list[list[list[str]]]  # and their words
    layout: list[Place]
    tags: list[int]
    owner: list[int]  # index of the service each piece belongs to, or -1
    aside: frozenset[int]  # pieces that no service can hold

    @property
    def spans(self) -> list[tuple[int, int]]:
        """The right services as ranges of pieces."""
        return spans_of(self.tags)

    @property
    def kinds(self) -> list[str]:
        return [OUT if k < 0 else coarse(self.note.services[k].code) for k in self.owner]


def prepare(note: LabelledNote) -> Prepared:
    """Reads a labelled note and marks each piece with the service that holds most of it."""
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
    parts = [clause_words(reading.masked, cut, whole) for cut, whole in zip(cuts, pieces, strict=True)]
    return Prepared(note, reading, pieces, cuts, parts, layout_features(reading), tags, owner, frozenset(set_aside(reading)))


@dataclass(slots=True)
class Corpus:
    """Prepared notes and the words of the snippets."""

    notes: list[Prepared]
    snippets: list[Snippet]
    snippet_words: list[list[str]]

    def without(self, sources: frozenset[str]) -> Corpus:
        return Corpus([p for p in self.notes if p.note.source not in sources], self.snippets, self.snippet_words)

    def only(self, keep: Callable[[Prepared], bool]) -> Corpus:
        return Corpus([p for p in self.notes if keep(p)], self.snippets, self.snippet_words)


def corpus(notes: Sequence[LabelledNote], snippets: Sequence[Snippet]) -> Corpus:
    """Reads everything once."""
    return Corpus([prepare(n) for n in notes], list(snippets), [described(read(s.text).masked) for s in snippets])


def word_vocabulary(data: Corpus, *, least_notes: int = LEAST_NOTES, least_sources: int = 2) -> dict[str, int]:
    """Rows of the word features. A feature of one source or of fewer than five notes is left out: it may name a patient."""
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for prepared in data.notes:
        for feature in {f for parts in prepared.clauses for feats in parts for f in feats}.union(*prepared.words):
            counts[feature][prepared.note.source] += 1
    for snippet, feats in zip(data.snippets, data.snippet_words, strict=True):
        for feature in feats:
            counts[feature][snippet.source] += 1
    return {f: row for row, f in enumerate(kept(counts, least_notes, least_sources))}


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
    folds: int = 4
    seed: int = 1


def fit_kinds(data: Corpus, vocabulary: dict[str, int], idf: npt.NDArray[np.float32], settings: Settings) -> Linear:
    """What a single piece is: a service of some kind, or none. Sentences and pieces outside of services are `out`."""
    docs = list(data.snippet_words) + [feats for p in data.notes for feats in p.words]
    labels = [coarse(s.code) if s.code else OUT for s in data.snippets] + [k for p in data.notes for k in p.kinds]
    weight = [1.0] * len(data.snippets) + [p.note.weight for p in data.notes for _ in p.words]
    return linear(matrix(docs, vocabulary), labels, idf, settings.kind_c, weight)


def fit_session(data: Corpus, vocabulary: dict[str, int], idf: npt.NDArray[np.float32], settings: Settings) -> Linear:
    """Whether a note is one of a therapy session: what no line of it may say alone, all its words together do."""
    docs = [span_words(but(p.words, p.aside)) for p in data.notes]
    labels = [SESSION[any(s.code not in EVALUATIONS for s in p.note.services)] for p in data.notes]
    if len(set(labels)) < 2:  # nothing to tell apart
        return Linear(SESSION, np.zeros((len(vocabulary), 2), dtype=np.float32), np.zeros(2, dtype=np.float32))
    return linear(matrix(docs, vocabulary), labels, idf, settings.session_c, [p.note.weight for p in data.notes])


def span_words(pieces: Sequence[Sequence[str]]) -> list[str]:
    """Features of a service: those of its pieces, each once."""
    return list(dict.fromkeys(f for feats in pieces for f in feats))


def fit_codes(data: Corpus, vocabulary: dict[str, int], idf: npt.NDArray[np.float32], settings: Settings) -> Linear:
    """Which code a whole description supports."""
    docs, labels, weight = [], [], []
    for snippet, feats in zip(data.snippets, data.snippet_words, strict=True):
        if snippet.code:
            docs.append(feats)
            labels.append(snippet.code)
            weight.append(1.0)
    for prepared in data.notes:
        for index, service in enumerate(prepared.note.services):
            own = [prepared.words[i] for i, k in enumerate(prepared.owner) if k == index]
            if own:
                docs.append(span_words(own))
                labels.append(service.code)
                weight.append(prepared.note.weight)
    return linear(matrix(docs, vocabulary), labels, idf, settings.code_c, weight)


@dataclass(slots=True)
class Said:
    """What documentation elements are read from: a clause, with the sentence (the piece of a note) that it stands in."""

    clause: list[str]
    sentence: list[str]
    marks: dict[str, int]  # for each element: 1 shown, 0 not shown, not there where nothing is known


def said(data: Corpus) -> list[Said]:
    """Everything that elements are learnt from. A clause of a note that has an element, but not in the quoted words, teaches
    nothing of that element: it may show it too."""
    out = [
        Said(feats, feats, {} if s.elements is None else {e: int(e in s.elements) for e in ELEMENTS})
        for s, feats in zip(data.snippets, data.snippet_words, strict=True)
    ]
    for p in data.notes:
        places = element_places(p.layout, p.spans)
        for whole, cuts, parts, place in zip(p.words, p.cuts, p.clauses, places, strict=True):
            sentence = whole + place
            out += [
                Said(part + place, sentence, _marks(p.note, start, end))
                for (start, end), part in zip(cuts, parts, strict=True)
            ]
    return out


def _marks(note: LabelledNote, start: int, end: int) -> dict[str, int]:
    marks = {}
    for element in ELEMENTS:
        quote = note.evidence.get(element) or ""
        at = note.text.find(quote) if quote else -1
        if at >= 0 and min(end, at + len(quote)) - max(start, at) > 0.5 * min(end - start, len(quote)):
            marks[element] = 1
        elif f"missing_{element}" in note.flags:
            marks[element] = 0
    return marks


def fit_elements(
    docs: Sequence[Said], vocabulary: dict[str, int], idf: npt.NDArray[np.float32], settings: Settings
) -> tuple[Linear, Linear]:
    """Which documentation elements a clause shows: what its own words say of them, and what those of its sentence add."""
    clause = unit_rows(matrix([s.clause for s in docs], vocabulary), idf)
    sentence = unit_rows(matrix([s.sentence for s in docs], vocabulary), idf)
    rows = hstack([clause, sentence]).tocsr()
    tables, biases = [], []
    for element in ELEMENTS:
        chosen = [i for i, s in enumerate(docs) if element in s.marks]
        marks = np.array([docs[i].marks[element] for i in chosen])
        table, bias = regression(rows[chosen], marks, 2, settings.element_c, tolerance=1e-4)
        tables.append((table[:, 1] - table[:, 0]).reshape(2, -1) * idf)
        biases.append(bias[1] - bias[0])
    own, around = np.stack(tables, axis=2).astype(np.float32)
    shift = np.array(biases, dtype=np.float32)
    return Linear(ELEMENTS, own, shift), Linear(ELEMENTS, around, np.zeros_like(shift))


def fit_chain(
    data: Corpus,
    vocabulary: dict[str, int],
    kinds: Sequence[tuple[npt.NDArray[np.float32], float]],
    classes: Sequence[str],
    settings: Settings,
) -> tuple[Chain, dict[str, int]]:
    """The tagger. `kinds` are probabilities of the pieces, and the note's log odds, by models that did not see it; returns
    the chain and the vocabulary extended by layout and chain features."""
    features = [
        piece_features(p.words, p.layout, k, classes, odds) for p, (k, odds) in zip(data.notes, kinds, strict=True)
    ]
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for prepared, feats in zip(data.notes, features, strict=True):
        places = element_places(prepared.layout, prepared.spans)
        for feature in {f for one_piece in (*feats, *places) for f in one_piece if f[0] in "@#"}:
            counts[feature][prepared.note.source] += 1
    extended = dict(vocabulary)
    for feature in kept(counts, LEAST_NOTES, 2):
        extended.setdefault(feature, len(extended))
    rows = matrix([f for feats in features for f in feats], extended)
    lengths = np.array([len(feats) for feats in features])
    states = np.array([t for p in data.notes for t in p.tags])
    weight = np.array([p.note.weight for p in data.notes])
    fitted = train_chain(rows, states, lengths, n_states=3, l2=settings.chain_l2, weight=weight)
    own, before, behind = (table.astype(np.float32) for table in fitted.emission)
    transition, start, bias = (a.astype(np.float32) for a in (fitted.transition, fitted.start, fitted.bias))
    return Chain(own, before, behind, transition, start, bias), extended


def piece_features(
    piece_words: Sequence[Sequence[str]],
    layout: Sequence[Place],
    kinds: npt.NDArray[np.float32],
    classes: Sequence[str],
    session: float,
) -> list[list[str]]:
    """All features of the tagger for the pieces of one note."""
    chain = chain_features(kinds, classes, layout, session)
    return [[*w, *("@" + f for f in place), *c] for w, place, c in zip(piece_words, layout, chain, strict=True)]


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
    examples, marks, sources = [], [], []
    for prepared in data.notes:
        note, reading = prepared.note, prepared.reading
        spans = [(s.start, s.end) for s in note.services]
        stated = find_totals(reading)
        forms = usual_forms(reading, spans)
        for index, service in enumerate(note.services):
            before = spans[index - 1][1] if index else 0
            after = spans[index + 1][0] if index + 1 < len(spans) else len(reading.text)
            for found in candidates(
                reading,
                service.start,
                service.end,
                before=before,
                after=after,
                total=stated.total or stated.timed,
                forms=forms,
            ):
                examples.append(list(dict.fromkeys(found.features)))
                marks.append(int(service.minutes is not None and found.minutes == service.minutes))
                sources.append(note.source)
    return fit_weighed(examples, marks, sources, c=settings.minutes_c)


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


def fit(data: Corpus, settings: Settings | None = None) -> Model:
    """Fits every part but the calibrations, which need answers for notes left out (`calibrate`)."""
    settings = settings or Settings()
    vocabulary = word_vocabulary(data)
    all_docs = list(data.snippet_words) + [f for p in data.notes for f in p.words]
    idf = idf_of(matrix(all_docs, vocabulary))
    idf[[row for feature, row in vocabulary.items() if feature[0] == "&"]] *= PHRASE_WEIGHT
    kind = fit_kinds(data, vocabulary, idf, settings)
    crossed = _crossed_kinds(data, vocabulary, idf, settings, kind.classes)
    chain, extended = fit_chain(data, vocabulary, crossed, kind.classes, settings)
    documents = said(data)
    full_idf = np.concatenate([idf, idf_of(matrix([s.clause for s in documents], extended))[len(idf) :]])
    elements, sentences = fit_elements(documents, extended, full_idf, settings)
    neutral = Weighed(0.0, {})
    return Model(
        extended,
        full_idf,
        fit_session(data, vocabulary, idf, settings),
        kind,
        fit_codes(data, vocabulary, idf, settings),
        elements,
        sentences,
        chain,
        fit_minutes(data, settings),
        neutral,
        neutral,
        label_table(data),
        {},
    )


def _crossed_kinds(
    data: Corpus, vocabulary: dict[str, int], idf: npt.NDArray[np.float32], settings: Settings, classes: Sequence[str]
) -> list[tuple[npt.NDArray[np.float32], float]]:
    """Kind probabilities and session odds of every note by models that saw no note of its source, so that the tagger learns
    honest ones."""
    sources = sorted({p.note.source for p in data.notes})
    fold = {s: i % settings.folds for i, s in enumerate(sources)}
    if len(sources) < settings.folds:
        fold = {}
    out: list[tuple[npt.NDArray[np.float32], float]] = [(np.zeros((0, 0), dtype=np.float32), 0.0)] * len(data.notes)
    for k in range(settings.folds):

        def held(prepared: Prepared, k: int = k) -> bool:
            own = fold.get(prepared.note.source)
            return (hash_fold(prepared.note.note_id, settings.folds) if own is None else own) == k

        rest = data.only(lambda p: not held(p))
        if not rest.notes:
            rest = data
        kind, session = fit_kinds(rest, vocabulary, idf, settings), fit_session(rest, vocabulary, idf, settings)
        for index, prepared in enumerate(data.notes):
            if held(prepared):
                docs = [[row for f in feats if (row := vocabulary.get(f)) is not None] for feats in prepared.words]
                scores = linear_scores(kind, idf, docs)
                odds = session_odds(session, idf, [but(docs, prepared.aside)])[0]
                out[index] = (align(softmax(scores), kind.classes, classes), odds)
    return out


def align(probabilities: npt.NDArray[np.float32], have: Sequence[str], want: Sequence[str]) -> npt.NDArray[np.float32]:
    """Columns in the order of `want`; a class that was not seen has probability zero."""
    out = np.zeros((len(probabilities), len(want)), dtype=np.float32)
    for column, name in enumerate(want):
        if name in have:
            out[:, column] = probabilities[:, list(have).index(name)]
    return out


def hash_fold(text: str, folds: int) -> int:
    """A fold that depends on the text alone (Python's own hash changes from run to run)."""
    return zlib.crc32(text.encode("utf-8")) % folds
