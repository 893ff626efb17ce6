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
