from __future__ import annotations

from collections.abc import Sequence

import pytest

import rehabcoder
from rehabcoder.findings import CHECKS, terms
from rehabcoder.note import CodedNote, Finding

EXERCISE = "Ther Ex 15 min: straight leg raise 3x10 for hip strength."
MANUAL = "Manual therapy 15 min: soft tissue mobilization to upper trapezius."
MISLABELLED = (
    "Ther Ex 15 min: soft tissue mobilization and joint mobilization grade III to left patella by the therapist."
)
UNTIMED = "Ther Ex: straight leg raise 3x10, clamshells 3x12 for hip strength."
AIDE = "Ther Ex 15 min: bike and leg press done with the aide, therapist not present."
THIN = "Ther Ex 15 min per flow sheet."
POLICY = """
id = "picky"
name = "A picky payer"
source = "made up for this test"
rule = "cms"
tie = "most_minutes"
minutes_required = "per_service"
findings_on = {on}
findings_off = {off}

[modifiers]
discipline = true

[[versions]]
version = "1"
effective_from = 2004-01-01
"""
PAYERS = [
    "missing_timed_total",
    "missing_total_time",
    "missing_signature",
    "missing_plan_reference",
    "missing_body_part",
    "missing_rationale",
]


@pytest.fixture(scope="module")
def coder() -> rehabcoder.Coder:
    return rehabcoder.load()


def raised(coded: CodedNote) -> dict[str, Finding]:
    return {flag.id: flag for flag in coded.flags}


@pytest.mark.parametrize(
    ("text", "name", "words", "says"),
    [
        (f"{EXERCISE}\n{MANUAL}\nBilled: 97110 x 3, 97140 x 1", "units_mismatch", "97110 x 3, 97140 x 1",
         "Billed 97110 x3, 97140 x1; supported 97110 x1, 97140 x1."),
        (MISLABELLED, "code_mismatch", MISLABELLED, "Labelled 97110, supports 97140."),
        (AIDE, "code_mismatch", AIDE, "Labelled 97110, supports no billable code."),
        (AIDE, "not_one_on_one", AIDE, "by an aide"),
        (UNTIMED, "missing_minutes", UNTIMED, "no minutes of its own"),
        (f"{EXERCISE}\n{MANUAL}\nTotal timed minutes: 45", "time_inconsistent", "Total timed minutes: 45",
         "Services add up to 30 timed minutes, 45 are stated."),
        (f"{EXERCISE}\nTotal treatment time: 10 min", "time_inconsistent", "Total treatment time: 10 min",
         "more than the stated total of 10."),
        (f"{EXERCISE}\nTime in 9:00, time out 9:10", "time_inconsistent", "Time in 9:00, time out 9:10",
         "15 minutes do not fit into a visit of 10."),
        ("Ther Ex 0900-0920 (15 min): straight leg raise 3x10 for hip strength.", "time_inconsistent", "0900-0920",
         "The clock range is 20 minutes, 15 are written."),
        (THIN, "label_followed", THIN, "too thinly"),
        (THIN, "missing_activity_detail", THIN, "without saying what was done"),
    ],
)  # fmt: skip
def test_a_finding_points_at_the_words_that_settled_it(coder, text, name, words, says):
    flag = raised(coder(text))[name]
    assert text[flag.start : flag.end] == words
    assert says in flag.message


@pytest.mark.parametrize(
    ("text", "absent"),
    [
        (f"{EXERCISE}\n{MANUAL}\nBilled: 97110 x 1, 97140 x 1", "units_mismatch"),
        (f"{EXERCISE}\n{MANUAL}", "units_mismatch"),
        (f"{UNTIMED}\nBilled: 97110 x 3", "units_mismatch"),
        (EXERCISE, "code_mismatch"),
        (EXERCISE, "not_one_on_one"),
        (EXERCISE, "missing_minutes"),
        (EXERCISE, "label_followed"),
        (EXERCISE, "missing_activity_detail"),
        (f"{EXERCISE}\n{MANUAL}\nTotal timed minutes: 30", "time_inconsistent"),
        (f"{EXERCISE}\nTotal treatment time: 17 min", "time_inconsistent"),
        (f"{EXERCISE}\nTime in 9:00, time out 9:20", "time_inconsistent"),
        ("Ther Ex 0900-0920 (20 min): straight leg raise 3x10 for hip strength.", "time_inconsistent"),
    ],
)
def test_a_note_in_order_raises_nothing(coder, text, absent):
    coded = coder(text)
    assert coded.interventions
    assert absent not in raised(coded)


