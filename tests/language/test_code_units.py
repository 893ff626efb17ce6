"""Minutes that only say what one unit of a code is."""

from __future__ import annotations

import pytest

from rehabcoder.language.code_units import units_of_codes
from rehabcoder.language.labels import find_labels
from rehabcoder.language.reading import read
from rehabcoder.language.text import shadow
from rehabcoder.language.times import find_times


def minutes(text: str) -> list[int]:
    return [mention.minutes for mention in read(text).times]


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("97110 THER EX EA 15 MIN (22)", [22]),
        ("97535 self care each 15 minutes: 24 min", [24]),
        ("97140 MANUAL THERAPY PER 15 MIN  2 UNITS  26 MIN", [26]),
        ("97112 Neuro re-ed, ea. 15 min - 18 min", [18]),
        ("97116 GAIT TRAINING (EVERY 15 MIN)\nMinutes 14\nRW 80 ft", [14]),
        ("Ther Ex (each 15 min) 20 min", [20]),
        ("Procedure: Manual Therapy ea 15' 12'", [12]),
        ("97530 ther act, 1 or more areas, each 15 min", []),
        ("97129 COGNITIVE TRAINING INITIAL 15 MIN (15)", [15]),
        ("97129/97130 cognitive training (init 15 min, ea addl 15 min) 31 min", [31]),
        ("97110 THER EX EA 15 MIN 21 min. 97530 THER ACT EA 15 MIN 9 min.", [21, 9]),
        # Behind several names, behind what was done, and where it is another number, it is a time.
        ("TE, TA and NMR each 15 min", [15, 15, 15]),
        ("97110, 97140 each 15 min", [15, 15]),
        ("97140 to the neck, 97110 each 15 min", [15]),
        ("rows, clams x 15 min each", [15]),
        ("Ther ex: march, heel raise x15 each 15 min", [15]),
        ("Ther Ex both legs, each 15 min", [15]),
        ("97110 ther ex each 12 min", [12]),
        ("manual, initial 15 min", [15]),
    ],
)
def test_what_a_code_says_of_its_unit_is_no_time(text, answer):
    assert set(minutes(text)) == set(answer)


@pytest.mark.parametrize("text", ["97110 ea 15 min ", "each 15 min ", "97110 " + "a" * 50 + " each 15 min"])
def test_a_long_line_of_them(text):
    low = shadow(text * 2000)
    assert len(units_of_codes(low, find_labels(low, low), find_times(low))) <= 2000
