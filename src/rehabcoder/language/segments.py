"""Weighs whole readings of a note: does each service have one time, one label, one kind of thing; do the sums come out?

The tagger proposes its best ways to cut a note into services, piece by piece. Here each way is looked at as a whole, which
no piece can do: a service with two times is likely two services, a billed code without a service was likely overlooked.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from rehabcoder.language.chain import OUT, session_step
from rehabcoder.language.detail import content_words
from rehabcoder.language.reading import Reading
from rehabcoder.language.totals import Stated

Span = tuple[int, int]
_SAME = {"97014": "G0283", "97130": "97129"}
_FAMILY = {"97124": "97140"}


@dataclass(slots=True)
class Whole:
    """What is needed of one note to weigh its readings; features of its stretches are found once."""

    reading: Reading
    kinds: npt.NDArray[np.float32]  # pieces x kinds
    classes: Sequence[str]
    layout: Sequence[Sequence[str]]
    stated: Stated
    session: float  # log odds that the note is one of a therapy session
    times: list[list[int]] = field(default_factory=list)  # minutes of the times of each piece (clock times left out)
    forms: list[list[str]] = field(default_factory=list)
    codes: list[list[str]] = field(default_factory=list)  # label codes of each piece
    strength: list[int] = field(default_factory=list)
    thin: list[bool] = field(default_factory=list)
    first: list[bool] = field(default_factory=list)
    blank: list[bool] = field(default_factory=list)  # whether a blank line stands before each piece
    rest: list[list[float]] = field(default_factory=list)  # what each piece is, given that it belongs to a service
    alike: list[float] = field(default_factory=list)  # how like each piece is to the one before it
    names: list[str] = field(default_factory=list)
    style: str = ""
    means: dict[Span, list[float]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        reading = self.reading
        self.means = {}
        out = list(self.classes).index(OUT)
        self.names = [c for c in self.classes if c != OUT]
        rest = np.delete(self.kinds, out, axis=1)
        rest = rest / np.maximum(rest.sum(axis=1, keepdims=True), 1e-9)
        self.alike = [0.0, *(rest[1:] * rest[:-1]).sum(axis=1).tolist()]
        self.rest = rest.tolist()  # plain numbers: stretches are short, and numpy costs more than it saves on them
        self.strength = [
            int(min(3, max(-3, round(float(np.log((1 - o + 1e-6) / (o + 1e-6))))))) for o in self.kinds[:, out]
        ]
        label_at = [la.start for la in reading.labels]
        time_at = [t.start for t in reading.times]
        for piece, feats in zip(reading.pieces, self.layout, strict=True):
            a, b = bisect_left(time_at, piece.start), bisect_left(time_at, piece.end)
            kept = [t for t in reading.times[a:b] if t.form not in ("clock", "pct", "rest", "bare")]
            self.times.append([t.minutes for t in kept])
            self.forms.append([t.form for t in kept])
            a, b = bisect_left(label_at, piece.start), bisect_left(label_at, piece.end)
            self.codes.append(list(dict.fromkeys(_SAME.get(la.code, la.code) for la in reading.labels[a:b])))
            self.thin.append(
                piece.end - piece.start < 60 and content_words(reading.low, reading.labels, piece.start, piece.end) == 0
            )
            self.first.append("first" in feats)
            self.blank.append("blank" in feats)
        timed = sum(bool(t) for t in self.times)
        labelled = sum(bool(c) for c in self.codes)
        lines = reading.pieces[-1].line + 1 if reading.pieces else 1
        self.style = f"{'T' if timed > 1 else 't' if timed else '-'}{'L' if labelled > 1 else 'l' if labelled else '-'}{'p' if lines < 4 else 'r'}"

    def mean(self, span: Span) -> list[float]:
        """What a stretch is on average over its pieces."""
        known = self.means.get(span)
        if known is None:
            a, b = span
            size = b - a
            known = self.rest[a] if size == 1 else [sum(column) / size for column in zip(*self.rest[a:b], strict=True)]
            self.means[span] = known
        return known


def stretch_features(note: Whole, span: Span) -> list[str]:
    """Features of one service that takes the pieces `[a, b)`."""
    a, b = span
    times = [m for t in note.times[a:b] for m in t]
    n_times, pieces_timed = len(times), sum(bool(t) for t in note.times[a:b])
    codes = list(dict.fromkeys(c for k in note.codes[a:b] for c in k))
    labelled = sum(bool(k) for k in note.codes[a:b])
    size = b - a
    style = note.style
    mean = note.mean(span)
    sharp = max(mean)
    top = mean.index(sharp)
    alike = 9
    if size > 1:
        alike = int(5 * min(note.alike[a + 1 : b]))
    thin = all(note.thin[a:b])
    big = sum(m >= 5 for m in times)
    ends_line = b == len(note.first) or note.first[b]
    lines = sum(note.first[a + 1 : b])
    strong = max(note.strength[a:b])
    weak = min(note.strength[a:b])
    apart = f"{note.blank[a]}{any(note.blank[a + 1 : b])}{b == len(note.blank) or note.blank[b]}:{sum(note.blank) > 2}"
    where = _where(note, span)
    return [
        f"t{min(n_times, 3)}",
        f"t{min(n_times, 3)}:{style}",
        f"big{min(big, 3)}:{style}",
        f"pt{min(pieces_timed, 3)}:{min(size, 4)}",
        f"l{min(len(codes), 3)}:{style}",
        f"lp{min(labelled, 3)}:{min(size, 3)}",
        f"tl{min(pieces_timed, 2)}{min(len(codes), 2)}{thin}",
        f"alike{alike}:{min(size, 3)}",
        f"alike{alike}:t{min(pieces_timed, 2)}",
        f"thin{thin}:{bool(n_times)}{bool(codes)}",
        f"size{min(size, 7)}",
        f"size{min(size, 7)}:{style[2]}",
        f"lines{min(lines, 5)}:{style[:2]}",
        f"line{note.first[a]}{ends_line}",
        f"line{note.first[a]}{ends_line}:{bool(n_times)}",
        f"strong{strong}",
        f"weak{weak}",
        f"where={where}:{style}",
        f"blank{apart}",
        f"blank{apart}:{where}",
        f"kind={note.names[top]}",
        f"sharp{int(5 * sharp)}:{min(size, 3)}",
        f"h={_heading(note, a)}",
    ]


def _where(note: Whole, span: Span) -> str:
    """Where in a stretch its time stands."""
    a, b = span
    if note.times[a]:
        return "only" if b - a == 1 else "lead"
    return "last" if note.times[b - 1] else "mid" if any(note.times[a:b]) else "none"


def _heading(note: Whole, at: int) -> str:
    return next((f[3:] for f in note.layout[at] if f.startswith("h1=")), "")


def gap_features(note: Whole, index: int) -> list[str]:
    """Features of a piece that is left outside of every service."""
    strength = note.strength[index]
    return [
        f"o{strength}",
        f"o{strength}:{bool(note.times[index])}",
        f"ot{bool(note.times[index])}{bool(note.codes[index])}:{note.style}",
        f"othin{note.thin[index]}{bool(note.times[index])}{bool(note.codes[index])}",
        f"oh={_heading(note, index)}",
        f"ol{bool(note.codes[index])}:{strength}",
    ]


def pair_features(note: Whole, one: Span, two: Span) -> list[str]:
    """Features of two services that follow one another."""
    adjacent = one[1] == two[0]
    alike = int(5 * sum(x * y for x, y in zip(note.mean(one), note.mean(two), strict=True)))
    t1, t2 = (min(sum(bool(t) for t in note.times[a:b]), 2) for a, b in (one, two))
    l1, l2 = (bool([c for k in note.codes[a:b] for c in k]) for a, b in (one, two))
    f1 = {f for k in note.forms[one[0] : one[1]] for f in k}
    f2 = {f for k in note.forms[two[0] : two[1]] for f in k}
    shared = "both" if f1 & f2 else "none" if not f1 and not f2 else "one" if not f1 or not f2 else "other"
    if not adjacent:
        return [f"far:{t1}{t2}", f"far:{shared}"]
    return [
        f"pair:{t1}{t2}",
        f"pair:{t1}{t2}:a{alike}",
        f"pair:{l1}{l2}:{t1}{t2}",
        f"pair:a{alike}",
        f"pair:{shared}:{note.first[two[0]]}",
        f"pair:{shared}:a{alike // 2}",
        f"pair:{l1}{l2}:a{alike // 2}",
        f"pair:first{note.first[two[0]]}:{t1}{t2}",
    ]


def reading_features(note: Whole, spans: Sequence[Span]) -> list[str]:
    """Features of a way to read the whole note: sums, billed codes, evenness."""
    feats = [f"n{min(len(spans), 6)}"]
    given: list[int] = []
    open_ones = 0
    tops: list[str] = []
    labels: list[str] = []
    for a, b in spans:
        times = [m for t in note.times[a:b] for m in t if m >= 3]
        if times:
            given.append(max(times) if len(times) < 3 else times[0])
        else:
            open_ones += 1
        mean = note.mean((a, b))
        tops.append(note.names[mean.index(max(mean))])
        labels += list(dict.fromkeys(c for k in note.codes[a:b] for c in k))[:1]
    for name, stated in (("timed", note.stated.timed), ("total", note.stated.total)):
        if stated is not None and given:
            total = sum(given)
            feats.append(
                f"{name}:{'equal' if total == stated else 'over' if total > stated else 'under'}:{min(open_ones, 2)}"
            )
    even = "all" if given and not open_ones else "none" if not given else "mixed"
    feats += [f"even:{even}:{note.style}", f"even:{even}:{min(len(spans), 4)}"]
    units = note.stated.units
    if units:
        billed = {_SAME.get(c, c) for c in units}
        lacking = len(billed - set(labels) - set(tops))
        unlabelled = len(billed - set(labels))
        feats += [
            f"lacking{min(lacking, 3)}",
            f"unlabelled{min(unlabelled, 3)}:{min(len(spans) - len(labels), 3)}",
            f"more{max(-2, min(3, len(spans) - len(billed)))}",
        ]
    if spans:
        wheres = [_where(note, span) for span in spans]
        feats += [
            f"wheres:{'+'.join(sorted(set(wheres)))}",
            f"ends:{wheres[0]}-{wheres[-1]}:{min(len(spans), 3)}",
            f"n{min(len(spans), 2)}:{note.style}",
            f"some:note{session_step(note.session)}",
        ]
    else:
        many_labels, many_times = sum(bool(c) for c in note.codes), sum(bool(t) for t in note.times)
        strongest = max(note.strength, default=-3)
        feats += [
            f"nothing:{note.style}",
            f"nothing:{strongest}",
            f"nothing:note{session_step(note.session)}",
            f"nothing:note{session_step(note.session)}:{bool(many_labels)}{bool(many_times)}",
            f"nothing:{min(many_labels, 3)}{min(many_times, 3)}",
            f"nothing:{bool(note.stated.units)}{note.stated.timed is not None}{note.stated.total is not None}",
        ]
    twice = len(labels) - len(set(labels))
    feats.append(f"twice{min(twice, 3)}")
    return feats


def k_best(
    notes: Sequence[npt.NDArray[np.float32]],
    transition: npt.NDArray[np.float32],
    start: npt.NDArray[np.float32],
    k: int,
) -> list[list[tuple[float, list[int]]]]:
    """The `k` best state paths of each note (its scores: pieces x states, at least one piece), with their scores, best first.

    The notes go abreast, piece by piece: numpy costs as much for one short note as for a hundred.
    """
    if not notes:
        return []
    states = len(start)
    order = sorted(range(len(notes)), key=lambda i: -len(notes[i]))  # longest first: those still going come before the rest
    lengths = [len(notes[i]) for i in order]
    scores = np.zeros((lengths[0], len(notes), states), dtype=np.float32)
    for column, i in enumerate(order):
        scores[: lengths[column], column] = notes[i]
    going = np.searchsorted(-np.array(lengths), -np.arange(lengths[0]), side="left").tolist()  # notes longer than t
    best = np.full((len(notes), states, k), -np.inf, dtype=np.float64)
    best[:, :, 0] = scores[0] + start
    moves = transition.T[None, :, :, None]
    pointers: list[npt.NDArray[np.int64]] = []
    for t in range(1, lengths[0]):
        n = going[t]
        joined = (best[:n, None] + moves).reshape(n, states, states * k)
        ranked = np.argsort(-joined, axis=2, kind="stable")[:, :, :k]
        best[:n] = np.take_along_axis(joined, ranked, axis=2) + scores[t, :n, :, None]
        pointers.append(ranked)
    flat = best.reshape(len(notes), states * k)
    last = np.argsort(-flat, axis=1, kind="stable")[:, :k]
    values = np.take_along_axis(flat, last, axis=1).tolist()
    state, rank = np.divmod(last, k)
    paths = np.zeros((len(notes), k, lengths[0]), dtype=np.int8)
    rows = np.arange(len(notes))[:, None]
    for t in range(lengths[0] - 1, -1, -1):
        n = going[t]
        paths[:n, :, t] = state[:n]
        if t:
            state[:n], rank[:n] = np.divmod(pointers[t - 1][rows[:n], state[:n], rank[:n]], k)
    out: list[list[tuple[float, list[int]]]] = [[] for _ in notes]
    for column, i in enumerate(order):
        found = zip(values[column], paths[column, :, : lengths[column]].tolist(), strict=True)
        out[i] = [(value, path) for value, path in found if value > -np.inf]
    return out


def spans_of(path: Sequence[int]) -> list[Span]:
    """Runs of pieces that make one service (states: 0 outside, 1 begins, 2 goes on), as half-open ranges."""
    out: list[Span] = []
    for index, state in enumerate(path):
        if state == 1 or (state == 2 and (not out or out[-1][1] != index)):
            out.append((index, index + 1))
        elif state == 2:
            out[-1] = (out[-1][0], index + 1)
    return out
