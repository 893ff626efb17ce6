"""Tells which rows of a bill charge for services that the note describes elsewhere."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection, Mapping, Sequence

import numpy as np
import numpy.typing as npt

from rehabcoder.billing.codes import one_name
from rehabcoder.language.chain import OUT
from rehabcoder.language.charge_rows import ChargeRow
from rehabcoder.language.layout import Place
from rehabcoder.language.reading import Reading

_LIKELY = 0.7  # chance from which a piece is taken for a description
_NEAR = 2  # pieces behind a name in which its description may begin
Kinds = npt.NDArray[np.float32]


def rows_of_described(
    reading: Reading, layout: Sequence[Place], kinds: Kinds, classes: Sequence[str], aside: Collection[int]
) -> list[int]:
    """The pieces of the rows of bills whose services the note describes elsewhere, by their names or by what was done.

    `kinds` says how likely each piece is of each of the `classes`; pieces set `aside` are no service. Where all rows but one
    are told of, that one is of a description that no row names. Rows right above a description are its headings.
    """
    pieces, rows = reading.pieces, reading.charges
    if not rows:
        return []
    of_row: dict[int, ChargeRow] = {}
    begins = [row.start for row in rows]
    for k, piece in enumerate(pieces):
        at = bisect_right(begins, piece.start) - 1
        if at >= 0 and piece.start < rows[at].end:
            of_row[k] = rows[at]
    inside = 1 - kinds[:, list(classes).index(OUT)]
    told = {
        k for k in range(len(pieces)) if inside[k] > _LIKELY and layout[k].thin and k not in of_row and k not in aside
    }
    if any(k + 1 in told and k + 1 not in of_row and not layout[k + 1].blank for k in of_row):
        return []
    known, open_ones = _described(
        reading, layout, told, {k: _likeliest(kinds[k], classes) for k in told}, of_row, aside
    )
    words = (
        " ".join(reading.low[pieces[k].start : pieces[k].end] for k in told) if any(r.repeated for r in rows) else ""
    )
    again = [row for row in rows if row.repeated and all(word in words for word in row.repeated)]
    lacking = [row for row in rows if row not in again and not row.codes & (known | open_ones)]
    named = set().union(*(row.codes for row in rows))
    if len(lacking) == 1 < len(rows) and open_ones - named:
        lacking = []
    return [k for k, row in of_row.items() if row not in lacking]


def _described(
    reading: Reading,
    layout: Sequence[Place],
    told: Collection[int],
    likeliest: Mapping[int, str],
    rows: Collection[int],
    aside: Collection[int],
) -> tuple[set[str], set[str]]:
    """The codes by which the descriptions of a note are named, and what those without a name most likely are."""
    known: set[str] = set()
    open_ones = set(told)
    for k, place in enumerate(layout):
        if not place.labelled or k in rows or k in aside:
            continue
        begun = next((j for j in range(k, min(k + _NEAR, len(layout) - 1) + 1) if j in told), None)
        if begun is not None:
            known |= {one_name(la.code) for la in reading.labels_in(reading.pieces[k].start, reading.pieces[k].end)}
            open_ones.discard(begun)
    return known, {likeliest[k] for k in open_ones}


def _likeliest(chances: npt.NDArray[np.float32], classes: Sequence[str]) -> str:
    """What a piece most likely is, given that it belongs to a service."""
    return max((float(chance), name) for chance, name in zip(chances, classes, strict=True) if name != OUT)[1]
