"""Notes whose line breaks got lost."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rehabcoder.language.breaks import lost_breaks, mended, place
from rehabcoder.language.reading import read

GLUED = "Hip note 5/2Manual therapy 10 min long axis pullsTher ex 18 min bridges, clamsTA 9 min car transferFelt good.Plan same"


def test_two_lines_stand_glued_together() -> None:
    assert mended(GLUED, lost_breaks(GLUED)).split("\n") == [
        "Hip note 5/2",
        "Manual therapy 10 min long axis pulls",
        "Ther ex 18 min bridges, clams",
        "TA 9 min car transfer",
        "Felt good.",
        "Plan same",
    ]


def test_labels_and_times_beside_a_lost_break_are_read_at_their_places() -> None:
    reading = read(GLUED)
    assert [(la.code, GLUED[la.start : la.end]) for la in reading.labels] == [
        ("97140", "Manual therapy"),
        ("97110", "Ther ex"),
        ("97530", "TA"),
    ]
    assert [(t.minutes, GLUED[t.start : t.end]) for t in reading.times] == [
        (10, "10 min"),
        (18, "18 min"),
        (9, "9 min"),
    ]
    assert "Ther ex 18 min bridges, clams" in [GLUED[p.start : p.end] for p in reading.pieces]


@pytest.mark.parametrize(
    "text",
    [
        "NuStep 8 min, then TheraBand rows, QuickDASH 30",
        "BP 120/70 mmHg, SpO2 97, used the AlterG and the StairMaster",
        "",
    ],
)
def test_names_with_a_capital_inside_are_no_lost_breaks(text: str) -> None:
    assert lost_breaks(text) == []


@given(st.text(alphabet="abcdeTESx .\n15", max_size=80))
def test_every_place_of_the_mended_text_leads_back(text: str) -> None:
    breaks = lost_breaks(text)
    whole = mended(text, breaks)
    assert len(whole) == len(text) + len(breaks)
    back = [place(at, breaks) for at in range(len(whole) + 1)]
    assert back == sorted(back)
    assert [text[back[at]] for at in range(len(whole)) if not (at and back[at] == back[at + 1])] == list(text)
    assert all(whole[at] in ("\n", text[back[at]]) for at in range(len(whole)))


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        (
            "97110 THER EX (22)Bridges 3x10.\nRESP TO TXSore after.\nGOALClimb the stairs.",
            ["97110 THER EX (22)", "Bridges 3x10.", "RESP TO TX", "Sore after.", "GOAL", "Climb the stairs."],
        ),
        (
            "97530 Ther Act 18 minMs. K. stood up.\n97535 Self Care 12 minWashed her face.",
            ["97530 Ther Act 18 min", "Ms. K. stood up.", "97535 Self Care 12 min", "Washed her face."],
        ),
        (
            "Gait (14)He walked.\nTransfers (16)At the bed.",
            ["Gait (14)", "He walked.", "Transfers (16)", "At the bed."],
        ),
    ],
)
def test_a_heading_or_minutes_in_brackets_stand_glued_to_what_follows(text: str, answer: list[str]) -> None:
    assert mended(text, lost_breaks(text)).split("\n") == answer


@pytest.mark.parametrize("text", ["Mini-BESTest 20, BESTest 80", "(1)Sit (2)Stand", "SLRs and PNFs, LAQs"])
def test_names_of_tests_and_numbers_of_a_list_are_no_lost_breaks(text: str) -> None:
    assert lost_breaks(text) == []
