"""Records of an export: lines that each hold one field of a service, in an order that comes again with every service.

"DESC: leg press / CPT: 97110 / MIN: 15 / DESC: stairs / CPT: 97530 / MIN: 20": where one service ends only the order says.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from rehabcoder.language.keyed import CODE, MINUTES, role_of
from rehabcoder.language.reading import Reading

_FIELD = re.compile(
    r"^(?P<blanks>[ \t]*)(?:[*>-][ \t]+)?(?P<key>[a-z][\w.\[\]()# /-]{0,28}?)[ \t]*[:=](?P<value>[^\n]*)$", re.M
)
_NUMBER = re.compile(r"\d{1,2}")
_CODE_ALONE = re.compile(r"[ \t\"']*(?:97\d{3}|g0283|9\d{4})[\"' \t;.,]*")
_UNDONE = re.compile(
    r"(?<![a-z])(?:deferred|refused|declined|cancell?ed|held|omitted|not\s(?:done|given|started))(?![a-z])"
)
_LEAST = 2  # records that show an order
Span = tuple[int, int]


@dataclass(slots=True, frozen=True)
class _Field:
    start: int
    end: int
    key: str
    role: str


def find_records(reading: Reading) -> list[Span]:
    """The records of a note, each given by its pieces; none where no order of fields comes again."""
    low = reading.low
    if low.count("\n") < 3 or low.count("=") + low.count(":") < 4:
        return []
    out: list[Span] = []
    begins, ends = [piece.start for piece in reading.pieces], [piece.end for piece in reading.pieces]
    for run in _runs(low):
        for start, end in _repeated(run):
            a, b = bisect_right(ends, start), bisect_left(begins, end)
            if a < b:
                out.append((a, b))
    return out


def _runs(low: str) -> list[list[_Field]]:
    """Fields on lines one below the other; a line that stands deeper goes on with the field above it."""
    out: list[list[_Field]] = []
    done = 0
    for found in _FIELD.finditer(low):
        key = _NUMBER.sub("#", found["key"])
        role = CODE if _CODE_ALONE.fullmatch(found["value"]) else role_of(found["key"])
        field = _Field(found.start(), found.end(), key, role)
        between = low[done : found.start()]
        if out and all(not line.strip() or line[0] in " \t" for line in between.split("\n")):
            out[-1].append(field)
        else:
            out.append([field])
        done = found.end()
    return out


def _repeated(run: Sequence[_Field]) -> list[Span]:
    """The stretches of a run in each of which the same first field opens, and which tell a code or minutes among other things."""
    keys = [field.key for field in run]
    first = next((i for i, key in enumerate(keys) if _comes_again(keys, i)), None)
    if first is None:
        return []
    starts = [i for i in range(first, len(keys)) if keys[i] == keys[first]]
    known = set(keys[first : starts[-1]])
    last = starts[-1] + 1
    while last < len(keys) and keys[last] in known and keys[last] not in keys[starts[-1] : last]:
        last += 1
    parts = [run[a:b] for a, b in zip(starts, [*starts[1:], last], strict=True)]
    if any(len(part) < _LEAST or len({field.key for field in part}) < len(part) for part in parts):
        return []
    roles = [{field.role for field in part} for part in parts]
    if not all("" in role and role & {CODE, MINUTES} for role in roles):
        return []
    return [(part[0].start, part[-1].end) for part in parts]


def _comes_again(keys: Sequence[str], at: int) -> bool:
    """Whether a field comes again behind others, all of which differ."""
    again = keys.index(keys[at], at + 1) if keys[at] in keys[at + 1 :] else 0
    return again - at >= _LEAST and len(set(keys[at:again])) == again - at


def with_records(
    reading: Reading, spans: Sequence[Span], records: Sequence[Span], aside: Collection[int]
) -> list[Span]:
    """The services with each record whole and one service, if any of it is one or it names a code by its number."""
    out = list(spans)
    for a, b in records:
        touched = [span for span in out if span[0] < b and a < span[1]]
        start, end = reading.pieces[a].start, reading.pieces[b - 1].end
        named = any(label.number for label in reading.labels_in(start, end)) and not _UNDONE.search(
            reading.low, start, end
        )
        if all(k in aside for k in range(a, b)) or not (touched or named):
            continue
        rest = [part for s, e in touched for part in ((s, min(e, a)), (max(s, b), e)) if part[0] < part[1]]
        out = sorted([*(span for span in out if span not in touched), *rest, (a, b)])
    return out
