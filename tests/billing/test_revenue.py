"""Claim against note: both directions, by line, note, clinician and clinic, and the 60-day list."""

from __future__ import annotations

from collections.abc import Callable
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
from rehabcoder.billing.policies import CodeTerms, load_policy
from rehabcoder.billing.revenue import (
    Difference,
    by_clinic,
    by_clinician,
    compare_billed,
    compare_lines,
    overpayments,
    roll_up,
)
from rehabcoder.errors import UsageError
from rehabcoder.note import CodedNote, Note, Service

Make = Callable[..., tuple[Note, CodedNote]]
POLICY = replace(load_policy(), fees={"97110": Decimal("30.50"), "97530": Decimal("36.00"), "97112": Decimal("33.00")})


def coded(services: list[Service], stated: int | None = None) -> CodedNote:
    lines, totals = claim_lines(services, POLICY, stated_timed=stated)
    return CodedNote("n1", interventions=services, lines=lines, totals=totals)


def compare(services: list[Service], billed: dict[str, int], stated: int | None = None) -> Difference:
    found = compare_billed(coded(services, stated), billed, policy=POLICY)
    assert found is not None
    return found


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
    lines, totals, allocation = claim_and_allocation([service("97110", 45)], policy)
    found = compare_lines(lines, allocation, {"97110": 3}, whole=totals.units, policy=policy, name="n")
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
    services, policy = [service("97110", 20), service("97140")], load_policy("commercial-midpoint")
    lines, totals, allocation = claim_and_allocation(services, policy)
    found = compare_lines(lines, allocation, {"97110": 2}, whole=totals.units, policy=policy, name="n")
    assert (found.over, found.under) == (1, 0)


def test_a_stated_total_settles_the_units_of_all_timed_codes_together() -> None:
    services = [service("97110"), service("97530"), service("97012", 10)]
    assert by_code(compare(services, {"97110": 2, "97530": 2, "97012": 1}, stated=45)) == {
        "timed": (1, 0),
        "97012": (0, 0),
    }
    assert by_code(compare(services, {"97110": 2, "97530": 1}, stated=45)) == {"timed": (0, 0), "97012": (0, 1)}


def test_a_failed_note_and_a_note_without_a_bill_have_no_difference() -> None:
    assert compare_billed(CodedNote("n", status="failed"), {"97110": 1}, policy=POLICY) is None
    assert compare_billed(coded([service("97110", 15)]), policy=POLICY) is None


def test_units_that_the_note_states_are_used_without_a_column() -> None:
    answer = coded([service("97110", 15)])
    answer.totals.billed_units = {"97110": 2}
    found = compare_billed(answer, policy=POLICY)
    assert found is not None
    assert found.over == 1


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
    answer = coded([service(code, value) for code, value in minutes.items()])
    found = compare_billed(answer, billed, policy=POLICY)
    assert found is not None
    assert sum(billed.values()) - found.over + found.under == sum(line.units or 0 for line in answer.lines)
    assert all(line.over == 0 or line.under == 0 for line in found.lines)


@given(MINUTES)
def test_a_bill_that_follows_the_note_has_no_difference(minutes: dict[str, int]) -> None:
    answer = coded([service(code, value) for code, value in minutes.items()])
    found = compare_billed(answer, {line.code: line.units or 0 for line in answer.lines}, policy=POLICY)
    assert found is not None
    assert (found.over, found.under) == (0, 0)


def test_by_clinician_and_by_clinic(coded_visit: Make) -> None:
    pairs = []
    for name, clinician, clinic, units in (("a", "K", "North", 3), ("b", "L", "North", 1), ("c", "K", None, 0)):
        note, answer = coded_visit(name, [service("97110", 15)], clinician=clinician, clinic=clinic)
        found = compare_billed(answer, {"97110": units}, policy=POLICY)
        assert found is not None
        pairs.append((note, found))
    clinicians = [(d.name, d.notes, d.over, d.under) for d in by_clinician(pairs)]
    assert clinicians == [("K", 2, 2, 1), ("L", 1, 0, 0)]
    clinics = [(d.name, d.notes, d.over, d.under) for d in by_clinic(pairs)]
    assert clinics == [("North", 2, 2, 0), ("not given", 1, 0, 1)]
    (whole,) = roll_up(("all", found) for _, found in pairs)
    assert (whole.over_amount, whole.under_amount) == (Decimal("61.00"), Decimal("30.50"))


def test_over_payments_found_after_billing_have_a_last_day() -> None:
    over = compare([service("97110", 15)], {"97110": 3})
    under = compare([service("97110", 30)], {"97110": 1})
    unpaid = replace(over, name="n2")
    found = overpayments([over, under, unpaid], found_on=date(2025, 1, 10), paid=lambda name: name != "n2")
    (item,) = [x.to_json() for x in found]
    assert (item["claim"], item["amount"], item["units"]) == ("n1", 61.0, 2)
    assert (item["found_on"], item["report_by"]) == ("2025-01-10", "2025-03-11")
    assert "42 CFR 401.305" in item["source"]
