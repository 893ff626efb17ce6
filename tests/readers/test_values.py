"""Dates, units and disciplines as exports write them."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rehabcoder.readers.values import counts, discipline, iso_date


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("2024-09-18", "2024-09-18"), ("2024-09-18T10:00:00-05:00", "2024-09-18"), ("2024-9-8 07:30", "2024-09-08"),
        ("09/18/24", "2024-09-18"), ("9/8/2024 10:15 AM", "2024-09-08"), ("18/09/2024", "2024-09-18"),
        ("09-18-2024", "2024-09-18"), ("18.09.2024", "2024-09-18"), ("20240918", "2024-09-18"),
        ("20240918103000.123-0500", "2024-09-18"), ("202409181030", "2024-09-18"), ("Sep 18, 2024", "2024-09-18"),
        ("September 18th 2024", "2024-09-18"), ("18-SEP-2024", "2024-09-18"), ("18 Sept 24", "2024-09-18"),
        (dt.date(2024, 9, 18), "2024-09-18"), (dt.datetime(2024, 9, 18, 23, 59), "2024-09-18"),
        ("02/30/2024", None), ("soon", None), ("", None), (None, None), ("45553", None), ("Foo 18, 2024", None),
    ],
)  # fmt: skip
def test_dates(given: object, expected: str | None) -> None:
    assert iso_date(given) == expected


@given(st.dates(min_value=dt.date(2000, 1, 1), max_value=dt.date(2099, 12, 31)))
def test_american_dates_are_read_back(day: dt.date) -> None:
    for form in ("%m/%d/%Y", "%m/%d/%y", "%Y%m%d", "%d %b %Y", "%B %d, %Y"):
        assert iso_date(day.strftime(form)) == day.isoformat()


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("97110:2;97140:1", {"97110": 2, "97140": 1}), ("97110 x2, 97140 x 1", {"97110": 2, "97140": 1}),
        ("97110-GP (2) | g0283=1 unit", {"97110": 2, "G0283": 1}), ("97110:1;97110:1", {"97110": 2}),
        ('{"97110": 2}', {"97110": 2}), ({"97110": 2.0, "97140": "1"}, {"97110": 2, "97140": 1}),
        ({"97110": " 2.00 ", "97140": "1."}, {"97110": 2, "97140": 1}), ({"97110": "1.50"}, None), ({"97110": "²"}, None),
        ([("97110", 2)], {"97110": 2}), ("97110 15 min", {"97110": 15}), ("97110 x2 97140 x1", {"97110": 2, "97140": 1}),
        ("97110:3; 97140-59:1", {"97110": 3, "97140": 1}), ("97140-59-GP x2", {"97140": 2}),
        ("97110-59 2, 97140-1p 1", {"97110": 2, "97140": 1}), ("97110-GP:1;97110-59-GP:1", {"97110": 2}),
        ({"97110-GP": 2}, {"97110": 2}), ('{"97140-59": 1, "97140": 1}', {"97140": 2}),
        ('{"97110": 1, "97110": 2}', {"97110": 3}), ("{}", {}), ('{"97110": {}}', None),
        ([("97110", 1), ("97110", 1)], {"97110": 2}), ([("97110 gp", 1), ("97110-59", 2)], {"97110": 3}),
        ("97110-15", None), ("97110-15 min", None), ("97110-15 97140-10", None), ("97110-159:1", None),
        ("3", None), ("97110", None), ("97110 97140", None), ("97110:2 and more", None), ("{broken", None),
        ({"97110": -1}, None), ({"97110": 1.5}, None), ({"97110": True}, None), (3, None), ("97110:2;97140:?", None),
    ],
)  # fmt: skip
def test_counts(given: object, expected: dict[str, int] | None) -> None:
    assert counts(given) == expected


def test_disciplines() -> None:
    assert [discipline(d) for d in ("Physical Therapy", "ot", "Speech", "Nursing")] == ["PT", "OT", "SLP", "Nursing"]
    assert [discipline(d) for d in ("Speech Therapist", "PTA", "PT/OT")] == ["SLP", "PT", "PT/OT"]
