from __future__ import annotations

import pytest

from rehabcoder.language.aside import set_aside
from rehabcoder.language.home_taught import done_today
from rehabcoder.language.reading import read


@pytest.mark.parametrize(
    "text",
    [
        "HEP finalised: putty, gripper performed 2x15 each with corrections, 23 min.",
        "HEP review 20 min: clams; pt performed each 2x10 w/ cues for pelvic control, handout updated.",
        "Home exercise program reviewed x 15 min, pt demonstrated bridges, clams with verbal cues.",
        "Reviewed HEP; patient return demonstrated rows, ER with min VC. 12 min.",
        "Went over HEP 10 min - he practiced sit to stand w/ tactile cueing.",
        "HEP: she did squats, rows w/ therapist correcting form (14 min)",
        "HEP instruction: patient completed all 5 with min cues for form 15'",
    ],
)
def test_the_home_programme_gone_through_today_is_a_service(text):
    reading = read(text)
    assert done_today(reading) == [(0, len(reading.pieces))]
    assert set_aside(reading) == []
    assert done_today(read(f"MT 10 min hip.\n{text}\nMT 10 min.")) == [(1, 1 + len(reading.pieces))]


@pytest.mark.parametrize(
    "text",
    [
        "HEP: bridges 3x10 daily.",
        "HEP: pt performed 20 min daily with cues from wife.",
        "HEP reviewed, pt demonstrated good understanding with cues, 10 min",
        "HEP: pt reports she performed it 20 min with cue cards",
        "HEP performed independently, no cues, 15 min.",
        "HEP handout issued, 5 min, performed with cues.",
        "HEP: continue 20 min; demonstrated with cues, to do at home.",
        "Plan: HEP performed with cues 15 min",
        "HEP reviewed, performed with cues.",
    ],
)
def test_homework_is_none(text):
    assert done_today(read(text)) == []
