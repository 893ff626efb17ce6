from __future__ import annotations

import pytest

import rehabcoder
from rehabcoder.testing import ExpectedService, differences, parse_example

# Three squats: the same movement, told apart by why it was done.
SQUATS = {
    "strength": "<svc code=97110 min=15>Ther Ex 15 min: squats 3x10 with 10 lb for quadriceps strength</svc>",
    "balance": "<svc code=97112 min=15>NMR 15 min: squats on foam with cues for balance and proprioception</svc>",
    "function": "<svc code=97530 min=15>TherAct 15 min: squats to lift a laundry basket from the floor at home</svc>",
}
TIMES = {
    "minutes": "<svc code=97530 min=15>TherAct 15 min: sit to stand from the couch to get up alone at home</svc>",
    "clock range": "<svc code=97110 min=18>0905-0923 Ther Ex: straight leg raise 3x10, clamshells 3x12 for hip strength</svc>",
    "clock range with colons": "<svc code=97140 min=15>9:00-9:15 Manual therapy: soft tissue mobilization to upper trapezius</svc>",
    "brackets": "<svc code=97110 min=12>Ther Ex (12): straight leg raise 3x10, clamshells 3x12 for hip strength</svc>",
    "words": "<svc code=97140 min=15>Manual therapy, fifteen minutes: soft tissue mobilization to upper trapezius</svc>",
    "prime": "<svc code=97110 min=15>Ther Ex 15': straight leg raise 3x10, clamshells 3x12 for hip strength</svc>",
    "half an hour": "<svc code=97116 min=30>Gait training for half an hour: heel strike and step length cues on level floor</svc>",
    "two services": (
        "<svc code=97110 min=23>Ther Ex 23 min: straight leg raise 3x10, clamshells 3x12 for hip strength.</svc>\n"
        "<svc code=97140 min=15>Manual therapy 15 min: joint mobilization grade III to left patella.</svc>"
    ),
}
LAYOUT = {
    "table": (
        "Intervention | Details | Min\n"
        "<svc code=97110 min=15>Ther Ex | straight leg raise 3x10, clamshells 3x12 for hip strength | 15</svc>\n"
        "<svc code=97140 min=12>Manual | soft tissue mobilization to upper trapezius | 12</svc>"
    ),
    "footer": (
        "<svc code=97110 min=23>Ther Ex: straight leg raise 3x10, clamshells 3x12 for hip strength.</svc>\n"
        "<svc code=97112 min=14>NMR: single leg stance on foam with cues for balance.</svc>\n"
        "Minutes: TE 23 / NMR 14"
    ),
    "unticked boxes": (
        "[x] <svc code=97110 min=15>Ther Ex 15 min: straight leg raise 3x10, clamshells 3x12 for hip strength</svc>\n"
        "[ ] Manual therapy\n[ ] Gait training\n[ ] Ultrasound"
    ),
}
LABELS = {
    form: f"<svc code={code} min=15 label={code}>{form} 15 min: {what}</svc>"
    for code, forms, what in [
        ("97112", ["NMR", "Neuro Re-ed", "Neuromuscular re-education", "97112"],
         "single leg stance on foam with cues for balance and proprioception"),
        ("97110", ["TE", "TherEx", "Ther Ex", "Therapeutic exercise", "97110"],
         "straight leg raise 3x10, clamshells 3x12 for hip strength"),
    ]
    for form in forms
}  # fmt: skip
NOT_BILLED = {
    "home programme": (
        "<svc code=97110 min=15>Ther Ex 15 min: straight leg raise 3x10, clamshells 3x12 for hip strength.</svc>\n"
        "HEP: bridges 3x10 and heel slides 2x15 twice daily."
    ),
    "plan": (
        "<svc code=97140 min=15>Manual therapy 15 min: soft tissue mobilization to upper trapezius.</svc>\n"
        "Plan: next visit add squats 3x10 and gait training 15 min."
    ),
    "group": (
        "<svc code=97150 min=30>Therapeutic group (97150) 30 min: 4 patients in a balance class, therapist giving cues"
        " to all</svc>"
    ),
    "what is said of the therapist goes before the label": (
        "<svc code=none min=12 label=97112>NMR 12 min: wall ball, body blade, w/ tech Kim while I saw a new eval</svc>\n"
        "<svc code=97150 min=20 label=97535>Self care 20 min: sock aid drill w/ roommate joining, both taught at one time</svc>"
    ),
    "aide": "<svc code=none min=15>Ther Ex 15 min: bike and leg press done with the aide, therapist not present.</svc>",
}
CASES = {
    f"{area}: {name}": example
    for area, examples in [
        ("squats", SQUATS),
        ("times", TIMES),
        ("layout", LAYOUT),
        ("labels", LABELS),
        ("not billed", NOT_BILLED),
    ]
    for name, example in examples.items()
}


@pytest.fixture(scope="module")
def coder() -> rehabcoder.Coder:
    return rehabcoder.load()


@pytest.mark.parametrize("example", CASES.values(), ids=CASES.keys())
def test_the_shipped_model_reads_a_clear_case(coder, example):
    text, expected = parse_example(example)
    assert differences(expected, coder(text).interventions) == []


