"""Headings that only name a service: which line below is the service that they name."""

from __future__ import annotations

import pytest

from rehabcoder.language.reading import read

EXERCISE = "97110 THERAPEUTIC EXERCISE\nLAQ and bridges 3x10, cued to hold"


def first_piece(text: str) -> str:
    reading = read(text)
    return text[reading.pieces[0].start : reading.pieces[0].end]


@pytest.mark.parametrize(
    ("heading", "line"),
    [
        (">>97530 THERAPEUTIC ACTIVITIES", "TA, 15 min"),
        ("97116 GAIT TRAINING", "Gait 12 min: RW 80 ft x3, cues for step length"),
        ("Manual Therapy (97140)", "MT 10' lumbar PA gr III"),
        ("97110 - THERAPEUTIC EXERCISE", "- ther ex: bike, leg press 3x10 (22 min)"),
        ("Neuromuscular Re-education", "NMR: tandem and foam with cues"),
        ("97535 Self Care", "ADL: reacher and sock aid, 20 min"),
        ("> SELF CARE / HOME MGMT", "Code 97535   Time 26"),
        ("Therapeutic Exercise", "CPT 97110 | Minutes: 15"),
        ("Gait training", "Minutes: 12   CPT: 97116"),
    ],
)
def test_a_line_that_says_the_name_again_belongs_to_its_heading(heading: str, line: str) -> None:
    assert first_piece(f"{heading}\n{line}") == f"{heading}\n{line}"
    assert first_piece(f"{heading}\n{line}\n{EXERCISE}") == f"{heading}\n{line}"


@pytest.mark.parametrize(
    ("heading", "line"),
    [
        ("- NMR", "- NMR 10 min: tandem"),
        ("97530 THERAPEUTIC ACTIVITIES", "97110 THERAPEUTIC EXERCISE"),
        ("Manual Therapy", "Gait 12 min: RW 80 ft"),
        ("Manual Therapy", "Soft tissue: MT to the calf"),
        ("Ther ex as before", "TE: squats 3x10"),
    ],
)
def test_a_line_that_names_another_service_or_is_a_point_of_the_same_list_is_its_own(heading: str, line: str) -> None:
    assert first_piece(f"{heading}\n{line}") == heading


def test_below_a_number_with_its_name_stands_what_was_done_whatever_else_it_names():
    told = "97530 - THERAPEUTIC ACTIVITIES\nGait training to the bathroom and toilet transfers x3"
    assert first_piece(f"{told}\n{EXERCISE}") == told
    assert first_piece(f"{told}\nGoal: toilet alone") == told.partition("\n")[0]
    charges = "97530 Ther act\n97110 Ther ex\nGait training to the bathroom and toilet transfers x3"
    assert first_piece(f"{charges}\n{EXERCISE}") == "97530 Ther act"
