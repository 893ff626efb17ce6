from __future__ import annotations

import pytest

from rehabcoder.language.minutes import Candidate, attach
from rehabcoder.language.reading import read

LABELS = {"97110": "97110", "97140": "97140", "97129": "97129"}


def minutes(text: str, *services: str) -> list[int | None]:
    """Minutes of the services, whose words are given; times with a unit within them count as theirs at once."""

    def score(found: list[Candidate]) -> list[float]:
        return [0.1 if "place=out" in c.features or c.form == "trail" else 0.9 for c in found]

    spans = [(text.index(words), text.index(words) + len(words)) for words in services]
    labels = [next((code for code in LABELS if code in words), None) for words in services]
    names = [(label, label or "97112") for label in labels]
    found = attach(read(text), spans, names, None, score, [False] * len(spans))  # type: ignore[arg-type]
    return [m.minutes for m in found]


@pytest.mark.parametrize(
    "behind",
    [
        "Glute strength. BP 112/70. (7 min)",
        "Tone MAS 2 before, 1+ after. 7 minutes.",
        "Tone MAS 2 before, 1+ after. 7 minutes. Putty with his wife at home 20 min.",
        "HR 96, back to 80 in 2 min. 7 min\nPlan: go on",
        "No pain [7 min]",
        "Said it was hard. Seven minutes.",
        "Knee 112 today, 108 last visit. Time: 7 min.",
    ],
)
def test_a_time_alone_behind_an_aside_closes_the_service(behind):
    assert minutes(f"Sidelying clam 2x10, seated row x15. {behind}", "Sidelying clam 2x10, seated row x15.") == [7]


@pytest.mark.parametrize(
    "behind",
    [
        "Rested in the chair. 7 min.",
        "Ice on the knee after that. (15 min)",
        "HEP handed over again. 7 min.",
        "Bike alone by the window. 7 min.",
        "Back to baseline in 7 min.",
        "Pulse 90 after 7 min, 80 later.",
        "Dizzy for a short while. 2 min.",
        "Dizzy for a short while.\n\n7 min.",
    ],
)
def test_a_time_of_an_aside_is_not_the_services(behind):
    assert minutes(f"Sidelying clam 2x10, seated row x15. {behind}", "Sidelying clam 2x10, seated row x15.") == [None]


def test_a_time_alone_before_a_service_without_one_opens_it():
    rows, gait = "Rows 2x10, clam 2x15.", "Gait 80 ft with cues."
    assert minutes(f"{rows} Pain 2/10 all through that. 7 min. {gait}", rows, gait) == [None, 7]


@pytest.mark.parametrize(
    ("heading", "answer"),
    [
        ("LANDING BLOCK - 15 min", 15),
        ("A. HANDS ON  (15 min)", 15),
        ("BLOCK 2, 10:45-11:00", 15),
        ("0945-1000", 15),
        ("Balance: 15'", 15),
        ("97129 Therapeutic interventions, cognitive function   15 min   Individual", 15),
        ("15 min total", None),
        ("Visit 8, 45 min", None),
        ("Seen 0915-1000", None),
        ("Ice and rest (15 min)", None),
        ("HOME (15 min)", None),
        ("Both of these (15 min)", None),
        ("NMR / TE (15 min)", None),
        ("She walked here in 15 min. Pain 4.", None),
        ("Rounds of 2 min", None),
    ],
)
def test_the_time_in_a_heading_is_that_of_the_only_service_below_it(heading, answer):
    work = "Drop jump with video\n  hop on the slope board"
    assert minutes(f"ACL, 30 wk\n\n{heading}\n  {work}\n\nPain 1/10", work) == [answer]


def test_a_heading_gives_no_time_to_one_of_several_services():
    assert minutes("ACL\n\nWORK - 15 min\nrows 3x10\ncrates to the shelf\n", "rows 3x10", "crates to the shelf") == [
        None,
        None,
    ]
    text = "ACL\n\nWORK - 15 min\nrows 3x10\nSHELF - 10 min\ncrates to the shelf\n"
    assert minutes(text, "rows 3x10", "crates to the shelf") == [15, 10]


def test_the_first_line_of_a_note_is_a_heading_only_where_others_are():
    assert minutes("Knee rehab 45 min\nrows 3x10", "rows 3x10") == [None]
    text = "PROC 1  start 0832 stop 0851\nRamp and level.\nPROC 2  start 0851 stop 0912\nBand rows 3x10."
    assert minutes(text, "Ramp and level.", "Band rows 3x10.") == [19, 21]


def test_a_time_alone_between_blocks_is_not_the_next_ones():
    assert minutes("ACL\nbridges 3x10, clams\n12 min\nrows 3x10\n", "bridges 3x10, clams", "rows 3x10")[1] is None


def test_a_coded_heading_beats_a_shorter_time_within_its_service():
    text = "R CVA\n97110 Therapeutic exercise   30 min\n   Bike, names recalled after 8 min\nPain 2"
    assert minutes(text, "Bike, names recalled after 8 min") == [30]
    text = "R CVA\nStrength   30 min\n   Bike, names recalled after 8 min\nPain 2"
    assert minutes(text, "Bike, names recalled after 8 min") == [8]


def test_units_in_brackets_of_a_charge_line_are_no_minutes():
    text = "97140 glides gr III, 12 min\n97110 rows 3x10\nPain 2.\nBILLING: 97140 (1) 97110 (1)"
    assert minutes(text, "97140 glides gr III, 12 min", "97110 rows 3x10") == [12, None]


@pytest.mark.parametrize("field", ["TX[1]: ", "rx[2].note=", "row[0] = "])
def test_the_number_of_a_field_is_no_time(field):
    assert [t.minutes for t in read(f"{field}sock and shoe order, 12 min").times] == [12]


def test_figures_in_square_brackets_behind_a_name_are_times_all_the_same():
    assert [t.minutes for t in read("TE [12] rows; MT[15]: glides").times] == [12, 15]
