"""Chooses one of the ways to cut each note, and reads codes, labels and minutes of its services."""

from __future__ import annotations

import itertools
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

import numpy as np

from rehabcoder.billing.codes import EVALUATIONS, is_timed
from rehabcoder.language.attendance import GROUP, Attendance, attendance
from rehabcoder.language.chain import OUT
from rehabcoder.language.company import Shared, find_shared
from rehabcoder.language.counted import telling_all
from rehabcoder.language.evaluations import evaluation_alone, of_a_note_without_treatment
from rehabcoder.language.labels import Label
from rehabcoder.language.layout import element_places
from rehabcoder.language.minutes import Candidate, Minutes, attach
from rehabcoder.language.naming import label_services
from rehabcoder.language.not_treated import nobody_treated
from rehabcoder.language.paths import Span
from rehabcoder.language.reading import Reading
from rehabcoder.language.shown import shown, silent
from rehabcoder.language.together import in_parts
from rehabcoder.language.totals import Stated
from rehabcoder.language.turns import turns_of
from rehabcoder.predict.joining import Ranked, join, likeliest
from rehabcoder.predict.later import as_later
from rehabcoder.predict.model import Floats, Model, linear_scores, softmax
from rehabcoder.predict.predicted import Found, Predicted, Proposal, Way
from rehabcoder.predict.reranking import choose

SHOWN = 0.8  # probability from which an element is shown whatever else says so: no threshold lies near it
DOUBTFUL = 0.2  # probability up to which a piece shows nothing anyway
SURE = 8.0  # log odds by which the tagger's best way must lead to be taken unweighed
# Log odds of being a session below which a note holds no service: of 1,461 therapy notes left out of training one lies lower,
# an evaluation; of 504 public texts without therapy most do, and ten of the twelve operation reports billed without this. What a
# note below it may hold is an evaluation that it gives by its number: nothing else stands in the therapy notes there.
NO_SESSION = -1.5
# Log odds from which a note is surely of a session, so that reading no service in it is wrong: of the notes left out of training
# in which nothing would be found 16 lie above it, and 15 of them have services.
SESSION = 3.0
_UNDOUBTED = 9.0  # the lead of a way that is taken unweighed
_BY_TURN = 0.9  # how sure the time of a turn is
_HEADING, _INITIALS = 24, 3  # code points of a heading in capitals, and of a name of a service ("SI")


def decide(model: Model, proposals: Sequence[Proposal]) -> list[Predicted]:
    """Chooses one way to cut each note and reads codes, labels and minutes of its services."""
    ways = [_chosen(model, proposal) for proposal in proposals]
    spans = [spans for spans, _ in ways]
    described = _described(model, proposals, spans)
    elements = _elements(model, proposals, spans)
    out, service, piece = [], 0, 0
    for proposal, (own, lead) in zip(proposals, ways, strict=True):
        next_service, next_piece = service + len(own), piece + len(proposal.rows)
        out.append(_predicted(model, proposal, own, described[service:next_service], elements[piece:next_piece], lead))
        service, piece = next_service, next_piece
    return out


def _chosen(model: Model, proposal: Proposal) -> tuple[list[Span], float]:
    """The services of a note by their pieces, and by how much this way to cut the note leads over the next one."""
    ways = proposal.ways
    if proposal.session < NO_SESSION or nobody_treated(proposal.reading):
        spans, lead = of_a_note_without_treatment(proposal.reading, ways[0][1], proposal.aside), _UNDOUBTED
    else:
        spans, lead = _weighed(
            model, proposal, telling_all(proposal.reading, proposal.stated, proposal.counts, ways) or ways
        )
        if not spans and proposal.session > SESSION and (filled := [way for way in ways if way[1]]):
            spans, lead = _weighed(model, proposal, filled)[0], 0.0
    return spans or evaluation_alone(proposal.reading, proposal.aside), lead


def _weighed(model: Model, proposal: Proposal, ways: Sequence[Way]) -> tuple[list[Span], float]:
    """The best of some ways to cut a note, and its lead."""
    if len(ways) < 2 or ways[0][0] - ways[1][0] > SURE:
        return ways[0][1], _UNDOUBTED
    best, lead = choose(proposal.whole(model.kind.classes), ways, model.ways)
    return ways[best][1], lead


