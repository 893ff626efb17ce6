"""Reads notes and proposes ways to cut each into services: what its words look like, and what is certain of it."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Collection, Sequence
from itertools import accumulate, repeat
from typing import TypeAlias

import numpy as np

from rehabcoder.billing.codes import one_name
from rehabcoder.language.above_treatment import above_treatment
from rehabcoder.language.aside import but, set_aside, up_to_aside
from rehabcoder.language.attendance import lines_of_attendance, with_attendance
from rehabcoder.language.behind import closing_labels, names_of_others
from rehabcoder.language.chain import OUT, chain_features
from rehabcoder.language.charged_elsewhere import rows_of_described
from rehabcoder.language.closing import timed_blocks
from rehabcoder.language.counted import counted, listed, named_again
from rehabcoder.language.going_on import going_on
from rehabcoder.language.home_taught import done_today
from rehabcoder.language.layout import layout_features
from rehabcoder.language.modalities import modalities_given
from rehabcoder.language.named import listed_items, named_only, only_billed, only_summed, parted
from rehabcoder.language.openings import (
    joint_headings,
    parts_of_a_sentence,
    shares_of_a_time,
    sure_openings,
    turns_on_machines,
    with_openings,
)
from rehabcoder.language.paths import Span, k_best, of_number, spans_of
from rehabcoder.language.pieces import clauses
from rehabcoder.language.reading import Reading, read
from rehabcoder.language.records import find_records, with_records
from rehabcoder.language.together import (
    OnlyCodes,
    at_headings,
    coded_rows,
    join_rows,
    opened_by_headings,
    split_rows,
    timed_headings,
    timed_rows,
    with_blocks,
    with_rows,
)
from rehabcoder.language.topics import topic_headings
from rehabcoder.language.totals import find_totals
from rehabcoder.language.turned_to import turned_to
from rehabcoder.language.turns import cut_by_turns, find_turns
from rehabcoder.predict.model import Chain, Floats, Linear, Model, flatten, linear_scores, softmax, summed
from rehabcoder.predict.predicted import Proposal, Rows, Way
from rehabcoder.predict.rows import TextRows

LONG = 400  # pieces: no session note is longer; what is gets the tagger's best way unweighed
SURELY = 99.0  # log odds of what is certain
_LIKELY = 0.5  # chance from which a piece is taken for a description
OUTSIDE, BEGINS, INSIDE = 0, 1, 2  # states of the tagger
WAYS = 12  # ways to cut a note that are weighed as a whole (training/experiments.md)

_Mend: TypeAlias = Callable[[list[Span]], list[Span]]


def propose(model: Model, texts: Sequence[str], known: Sequence[list[Way]] | None = None) -> list[Proposal]:
    """Reads the notes, scores their pieces all together, and finds the tagger's best ways to cut each; or takes the `known`
    ways of each, where the same model proposed for the same notes before."""
    readings = [read(text) for text in texts]
    aside = [frozenset(set_aside(reading)) for reading in readings]
    word_rows, clause_rows = _word_rows(model, readings)
    kinds = _kinds(model, word_rows)
    # A home programme must not make a session of an evaluation.
    sessions = session_odds(model.session, model.idf, list(map(but, word_rows, aside)))
    proposals = [
        Proposal(
            reading,
            find_totals(reading),
            layout_features(reading, apart),
            rows,
            parts,
            kind,
            session,
            ways,
            apart,
            list(counted(reading)),
            find_turns(reading.low, reading.labels, reading.times),
        )
        for reading, apart, rows, parts, kind, session, ways in zip(
            readings, aside, word_rows, clause_rows, kinds, sessions, known or [[(0.0, [])] for _ in texts], strict=True
        )
    ]
    if known is not None:
        return proposals
    emissions = _emissions(model, proposals)
    headings = list(map(timed_headings, readings))
    barred = list(map(_make_sure, repeat(model), proposals, headings, emissions))
    _find_ways(model, proposals, headings, barred, emissions)
    return proposals


def _word_rows(model: Model, readings: Sequence[Reading]) -> tuple[list[list[Rows]], list[list[list[Rows]]]]:
    """Rows of the words of every piece, and of its clauses, for each note."""
    pieces, parts = [], []
    for reading in readings:
        rows = TextRows(model.words, reading.masked)
        rows_of, phrases_of = rows.of, rows.phrases_of
        own, within = [], []
        for piece in reading.pieces:
            said = phrases_of(piece.start, piece.end)
            own.append(array("i", rows_of(piece.start, piece.end) + (model.ids(said) if said else [])))
            split = clauses(reading.masked, piece)
            within.append([own[-1]] if len(split) == 1 else [array("i", rows_of(start, end)) for start, end in split])
        pieces.append(own)
        parts.append(within)
    return pieces, parts


def _bounds(lengths: Sequence[int]) -> list[int]:
    """Where the pieces of each note begin among those of all, and where the last ones end."""
    return list(accumulate(lengths, initial=0))


def _kinds(model: Model, notes: Sequence[Sequence[Rows]]) -> list[Floats]:
    """What the pieces of each note are, by their words: probabilities of the kinds."""
    flat = [rows for note in notes for rows in note]
    if not flat:
        return [np.zeros((0, len(model.kind.classes)), dtype=np.float32) for _ in notes]
    bounds = _bounds([len(note) for note in notes])
    kinds = softmax(linear_scores(model.kind, model.idf, flat))
    return [kinds[bounds[i] : bounds[i + 1]] for i in range(len(notes))]


def session_odds(session: Linear, idf: Floats, notes: Sequence[Sequence[Sequence[int]]]) -> list[float]:
    """Log odds for each note, from all its words together, that it is one of a therapy session."""
    scores = linear_scores(session, idf, [list(set().union(*note)) for note in notes])
    return [float(s) for s in scores[:, 1] - scores[:, 0]]


def _emissions(model: Model, proposals: Sequence[Proposal]) -> list[Floats]:
    """Scores of the tagger's states for the pieces of each note, what the neighbours say included.

    Pieces set aside at the end of a note are not cut: one that ends with a home programme is cut as if it did not.
    """
    rows, lengths = [], []
    for p in proposals:
        end = up_to_aside(len(p.rows), p.aside)
        chained = chain_features(p.kinds[:end], model.kind.classes, p.layout[:end], p.session)
        for words, place, chain in zip(p.rows[:end], p.layout[:end], chained, strict=True):
            rows.append([*words, *model.ids(place, model.placed), *model.ids(chain)])
        lengths.append(end)
    bounds = _bounds(lengths)
    if not rows:
        return [np.zeros((0, model.chain.own.shape[1]), dtype=np.float32) for _ in proposals]
    own = summed(model.chain.joined, *flatten(rows))
    n = model.chain.own.shape[1]
    emission = own[:, :n] + model.chain.bias
    inner = np.ones(len(own), dtype=bool)
    inner[[begin for begin in bounds if begin < len(own)]] = False
    emission[1:] += np.where(inner[1:, None], own[:-1, n : 2 * n], 0)
    emission[:-1] += np.where(inner[1:, None], own[1:, 2 * n :], 0)
    return [emission[bounds[i] : bounds[i + 1]] for i in range(len(proposals))]


def _make_sure(model: Model, p: Proposal, headings: Sequence[int], emission: Floats) -> frozenset[int]:
    """Adds to a note's scores what is certain whatever its words look like. Returns the pieces that hold no service."""
    reading, layout, size, classes = p.reading, p.layout, len(emission), model.kind.classes
    charged = rows_of_described(reading, layout, p.kinds, classes, p.aside)
    summed_up = only_summed(reading, layout, (p.stated.timed_span, p.stated.total_span), p.aside)
    inside = _inside(model, p)
    told = _told(model, p, inside)
    barred = p.aside.union(charged, summed_up, joint_headings(reading, told, p.aside), above_treatment(reading))
    bills = only_billed(reading, layout, inside, p.stated.units_span, p.aside)
    emission[[k for k in (*barred, *bills) if k < size], OUTSIDE] += SURELY
    emission[[k for k in modalities_given(reading, barred) if k < size], OUTSIDE] -= SURELY
    # A label that closes a service goes on with what stands before it, and nothing behind goes on with it.
    for k in closing_labels(reading, layout, p.kinds, classes, barred):
        emission[k, INSIDE] += SURELY
        emission[k - 1, OUTSIDE] -= SURELY
        emission[k + 1 : k + 2, INSIDE] -= SURELY
    begun = cut_by_turns(reading, p.turns)
    emission[[*parted(reading, layout, p.aside), *(k for k in begun if k < size)], INSIDE] -= SURELY
    emission[[k for k in listed_items(reading, barred) if k < size], BEGINS] += SURELY
    apart, given = turned_to(reading, told, barred)
    again = named_again(reading, told, barred)
    emission[[k for k in (*apart, *again) if k < size], INSIDE] -= SURELY
    emission[[k for k in (*given, *again) if k < size], OUTSIDE] -= SURELY
    topics, over = topic_headings(reading, p.aside)
    emission[topics, BEGINS] += SURELY
    emission[[k + 1 for k in topics if k + 1 < size], INSIDE] += 2 * SURELY  # even if it opens with a name
    emission[over, OUTSIDE] += SURELY
    for start in opened_by_headings(reading, headings, p.aside):
        emission[start, BEGINS] += SURELY
        emission[start + 1, INSIDE] += SURELY
    for start, end in done_today(reading):
        emission[start, BEGINS] += SURELY
        emission[start + 1 : end, INSIDE] += SURELY
    no_beginning = (
        *names_of_others(reading),
        *turns_on_machines(reading),
        *shares_of_a_time(reading),
        *parts_of_a_sentence(reading, told),
        *going_on(reading, headings),
    )
    emission[[k for k in no_beginning if k < size], BEGINS] -= SURELY
    return barred


