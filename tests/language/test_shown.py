"""Turns of speech that show a documentation element for certain, and their near misses."""

from __future__ import annotations

import pytest

from rehabcoder.language.reading import read
from rehabcoder.language.shown import shown, silent

ELEMENTS = ("functional_goal", "progress", "response", "skilled_need")
SERVICE = "TE 15 min: squats 3x10, bridges 2x12."
SHOWN = [
    ("progress", "Berg 44/56, 39 on 2/2."),
    ("progress", "Knee flexion 118, was 104 last visit."),
    ("progress", "Grip 52# (44 at eval)."),
    ("progress", "Walks 200 ft, 120 ft last week."),
    ("progress", "2 spills today, 5 on Monday."),
    ("progress", "Bed mobility SBA, min A 3/28."),
    ("progress", "TUG 14 s vs 19 s at IE"),
    ("progress", "NDI 34% (46)"),
    ("progress", "DHI 38, intake 62"),
    ("progress", "ER 40 (visit 6: 22)"),
    ("progress", "Straight leg raise 60 from 45 in 2 weeks, walking 8 min to 12 min over 3 visits"),
    ("progress", "Now CGA on stairs, was mod A."),
    ("progress", "Lag 0 deg, 5 LV."),
    ("progress", "Abd 4/5, 4-/5 LV."),
    ("progress", "Hip abd 4+/5, was 4-/5"),
    ("progress", "4 deg lag, 8 deg LV"),
    ("progress", "ER 42 (35 LV)"),
    ("progress", "Sits unsupported 3 min, needed two hands last Tuesday"),
    ("progress", "The web lacks 3 degrees, and lacked 20 at his first visit."),
    ("progress", "Rolling was two rails when I first came."),
    ("progress", "Last Monday she stopped after two shelves."),
    ("progress", "In June he needed me to steady the cup."),
    ("progress", "Calf ache on the flat only, used to be with stairs too"),
    ("progress", "Grip is forty-one pounds against twenty-six at evaluation."),
    ("progress", "Leaks 2/day, had been 5."),
    ("progress", "Path 1x w/out stop, prev 4 stops."),
    ("progress", "Pinch has risen to twelve pounds from seven in three weeks"),
    ("progress", "90 ft yest."),
    ("progress", "She did nine stairs on Friday."),
    ("progress", "Managed 4 lifts 6/12."),
    ("progress", "Reach tolerance was six minutes in October."),
    ("progress", "Elbow E 12 F 130 (visit 2: 25/110)"),
    ("progress", "Hop: 88 / 90 / 91. August: 70 / 74 / 79."),
    ("progress", "curls 4# 3x12 (3# last wk)"),
    ("progress", "9MWT 31 s|39 s on 7/2|"),
    ("progress", "The cane replaced the walker this Tuesday"),
    ("progress", "SPC 60', RW only 4/12"),
    ("progress", "Lean to the R mod tue, slight today"),
    ("progress", "Shirt over the head alone once, never before."),
    ("progress", "Lag same as March"),
    ("progress", "Sway less since visit 3"),
    ("progress", "tues dressing took 30 min w/ 2 rests, today no rest"),
    ("progress", "Flex 110. Goal 115, near."),
    ("progress", "She stepped in without a hand, which on 3/14 she could not."),
    ("response", "Pain 2/10 after treatment."),
    ("response", "Shoulder sore 3/10 at the end."),
    ("response", "No dizziness after."),
    ("response", "pain 4 in, 2 out"),
    ("response", "2/10 post."),
    ("response", "Left with ache 1/10."),
    ("response", "Tolerated well, calf 2/10 as on arrival."),
    ("response", "Tol tx fair"),
    ("response", "elbow sore 2/10 as before"),
    ("response", "stiff 2/10 now"),
    ("response", "pain 6->4"),
    ("response", "BP 110/70 p, RN told"),
    ("response", "Two pushes needed in the first set, none in the last"),
    ("response", "Up without a hand by the fourth try"),
    ("response", "SpO2 89 to 94 in 3 min"),
    ("response", "No complaints."),
    ("skilled_need", "Load dropped to 25# when the knee shook."),
    ("skilled_need", "Pace slowed because SpO2 fell to 88."),
    ("skilled_need", "Grade reduced to II as he guarded."),
    ("skilled_need", "HR monitored each lap"),
    ("skilled_need", "I blocked the knee; my hands on the pelvis"),
    ("skilled_need", "height lowered 2 in after he hiked the shoulder"),
    ("progress", "Kapandji 8, last 7."),
    ("progress", "Elevation 128, six weeks ago 90."),
    ("progress", "Pants mod i, last Fri min A"),
    ("progress", "At SOC max A x2, one person now"),
    ("progress", "Dressing was moderate assist on admission."),
    ("progress", "Last wk 200 ft."),
    ("progress", "She spilled nothing, whereas last week two cups went over."),
    ("progress", "Socks took both of us last Friday."),
    ("progress", "First time without the walker."),
    ("progress", "Burlap impossible at visit 3."),
    ("progress", "Floor lift needed two helpers at IE"),
    ("progress", "Steadier than Thursday"),
    ("progress", "Full days this wk, last wk half."),
    ("progress", "Fell 2x in Oct, none in Nov."),
    ("progress", "Shaved L cheek today, missed it completely wk 2."),
    ("progress", "He was on the walker until Friday and is on a cane today"),
    ("progress", "Goals: flex 104 > 150"),
    ("progress", "Flex 95 deg of the 120 in the goal."),
    ("progress", "Flex 104 goal 120"),
    ("progress", "LTG: quilt 45 min - partially met"),
    ("progress", "left hand five laps last time and ten today no red marks after the limb came off"),
    ("progress", "flexion one thirty one now one fifteen on the first of November"),
    ("progress", "Was indep before 11/14, now max A"),
    ("progress", "3/10 arriving, leg sx above knee now (was calf)"),
    ("progress", "Transfers one prompt, four at first visit."),
    ("progress", "Leg press was forty at the last re check"),
    ("response", "pain 5/10 befor estim 2/10 aftr"),
    ("response", "Ankle 3/10 by end"),
    ("response", "Dizzy, cleared sitting 3 m"),
    ("response", "SOB, recovered in 2 min"),
    ("response", "Legs shaky after"),
    ("response", "By the end the arm was looser"),
    ("response", 'felt "jello" after'),
    ("response", "No increase in pain"),
    ("response", "Red at fib head, faded in 8 min"),
    ("response", "Opens 45 deg by the end, 20 at the start"),
    ("response", "Got loud, 2 min outside, back on task."),
    ("response", "Pt winded, sat"),
    ("response", "Heel tender to four out of ten at the end"),
    ("response", "She sat, which she could not when she came in"),
    ("skilled_need", "Rhythm strip and exertion checked at each change of grade"),
    ("skilled_need", "Range was limited by the therapist to 120."),
    ("skilled_need", "Flexion kept at 90 to protect the repair"),
    ("skilled_need", "Commode transfers CGA."),
    ("functional_goal", "LTG: one-person xfer for the aides"),
    ("functional_goal", "Back to roofing by 9/1."),
    ("functional_goal", "Three flights with a basket in 6 weeks"),
    ("functional_goal", "Fri dual meet, second match"),
    ("functional_goal", "LTG: carry groceries up 12 stairs in 4 wks"),
    ("functional_goal", "Wants to garden again"),
    ("functional_goal", "Goal full duty by 5/1"),
    ("functional_goal", "Full practice 2/1"),
    ("functional_goal", "Hopes to be able to walk the dog"),
    ("functional_goal", "STG transfer to toilet w/ SBA"),
    ("functional_goal", "He plans to play in the league in May"),
    ("functional_goal", "5K in April"),
    ("functional_goal", "Target: bathe alone"),
    ("functional_goal", "She intends to drive to her shop by June"),
]
NOT_SHOWN = [
    ("functional_goal", "Leg ache back to the buttock, 4/10"),
    ("functional_goal", "Walking sore x 5 mo"),
    ("functional_goal", "Back to neutral by wk 3"),
    ("functional_goal", "Watched the Sat match, sore after"),
    ("functional_goal", "Goal: increase knee flexion to 120 degrees"),
    ("functional_goal", "LTG: pain 2/10"),
    ("functional_goal", "Wants less pain"),
    ("functional_goal", "Goal: improve strength"),
    ("functional_goal", "Plan: stairs next visit"),
    ("functional_goal", "Played doubles last Saturday"),
    ("functional_goal", "Goal: grip 50 lb by 5/1"),
    ("functional_goal", "Needs continued work on balance"),
    ("functional_goal", "Goal: standing balance 30 s"),
    ("functional_goal", "Soccer game was 5/4, sore since"),
    ("functional_goal", "Work status: off until 6/1"),
    ("functional_goal", "STG: walk 10 m at 0.8 m/s"),
    ("functional_goal", "Goal: walk with no pain, ROM full"),
    ("progress", "Pain 3/10 at the end, 5/10 at the start of session."),
    ("progress", "Surgery 3/12, seen 2x last week."),
    ("progress", "Squats 3x10, bridges 2x12 on Monday and Wednesday."),
    ("progress", "Next visit Tuesday, 30 min."),
    ("progress", "BP 128/72, 118/70 after."),
    ("progress", "97110 (15), 97140 (10)"),
    ("progress", "72 y/o, eval 6/3"),
    ("progress", "er isom x10 (5 s)"),
    ("progress", "Knee flexion 104."),
    ("progress", "Pain 5/10."),
    ("progress", "HR 72, 98 post"),
    ("progress", "Time in 9:00, out 9:45."),
    ("progress", "GOAL: flexion 120, walk 300 ft."),
    ("progress", "DOB 3/4/50, visit 6"),
    ("progress", "step ups 6 in, 8 in, 10 in"),
    ("progress", "Looser fist than when we began, before the wrap was taken off."),
    ("progress", "Last week he did his exercises twice."),
    ("progress", "She used to sail, prev 2 surgeries"),
    ("progress", "Pulse 70 after, 88 before"),
    ("progress", "said tired 4 of 10 from 2"),
    ("progress", "sit to stand x12 from 18 in"),
    ("progress", "boxes 5-10 lb from 20' to the shelf"),
    ("progress", "dressing taught, return demo x3 (12)"),
    ("progress", "tub step taught, signs for 4 (15)"),
    ("progress", "48 m, eval was 5/2"),
    ("progress", "Grip 3/10 after, was 5 on the first squeeze today."),
    ("progress", "Says he walked 20 min on Sunday."),
    ("progress", "Plan: 3 stairs on Friday."),
    ("progress", "Kitchen session 30 min thurs"),
    ("progress", "He wants to play 9 holes in August."),
    ("progress", "She showed her splint, which was not made today"),
    ("progress", "The brace fitted for the first time"),
    ("progress", "sit 5 min, sat 95%"),
    ("progress", "Insulin 12 units, no change since August, meds as before"),
    ("response", "No complaints volunteered at start"),
    ("response", "Pain 7 to 3 since eval"),
    ("response", "WB as tol."),
    ("response", "Pain 3/10 on arrival."),
    ("response", "Goal: pain 2/10 after work."),
    ("response", "Sore 3/10 after gardening yesterday"),
    ("response", "Squats 2x10 out of the chair"),
    ("response", "Step out 10 x"),
    ("progress", "Visit 4 on Tuesday."),
    ("progress", "Shuttle press 15 min from week 4."),
    ("progress", "table w/ 3 others from Wed class"),
    ("progress", "STG 1, LTG 1 reviewed."),
    ("progress", "Dizzy 1/10 leaving, was 3 on entry"),
    ("progress", "eval 9/29 by JT 45 min"),
    ("response", "Goal: no pain after work."),
    ("response", "Co-pay settled."),
    ("response", "Winded on stairs at home"),
    ("response", "Sacrum pink, blanches."),
    ("response", "SBA, settled in bed at home"),
    ("skilled_need", "FIM level for bathing mod A."),
    ("skilled_need", "Vitals taken at 0640 by nursing"),
    ("skilled_need", "Last Friday transfers were min A."),
    ("skilled_need", "Pain started when he lifted a box."),
    ("skilled_need", "Ball dropped into the box as music played."),
    ("skilled_need", "Bike 10 min, 20 min a day at home."),
    ("skilled_need", "Weights held 10 s, 3 sets"),
    ("skilled_need", "Last visit he needed min a for transfers."),
    ("skilled_need", "tc ap glide gr iii"),
    ("skilled_need", "Cones moved from shelf to shelf"),
]


