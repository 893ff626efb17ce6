from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rehabcoder.language.aside import set_aside
from rehabcoder.language.reading import read


def aside(text: str) -> list[str]:
    reading = read(text)
    return [text[reading.pieces[i].start : reading.pieces[i].end] for i in set_aside(reading)]


@pytest.mark.parametrize(
    "text",
    [
        "HEP: bridges 3x10 daily.",
        "- HEP reviewed, squats 3x10",
        "Home exercise program: bridges",
        "Home programme: bridges 3x10",
        "Continue HEP 20 min/day.",
        "Pt will do theraband rows at home 3 x 15, about 10 min.",
        "She is to walk 30 minutes a day at home.",
        "Daughter to assist with stretches 10 min 2x a day.",
        "Advised patient to complete 15 min of stationary bike at home on off days.",
        "Encouraged walking 20 minutes daily.",
        "Issued red band for home rows 2x15, 5 min.",
        "Given handout for balance exercises, 10 minutes each evening.",
        "Reminded: elevate, own massage 10 min each eve.",
        "Plan: squats with 10 lb.",
        "Plan 2x/wk, squats and steps.",
        "Frequency 2-3x per week, squats.",
        "Next visit add steps.",
        "Will progress squats to 20 lb.",
        "Those two took thirty five minutes between them.",
        "I did not keep track of how much went to which.",
        "We could not split the minutes between them.",
        "I didn't time these separately.",
        "Didn't look at the clock.",
        "I did not watch the clock for this.",
        "Forgot to write down the minutes.",
        "The minutes were not kept.",
    ],
)
def test_what_is_no_service_of_today(text):
    assert aside(text) == [text]
    assert aside(f"{text}\nSquats 3x10 for quad strength.") == [text]


@pytest.mark.parametrize(
    "text",
    [
        "Blouse on in 6 min with 3 cues, at evaluation it was 9 min.",
        "Shoe in 3 min, was 7 min in May.",
        "Shirt done in 6 min, 9 last visit.",
        "40 nails in 9 minutes (took 16).",
        "Up the stairs in 2 min 10 sec, down from 4.",
    ],
)
def test_how_long_a_thing_took_today_and_before_is_a_result(text):
    assert "".join(aside(text)).replace(" ", "") == text.replace(" ", "")


@pytest.mark.parametrize(
    "text",
    [
        "Bike 8 min of intervals.",
        "TE 20 min of the 45.",
        "Dressed upper body in 6 min, was 9.",
        "Steps up and down in 6 min from the low chair.",
        "Then sock aid in 6 min, was 9.",
        "Gait in the hall 12 min, was 200 ft.",
    ],
)
def test_what_was_done_for_some_time_may_be_a_service(text):
    assert aside(text) == []


@pytest.mark.parametrize("box", ["[ ] Manual therapy", "( ) Gait", "[] NMR", "\u2610 Ultrasound"])
def test_an_empty_box_of_a_form(box):
    assert aside(box) == [box]
    assert aside(f"[x] Ther Ex: squats 3x10\n{box}") == [box]


@pytest.mark.parametrize(
    "text",
    [
        "Squats 3x10 for quad strength.",
        "squats at home: 3x10",
        "[x] Ther Ex squats",
        "\u2611 Ultrasound to left knee",
        "Planted foot, then turned on it",
        "Homeward walk on grass, cues for step length",
        "Patient to stand from the low chair x5 with cues",
        "He will squat with 10 lb, as at home.",
        "Given cues for step length in gait 15 min",
        "Issued band rows 3x10 with tactile cues",
    ],
)
def test_what_may_be_a_service(text):
    assert aside(text) == []


def test_an_opening_holds_to_the_end_of_its_sentence():
    assert aside("Plan for squats; bridges tomorrow. He did steps today.") == ["Plan for squats;", "bridges tomorrow."]


def test_a_heading_alone_rules_the_list_below_it_down_to_a_blank_line():
    text = "HEP:\n- bridges 3x10\n- heel slides 2x15\n\n- Squats 3x10 with cues"
    assert aside(text) == ["HEP:", "- bridges 3x10", "- heel slides 2x15"]


def test_a_heading_alone_does_not_rule_a_paragraph():
    assert aside("HEP:\nSquats 3x10 with cues today") == ["HEP:"]


