"""Minutes as bare figures behind the names of what was done, in lists of a terse hand: "quads 8 - SAQ 3x10; stairs 12 - 4 flights".

One such figure alone may be a count, a load or a measure. It is taken for minutes where the note writes several items in that
shape, a labelled one among them or not ("MT 8: glides; shelf reach 12: 2# can"), or where a list comes to what the note states.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

from rehabcoder.language.patterns import MACHINE, knowledge, whole_words
from rehabcoder.language.shorthand import totals_said
from rehabcoder.language.times import TimeMention

_N = r"(?P<n>[5-9]|[1-3]\d|4[0-5])"
# Behind the figure stands a mark, and behind the mark what was done; a figure there may end a range, and in brackets stands how
# it was before.
_MARKED = re.compile(
    rf"[ ]{_N}(?:[ ]?(?P<colon>:)(?=[ ]|\Z)(?![ ]+(?:was|from|prev|last))"
    r"|[ ](?P<dash>-)-?(?=[ ])(?![ ]+(?:\d{1,3}(?:\Z|[ ]*(?:[,;%/)]|min|reps?|ft|feet|lbs?|deg|secs?|times|more)(?![a-z]))|was))"
    r"|[ ](?P<bracket>\()(?!was|from|prev|last|initial|norm|eval|at |on |in |goal|\d{1,3}(?![#\d]|[ ]?lb|x)))"
)
_ONLY_A_DOSE = re.compile(r"[ :-]+(?:\d{1,3}[ ]?x[ ]?\d|x[ ]?\d)")  # "leg press 50: 3x10" is a load
# "hip abd + bridges 3x10 10", "stretch 30s x4 ea 8", "PA gr 3-4 8": behind its dose an item closes with its minutes.
_DOSED = re.compile(
    r"(?:\dx\d{1,3}|[ ]x ?\d{1,3}|(?<![a-z])gr(?:ade)?\.? ?[1-5iv]{1,3}(?:-[1-5iv]{1,3})?)(?:[ ](?:ea|each|b|bil|r|l))?"
    rf"[ ]{_N}[ .]*\Z"
)
# "bike 6 for bend", "prom 10 to tol", "SLS w/ fingertip 6, belt", "pail carry 14, 50# x12", "hinge w/ dowel 9 (lost it twice)"
_PLAIN = re.compile(
    rf"[ ]{_N}(?=[ .]*\Z|,(?:[ ](?!\d[ ]?x)|\Z)|[ ]\("
    r"|[ ](?:for|to|after|w/|with|sitting|seated|supine|prone|standing)(?![a-z])(?![ ]\d))"
)
# Of a line; what stands in brackets is a part of it.
_ITEM = re.compile(r"(?:[^;(./|]++|\([^()]{0,240}\)|\(|\.(?![ ]|\Z)|(?<![ ])[/|]|[/|](?![ ]))++")
_ROW = re.compile(r"[^,+/|;]++")  # of one of nothing but names and figures: "TE 10, shelf reach 12, MT 8"
_NAME_AND_FIGURE = re.compile(rf"[ *-]*(?P<name>[a-z][a-z/'-]*+(?:[ ][a-z/'-]++){{0,3}})[ ]{_N}[ .]*")
_NO_ITEM = re.compile(r"[ ]*(?:(?:total|tot|ttl|timed)[ :=]|\Z)")
# A figure that may be one of these, whatever stands before it.
_BARE = re.compile(
    r"[1-9](?<=[ ][1-9])(?:(?<=[5-9])|(?<=[1-4])\d)(?=[ ]?:|[ ](?:-|[(/|+]|for|to|after|w/|with|sitting|seated|supine|prone|standing)|[ .]*(?:;|$)|,[ ]|\.[ ])",
    re.M,
)
_JOINED = re.compile(r"[ ]\+[ ]")
_WORD = re.compile(r"(?<![a-z])[a-z]{2}")
_FIGURE = re.compile(r"(?<![^\s+])\d{1,3}(?![^\s,;:.()])")
_FAR = 64  # code points of a name
_OTHER_LINE = re.compile(
    r"[\s*>-]*+(?:s|subj\w*|hep|home|p|plan|nxt|next|goals?|gl|ltgs?|stgs?|last|prior|hx|dx|pmh|prec\w*|meds?)(?![a-z/])"
)
_MARKS = frozenset({"colon", "dash", "bracket"})
_ALL = 3  # items in one shape that tell it by themselves, or items of a list that come to what the note states
_SAID = frozenset({"min", "word", "prime"})
_SHORT = 12  # code points before figures by which their names are compared
_IDLE = 10  # minutes of a visit that no service need have taken
_ROUND = 5
_CLOSING = 24  # code points in which an item closes with a dose and its minutes
_LONGEST = 2_000  # code points of a line; longer ones are no list


@dataclass(slots=True, frozen=True)
class _Figure:
    """The figure of one item of a list, which may be its minutes; `shape` says what stands around it."""

    start: int
    end: int
    shape: str
    known: bool = False


@dataclass(slots=True, frozen=True)
class _Stated:
    """What the figures of a list may come to: `exactly` one of the note's totals, or `about` as long as the patient was there."""

    exactly: frozenset[int]
    about: frozenset[int]

    @classmethod
    def of(cls, low: str, said: Sequence[TimeMention]) -> _Stated:
        """What a note states; `said` are its times."""
        clocks = [mention for mention in said if mention.form == "clock"]
        stays = {two.minutes - one.minutes for one, two in pairwise(clocks)}
        stays.update(mention.minutes for mention in said if mention.form == "range")
        return cls(
            frozenset([*totals_said(low), *(mention.minutes for mention in said if mention.form in _SAID)]),
            frozenset(minutes for stay in stays for minutes in range(stay - _IDLE, stay + 1)),
        )

    def is_sum_of(self, low: str, figures: Sequence[_Figure]) -> bool:
        """Whether figures come to that; round ones may fill a visit as counts of repetitions too."""
        lengths = [int(low[figure.start : figure.end]) for figure in figures]
        total = sum(lengths)
        return total in self.exactly or (total in self.about and any(length % _ROUND for length in lengths))


