"""Where a service surely begins, whatever its words look like: at "The next ten minutes", at a name with its time that heads
the sentences of its line, at the one point of a list that gives every service a point and a time."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Collection, Sequence
from itertools import pairwise

from rehabcoder.billing.codes import one_name
from rehabcoder.language.detail import content_words
from rehabcoder.language.patterns import MACHINE, sentence_start
from rehabcoder.language.pieces import Piece
from rehabcoder.language.reading import Reading
from rehabcoder.language.shared import NO_LENGTH

Span = tuple[int, int]
_SEVERAL = 2  # such openings that show how a note is laid out
_SHARE_OF_IT = re.compile(
    r"(?:(?:and|then|for|in|over|during)\s)*(?:the|my|our)\s(?:(?:very|about)\s)?"
    r"(?:first|next|second|third|last|other|remaining|final|following|closing)\s(?:of\s|about\s|some\s)*"
)
_OUT_OF = re.compile(r"\s(?:out\s)?of\s(?:the|those|that|these)\s(?:same\s)?(?P<n>\d{1,3})(?![\d/:.]*\d)")
_OF_THE_DAY = re.compile(r"\s?(?:a|per|each|every)\s")
_BULLETS = "-*>\u2022\u00b7"
_POINTS = 3  # of a list, with their times
_SHORT = 60  # code points of a name with its time
_HEADING = 80  # code points of a heading of several names
_LIST = 400  # code points of a list
_SENTENCE = 600  # code points of a sentence up to its last part
_MACHINE = re.compile(rf"{MACHINE}(?![a-z])")
_TOPIC = re.compile(r"[a-z][a-z /&-]{2,28}")  # "Strength", above "Ther ex, ten minutes. Leg press ..."


def sure_openings(reading: Reading) -> tuple[list[int], list[int]]:
    """The pieces that open a service of their own, and those of them that only head what follows them in their line."""
    if len(reading.times) < _SEVERAL:
        return [], []
    heads = _heads(reading)
    begins = [_with_topic(reading, index) for index in heads]
    return sorted({*_shares(reading), *begins, *_lone_points(reading)}), heads


def joint_headings(reading: Reading, told: Sequence[str | None], aside: Collection[int]) -> list[int]:
    """The pieces of a line that only names several services, at most with one time for them, above lines that tell of each:
    "[x] TherEx  [x] NMR  30 min" above "ther ex: bands" and "nmr: wall slides", or "TE and MT, 38 min" above two of what was
    done. `told` is the code that each piece describes, where it likely describes a service."""
    low, pieces = reading.low, reading.pieces
    out: list[int] = []
    lines = [k for k, piece in enumerate(pieces) if piece.first]
    for first, below in pairwise([*lines, len(pieces)]):
        start = pieces[first].start
        line = low.find("\n", start)
        if line < 0 or len(reading.labels_in(start, line)) < _SEVERAL:
            continue
        # The last of the names may have been joined with what stands below it.
        ahead = next((k for k in range(first, below) if "\n" in low[pieces[k].start : pieces[k].end]), below)
        if ahead == len(pieces) or any(k in aside for k in range(first, ahead + 1)):
            continue
        beside = ahead < below or low.count("\n", pieces[below - 1].end, pieces[below].start) == 1
        names = _only_several(reading, start, line) if beside else set()
        if names and _told_below(reading, told, ahead, names):
            out += range(first, ahead)
    return out


def _only_several(reading: Reading, start: int, end: int) -> set[str]:
    """The codes of the services that a line names, where it names several and says nothing more but one time."""
    named = reading.labels_in(start, end)
    codes = {one_name(label.code) for label in named}
    if len(codes) < _SEVERAL or end - start > _HEADING or content_words(reading.low, reading.labels, start, end):
        return set()
    lengths = [time for time in reading.times_in(start, end) if time.form not in NO_LENGTH]
    return codes if len(lengths) < _SEVERAL else set()


def _told_below(reading: Reading, told: Sequence[str | None], first: int, codes: Collection[str]) -> bool:
    """Whether the lines from a piece on, the heading's own if they were joined, tell of two of the services that it names."""
    low, pieces = reading.low, reading.pieces
    found: set[str] = set()
    for k in range(first, len(pieces)):
        piece = pieces[k]
        if k > first and not piece.first:
            continue
        if k > first and low.count("\n", pieces[k - 1].end, piece.start) > 1:
            break
        line = low.find("\n", piece.start, piece.end) + 1 if k == first else 0
        own = reading.labels_in(line or piece.start, piece.end)
        code = one_name(own[0].code) if own else told[k]
        if code is None or code not in codes or not content_words(low, reading.labels, line or piece.start, piece.end):
            break
        found.add(code)
    return len(found) >= _SEVERAL


