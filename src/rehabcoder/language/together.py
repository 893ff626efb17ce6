"""Rows of one code that stand beside one another and have one time among them, in a footer, are one service."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence

from rehabcoder.billing.codes import one_name
from rehabcoder.language.note_minutes import footer_times
from rehabcoder.language.reading import Reading

_NO_LENGTH = frozenset({"clock", "rest", "pct", "trail", "bare"})  # figures that may be anything
Span = tuple[int, int]


def join_rows(reading: Reading, spans: Sequence[Span]) -> list[Span]:
    """The services, given by their pieces, with rows of one code joined where the note gives that code one time and no more.

    Rows that all have minutes of their own stay services of their own (labelling guide, settled cases).
    """
    pieces = reading.pieces
    codes = [_only_code(reading, pieces[a].start, pieces[b - 1].end) for a, b in spans]
    beside = [
        codes[k] is not None and codes[k] == codes[k + 1] and _adjacent(reading, spans[k], spans[k + 1])
        for k in range(len(spans) - 1)
    ]
    if not any(beside):
        return list(spans)
    footer = footer_times(reading, [(pieces[a].start, pieces[b - 1].end) for a, b in spans], ())
    once = {one_name(code) for code, times in footer.items() if len(times) == 1}
    out: list[Span] = []
    first = 0
    for last in range(len(spans)):
        if last < len(beside) and beside[last]:
            continue
        run = spans[first : last + 1]
        if len(run) > 1 and codes[first] in once and not all(_timed(reading, span) for span in run):
            out.append((run[0][0], run[-1][1]))
        else:
            out += run
        first = last + 1
    return out


def _adjacent(reading: Reading, one: Span, two: Span) -> bool:
    """Whether two services stand on lines of their own with nothing between them."""
    pieces = reading.pieces
    if one[1] != two[0] or not pieces[two[0]].first:
        return False
    return reading.low.count("\n", pieces[one[1] - 1].end, pieces[two[0]].start) == 1


def _only_code(reading: Reading, start: int, end: int) -> str | None:
    """The code that all labels between two places mean, or None."""
    at = bisect_left(reading.labels, start, key=lambda label: label.start)
    codes = set()
    while at < len(reading.labels) and reading.labels[at].start < end:
        codes.add(one_name(reading.labels[at].code))
        at += 1
    return codes.pop() if len(codes) == 1 else None


def _timed(reading: Reading, span: Span) -> bool:
    start, end = reading.pieces[span[0]].start, reading.pieces[span[1] - 1].end
    at = bisect_left(reading.times, start, key=lambda time: time.start)
    times = reading.times[at : bisect_left(reading.times, end, key=lambda time: time.start)]
    return any(time.form not in _NO_LENGTH for time in times)
