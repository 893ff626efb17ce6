"""Reads notes with a model: spans of services, codes with probabilities, minutes. Works on many notes at once."""

from __future__ import annotations

import itertools
from array import array
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from rehabcoder.billing.codes import EVALUATIONS, is_timed
from rehabcoder.language.aside import but, set_aside, up_to_aside
from rehabcoder.language.attendance import GROUP, Attendance, attendance
from rehabcoder.language.behind import closing_labels, names_of_others
from rehabcoder.language.chain import OUT, chain_features
from rehabcoder.language.charged_elsewhere import rows_of_described
from rehabcoder.language.closing import timed_blocks
from rehabcoder.language.company import Shared, find_shared
from rehabcoder.language.evaluations import evaluation_alone, of_a_note_without_treatment
from rehabcoder.language.home_taught import done_today
from rehabcoder.language.labels import Label
from rehabcoder.language.layout import Place, element_places, layout_features
from rehabcoder.language.minutes import Candidate, Minutes, attach
from rehabcoder.language.named import named_only, only_billed, only_summed, parted
from rehabcoder.language.naming import label_services
from rehabcoder.language.openings import sure_openings, turns_on_machines, with_openings
from rehabcoder.language.pieces import clauses
from rehabcoder.language.reading import Reading, read
from rehabcoder.language.records import find_records, with_records
from rehabcoder.language.segments import Span, Whole, k_best, spans_of
from rehabcoder.language.shown import shown, silent
from rehabcoder.language.together import (
    OnlyCodes,
    at_headings,
    coded_rows,
    in_parts,
    join_rows,
    split_rows,
    timed_headings,
    timed_rows,
    with_blocks,
    with_rows,
)
from rehabcoder.language.topics import topic_headings
from rehabcoder.language.totals import Stated, find_totals
from rehabcoder.language.turns import Turn, cut_by_turns, find_turns, turns_of
from rehabcoder.predict.joining import join, likeliest
from rehabcoder.predict.later import as_later
from rehabcoder.predict.model import Floats, Linear, Model, flatten, linear_scores, softmax, summed
from rehabcoder.predict.reranking import choose
from rehabcoder.predict.rows import TextRows


@dataclass(slots=True)
class Found:
    """One service as the models see it, before billing: where it is, what it is called, what it supports, how long."""

    start: int
    end: int
    pieces: tuple[int, int]
    labelled: str | None
    label_span: tuple[int, int] | None
    probabilities: list[tuple[str, float]]  # best first, the label joined
    described: list[tuple[str, float]]  # best first, from the description alone
    minutes: Minutes
    certainty: float  # how clearly the words are those of a service
    lead: float  # by how much this way to cut the note leads over the next one
    attendance: Attendance | None = None  # what the note says of the service not being given one-on-one

    @property
    def code(self) -> str:
        return self.probabilities[0][0]


Rows: TypeAlias = "array[int]"
"""Features by their rows in the vocabulary; packed, since training holds those of thousands of notes."""


@dataclass(slots=True)
class Predicted:
    """All that the models say of one note."""

    reading: Reading
    stated: Stated
    services: list[Found]
    elements: Floats  # pieces x elements, probabilities
    layout: list[Place]
    adds_up: (
        str  # whether the minutes read add up to what the note states: the strongest sign that they were read right
    )
    rows: list[Rows] = field(default_factory=list)  # word features of each piece
    shared: Shared = field(default_factory=Shared)  # another patient at the same time
    session: float = 0.0  # log odds that the note is one of a therapy session


@dataclass(slots=True)
class Proposal:
    """What a note offers to choose from: its reading, what its pieces look like, and the tagger's best ways to cut it."""

    reading: Reading
    stated: Stated
    layout: list[Place]
    rows: list[Rows]  # word features of each piece
    clauses: list[list[Rows]]  # and of each of its clauses
    kinds: Floats
    session: float  # log odds that the note is one of a therapy session
    ways: list[tuple[float, list[Span]]]
    aside: frozenset[int]  # pieces that no service can hold
    turns: list[Turn] = field(default_factory=list)

    def whole(self, kinds: Sequence[str]) -> Whole:
        """What the ways to cut the note are weighed by; `kinds` are the model's."""
        return Whole(self.reading, self.kinds, kinds, self.layout, self.stated, self.session, self.aside)


