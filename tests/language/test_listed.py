"""How many services a note lists apart from their descriptions."""

from __future__ import annotations

import pytest

from rehabcoder.language.listed import listed
from rehabcoder.language.reading import read

TOLD = "We walked the hall and turned at the doors, then stood on foam and reached for cones. Tired after.\n"


@pytest.mark.parametrize(
    ("line", "count"),
    [
        ("Minutes: gait training 22, neuro re-ed 24. Total 46.", 2),
        ("MT 15, NMR 12, TA 18, total 45", 3),
        ("Time: paraffin 10 minutes; exercise 16 minutes; orthosis 12 minutes.", 3),
        ("| 97110 | 8 | 1 |\n| 97530 | 20 | 1 |\n| 97140 | 12 | 1 |", 3),
        ("Total treatment 46 min.", 0),
        ("Gait training 22 min.", 0),
        ("", 0),
    ],
)
def test_entries_of_a_line_or_a_table(line: str, count: int) -> None:
    assert listed(read(TOLD + line)) == count
