"""Parts of a service that the therapist gave and parts that nobody gave, each with its time."""

from __future__ import annotations

import pytest

from rehabcoder.language.reading import read
from rehabcoder.language.turns import cut_by_turns, find_turns, turns_of


def turns(text: str) -> list[tuple[str, int]]:
    reading = read(text)
    return [(t.label.code, t.time.minutes) for t in find_turns(reading.low, reading.labels, reading.times)]


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("- therex x24': 14' bike w/ rehab tech while i did my next pt, then 10' w/ me slr 2x10", [14, 10]),
        ("te 30': first 18' w/ me slr 2x10; last 12' he did the bike by himself while i charted", [18, 12]),
        ("97110 (24 min): 14 min NuStep with aide; 10 min SLR with cueing", [14, 10]),
        ("TE 25 min: 15 min bridges with me, 10 min bike on her own", [15, 10]),
        ("Ther ex 30 min - NuStep independently 12 min, guided SLR and bridges, 18 min", [12, 18]),
        ("TE 30 min: 10 min bike, 20 min SLR", []),
        ("TE 30 min: 10 min bike alone, 15 min SLR with me", []),
        ("TE 30 min: 10 min bike alone, 20 min SLR alone", []),
        ("TE 10 min: bike alone. MT 20 min: glides", []),
        ("TE 30 min. 10 min bike alone, 20 min SLR", []),
    ],
)
def test_parts_that_come_to_the_time_that_heads_them(text, answer):
    assert [minutes for _, minutes in turns(text)] == answer


def test_each_part_is_a_service_of_its_own_under_the_label_of_the_whole():
    text = "TE 25 min: 15 min bridges and clams 2x10 with me, 10 min bike on her own\nMT 10 min: glides"
    reading = read(text)
    found = find_turns(reading.low, reading.labels, reading.times)
    begun = [reading.pieces[k] for k in cut_by_turns(reading, found)]
    assert [text[piece.start : piece.end] for piece in begun] == ["10 min bike on her own"]
    places = [(0, text.index("10 min bike")), (begun[0].start, begun[0].end), (text.index("MT"), len(text))]
    assert {k: (t.label.code, t.time.minutes) for k, t in turns_of(found, places).items()} == {
        0: ("97110", 15),
        1: ("97110", 10),
    }