SHOWN = 0.8  # probability from which an element is shown whatever else says so: no threshold lies near it
DOUBTFUL = 0.2  # probability up to which a piece shows nothing anyway
SURE = 8.0  # log odds by which the tagger's best way must lead to be taken unweighed
LONG = 400  # pieces: no session note is longer; what is gets the tagger's best way unweighed
# Log odds of being a session below which a note holds no service: of 1,461 therapy notes left out of training one lies lower,
# an evaluation; of 504 public texts without therapy most do, and ten of the twelve operation reports billed without this.
NO_SESSION = -1.5
# ... unless it gives an evaluation by its number: those are all that the therapy notes below it hold.
SURELY = 99.0  # log odds of what is certain
OUTSIDE, BEGINS, INSIDE = 0, 1, 2  # states of the tagger
_HEADING, _INITIALS = 24, 3  # code points of a heading in capitals, and of a name of a service ("SI")
WAYS = 12  # ways to cut a note that are weighed as a whole (training/experiments.md)


def predict(model: Model, texts: Sequence[str]) -> list[Predicted]:
    """Predictions for many notes; the same for each as if it came alone."""
    return decide(model, propose(model, texts))


def propose(model: Model, texts: Sequence[str]) -> list[Proposal]:
    """Reads the notes, scores their pieces all together, and finds the tagger's best ways to cut each."""
    readings = [read(text) for text in texts]
    aside = [frozenset(set_aside(reading)) for reading in readings]
    layouts = [layout_features(r, a) for r, a in zip(readings, aside, strict=True)]
    word_rows, clause_rows = _word_rows(model, readings)
    flat = [rows for note in word_rows for rows in note]
    if not flat:
        return [_nothing(model, r) for r in readings]
    bounds = np.concatenate([[0], np.cumsum([len(n) for n in word_rows])]).astype(int)
    all_kinds = softmax(linear_scores(model.kind, model.idf, flat))
    kinds = [all_kinds[bounds[i] : bounds[i + 1]] for i in range(len(readings))]
    # A home programme must not make a session of an evaluation.
    sessions = session_odds(model.session, model.idf, list(map(but, word_rows, aside)))
    tagger_rows = []
    # Pieces set aside at the end of a note are not cut: one that ends with a home programme is cut as if it did not.
    ends = [up_to_aside(len(note), apart) for note, apart in zip(word_rows, aside, strict=True)]
    for note, layout, kind, session, end in zip(word_rows, layouts, kinds, sessions, ends, strict=True):
        chained = chain_features(kind[:end], model.kind.classes, layout[:end], session)
        for rows, place, chain in zip(note[:end], layout[:end], chained, strict=True):
            tagger_rows.append([*rows, *model.ids(place, model.placed), *model.ids(chain)])
    cuts = np.concatenate([[0], np.cumsum(ends)]).astype(int)
    emission = _emissions(model, tagger_rows, cuts)
    parts = [emission[cuts[i] : cuts[i + 1]] for i in range(len(readings))]
    outside = model.kind.column(OUT)
    added: list[list[list[Span]]] = []
    barred: list[frozenset[int]] = []  # pieces in which no service is looked for
    totals = [find_totals(reading) for reading in readings]
    all_turns = [find_turns(reading.low, reading.labels, reading.times) for reading in readings]
    for reading, stated, layout, kind, indices, part, turns in zip(
        readings, totals, layouts, kinds, aside, parts, all_turns, strict=True
    ):
        inside = (1 - kind[:, outside]).tolist()
        bills = only_billed(reading, layout, inside, stated.units_span, indices)
        charged = rows_of_described(reading, layout, kind, model.kind.classes, indices)
        summed = only_summed(reading, layout, (stated.timed_span, stated.total_span), indices)
        barred.append(indices.union(charged, summed))
        closing = closing_labels(reading, layout, kind, model.kind.classes, barred[-1])
        _make_sure(part, [*barred[-1], *bills], closing)
        begun = cut_by_turns(reading, turns)
        part[[*parted(reading, layout, indices), *(k for k in begun if k < len(part))], INSIDE] -= SURELY
        topics, over = topic_headings(reading, indices)
        part[topics, BEGINS] += SURELY
        part[[k + 1 for k in topics if k + 1 < len(part)], INSIDE] += 2 * SURELY  # even if it opens with a name
        part[over, OUTSIDE] += SURELY
        for start, end in done_today(reading):
            part[start, BEGINS] += SURELY
            part[start + 1 : end, INSIDE] += SURELY
        part[[k for k in (*names_of_others(reading), *turns_on_machines(reading)) if k < len(part)], BEGINS] -= SURELY
        if len(part) > LONG:
            added.append([])
            continue
        more = [coded_rows(reading, barred[-1]), named_only(reading, layout, inside, barred[-1])]
        added.append([spans for spans in more if spans])
    ways = _ways(model, readings, barred, added, parts)
    return [
        Proposal(
            reading,
            totals[i],
            layouts[i],
            word_rows[i],
            clause_rows[i],
            kinds[i],
            sessions[i],
            ways[i],
            aside[i],
            all_turns[i],
        )
        for i, reading in enumerate(readings)
    ]


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


