"""Pieces with which a service goes on that was begun before them."""

from __future__ import annotations

import pytest

from rehabcoder.language.going_on import going_on
from rehabcoder.language.reading import read
from rehabcoder.language.together import timed_headings

LEAD = "She stepped up and down the porch stair ten times"


def bound(text: str) -> list[str]:
    reading = read(text)
    return [text[reading.pieces[k].start : reading.pieces[k].end] for k in going_on(reading, timed_headings(reading))]


@pytest.mark.parametrize(
    "said",
    [
        "I blocked the knee for the first round.",
        "I over pressed the last set with the belt.",
        "OT cued the trunk to stay long.",
        "I had to stop him twice.",
        "I just pointed at the rail.",
        "I stood at her shoulder after that.",
        "I kept tapping the hip until she felt it.",
        "Then a look at the skin after ten minutes of standing.",
        "Then skin check with the mirror after 10 minutes.",
        "BP check halfway.",
    ],
)
def test_handling_and_a_look_at_the_patient_open_no_service(said: str) -> None:
    assert bound(f"{LEAD}. {said} No pain.") == [said]


@pytest.mark.parametrize(
    "said",
    [
        ", then one, then none.",
        ", then none.",
        "and then my fingertips.",
        "then just a light touch on the belt.",
        ", then no hands.",
        "and then standby for the last two.",
        ", then only SBA.",
    ],
)
def test_help_that_was_taken_back_opens_no_service(said: str) -> None:
    joint = "" if said.startswith(",") else " "
    assert bound(f"{LEAD}, both hands held{joint}{said} No pain.")


@pytest.mark.parametrize(
    "said",
    [
        "I had her rise on both toes and lower on the left.",
        "Then finger isolation at the easel.",
        "Then one flight of stairs with the laundry bag.",
        "Then alone with me: tray to the table and back.",
        "I mobilised the ankle in three directions.",
        "Then no-hands sit to stand from the low chair.",
        "I stretched both calves.",
        "Then gait training, 10 min, I guarded the turns.",
        "I cued the gait for 12 min.",
    ],
)
def test_what_may_open_a_service(said: str) -> None:
    assert not bound(f"{LEAD}. {said} No pain.")


def test_the_line_below_a_heading_with_its_time_is_its_service():
    text = (
        "THER ACT 20 min\nShe loaded the washer. Later she sorted the towels.\nSELF CARE 12 min\nShaving at the sink."
    )
    assert bound(text) == ["Later she sorted the towels."]
    assert not bound(text.replace("SELF CARE 12 min\n", ""))
