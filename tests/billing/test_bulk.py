"""The bulk functions give what `allocate` gives, refuse what it refuses, and name the place."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rehabcoder.billing import bulk
from rehabcoder.billing.bulk import allocate_many, units_table
from rehabcoder.billing.codes import CODES, TIMED
from rehabcoder.billing.units import RULES, TIES, allocate
from rehabcoder.errors import UsageError

MINUTES = st.one_of(st.none(), st.integers(0, 70), st.integers(0, 180))
CLAIMS = st.lists(st.dictionaries(st.sampled_from(sorted(CODES)), MINUTES, max_size=7), max_size=12)


@given(CLAIMS, st.sampled_from(RULES), st.sampled_from(TIES))
def test_many_are_allocated_as_one_by_one(claims: list[dict[str, int | None]], rule: Any, tie: Any) -> None:
    one_by_one = [allocate(claim, rule=rule, tie=tie) for claim in claims]
    expected = [found.units | found.untimed for found in one_by_one]
    assert allocate_many(claims, rule=rule, tie=tie) == expected


def test_codes_are_taken_as_they_are_written() -> None:
    claims: list[dict[str, int | None]] = [{"g0283": None, "97110": 20}, {" G0283": None, "97110": 8}]
    assert allocate_many(claims) == [{"G0283": 1, "97110": 1}] * 2


def test_batches_are_joined_in_order(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bulk, "BATCH", 3)
    claims = [{"97110": 15 * n} for n in range(1, 9)]
    assert allocate_many(claims) == [{"97110": n} for n in range(1, 9)]


@given(
    st.lists(st.lists(st.integers(0, 70), min_size=len(TIMED), max_size=len(TIMED)), max_size=6), st.sampled_from(RULES)
)
def test_a_table_keeps_its_columns(rows: list[list[int]], rule: Any) -> None:
    codes = sorted(TIMED)
    table = np.array(rows, dtype=np.int32).reshape(len(rows), len(codes))
    before = table.copy()
    units = units_table(table, codes, rule=rule)
    assert (table == before).all()
    for row, n in zip(rows, units.tolist(), strict=True):
        minutes = dict(zip(codes, row, strict=True))
        if sum(row) <= 1440:
            expected = allocate(minutes, rule=rule).units
            assert {code: k for code, k in zip(codes, n, strict=True) if k} == expected


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"97110": -1}, "claim no. 2: minutes of 97110 are -1"),
        ({"97110": 7.5}, "claim no. 2: minutes of 97110 are 7.5"),
        ({"97110": True}, "claim no. 2: minutes of 97110 are True"),
        ({"97119": 15}, "claim no. 2: '97119' is no code"),
        ({"97110": 1500}, "claim no. 2: the minutes add up to 1500"),
        ({"97110": 800, "97012": 700}, "claim no. 2: the minutes add up to 1500"),
        ({"97110": 2**32 + 15}, "claim no. 2: the minutes add up to 4294967311"),
        ({"97110": 10**30}, "claim no. 2: the minutes add up to 1000"),
    ],
)
def test_a_wrong_claim_is_refused_with_its_place(wrong: dict[str, Any], says: str) -> None:
    with pytest.raises(UsageError, match=says):
        allocate_many([{"97110": 15}, {"97530": 20}, wrong])


@given(st.lists(st.integers(0, 10**9), min_size=3, max_size=3))
def test_minutes_of_years_in_a_table_do_not_overflow(row: list[int]) -> None:
    found = units_table(np.array([row]), ["97110", "97530", "97112"])
    assert found.sum() == (sum(row) + 7) // 15
    assert (found >= np.array(row) // 15).all()


def test_lower_case_codes_are_refused_as_unknown_columns() -> None:
    with pytest.raises(UsageError, match="cannot be a column"):
        units_table(np.zeros((1, 1), dtype=np.int64), ["97012"])
    with pytest.raises(UsageError, match="97129 cannot be a column of its own"):
        units_table(np.zeros((1, 1), dtype=np.int64), ["97129"])
    with pytest.raises(UsageError, match="negative"):
        units_table(np.array([[-1]]), ["97110"])


@pytest.mark.parametrize("wrong", [{"rule": "ama"}, {"tie": "coin"}])
def test_unknown_rules_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(UsageError, match="unit rule"):
        allocate_many([], **wrong)