@cache
def _measures() -> frozenset[str]:
    return frozenset(knowledge("terse_lists")["measures"])


@cache
def _by_time() -> re.Pattern[str]:
    return re.compile(rf"{whole_words(knowledge('terse_lists')['by_time']).pattern}|(?<![a-z]){MACHINE}(?![a-z])")


def behind_names(low: str, said: Sequence[TimeMention]) -> list[TimeMention]:
    """The bare figures behind names that are minutes; `said` are the times that say their unit or stand behind a label."""
    labelled = sorted((mention.start, mention.end) for mention in said if mention.form == "label")
    bare = [
        m.start() for m in _BARE.finditer(low) if not _first(labelled, *m.span()) and not _measured(low, m.start() - 1)
    ]
    if not bare or len(bare) + len(labelled) < 2:
        return []
    lines = _lines(low, sorted([*bare, *(at for at, _ in labelled)]))
    lists = [figures for line in lines if any(figures := [*_figures(low, *line, labelled)])]
    stated = _Stated.of(low, said)
    told = _shapes_that_tell(low, [figure for figures in lists for figure in figures if figure], stated)
    out: list[_Figure] = []
    for figures in lists:
        found = [figure for figure in figures if figure]
        sure = [figure for figure in found if figure.known or figure.shape in told]
        whole = len(found) == len(figures) >= _ALL
        if sure:
            plain = [figure for figure in found if figure.shape == "plain"]
            sure = [figure for figure in found if figure not in plain or figure in sure]
            odd = any(int(low[figure.start : figure.end]) % _ROUND for figure in plain)
            sure += plain if 2 * len(plain) <= len(sure) or (whole and odd) else []
        elif whole and stated.is_sum_of(low, found):
            sure = found
        out += [figure for figure in sure if not figure.known]
    return [TimeMention(f.start, f.end, int(low[f.start : f.end]), "label") for f in out]


def _shapes_that_tell(low: str, figures: Sequence[_Figure], stated: _Stated) -> set[str]:
    """The marks behind figures that make them minutes: those of a known name as well, of several, or of figures that come to
    what the note states."""
    out: set[str] = set()
    for mark in _MARKS:
        same = [figure for figure in figures if figure.shape == mark]
        told = [figure for figure in same if figure.known or not _ONLY_A_DOSE.match(low, figure.end)]
        if len(told) < 2:
            continue
        differ = mark != "bracket" and len({low[f.start - _SHORT : f.start] for f in same}) == len(same) >= _ALL
        if differ or any(figure.known for figure in same) or stated.is_sum_of(low, same):
            out.add(mark)
    return out


