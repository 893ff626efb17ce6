"""Choosing among the ways to cut a note: the choice is the one of the plain sum of weights, however it is found."""

from __future__ import annotations

from functools import cache
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from predicting import labelled_texts, model

from rehabcoder.language.paths import Span
from rehabcoder.language.segments import Whole, features_of
from rehabcoder.predict.proposing import propose
from rehabcoder.predict.reranking import TAGGER, Weights, choose, keys_of

Way = tuple[float, list[Span]]
TWO = "Ther Ex x 15 min: straight leg raise 3x10. Manual therapy x 10 min: soft tissue mobilization to left calf."


@cache
def wholes() -> list[tuple[Whole, list[Way]]]:
    """Notes with their ways to be cut."""
    out = []
    for p in propose(model(), [*labelled_texts(), TWO]):
        out.append((p.whole(model().kind.classes), p.ways))
    assert sum(len(ways) > 2 for _, ways in out) > 10
    return out


def two() -> Whole:
    return wholes()[-1][0]


def all_features(note: Whole, spans: list[Span]) -> list[str]:
    [keys] = keys_of(note, [spans])
    return [f for key in keys for f in features_of(key)]


def plain_sum(note: Whole, way: Way, best: float, weights: dict[str, float]) -> float:
    return sum(weights.get(f, 0.0) for f in all_features(note, way[1])) + weights.get(TAGGER, 0.0) * (way[0] - best)


@cache
def features() -> list[str]:
    return sorted({f for note, ways in wholes() for _, spans in ways for f in all_features(note, spans)})


@settings(max_examples=80)
@given(number=st.integers(0, 10**6), seed=st.integers(0, 2**32), share=st.floats(0.1, 1))
def test_the_choice_and_its_lead_are_those_of_the_plain_sums(number: int, seed: int, share: float) -> None:

    random = Random(seed)
    several = [(note, ways) for note, ways in wholes() if len(ways) > 1]
    note, ways = several[number % len(several)]
    weights = {f: random.uniform(-3, 3) for f in features() if random.random() < share} | {TAGGER: random.uniform(0, 2)}
    sums = [plain_sum(note, way, ways[0][0], weights) for way in ways]
    best, lead = choose(note, ways, Weights(weights))
    ranked = sorted(sums, reverse=True)
    assert sums[best] == pytest.approx(ranked[0], abs=1e-9)
    assert lead == pytest.approx(ranked[0] - ranked[1], abs=1e-9)


def test_there_is_nothing_to_choose_between_one_way_and_none() -> None:
    note, ways = wholes()[0]
    assert choose(note, ways[:1], Weights({TAGGER: 1.0}))[0] == 0
    assert choose(note, ways, Weights({}))[0] == 0
    lead = choose(note, ways[:1], Weights({TAGGER: 1.0}))[1]
    assert lead > choose(note, ways, Weights({TAGGER: 1.0}))[1]  # nothing beside it: surer than any choice between two


def test_the_tagger_alone_keeps_its_order_and_its_difference() -> None:
    ways: list[Way] = [(4.0, [(0, 1), (1, 2)]), (2.5, [(0, 2)]), (1.0, [])]
    assert choose(two(), ways, Weights({TAGGER: 2.0})) == (0, pytest.approx(3.0))


def test_a_weight_over_the_whole_can_overrule_the_tagger() -> None:
    ways: list[Way] = [(4.0, [(0, 2)]), (3.0, [(0, 1), (1, 2)])]
    assert choose(two(), ways, Weights({TAGGER: 1.0, "n2": 0.5}))[0] == 0
    assert choose(two(), ways, Weights({TAGGER: 1.0, "n2": 1.5})) == (1, pytest.approx(0.5))


def test_two_times_in_one_service_are_seen() -> None:
    assert len(two().first) == 2
    one, both = all_features(two(), [(0, 2)]), all_features(two(), [(0, 1), (1, 2)])
    assert "t2" in one
    assert "t1" not in one
    assert both.count("t1") == 2
    assert "t2" not in both


def test_the_same_services_found_twice_are_no_rival() -> None:
    ways: list[Way] = [(4.0, [(0, 1), (1, 2)]), (4.0, [(0, 1), (1, 2)]), (1.0, [(0, 2)])]
    assert choose(two(), ways, Weights({TAGGER: 1.0}))[1] == pytest.approx(3.0)


def test_two_ways_that_weigh_the_same_leave_no_lead() -> None:
    ways: list[Way] = [(4.0, [(0, 1), (1, 2)]), (4.0, [(0, 2)])]
    assert choose(two(), ways, Weights({TAGGER: 1.0}))[1] == 0.0


def test_every_piece_counts_once_as_part_of_a_service_or_as_a_gap() -> None:
    for note, ways in wholes():
        for _, spans in ways:
            gaps = sum(f.startswith("othin") for f in all_features(note, spans))
            assert gaps == len(note.first) - sum(b - a for a, b in spans)


def test_the_order_of_the_ways_does_not_matter_beyond_the_first() -> None:
    weights = dict(model().reader)
    for note, ways in wholes():
        best, lead = choose(note, ways, Weights(weights))
        turned = [ways[0], *reversed(ways[1:])]
        again, same = choose(note, turned, Weights(weights))
        assert turned[again][1] == ways[best][1]
        assert same == pytest.approx(lead)
