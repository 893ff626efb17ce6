"""Settling: what a person need not look at. When in doubt a service goes to a person, whatever the words look like."""

from __future__ import annotations

import math
from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from hypothesis import given as for_all
from hypothesis import settings
from hypothesis import strategies as st
from predicting import Answer, answer, answers, model

from rehabcoder.language.attendance import Attendance
from rehabcoder.language.note_minutes import Minutes
from rehabcoder.language.reading import read
from rehabcoder.language.totals import find_totals
from rehabcoder.predict.model import Model
from rehabcoder.predict.predicted import Found, Predicted
from rehabcoder.predict.predictor import predict
from rehabcoder.predict.settling import SIGNS, Judged, judge, signs, whole
from rehabcoder.predict.settling import Answer as Answered
from rehabcoder.predict.settling import answer as answered_of
from rehabcoder.predict.trees import no_trees

CLEAR = "Ther Ex x 15 min: straight leg raise 3x10, clamshells 3x12 with red band for hip strength."
THIN = "x 15 min per flow sheet"
UNSURE = ("uncertain_code", "uncertain_reading")


def with_threshold(threshold: float) -> Model:
    return replace(model(), thresholds=model().thresholds | {"settle": threshold})


def judged(given: Answer, threshold: float | None = None) -> Judged:
    using = model() if threshold is None else with_threshold(threshold)
    return judge(using, answered_of(whole(given.predicted), given.found))


def relabelled(given: Answer, label: str | None) -> Answer:
    return Answer(given.predicted, replace(given.found, labelled=label))


def other(code: str) -> str:
    return "97112" if code != "97112" else "97530"


def settle_probability(given: Answer) -> float:
    return model().settle.probability(signs(whole(given.predicted), given.found, thin=False))


@cache
def clearly_described() -> list[Answer]:
    return [a for a in answers() if "label_followed" not in judged(relabelled(a, "97110")).reasons]


def test_a_clear_service_is_settled() -> None:
    answered = judged(answer(CLEAR))
    assert answered.code == "97110"
    assert answered.reasons == []
    assert answered.confidence > 0.9


@settings(max_examples=60)
@for_all(st.integers(0, 10**6), st.floats(0, 1))
def test_under_the_threshold_nothing_is_settled_and_from_it_on_nothing_is_uncertain(number: int, at: float) -> None:
    given = clearly_described()[number % len(clearly_described())]
    reasons = judged(given, at).reasons
    assert any(reason in UNSURE for reason in reasons) is (settle_probability(given) < at)
    assert bool(reasons) or settle_probability(given) >= at


def test_the_threshold_itself_settles_and_just_above_does_not() -> None:
    given = answer(CLEAR)
    sure = settle_probability(given)
    assert judged(given, sure).reasons == []
    assert judged(given, sure + 1e-6).reasons != []


def test_a_threshold_that_no_probability_reaches_settles_nothing() -> None:
    assert all(judged(given, 1.0).reasons for given in answers())


def test_company_told_in_passing_is_never_settled() -> None:
    given = answer(CLEAR)
    untimed = replace(given.found.minutes, minutes=None)
    group = replace(given.found, labelled=None, probabilities=[("97150", 0.99), ("97110", 0.01)], minutes=untimed)
    assert any(reason in UNSURE for reason in judged(Answer(given.predicted, group), 0.0).reasons)
    for timed_or_named in (replace(group, labelled="97150"), replace(group, minutes=given.found.minutes)):
        assert judged(Answer(given.predicted, timed_or_named), 0.0).reasons == []


def test_a_code_against_what_the_words_say_of_who_gave_it_is_never_settled() -> None:
    given = answer(CLEAR)
    by_aide = replace(given.found, attendance=Attendance("none", given.found.start, given.found.end))
    assert any(reason in UNSURE for reason in judged(Answer(given.predicted, by_aide), 0.0).reasons)


def test_a_label_other_than_the_code_is_never_settled() -> None:
    seen = 0
    for given in clearly_described():
        wrong = relabelled(given, other(given.found.code))
        assert "code_mismatch" in judged(wrong, 0.0).reasons
        seen += 1
    assert seen > 30


def test_the_label_of_the_code_is_no_mismatch_and_neither_is_none() -> None:
    for given in clearly_described():
        for label in (given.found.code, None):
            if given.found.code != "none":
                assert judged(relabelled(given, label), 0.0).reasons == []


