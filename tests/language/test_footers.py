"""Rows of labels with nothing but their times."""

from __future__ import annotations

import pytest

from rehabcoder.language.footers import Row, timed_labels
from rehabcoder.language.reading import read


def timed(text: str, begin: int = 0) -> Row:
    reading = read(text)
    return timed_labels(reading.low, reading.labels, reading.times, begin)


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("rows and glides\nTE 14   MT 9      36 timed", {"97110", "97140"}),
        ("Minutes: TE 14, NMR 13, MT 9", {"97110", "97112", "97140"}),
        ("rows // TE 14 / MT 9 // 97110-1", {"97110", "97140"}),
        ("Given today. Ther Ex 14 min. Manual therapy 9 min.", {"97110", "97140"}),
        ("2/9  TE 15, GT 15. Tolerated well.", {"97110", "97116"}),
        ("TA 13 + 15   TE 9", {"97530", "97110"}),
        ("Time: manual therapy nine minutes, therapeutic exercise fourteen minutes.", {"97140", "97110"}),
        ("TE 14 rows and presses, MT 9 glides", set()),
        ("seen at home wk 8 ther ex 15 MT 10 glides", set()),
        ("TE 14", set()),
        ("BILLING: 97112 (1) 97116 (1) 97110 (1)", set()),  # units
        ("Timed: TE (14), MT (9)", {"97110", "97140"}),
        ("TE 14\nrows", set()),
    ],
)
def test_the_codes_of_a_row_of_times(text, codes):
    assert read(text).footer_codes == codes


def test_a_label_with_two_times_comes_twice():
    found = timed("TA 13 + 15   TE 9")
    assert [(label.code, time.minutes) for label, time in found] == [("97530", 13), ("97530", 15), ("97110", 9)]


def test_labels_are_read_from_a_place_on():
    text = "TE 14 rows\nMT 9"
    assert [label.code for label, _ in timed(text, text.index("\n"))] == ["97140"]


def test_thousands_of_rows_are_read_in_a_moment():
    assert read("TE 14  MT 9\n" * 3000).footer_codes == {"97110", "97140"}
    assert read("TE 14  MT 9" + " " * 100_000 + "rows").footer_codes == set()
    assert read("TE" + " " * 100_000 + "14").footer_codes == set()