def _described(model: Model, proposals: Sequence[Proposal], ways: Sequence[Sequence[Span]]) -> Floats:
    """Probabilities of the codes of all services of all notes, from their words alone."""
    docs = [
        list(dict.fromkeys(itertools.chain.from_iterable(p.rows[a:b])))
        for p, spans in zip(proposals, ways, strict=True)
        for a, b in spans
    ]
    if not docs:
        return np.zeros((0, len(model.code.classes)), dtype=np.float32)
    return softmax(linear_scores(model.code, model.idf, docs))


def _elements(model: Model, proposals: Sequence[Proposal], ways: Sequence[Sequence[Span]]) -> Floats:
    """Probabilities of the documentation elements for all pieces of all notes: those of the clause of each that shows most.
    A clause may show one by itself ("cut to 25# after the knee wobbled"); a goal or a comparison needs the rest of its
    sentence."""
    pieces: list[list[int]] = []
    parts: list[list[list[int]]] = []
    standing: dict[tuple[str, ...], list[int]] = {}  # there are few headings and places: their rows are found once
    for p, spans in zip(proposals, ways, strict=True):
        for rows, within, extra in zip(p.rows, p.clauses, element_places(p.layout, spans), strict=True):
            place = standing.get(key := tuple(extra))
            if place is None:
                place = standing[key] = model.ids(extra)
            pieces.append([*rows, *place])
            parts.append([[*clause, *place] for clause in within])
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
    """All that is said of one note, from the probabilities of the codes of its services and of the elements of its pieces."""
    reading = proposal.reading
    _show(model, proposal, spans, elements)
    services = _Services.of(model, proposal, spans, described)
    services.read_minutes()
    services.take_turns()
    headings = services.label_parts()
    shared = services.share()
    outside = proposal.kinds[:, model.kind.column(OUT)]
    found = [
        Found(
            *services.places[k],
            (a, b),
            services.labels[k],
            (name.start, name.end) if (name := services.names[k]) else None,
            services.joined[k],
            services.alone[k],
            services.minutes[k],
            float(1 - outside[a:b].min()),
            lead,
            services.attended[k],
        )
        for k, (a, b) in enumerate(spans)
        if k not in headings and k not in shared.told and not services.only_named(k)
    ]
    adds_up = _adds_up(services.stated, services.minutes)
    return Predicted(
        reading, services.stated, found, elements, proposal.layout, adds_up, proposal.rows, shared, proposal.session
    )


def _show(model: Model, proposal: Proposal, spans: Sequence[Span], elements: Floats) -> None:
    """Takes from the pieces what they seem to show and only say that there is nothing of, and gives what turns of speech show."""
    if not len(elements):
        return
    classes = model.elements.classes
    for index, column in np.argwhere(elements > DOUBTFUL).tolist():
        if silent(proposal.reading, classes[column], index):
            elements[index, column] = 0.0
    asked = [e for e, most in zip(classes, elements.max(axis=0).tolist(), strict=True) if most < SHOWN]
    for element, index in shown(proposal.reading, proposal.aside, spans, asked).items():
        elements[index, model.elements.column(element)] = 1.0


