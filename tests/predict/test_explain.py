"""Explanations: what they say of the words adds up to what the model says of the service, and the words are in the note."""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from predicting import Answer, answer, answers, model

from rehabcoder.note import Service
from rehabcoder.predict.explain import evidence, pulls, rival_of
from rehabcoder.predict.features import described
from rehabcoder.predict.model import Linear, Model
from rehabcoder.predict.reasons import reasons_of

SQUATS = "Ther Ex x 15 min: squats 3x10 with 10 lb for quadriceps strength and stairs with one rail."


def of_words(weights: dict[str, float], bias: tuple[float, float] = (0.0, 0.0)) -> Model:
    """The shipped model with a code model of our own: 97110 by these words, 97530 against them."""
    shipped = model()
    table = np.zeros((shipped.code.weights.shape[0], 2), dtype=np.float32)
    for word, weight in weights.items():
        table[shipped.vocabulary[word]] = weight, -weight
    return replace(shipped, code=Linear(("97110", "97530"), table, np.array(bias, dtype=np.float32)))


def service(given: Answer, code: str) -> Service:
    found = given.found
    return Service(found.start, found.end, given.words, code, found.labelled)


def test_pulls_and_bias_are_the_difference_of_scores_of_every_pair_of_codes() -> None:
    compared, bias = 0, model().code.bias
    for given in answers():
        likely = [(code, p) for code, p in given.found.described if p > 1e-6]
        for code, p in likely:
            for rival, q in likely:
                if code == rival:
                    continue
                pulled = sum(reason.pull for reason in pulls(model(), given.predicted, given.found, code, rival))
                usual = bias[model().code.column(code)] - bias[model().code.column(rival)]
                assert pulled + usual == pytest.approx(math.log(p / q), abs=2e-3)
                compared += 1
    assert compared > 300


def test_pulls_of_two_codes_are_the_opposite_of_each_other() -> None:
    given = answer(SQUATS)
    forth = {r.feature: r.pull for r in pulls(model(), given.predicted, given.found, "97110", "97530")}
    back = {r.feature: -r.pull for r in pulls(model(), given.predicted, given.found, "97530", "97110")}
    assert len(forth) > 20
    assert forth == pytest.approx(back)


def test_pulls_are_sorted_and_each_feature_comes_once() -> None:
    for given in answers():
        found = pulls(model(), given.predicted, given.found, "97110", "97530")
        assert [r.pull for r in found] == sorted((r.pull for r in found), reverse=True)
        assert len({r.feature for r in found}) == len(found)


def test_every_pulling_feature_is_one_of_the_masked_description() -> None:
    for given in answers():
        reading = given.predicted.reading
        pieces = reading.pieces[slice(*given.found.pieces)]
        there = {f for piece in pieces for f in described(reading.masked[piece.start : piece.end])}
        assert {r.feature for r in pulls(model(), given.predicted, given.found, "97110", "97112")} <= there


def test_the_words_of_a_known_model_by_hand() -> None:
    """Two words pull, by 3 and by -1; the length of the description divides both alike."""
    known = of_words({"squats": 1.5, "stairs": -0.5}, bias=(0.25, 0.0))
    given = answer(SQUATS, known)
    found = {r.feature: r.pull for r in pulls(known, given.predicted, given.found, "97110", "97530") if r.pull}
    assert set(found) == {"squats", "stairs"}
    assert found["squats"] == pytest.approx(-3 * found["stairs"])
    reasons = reasons_of(known, given.predicted, given.found, service(given, "97110"))
    chances = dict(given.found.described)
    assert reasons.usual == 0.25
    assert reasons.log_odds == pytest.approx(math.log(chances["97110"] / chances["97530"]), abs=1e-4)


def test_evidence_of_a_known_model_is_the_word_for_the_code_and_the_word_for_its_rival() -> None:
    known = of_words({"squats": 1.5, "stairs": -0.5})
    given = answer(SQUATS, known)
    told = [(e.text, e.code, e.says) for e in evidence(known, given.predicted, given.found, "97110")]
    assert told == [
        ("squats", "97110", "speaks for 97110 over 97530"),
        ("stairs", "97530", "speaks for 97530 over 97110"),
    ]