@given(st.lists(st.sampled_from(["HEP:", "Plan", "[ ]", "- bridges 3x10", "\n", "Squats.", "next visit", ";"])))
def test_the_numbers_are_those_of_pieces_in_order(parts):
    reading = read(" ".join(parts))
    found = set_aside(reading)
    assert found == sorted(set(found))
    assert all(0 <= index < len(reading.pieces) for index in found)


@pytest.mark.parametrize(
    "heading",
    [
        "ACTIVITY | SETS x REPS | LOAD | CODE",
        "| CPT | Treatment | Min | U |",
        "Code\tActivity\tStart\tStop",
        "Exercise   Sets/reps   Load",
    ],
)
def test_the_heading_row_of_a_table_is_no_service(heading):
    assert aside(f"{heading}\nrows 3x10") == [heading]


@pytest.mark.parametrize(
    "row", ["TE | 3 x 10 | band | rows", "Gait | 2 | 15 | stairs", "start | stop", "Ther act | sets | reps | load"]
)
def test_a_row_that_says_what_was_done_is_no_heading(row):
    assert aside(f"{row}\nrows 3x10") == []


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("AQUATIC THERAPY LOG\nWater walking 4 laps, squats 2x15, 30 min", ["AQUATIC THERAPY LOG"]),
        ("AQUATIC THERAPY\nSore.\nAquatic therapy 30 min: water walking 4 laps, squats", ["AQUATIC THERAPY"]),
        ("AQUATIC THERAPY\nWater walking 4 laps, squats 2x15, 30 min\nCharges for the day: 97113 two units", []),
        ("AQUATIC THERAPY 30 MIN\nSore.\nAquatic therapy: water walking 4 laps, squats", []),
        ("Sore.\nAQUATIC THERAPY LOG\nWater walking 4 laps, squats 2x15, 30 min", []),
    ],
)
def test_the_title_of_a_note_is_no_service(text, answer):
    assert aside(text) == answer


@pytest.mark.parametrize(
    "text",
    [
        "Hot pack refused.",
        "US unattended offered, pt declined",
        "> cold pack was declined",
        "97140 not done today, ROM good",
        "Ice - pt declined",
        "MHP: refused",
        "Manual: held today per pt",
        "97010 CP - defer, open skin",
        "E-stim (not indicated)",
        "Cold pack: none today",
        "NMR: n/a",
        "97116 Gait training: 0 min",
        "Manual therapy - 0 min",
        "Gait: nil",
        "Neuro re-ed: not addressed today",
        "Yesterday: TE 15 min, MT 8.",
        "LAST VISIT 1/8: TE 15 min, MT 8",
        "Prior session: TE 15 min",
    ],
)
def test_what_was_refused_or_given_on_another_day_is_no_service(text):
    assert "".join(aside(text)).replace(" ", "") == text.replace(" ", "")


@pytest.mark.parametrize(
    "text",
    [
        "Gait 40 ft, stairs declined",
        "TE: squats 3x10, steps deferred",
        "TE 15 min, rows refused",
        "Last visit she could not do the step; TE 15 min: squats",
        "Gait to the door, not held today",
        "TE - declined bike, did SLR 3x10 and bridges",
        "MT: held L hip in flexion, STM quads",
        "TE: hold each stretch 30 sec, HS and calf",
        "NMR: none of the foam work, SLS 3x30s",
        "TE 10 min: squats 3x10",
    ],
)
def test_a_service_of_which_a_part_was_refused_was_given(text):
    assert aside(text) == []


@pytest.mark.parametrize(
    "heading", ["97116 SVC DESC GAIT TRAINING", ">>97112 NMR", "Manual Therapy (97140):", "* Ther Act"]
)
@pytest.mark.parametrize(
    "line",
    [
        "n/a",
        "N/A today",
        "none",
        "Deferred",
        "Not performed this date",
        "not done, ran late",
        "- held per MD",
        "0 min",
        "n/a, pt did AP/QS in bed w/ CNA this am",
        "Deferred - already walked with nursing",
        "held; wife did it with him earlier",
    ],
)
def test_a_heading_with_nothing_given_below_it_is_no_service(heading, line):
    said = f"{heading}\n{line}"
    assert "".join("".join(aside(f"{said}\nSquats 3x10 for quad strength.")).split()) == "".join(said.split())