@dataclass(slots=True)
class _Services:
    """The services of one note while they are decided on: a list for each thing to know, with an entry for each service."""

    model: Model
    proposal: Proposal
    stated: Stated
    spans: list[Span]  # by their pieces
    places: list[tuple[int, int]]  # by their code points
    described: Floats  # probabilities of the codes from the description alone
    alone: list[Ranked]  # ... those of them that are kept
    names: list[Label | None]  # what each is called
    labels: list[str | None]  # ... the code of that
    attended: list[Attendance | None]  # what is said of it not being given one-on-one
    joined: list[Ranked]  # the codes when label and attendance are heard as well
    minutes: list[Minutes]

    @classmethod
    def of(cls, model: Model, proposal: Proposal, spans: list[Span], described: Floats) -> _Services:
        """The services with all but their minutes."""
        reading, stated = proposal.reading, proposal.stated
        places = [(reading.pieces[a].start, reading.pieces[b - 1].end) for a, b in spans]
        described = as_later(model, described, reading, places)
        alone = [likeliest(model.code.classes, row) for row in described]
        names = label_services(reading, places, [ranked[0][0] for ranked in alone], stated)
        attended = [_attended(reading, *given) for given in zip(places, alone, names, strict=True)]
        joined = []
        for row, place, name, given, ranked in zip(described, places, names, attended, alone, strict=True):
            # A code that is left over labels what was not given one-on-one for just this reason: it does not speak for it as well.
            apart = name and (name.start >= place[1] or (name.start, name.end) == stated.units_span)
            left_over = apart and ranked[0][0] == "none"
            label = name.code if name and not left_over else None
            joined.append(join(model, row, label, given) if name or given else ranked)
        labels = [name.code if name else None for name in names]
        return cls(
            model, proposal, stated, spans, places, described, alone, names, labels, attended, joined, minutes=[]
        )

    def read_minutes(self) -> None:
        """Gives each service its time. What is stated as a total and is the time of one of them is no total any more."""

        def score(found: Sequence[Candidate]) -> list[float]:
            return [self.model.minutes.probability(c.features) for c in found]

        untimed = [_untimed(ranked[0][0]) for ranked in self.joined]
        self.minutes = attach(
            self.proposal.reading,
            self.places,
            [(label, ranked[0][0]) for label, ranked in zip(self.labels, self.joined, strict=True)],
            self.stated.total or self.stated.timed,
            score,
            untimed,
            self.stated.total_span,
            self.stated.timed_span,
        )
        self.stated = _without_a_services_own(self.stated, self.minutes, untimed)

    def take_turns(self) -> None:
        """Gives the services that are turns of the note the time and the name that open each."""
        for k, turn in turns_of(self.proposal.turns, self.places).items():
            self.minutes[k] = Minutes(turn.time.minutes, turn.time.start, turn.time.end, _BY_TURN)
            if self.labels[k] is None:
                self.names[k], self.labels[k] = turn.label, turn.label.code
                self.joined[k] = join(self.model, self.described[k], turn.label.code)

    def label_parts(self) -> Collection[int]:
        """Labels the parts of a heading as the heading is. Returns the headings, which are no services then."""
        minutes = [m.minutes for m in self.minutes]
        headings = in_parts(self.proposal.reading, self.places, self.labels, minutes)
        for heading, parts in headings.items():
            for k in parts:
                if self.labels[k] is None:
                    self.names[k], self.labels[k] = self.names[heading], self.labels[heading]
                    self.joined[k] = join(self.model, self.described[k], self.labels[heading], self.attended[k])
        return headings

    def share(self) -> Shared:
        """Takes as a group what was given while another patient was there."""
        shared = find_shared(
            self.proposal.reading,
            self.proposal.aside,
            self.places,
            [ranked[0][0] for ranked in self.joined],
            self.labels,
            [m.minutes for m in self.minutes],
        )
        total = self.stated.total_span
        if total and any(start <= total[0] < end for start, end in shared.places):
            self.stated = replace(self.stated, total=None, total_span=None)  # how long the other patient was there
        for k, place in shared.given.items():
            given = self.attended[k] = Attendance(GROUP, *place)
            self.joined[k] = join(self.model, self.described[k], self.labels[k], given)
        return shared

    def only_named(self, k: int) -> bool:
        """Whether the words of a service without label and time tell again of another one, or only head further lines."""
        if self.labels[k] is not None or self.minutes[k].minutes is not None:
            return False
        told_again = (code := self.joined[k][0][0]) in EVALUATIONS and code in self.labels
        return told_again or _heads_lines(self.proposal.reading, *self.spans[k])


def _heads_lines(reading: Reading, begin: int, end: int) -> bool:
    """Whether the pieces of a service are no more than a heading in capitals above further lines: "KITCHEN", "HISTORY"."""
    pieces = reading.pieces
    if end - begin != 1 or end == len(pieces) or not (pieces[begin].first and pieces[end].first):
        return False
    words = reading.text[pieces[begin].start : pieces[begin].end]
    return _INITIALS < len(words) <= _HEADING and words.isupper() and words.rstrip(":").replace(" ", "").isalpha()


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


def _attended(reading: Reading, place: tuple[int, int], ranked: Ranked, name: Label | None) -> Attendance | None:
    """What the words of a service say of the therapist not being with this patient alone; of one that is timed, or called so."""
    code = name.code if name and _untimed(ranked[0][0]) else ranked[0][0]
    return None if _untimed(code) else attendance(reading, *place, code)