def turns_on_machines(reading: Reading) -> list[int]:
    """The pieces that surely open no service: a turn on a machine, with its minutes, in a list behind a colon that has more of
    them before it ("Ther ex 24 min: SLR 3x10, arm bike 6 min, rows")."""
    low, out = reading.low, []
    for index, (before, piece) in enumerate(pairwise(reading.pieces), 1):
        if piece.first or low[before.end - 1 : piece.start].strip() != "," or not _MACHINE.match(low, piece.start):
            continue
        own = reading.times_in(piece.start, piece.end)
        begin = sentence_start(low, piece.start, max(0, piece.start - _LIST))
        colon = low.find(":", begin, piece.start)
        if own and colon >= 0 and any(time.minutes > own[0].minutes for time in reading.times_in(begin, colon)):
            out.append(index)
    return out


def shares_of_a_time(reading: Reading) -> list[int]:
    """The pieces that surely open no service: one without a name whose time is said to be a part of one before it ("Arm bike L1,
    8 min of the 30.")."""
    low, out = reading.low, []
    if " of th" not in low:
        return []
    for index, piece in enumerate(reading.pieces):
        own = reading.times_in(piece.start, piece.end)
        share = _OUT_OF.match(low, own[0].end, piece.end) if own else None
        if share is None or reading.labels_in(piece.start, piece.end):
            continue
        before = reading.times_in(max(0, piece.start - _LIST), piece.start)
        if any(time.minutes == int(share["n"]) > own[0].minutes for time in before if time.form not in NO_LENGTH):
            out.append(index)
    return out


def parts_of_a_sentence(reading: Reading, told: Sequence[str | None]) -> list[int]:
    """The pieces that surely open no service: those with which a sentence goes on that names no code, tells of what supports
    one code, and ends in its only time ("One sharp pull of the band, then the real mower outside, 5 pulls (9).").

    `told` is the code that each piece describes, where it likely describes a service.
    """
    low, pieces = reading.low, reading.pieces
    out: list[int] = []
    for index, piece in enumerate(pieces):
        times = [] if piece.first or told[index] is None else reading.times_in(piece.start, piece.end)
        if len(times) != 1 or not content_words(low, reading.labels, piece.start, times[0].start):
            continue
        start = sentence_start(low, piece.start, max(0, piece.start - _SENTENCE))
        if reading.labels_in(start, piece.end) or len(reading.times_in(start, piece.end)) > 1:
            continue
        first = index
        while first and pieces[first - 1].start >= start and told[first - 1] == told[index]:
            first -= 1
        out += range(first + 1, index + 1)
    return out


def with_openings(spans: Sequence[Span], openings: Sequence[int], heads: Sequence[int]) -> list[Span]:
    """The services cut where one of the `openings` stands within one; each of the `heads` with what follows it."""
    if not openings:
        return list(spans)
    out: list[Span] = []
    for a, b in spans:
        out += pairwise([a, *openings[bisect_right(openings, a) : bisect_left(openings, b)], b])
    for index in heads:
        at = bisect_left(out, index + 1, key=lambda span: span[1])
        if at + 1 < len(out) and out[at][0] <= index and out[at][1] == index + 1 == out[at + 1][0]:
            out[at : at + 2] = [(out[at][0], out[at + 1][1])]
    return out