def test_minutes_spent_alone_among_the_timed_ones_are_not_one_on_one(coder):
    alone = "Stationary bike 10 min on his own, therapist with another patient."
    text = f"{alone}\n{EXERCISE}\n{MANUAL}\nTotal timed minutes: "
    assert not {"not_one_on_one", "time_inconsistent"} & raised(coder(f"{text}30")).keys()
    flags = raised(coder(f"{text}40"))
    assert "time_inconsistent" not in flags
    assert flags["not_one_on_one"].start == 0


@pytest.mark.parametrize("said", ["not billed", "no charge", "unbilled", "n/c"])
def test_minutes_spent_alone_and_said_not_to_be_billed_are_honest(coder, said):
    text = f"Stationary bike 10 min on his own, {said}.\n{EXERCISE}\n{MANUAL}\nTotal timed minutes: 40"
    flags = raised(coder(text))
    assert "not_one_on_one" not in flags
    assert "time_inconsistent" in flags


def test_stimulation_billed_as_attended_but_left_to_run_is_not_one_on_one(coder):
    left = "97032 e-stim to L quad 15 min, pads on, pt left w/ call bell."
    assert raised(coder(f"{left}\n{EXERCISE}"))["not_one_on_one"].start == 0
    attended = "97032 e-stim to wrist extensors 15 min, ramp changed by PT with each grasp."
    assert "not_one_on_one" not in raised(coder(f"{attended}\n{EXERCISE}"))


def test_the_words_that_say_who_gave_a_service_are_its_evidence(coder):
    text = "Ther Ex 15 min: leg press 3x10, hamstring curls, straight leg raise, tech ran it."
    service = coder(text).interventions[0]
    assert (service.code, service.why[0].text, service.why[0].code) == ("none", "tech ran", "none")


def test_a_figure_beside_an_earlier_one_is_progress(coder):
    note = f"{EXERCISE}\n{{}}\nBilled 97110 x1"
    assert "missing_progress" in raised(coder(note.format("Nine-hole peg 31 s.")))
    assert "missing_progress" not in raised(coder(note.format("Nine-hole peg 31 s, 39 s at session 2.")))


@pytest.mark.parametrize(
    "told",
    ["Billed 3 units.", "Total units: 3", "Total units billed: 3", "30 min, 3u", "3 units billed today", "UNITS: 3",
     "I put in for three units.", "Thirty minutes, three units", "TE and MT billed, 3 units", "Billed 1 unit"],
)  # fmt: skip
def test_units_told_without_codes_are_held_against_the_minutes(coder, told):
    text = f"{EXERCISE}\n{MANUAL}\n{told}\nSmith, PT"
    coded = coder(text)
    flag = raised(coded)["units_total_mismatch"]
    assert "30 timed minutes support 2." in flag.message
    assert f"{EXERCISE}\n{MANUAL}\n" in text[: flag.start]
    assert coded.totals.billed_units is None
    assert "units_total_mismatch" in coded.review_reasons


@pytest.mark.parametrize(
    "told",
    ["Billed 2 units.", "30 min, 2u", "Last visit billed 4 units.", "Plan to bill 3 units next visit.", "Max 4 units/visit",
     "Authorized: 12 units", "Total units this week: 9", "Units: 3 of 12 used", "PTA billed 1 unit, PT billed 3 units.",
     "Untimed units: 1, timed units: 2", "2u PRBC last night", "Lives on unit 4.", "Insulin 18 units before breakfast."],
)  # fmt: skip
def test_units_that_agree_or_are_not_the_bill_raise_nothing(coder, told):
    assert "units_total_mismatch" not in raised(coder(f"{EXERCISE}\n{MANUAL}\n{told}"))


