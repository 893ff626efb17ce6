"""What a note that gives its services their minutes at its end, in a list or a bill, says there of the services: how many they are,
and which of those it names above is one."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import TypeVar

from rehabcoder.billing.codes import one_name
from rehabcoder.language.foot_minutes import foot_list
from rehabcoder.language.footers import footer_rows
from rehabcoder.language.reading import Reading
from rehabcoder.language.totals import Stated

_OPENING = 30  # code points of a piece in which the name of a service opens it
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


def named_again(reading: Reading, told: Sequence[str | None], aside: Collection[int]) -> list[int]:
    """The pieces that open with a name which the end of the note gives its minutes, where no other piece above has that name.

    `told` is the code that each piece describes, where it likely describes a service; pieces set `aside` are none.
    """
    ends = [(row.start, row.end) for row in reading.charges]
    ends += [(row[0][0].start, row[-1][1].end) for row in footer_rows(reading)]
    if listed := foot_list(reading.low):
        ends.append((listed.start, listed.end))
    if not ends:
        return []
    first = min(start for start, _ in ends)
    given = {one_name(label.code) for start, end in ends for label in reading.labels_in(start, end)}
    places: dict[str, list[int]] = {}
    for index, piece in enumerate(reading.pieces):
        if piece.start >= first:
            break
        named = reading.labels_in(piece.start, piece.end) if index not in aside else []
        for code in {one_name(label.code) for label in named if not label.number} & given:
            opens = code == one_name(named[0].code) and named[0].start - piece.start <= _OPENING
            places.setdefault(code, []).append(index if opens and told[index] is not None else -1)
    return sorted(at[0] for at in places.values() if len(at) == 1 and at[0] >= 0)


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
