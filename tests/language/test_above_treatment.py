"""What stands above the heading of the interventions."""

from __future__ import annotations

import pytest

from rehabcoder.language.above_treatment import above_treatment
from rehabcoder.language.reading import read

STATUS = ["Bed mobility: rolls min A x1", "Transfers: sit to stand x2, mod A"]


def above(text: str) -> list[str]:
    reading = read(text)
    return [text[reading.pieces[k].start : reading.pieces[k].end] for k in above_treatment(reading)]


@pytest.mark.parametrize(
    "below",
    [
        "INTERVENTIONS\n97530 x 24 min - log roll, edge of bed, stand x2",
        "Skilled Interventions:\nTher Act 20 min: log roll, edge of bed, stand x2",
        "Treatment provided\n97110: ankle pumps, quad sets, heel slides 2x10",
        "PROCEDURES PERFORMED TODAY:\n\n- 97530, log roll, edge of bed, stand x2",
        "** Interventions **\n97116 Gait training\n40 ft with walker, cue for step length",
        "Tx:\n1. NMR 12 min: sitting balance, reach to the left, cue for midline",
    ],
)
def test_how_the_patient_moved_is_no_service(below: str) -> None:
    assert above("\n".join([*STATUS, below])) == STATUS


@pytest.mark.parametrize(
    "below",
    [
        "INTERVENTIONS\nlog roll, edge of bed, stand x2 with the walker",  # nothing says that services bear codes
        "Procedures\n97530 x 2",  # a bill
        "Procedures: 97530 x 24 min",  # no heading
        "TREATMENT\nTher Ex",
    ],
)
def test_other_headings(below: str) -> None:
    assert above("\n".join([*STATUS, below])) == []


def test_a_service_may_stand_above_the_heading() -> None:
    text = "97164 Re-evaluation, 20 min: sit to stand 14 sec\nTREATMENT\n97116 Gait training, 15 min: rollator on tile, cue"
    assert above(text) == []
