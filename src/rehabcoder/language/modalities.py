"""Modalities that surely were given: a sentence opens with the name of one and says how it was set or where it was put ("US pulsed
to palm; scar mob ..."), or a manoeuvre is told with how often it was done ("Epley R x2"). At the head of a list of other services
the models take the one for what the patient had on arrival, and among tests the other for one of them.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from functools import cache
from typing import NamedTuple

from rehabcoder.language.patterns import knowledge
from rehabcoder.language.reading import Reading

_LEAD = re.compile(
    r"[^a-z\d]*(?:(?:interventions?|treatment(?: today)?|tx|rx|modalit(?:y|ies)|o|today)\s?[:=)-]+\s*)?[^a-z\d]*"
)
_STOPS = ".;!"
_OVER = re.compile(r"[.;!](?=\s|\Z)|\n|\Z")
_FAR = 200  # code points of the rest of a sentence


class _Words(NamedTuple):
    codes: frozenset[str]
    manoeuvre: re.Pattern[str]
    no_manoeuvre: re.Pattern[str]
    given: re.Pattern[str]
    otherwise: re.Pattern[str]


@cache
def _words() -> _Words:
    table = knowledge("modalities")
    given = table["given"]
    return _Words(
        frozenset(given["codes"]),
        re.compile("|".join(f"(?<![a-z]){form}" for form in table["manoeuvre"]["done"])),
        re.compile(rf"(?<![a-z])(?:{'|'.join(table['manoeuvre']['otherwise'])})"),
        re.compile("|".join([*given["set"], *given["put"]])),
        re.compile(rf"(?<![a-z])(?:{'|'.join(table['otherwise']['words'])})"),
    )


def modalities_given(reading: Reading, aside: Collection[int]) -> list[int]:
    """The pieces that surely belong to a service for the modality with which they open, or the manoeuvre that they tell."""
    low, pieces, words = reading.low, reading.pieces, _words()
    out: list[int] = []
    for index, piece in enumerate(pieces):
        if index in aside:
            continue
        if words.manoeuvre.search(low, piece.start, piece.end):
            if not words.no_manoeuvre.search(low, piece.start, piece.end):
                out.append(index)
            continue
        named = reading.labels_in(piece.start, piece.end)
        if not named or named[0].number or named[0].code not in words.codes:
            continue
        if not piece.first and low[pieces[index - 1].end - 1] not in _STOPS:
            continue
        if not _LEAD.fullmatch(low, piece.start, named[0].start):
            continue
        told = words.given.search(low, named[0].end, piece.end)
        over = _OVER.search(low, piece.end - 1, piece.end + _FAR)
        if told and not words.otherwise.search(low, piece.start, over.start() if over else piece.end + _FAR):
            out.append(index)
    return out