def session_odds(session: Linear, idf: Floats, notes: Sequence[Sequence[Sequence[int]]]) -> list[float]:
    """Log odds for each note, from all its words together, that it is one of a therapy session."""
    scores = linear_scores(session, idf, [list(set().union(*note)) for note in notes])
    return [float(s) for s in scores[:, 1] - scores[:, 0]]


def _nothing(model: Model, reading: Reading) -> Proposal:
    kinds = np.zeros((0, len(model.kind.classes)), dtype=np.float32)
    return Proposal(reading, find_totals(reading), [], [], [], kinds, 0.0, [(0.0, [])], frozenset())


def _emissions(model: Model, rows: Sequence[Sequence[int]], bounds: npt.NDArray[np.int64]) -> Floats:
    """Scores of the tagger's states for every piece, what the neighbours say included."""
    chain = model.chain
    ids, lengths = flatten(rows)
    own = summed(chain.joined, ids, lengths)
    n = chain.own.shape[1]
    emission = own[:, :n] + chain.bias
    if len(own) > 1:
        inner = np.ones(len(own), dtype=bool)
        inner[bounds[:-1][bounds[:-1] < len(own)]] = False
        emission[1:] += np.where(inner[1:, None], own[:-1, n : 2 * n], 0)
        emission[:-1] += np.where(inner[1:, None], own[1:, 2 * n :], 0)
    return emission


def _make_sure(emission: Floats, aside: Collection[int], closing: Collection[int]) -> None:
    """Adds to a note's scores what is certain whatever the words look like: pieces set `aside` are no service, and a label
    that closes a service goes on with what stands before it, and nothing behind goes on with it."""
    emission[[index for index in aside if index < len(emission)], OUTSIDE] += SURELY
    for index in closing:
        emission[index, INSIDE] += SURELY
        emission[index - 1, OUTSIDE] -= SURELY
        emission[index + 1 : index + 2, INSIDE] -= SURELY


def _ways(
    model: Model,
    readings: Sequence[Reading],
    aside: Sequence[Collection[int]],
    added: Sequence[Sequence[list[Span]]],
    emissions: Sequence[Floats],
) -> list[list[tuple[float, list[Span]]]]:
    """Different ways to cut each note into services, best first, each with the tagger's score.

    Each way also comes with every list of `added` services that the tagger may have passed over.
    """
    ways: list[list[tuple[float, list[Span]]]] = [[(0.0, [])] for _ in emissions]
    for most, asked in (
        (WAYS, [i for i, e in enumerate(emissions) if 0 < len(e) <= LONG]),
        (1, [i for i, e in enumerate(emissions) if len(e) > LONG]),
    ):
        paths = k_best([emissions[i] for i in asked], model.chain.transition, model.chain.start, most)
        for i, ranked in zip(asked, paths, strict=True):
            kept: dict[tuple[Span, ...], float] = {}
            codes = OnlyCodes(readings[i])
            blocks = timed_blocks(readings[i]) if most > 1 else []
            headings = timed_headings(readings[i]) if most > 1 else []
            cuts = timed_rows(readings[i]) if most > 1 else []
            openings, heads = sure_openings(readings[i]) if most > 1 else ([], [])
            records = find_records(readings[i]) if most > 1 else []
            for value, path in ranked:
                spans = split_rows(at_headings(spans_of(path), headings), cuts)
                spans = with_openings(spans, openings, heads)
                spans = with_blocks(readings[i], spans, blocks, aside[i])
                spans = with_records(readings[i], spans, records, aside[i])
                for more in ([], *added[i]):
                    kept.setdefault(tuple(join_rows(readings[i], with_rows(spans, more), codes)), value)
            ways[i] = [(value, list(spans)) for spans, value in kept.items()]
    return ways


