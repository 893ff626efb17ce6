from __future__ import annotations

import pytest

from rehabcoder.language.labels import find_labels
from rehabcoder.language.spoken_codes import spoken_codes


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("ninety seven one ten", "97110"),
        ("ninety seven one twenty-nine", "97129"),
        ("ninety-seven one-forty two units", "97140"),
        ("nine seven five three oh", "97530"),
        ("nine seven one one two", "97112"),
        ("ninety seven eleven oh", "97110"),
        ("ninety seven five thirty five one unit", "97535"),
        ("ninety seven oh thirty five, eight minutes", "97035"),
        ("ninety seven one thirty one unit", "97130"),
        ("ninety seven seven sixty one unit", "97760"),
        ("ninety seven seven sixty one, one unit", "97761"),
    ],
)
def test_the_number_of_a_code_said_in_words(text, code):
    assert [found for _, _, found in spoken_codes(text)] == [code]


@pytest.mark.parametrize(
    "text", ["pulse ninety seven one time", "heart rate ninety seven, one twelve after", "nine sevens"]
)
def test_other_figures_in_words(text):
    assert spoken_codes(text) == []


def test_it_is_a_label_by_its_number():
    text = "Then cognitive work, ninety seven one twenty nine, and ther ex, ninety seven one ten."
    assert [(label.code, label.number) for label in find_labels(text, text.lower())] == [
        ("97129", True),
        ("97110", False),
        ("97110", True),
    ]
