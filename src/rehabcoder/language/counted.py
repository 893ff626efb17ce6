"""What a note that gives its services their minutes at its end, in a list or a bill, says there of the services: how many they are,
and which of those it names above is one."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import NamedTuple, TypeVar

from rehabcoder.billing.codes import one_name
from rehabcoder.language.paths import Span
from rehabcoder.language.reading import Reading
from rehabcoder.language.totals import Stated

_OPENING = 30  # code points of a piece in which the name of a service opens it
_CLOSING = 2  # code points of the sign behind the last entry of a list
_Way = TypeVar("_Way", bound=tuple[float, list[Span]])


class Count(NamedTuple):
    """What a list counts: services of different names, entries, and minutes; and its place, where it tells of no service itself."""

    names: int
    entries: int
    minutes: int
    place: Span | None


def telling_all(reading: Reading, stated: Stated, counts: Sequence[Count], ways: Sequence[_Way]) -> list[_Way]:
    """Those of the `ways` to cut a note, each a score and the services by their pieces, that tell of as many services as its
    `counts` say."""
    totals = {stated.total, stated.timed} - {None}
    if not totals:
        return list(ways)
    counts = [count for count in counts if count.minutes in totals]
    most = max((count.names for count in counts), default=0)
    lists = [count.place for count in counts if count.place]
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
    ends += [(row[0][0].start, row[-1][1].end) for row in reading.footers]
    if foot := reading.foot:
        ends.append((foot.start, foot.end))
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


def listed(counts: Sequence[Count]) -> int:
    """The entries of the longest list, footer or bill that gives several services their minutes; 0 where there is none."""
    most = max((count.entries for count in counts), default=0)
    return most if most > 1 else 0


def counted(reading: Reading) -> Iterator[Count]:
    """What the rows of the bill, the last footer and the list of minutes count; a row of a bill may be all that is told of a
    service."""
    rows = reading.charges
    yield Count(
        len({code for row in rows if (code := row.code)}), len(rows), sum(row.time.minutes for row in rows), None
    )
    for footer in reading.footers[-1:]:
        codes, minutes = {one_name(label.code) for label, _ in footer}, sum(time.minutes for _, time in footer)
        yield Count(len(codes), len(footer), minutes, (footer[0][0].start, footer[-1][1].end + _CLOSING))
    if foot := reading.foot:
        named = {reading.low[entry.start : entry.end] for entry in foot.entries}
        minutes = sum(entry.minutes for entry in foot.entries)
        yield Count(len(named), len(foot.entries), minutes, (foot.start, foot.end + _CLOSING))