@pytest.mark.parametrize(
    "line",
    [
        "Held rail, RW 40 ft x2",
        "none of the steps, level 60 ft with cane",
        "Deferred stairs, did 80 ft on level instead",
        "n/a for stairs. RW 80 ft x2, CGA",
        "not tolerated at first, 12 min after a rest",
        "RW 80 ft x2, stairs not done",
    ],
)
def test_a_heading_with_something_given_below_it_may_be_a_service(line):
    assert aside(f"97116 GAIT TRAINING\n{line}\nSquats 3x10 for quad strength.") == []


@pytest.mark.parametrize(
    "text",
    [
        "Orthosis wear n\u00d78h.",
        "Splint wear: day 6 h, night resting.",
        "Brace wearing time 4-6 hrs",
        "Glove wear: overnight",
    ],
)
def test_when_a_splint_is_worn(text: str) -> None:
    assert aside(text) == [text]


@pytest.mark.parametrize(
    "text", ["Splint wear schedule taught, skin checked, 12 min", "Splint wear: day and night explained, 10 min"]
)
def test_teaching_how_to_wear_a_splint_is_a_service(text: str) -> None:
    assert aside(text) == []


@pytest.mark.parametrize(
    "told",
    [
        "On the last visit (11/12) we did pulleys for fifteen minutes and moist heat for ten.",
        "Last Tuesday she rode the bike ten minutes, stairs x4, ice for ten.",
        "At his previous session, Mr. Odum practised curbs for twelve minutes.",
    ],
)
def test_what_was_done_on_another_day_is_no_service_to_the_end_of_its_sentence(told: str) -> None:
    found = set_aside(read(text := f"{told}\nToday squats 3x10 for quad strength, 20 min."))
    assert found == [k for k, piece in enumerate(read(text).pieces) if piece.start < len(told)]


@pytest.mark.parametrize(
    "told",
    [
        "Last visit we did yellow band, so green band rows 3x10 today.",
        "Last week she did two flights; progressed to three with a laundry basket, 12 min.",
        "Last 10 min spent on stairs.",
    ],
)
def test_what_goes_on_from_another_day_is_of_today(told: str) -> None:
    assert aside(told) == []


@pytest.mark.parametrize(
    "recap",
    [
        "Manual therapy and exercise took a combined 30 minutes.",
        "MT and TE together 30 min, not separated.",
        "Exercise and manual, 30 minutes combined.",
        "The manual therapy and the exercise took thirty minutes together.",
    ],
)
def test_what_services_took_together_is_no_service(recap):
    told = "Manual therapy: glides, grade III.\nTherapeutic exercise: rows 3x10."
    assert "".join(aside(f"{told}\n{recap}")).replace(" ", "") == recap.replace(" ", "")
    assert recap not in aside(f"{recap}\n{told}")
    assert aside(f"{told}\nExercise and manual on the mat together 30 min.") == []


@pytest.mark.parametrize(
    "recap",
    [
        "(2 + 3 together 25 min)",
        "#2 and #3 combined 25 min",
        "Items 1, 2 and 3 took 40 minutes together.",
        "1 & 3: 25 min, not split",
    ],
)
def test_what_numbered_services_took_together_is_no_service(recap: str) -> None:
    told = "1. Manual: glides, grade III\n2. TE: rows 3x10\n3. TA: crates to the shelf"
    assert "".join(aside(f"{told}\n{recap}\n4. Splint flared - 8 min")).replace(" ", "") == recap.replace(" ", "")
    assert recap not in aside(f"{recap}\n{told}")
    assert aside(f"{told}\n2 + 5 together 25 min") == []


@pytest.mark.parametrize(
    "text",
    [
        "Self-care of controller: RN teaching 30 min, not PT.",
        "Dressing and bathing with the CNA, 25 min, not OT",
        "Chair video with the volunteer 20 min, not mine.",
        "Group for crafts, 30 min (not part of this session)",
        "Wound care: nursing",
        "Controller: RN taught him 30 min",
        "Feeding - per SLP.",
        "Transfers: done with nursing",
    ],
)
def test_what_others_gave_is_no_service(text: str) -> None:
    assert "".join(aside(text)).replace(" ", "") == text.replace(" ", "")


@pytest.mark.parametrize(
    "text",
    [
        "TE: band biceps 3x10, aide (not me) counting",
        "97530 x 24 min - supine to sit, RT managing circuit",
        "Transfers with nursing at the other side, mod A x2, 15 min",
        "Toilet transfers: RN completed with PT, 12 min",
        "Gait: 40 ft, pt not ready for stairs",
    ],
)
def test_where_others_helped_it_is_a_service(text: str) -> None:
    assert aside(text) == []
