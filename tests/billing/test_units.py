"""Units: the worked cases, the manual's examples, a brute-force reading of the rule, and what is refused."""

from __future__ import annotations

import subprocess
import sys
from types import ModuleType
from typing import Any

import pytest
from billing_cases import as_set, manual_examples, unit_cases
from brute_force import lawful_cms, units_of_chart
from hypothesis import given
from hypothesis import strategies as st

from rehabcoder.billing.codes import CODES, TIMED
from rehabcoder.billing.units import allocate, units_of_total
from rehabcoder.errors import UsageError

POOL = st.dictionaries(st.sampled_from(sorted(TIMED)), st.integers(0, 70), max_size=8)
ANY = st.dictionaries(st.sampled_from(sorted(CODES)), st.integers(0, 70), max_size=8)


@pytest.mark.parametrize("case", unit_cases(), ids=lambda case: case["id"])
def test_worked_cases(case: dict[str, Any]) -> None:
    found = allocate(case["minutes"], rule=case["rule"])
    assert as_set(found.accepted) == as_set(case["accepted"])
    assert found.untimed == case["untimed"]
    assert found.units in case["accepted"]


@pytest.mark.parametrize("example", manual_examples(), ids=lambda example: example["id"])
def test_examples_of_the_claims_processing_manual(example: dict[str, Any]) -> None:
    found = allocate(example["minutes"])
    assert found.timed_minutes == example["total_timed_minutes"]
    assert found.total == example["total_units"]
    assert as_set(found.accepted) == as_set([example["units"], *example["alternatives"]])


@given(POOL)
def test_cms_accepts_what_the_rule_allows_and_nothing_else(minutes: dict[str, int]) -> None:
    assert as_set(allocate(minutes).accepted) == as_set(lawful_cms(minutes))


@given(ANY)
def test_the_engine_agrees_with_the_reference(units_ref: ModuleType, minutes: dict[str, int]) -> None:
    assert as_set(allocate(minutes).accepted) == as_set(units_ref.cms(minutes))
    assert allocate(minutes, rule="midpoint").units == units_ref.midpoint(minutes)


@given(POOL, st.sampled_from(["most_minutes", "unbilled_first", "lowest_code"]))
def test_the_chosen_allocation_is_accepted_and_its_total_the_chart_s(minutes: dict[str, int], tie: Any) -> None:
    found = allocate(minutes, tie=tie)
    assert found.accepted[0] == found.units
    assert found.accepts(found.units)
    assert sum(found.units.values()) == found.total == units_of_chart(sum(minutes.values()))
    assert len(as_set(found.accepted)) == found.ways


@given(POOL)
def test_the_other_units_of_a_code_are_those_of_the_other_allocations(minutes: dict[str, int]) -> None:
    found = allocate(minutes)
    accepted = found.first_accepted(200)
    for code in {code for units in accepted for code in units}:
        other = found.other_units(code, found.units.get(code, 0))
        given_it = {units.get(code, 0) for units in accepted}
        assert given_it <= {found.units.get(code, 0), other} if other is not None else len(given_it) == 1
        assert found.ways > 200 or other is None or other in given_it


@given(POOL, st.data())
def test_accepts_is_membership_without_enumeration(minutes: dict[str, int], data: st.DataObject) -> None:
    found = allocate(minutes)
    said = data.draw(st.dictionaries(st.sampled_from([*minutes, "97110"]), st.integers(0, 5)))
    assert found.accepts(said) == (as_set([said]) <= as_set(found.accepted))


@given(POOL, st.dictionaries(st.sampled_from(sorted(TIMED)), st.integers(0, 5), max_size=5))
def test_nearest_differs_least_of_all_accepted(minutes: dict[str, int], billed: dict[str, int]) -> None:
    def distance(units: dict[str, int]) -> int:
        merged = [{FIRST.get(c, c): 0 for c in {*units, *billed}} for _ in range(2)]
        for into, source in zip(merged, (units, billed), strict=True):
            for code, n in source.items():
                into[FIRST.get(code, code)] += n
        return sum(abs(merged[0][code] - merged[1][code]) for code in merged[0])

    found = allocate(minutes)
    assert distance(found.nearest(billed)) == min(map(distance, found.accepted))


FIRST = {"97130": "97129", "90913": "90912"}


@pytest.mark.parametrize("total", range(400))
def test_units_of_a_total_follow_the_chart(total: int) -> None:
    assert units_of_total(total) == units_of_chart(total)


@pytest.mark.parametrize(
    ("minutes", "tie", "units"),
    [
        ({"97110": 25, "97140": 15, "97116": 10}, "most_minutes", {"97110": 2, "97140": 1}),
        ({"97110": 25, "97140": 15, "97116": 10}, "unbilled_first", {"97110": 1, "97140": 1, "97116": 1}),
        ({"97530": 20, "97112": 20}, "most_minutes", {"97530": 1, "97112": 2}),
        ({"97530": 38, "97112": 23}, "most_minutes", {"97530": 3, "97112": 1}),
        ({"97530": 38, "97112": 23}, "lowest_code", {"97530": 2, "97112": 2}),
    ],
)
def test_the_tie_policy_picks_one(minutes: dict[str, int], tie: Any, units: dict[str, int]) -> None:
    assert allocate(minutes, tie=tie).units == units


def test_many_equal_services_are_not_enumerated_for_their_count() -> None:
    found = allocate(dict.fromkeys(sorted(TIMED - {"97130", "90913"}), 8))
    assert found.ways > 100_000
    assert len(found.first_accepted(3)) == 3


def test_a_service_without_minutes_is_named_and_earns_nothing() -> None:
    found = allocate({"97110": None, "97530": 15, "97010": None})
    assert (found.units, found.untimed, found.unknown) == ({"97530": 1}, {"97010": 1}, ("97110",))


@pytest.mark.parametrize(
    ("minutes", "says"),
    [
        ({"97110": -1}, "-1"),
        ({"97110": 7.5}, "7.5"),
        ({"97110": True}, "True"),
        ({"97110": "15"}, "'15'"),
        ({"99999": 15}, "99999"),
        ({"97110": 1441}, "1440"),
        ({"97110": 800, "97530": 700}, "1500"),
    ],
)
def test_wrong_minutes_are_refused_with_the_value(minutes: dict[str, Any], says: str) -> None:
    with pytest.raises(UsageError, match=says):
        allocate(minutes)


@pytest.mark.parametrize("wrong", [{"rule": "ama"}, {"tie": "coin"}])
def test_unknown_rules_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(UsageError, match=next(iter(wrong.values()))):
        allocate({"97110": 15}, **wrong)


def test_units_start_without_numpy_spacy_and_scikit_learn() -> None:
    code = (
        "import sys, rehabcoder.billing.pooling, rehabcoder.billing.revenue, rehabcoder.billing.visits\n"
        "import rehabcoder.billing.bulk, rehabcoder.cli\n"
        "heavy = {'numpy', 'spacy', 'sklearn', 'scipy', 'sqlalchemy', 'pyarrow'} & set(sys.modules)\n"
        "assert not heavy, heavy"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
