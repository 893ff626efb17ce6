"""The ledger: every unit has its entry, every minute is accounted for once, words agree with the arithmetic."""

from __future__ import annotations

from typing import Any

import pytest
from billing_cases import service
from hypothesis import given
from hypothesis import strategies as st

from rehabcoder.billing.claim import claim_ledger
from rehabcoder.billing.codes import FIRST_OF, TIMED
from rehabcoder.billing.policies import load_policy
from rehabcoder.billing.units import allocate

POOL = st.dictionaries(st.sampled_from(sorted(TIMED)), st.integers(0, 70), max_size=7)


@given(POOL, st.sampled_from(["cms", "midpoint"]))
def test_entries_add_up_to_the_units_and_to_the_minutes(minutes: dict[str, int], rule: Any) -> None:
    found = allocate(minutes, rule=rule)
    entries = found.ledger.entries
    units: dict[str, int] = {}
    spent: dict[str, int] = {}
    for entry in entries:
        first = FIRST_OF.get(entry.code, entry.code)
        spent[first] = spent.get(first, 0) + (entry.minutes or 0)
        if entry.unit is not None:
            units[entry.code] = units.get(entry.code, 0) + 1
    assert units == found.units
    assert spent == found.pool


@pytest.mark.parametrize(
    ("minutes", "rule", "lines"),
    [
        (
            {"97112": 24, "97110": 23},
            "cms",
            [
                "47 timed minutes earn 3 units, as 38 to 52 minutes do.",
                "97112, unit 1: 15 of its 24 minutes, a whole block.",
                "97110, unit 1: 15 of its 23 minutes, a whole block.",
                "97112, unit 2: 9 leftover minutes, more than the rest (97110 has 8).",
                "97110: 8 leftover minutes without a unit of its own: the total allows no more, and they stay in the "
                "total.",
            ],
        ),
        (
            {"97110": 7},
            "cms",
            [
                "7 timed minutes earn no unit: the first takes 8.",
                "97110: 7 minutes, under the 8 that earn a first unit.",
            ],
        ),
        (
            {"97530": 23, "G0283": 15},
            "midpoint",
            [
                "Each code counts by itself: 2 units from 23 timed minutes.",
                "97530, unit 1: 15 of its 23 minutes, a whole block.",
                "97530, unit 2: 8 of its 23 minutes, more than half of a block of 15.",
                "G0283: untimed, one unit a day whatever the minutes.",
            ],
        ),
        ({}, "cms", ["No timed minutes, so no timed units."]),
    ],
)
def test_the_arithmetic_in_words(minutes: dict[str, int], rule: Any, lines: list[str]) -> None:
    assert allocate(minutes, rule=rule).ledger.lines() == lines


def test_a_tie_names_the_rival_and_the_policy() -> None:
    lines = allocate({"97530": 20, "97112": 20}).ledger.lines()
    assert any("97112, unit 2" in line and "as many as 97530" in line and "lower number" in line for line in lines)
    assert any(line.startswith("97530:") and "right too" in line for line in lines)


def test_units_are_traced_to_the_words_that_give_the_minutes() -> None:
    services = [service("97112", 24, at=100), service("97110", 10, at=200), service("97110", 13, at=300)]
    entries = claim_ledger(services, load_policy()).entries
    by_unit = {(e.code, e.unit): [(p.minutes, p.start, p.end) for p in e.pieces] for e in entries}
    assert by_unit[("97112", 1)] == [(15, 100, 102)]
    assert by_unit[("97112", 2)] == [(9, 100, 102)]
    assert by_unit[("97110", 1)] == [(10, 200, 202), (5, 300, 302)]
    assert by_unit[("97110", None)] == [(8, 300, 302)]


def test_the_ledger_of_a_claim_honours_what_the_payer_never_pays() -> None:
    entries = claim_ledger([service("97010", 10)], load_policy("medicare-part-b")).entries
    assert [(e.code, e.unit) for e in entries] == [("97010", None)]
    assert "bundles" in entries[0].why
    assert [e.unit for e in claim_ledger([service("97010", 10)], load_policy("commercial-midpoint")).entries] == [1]
