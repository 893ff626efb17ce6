from __future__ import annotations

import pytest

from rehabcoder.language.reading import read
from rehabcoder.language.records import find_records, with_records

DESCRIBED_FIRST = "DESC: leg press\nCPT: 97110\nMIN: 15\nDESC: stairs\nCPT: 97530\nMIN: 20\nPLAN: 2x/wk"


def records(text: str) -> list[str]:
    reading = read(text)
    return [text[reading.pieces[a].start : reading.pieces[b - 1].end] for a, b in find_records(reading)]


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        (DESCRIBED_FIRST, ["DESC: leg press\nCPT: 97110\nMIN: 15", "DESC: stairs\nCPT: 97530\nMIN: 20"]),
        (
            "s1_code=97110\ns1_time=15\ns1_note=leg press\ns2_code=97530\ns2_time=20\ns2_note=stairs",
            ["s1_code=97110\ns1_time=15\ns1_note=leg press", "s2_code=97530\ns2_time=20\ns2_note=stairs"],
        ),
        (
            "ACT=leg press\nDUR=15\nUN=1\nACT=stairs\nDUR=20\nNEXT=Tue",  # a field may be left out
            ["ACT=leg press\nDUR=15\nUN=1", "ACT=stairs\nDUR=20"],
        ),
    ],
)
def test_fields_that_come_again_in_order(text, answer):
    assert records(text) == answer


@pytest.mark.parametrize(
    "text",
    [
        "ROM: flex 100\nMMT: 4/5\nROM: ext 0\nMMT: 4/5",  # tells neither code nor minutes
        "TE: leg press\nMT: glides\nPlan: 2x/wk\nGoal: stairs",
        "S: sore\nO: TE 15 min\nA: better\nP: cont",
    ],
)
def test_other_fields(text):
    assert records(text) == []


def test_a_record_is_one_service_whole():
    reading = read(DESCRIBED_FIRST)
    found = find_records(reading)
    assert with_records(reading, [(0, 1), (1, 4), (4, 6)], found, ()) == [(0, 3), (3, 6)]
    assert with_records(reading, [], found, ()) == [(0, 3), (3, 6)]
    assert with_records(reading, [], found, range(7)) == []


def test_a_record_of_what_was_declined_adds_no_service():
    reading = read("DESC: leg press\nCPT: 97110\nMIN: 15\nDESC: stairs, declined\nCPT: 97530\nMIN: 0")
    assert with_records(reading, [(0, 1)], find_records(reading), ()) == [(0, 3)]