def elements(text: str, aside: tuple[int, ...] = (), asked: tuple[str, ...] = ELEMENTS) -> set[str]:
    return set(shown(read(f"{SERVICE}\n{text}"), aside, [(0, 1)], asked))


@pytest.mark.parametrize(("element", "text"), SHOWN)
def test_shown_for_certain(element, text):
    assert element in elements(text)


@pytest.mark.parametrize(("element", "text"), NOT_SHOWN)
def test_near_misses_show_nothing(element, text):
    assert element not in elements(text)


def test_what_is_set_aside_shows_nothing():
    assert elements("Berg 44/56, 39 on 2/2.", aside=(1,)) == set()


def test_only_what_is_asked_is_looked_for():
    assert elements("Berg 44/56, 39 on 2/2.", asked=("response",)) == set()


def test_a_word_that_forbids_does_so_close_by_alone():
    assert "functional_goal" in elements(
        "he wants the mountain race in april " + "tendon two out of ten " * 3 + "yesterday"
    )
    assert "functional_goal" not in elements("he wants the mountain race in april like yesterday")


def test_the_piece_is_told():
    reading = read(f"{SERVICE}\nNo new complaints.\nGrip 52# (44 at eval).")
    piece = reading.pieces[shown(reading, (), [(0, 1)], ELEMENTS)["progress"]]
    assert reading.text[piece.start : piece.end].startswith("Grip")


