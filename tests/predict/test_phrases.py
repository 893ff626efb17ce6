"""Turns of speech that tell with whom the therapist was: found by their kinds, shown where they stand, and decisive."""

from __future__ import annotations

import pytest
from predicting import model

from rehabcoder import Coder, Note
from rehabcoder.language.reading import read
from rehabcoder.predict.features import phrase_place, phrases


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("bridges and clams, i went back and forth between the two mats", {"between"}),
        ("rows and curls with mr. o at the same bench", {"other", "together"}),
        ("marching with both of them, one pt", {"several", "one_therapist"}),
        ("both boys took turns on the beam", {"several", "together"}),
        ("chair class of five, led by the therapist", {"group", "one_therapist"}),
        ("bike 10 with the rehab aide", {"aide"}),
        ("reps on her own while i charted", {"alone"}),
        ("gripper and putty with mrs. f, ot coaching both", {"other", "one_therapist"}),
        ("laps on own, pt in the office", {"alone"}),
        ("bike 8 before i got to her", {"alone"}),
        ("bike 8, therapist took a call", {"alone"}),
        ("steps with pt at the rail, own cane", set()),
        ("squats 3x10 for quad strength, cues for knee alignment", set()),
        ("weight shift between parallel bars, stepping with both feet", set()),
        ("lifting a crate from the floor to the same shelf as last week", set()),
    ],
)
def test_the_kinds_of_phrases_in_a_text(text: str, kinds: set[str]) -> None:
    assert {name[1:] for name in phrases(text) if not name.startswith("&company")} == kinds


@pytest.mark.parametrize("who", ["with Mrs. Tran (CMC)", "beside Mr. P", "and Ms. Ann-Marie K."])
def test_who_the_second_patient_is_stays_hidden_but_not_that_there_is_one(who: str) -> None:
    masked = read(f"Rows and curls at the table {who}, then stretches").masked
    assert "&other" in phrases(masked)
    assert not any(name in masked for name in ("tran", "ann", "marie", " p ", " k."))


def test_how_many_kinds_of_company_meet_is_a_feature_of_its_own() -> None:
    assert [f for f in phrases("with mrs. b together, me between the two") if "company" in f] == [
        "&company_1",
        "&company_2",
        "&company_3",
    ]
    assert [f for f in phrases("ran by the aide, alone") if "company" in f] == []


def test_a_phrase_is_shown_where_it_stands() -> None:
    low = "ther ex 20 min: leg press, taking turns with another patient, 3x12"
    place = phrase_place(low, "&together", 0, len(low))
    assert place is not None
    assert low[slice(*place)] == "taking turns"
    assert phrase_place(low, "&alone", 0, len(low)) is None
    assert phrase_place(low, "&together", 0, 20) is None


@pytest.mark.parametrize(
    "told",
    [
        "side by side with Mrs. Tran on the next bike, therapist going back and forth between the two",
        "together with another resident, one PT for both",
        "he and a second knee patient taking turns on the press, me with both",
    ],
)
def test_exercise_beside_another_patient_is_a_group_whatever_it_is_called(told: str) -> None:
    text = f"Ther Ex 97110 25 min: leg press 3x12, heel raises, bridges and band rows, {told}.\nGoal: climb the stairs to her flat."
    (coded,) = Coder(model()).code([Note("n", text)])
    assert [(s.code, s.labelled) for s in coded.interventions] == [("97150", "97110")]
    assert {"not_one_on_one", "code_mismatch"} <= {finding.id for finding in coded.flags}