def decide(model: Model, proposals: Sequence[Proposal]) -> list[Predicted]:
    """Chooses one way to cut each note and reads codes, labels and minutes of its services."""
    chosen: list[tuple[list[Span], float]] = []
    for proposal in proposals:
        if proposal.session < NO_SESSION:
            chosen.append((of_a_note_without_treatment(proposal.reading, proposal.ways[0][1], proposal.aside), 9.0))
            continue
        if len(proposal.ways) < 2 or proposal.ways[0][0] - proposal.ways[1][0] > SURE:
            chosen.append((proposal.ways[0][1], 9.0))
            continue
        whole = proposal.whole(model.kind.classes)
        best, lead = choose(whole, proposal.ways, model.ways)
        chosen.append((proposal.ways[best][1], lead))
    chosen = [
        (spans or evaluation_alone(p.reading, p.aside), lead)
        for p, (spans, lead) in zip(proposals, chosen, strict=True)
    ]
    docs = [
        list(dict.fromkeys(itertools.chain.from_iterable(p.rows[a:b])))
        for p, (spans, _) in zip(proposals, chosen, strict=True)
        for a, b in spans
    ]
    described = (
        softmax(linear_scores(model.code, model.idf, docs))
        if docs
        else np.zeros((0, len(model.code.classes)), dtype=np.float32)
    )
    headed: list[list[int]] = []
    parts: list[list[list[int]]] = []
    standing: dict[tuple[str, ...], list[int]] = {}  # there are few headings and places: their rows are found once
    for p, (spans, _) in zip(proposals, chosen, strict=True):
        for rows, within, extra in zip(p.rows, p.clauses, element_places(p.layout, spans), strict=True):
            place = standing.get(key := tuple(extra))
            if place is None:
                place = standing[key] = model.ids(extra)
            headed.append([*rows, *place])
            parts.append([[*clause, *place] for clause in within])
    strengths = _strengths(model, headed, parts)
    out, at, piece = [], 0, 0
    for proposal, (spans, lead) in zip(proposals, chosen, strict=True):
        n = len(proposal.rows)
        out.append(
            _predicted(model, proposal, spans, described[at : at + len(spans)], strengths[piece : piece + n], lead)
        )
        at += len(spans)
        piece += n
    return out


def _strengths(model: Model, pieces: Sequence[Sequence[int]], parts: Sequence[Sequence[Sequence[int]]]) -> Floats:
    """Probabilities of the documentation elements for every piece: those of its clause that shows most. A clause may show one
    by itself ("cut to 25# after the knee wobbled"); a goal or a comparison needs the rest of its sentence."""
    if not pieces:
        return np.zeros((0, len(model.elements.classes)), dtype=np.float32)
    begins = np.cumsum([0, *(len(clauses) for clauses in parts[:-1])])
    by_clause = linear_scores(model.elements, model.idf, [rows for clauses in parts for rows in clauses])
    strongest = np.maximum.reduceat(by_clause, begins, axis=0)
    scores = strongest + linear_scores(model.sentences, model.idf, pieces)
    return np.asarray(1 / (1 + np.exp(-scores)), dtype=np.float32)


