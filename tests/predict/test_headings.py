"""A heading in capitals above further lines is no service, whatever the model makes of its one word."""

import pytest

from rehabcoder.language.reading import read
from rehabcoder.predict.deciding import _heads_lines


@pytest.mark.parametrize(
    ("text", "heading"),
    [
        ("KITCHEN\nSelf care 25 min: soup from a recipe", True),
        ("PAST HISTORY:\nALS for 14 months", True),
        ("Kitchen\nSelf care 25 min", False),
        ("ROWS 3X10\nSore after", False),
        ("BRIDGES", False),
        ("SI\nSwing and tunnel", False),
    ],
)
def test_a_line_that_only_heads_others(text: str, heading: bool) -> None:
    assert _heads_lines(read(text), 0, 1) is heading
