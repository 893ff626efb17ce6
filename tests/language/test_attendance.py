"""With whom the therapist was: turns of speech that settle it, and others that only look like them."""

from __future__ import annotations

import pytest

import rehabcoder
from rehabcoder.language.attendance import attendance, lines_of_attendance, with_attendance
from rehabcoder.language.reading import read

NOT_GIVEN = [
    "stretch hams and bike, para ran it while I wrote",
    "hall walking with his daughter, I did my visit form at the table",
    "pulleys 10 min, therapist was upstairs in care conf",
    "TE 15: bike and leg press with the tech, PT with another patient",
    "Ther ex 12 min supervised by rehab aide J.",
    "nustep 10 min on her own, PT at desk",
    "Leg press 3x10 while I wrote my notes",
    "Exercises done by himself while OT was on the phone",
    "TA 15 sit to stand x10, aide (Mark) counted reps, PTA with 10:30",
    "band rows 3x10, tech supervised; therapist in room 3",
    "squats on his own; I was with my next patient",
    "theraband 3x10 run by our student volunteer",
    "He rode the bike while the therapist evaluated a new patient",
    "Rows and pulleys, PT out of the room for a call",
    "ex: marches, heel raises w/ aide, OT writing progress report in the office",
    "97110 15 min UBE + rows, per aide, PT charting",
    "Steps x10, no therapist present",
    "TE 25 min: UBE, rows, wall slides, completed per flowsheet w/ Jen (tech).",
    "NMR 15 min: tandem and foam with Sam, rehab aide",
    "bike and rows by Maria the tech",
    "1415-1430 TE tech KM: leg ext 35# 4x10, HS curl 50# 4x10",
    "Ther ex (tech RB) 18 min - bike, SAQ 3x10",
    "Ther Ex, 20 min (aide): bike, SAQ 3x10",
    "TE - tech: leg press 70# 3x12, bike 6 min (15)",
    "97110 w/ aide: bike 8 min, leg press 60# 3x10",
    "NMR 12 min rehab aide Lou: foam, tandem, ball toss",
    "| 97110 | 15 | aide | bike, SLR 3x10 |",
]
GROUPS = [
    "class of 4 with me: nail care, packing a bag",
    "mode: concurrent (with resident of 312, same bay): LAQ, marching",
    "she and her roommate both at the sink, I hopped over to roommate for the buttons",
    "TE 30 min with Mr. K at the same time, I went back and forth",
    "Both patients on the mat, one PT for both, bridges 3x10",
    "balance in the bars with another stroke patient, PT between the two",
    "NMR with roommate side by side, cues to each in turn",
    "three residents round the table, ball toss, I moved from one to another",
    "TA (25 min): ladder and closeouts x10 alternating with J.R., cued the landing",
    "step ups 3x8, trading sets with M. T., lead leg corrected",
    "wall sits side by side with R.S., 4x30s",
    "balance board swapping off with Mrs. D every minute",
    "Mrs. B. joined, both of them did marching, therapist cueing the pair",
]
ONE_ON_ONE = [
    "group of 4 exercises for the hip, 3x10",
    "I went upstairs behind him, CGA",
    "I stepped over to the other mat with her",
    "pt did the paperwork task at the desk with cues",
    "Ball passed from one hand to the other with feet close together",
    "Foam stance with head turns while I called the numbers",
    "Pt out of breath after stairs, rested",
    "Sit to stand with aide assist x2, max A",
    "W/C follow by aide, gait 50 ft min A",
    "Car transfer with her husband, both taught to block the knee together",
    "Weight shift between two scales, PT guarding",
    "PT with hands on pelvis during step ups",
    "gait training: pt with new AFO, cues for heel strike",
    "While I held the pelvis she reached to the shelf",
    "pt at desk for typing simulation, wrist neutral, cues for posture",
    "Mod A of 2 people, feet together, from one chair to the other",
    "Dressed on her own with cues while I watched her form",
    "as I typed numbers on the board she read them aloud and stepped",
    "Transfer training with aide: aide taught to lock brakes, return demo x3",
    "Patient on phone for med refill call, cues for sequence",
    "when I called out the colour he stepped on it",
    "Step taps, both feet together then apart, each in turn",
    "rode bike while I adjusted the seat and resistance",
    "Simulated office work: pt in the office chair, lifting files",
    "improved 3 pts, knees together, with mrs",
    "PT in room 4 of SNF: bed mobility min A",
    "Tandem gait between two lines, arms at sides at once",
    "I wrote the words and she copied them",
    "Reached to the other shelf as I moved out",
    "alternate toe taps, back and forth between the two cones",
    "hand over hand with OT as she wrote her name",
    "passing beads from one bowl to another with both hands at once",
    "he walked with me and the aide behind with the chair",
    "scooting, OT and tech on either side, mod A x2",
    "gait 100 ft with cues, w/ Jen (tech) following with w/c",
    "Car transfer taught w/ Ann, her home aide",
    "T10 para: ramp with cues, wheelies",
    "97140 Manual therapy tech - scapular mobs, pec release",
    "97535 aide training: tub bench set up and guarding, 3 trials",
    "TA 15 min PT + tech: sit to stand mod A x2, 6 trials",
    "97755 | assistive tech: head array compared with sip and puff",
    "step ups alternating with rest, 3x8",
    "bike alternating with J.R., PTA for the transfers",
    "marching with K.L., COTA, side by side for the cue",
    "soft tissue to paraspinals while prone",
]


