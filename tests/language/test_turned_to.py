"""Sentences with which the therapist turned to another service."""

from __future__ import annotations

import pytest

from rehabcoder.language.reading import read
from rehabcoder.language.turned_to import turned_to

CODES = {"press": "97110", "rows": "97110", "glides": "97140", "shelf": "97530", "foam": "97112"}


def turned(text: str) -> tuple[list[str], list[str]]:
    """The pieces that go on with nothing, and those that belong to a service, by a model that knows a few words."""
    reading = read(text)
    said = [text[piece.start : piece.end] for piece in reading.pieces]
    told = [next((code for word, code in CODES.items() if word in piece), None) for piece in said]
    apart, given = turned_to(reading, told, ())
    return [said[k] for k in apart], [said[k] for k in given]


@pytest.mark.parametrize(
    "opening",
    [
        "Next",
        "Next,",
        "Then",
        "Finally,",
        "Lastly",
        "Last,",
        "After that,",
        "After this",
        "Afterwards,",
        "And then",
        "To finish,",
        "In the final block",
        "We moved on to",
        "After the rest",
        "I finished with",
    ],
)
def test_another_kind_of_work_behind_a_turn(opening: str) -> None:
    sentence = f"{opening} cans from the counter to the upper shelf, cue for the hip."
    assert turned(f"He did leg press at 90 lb, three sets of ten. Pain stayed low. {sentence}") == ([sentence], [])


@pytest.mark.parametrize(
    "text",
    [
        "He did leg press at 90 lb. Then rows with a blue band, two sets of ten.",  # the same kind of work
        "He did leg press at 90 lb. Next: cans to the shelf.",  # the plan
        "He did leg press at 90 lb. Next visit cans to the shelf.",
        "He did leg press at 90 lb. Next 2/18, cans to the shelf.",
        "He did leg press at 90 lb. Then he said he was tired.",
        "TherEx 20 min: leg press at 90 lb. Then step downs on foam in the mirror.",  # all that line is one service
        "Cans went to the shelf and then the foam was used.",
    ],
)
def test_what_goes_on(text: str) -> None:
    assert turned(text) == ([], [])


@pytest.mark.parametrize(
    "sentence",
    [
        "After that ten minutes of rows with the blue band.",
        "Then I spent 12 min on rows with the blue band.",
        "Finally, for fifteen minutes, rows with the blue band.",
    ],
)
def test_a_turn_with_a_time_of_its_own_is_a_service(sentence: str) -> None:
    assert turned(f"He did leg press at 90 lb. {sentence} Tired.") == ([sentence], [sentence])


def test_a_time_of_a_part_is_none_of_a_service() -> None:
    assert turned("He did leg press at 90 lb. Then rows, 2 min rest between.") == ([], [])
    assert turned("He did leg press at 90 lb; then rows for 10 min.") == ([], [])
