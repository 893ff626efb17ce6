"""Rows of words: looked up token by token they are those of the features that the words are spelt with."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from predicting import answers, model

from rehabcoder.predict.features import phrases, words
from rehabcoder.predict.rows import TextRows, WordRows

PHRASE = st.lists(
    st.sampled_from(
        ["squats", " ", "x", "15", "3.5", "don't", "'", "quad", "s", "# ", ",", "\n", "\u00e9", "gait", "leg", "press"]
    ),
    max_size=12,
).map("".join)


@given(low=PHRASE, cuts=st.tuples(st.integers(0, 40), st.integers(0, 40)))
def test_rows_of_a_stretch_are_those_of_its_features_wherever_it_is_cut(low: str, cuts: tuple[int, int]) -> None:
    start, end = sorted(min(cut, len(low)) for cut in cuts)
    assert TextRows(model().words, low).of(start, end) == model().ids(words(low[start:end]))


SAID = (
    "between the two|tween|me|b/w|3 of them|3.5|with|w/|&|+|another|mr|pt's|'|/|pts|all four|i led|on|her own|side-by-side"
    "|aide|led by|\u00e9|_| |,|group"
)
COMPANY = st.lists(st.sampled_from(SAID.split("|")), max_size=10).map(" ".join)


@given(low=COMPANY, joined=st.booleans(), cuts=st.tuples(st.integers(0, 90), st.integers(0, 90)))
def test_phrases_of_a_stretch_are_those_found_everywhere_in_it(low: str, joined: bool, cuts: tuple[int, int]) -> None:
    low = low.replace(" ", "") if joined else low
    start, end = sorted(min(cut, len(low)) for cut in cuts)
    assert TextRows(model().words, low).phrases_of(start, end) == phrases(low[start:end])


def test_rows_of_every_piece_of_real_notes_are_those_of_its_features() -> None:
    found = 0
    for reading in {id(answer.predicted): answer.predicted.reading for answer in answers()}.values():
        rows = TextRows(model().words, reading.masked)
        for piece in reading.pieces:
            expected = model().ids(words(reading.masked[piece.start : piece.end]))
            assert rows.of(piece.start, piece.end) == expected
            assert rows.phrases_of(piece.start, piece.end) == phrases(reading.masked[piece.start : piece.end])
            found += len(expected)
    assert found > 1000


def test_a_thousand_figures_hold_no_more_than_their_shapes() -> None:
    words = WordRows(model().vocabulary)
    TextRows(words, " ".join(f"{number}.5 lb" for number in range(100, 1100)))
    figures = [words[f"{number}.5"][0] for number in range(100, 1000)]
    assert all(told is figures[0] for told in figures)
    assert len(words) > 1000 > 10 > len(words.shapes)