def _lines(low: str, places: Sequence[int]) -> Iterator[tuple[int, int]]:
    """The lines around places that may tell of today's treatment."""
    end = -1
    for at in places:
        if at <= end:
            continue
        start, end = low.rfind("\n", max(0, at - _LONGEST), at) + 1, low.find("\n", at, at + _LONGEST)
        end = min(len(low), at + _LONGEST) if end < 0 else end
        if end - start < _LONGEST and not _OTHER_LINE.match(low, start, end):
            yield start, end


def _figures(low: str, start: int, end: int, labelled: Sequence[tuple[int, int]]) -> Iterator[_Figure | None]:
    """The figure of each item of a line, or None."""
    row = _row(low, start, end, labelled)
    if row:
        yield from row
        return
    for item in _ITEM.finditer(low, start, end):
        if _NO_ITEM.match(low, *item.span()):
            continue
        marked = [*_marked(low, *item.span(), labelled)]
        if marked:
            yield from marked
            continue
        bounds = [item.start(), *(at for m in _JOINED.finditer(low, *item.span()) for at in m.span()), item.end()]
        parts = [_figure(low, a, b, labelled) for a, b in zip(bounds[::2], bounds[1::2], strict=True)]
        yield from parts if all(parts) else [_figure(low, *item.span(), labelled)]


def _row(low: str, start: int, end: int, labelled: Sequence[tuple[int, int]]) -> list[_Figure]:
    """The figures of a line of nothing but names with a figure each, most of which are known."""
    out: list[_Figure] = []
    for part in _ROW.finditer(low, start, end):
        found = _NAME_AND_FIGURE.fullmatch(low, *part.span())
        if not found or not _named(low, start, found.end("name")):
            return []
        out.append(_Figure(*found.span("n"), "row", known=_first(labelled, *found.span("n")) is not None))
    return out if len(out) >= _ALL and 2 * sum(figure.known for figure in out) >= len(out) else []


def _marked(low: str, start: int, end: int, labelled: Sequence[tuple[int, int]]) -> Iterator[_Figure]:
    """The figures of an item that have a mark behind them."""
    for marked in _MARKED.finditer(low, start, end):
        known = _first(labelled, *marked.span("n")) is not None
        if known or _named(low, start, marked.start()):
            yield _Figure(*marked.span("n"), marked.lastgroup or "", known)
        start = marked.end()


def _figure(low: str, start: int, end: int, labelled: Sequence[tuple[int, int]]) -> _Figure | None:
    """The figure of an item, or of a part of one, without a mark behind it."""
    first = _first(labelled, start, min(end, start + _FAR))
    if first:
        return _Figure(*first, "known", known=True)
    dosed = _DOSED.search(low, max(start, end - _CLOSING), end)
    if dosed:
        return _Figure(*dosed.span("n"), "dosed") if _WORD.search(low, start, dosed.start()) else None
    plain = _PLAIN.search(low, start, min(end, start + _FAR))
    if plain and _named(low, start, plain.start()) and not _FIGURE.search(low, start, plain.start()):
        return _Figure(*plain.span("n"), "by time" if _by_time().search(low, start, plain.start()) else "plain")
    return None


def _named(low: str, start: int, end: int) -> bool:
    """Whether words of a name stand right before a figure, none that make it a measure or the number of something."""
    start = max(start, low.rfind(": ", start, end) + 1, low.rfind(", ", start, end) + 1)
    return end - start <= _FAR and _WORD.search(low, start, end) is not None and not _measured(low, end)


def _measured(low: str, end: int) -> bool:
    """Whether the word that ends there makes the figure behind it a measure or the number of something, as a single letter does."""
    word = low[max(0, end - _FAR) : end].rpartition(" ")[2].rpartition("\n")[2].lstrip("(*-")
    return word[-1:] in ("", ",") or (len(word) < 2 and word.isalpha()) or word in _measures()


def _first(labelled: Sequence[tuple[int, int]], start: int, end: int) -> tuple[int, int] | None:
    """The first labelled figure that begins in `[start, end)`."""
    index = bisect_left(labelled, (start, 0))
    return labelled[index] if index < len(labelled) and labelled[index][0] < end else None