def test_lines_of_an_assistant_carry_their_modifier(coder):
    text, _ = parse_example(TIMES["half an hour"] + "\n" + NOT_BILLED["group"])
    about = {"date_of_service": "2024-05-06", "credential": "PTA", "assistant_minutes": {"97116": 15, "97150": 3}}
    lines = coder(text, **about).lines
    assert [(line.code, line.minutes, line.units, line.modifiers) for line in lines] == [
        ("97116", 15, 1, ["GP"]),
        ("97116", 15, 1, ["GP", "CQ"]),
        ("97150", None, 1, ["GP"]),  # 3 of 30 minutes are not more than a tenth
    ]


def test_the_marks_are_taken_out_and_the_offsets_cut_the_marked_words():
    text, expected = parse_example("Pt ok.\n<svc code=97110 min=15 label=97110>TE 15</svc>; <svc code=none>ice</svc>.")
    assert text == "Pt ok.\nTE 15; ice."
    assert expected == [ExpectedService(7, 12, "97110", 15, "97110"), ExpectedService(14, 17, "none")]


def test_other_angle_brackets_are_text():
    assert parse_example("pain < 3/10, <b>, ROM > 90") == ("pain < 3/10, <b>, ROM > 90", [])


@pytest.mark.parametrize(
    ("broken", "says"),
    [
        ("<svc code=97110>TE", "not closed"),
        ("TE</svc>", "closes nothing"),
        ("<svc code=97110>TE <svc code=97112>NMR</svc></svc>", "inside another"),
        ("<svc min=15>TE</svc>", "has no code"),
        ("<svc code=97110 min=ten>TE</svc>", "min=ten"),
        ("<svc code=97110 side=left>TE</svc>", "side=left"),
    ],
)
def test_a_broken_mark_is_refused_with_its_place(broken, says):
    with pytest.raises(ValueError, match=says):
        parse_example(broken)


@pytest.mark.parametrize(
    ("example", "says"),
    [
        ("<svc code=97112 min=15>Ther Ex 15 min: straight leg raise 3x10 for hip strength</svc>", "missing"),
        ("<svc code=97110 min=14>Ther Ex 15 min: straight leg raise 3x10 for hip strength</svc>", "missing"),
        (
            "<svc code=97110 min=15 label=97530>Ther Ex 15 min: straight leg raise 3x10 for hip strength</svc>",
            "missing",
        ),
        ("Ther Ex 15 min: straight leg raise 3x10 for hip strength", "unexpected 97110, 15 min"),
        ("<svc code=97110 min=15>Ther Ex</svc> 15 min: straight leg raise 3x10 for hip strength", "missing"),
    ],
)
def test_a_wrong_answer_is_told(coder, example, says):
    text, expected = parse_example(example)
    assert any(line.startswith(says) for line in differences(expected, coder(text).interventions))


@pytest.mark.parametrize(
    "opening",
    [
        "PT INITIAL EVALUATION   97162   Time in 1300   Time out 1345",
        "97162 PT evaluation, moderate complexity",
        "Eval mod complexity (97162)",
    ],
)
def test_an_evaluation_is_found_where_its_note_holds_no_other_service(coder, opening):
    text = (
        f"{opening}\nHISTORY: 34F, L knee pain since a fall. Works as letting agent. Stairs one at a time.\n"
        "EXAM: gait antalgic L. AROM L 8 to 105. Quads 3+/5. SL stance L 4 sec.\n"
        "GOALS: drive and walk up to 3rd floor flats, 8 wks.\nPLAN: 2x/wk x 8 wk, 97110, 97112, 97140, about 45 min each."
    )
    note = coder(text)
    assert [s.code for s in note.interventions] == ["97162"]


def test_an_evaluation_that_is_only_planned_is_no_service(coder):
    note = coder("Seen for screening only.\nPLAN: 97162 evaluation next visit, then 2x/wk.")
    assert note.interventions == []


def test_an_evaluation_given_by_its_number_is_found_and_nothing_else_of_its_note(coder):
    text = (
        "Thank you for sending Mr. Hale, sixty-six, with left knee arthritis. The low-complexity evaluation, 97161, took"
        " thirty-five minutes. He walked four hundred feet with a cane. Flexion is one hundred and eight. I explained the"
        " findings. I recommend twice weekly for six weeks of strengthening and manual therapy. No treatment was given today."
    )
    assert [(s.code, s.minutes) for s in coder(text).interventions] == [("97161", 35)]


def test_a_heading_whose_minutes_are_the_sum_of_its_parts_is_their_label_and_no_service(coder):
    coded = coder(
        "97110 Therapeutic exercise, 30 min\n"
        " a. bike level 3 by herself while I charted at the desk, 12 min\n"
        " b. with me, 18 min: leg press 90 lb 3x10, step ups 8 in 3x10 for quadriceps strength"
    )
    assert [(s.code, s.labelled, s.minutes) for s in coded.interventions] == [
        ("none", "97110", 12),
        ("97110", "97110", 18),
    ]
    assert {"not_one_on_one", "code_mismatch"} <= {flag.id for flag in coded.flags}


def test_each_topic_with_its_time_is_a_service_and_what_an_aide_gave_is_none_whatever_its_name(coder):
    coded = coder(
        "WASHING 16 min\nSelf-care: sponge bath at the sink carried out by the home health aide while I charted.\n"
        "STOVE 12 min\nKettle and pan lifted from burner to counter with both hands, cue to use the left.\n"
        "ARM 14 min\nTher ex."
    )
    assert [(s.code, s.labelled, s.minutes) for s in coded.interventions] == [
        ("none", "97535", 16),
        ("97530", None, 12),
        ("97110", "97110", 14),
    ]
    assert {"not_one_on_one", "missing_activity_detail"} <= {flag.id for flag in coded.flags}
