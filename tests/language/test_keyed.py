from __future__ import annotations

import pytest

from rehabcoder.language.aside import set_aside
from rehabcoder.language.keyed import find_keyed, key_of
from rehabcoder.language.reading import read


def given(text: str) -> tuple[dict[str, str], dict[str, str]]:
    found = find_keyed(text.lower())
    if found is None:
        return {}, {}
    return {k: g.value for k, g in found.minutes.items()}, {k: g.value for k, g in found.codes.items()}


@pytest.mark.parametrize(
    "text",
    [
        "TIME: A 18, B 14",
        "Minutes: A=18, B=14",
        "MIN= a 18; b 14",
        "Time (min): A 18 B 14.",
        "MIN_A=18\nMIN_B=14",
        "SVC_A_MIN: 18\nSVC_B_MIN: 14",
    ],
)
def test_minutes_by_key(text):
    assert given(text) == ({"a": "18", "b": "14"}, {})


@pytest.mark.parametrize(
    "text", ["CODE: A 97112, B 97110", "CPT A=97112\nCPT B=97110", "tx.a.cpt = 97112\ntx.b.cpt = 97110"]
)
def test_codes_by_key(text):
    assert given(text) == ({}, {"a": "97112", "b": "97110"})


def test_keys_may_be_numbers():
    assert given("Time: #1 15 min, #2 20 min")[0] == {"1": "15 min", "2": "20 min"}
    assert given("MIN: [1] 15 [2] 20")[0] == {"1": "15", "2": "20"}
    assert given("TX1_MIN: 15\nTX2_MIN: 20")[0] == {"1": "15", "2": "20"}


@pytest.mark.parametrize(
    "text",
    [
        "Time: 9:05 - 9:20",
        "Pain: a 3, b 4",  # of neither minutes nor codes
        "TIME: A 18",  # no list
        "Time: B 18, A 14",
        "Sets: 1 15, 2 20",
        "tx1_code=97110\ntx1_min=15\ntx2_code=97530\ntx2_min=20",  # records, each whole
    ],
)
def test_other_lines(text):
    assert given(text) == ({}, {})


@pytest.mark.parametrize(
    ("line", "key"),
    [("SVC_A=squats", "a"), ("[2] squats", "2"), ("B) squats", "b"), ("TX1: squats", "1"), ("1. squats", "1"),
     ("squats 3x10", None), ("97110 squats", None), ("a ball toss", None)],
)  # fmt: skip
def test_the_key_of_a_line(line, key):
    assert key_of(line.lower(), 2) == key


def test_such_lines_are_no_service():
    reading = read("A) leg press\nB) stairs\nMinutes: A=15, B=20")
    assert set_aside(reading) == [2]