@pytest.mark.parametrize(("label", "code"), [("97014", "G0283"), ("97130", "97129")])
def test_two_numbers_of_one_service_are_no_mismatch(label: str, code: str) -> None:
    given = answer(CLEAR)
    found = replace(given.found, labelled=label, probabilities=[(code, 0.99), ("97110", 0.01)])
    assert judged(Answer(given.predicted, found), 0.0).reasons == []
    assert signs(whole(given.predicted), found, False) == signs(
        whole(given.predicted), replace(found, labelled=code), False
    )


class TestTooThinToTell:
    def thin(self, label: str) -> Answer:
        given = answer(f"{label} {THIN}")
        assert given.found.labelled == label
        return given

    @pytest.mark.parametrize("label", ["97110", "97112", "97530", "97140"])
    def test_the_label_is_followed_and_a_person_sees_it(self, label: str) -> None:
        answered = judged(self.thin(label), 0.0)
        assert answered.code == label
        assert answered.reasons == ["label_followed"]

    def test_whatever_the_model_would_have_said(self) -> None:
        given = self.thin("97112")
        sure = replace(given.found, probabilities=[("97530", 0.999), ("97112", 0.001)])
        answered = judged(Answer(given.predicted, sure), 0.0)
        assert answered.code == "97112"
        assert "label_followed" in answered.reasons
        assert "97112" not in [code for code, _ in answered.alternatives]

    @pytest.mark.parametrize(
        ("text", "code"),
        [
            ("Paraffin R hand/wrist, 10 min", "97018"),
            ("CP | L knee", "97010"),
            ("Mechanical traction, lumbar, 15 min", "97012"),
            ("G0283 x 15 min", "G0283"),
            ("PT evaluation, moderate complexity (97162): 35 min", "97162"),
            ("97168 OT re-evaluation", "97168"),
        ],
    )
    def test_a_modality_that_runs_by_itself_and_an_evaluation_are_said_by_their_name(
        self, text: str, code: str
    ) -> None:
        [predicted] = predict(model(), [f"{text}\n{CLEAR}"])
        found = replace(
            predicted.services[0], start=0, end=len(text), labelled=code, probabilities=[(code, 0.99), ("97110", 0.01)]
        )
        answered = judged(Answer(predicted, found), 0.0)
        assert (answered.code, answered.reasons) == (code, [])

    @pytest.mark.parametrize("code", ["97035", "97150", "92507", "97039"])
    def test_other_services_are_not(self, code: str) -> None:
        given = self.thin("97110")
        named = Answer(
            given.predicted, replace(given.found, labelled=code, probabilities=[(code, 0.99), ("97110", 0.01)])
        )
        assert judged(named, 0.0).reasons == ["label_followed"]

    def test_nor_where_the_description_says_another_code(self) -> None:
        given = self.thin("97110")
        named = Answer(
            given.predicted, replace(given.found, labelled="97010", probabilities=[("97110", 0.99), ("97010", 0.01)])
        )
        assert judged(named, 0.0).reasons == ["label_followed"]

    def test_without_a_label_there_is_nothing_to_follow(self) -> None:
        given = relabelled(self.thin("97112"), None)
        answered = judged(given, 0.0)
        assert answered.code == given.found.code
        assert "label_followed" not in answered.reasons

    def test_a_description_is_not_overruled_by_its_label(self) -> None:
        given = relabelled(answer(CLEAR), "97530")
        assert judged(given).code == given.found.code == "97110"
        assert "label_followed" not in judged(given).reasons


def test_the_reason_says_whether_the_code_or_the_reading_is_in_doubt() -> None:
    for given in answers():
        answered = judged(given, 1.0)
        expected = "uncertain_code" if answered.confidence < 0.9 else "uncertain_reading"
        assert [r for r in answered.reasons if r in UNSURE] == [expected]


def test_confidence_is_a_probability_and_alternatives_are_the_next_codes_best_first() -> None:
    for given in answers():
        answered = judged(given)
        assert 0.0 <= answered.confidence <= 1.0
        chances = [p for _, p in answered.alternatives]
        assert chances == sorted(chances, reverse=True)
        assert len(chances) <= 3
        assert answered.code not in [code for code, _ in answered.alternatives]


def test_a_model_that_was_not_calibrated_says_what_its_scores_say() -> None:
    raw = replace(model(), confidence=no_trees(), settle=no_trees())
    for given in clearly_described():
        answered = judge(raw, answered_of(whole(given.predicted), given.found))
        assert answered.confidence == given.found.probabilities[0][1]
        assert any(r in UNSURE for r in answered.reasons) is (answered.confidence < raw.thresholds["settle"])