def test_a_number_of_units_may_hold_the_untimed_ones_and_needs_minutes_to_be_held_against(coder):
    stimulation = "Unattended e-stim 15 min to L knee."
    assert "units_total_mismatch" not in raised(coder(f"{EXERCISE}\n{MANUAL}\n{stimulation}\nTotal units: 3"))
    assert "units_total_mismatch" in raised(coder(f"{EXERCISE}\n{MANUAL}\n{stimulation}\nTimed units: 3"))
    assert "units_total_mismatch" not in raised(coder(f"{UNTIMED}\nBilled 3 units"))


def test_units_of_a_column_are_checked_and_have_no_words(coder):
    flag = raised(coder(EXERCISE, billed_units={"97110": 2}))["units_mismatch"]
    assert (flag.start, flag.end) == (None, None)
    assert "Billed 97110 x2; supported 97110 x1." in flag.message
    assert "units_mismatch" not in raised(coder(EXERCISE, billed_units={"97110": 1}))


def test_a_mismatch_names_the_unit_rule_of_the_policy(coder):
    both = f"{EXERCISE}\n{MANUAL}".replace(
        "15 min", "20 min"
    )  # three units under the CMS rule, one each by the midpoint
    midpoint = rehabcoder.load(policy="commercial-midpoint")
    flag = raised(midpoint(both, billed_units={"97110": 2, "97140": 1}))["units_mismatch"]
    assert "Billed 97110 x2, 97140 x1; supported 97110 x1, 97140 x1." in flag.message
    assert flag.rule == (
        "CPT midpoint rule: CPT convention on timed codes: a unit is earned once more than half of its time is done"
    )
    assert raised(midpoint(f"{both}\nBilled 3 units."))["units_total_mismatch"].rule == flag.rule
    assert raised(coder(both, billed_units={"97110": 2, "97140": 2}))["units_mismatch"].rule == (
        "CMS 8-minute rule: Medicare Claims Processing Manual (Pub. 100-04) chapter 5 §20.2 C"
    )


def test_units_are_those_of_the_codes_and_limits_that_the_payer_has(tmp_path):
    def flags(terms: str, billed: dict[str, int]) -> dict[str, Finding]:
        path = tmp_path / "own.toml"
        path.write_text(POLICY.format(on=[], off=[]) + terms, encoding="utf-8")
        return raised(rehabcoder.load(policy=path)(EXERCISE.replace("15 min", "30 min"), billed_units=billed))

    other_name = '[codes.97110]\nbill_as = "97530"\n'
    assert "units_mismatch" not in flags(other_name, {"97110": 2})
    assert "units_mismatch" not in flags(other_name, {"97110": 1, "97530": 1})
    assert "Billed 97110 x3; supported 97530 x2." in flags(other_name, {"97110": 3})["units_mismatch"].message
    assert "supported 97110 x1." in flags("[codes.97110]\nunits = 1\n", {"97110": 2})["units_mismatch"].message


@pytest.mark.parametrize(
    ("text", "severity"),
    [
        (f"{EXERCISE}\n{MANUAL.replace(' 15 min', '')}", "high"),
        (
            f"{EXERCISE}\n{MANUAL.replace(' 15 min', '')}\nTotal timed minutes: 30",
            "high",
        ),  # whose the rest is, is not said
        (f"{UNTIMED}\nTotal timed minutes: 30", "medium"),  # all of it 97110
    ],
)
def test_a_note_whose_units_cannot_be_told_is_not_settled(coder, text, severity):
    coded = coder(text)
    assert raised(coded)["missing_minutes"].severity == severity
    assert ("missing_minutes" in coded.review_reasons) == (severity == "high")


def test_a_note_without_therapy_lacks_nothing(coder):
    coded = coder("Patient called to cancel. Rescheduled.")
    assert coded.interventions == []
    assert coded.flags == []


def test_a_treatment_without_a_timed_code_is_asked_for_its_parts_and_an_evaluation_is_not(coder):
    treated = raised(coder("Canalith repositioning 95992 x1: Epley manoeuvre for the left ear, two rounds."))
    assert {"missing_functional_goal", "missing_progress"} <= treated.keys()
    evaluated = raised(coder("PT evaluation 97161, 30 min: knee flexion 90, quad 3/5, walks with a cane."))
    assert not {"missing_functional_goal", "missing_progress"} & evaluated.keys()


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("missing_functional_goal", "Goal: climb stairs at home alone with groceries in 4 weeks."),
        ("missing_response", "Patient tolerated treatment well without increased pain."),
        ("missing_progress", "Compared with last visit knee flexion improved from 90 to 105 degrees."),
        ("missing_skilled_need", "Therapist gave verbal and tactile cues to correct hip drop."),
    ],
)
def test_an_element_is_missing_until_a_sentence_shows_it(coder, name, sentence):
    assert name in raised(coder(EXERCISE))
    assert name not in raised(coder(f"{EXERCISE}\n{sentence}"))