def _shares(reading: Reading) -> list[int]:
    """Sentences that open with a share of the session: "The next eighteen minutes (97112) were with me"."""
    low = reading.low
    if "minutes" not in low and "min" not in low:
        return []
    out: list[int] = []
    for index, piece in enumerate(reading.pieces):
        if not piece.first and index and low[reading.pieces[index - 1].end - 1] not in ".!?;":
            continue
        lead = _SHARE_OF_IT.match(low, piece.start, piece.end)
        if lead and any(
            time.start == lead.end() and time.form not in NO_LENGTH and not _OF_THE_DAY.match(low, time.end)
            for time in reading.times_in(lead.end(), lead.end() + 1)
        ):
            out.append(index)
    return out if len(out) >= _SEVERAL else []


def _heads(reading: Reading) -> list[int]:
    """Names with their times that are a sentence alone and open their line, where the line goes on to say what was done:
    "Ther ex, ten minutes. Leg press 40 lb ..."."""
    low, pieces = reading.low, reading.pieces
    out: list[int] = []
    for index, (piece, following) in enumerate(pairwise(pieces)):
        if not piece.first or following.first or low[piece.end - 1] != "." or piece.end - piece.start > _SHORT:
            continue
        if not reading.labels_in(piece.start, piece.end) or reading.labels_in(following.start, following.end):
            continue
        if _timed(reading, piece) and not content_words(low, reading.labels, piece.start, piece.end):
            out.append(index)
    return out if len(out) >= _SEVERAL else []


def _with_topic(reading: Reading, index: int) -> int:
    """The piece with which a service begins that the piece of a number heads: the topic on the line above, if there is one."""
    low, pieces = reading.low, reading.pieces
    if (
        not index
        or not pieces[index - 1].first
        or low[pieces[index - 1].end : pieces[index].start].strip(" \t") != "\n"
    ):
        return index
    return index - 1 if _TOPIC.fullmatch(low, pieces[index - 1].start, pieces[index - 1].end) else index


def _lone_points(reading: Reading) -> list[int]:
    """The point with a time behind the one point without, in a list of which every other point has its own: what was done in
    the one says nothing of the other."""
    low, pieces = reading.low, reading.pieces
    if "\n-" not in low and not any(f"\n{sign}" in low for sign in _BULLETS):
        return []
    out: list[int] = []
    points: list[tuple[int, bool]] = []  # the pieces that open a point, and whether it ends with a time
    for index, piece in enumerate(pieces):
        if not piece.first:
            continue
        if low[piece.start] in _BULLETS and (not points or low.count("\n", pieces[index - 1].end, piece.start) == 1):
            points.append((index, _closed_by_time(reading, index)))
            continue
        out += _behind_untimed(points)
        points = []
    return out + _behind_untimed(points)


def _behind_untimed(points: Sequence[tuple[int, bool]]) -> list[int]:
    """The point behind the only one without a time, of a list of enough points up to its last time."""
    timed = [k for k, (_, closed) in enumerate(points) if closed]
    if len(timed) < _POINTS or timed[-1] + 1 - len(timed) != 1:
        return []
    missing = next(k for k in range(timed[-1]) if not points[k][1])
    return [points[missing + 1][0]]


def _closed_by_time(reading: Reading, index: int) -> bool:
    """Whether the line that a piece opens ends with a length of time."""
    low, start = reading.low, reading.pieces[index].start
    stop = low.find("\n", start)
    end = len(low) if stop < 0 else stop
    times = reading.times_in(start, end)
    return bool(times) and times[-1].form not in NO_LENGTH and not low[times[-1].end : end].strip(" \t.)]")


def _timed(reading: Reading, piece: Piece) -> bool:
    return any(time.form not in NO_LENGTH for time in reading.times_in(piece.start, piece.end))
