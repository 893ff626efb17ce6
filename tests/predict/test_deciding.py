"""Choosing one way to cut a note, given how surely it is one of a session."""

from __future__ import annotations

from dataclasses import replace

import pytest
from predicting import model

from rehabcoder.language.paths import Span
from rehabcoder.predict.deciding import decide
from rehabcoder.predict.predicted import Predicted
from rehabcoder.predict.proposing import propose
from rehabcoder.predict.reranking import TAGGER

TEXT = "Farmer's carry 2 x 24 kg, plank 3 x 45 s for grip and trunk strength, 18 min. Rated it 7/10 hard."


def decided(session: float, *ways: tuple[float, list[Span]]) -> Predicted:
    """What is said of TEXT, were these the tagger's ways to cut it, by nothing but the tagger's own order of them."""
    [proposal] = propose(model(), [TEXT])
    [said] = decide(replace(model(), reader={TAGGER: 1.0}), [replace(proposal, session=session, ways=list(ways))])
    return said


def test_a_note_that_is_surely_of_a_session_is_read_as_holding_a_service_and_left_in_doubt() -> None:
    said = decided(5.0, (4.0, []), (2.0, [(0, 1)]), (1.0, [(0, 2)]))
    assert [TEXT[found.start : found.end] for found in said.services] == [TEXT.split(". ", 1)[0] + "."]
    assert [found.lead for found in said.services] == [0.0]
    assert len(decided(5.0, (40.0, []), (2.0, [(0, 1)])).services) == 1  # however sure the tagger is


@pytest.mark.parametrize("session", [-1.0, 0.0, 2.0])
def test_another_note_may_hold_none(session: float) -> None:
    assert decided(session, (4.0, []), (2.0, [(0, 1)])).services == []


def test_where_no_way_holds_a_service_there_is_none() -> None:
    assert decided(5.0, (4.0, [])).services == []
    assert decided(5.0, (4.0, []), (3.0, [])).services == []


def test_the_best_way_is_taken_where_it_holds_a_service() -> None:
    said = decided(5.0, (4.0, [(0, 2)]), (3.5, []), (2.0, [(0, 1)]))
    assert [(found.pieces, found.lead) for found in said.services] == [((0, 2), pytest.approx(0.5))]