def test_a_high_finding_sends_the_note_to_a_person(coder):
    coded = coder(f"{EXERCISE}\n{MANUAL}\nTotal timed minutes: 45")
    assert coded.needs_review
    assert "time_inconsistent" in coded.review_reasons


@pytest.fixture
def payer(tmp_path):
    def load(*, on: Sequence[str] = (), off: Sequence[str] = ()) -> rehabcoder.Coder:
        path = tmp_path / "picky.toml"
        path.write_text(POLICY.format(on=list(on), off=list(off)), encoding="utf-8")
        return rehabcoder.load(policy=path)

    return load


def test_payer_findings_are_silent_until_a_policy_asks(coder):
    assert not set(PAYERS) & raised(coder(EXERCISE)).keys()


@pytest.mark.parametrize(
    ("name", "bare", "words", "complete"),
    [
        ("missing_timed_total", EXERCISE, None, f"{EXERCISE}\nTotal timed minutes: 15"),
        ("missing_total_time", EXERCISE, None, f"{EXERCISE}\nTotal treatment time: 20 min"),
        ("missing_signature", EXERCISE, None, f"{EXERCISE}\nElectronically signed by A. Doe, DPT"),
        ("missing_plan_reference", EXERCISE, None, f"Dx: M25.561.\n{EXERCISE}"),
        ("missing_body_part", "Ther Ex 15 min: recumbent bike for endurance.",
         "Ther Ex 15 min: recumbent bike for endurance.", EXERCISE),
        ("missing_rationale", MANUAL, MANUAL, EXERCISE),
    ],
)  # fmt: skip
def test_a_policy_switches_a_payer_finding_on(payer, name, bare, words, complete):
    picky = payer(on=[name])
    flag = raised(picky(bare))[name]
    assert (bare[flag.start : flag.end] if flag.start is not None else None) == words
    coded = picky(complete)
    assert coded.interventions
    assert name not in raised(coded)
    assert not raised(picky(bare)).keys() & (set(PAYERS) - {name})


def test_a_policy_switches_a_finding_off(payer):
    assert "missing_response" in raised(payer()(EXERCISE))
    assert "missing_response" not in raised(payer(off=["missing_response"])(EXERCISE))


def test_the_gravest_findings_come_first_and_alike_ones_in_the_order_of_their_terms(payer):
    flags = [f for f in payer(on=PAYERS)(f"{AIDE}\nTotal timed minutes: 45").flags if f.id in terms()]
    names = [f.id for f in flags]
    ranked = [
        name for weight in ("high", "medium", "low") for name, entry in terms().items() if entry.severity == weight
    ]
    assert names == [name for name in ranked if name in names]
    assert {"not_one_on_one", "missing_plan_reference"} <= set(names)
    for flag in flags:
        assert (flag.severity, flag.rule) == (terms()[flag.id].severity, terms()[flag.id].rule)


def test_every_finding_has_terms_and_a_check():
    assert CHECKS.keys() == terms().keys()
    assert {entry.severity for entry in terms().values()} <= {"high", "medium", "low"}
    assert {name for name, entry in terms().items() if not entry.default} == set(PAYERS)


def test_a_session_in_which_no_service_was_found_goes_to_a_person(coder):
    text = (
        "Visit 4, pain 3/10. In the half hour: 12 throwing the ball for arm strength, 8 kneeling on the dome and catching for"
        " his trunk, 10 of overhand softball the way he does it in school, reminded to step. Arms tired, tolerated well."
    )
    coded = coder(text)
    assert coded.interventions or coded.needs_review
    for nothing in ("Patient cancelled today, next visit Friday.", "0", ""):
        assert "nothing_found" not in raised(coder(nothing))