@pytest.mark.parametrize(
    "text",
    [
        'foam stance, "hips over feet" x4',
        "pill box, two hints about the noon row",
        "laces tied, corrected twice on the loop",
        "glides gr II, kept short of the scar",
        "textures, went back a step at pain 4",
        "step downs, finger on the patella",
        "tandem, HHA to light touch",
        "heel raises 45# > 35# when it pinched",
        "beam walk, fix pronation w/ mirror",
        "single leg stance, fingers under the arch",
        "pendulum, had to show the swing twice",
        "lunges, stopped each time the knee caved",
        "stepper, paused twice at SpO2 88",
        "sit to stand, knee blocked",
        "sidestepping, belt held",
    ],
)
def test_a_hand_or_a_word_at_work_counts_within_a_service_alone(text):
    assert "skilled_need" in shown(read(f"NMR 15 min: {text}"), (), [(0, 1)], ELEMENTS)
    assert "skilled_need" not in elements(f"Next: {text.split(', ')[-1]}".replace("when", "then"))


@pytest.mark.parametrize(
    "text",
    [
        'TA 20 min: stairs x3, felt "winded but good"',
        'group 30 min: "morning tea" 4 residents',
        "TE 10 min: push ups, hand on knee, own hand on hip",
        "MT 10 min: hands on the shoulder, posterior glides",
        "TA 10 min: 10 lb crates to the knee high shelf since that is her job",
    ],
)
def test_a_quote_of_the_patient_and_hands_of_their_own_show_no_skill(text):
    assert "skilled_need" not in shown(read(text), (), [(0, 1)], ELEMENTS)


