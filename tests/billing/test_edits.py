"""NCCI pairs and unit limits by day of service."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from rehabcoder.billing.checks import check_claim, edit_remarks, therapies
from rehabcoder.billing.codes import CODES
from rehabcoder.billing.edits import edit_between, edits_among, ncci_pairs, source_title, unit_limit
from rehabcoder.billing.finding_terms import billing_findings
from rehabcoder.billing.policies import load_policy
from rehabcoder.note import ClaimLine

IN_2024 = date(2024, 9, 3)


@pytest.mark.parametrize(
    ("a", "b", "day", "verdict", "takes"),
    [
        ("97530", "97537", "2024-09-03", "modifier", "97537"),
        ("97530", "97542", "2024-09-03", "modifier", "97542"),
        ("97530", "97750", "2024-09-03", "modifier", "97750"),
        ("97140", "97124", "2024-09-03", "never_together", None),
        ("97124", "97140", "2024-09-03", "never_together", None),
        ("97113", "97110", "2024-09-03", "modifier", "97110"),
        ("97150", "97530", "2024-09-03", "modifier", "97530"),
        ("97750", "97150", "2024-09-03", "never_together", None),
        ("20561", "20560", "2024-09-03", "never_together", None),
        ("97530", "97116", "2019-12-31", "modifier", "97116"),
        ("97530", "97116", "2020-01-01", "retired", None),
        ("97530", "97116", "2020-10-01", "retired", None),
        ("97140", "97530", "2019-06-01", "modifier", "97530"),
        ("97140", "97530", "2024-09-03", "retired", None),
        ("97530", "97535", "2021-12-31", "modifier", "97535"),
        ("97530", "97535", "2022-01-01", "retired", None),
        ("97161", "97140", "2020-05-01", "retired", None),
        ("97530", "97161", "2020-01-01", "retired", None),
        ("97530", "97110", "1995-05-05", "retired", None),
        ("97530", "97112", "2024-09-03", "retired", None),
        ("97110", "97112", "2024-09-03", "no_edit", None),
        ("97110", "97140", "2024-09-03", "no_edit", None),
        ("97112", "97116", "2024-09-03", "no_edit", None),
        ("97035", "97530", "2024-09-03", "no_edit", None),
    ],
)
def test_what_two_codes_need_on_a_day(a: str, b: str, day: str, verdict: str, takes: str | None) -> None:
    edit = edit_between(a, b, on=date.fromisoformat(day))
    assert (edit.verdict, edit.takes_modifier) == (verdict, takes)
    swapped = edit_between(b, a, on=date.fromisoformat(day))
    assert (swapped.verdict, swapped.takes_modifier) == (verdict, takes)


def test_every_pair_of_the_tables_is_honoured_by_date() -> None:
    pairs = ncci_pairs()
    assert len(pairs) == 399
    in_force = [pair for pair in pairs.values() if pair.last_day is None and not pair.cancelled]
    assert len(in_force) == 357
    for pair in pairs.values():
        now = edit_between(pair.column1, pair.column2, on=IN_2024)
        if pair in in_force:
            assert now.verdict == {0: "never_together", 1: "modifier"}[pair.indicator]
            assert now.takes_modifier == (pair.column2 if pair.indicator else None)
        else:
            assert now.verdict == "retired"
        if pair.last_day is not None:
            on_it = edit_between(pair.column1, pair.column2, on=pair.last_day)
            after = edit_between(pair.column1, pair.column2, on=pair.last_day + timedelta(days=1))
            assert (on_it.verdict, after.verdict) == ("modifier", "retired")
        if pair.cancelled:
            assert edit_between(pair.column1, pair.column2, on=date(2020, 1, 1)).verdict == "retired"


def test_no_pair_stands_both_ways_and_every_code_is_known() -> None:
    pairs = ncci_pairs()
    assert not [pair for pair in pairs if pair[::-1] in pairs]
    assert {code for pair in pairs for code in pair} <= set(CODES)
    assert all(source_title(name) for pair in pairs.values() for name in pair.sources)


def test_the_target_codes_need_no_modifier_and_we_say_so() -> None:
    remarks = edit_remarks(["97110", "97112", "97530"], policy=load_policy(), on=IN_2024)
    assert len(remarks) == 2
    assert all("no modifier needed" in remark for remark in remarks)


def test_a_hospital_has_its_own_table() -> None:
    assert edit_between("97161", "97750", on=IN_2024).verdict == "never_together"
    assert edit_between("97161", "97750", on=IN_2024, table="hospital").verdict == "modifier"
    assert edit_between("20560", "97602", on=IN_2024, table="hospital").verdict == "no_edit"


def test_edits_in_force_come_first() -> None:
    found = edits_among(["97110", "97530", "97140", "97124", "97537"], on=IN_2024)
    assert [edit.verdict for edit in found] == ["never_together", "modifier", "retired", "retired"]


@pytest.mark.parametrize(
    ("code", "units", "hospital"),
    [
        ("97110", 6, 8),
        ("97112", 4, 6),
        ("97530", 6, 6),
        ("97150", 1, 2),
        ("97010", 0, 1),
        ("97129", 1, 1),
        ("97535", 8, 8),
    ],
)
def test_units_a_day(code: str, units: int, hospital: int) -> None:
    own, other = unit_limit(code, on=IN_2024), unit_limit(code, on=IN_2024, table="hospital")
    assert own is not None
    assert other is not None
    assert (own.units, other.units) == (units, hospital)


def found_in(lines: list[tuple[str, int | None, int | None]], policy: str = "medicare-part-b") -> dict[str, str]:
    claim = [ClaimLine(*line) for line in lines]
    return {f.id: f.severity for f in check_claim(claim, load_policy(policy, on=IN_2024), on=IN_2024)}


def test_findings_on_the_lines_of_a_claim() -> None:
    assert found_in([("97110", 30, 2), ("97530", 15, 1), ("97140", 15, 1)]) == {}
    assert found_in([("97140", 15, 1), ("97124", 15, 1)]) == {"ncci_never_together": "high"}
    assert found_in([("97530", 15, 1), ("97537", 15, 1)]) == {"ncci_needs_modifier": "medium"}
    assert found_in([("97112", 75, 5)]) == {"mue_exceeded": "medium"}
    assert found_in([("97112", 75, 5)], "commercial-midpoint") == {}
    assert found_in([("97161", None, 2)]) == {"mue_exceeded": "high"}
    assert found_in([("G0541", None, 1)]) == {"code_not_in_force": "high"}


def test_a_line_of_zero_units_needs_no_modifier() -> None:
    assert found_in([("97140", 15, 1), ("97124", 3, 0)]) == {}


def test_59_on_column_two_settles_a_pair_and_on_column_one_does_not() -> None:
    def finding_ids(one: list[str], two: list[str]) -> list[str]:
        lines = [ClaimLine("97530", 15, 1, modifiers=one), ClaimLine("97537", 15, 1, modifiers=two)]
        return [f.id for f in check_claim(lines, load_policy(), on=IN_2024)]

    assert finding_ids([], ["59"]) == finding_ids([], ["GP", "XU"]) == []
    assert finding_ids(["59"], []) == ["ncci_needs_modifier"]


def test_a_chiropractic_network_takes_two_therapies_a_visit() -> None:
    lines = [("97110", 15, 1), ("97140", 15, 1), ("97012", None, 1)]
    assert found_in(lines, "chiropractic-network") == {"ncci_needs_modifier": "medium", "too_many_therapies": "medium"}
    assert found_in([("97110", 15, 1), ("97530", 15, 1)], "chiropractic-network") == {}
    assert found_in([("97110", 15, 1), ("97530", 7, 0), ("97161", None, 1)], "chiropractic-network") == {
        "short_service": "low"
    }


def test_a_short_service_is_judged_as_a_whole_not_by_its_lines() -> None:
    lines = [("97129", 15, 1), ("97130", 5, 1), ("97110", 18, 1)]  # 20 minutes on two lines
    assert found_in(lines, "chiropractic-network") == {}


def test_before_the_first_table_the_finding_says_that_it_was_not_at_hand() -> None:
    lines = [ClaimLine("97140", 15, 1), ClaimLine("97124", 15, 1)]
    (finding,) = check_claim(lines, load_policy(on=date(2019, 1, 1)), on=date(2019, 1, 1))
    assert "not at hand" in (finding.rule or "")
    (finding,) = check_claim(lines, load_policy(on=IN_2024), on=IN_2024)
    assert "not at hand" not in (finding.rule or "")


def test_every_finding_of_a_claim_may_be_switched_off() -> None:
    policy = load_policy("chiropractic-network")
    policy = replace(policy, mue="practitioner", findings_on=(*policy.findings_on, "ncci_retired_edit"))
    lines = [
        ClaimLine("97140", 15, 1),
        ClaimLine("97124", 5, 1),
        ClaimLine("97530", 15, 9),
        ClaimLine("97537", 15, 1),
        ClaimLine("G0541", None, 1),
    ]
    found = {finding.id for finding in check_claim(lines, policy, on=IN_2024)}
    assert found == {name for name, terms in billing_findings().items() if terms.of == "claim"}
    assert check_claim(lines, replace(policy, findings_off=tuple(found)), on=IN_2024) == []


def test_what_counts_as_a_therapy() -> None:
    assert therapies(["97110", "97129", "97130", "97161", "97750", "97010", "G0283"]) == [
        "97110",
        "97129",
        "97010",
        "G0283",
    ]
