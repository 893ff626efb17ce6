"""How many services a note says that it has, where its foot or its bill gives each of them its minutes and what they come to."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TypeVar

from rehabcoder.billing.codes import one_name
from rehabcoder.language.foot_minutes import foot_list
from rehabcoder.language.footers import footer_rows
from rehabcoder.language.reading import Reading
from rehabcoder.language.totals import Stated

_CLOSING = 2  # code points of the sign behind the last entry of a list
Span = tuple[int, int]
_Way = TypeVar("_Way", bound=tuple[float, list[Span]])


def telling_all(reading: Reading, stated: Stated, ways: Sequence[_Way]) -> list[_Way]:
    """Those of the `ways` to cut a note, each a score and the services by their pieces, that tell of as many services as it
    counts."""
    totals = {stated.total, stated.timed} - {None}
    if not totals:
        return list(ways)
    counts = [count for count in _counts(reading) if count[1] in totals]
    most = max((count for count, *_ in counts), default=0)
    lists = [place for *_, place in counts if place]
    pieces = reading.pieces

    def told(span: Span) -> bool:
        start, end = pieces[span[0]].start, pieces[span[1] - 1].end
        return not any(first <= start and end <= last for first, last in lists)

    return [way for way in ways if sum(map(told, way[1])) >= most]


def _counts(reading: Reading) -> Iterator[tuple[int, int, Span | None]]:
    """How many services of different names the rows of the bill, the last footer and the list of minutes have, their minutes, and
    the place of a footer or list; a row of a bill may be all that is told of a service."""
    rows = reading.charges
    yield len({code for row in rows if (code := row.code)}), sum(row.time.minutes for row in rows), None
    for footer in footer_rows(reading)[-1:]:
        codes, minutes = {one_name(label.code) for label, _ in footer}, sum(time.minutes for _, time in footer)
        yield len(codes), minutes, (footer[0][0].start, footer[-1][1].end + _CLOSING)
    listed = foot_list(reading.low)
    if listed:
        named = {reading.low[entry.start : entry.end] for entry in listed.entries}
        yield len(named), sum(entry.minutes for entry in listed.entries), (listed.start, listed.end + _CLOSING)