def test_cues_count_within_a_service_alone():
    assert "skilled_need" in shown(read("NMR 15 min: foam, vc for hip drop"), (), [(0, 1)], ELEMENTS)
    assert "skilled_need" not in elements("Next: vc for hip drop")


@pytest.mark.parametrize(
    ("element", "text"),
    [
        ("response", "Pain 4/10 in"),
        ("response", "Response: ____"),
        ("response", "Fatigue 4/10 start."),
        ("response", "RPE not taken"),
        ("response", "Post:"),
        ("response", "[ ] tolerated  [ ] dizzy"),
        ("response", "BP 132/70 at the start"),
        ("response", "Stiff on arrival"),
        ("progress", "Hip flexion now 110 degrees."),
        ("progress", "LEFS today was 44 points."),
        ("progress", "Found 5 of 9 cards."),
        ("progress", "Ache 2/10 at the end, 4/10 coming in"),
        ("progress", "3 errors in the last five minutes, 9 in the first five"),
        ("progress", "Less tingling after glides (2 vs 4)"),
        ("progress", "First week, no earlier figures."),
        ("progress", "Falls x2 last month"),
        ("progress", "LEFS 40 (no retest)"),
        ("progress", "Progress since last note: none charted yet, 3rd visit."),
        ("progress", "FGA 19/30"),
        ("progress", "mCTSIB cond 4 = 11s."),
        ("response", "pain 5/10 pre."),
        ("response", "WB L hip as tol"),
        ("response", "Spurling -, no UE sx"),
        ("response", "LTG: pain 1/10, no locking - progressing"),
        ("response", "She wants to be full days at the firm by the end of the year."),
        ("response", "She fell in the garden Sat, no bruise"),
        ("response", "No rating was asked."),
        ("response", "Vitals ___  Skin ___"),
        ("functional_goal", "Goal: elevation 150."),
        ("functional_goal", "LTG: full cuff strength 5/5 by wk 12"),
        ("functional_goal", "Goal area: ___"),
        ("functional_goal", "Full hip rotation by week twelve is the goal."),
        ("functional_goal", "Able to sit 3 min without hands by the end, could not at start."),
        ("functional_goal", "OK'd to lift upper on own"),
        ("functional_goal", "Hopes to be stronger."),
        ("functional_goal", "Wants out of here by noon"),
        ("skilled_need", "Cues: none   Assist: none"),
        ("skilled_need", "Cues:  ☐ verbal  ☐ tactile  ☒ none"),
    ],
)
def test_an_empty_field_and_a_rating_on_arrival_show_nothing(element, text):
    assert silent(read(text), element, 0)


