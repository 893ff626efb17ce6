"""Claim against note: both directions, by line, note, clinician and clinic, and the 60-day list."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from billing_cases import service
from hypothesis import given
from hypothesis import strategies as st

from rehabcoder.billing.claim import claim_and_allocation, claim_lines
from rehabcoder.billing.codes import TIMED
from rehabcoder.billing.policies import CodeTerms, Policy, load_policy
from rehabcoder.billing.revenue import (
    Difference,
    compare_lines,
    overpayments,
    roll_up,
)
from rehabcoder.errors import UsageError
from rehabcoder.note import Service

POLICY = replace(load_policy(), fees={"97110": Decimal("30.50"), "97530": Decimal("36.00"), "97112": Decimal("33.00")})


def compare(
    services: list[Service], billed: dict[str, int], stated: int | None = None, policy: Policy = POLICY
) -> Difference:
    lines, totals, allocation = claim_and_allocation(services, policy, stated_timed=stated)
    return compare_lines(lines, allocation, billed, whole=totals.units, policy=policy, name="n1")


def by_code(found: Difference) -> dict[str, tuple[int, int]]:
    return {line.code: (line.over, line.under) for line in found.lines}


def test_what_was_billed_beyond_the_note() -> None:
    found = compare([service("97110", 15)], {"97110": 3})
    assert by_code(found) == {"97110": (2, 0)}
    assert (found.over_amount, found.under_amount) == (Decimal("61.00"), Decimal(0))


def test_what_the_note_supports_and_was_not_billed() -> None:
    found = compare([service("97110", 15), service("97530", 15)], {"97110": 1})
    assert by_code(found) == {"97110": (0, 0), "97530": (0, 1)}
    assert (found.over_amount, found.under_amount) == (Decimal(0), Decimal("36.00"))


def test_a_wrong_code_shows_in_both_directions_and_is_never_netted() -> None:
    found = compare([service("97110", 30)], {"97530": 2})
    assert by_code(found) == {"97110": (0, 2), "97530": (2, 0)}
    assert (found.over, found.under) == (2, 2)
    assert (found.over_amount, found.under_amount) == (Decimal("72.00"), Decimal("61.00"))
    assert "net" not in found.to_json()


@pytest.mark.parametrize("billed", [{"97112": 2, "97110": 1}, {"97112": 1, "97110": 2}])
def test_either_side_of_a_tie_is_right(billed: dict[str, int]) -> None:
    found = compare([service("97112", 20), service("97110", 20)], billed)
    assert (found.over, found.under) == (0, 0)


def test_97014_on_the_bill_is_g0283_for_medicare() -> None:
    found = compare([service("G0283", 15)], {"97014": 1})
    assert (found.over, found.under) == (0, 0)


def test_a_service_billed_under_both_its_names_is_added_up() -> None:
    found = compare([service("G0283", 15)], {"97014": 1, "G0283": 1})
    assert [(line.code, line.billed, line.over) for line in found.lines] == [("G0283", 2, 1)]


def test_a_bill_is_held_against_the_units_that_the_payer_takes() -> None:
    policy = replace(POLICY, codes={"97110": CodeTerms(2)})
    found = compare([service("97110", 45)], {"97110": 3}, policy=policy)
    assert [(line.supported, line.over) for line in found.lines] == [(2, 1)]


def test_a_pack_billed_to_medicare_is_over() -> None:
    assert by_code(compare([service("97010", 10)], {"97010": 1})) == {"97010": (1, 0)}


def test_an_unknown_fee_leaves_money_unknown_and_units_known() -> None:
    found = compare([service("97140", 15)], {"97140": 3})
    assert (found.over, found.over_amount, found.under_amount) == (2, None, Decimal(0))
    assert found.to_json()["over_amount"] is None


def test_minutes_that_are_missing_are_no_overbilling() -> None:
    found = compare([service("97110")], {"97110": 2})
    assert (found.over, found.under, found.undetermined) == (0, 0, 2)


def test_minutes_that_are_missing_beside_known_ones_are_no_overbilling() -> None:
    found = compare([service("97110", 30), service("97140")], {"97110": 2, "97140": 1})
    assert [(line.code, line.billed, line.supported) for line in found.lines] == [("97110", 2, 2), ("97140", 1, None)]
    assert (found.over, found.under, found.undetermined) == (0, 0, 1)


def test_a_service_of_a_code_without_minutes_leaves_its_units_open() -> None:
    found = compare([service("97110", 30), service("97110")], {"97110": 4})
    assert [(line.code, line.billed, line.supported) for line in found.lines] == [("97110", 4, None)]


def test_a_stated_total_settles_a_code_of_which_one_service_lacks_minutes() -> None:
    found = compare([service("97110", 30), service("97110")], {"97110": 4}, stated=53)
    assert [(line.code, line.billed, line.supported) for line in found.lines] == [("timed", 4, 4)]


@pytest.mark.parametrize(("billed", "over", "under"), [(0, 0, 1), (1, 0, 0), (2, 0, 0), (3, 1, 0)])
def test_leftover_minutes_count_neither_way_while_others_are_missing(billed: int, over: int, under: int) -> None:
    # 97140 of 3 minutes gives 97110 its second unit, one of 14 minutes takes it: 23 and 34 minutes make two.
    found = compare([service("97110", 20), service("97140")], {"97110": billed})
    assert (found.over, found.under) == (over, under)


def test_under_the_midpoint_rule_known_minutes_are_settled_whatever_others_are_missing() -> None:
    found = compare([service("97110", 20), service("97140")], {"97110": 2}, policy=load_policy("commercial-midpoint"))
    assert (found.over, found.under) == (1, 0)


def test_a_stated_total_settles_the_units_of_all_timed_codes_together() -> None:
    services = [service("97110"), service("97530"), service("97012", 10)]
    assert by_code(compare(services, {"97110": 2, "97530": 2, "97012": 1}, stated=45)) == {
        "timed": (1, 0),
        "97012": (0, 0),
    }
    assert by_code(compare(services, {"97110": 2, "97530": 1}, stated=45)) == {"timed": (0, 0), "97012": (0, 1)}


@pytest.mark.parametrize("units", [-1, 1.5, True])
def test_wrong_billed_units_are_refused_with_the_note_s_name(units: Any) -> None:
    with pytest.raises(UsageError, match="n1: billed units of 97110"):
        compare([service("97110", 15)], {"97110": units})


MINUTES = st.dictionaries(st.sampled_from(sorted(TIMED)), st.integers(0, 60), max_size=5)
BILLED = st.dictionaries(st.sampled_from([*sorted(TIMED), "97012"]), st.integers(0, 4), max_size=5)


@given(MINUTES, BILLED)
def test_billed_minus_over_plus_under_is_what_the_note_supports(
    minutes: dict[str, int], billed: dict[str, int]
) -> None:
    services = [service(code, value) for code, value in minutes.items()]
    found = compare(services, billed)
    supported = sum(line.units or 0 for line in claim_lines(services, POLICY)[0])
    assert sum(billed.values()) - found.over + found.under == supported
    assert all(line.over == 0 or line.under == 0 for line in found.lines)


@given(MINUTES)
def test_a_bill_that_follows_the_note_has_no_difference(minutes: dict[str, int]) -> None:
    services = [service(code, value) for code, value in minutes.items()]
    found = compare(services, {line.code: line.units or 0 for line in claim_lines(services, POLICY)[0]})
    assert (found.over, found.under) == (0, 0)


def test_differences_are_added_up_by_name_the_largest_over_billing_first() -> None:
    found = [compare([service("97110", 15)], {"97110": units}) for units in (1, 3, 0)]
    rows = roll_up(zip(("L", "K", "K"), found, strict=True))
    assert [(d.name, d.notes, d.over, d.under) for d in rows] == [("K", 2, 2, 1), ("L", 1, 0, 0)]
    assert (rows[0].over_amount, rows[0].under_amount) == (Decimal("61.00"), Decimal("30.50"))


def test_over_payments_found_after_billing_have_a_last_day() -> None:
    over = compare([service("97110", 15)], {"97110": 3})
    under = compare([service("97110", 30)], {"97110": 1})
    found = overpayments([over, under], found_on=date(2025, 1, 10))
    (item,) = [x.to_json() for x in found]
    assert (item["claim"], item["amount"], item["units"]) == ("n1", 61.0, 2)
    assert (item["found_on"], item["report_by"]) == ("2025-01-10", "2025-03-11")
    assert "42 CFR 401.305" in item["source"]
