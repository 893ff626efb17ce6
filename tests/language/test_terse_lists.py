"""Minutes that are bare figures behind the names of what was done, and figures in such places that are none."""

from __future__ import annotations

import pytest

from rehabcoder.language.reading import read


def minutes(text: str) -> list[int]:
    return [mention.minutes for mention in read(text).times if mention.form == "label"]


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        # one of the items has a known name
        ("MT 8: glides; shelf reach 12: 2# can overhead; pulleys 6", [8, 12, 6]),
        ("MT 8: glides, shelf reach 12: 2# can, NMR 9: foam", [8, 12, 9]),
        ("MT 8: glides / shelf reach 12: 2# can / NMR 9: foam", [8, 12, 9]),
        ("TE 12 - SLR 3x10; curb 10 - 6 in x4; NMR 8 - foam", [12, 10, 8]),
        ("MT 10 (gr 3 PA L4); hip hinge 8 (dowel, mirror); crate lift 14 (25# floor to waist)", [10, 8, 14]),
        ("s/p TKR\ngait 11: SPC thru door\nup off floor 9: mat to half kneel", [11, 9]),
        ("gait 14 w/ RW 150 ft; step ups 6in 3x10 9; bike 6 to warm", [14, 9, 6]),
        ("knee ext stretch 30s x4 8; sit to stand 3x8 10; MT 12", [8, 10, 12]),
        ("putty 8, yellow; buttons 12, both hands; MT 9, scar", [8, 12, 9]),
        ("HP 15 seated; prom 10 to tol; pulleys 5 + wall walks 6", [15, 10, 5, 6]),
        ("TE 10, shelf reach 12, MT 8", [10, 12, 8]),
        ("TE 10 | shelf reach 12 | MT 8", [10, 12, 8]),
        ("TE 10 + tub transfers 12 + MT 8", [10, 12, 8]),
        # three items in one shape, of as many names
        ("quads 10: SAQ 3x10\nstairs 12: rail R, cue\nbalance 9: foam EC", [10, 12, 9]),
        ("1. quads 8: SAQ 3x10\n2. stairs 12: 4 flights\n3. hands on 10: glides", [8, 12, 10]),
        ("- bedside 14: log roll\n- chair push ups 10: 2x8\n- sitting bal 12: reach", [14, 10, 12]),
        ("Transfers 15: bed to chair. Walking 10: hall with rw. Legs 8: LAQ", [15, 10, 8]),
        # all of them come to what the note states
        ("STRENGTH 12: putty\nLOADING 28: boxes\nPt seen 40 min", [12, 28]),
        ("squats 9; curbs 13; foam 8\n30 timed", [9, 13, 8]),
        ("squats 9; curbs 13; foam 8. Timed 30.", [9, 13, 8]),
        ("squats 9; curbs 13; foam 8\nin 9:00 out 9:34", [9, 13, 8]),
    ],
)
def test_figures_behind_names_of_a_list_are_its_minutes(text: str, answer: list[int]) -> None:
    assert minutes(text) == answer


@pytest.mark.parametrize(
    "text",
    [
        "flex 114 (108 on 9/29); ext 10 (15 last); pain 5",
        "SLR 10; clams 15; bridges 20",
        "SLR 10; clams 15; bridges 20\nin 9:00 out 9:45",  # round figures count repetitions
        "visit 9: pain 5; goal 2: stairs",
        "Berg 44: was 41; TUG 17: was 21; grip 40: was 38",
        "Day 6: walked; Day 7: rested; Day 8: walked",
        "lives w/ wife 48 - retired; son 20 - helps; dog 9 - old",
        "HR 58 - 12; level 5 - ok; level 6 - hard; level 7 - stop",
        "leg press 50 - 3x10; hs curl 30 - 3x10; rows 20 - 3x12",
        "leg raise 20: 3x10; hs pulls 30: 3x10; rows 25: 3x12",
        "walked 50 - 60 ft; then 20 - 30 more",
        "shelf 48 in; crate 20 - lifted; crate 25 - lifted; crate 30 - lifted",
        "problem 5: pain\nproblem 6: stairs\nproblem 7: sleep",
        "HEP: bridges 10: slow; clams 12: green; walks 15: flat",
        "Goal: stairs 12: rail; tub 9: alone; car 8: alone",
    ],
)
def test_counts_measures_and_numbers_of_things_are_no_minutes(text: str) -> None:
    assert minutes(text) == []


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("TE 25: SLR 10; clams 15; bridges 20", [25]),
        ("MT 10; leg press 40 3x10; rows 30 3x12", [10]),
        ("TE 15; leg press 40, 3x10; rows 30, 3x12", [15]),
        ("TE 15; knee flex 55; grip 40, pinch 8", [15]),
        ("grip R 45; L 38; pinch 12; MT 8: scar", [8]),
        ("R rot 36: was 30; L rot 44: was 38; MT 8: glides", [8]),
        ("TE 15: rows\ns: walked 20: tired", [15]),
    ],
)
def test_a_known_name_makes_no_minutes_of_other_figures(text: str, answer: list[int]) -> None:
    assert minutes(text) == answer
