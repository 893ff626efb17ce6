"""Claim lines: one a code, minutes and units as the contract of a coded note has them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from billing_cases import service
from hypothesis import given
from hypothesis import strategies as st

from rehabcoder.billing.claim import (
    claim_allocation,
    claim_and_allocation,
    claim_ledger,
    claim_lines,
    other_units,
    primary_code,
)
from rehabcoder.billing.codes import CODES, FIRST_OF
from rehabcoder.billing.policies import CodeTerms, load_policy
from rehabcoder.note import Service

SERVICES = st.lists(
    st.builds(service, st.sampled_from([*CODES, "none"]), st.one_of(st.none(), st.integers(0, 60))), max_size=8
)


def lines_of(services: list[Service], policy: str = "medicare-part-b", stated: int | None = None) -> Any:
    lines, found = claim_lines(services, load_policy(policy), stated_timed=stated)
    return {line.code: (line.minutes, line.units) for line in lines}, (found.timed_minutes, found.units)


def test_minutes_of_one_code_are_added_up_and_none_makes_no_line() -> None:
    services = [service("97110", 10), service("none", 20), service("97112", 24), service("97110", 13)]
    assert lines_of(services) == ({"97110": (23, 1), "97112": (24, 2)}, (47, 3))


def test_the_payer_s_rule_decides() -> None:
    services = [service("97112", 20), service("97110", 20)]
    assert lines_of(services)[1] == (40, 3)
    assert lines_of(services, "commercial-midpoint")[1] == (40, 2)


def test_untimed_lines_hold_units_and_no_minutes() -> None:
    assert lines_of([service("97012", 15), service("97161", 40)])[0] == {"97012": (None, 1), "97161": (None, 1)}


def test_packs_and_stimulation_as_each_payer_has_them() -> None:
    services = [service("97010", 10), service("97014", 15)]
    assert lines_of(services)[0] == {"97010": (None, 0), "G0283": (None, 1)}
    assert lines_of(services, "commercial-midpoint")[0] == {"97010": (None, 1), "97014": (None, 1)}


def test_a_service_on_two_codes() -> None:
    services = [service("97129", 15), service("97130", 25)]
    assert lines_of(services)[0] == {"97129": (15, 1), "97130": (25, 2)}
    assert lines_of([service("97130", 20)])[0] == {"97129": (20, 1)}


def test_both_null_only_where_no_minutes_of_the_code_are_known() -> None:
    services = [service("97110", None), service("97110", 20), service("97530", None)]
    lines, found = lines_of(services)
    assert lines == {"97110": (20, 1), "97530": (None, None)}
    assert found == (20, None)  # one unit is the least it can be


def test_a_total_without_a_split_gives_units_and_says_so() -> None:
    services = [service("97110"), service("97530")]
    lines, found = claim_lines(services, load_policy(), stated_timed=45)
    assert (found.timed_minutes, found.units) == (None, 3)
    assert all((line.minutes, line.units) == (None, None) for line in lines)
    assert all("llocation not determined" in line.why and "3 units" in line.why for line in lines)


def test_a_total_fixes_the_units_where_one_service_has_minutes_and_another_none() -> None:
    lines, found = claim_lines([service("97112", 15), service("97530")], load_policy(), stated_timed=45)
    assert [(line.units, found.units) for line in lines] == [(1, 3), (None, 3)]
    assert "30 of them not given to a service" in lines[1].why


def test_under_the_midpoint_rule_a_total_settles_one_code_only() -> None:
    policy = load_policy("commercial-midpoint")
    assert claim_lines([service("97110"), service("97530")], policy, stated_timed=45)[1].units is None
    assert claim_lines([service("97110")], policy, stated_timed=45)[1].units == 3


def test_a_payer_that_asks_for_minutes_by_service_is_named() -> None:
    def why(policy: str) -> str:
        return claim_lines([service("97110")], load_policy(policy), stated_timed=45)[0][0].why

    assert "asks for the minutes of each service" in why("chiropractic-network")
    assert "asks for" not in why("medicare-part-b")


def test_no_minutes_and_no_total() -> None:
    lines, found = claim_lines([service("97110")], load_policy())
    assert found.units is None
    assert "not determined" in lines[0].why


def test_a_network_that_takes_nothing_under_eight_minutes() -> None:
    services = [service("97110", 7), service("97140", 7), service("97530", 9)]
    assert lines_of(services)[1] == (23, 2)
    assert lines_of(services, "chiropractic-network") == (
        {"97110": (7, 0), "97140": (7, 0), "97530": (9, 1)},
        (9, 1),
    )
    assert lines_of([service("97110", 8)], "chiropractic-network")[0] == {"97110": (8, 1)}


def test_a_service_too_short_for_the_payer_is_no_part_of_a_stated_total() -> None:
    services = [service("97110", 5), service("97140")]
    assert lines_of(services, "chiropractic-network", stated=25) == (
        {"97110": (5, 0), "97140": (None, None)},
        (0, 1),  # 20 of the 25 minutes
    )
    assert lines_of(services, stated=25)[1] == (5, 2)
    assert lines_of(services, "chiropractic-network", stated=5)[1] == (0, None)


def test_a_service_of_which_minutes_are_missing_is_not_known_to_be_too_short() -> None:
    services = [service("97110", 5), service("97110")]
    assert lines_of(services, "chiropractic-network", stated=25) == ({"97110": (5, 0)}, (5, 2))


CAPPED = replace(load_policy(), codes={"97035": CodeTerms(0, why="never apart"), "97110": CodeTerms(2)})


def test_a_payer_s_most_units_hold_for_timed_codes_as_well() -> None:
    services = [service("97110", 45), service("97035", 10)]
    lines, found = claim_lines(services, CAPPED)
    assert [(line.code, line.minutes, line.units) for line in lines] == [("97110", 45, 2), ("97035", 10, 0)]
    assert [line.why for line in lines] == ["Medicare Part B allows 2 units of it.", "never apart."]
    assert found.units == 2
    assert [(e.code, e.unit) for e in claim_ledger(services, CAPPED).entries] == [
        ("97110", 1), ("97110", 2), ("97110", None), ("97035", None)
    ]  # fmt: skip


def test_a_payer_s_most_units_of_a_further_code_count_on_its_own_line() -> None:
    capped, services = replace(load_policy(), codes={"97130": CodeTerms(1)}), [service("97129", 45)]
    lines, found = claim_lines(services, capped)
    assert [(line.code, line.units) for line in lines] == [("97129", 1), ("97130", 1)]
    assert found.units == 2
    assert [e.unit for e in claim_ledger(services, capped).entries] == [1, 2, None]


def test_a_stated_total_settles_no_more_units_than_the_payer_takes() -> None:
    assert claim_lines([service("97110")], CAPPED, stated_timed=60)[1].units == 2
    lines, found = claim_lines([service("97110"), service("97140")], CAPPED, stated_timed=60)
    assert found.units is None
    assert "takes only so many units of single codes" in lines[0].why


def test_units_that_the_payer_does_not_take_are_no_other_side_of_a_tie() -> None:
    services = [service("97110", 35), service("97140", 20)]  # 2 and 2, or 3 and 1
    (exercise, _), _, allocation = claim_and_allocation(services, load_policy())
    assert (exercise.units, other_units("97110", 3, allocation, load_policy())) == (3, 2)
    (exercise, _), _, allocation = claim_and_allocation(services, CAPPED)
    assert (exercise.units, other_units("97110", 2, allocation, CAPPED)) == (2, None)


def test_codes_with_other_blocks() -> None:
    assert lines_of([service("96125", 31), service("97545", 151)])[0] == {
        "96125": (None, 1),
        "97545": (None, 1),
        "97546": (None, 1),
    }
    assert lines_of([service("96125", 30)])[0] == {"96125": (None, 0)}
    assert lines_of([service("96125")])[0] == {"96125": (None, None)}


def test_misread_minutes_of_more_than_a_day_do_not_fail_the_note() -> None:
    assert lines_of([service("97110", 5000)])[0] == {"97110": (None, None)}


@pytest.mark.parametrize("policy", ["medicare-part-b", "commercial-midpoint", "chiropractic-network"])
@given(services=SERVICES, stated=st.one_of(st.none(), st.integers(1, 200)))
def test_lines_hold_to_the_contract(policy: str, services: list[Service], stated: int | None) -> None:
    rules = load_policy(policy)
    lines, found = claim_lines(services, rules, stated_timed=stated)
    assert len({line.code for line in lines}) == len(lines)
    timed = [line for line in lines if CODES[line.code].timed]
    assert all(line.minutes is None for line in lines if not CODES[line.code].timed)
    assert all((line.minutes is None) == (line.units is None) for line in timed)
    given = sum(s.minutes or 0 for s in services if s.code in CODES and CODES[s.code].timed)
    assert sum(line.minutes or 0 for line in timed) == given
    assert (found.timed_minutes or 0) == given - sum(line.minutes or 0 for line in timed if "takes no" in line.why)
    if all(s.minutes is not None for s in services if s.code in CODES):
        assert sum(line.units or 0 for line in timed) == found.units
        assert claim_allocation(services, rules).accepts({line.code: line.units or 0 for line in timed})
    assert all(line.why for line in lines)


def test_primary_code_is_the_timed_code_with_most_minutes() -> None:
    def primary(*services: Service) -> str | None:
        return primary_code(claim_lines(services, load_policy())[0])

    assert primary(service("97530", 15), service("97110", 20)) == "97110"
    assert primary(service("97530", 15), service("97110", 15)) == "97110"
    assert primary(service("97129", 40), service("97110", 30)) == "97129"
    assert primary(service("97010", 30)) is None
    assert primary(service("97110")) is None


def test_every_further_code_knows_its_first() -> None:
    assert FIRST_OF["97130"] == "97129"
    assert FIRST_OF["90913"] == "90912"
    assert all(first in CODES for first in FIRST_OF.values())
