"""Another patient at the same time, said in a sentence of its own: which services are a group's, and what only looks like it."""

from __future__ import annotations

from functools import cache

import pytest

import rehabcoder
from rehabcoder.language.company import Shared, find_shared
from rehabcoder.language.reading import read
from rehabcoder.note import CodedNote

EXERCISE = "TE 30 min: SLR 3x10, LAQ 3#, heel raises, cues for lag."
MANUAL = "MT 15 min: patellar mobs gr III, scar mob."
SHARED = [
    "Pt treated at the same time as another patient for the first 30 min.",
    "Seen w/ 2nd pt concurrently x 30 min, then 1:1.",
    "Pt seen at same time as 1 other pt for 30 min, PT alternating b/w both.",
    "Session overlapped with another resident 10:00-10:30.",
    "Two pts treated together 30 min, each with own ex.",
    "PT split time between two patients during the 30 min of ex.",
    "Shared treatment slot with another patient 30 minutes.",
    "(overlap w/ another Medicare pt 3:00-3:30, both in gym w/ me)",
    "Dovetailed w/ another pt 30 min.",
]
WHOLE_VISIT = [
    "Treated simultaneously with another TKA patient in gym, alternating between the two.",
    "Doubled up this hour (w/ pt in bay 2).",
    "I was treating 2 patients at once this visit.",
    "Treated alongside another knee patient the whole hour.",
    "4:00 slot with J.R. (ACLR 8 mo), I ran both of them together.",
    "Here with T.W., took them both at the same time.",
]
ALONE = [
    "Pt seen 1:1 throughout, no other pts at the same time.",
    "No overlap with another patient.",
    "Treated 1:1, not concurrently with other patients.",
    "Pt states another patient does the same ex at the same time.",
    "Next visit: double up with another pt.",
    "Last session was shared with another pt; today 1:1.",
    "Co-tx with OT at same time for transfers.",
    "Session shared with another PT for training.",
    "Pt shares a ride with another patient.",
    "Balance improved 2 pts, knees together.",
    "Alternating between the two legs, both worked together.",
    "Pt walked in together with another patient from the waiting room.",
    "Co-treat with K.L., PTA, the two of us together for safety.",
    "Discussed goals together with M.T., OTR.",
]


@cache
def coder() -> rehabcoder.Coder:
    return rehabcoder.load()


def note(said: str, *services: str) -> str:
    return "\n".join(["11/18/26 PT", said, *services])


def shared(said: str, minutes: tuple[int, ...] = (30, 15), codes: tuple[str, ...] = ("97110", "97140")) -> Shared:
    text = note(said, EXERCISE, MANUAL)
    places = [(text.index(one), text.index(one) + len(one)) for one in (EXERCISE, MANUAL)]
    return find_shared(read(text), (), places, codes, codes, minutes)


def high(coded: CodedNote) -> set[str]:
    return {flag.id for flag in coded.flags if flag.severity == "high"}


@pytest.mark.parametrize("said", SHARED)
def test_the_service_of_the_time_told_is_a_groups(said: str) -> None:
    assert set(shared(said).given) == {0}


@pytest.mark.parametrize("said", WHOLE_VISIT)
def test_said_of_the_whole_visit_exercise_is_a_groups_and_hands_on_work_goes_to_a_person(said: str) -> None:
    found = shared(said)
    assert set(found.given) == {0}
    assert found.place


@pytest.mark.parametrize("said", ALONE)
def test_what_is_not_said_of_todays_treatment_changes_nothing(said: str) -> None:
    assert shared(said) == Shared()


def test_a_time_that_two_services_have_names_neither() -> None:
    found = shared("Two patients treated together 30 min.", (30, 30))
    assert not found.given
    assert found.place


def test_a_time_that_all_services_take_together_is_of_all() -> None:
    assert set(shared("Two patients treated together 45 min.", codes=("97110", "97530")).given) == {0, 1}


def test_a_group_that_is_called_one_says_with_whom_it_was() -> None:
    assert shared("Seen with another pt at same time 30 min.", codes=("97150", "97140")) == Shared()


@pytest.mark.parametrize(
    "said",
    [
        "Pt seen at same time as 1 other pt for 30 min, PT alternating b/w both.",
        "Two patients treated together 30 min, each working on different ex with PT between them.",
        "Pt shared session with another pt 1:00-1:30; PT alternated between both.",
    ],
)
def test_the_time_counts_once_and_as_a_groups(said: str) -> None:
    coded = coder()(note(said, EXERCISE, "1/10 after. Lag 0 vs 5 LV. Goal: walk dog.", "97110 x2"))
    assert [(s.code, s.labelled, s.minutes) for s in coded.interventions] == [("97150", "97110", 30)]
    assert {"not_one_on_one", "code_mismatch", "units_mismatch"} <= high(coded)
    assert "time_inconsistent" not in high(coded)
    assert coded.needs_review


def test_the_one_on_one_part_of_a_visit_stays() -> None:
    said = "Pt seen together with another pt 9:00-9:30, both doing LE strengthening with me going back and forth."
    gait = "Then 1:1 gait w/ RW 15 min, cues for heel strike, 200 ft x2 CGA."
    coded = coder()(note(said, EXERCISE, gait, "Billed 97110 2, 97116 1"))
    assert [(s.code, s.minutes) for s in coded.interventions] == [("97150", 30), ("97116", 15)]
    assert "time_inconsistent" not in high(coded)


def test_a_service_of_another_time_of_day_does_not_hide_whose_the_shared_time_was() -> None:
    said = "From 9:00 to 9:30 treated together with another patient, I went back and forth between the two."
    manual = "9:30-9:45 Manual therapy: patella glides, scar work."
    text = note(said, EXERCISE, manual)
    places = [(text.index(one), text.index(one) + len(one)) for one in (EXERCISE, manual)]
    assert set(find_shared(read(text), (), places, ("97110", "97140"), ("97110", "97140"), (30, 15)).given) == {0}


def test_company_whose_services_are_not_told_is_for_a_person() -> None:
    coded = coder()(
        note("Treated with another patient at the same time for 20 min.", EXERCISE, MANUAL, "97110 2, 97140 1")
    )
    assert "not_one_on_one" in high(coded)
    assert coded.needs_review


def test_a_service_without_a_label_of_a_shared_time_is_not_settled() -> None:
    coded = coder()(
        note("Two patients treated together 30 min.", "SLR 3x10, LAQ 3#, heel raises 30 min, cues for lag.")
    )
    assert coded.needs_review or all(s.code != "97150" for s in coded.interventions)
    assert all(s.code in ("97150", "none") for s in coded.interventions)


def test_a_service_behind_words_that_the_patient_was_alone_again_stays():
    said = "4:00 slot with J.R. (ACLR 8 mo), I ran both of them together."
    alone = "J.R. to the bike, then D.M. alone w/ me."
    text = note(said, EXERCISE, alone, MANUAL)
    places = [(text.index(one), text.index(one) + len(one)) for one in (EXERCISE, MANUAL)]
    assert set(find_shared(read(text), [], places, ["97110", "97140"], ["97110", "97140"], [30, 15]).given) == {0}


def test_a_part_of_a_visit_without_its_time_names_no_service():
    found = shared("I had T.W. and D.K. at the same time for the first half.")
    assert not found.given
    assert found.place
