"""Joins pieces that say nothing of their own to the piece that they belong to.

"TherEx 15 min." in front of a description is its heading, "17 min" behind one is its time: neither is a service alone,
unless nothing stands beside it ("Ther Act x15, TE x15").
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import replace

from rehabcoder.language.detail import content_words
from rehabcoder.language.labels import Label
from rehabcoder.language.pieces import Piece
from rehabcoder.language.times import TimeMention

# Complete in itself, if poor.
_REFERS = re.compile(
    r"\b(?:per|see|same|unchanged|as (?:above|before|last|previous(?:ly)?|prior|usual|noted|listed)|completed|done)\b"
)
# A sentence of its own, not a heading: "We finished with some gait training."
_TELLS = re.compile(
    r"\b(?:did|had|was|were|went|worked|got|given|received|performed|provided|finish(?:ed)?|ended|spent|took|began|started)\b"
)
_SUMS_UP = re.compile(r"\W*(?:total|timed?|session|visit|treatment)\b[^.\n]*\d")
_GOES_ON = re.compile(r"\W*(?:with|in\s+which|which|consisting|comprising|namely|using)\b")
_SEQUEL = re.compile(
    r"\W*(?:and\s+)?(?:then|next|after\s+(?:that|which|this)|afterwards?|followed\s+by|finally|lastly)\b"
)
_EMPTY_BOX = re.compile(r"\s*(?:\[\s*\]|\(\s*\)|\u2610)")
_LISTS = frozenset("-*>")
_STYLE = 2  # lines that open with a label and describe the service themselves
_FAR = 40  # a piece longer than this has something to say


def _has(places: Sequence[int], piece: Piece) -> bool:
    at = bisect_left(places, piece.start)
    return at < len(places) and places[at] < piece.end


def _heads(
    low: str,
    piece: Piece,
    following: Piece,
    labelled: bool,
    timed: bool,
    also_thin: bool,
    label_places: Sequence[int],
    time_places: Sequence[int],
    times: Sequence[TimeMention],
) -> bool:
    """Whether a thin piece is the heading of what follows."""
    if also_thin or following.line - piece.line > 1 or _has(label_places, following):
        return False
    closed = low[piece.end - 1] in ".;!"
    if (closed or following.first) and _SEQUEL.match(low, following.start):
        return False  # "Ther ex. Then we made soup: ..."
    if closed and labelled and _TELLS.search(low, piece.start, piece.end):
        return False
    if _SUMS_UP.match(low, following.start, following.end):
        return False
    if labelled and not closed and not following.first and _GOES_ON.match(low, following.start):
        return True  # "Therapeutic exercise for eighteen minutes, with wrist curls ..."
    if labelled:
        # "TE 12 min." may be all that is said of a service: only a heading that leaves its sentence open is joined for sure.
        return not timed or (low[piece.end - 1] in ":-=>" and not _has(time_places, following))
    if not timed or not piece.first or _has(time_places, following):
        return False
    # A time alone on its line closes what stood above as often as it opens what comes; a clock range opens.
    at = bisect_left([t.start for t in times], piece.start)
    return following.line == piece.line or (at < len(times) and times[at].form == "range")


def _described(low: str, pieces: Sequence[Piece], thin: Sequence[bool], label_places: Sequence[int]) -> int:
    """How many lines open with a label and say themselves what was done."""
    out = 0
    for piece, nothing in zip(pieces, thin, strict=True):
        at = bisect_left(label_places, piece.start)
        out += (
            piece.first
            and not nothing
            and at < len(label_places)
            and label_places[at] < piece.end
            and not any(map(str.isalnum, low[piece.start : label_places[at]]))
        )
    return out


def _stands_alone(low: str, piece: Piece, following: Piece, described: int) -> bool:
    """Whether a bare label on a line of its own is all that is said of its service: where the other lines with labels say
    themselves what was done, or where the next line is one more point of the same list."""
    if not piece.first or not following.first or low[piece.end - 1] in ":-=>":
        return False
    bullet = low[piece.start]
    if bullet in _LISTS:
        return following.start < len(low) and low[following.start] == bullet
    return described >= _STYLE and low[following.start] not in _LISTS


def join_thin(low: str, pieces: list[Piece], labels: Sequence[Label], times: Sequence[TimeMention]) -> list[Piece]:
    """Pieces with thin ones joined: a label to what follows, a time to what stands before it."""
    label_places = [la.start for la in labels]
    time_places = [t.start for t in times if t.form != "clock"]
    thin = [p.end - p.start <= _FAR and content_words(low, labels, p.start, p.end) == 0 for p in pieces]
    # On a form with ticks a bare name is a box left blank.
    described = _described(low, pieces, thin, label_places) if any(thin) and labels and "\u2611" not in low else 0
    out: list[Piece] = []
    pending: Piece | None = None  # a heading that waits for its description
    for index, piece in enumerate(pieces):
        if _EMPTY_BOX.match(low, piece.start, piece.end):  # a line of a form left blank heads nothing
            if pending is not None:
                out.append(pending)
                pending = None
            out.append(piece)
            continue
        labelled, timed = _has(label_places, piece), _has(time_places, piece)
        if pending is not None:
            piece = replace(piece, start=pending.start, first=pending.first, line=pending.line)
            pending = None
            out.append(piece)
            continue
        following = pieces[index + 1] if index + 1 < len(pieces) else None
        if thin[index]:
            last_of_line = following is None or following.first
            behind = bool(out) and out[-1].line == piece.line and not piece.first
            if timed and behind and not labelled:
                out[-1] = replace(out[-1], end=piece.end)
                continue
            both_timed = timed and behind and _has(time_places, out[-1])  # "... for ten minutes. Manual therapy 8 min."
            if labelled and behind and last_of_line and not both_timed and not _has(label_places, out[-1]):
                out[-1] = replace(out[-1], end=piece.end)
                continue
            if (
                following is not None
                and not _REFERS.search(low, piece.start, piece.end)
                and not (labelled and not timed and _stands_alone(low, piece, following, described))
                and _heads(low, piece, following, labelled, timed, thin[index + 1], label_places, time_places, times)
            ):
                pending = piece
                continue
        out.append(piece)
    if pending is not None:
        out.append(pending)
    return out
