"""Weighs whole readings of a note: does each service have one time, one label, one kind of thing; do the sums come out?

The tagger proposes its best ways to cut a note into services, piece by piece. Here each way is looked at as a whole, which
no piece can do: a service with two times is likely two services, a billed code without a service was likely overlooked.

What is seen is said in keys: a few numbers that stand for a group of named features. Keys recur from note to note, names
need only be spelt where a key is new (`features_of`), so that weighing costs a look-up a group.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from operator import mul

import numpy as np
import numpy.typing as npt

from rehabcoder.billing.codes import one_name
from rehabcoder.language.aside import up_to_aside
from rehabcoder.language.chain import OUT, session_step, shares
from rehabcoder.language.layout import Place
from rehabcoder.language.paths import Span
from rehabcoder.language.reading import Reading
from rehabcoder.language.totals import Stated

Key = tuple[str | int | None, ...]  # the name of a group of features, then what they depend on
_SHORT = 60  # code points: a longer piece is never thin
_NO_FORMS: frozenset[str] = frozenset()
_NO_MINUTES = frozenset({"clock", "pct", "rest", "bare"})


@dataclass(slots=True)
class Stretch:
    """What one service would be that takes some pieces of a note."""

    mean: list[float]  # what it is on average over its pieces
    sharp: float  # the share of what it is most likely
    name: str  # and its name
    minutes: int | None  # its time, if it has one
    label: str | None
    where: str  # where in it its time stands
    forms: frozenset[str]
    timed: int  # pieces with a time
    labelled: int  # pieces with a label


@dataclass(slots=True)
class Whole:
    """What is needed of one note to weigh its readings; what is known of a stretch is found once."""

    reading: Reading
    kinds: npt.NDArray[np.float32]  # pieces x kinds
    classes: Sequence[str]
    layout: Sequence[Place]
    stated: Stated
    session: float  # log odds that the note is one of a therapy session
    aside: Collection[int]  # pieces that no service can hold: they say nothing of how the note is laid out
    listed: int  # services whose minutes a line or a table apart from them gives
    times: list[list[int]] = field(init=False)  # minutes of the times of each piece (clock times left out)
    forms: list[frozenset[str]] = field(init=False)
    codes: list[list[str]] = field(init=False)  # label codes of each piece
    strength: list[int] = field(init=False)
    thin: list[bool] = field(init=False)
    first: list[bool] = field(init=False)
    blank: list[bool] = field(init=False)  # whether a blank line stands before each piece
    headings: list[str] = field(init=False)
    rest: list[list[float]] = field(init=False)  # what each piece is, given that it belongs to a service
    alike: list[float] = field(init=False)  # how like each piece is to the one before it
    names: list[str] = field(init=False)
    # How many there are before each piece, so that a stretch is counted by two look-ups.
    times_before: list[int] = field(init=False)
    long_before: list[int] = field(init=False)
    timed_before: list[int] = field(init=False)
    labelled_before: list[int] = field(init=False)
    thin_before: list[int] = field(init=False)
    first_before: list[int] = field(init=False)
    blank_before: list[int] = field(init=False)
    end: int = field(init=False)  # pieces up to the last one that was not set aside
    timed: int = field(init=False)  # pieces with a time, outside of those set aside
    labelled: int = field(init=False)  # ... with a label
    blanks: int = field(init=False)  # ... behind a blank line
    style: str = field(init=False)
    billed: set[str] = field(init=False)
    stretches: dict[Span, Stretch] = field(init=False)

    def __post_init__(self) -> None:
        reading = self.reading
        out = list(self.classes).index(OUT)
        self.names = [c for c in self.classes if c != OUT]
        rest = shares(self.kinds, out)
        self.alike = [0.0, *(rest[1:] * rest[:-1]).sum(axis=1).tolist()]
        self.rest = rest.tolist()  # plain numbers: stretches are short, and numpy costs more than it saves on them
        outside = self.kinds[:, out]
        odds = np.rint(np.log((1 - outside + 1e-6) / (outside + 1e-6)))
        self.strength = np.clip(odds, -3, 3).astype(int).tolist()
        pieces = reading.pieces
        begins = [piece.start for piece in pieces]
        self.times, self.codes, self.forms = [[] for _ in pieces], [[] for _ in pieces], [_NO_FORMS] * len(pieces)
        for time in reading.times:  # of which there are fewer than pieces
            at = bisect_right(begins, time.start) - 1
            if at >= 0 and time.start < pieces[at].end and time.form not in _NO_MINUTES:
                self.times[at].append(time.minutes)
                self.forms[at] |= {time.form}
        for label in reading.labels:
            at = bisect_right(begins, label.start) - 1
            if at >= 0 and label.start < pieces[at].end and (code := one_name(label.code)) not in self.codes[at]:
                self.codes[at].append(code)
        self.thin = [
            piece.end - piece.start < _SHORT and place.thin == 0
            for piece, place in zip(reading.pieces, self.layout, strict=True)
        ]
        self.first = [place.first for place in self.layout]
        self.blank = [place.blank for place in self.layout]
        self.headings = [place.heading for place in self.layout]
        self.times_before = _running(map(len, self.times))
        self.long_before = _running(sum(m >= 5 for m in t) for t in self.times)
        self.timed_before = _running(map(bool, self.times))
        self.labelled_before = _running(map(bool, self.codes))
        self.thin_before = _running(self.thin)
        self.first_before = _running(self.first)
        self.blank_before = _running(self.blank)
        self.end = up_to_aside(len(pieces), self.aside)
        self.timed = self.timed_before[-1] - sum(bool(self.times[i]) for i in self.aside)
        self.labelled = self.labelled_before[-1] - sum(bool(self.codes[i]) for i in self.aside)
        self.blanks = self.blank_before[-1] - sum(self.blank[i] for i in self.aside)
        timed, labelled = self.timed, self.labelled
        lines = len({piece.line for index, piece in enumerate(pieces) if index not in self.aside})
        self.style = f"{'T' if timed > 1 else 't' if timed else '-'}{'L' if labelled > 1 else 'l' if labelled else '-'}{'p' if lines < 4 else 'r'}"
        self.billed = {one_name(c) for c in self.stated.units or ()} | {one_name(c) for c in reading.footer_codes}
        self.stretches = {}

    def stretch(self, span: Span) -> Stretch:
        """What is known of a service that takes the pieces `[a, b)`."""
        known = self.stretches.get(span)
        if known is None:
            a, b = span
            size = b - a
            mean = self.rest[a] if size == 1 else [sum(column) / size for column in zip(*self.rest[a:b], strict=True)]
            sharp = max(mean)
            times = [m for t in self.times[a:b] for m in t if m >= 3]
            timed = self.timed_before[b] - self.timed_before[a]
            where = "last" if self.times[b - 1] else "mid" if timed else "none"
            if self.times[a]:
                where = "only" if size == 1 else "lead"
            known = Stretch(
                mean,
                sharp,
                self.names[mean.index(sharp)],
                None if not times else max(times) if len(times) < 3 else times[0],
                next((codes[0] for codes in self.codes[a:b] if codes), None),
                where,
                self.forms[a] if size == 1 else frozenset().union(*self.forms[a:b]),
                timed,
                self.labelled_before[b] - self.labelled_before[a],
            )
            self.stretches[span] = known
        return known


def _running(counts: Iterable[int]) -> list[int]:
    return list(accumulate(counts, initial=0))


def stretch_keys(note: Whole, span: Span) -> list[Key]:
    """Keys of one service that takes the pieces `[a, b)`."""
    a, b = span
    size = b - a
    known = note.stretch(span)
    n_times = note.times_before[b] - note.times_before[a]
    if size == 1:
        codes = len(note.codes[a])
        alike, strong, weak = 9, note.strength[a], note.strength[a]
    else:
        codes = len({c for k in note.codes[a:b] for c in k}) if known.labelled else 0
        alike = int(5 * min(note.alike[a + 1 : b]))
        strong, weak = max(note.strength[a:b]), min(note.strength[a:b])
    ends = b == note.end
    return [
        (
            "held",
            min(n_times, 3),
            min(note.long_before[b] - note.long_before[a], 3),
            min(known.timed, 3),
            min(codes, 3),
            min(known.labelled, 3),
            min(size, 7),
            note.thin_before[b] - note.thin_before[a] == size,
            note.style,
        ),
        ("likeness", alike, min(size, 3), min(known.timed, 2), int(5 * known.sharp)),
        ("strength", strong, weak),
        (
            "place",
            min(note.first_before[b] - note.first_before[a + 1], 5),
            note.first[a],
            ends or note.first[b],
            n_times > 0,
            known.where,
            note.blank[a],
            note.blank_before[b] > note.blank_before[a + 1],
            ends or note.blank[b],
            note.blanks > 2,
            note.style,
        ),
        ("kind", known.name),
        ("heading", note.headings[a]),
    ]


def _held(times: int, big: int, timed: int, codes: int, labelled: int, size: int, thin: bool, style: str) -> list[str]:
    return [
        f"t{times}",
        f"t{times}:{style}",
        f"big{big}:{style}",
        f"pt{timed}:{min(size, 4)}",
        f"l{codes}:{style}",
        f"lp{labelled}:{min(size, 3)}",
        f"tl{min(timed, 2)}{min(codes, 2)}{thin}",
        f"thin{thin}:{times > 0}{codes > 0}",
        f"size{size}",
        f"size{size}:{style[2]}",
    ]


def _likeness(alike: int, size: int, timed: int, sharp: int) -> list[str]:
    return [f"alike{alike}:{size}", f"alike{alike}:t{timed}", f"sharp{sharp}:{size}"]


def _place(
    lines: int,
    begins: bool,
    ends: bool,
    timed: bool,
    where: str,
    blank: bool,
    blank_within: bool,
    blank_behind: bool,
    blanks: bool,
    style: str,
) -> list[str]:
    apart = f"{blank}{blank_within}{blank_behind}:{blanks}"
    return [
        f"lines{lines}:{style[:2]}",
        f"line{begins}{ends}",
        f"line{begins}{ends}:{timed}",
        f"where={where}:{style}",
        f"blank{apart}",
        f"blank{apart}:{where}",
    ]


def gap_keys(note: Whole, index: int) -> list[Key]:
    """Keys of a piece that is left outside of every service."""
    timed, coded = bool(note.times[index]), bool(note.codes[index])
    return [
        ("gap", note.strength[index], timed, coded, note.thin[index], note.style),
        ("gap heading", note.headings[index]),
    ]


def _gap(strength: int, timed: bool, coded: bool, thin: bool, style: str) -> list[str]:
    return [
        f"o{strength}",
        f"o{strength}:{timed}",
        f"ot{timed}{coded}:{style}",
        f"othin{thin}{timed}{coded}",
        f"ol{coded}:{strength}",
    ]


def pair_key(note: Whole, one: Span, two: Span) -> Key:
    """Key of two services that follow one another."""
    a, b = note.stretch(one), note.stretch(two)
    shared = "one" if a.forms or b.forms else "none"
    if a.forms and b.forms:
        shared = "other" if a.forms.isdisjoint(b.forms) else "both"
    t1, t2 = min(a.timed, 2), min(b.timed, 2)
    if one[1] != two[0]:
        return ("far", t1, t2, shared)
    alike = int(5 * sum(map(mul, a.mean, b.mean)))
    return ("pair", t1, t2, a.labelled > 0, b.labelled > 0, shared, alike, note.first[two[0]])


def _far(t1: int, t2: int, shared: str) -> list[str]:
    return [f"far:{t1}{t2}", f"far:{shared}"]


def _pair(t1: int, t2: int, l1: bool, l2: bool, shared: str, alike: int, first: bool) -> list[str]:
    return [
        f"pair:{t1}{t2}",
        f"pair:{t1}{t2}:a{alike}",
        f"pair:{l1}{l2}:{t1}{t2}",
        f"pair:a{alike}",
        f"pair:{shared}:{first}",
        f"pair:{shared}:a{alike // 2}",
        f"pair:{l1}{l2}:a{alike // 2}",
        f"pair:first{first}:{t1}{t2}",
    ]


def reading_keys(note: Whole, spans: Sequence[Span]) -> list[Key]:
    """Keys of a way to read the whole note: sums, billed codes, evenness."""
    stated, n = note.stated, len(spans)
    known = [note.stretch(span) for span in spans]
    given = [s.minutes for s in known if s.minutes is not None]
    labels = [s.label for s in known if s.label is not None]
    total, still_open = sum(given), n - len(given)
    even = "none" if not given else "mixed" if still_open else "all"
    keys: list[Key] = [
        (
            "sums",
            min(n, 6),
            _against(total, stated.timed) if given else None,
            _against(total, stated.total) if given else None,
            min(still_open, 2),
            even,
            note.style,
        )
    ]
    different = set(labels)
    if note.billed:
        unlabelled = note.billed - different
        keys.append(
            (
                "billed",
                min(len(unlabelled.difference([s.name for s in known])), 3),
                min(len(unlabelled), 3),
                min(n - len(labels), 3),
                max(-2, min(3, n - len(note.billed))),
            )
        )
    step = session_step(note.session)
    if known:
        wheres = "+".join(sorted({s.where for s in known}))
        keys.append(("some", wheres, known[0].where, known[-1].where, min(n, 3), note.style, step))
    else:
        keys.append(
            (
                "nothing",
                note.style,
                max(note.strength, default=-3),
                step,
                min(note.labelled, 3),
                min(note.timed, 3),
                bool(note.billed),
                stated.timed is not None,
                stated.total is not None,
            )
        )
    keys.append(("twice", min(len(labels) - len(different), 3)))
    if note.listed:
        more, without = n - note.listed, still_open - note.listed
        keys.append(("listed", max(-3, min(3, more)), max(-3, min(3, without)), bool(given), note.style))
    return keys


def _against(total: int, stated: int | None) -> str | None:
    if stated is None:
        return None
    return "equal" if total == stated else "over" if total > stated else "under"


def _sums(n: int, timed: str | None, total: str | None, still_open: int, even: str, style: str) -> list[str]:
    compared = [f"{name}:{how}:{still_open}" for name, how in (("timed", timed), ("total", total)) if how is not None]
    return [f"n{n}", *compared, f"even:{even}:{style}", f"even:{even}:{min(n, 4)}"]


def _billed(lacking: int, unlabelled: int, without: int, more: int) -> list[str]:
    return [f"lacking{lacking}", f"unlabelled{unlabelled}:{without}", f"more{more}"]


def _listed(more: int, without: int, some: bool, style: str) -> list[str]:
    return [f"listed{more}:{some}", f"listed{without}:open:{some}", f"listed{more}:{style}"]


def _some(wheres: str, begins: str, ends: str, n: int, style: str, session: int) -> list[str]:
    return [f"wheres:{wheres}", f"ends:{begins}-{ends}:{n}", f"n{min(n, 2)}:{style}", f"some:note{session}"]


def _nothing(
    style: str, strongest: int, session: int, labelled: int, timed: int, units: bool, minutes: bool, total: bool
) -> list[str]:
    return [
        f"nothing:{style}",
        f"nothing:{strongest}",
        f"nothing:note{session}",
        f"nothing:note{session}:{labelled > 0}{timed > 0}",
        f"nothing:{labelled}{timed}",
        f"nothing:{units}{minutes}{total}",
    ]


_NAMES: dict[str | int | None, Callable[..., list[str]]] = {
    "held": _held,
    "likeness": _likeness,
    "strength": lambda strong, weak: [f"strong{strong}", f"weak{weak}"],
    "place": _place,
    "kind": lambda name: [f"kind={name}"],
    "heading": lambda word: [f"h={word}"],
    "gap": _gap,
    "gap heading": lambda word: [f"oh={word}"],
    "far": _far,
    "pair": _pair,
    "sums": _sums,
    "billed": _billed,
    "some": _some,
    "nothing": _nothing,
    "listed": _listed,
    "twice": lambda n: [f"twice{n}"],
}


def features_of(key: Key) -> list[str]:
    """The named features that a key stands for."""
    return _NAMES[key[0]](*key[1:])