def _inside(model: Model, p: Proposal) -> list[float]:
    """How likely each piece belongs to a service, by its words."""
    inside: list[float] = (1 - p.kinds[:, model.kind.column(OUT)]).tolist()
    return inside


def _told(model: Model, p: Proposal, inside: Sequence[float]) -> list[str | None]:
    """The code of each piece that likely describes a service, by its words; None of another."""
    if not inside:
        return []
    names = [one_name(name) for name in model.kind.classes]
    best = np.where(np.array(model.kind.classes) == OUT, -1, p.kinds).argmax(axis=1).tolist()
    return [names[k] if chance > _LIKELY else None for k, chance in zip(best, inside, strict=True)]


def _find_ways(
    model: Model,
    proposals: Sequence[Proposal],
    headings: Sequence[Sequence[int]],
    barred: Sequence[Collection[int]],
    emissions: Sequence[Floats],
) -> None:
    """Gives each note different ways to cut it into services, best first, each with the tagger's score.

    Each way also comes with every list of services that the tagger may have passed over.
    """
    chain = model.chain
    short = [i for i, emission in enumerate(emissions) if 0 < len(emission) <= LONG]
    long = [i for i, emission in enumerate(emissions) if len(emission) > LONG]
    for most, asked in ((WAYS, short), (1, long)):
        paths = k_best([emissions[i] for i in asked], chain.transition, chain.start, most)
        for i, ranked in zip(asked, paths, strict=True):
            p, reading = proposals[i], proposals[i].reading
            mend: _Mend | None = None
            added: list[list[Span]] = []
            if most > 1:
                mend = _mender(reading, headings[i], barred[i])
                added = [
                    coded_rows(reading, barred[i]),
                    named_only(reading, p.layout, _inside(model, p), barred[i]),
                ]
                ranked += _as_listed(chain, p, emissions[i], len(spans_of(ranked[0][1])))
            p.ways = _different(reading, ranked, mend, added)


