"""GP, GO, GN, KX, and CQ, CO by the 10 % rule with its exceptions."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from billing_cases import service
from hypothesis import given
from hypothesis import strategies as st

from rehabcoder.billing.claim import claim_lines, untimed_minutes
from rehabcoder.billing.modifiers import assistant_units, discipline_of, line_amount, with_modifiers
from rehabcoder.billing.policies import Policy, load_policy
from rehabcoder.billing.units import allocate
from rehabcoder.errors import UsageError
from rehabcoder.note import ClaimLine

SINCE_2022 = load_policy(on=date(2024, 3, 1))


@pytest.mark.parametrize(
    ("written", "discipline"),
    [
        (("PT",), "PT"),
        (("PTA",), "PT"),
        (("DPT",), "PT"),
        (("OTR/L",), "OT"),
        (("COTA/L",), "OT"),
        (("occupational therapy",), "OT"),
        (("SLP",), "SLP"),
        ((None, "P.T.A."), "PT"),
        (("", "PT, DPT"), "PT"),
        (("Occupational Therapist",), "OT"),
        (("Speech Therapist",), "SLP"),
        (("Speech-Language Pathologist",), "SLP"),
        (("Physical Therapist Assistant",), "PT"),
        (("physiotherapy",), "PT"),
        (("MS OTR/L",), "OT"),
        (("MA CCC/SLP",), "SLP"),
        (("PT/OT",), None),
        (("PT OT",), None),
        (("Physical/Occupational Therapy",), None),
        (("nurse",), None),
        ((None,), None),
    ],
)
def test_whose_plan_of_care_it_is(written: tuple[str | None, ...], discipline: str | None) -> None:
    assert discipline_of(*written) == discipline


@pytest.mark.parametrize(
    ("assistant", "therapist", "units", "marked"),
    [
        (10, 5, 1, 1),  # TherapyComply on the 2022 rule, example A
        (23, 13, 2, 1),  # CMS scenario: 36 minutes of exercise, the assistant has a whole block, the therapist 13
        (14, 12, 2, 1),  # two units left, 9 to 14 minutes each
        (22, 23, 3, 1),  # a whole block each, the therapist 8 more minutes: no modifier on the last
        (7, 8, 1, 0),  # the therapist alone earns the last unit
        (8, 7, 1, 1),
        (1, 14, 1, 0),
        (15, 15, 2, 1),
        (30, 0, 2, 2),
        (0, 30, 2, 0),
        (2, 20, 1, 0),  # the therapist has a whole block for the only unit
        (1, 7, 1, 1),  # 12.5 % of 8 minutes
        (0, 8, 1, 0),
    ],
)
def test_units_between_therapist_and_assistant_since_2022(
    assistant: int, therapist: int, units: int, marked: int
) -> None:
    found = assistant_units(
        "97110", units=units, minutes=assistant + therapist, assistant=assistant, terms="ten_percent_2022"
    )
    assert (found.with_modifier, found.without) == (marked, units - marked)


def test_before_2022_a_tenth_of_the_unit_was_enough_whatever_the_therapist_gave() -> None:
    def marked(terms: Any) -> int:
        return assistant_units("97110", units=1, minutes=12, assistant=4, terms=terms).with_modifier

    assert (marked("ten_percent"), marked("ten_percent_2022")) == (1, 0)


def test_exactly_a_tenth_is_not_more_than_a_tenth() -> None:
    def marked(assistant: int) -> int:
        return assistant_units("97161", units=1, minutes=40, assistant=assistant, terms="ten_percent").with_modifier

    assert (marked(4), marked(5)) == (0, 1)


@given(st.integers(0, 120), st.integers(0, 120), st.sampled_from(["ten_percent", "ten_percent_2022"]))
def test_units_are_neither_lost_nor_made(therapist: int, assistant: int, terms: Any) -> None:
    minutes = therapist + assistant
    units = allocate({"97110": minutes}).total
    found = assistant_units("97110", units=units, minutes=minutes, assistant=assistant, terms=terms)
    assert found.with_modifier + found.without == units
    assert found.with_modifier >= 0
    assert found.without >= min(units, therapist // 15)
    if assistant == 0:
        assert found.with_modifier == 0
    if therapist == 0:
        assert found.without == 0


@pytest.mark.parametrize("assistant", [-1, 16])
def test_more_assistant_minutes_than_minutes(assistant: int) -> None:
    with pytest.raises(UsageError, match="of 15 minutes of 97110"):
        assistant_units("97110", units=1, minutes=15, assistant=assistant, terms="ten_percent_2022")


def test_more_units_than_the_minutes_can_make() -> None:
    with pytest.raises(UsageError, match="5 units"):
        assistant_units("97110", units=5, minutes=20, assistant=5, terms="ten_percent_2022")


def marked_lines(services: list[Any], policy: Policy = SINCE_2022, **how: Any) -> list[tuple[str, int | None, str]]:
    lines, _ = claim_lines(services, policy)
    return [(x.code, x.units, " ".join(x.modifiers)) for x in with_modifiers(lines, policy=policy, **how)]


@pytest.mark.parametrize(("discipline", "modifier"), [("PT", "GP"), ("OT", "GO"), ("SLP", "GN"), (None, "")])
def test_every_therapy_line_carries_its_discipline(discipline: Any, modifier: str) -> None:
    services = [service("97110", 15), service("97129", 15)]
    assert marked_lines(services, discipline=discipline) == [("97110", 1, modifier), ("97129", 1, modifier)]


def test_codes_that_are_never_therapy_carry_none() -> None:
    assert marked_lines([service("98940", None)], discipline="PT") == [("98940", 1, "")]


def test_a_line_whose_units_differ_becomes_two() -> None:
    services = [service("97110", 26), service("97140", 20)]
    assert marked_lines(services, discipline="PT", assistant_minutes={"97110": 14}) == [
        ("97110", 1, "GP"),
        ("97110", 1, "GP CQ"),
        ("97140", 1, "GP"),
    ]
    assert marked_lines(services, discipline="OT", assistant_minutes={"97110": 26})[0] == ("97110", 2, "GO CO")


def test_a_service_on_two_codes_gives_its_first_unit_to_the_therapist() -> None:
    found = marked_lines([service("97129", 45)], discipline="OT", assistant_minutes={"97130": 30})
    assert found == [("97129", 1, "GO"), ("97130", 2, "GO CO")]


def test_minutes_of_split_lines_stay_those_of_the_day() -> None:
    lines, _ = claim_lines([service("97110", 36)], SINCE_2022)
    split = with_modifiers(lines, policy=SINCE_2022, discipline="PT", assistant_minutes={"97110": 23})
    assert [(x.minutes, x.units) for x in split] == [(13, 1), (23, 1)]
    lines, _ = claim_lines([service("97129", 60)], SINCE_2022)
    split = with_modifiers(lines, policy=SINCE_2022, discipline="OT", assistant_minutes={"97129": 20})
    assert [(x.code, x.minutes, x.units) for x in split] == [("97129", 15, 1), ("97130", 25, 2), ("97130", 20, 1)]


def test_no_assistant_modifier_before_2020_and_none_for_other_payers() -> None:
    services = [service("97110", 30)]
    for policy in (load_policy(on=date(2019, 5, 1)), load_policy("commercial-midpoint")):
        found = marked_lines(services, policy, discipline="PT", assistant_minutes={"97110": 30})
        assert found == [("97110", 2, "GP")]


def test_an_untimed_service_of_an_assistant_asks_for_a_look() -> None:
    lines, _ = claim_lines([service("97012", 15)], SINCE_2022)
    (line,) = with_modifiers(lines, policy=SINCE_2022, discipline="PT", assistant_minutes={"97012": 15})
    assert line.modifiers == ["GP", "CQ"]
    assert "take it off" in line.why


@pytest.mark.parametrize(
    ("given", "modifiers", "says"),
    [(4, ["GP"], "4 of 40 minutes, not more than a tenth"), (5, ["GP", "CQ"], "5 of 40 minutes, more than a tenth"),
     (50, ["GP", "CQ"], "more than the 40 of the code and count as all")],
)  # fmt: skip
def test_a_tenth_of_an_untimed_service_whose_minutes_are_known(given: int, modifiers: list[str], says: str) -> None:
    services = [service("97150", 40), service("97110", 15)]
    lines, _ = claim_lines(services, SINCE_2022)
    group, exercise = with_modifiers(
        lines,
        policy=SINCE_2022,
        discipline="PT",
        assistant_minutes={"97150": given},
        untimed_minutes=untimed_minutes(services, SINCE_2022),
    )
    assert (group.units, group.minutes, group.modifiers, exercise.modifiers) == (1, None, modifiers, ["GP"])
    assert says in group.why
    assert "take it off" not in group.why


def test_a_service_on_two_lines_of_other_blocks_is_judged_as_a_whole() -> None:
    services = [service("97545", 120), service("97546", 60)]
    lines, _ = claim_lines(services, SINCE_2022)
    for minutes, modifier in ((18, "GP"), (19, "GP CQ")):
        found = with_modifiers(
            lines,
            policy=SINCE_2022,
            discipline="PT",
            assistant_minutes={"97546": minutes},
            untimed_minutes=untimed_minutes(services, SINCE_2022),
        )
        assert [(x.code, x.units, " ".join(x.modifiers)) for x in found] == [
            ("97545", 1, modifier), ("97546", 1, modifier)
        ]  # fmt: skip


def test_untimed_minutes_are_those_of_whole_services_under_the_payer_s_code() -> None:
    services = [service("97014", 10), service("G0283", 5), service("97150", 20), service("97150"), service("97110", 9)]
    assert untimed_minutes(services, SINCE_2022) == {"G0283": 15}


def test_assistant_minutes_under_the_name_that_the_payer_does_not_take() -> None:
    assert marked_lines([service("97014", 15)], discipline="PT", assistant_minutes={"97014": 15}) == [
        ("G0283", 1, "GP CQ")
    ]


def with_fee(fee: int) -> Policy:
    from dataclasses import replace

    return replace(SINCE_2022, fees={"default": Decimal(fee)})


@pytest.mark.parametrize(
    ("so_far", "modifiers"),
    [(2000, ["GP", "GP"]), (2230, ["GP", "GP KX"]), (2231, ["GP KX", "GP KX"])],
)
def test_kx_from_the_line_that_crosses_the_threshold(so_far: int, modifiers: list[str]) -> None:
    services = [service("97110", 30), service("97530", 15)]
    found = marked_lines(services, with_fee(50), discipline="PT", year_to_date=Decimal(so_far))
    assert [line[2] for line in found] == modifiers


def test_kx_without_fees_only_above_the_threshold() -> None:
    def kx(so_far: str) -> list[str]:
        return [line[2] for line in marked_lines([service("97110", 15)], year_to_date=Decimal(so_far))]

    assert (kx("2330"), kx("2330.01")) == ([""], ["KX"])


def test_more_assistant_minutes_than_there_are_count_as_all_and_say_so() -> None:
    lines, _ = claim_lines([service("97110", 30)], SINCE_2022)
    (line,) = with_modifiers(lines, policy=SINCE_2022, discipline="PT", assistant_minutes={"97110": 99})
    assert (line.units, line.modifiers) == (2, ["GP", "CQ"])
    assert "CQ: 99 assistant minutes are more than the 30 of the code and count as all; " in line.why


def test_kx_says_the_amount_the_threshold_and_its_source() -> None:
    lines, _ = claim_lines([service("97110", 15)], SINCE_2022)
    (pt,) = with_modifiers(lines, policy=with_fee(50), discipline="PT", year_to_date=Decimal("2300"))
    assert (
        "KX: $2,300.00 for PT+SLP so far this year and this line's $50.00, above the threshold of $2,330.00" in pt.why
    )
    assert pt.why.endswith("(medicare-part-b@2024).")
    (ot,) = with_modifiers(lines, policy=SINCE_2022, discipline="OT", year_to_date=Decimal("2400"))
    assert "KX: $2,400.00 for OT so far this year, above" in ot.why
    (below,) = with_modifiers(lines, policy=SINCE_2022, discipline="OT", year_to_date=Decimal("2330"))
    assert "KX" not in below.why


@pytest.mark.parametrize(
    ("year", "dollars"),
    [(2018, 2010), (2019, 2040), (2020, 2080), (2021, 2110), (2022, 2150), (2023, 2230), (2024, 2330), (2025, 2410),
     (2026, 2480)],
)  # fmt: skip
def test_the_threshold_of_each_year_with_its_source(year: int, dollars: int) -> None:
    policy = load_policy("medicare-part-b", on=date(year, 7, 1))
    assert policy.modifiers.kx_threshold == dollars
    assert any(name in policy.source for name in ("threshold", "Change Request", "Budget Act", "final rule"))


def test_the_amount_of_a_line_honours_the_assistant_s_share() -> None:
    policy = with_fee(40)
    assert line_amount(ClaimLine("97110", 30, 2), policy) == 80
    assert line_amount(ClaimLine("97110", 30, 2, modifiers=["GP", "CQ"]), policy) == 68
    assert line_amount(ClaimLine("97110", None, None), policy) is None
    assert line_amount(ClaimLine("97110", 30, 2), SINCE_2022) is None
    assert line_amount(ClaimLine("97010", None, 0), SINCE_2022) == 0


def test_lines_given_are_not_changed() -> None:
    lines, _ = claim_lines([service("97110", 15)], SINCE_2022)
    with_modifiers(lines, policy=SINCE_2022, discipline="PT", year_to_date=Decimal(9999))
    assert lines[0].modifiers == []
