"""One reading of a note's text: shadow, labels, times and pieces, each found once and shared by all that follows."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, replace

from rehabcoder.language.breaks import lost_breaks, mended, place
from rehabcoder.language.charge_rows import ChargeRow, find_charge_rows
from rehabcoder.language.copied import copied_stretches, touches, without
from rehabcoder.language.durations import find_durations
from rehabcoder.language.foot_lists import FootList, foot_list
from rehabcoder.language.footers import Row, footer_rows
from rehabcoder.language.keyed import Keyed, find_keyed
from rehabcoder.language.labels import Label, find_labels
from rehabcoder.language.no_aide import without_idle_helpers
from rehabcoder.language.pieces import Piece, split
from rehabcoder.language.text import shadow
from rehabcoder.language.thin import join_thin
from rehabcoder.language.times import TimeMention

# Names of these codes say what the therapist meant to bill, not what was done, so that the models never see them. Names of
# modalities (paraffin, ultrasound) are the description itself and stay; numbers of codes never do.
MASKED = frozenset({"97110", "97112", "97530", "97140", "97116", "97535"})


# Dates, numbers of records, telephone numbers, and what follows a title: nothing of them may reach a model. The title stays:
# "with Mrs. F" tells of a second patient, whoever she is. What stands first in each half says where it can
# begin at all, so that most places are left at once. "5/10" is a rating or a count, and a day only behind a word of dating.
_DATED = (
    "(?:" + "|".join(rf"(?<=\b{word} )" for word in ("on", "since", "by", "date", "date:", "dos", "dos:", "seen")) + ")"
)
_PERSONAL = re.compile(
    r"(?=[\d#acdimnpr])(?:(?=\d)(?:(?<![\d.])\d{1,4}[/-]\d{1,2}[/-]\d{1,4}(?!\d)|(?<![\d./])(?:(?:1[0-2]|0?[1-9])/(?:1[1-9]|2\d|3[01])|(?:1[12]|0[1-9])/10|"
    + _DATED
    + r"(?:10|[1-9])/10)(?![\d/])|\d{6,})"
    r"|(?=#|ac|cl|d[or]|id|m[irsx]|na|p[at]|re)\b(?:(?:mrn|dob|acct|account|id|#)[\s:#]*[\d/-]{3,}|(?P<title>mr|mrs|ms|miss|mx|dr)\.?\s+[a-z][\w'-]*(?:\s+[a-z]\.)?"
    r"|(?:patient|pt|name|client|resident)(?:\s+name)?\s*:\s*[a-z][\w'-]*,?\s*(?:[a-z][\w'-]*)?))"
)
# A word that is no title.
_SAYS = re.compile(r"\b(?!(?:mr|mrs|ms|miss|mx|dr)\b)[^\W_]")
_LENGTHS = frozenset(
    {"min", "range", "word", "label", "kv", "cell", "brack", "hmm", "prime", "hour", "frac", "either", "struck"}
)
_DOUBTED = frozenset({"either", "struck"})


@dataclass(slots=True)
class Reading:
    """What the words of one note say before any model has looked at them. Offsets are those of the untouched text.

    Of what was copied from an earlier visit nothing is read but its words: `low` is blank there, and labels and times are none.
    """

    text: str
    low: str
    masked: str
    labels: list[Label]
    times: list[TimeMention]
    pieces: list[Piece]
    copied: list[tuple[int, int]]
    keyed: Keyed | None
    charges: list[ChargeRow]
    doubted: list[TimeMention]  # lengths that are nobody's: one of two, or taken back
    foot: FootList | None  # the line that gives several services their minutes
    footers: list[Row]  # rows of two or more labels that say nothing but their times

    def labels_in(self, start: int, end: int) -> list[Label]:
        """The labels that begin in `[start, end)`."""
        return self.labels[_first(self.labels, start) : _first(self.labels, end)]

    @property
    def footer_codes(self) -> set[str]:
        """The codes of the rows of labels that say nothing but their times."""
        return {label.code for row in self.footers for label, _ in row}

    def was_copied(self, piece: Piece) -> bool:
        """Whether a piece lies in what was copied from an earlier visit."""
        return touches(self.copied, piece.start, piece.end)

    def times_in(self, start: int, end: int) -> list[TimeMention]:
        """The times that begin in `[start, end)`."""
        return self.times[_first(self.times, start) : _first(self.times, end)]


def _first(found: Sequence[Label] | Sequence[TimeMention], at: int) -> int:
    """The number of the first that begins at a place or behind it."""
    return bisect_left(found, at, key=lambda one: one.start)


def read(text: str) -> Reading:
    """Reads a text; any text at all is fine."""
    low, breaks = shadow(text), lost_breaks(text)
    labels, times = _mentions(mended(text, breaks), mended(low, breaks)) if breaks else _mentions(text, low)
    if breaks:
        labels = [replace(la, start=place(la.start, breaks), end=place(la.end, breaks)) for la in labels]
        times = [replace(t, start=place(t.start, breaks), end=place(t.end, breaks)) for t in times]
    masked = mask(without_idle_helpers(low), labels, times)
    pieces = _without_heads(low, masked, join_thin(low, split(text, low, labels, times, breaks), labels, times))
    copied = copied_stretches(low)
    if copied:
        low = without(low, copied)
        labels, times = (
            [la for la in labels if not low[la.start].isspace()],
            [t for t in times if not low[t.start].isspace()],
        )
    doubted = [t for t in times if t.form in _DOUBTED]
    if doubted:
        times = [t for t in times if t.form not in _DOUBTED]
    charges = find_charge_rows(low, labels, times)
    footers = footer_rows(low, labels, times)
    keyed, foot = find_keyed(low), foot_list(low)
    return Reading(text, low, masked, labels, times, pieces, copied, keyed, charges, doubted, foot, footers)


def _mentions(text: str, low: str) -> tuple[list[Label], list[TimeMention]]:
    """The labels and the times of a text; `low` is its shadow."""
    labels = find_labels(text, low)
    return labels, find_durations(low, labels)


def _without_heads(low: str, masked: str, pieces: list[Piece]) -> list[Piece]:
    """Pieces without lines that only say whose note it is: name, birthday, record number. They must change nothing."""
    out: list[Piece] = []
    gone: set[int] = set()
    for piece in pieces:
        if not _SAYS.search(masked, piece.start, piece.end) and _PERSONAL.search(low, piece.start, piece.end):
            gone.add(piece.line)
        else:
            out.append(replace(piece, line=piece.line - len(gone)) if gone else piece)
    return out


def mask(low: str, labels: Sequence[Label], times: Sequence[TimeMention]) -> str:
    """The shadow with every code number, every name of an intent code and every length of time blanked out, at the same length.

    Minutes say how long, not what. Leaving them out costs no accuracy that could be measured (training/experiments.md).
    """
    cuts = [(la.start, la.end) for la in labels if la.number or la.code in MASKED]
    cuts += [(m.end("title") if m["title"] else m.start(), m.end()) for m in _PERSONAL.finditer(low)]
    cuts += [(t.start, t.end) for t in times if t.form in _LENGTHS]
    cuts.sort()
    out: list[str] = []
    done = 0
    for start, end in cuts:
        if end > done:
            start = max(start, done)
            out += (low[done:start], " " * (end - start))
            done = end
    out.append(low[done:])
    return "".join(out)
