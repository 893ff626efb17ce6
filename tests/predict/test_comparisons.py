"""Figures set beside one another: found by their kinds, wherever a text is cut, and shown where they stand."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from predicting import model

from rehabcoder.language.reading import read
from rehabcoder.predict.comparisons import comparison_place, comparisons
from rehabcoder.predict.rows import TextRows


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("5/10 -> 3/10", {"$change", "$rating"}),
        ("Pain 5→3", {"$change", "$symptom"}),
        ("burn 6 --> to 2", {"$change", "$symptom"}),
        ("dizziness from 6 to 2", {"$from_to", "$symptom", "$against"}),
        ("from a 7 out of 10 down to 4", {"$from_to"}),
        ("back 2 / 10 on leaving", {"$rating"}),
        ("RPE 13", {"$symptom"}),
        ("held 8 of 10, was only 3", {"$against"}),
        ("DHI 34 (48 at eval)", {"$earlier"}),
        ("quad index 84 (was 78 in July)", {"$earlier", "$against"}),
        ("squats 3x10", set()),
        ("sit > stand x 8", set()),
        ("3-5 reps at 10 lb", set()),
        ("BP 120/70", set()),
        ("goals 4/12, 5/11", set()),
        ("from the bed to the chair", set()),
        ("ladder (3 rungs)", set()),
    ],
)
def test_the_kinds_of_comparisons_in_a_text(text: str, kinds: set[str]) -> None:
    assert set(comparisons(read(text).low)) == kinds


def test_a_comparison_is_shown_where_it_stands() -> None:
    low = "squats x10. pain 5/10 -> 3/10 after."
    assert low[slice(*comparison_place(low, "$change", 0, len(low)) or (0, 0))] == "5/10 -> 3/10"
    assert comparison_place(low, "$change", 0, 11) is None


WORDS = "pain|soreness|p!|rpe|5|10|/10|%|x|->|>|-|from|to|was|vs|eval|(|)|."
SAID = st.lists(st.sampled_from([*WORDS.split("|"), "/ 10", " ", "\n"]), max_size=14).map("".join)


@settings(deadline=None)  # the first example loads the model
@given(low=SAID, cuts=st.tuples(st.integers(0, 60), st.integers(0, 60)))
def test_comparisons_of_a_stretch_are_those_found_in_it_alone(low: str, cuts: tuple[int, int]) -> None:
    start, end = sorted(min(cut, len(low)) for cut in cuts)
    assert TextRows(model().words, low).comparisons_of(start, end) == comparisons(low[start:end])