@pytest.mark.parametrize(
    ("element", "text"),
    [
        ("response", "Pain 4 in, 2 out"),
        ("response", "Response: tired"),
        ("response", "Post: no pain"),
        ("response", "Ache 3/10 on arrival, 1/10 now"),
        ("response", "Tolerated well"),
        ("response", "Fatigued"),
        ("response", "Pain pre: 2  Post: 1"),
        ("response", "HR 98 after"),
        ("response", "Re-test Dix neg, head clear"),
        ("response", "He wants to stop, knee sore"),
        ("response", "[x] tolerated"),
        ("skilled_need", "Cues for hips"),
        ("skilled_need", "verbal cues faded to none by set 3"),
        ("skilled_need", "Cues: verbal x3"),
        ("response", "Ha 2/10, 5 on arrival"),
        ("response", "No sharper than on arrival"),
        ("response", "Tolerated well, sore 2/10 as on arrival"),
        ("functional_goal", "Goal: full mail route by 10/1"),
        ("functional_goal", "Goal"),
        ("functional_goal", "LTG: lift arm to hang coat"),
        ("functional_goal", "To go by herself to the choir is the aim."),
        ("functional_goal", "Able to dress alone by 12/1"),
        ("functional_goal", "Hopes to be strong enough to carry her son"),
        ("progress", "Pain 4/10 in"),
        ("progress", "Hip flexion now 110 degrees, up from 90"),
        ("progress", "Drops: 5 of 9 > 1 of 9"),
        ("progress", "Last Friday missed 4 of 6 signs."),
        ("progress", "Pain 2/10 at the end, 5/10 at the last visit"),
        ("progress", "Berg 44 at the end, goal 50"),
        ("progress", "Flexion 120, up 12 since the injection"),
        ("progress", "Falls: none now, two a week from September on"),
        ("progress", "FGA 19/30 (eval 14)"),
        ("progress", "Progress: not met"),
    ],
)
def test_what_goes_on_to_something_else_is_not_silent(element, text):
    assert not silent(read(text), element, 0)