def _as_listed(chain: Chain, p: Proposal, emission: Floats, found: int) -> list[tuple[float, list[int]]]:
    """The tagger's best paths with as many services as the note gives minutes in a line of their own, and as it bills codes, where
    its best path has another number: among the next best ones, which differ by a piece or two, there may be none."""
    counts = {listed(p.counts), len({one_name(code) for code in p.stated.units or ()})} - {0, found}
    paths = (of_number(emission, chain.transition, chain.start, count) for count in sorted(counts))
    return [path for path in paths if path is not None]


def _mender(reading: Reading, headings: Sequence[int], barred: Collection[int]) -> _Mend:
    """Mends a way to cut the note where it cuts through headings, rows, openings, blocks or records, or joins what they part."""
    cuts = timed_rows(reading)
    openings, heads = sure_openings(reading)
    blocks, records = timed_blocks(reading), find_records(reading)
    attended = lines_of_attendance(reading, barred)

    def mend(spans: list[Span]) -> list[Span]:
        spans = split_rows(at_headings(spans, headings), cuts)
        spans = with_openings(spans, openings, heads)
        spans = with_blocks(reading, spans, blocks, barred)
        spans = with_records(reading, spans, records, barred)
        return with_attendance(spans, attended)

    return mend


def _different(
    reading: Reading, ranked: Sequence[tuple[float, list[int]]], mend: _Mend | None, added: Sequence[list[Span]]
) -> list[Way]:
    """The different ways to cut a note that its best paths come to: mended, alone and with each list of `added` services."""
    codes = OnlyCodes(reading)
    kept: dict[tuple[Span, ...], float] = {}
    for value, path in ranked:
        spans = spans_of(path)
        if mend:
            spans = mend(spans)
        for more in ([], *filter(None, added)):
            kept.setdefault(tuple(join_rows(reading, with_rows(spans, more), codes)), value)
    return [(value, list(spans)) for spans, value in kept.items()]