def _predicted(
    model: Model, proposal: Proposal, spans: list[Span], described: Floats, elements: Floats, lead: float
) -> Predicted:
    reading, stated = proposal.reading, proposal.stated
    if len(elements):
        _silence(reading, model.elements.classes, elements)
        asked = [
            e for e, most in zip(model.elements.classes, elements.max(axis=0).tolist(), strict=True) if most < SHOWN
        ]
        for element, index in shown(reading, proposal.aside, spans, asked).items():
            elements[index, model.elements.column(element)] = 1.0
    places = [(reading.pieces[a].start, reading.pieces[b - 1].end) for a, b in spans]
    classes, described = model.code.classes, as_later(model, described, reading, places)
    alone = [likeliest(classes, row) for row in described]
    names = label_services(reading, places, [r[0][0] for r in alone], stated)
    attended = [_attended(reading, *given) for given in zip(places, alone, names, strict=True)]
    # A code that is left over labels what was not given one-on-one for just this reason: it must not speak for it as well.
    left_over = [name is not None and (name.start, name.end) == stated.units_span for name in names]
    joined = [
        join(model, row, name.code if name and not (rest and ranked[0][0] == "none") else None, given)
        if name or given
        else ranked
        for row, name, given, ranked, rest in zip(described, names, attended, alone, left_over, strict=True)
    ]
    labels = [name.code if name else None for name in names]

    def score(found: Sequence[Candidate]) -> list[float]:
        return [model.minutes.probability(c.features) for c in found]

    untimed = [_untimed(r[0][0]) for r in joined]
    minutes = attach(
        reading,
        places,
        [(lab, r[0][0]) for lab, r in zip(labels, joined, strict=True)],
        stated.total or stated.timed,
        score,
        untimed,
        stated.total_span,
        stated.timed_span,
    )
    stated = _without_a_services_own(stated, minutes, untimed)
    for k, turn in turns_of(proposal.turns, places).items():
        minutes[k] = Minutes(turn.time.minutes, turn.time.start, turn.time.end, 0.9)
        if labels[k] is None:
            names[k], labels[k] = turn.label, turn.label.code
            joined[k] = join(model, described[k], turn.label.code)
    headings = in_parts(reading, places, labels, [m.minutes for m in minutes])
    for heading, parts in headings.items():
        for k in parts:
            if labels[k] is None:
                names[k], labels[k] = names[heading], labels[heading]
                joined[k] = join(model, described[k], labels[heading], attended[k])
    joint = [ranked[0][0] for ranked in joined]
    shared = find_shared(reading, proposal.aside, places, joint, labels, [m.minutes for m in minutes])
    if stated.total_span and any(start <= stated.total_span[0] < end for start, end in shared.places):
        stated = replace(stated, total=None, total_span=None)  # how long the other patient was there
    for k, place in shared.given.items():
        attended[k] = Attendance(GROUP, *place)
        joined[k] = join(model, described[k], labels[k], attended[k])
    services = []
    outside = proposal.kinds[:, model.kind.column(OUT)]
    for k, (start, end) in enumerate(places):
        if k in headings or k in shared.told:
            continue
        a, b = spans[k]
        if (
            labels[k] is None
            and minutes[k].minutes is None
            and (_told_again(joined[k][0][0], labels) or _heads_lines(reading, a, b))
        ):
            continue
        clear = float(1 - outside[a:b].min())
        name = names[k]
        services.append(
            Found(
                start,
                end,
                (a, b),
                labels[k],
                (name.start, name.end) if name else None,
                joined[k],
                alone[k],
                minutes[k],
                clear,
                lead,
                attended[k],
            )
        )
    adds_up = _adds_up(stated, minutes)
    return Predicted(
        reading, stated, services, elements, proposal.layout, adds_up, proposal.rows, shared, proposal.session
    )


def _heads_lines(reading: Reading, begin: int, end: int) -> bool:
    """Whether the pieces of a service are no more than a heading in capitals above further lines: "KITCHEN", "HISTORY"."""
    pieces = reading.pieces
    if end - begin != 1 or end == len(pieces) or not (pieces[begin].first and pieces[end].first):
        return False
    words = reading.text[pieces[begin].start : pieces[begin].end]
    return _INITIALS < len(words) <= _HEADING and words.isupper() and words.rstrip(":").replace(" ", "").isalpha()


def _told_again(code: str, labels: Sequence[str | None]) -> bool:
    """Whether words without a label or a time speak of the evaluation that another service of the note is labelled as."""
    return code in EVALUATIONS and code in labels


def _silence(reading: Reading, names: Sequence[str], elements: Floats) -> None:
    """Takes from the pieces what they seem to show and only say that there is nothing of."""
    for index, column in np.argwhere(elements > DOUBTFUL).tolist():
        if silent(reading, names[column], index):
            elements[index, column] = 0.0


def _without_a_services_own(stated: Stated, minutes: Sequence[Minutes], untimed: Sequence[bool]) -> Stated:
    """What a note states, without a total that is the time of one of its services that have times: "TE 20 minutes in all"."""
    timed = [m.start for m, idle in zip(minutes, untimed, strict=True) if not idle and m.start is not None]
    span = stated.total_span
    if len(timed) < 2 or not span or stated.total is None or not any(span[0] <= at < span[1] for at in timed):
        return stated
    return replace(stated, total=None, total_span=None)


def _adds_up(stated: Stated, minutes: Sequence[Minutes]) -> str:
    if stated.timed is None and stated.total is None:
        return "unstated"
    return "yes" if sum(m.minutes or 0 for m in minutes) in (stated.timed, stated.total) else "no"


def _untimed(code: str) -> bool:
    return code == "none" or not is_timed(code)


def _attended(
    reading: Reading, place: tuple[int, int], ranked: Sequence[tuple[str, float]], name: Label | None
) -> Attendance | None:
    """What the words of a service say of the therapist not being with this patient alone; of one that is timed, or called so."""
    code = name.code if name and _untimed(ranked[0][0]) else ranked[0][0]
    return None if _untimed(code) else attendance(reading, *place, code)