def test_signs_are_numbers_by_name_and_hold_no_word_of_the_note() -> None:
    for given in answers():
        told = signs(whole(given.predicted), given.found, thin=False)
        assert len(told) == len(SIGNS)
        assert all(math.isfinite(number) for number in told)
    [one] = predict(model(), [CLEAR])
    [two] = predict(model(), [CLEAR.replace("Ther Ex", "THER EX")])
    assert signs(whole(one), one.services[0], thin=False) == signs(whole(two), two.services[0], thin=False)


@pytest.mark.parametrize(
    "words",
    [
        "hot pack 10 min with manual therapy glides 15 min",
        "hot pack 15 min and joint glides 10 min",
        "bike 8 min, rows 3x10 and calf massage 22 min",
    ],
)
def test_a_second_time_in_a_service_that_nobody_took_settles_nothing(words: str) -> None:
    assert second_time(words, "97010" if words.startswith("hot") else "97110")


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("rows 3x10, 25 min, bike 8 min", "97110"),
        ("hot pack 10 min, skin checked at 5 min", "97010"),
        ("brace fitted 15 min, worn 30 min, skin clear", "97760"),
        ("memory drill 15 min, recall after a 20 minute delay", "97129"),
        ("walked 10 min, 40' x3", "97116"),
    ],
)
def test_a_dose_or_a_time_of_something_else_leaves_a_service_settled(words: str, code: str) -> None:
    assert not second_time(words, code)


def second_time(words: str, code: str) -> bool:
    """Whether a service with these words, which took the first time in them, holds another that may be a service's own."""
    reading = read(words)
    first = reading.times[0]
    minutes = Minutes(first.minutes, first.start, first.end, 0.9)
    found = Found(0, len(words), (0, 1), None, None, [(code, 1.0)], [(code, 1.0)], minutes, 1.0, 1.0)
    predicted = Predicted(reading, find_totals(reading), [found], np.zeros((0, 0), dtype=np.float32), [], "unstated")
    return answered_of(whole(predicted), found).second_time


@pytest.mark.parametrize(
    "words",
    [
        "Functional gait: carrying 2 grocery bags 10# ea 150 ft, stepping up curb, loading bags in car trunk, cues for obstacles",
        "Gait w grocery bags 100 ft, stepping over curb to car trunk, CGA",
        "Gait training 200 ft while carrying laundry basket to washer, CGA",
        "Gait with RW, carried a tray from counter to table, cues",
        "Gait 150 ft, unloading groceries from the car, cues",
    ],
)
def test_gait_on_which_goods_are_carried_is_for_a_person(words: str) -> None:
    assert coded_as(words, "97116").task_walked
    assert not coded_as(words, "97530").task_walked


@pytest.mark.parametrize(
    "words",
    [
        "Gait 4 x 60 ft with SPC, through doorway, turning round the laundry basket",
        "Walking the corridor with even steps, a laundry basket left behind, drilling heel contact",
        "Gait in the bars with prosthesis, cues for toe load and upright trunk",
        "Gait 200 ft with RW, weight shift onto loading leg, cues for heel strike",
        "Slope of the loading dock up and down with cane",
    ],
)
def test_walking_that_is_drilled_may_be_settled(words: str) -> None:
    assert not coded_as(words, "97116").task_walked


@pytest.mark.parametrize(
    ("words", "code", "answer"),
    [
        ("patella mobs gr III, then clams 3x10 and bridges", "97110", True),
        ("paraffin first, then soft tissue mobilization of the palm", "97018", True),
        ("clams 3x10, bridges, straight leg raises", "97110", False),
        ("she drove the new chair through two doors and backed out", "97530", True),
        ("from the chair to the bed with a board, drove nowhere", "97530", False),
        ("self-propelled her wheelchair up the ramp", "97542", False),
        ("patella mobs gr III, scar massage", "97140", False),
        ("mobilised to the chair with one assist, x3", "97530", False),
    ],
)
def test_hands_on_treatment_told_within_another_service_is_for_a_person(words: str, code: str, answer: bool) -> None:
    assert coded_as(words, code).two_kinds is answer


def coded_as(words: str, code: str) -> Answered:
    reading = read(words)
    found = Found(
        0, len(words), (0, 1), None, None, [(code, 1.0)], [(code, 1.0)], Minutes(20, None, None, 1.0), 1.0, 1.0
    )
    predicted = Predicted(reading, find_totals(reading), [found], np.zeros((0, 0), dtype=np.float32), [], "unstated")
    return answered_of(whole(predicted), found)