def test_a_pair_of_words_is_shown_as_it_is_written() -> None:
    known = of_words({"straight leg": 2.0})
    given = answer("Ther Ex x 15 min: STRAIGHT  Leg raise 3x10, clamshells 3x12 for hip strength.", known)
    [told] = evidence(known, given.predicted, given.found, "97110")
    assert told.text == "STRAIGHT  Leg"


def test_words_that_do_not_pull_are_no_evidence() -> None:
    known = of_words({})
    given = answer(SQUATS, known)
    assert evidence(known, given.predicted, given.found, "97110") == []


def test_evidence_lies_in_the_service_apart_from_each_other_and_is_quoted_to_the_letter() -> None:
    told = 0
    for given in answers():
        found = given.found
        places = sorted(evidence(model(), given.predicted, found, found.code), key=lambda e: e.start)
        for one in places:
            assert found.start <= one.start < one.end <= found.end
            assert given.text[one.start : one.end] == one.text
            assert one.text.strip() == one.text != ""
        assert all(one.end <= two.start for one, two in pairwise(places))
        told += bool(places)
    assert told > 0.9 * len(answers())


def test_evidence_never_rests_on_a_code_number_or_on_minutes() -> None:
    """These are masked: the label must not speak for itself."""
    for given in answers():
        masked = given.predicted.reading.masked
        for one in evidence(model(), given.predicted, given.found, given.found.code):
            assert not masked[one.start : one.end].isspace()
    # Labelled with the code itself, so that both are compared with the same rival.
    labelled, unlabelled = answer("97110 " + SQUATS), answer(SQUATS)
    told = [
        [(e.text, e.says) for e in evidence(model(), a.predicted, a.found, "97110")] for a in (labelled, unlabelled)
    ]
    assert told[0] == told[1] != []


def test_each_piece_of_evidence_says_for_which_of_the_two_codes_it_speaks() -> None:
    for given in answers():
        code = given.found.code
        rival = rival_of(model(), given.found, code)
        for one in evidence(model(), given.predicted, given.found, code):
            if given.found.attendance and one.start == given.found.attendance.start:
                assert (one.says, one.code) == ("says that it was not given one-on-one", code)
                continue
            other = {code: rival, rival: code}[str(one.code)]
            assert one.says == f"speaks for {one.code} over {other}"


def test_without_its_strongest_word_the_code_is_less_likely() -> None:
    given = answer(SQUATS)
    strongest = evidence(model(), given.predicted, given.found, "97110")[0]
    weaker = answer(SQUATS[: strongest.start] + SQUATS[strongest.end :])
    before, after = (math.log(dict(a.found.described)["97110"]) for a in (given, weaker))
    assert after < before


def test_a_code_that_the_model_does_not_know_has_no_words() -> None:
    given = answer(SQUATS)
    assert pulls(model(), given.predicted, given.found, "97039", "97110") == []
    assert pulls(model(), given.predicted, given.found, "97110", "97039") == []
    assert evidence(model(), given.predicted, given.found, "97039") == []
    unknown = reasons_of(model(), given.predicted, given.found, service(given, "97039"))
    assert (unknown.words, unknown.log_odds) == ([], 0.0)


def test_reasons_and_evidence_compare_with_the_label_where_it_is_another_code() -> None:
    given = answer("97112 " + SQUATS)
    assert given.found.labelled == "97112"
    assert reasons_of(model(), given.predicted, given.found, service(given, "97110")).against == "97112"
    told = evidence(model(), given.predicted, given.found, "97110")
    assert told[0].says == "speaks for 97110 over 97112"
    assert {e.says for e in told} <= {"speaks for 97110 over 97112", "speaks for 97112 over 97110"}
    runner_up = next(c for c, _ in given.found.described if c != "97112")
    assert reasons_of(model(), given.predicted, given.found, service(given, "97112")).against == runner_up