def left(text: str, code: str = "97110") -> str | None:
    said = attendance(read(text), 0, len(text), code)
    return said.code if said else None


@pytest.mark.parametrize("text", NOT_GIVEN)
def test_an_aide_or_nobody_gave_it(text):
    assert left(text) == "none"


@pytest.mark.parametrize("text", GROUPS)
def test_several_patients_at_once_make_a_group(text):
    assert left(text) == "97150"


@pytest.mark.parametrize("text", ONE_ON_ONE)
def test_other_company_changes_nothing(text):
    assert left(text) is None


def test_pt_in_small_letters_may_be_the_patient():
    assert left("balance drills, PT at desk") == "none"
    assert left("keyboard drills, pt at desk") is None
    assert left("keyboard drills by himself, pt at desk") == "none"


@pytest.mark.parametrize(
    "text",
    [
        "E-stim to L quad 15 min, pads on, pt left w/ call bell",
        "attended stim, buzzer in hand, self-run",
        "NMES 10 min unattended",
        "pads to wrist extensors while I set up the steps",
    ],
)
def test_attended_stimulation_that_was_left_to_run(text):
    assert left(text, "97032") == "G0283"


def test_stimulation_that_was_attended_stays():
    assert left("NMES to wrist extensors, ramp and amplitude changed by OT with each grasp", "97032") is None


def test_the_place_is_that_of_the_words():
    text = "TE 15 min: bike,\nPT at desk"
    said = attendance(read(text), 3, len(text), "97110")
    assert said
    assert text[said.start : said.end] == "PT at desk"


@pytest.mark.parametrize(
    "line",
    [
        "    w/ tech while PT w/ next pt",
        "    tech ran, PT in eval",
        "Performed w/ rehab aide Sam.",
        "while PT charting",
        "   PT at desk",
        "(with the aide, PT on phone)",
    ],
)
def test_a_line_of_who_gave_it_goes_on_with_the_service_above(line: str) -> None:
    reading = read(f"NMR 15 min: foam\nTE 15 min: leg press, HS curl\n{line}\nKnee tired.")
    assert lines_of_attendance(reading, ()) == [2]
    assert with_attendance([(0, 1), (1, 2)], [2]) == with_attendance([(0, 1), (1, 2), (2, 3)], [2]) == [(0, 1), (1, 3)]


@pytest.mark.parametrize(
    "line",
    [
        "PT on phone with the MD re BP.",
        "with tech following with w/c",
        "Aide taught transfers, w/ aide return demo",
        "Gait 10 min w/ tech, PT charting",
        "\nw/ tech while PT w/ next pt",
    ],
)
def test_a_line_that_says_more_or_stands_apart(line: str) -> None:
    assert lines_of_attendance(read(f"TE 15 min: leg press, HS curl\n{line}\nKnee tired."), ()) == []


@pytest.mark.parametrize(
    "said",
    [
        "no aide used",
        "without aide assistance",
        "(no aide)",
        "aide not used",
        "not with aide",
        "none of it with an aide",
        "all by PT, not the aide",
        "aide cleaned table",
        "tech set up the machine",
        "aide brought pt from waiting room",
        "hearing aide in place",
    ],
)
def test_an_aide_who_gave_nothing_makes_no_other_service(said: str) -> None:
    text = f"TherEx x 20 min: SLR 3x10, leg press 3x12 with verbal cues, {said}."
    assert attendance(read(text), 0, len(text), "97110") is None
    (service,) = rehabcoder.load()(text).interventions
    assert (service.code, service.needs_review) == ("97110", False)


@pytest.mark.parametrize("said", ["with aide", "ran by aide", "the tech supervised all sets"])
def test_an_aide_who_gave_it_still_does(said: str) -> None:
    text = f"TherEx x 20 min: SLR 3x10, leg press 3x12, {said}."
    found = attendance(read(text), 0, len(text), "97110")
    assert found is not None
    assert found.code == "none"
