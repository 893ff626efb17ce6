from __future__ import annotations

import pytest

from rehabcoder.language.evaluations import evaluation_alone
from rehabcoder.language.labels import find_labels
from rehabcoder.language.reading import read
from rehabcoder.language.text import shadow


def alone(text: str) -> list[str]:
    reading = read(text)
    spans = evaluation_alone(reading, [])
    return [text[reading.pieces[a].start : reading.pieces[b - 1].end] for a, b in spans]


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("New patient. Grip 8 kg.\n97165, 45 min\nPlan: twice a week.", ["97165, 45 min"]),
        ("Knee 0-60. Evaluation was of low complexity, 35 minutes.", ["Evaluation was of low complexity, 35 minutes."]),
        (
            "OT evaluation, moderate complexity, fifty minutes.\nGrip 8 kg.",
            ["OT evaluation, moderate complexity, fifty minutes."],
        ),
        ("PT evaluation, low complexity, planned for Friday, 45 min.", []),
        ("Last visit the evaluation, low complexity, took 40 minutes. Did not come today.", []),
        ("PT evaluation, low complexity.", []),
    ],
)
def test_the_evaluation_of_a_note_without_treatment(text: str, answer: list[str]) -> None:
    assert alone(text) == answer


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("The evaluation, low complexity, took 40 minutes. She runs a shop.", "97161"),
        ("The evaluation (moderate complexity) took 40 minutes. She runs a shop.", "97162"),
        ("Evaluation was of high complexity, 60 min, seen by OT.", "97167"),
        ("Occupational therapy. The evaluation, low complexity, took 40 minutes.", "97165"),
        ("PT evaluation of low complexity, 40 minutes; OT to follow.", "97161"),
    ],
)
def test_an_evaluation_named_by_its_complexity_is_that_of_the_discipline(text: str, code: str) -> None:
    assert [label.code for label in find_labels(text, shadow(text))] == [code]
