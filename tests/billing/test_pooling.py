"""Claims: one a patient, day, discipline and payer, minutes of the day pooled."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from billing_cases import service

from rehabcoder.billing.policies import Policy, load_policy
from rehabcoder.billing.pooling import Claim, day_of, pool_claims
from rehabcoder.note import CodedNote, Note

Make = Callable[..., tuple[Note, CodedNote]]
DAY: dict[str, Any] = {"patient_id": "p1", "date_of_service": "2024-05-06", "discipline": "PT"}


def medicare(day: date | None) -> Policy:
    return load_policy("medicare-part-b", on=day)


def claims_of(*visits: tuple[Note, CodedNote], **how: Any) -> list[Claim]:
    return list(pool_claims(visits, medicare, **how))


def lines_of(claim: Claim) -> dict[str, tuple[int | None, int | None]]:
    return {line.code: (line.minutes, line.units) for line in claim.lines}


def test_minutes_of_two_notes_of_a_day_make_one_claim(coded_visit: Make) -> None:
    morning = coded_visit("am", [service("97110", 20)], **DAY)
    afternoon = coded_visit("pm", [service("97110", 18), service("97530", 10)], **DAY)
    (claim,) = claims_of(morning, afternoon)
    assert (claim.date, claim.patient, claim.discipline, claim.note_ids) == ("2024-05-06", "p1", "PT", ["am", "pm"])
    assert lines_of(claim) == {"97110": (38, 2), "97530": (10, 1)}
    assert claim.totals.units == 3
    assert all(line.modifiers == ["GP"] for line in claim.lines)
    assert claim.policy == "medicare-part-b@2024"


@pytest.mark.parametrize(
    "other", [{"patient_id": "p2"}, {"date_of_service": "2024-05-07"}, {"discipline": "OT"}, {"payer": "x"}]
)
def test_another_patient_day_discipline_or_payer_is_another_claim(coded_visit: Make, other: dict[str, str]) -> None:
    first = coded_visit("one", [service("97110", 8)], **DAY | {"payer": "m"})
    second = coded_visit("two", [service("97110", 7)], **DAY | {"payer": "m"} | other)
    assert [claim.totals.units for claim in claims_of(first, second)] == [1, 0]


def test_a_discipline_or_payer_left_open_joins_the_only_claim_of_the_day(coded_visit: Make) -> None:
    first = coded_visit("one", [service("97110", 8)], **DAY | {"payer": "m"})
    bare = {key: value for key, value in DAY.items() if key != "discipline"}
    second = coded_visit("two", [service("97110", 15)], **bare)
    (claim,) = claims_of(first, second)
    assert (claim.totals.units, claim.payer, claim.discipline) == (2, "m", "PT")


def test_a_discipline_left_open_joins_none_of_two(coded_visit: Make) -> None:
    bare = {key: value for key, value in DAY.items() if key != "discipline"}
    visits = [coded_visit(name, [service("97110", 15)], **bare, discipline=name) for name in ("PT", "OT", None)]
    assert [claim.discipline for claim in claims_of(*visits)] == ["PT", "OT", None]


def test_a_credential_names_the_discipline(coded_visit: Make) -> None:
    bare = {key: value for key, value in DAY.items() if key != "discipline"}
    therapist = coded_visit("one", [service("97110", 15)], **bare, credential="PT, DPT")
    assistant = coded_visit("two", [service("97110", 15)], **bare, credential="PTA")
    (claim,) = claims_of(therapist, assistant)
    assert claim.discipline == "PT"


def test_notes_without_patient_or_date_make_no_claim(coded_visit: Make) -> None:
    assert claims_of(coded_visit("one", [service("97110", 15)], patient_id="p1")) == []
    assert claims_of(coded_visit("two", [service("97110", 15)], date_of_service="2024-05-06")) == []


def test_a_copy_of_a_note_counts_once(coded_visit: Make) -> None:
    first = coded_visit("one", [service("97110", 15)], text="the same", **DAY)
    again = coded_visit("two", [service("97110", 15)], text="the same", **DAY)
    (claim,) = claims_of(first, again)
    assert claim.totals.units == 1
    assert claim.note_ids == ["one", "two"]
    assert claim.left_out == {"two": "the same text as note one"}
    assert claim.complete


def test_a_copy_with_a_charge_line_of_its_own_adds_it_to_the_bill(coded_visit: Make) -> None:
    services = [service("97110", 15), service("97140", 15)]

    def claim(*columns: dict[str, Any]) -> Claim:
        visits = [coded_visit(str(n), services, text="the same", **column, **DAY) for n, column in enumerate(columns)]
        (found,) = claims_of(*visits)
        return found

    by_charge = claim({"billed_units": {"97110": 1}}, {"billed_units": {"97140": 1}})
    assert by_charge.totals.billed_units == {"97110": 1, "97140": 1}
    assert by_charge.against_bill is not None
    assert (by_charge.against_bill.over, by_charge.against_bill.under) == (0, 0)
    whole = {"97110": 1, "97140": 1}
    assert claim({"billed_units": whole}, {"billed_units": whole}).totals.billed_units == whole
    assert claim({"billed_units": {"97110": 1}}, {"billed_units": {"97110": 2}}).totals.billed_units == {"97110": 2}
    assert claim({}, {"billed_units": whole}).totals.billed_units == whole
    assert claim({}, {}).against_bill is None
    note, coded = coded_visit("0", services, text="the same", billed_units={"97110": 1}, **DAY)
    copy, of_text = coded_visit("1", services, text="the same", **DAY)
    coded.totals.billed_units = of_text.totals.billed_units = {"97110": 2}
    (found,) = claims_of((note, coded), (copy, of_text))
    assert found.totals.billed_units == {"97110": 1}  # the column is what went out, whatever the text says
    helped = claim({"assistant_minutes": {"97110": 15}}, {"assistant_minutes": {"97140": 15}})
    assert [line.modifiers for line in helped.lines] == [["GP", "CQ"], ["GP", "CQ"]]


def test_a_failed_note_leaves_the_claim_incomplete(coded_visit: Make) -> None:
    good = coded_visit("one", [service("97110", 15)], **DAY)
    bad = (Note("two", "", **DAY), CodedNote("two", status="failed", error="unreadable"))
    (claim,) = claims_of(good, bad)
    assert not claim.complete
    assert claim.to_json()["left_out"] == {"two": "the note could not be coded"}


def test_a_day_whose_notes_all_failed_makes_no_claim_and_asks_for_no_rules(coded_visit: Make) -> None:
    impossible = DAY | {"date_of_service": "1949-05-06"}  # the payer has no rules for that day
    bad = (Note("one", "", **impossible), CodedNote("one", status="failed", error="no version in force"))
    good = coded_visit("two", [service("97110", 15)], **DAY)
    assert [claim.note_ids for claim in claims_of(bad, good)] == [["two"]]


def test_the_rules_of_the_day_and_the_assistant_s_minutes(coded_visit: Make) -> None:
    services = [service("97110", 30)]
    visits = [
        coded_visit(year, services, **DAY | {"date_of_service": f"{year}-03-01"}, assistant_minutes={"97110": 15})
        for year in ("2019", "2024")
    ]
    old, new = claims_of(*visits)
    assert [line.modifiers for line in old.lines] == [["GP"]]
    assert [line.modifiers for line in new.lines] == [["GP"], ["GP", "CQ"]]


def test_edits_and_limits_are_those_of_the_pooled_day(coded_visit: Make) -> None:
    first = coded_visit("one", [service("97140", 15)], **DAY)
    second = coded_visit("two", [service("97124", 15)], **DAY)
    (claim,) = claims_of(first, second)
    assert [finding.id for finding in claim.findings] == ["ncci_never_together"]


def test_units_of_a_column_are_the_bill_before_those_in_the_text(coded_visit: Make) -> None:
    note, coded = coded_visit("one", [service("97110", 15)], **DAY, billed_units={"97110": 2})
    coded.totals.billed_units = None  # the text says nothing of them
    (claim,) = claims_of((note, coded))
    assert claim.against_bill is not None
    assert (claim.against_bill.over, claim.totals.billed_units) == (1, {"97110": 2})
    coded.totals.billed_units = {"97110": 1}
    (claim,) = claims_of((note, coded))
    assert claim.against_bill is not None
    assert claim.against_bill.over == 1


def test_kx_by_patient_threshold_and_year(coded_visit: Make) -> None:
    visits = [
        coded_visit("pt", [service("97110", 15)], **DAY),
        coded_visit("slp", [service("97129", 15)], **DAY | {"discipline": "SLP"}),
        coded_visit("ot", [service("97530", 15)], **DAY | {"discipline": "OT"}),
        coded_visit("old", [service("97110", 15)], **DAY | {"date_of_service": "2023-12-30"}),
        coded_visit("other", [service("97110", 15)], **DAY | {"patient_id": "p2"}),
    ]
    found = claims_of(*visits, year_to_date={("p1", "PT+SLP", 2024): Decimal(2500)})
    kx = {claim.note_ids[0]: "KX" in claim.lines[0].modifiers for claim in found}
    assert kx == {"pt": True, "slp": True, "ot": False, "old": False, "other": False}


def test_the_claims_own_amounts_bring_the_threshold_nearer(coded_visit: Make) -> None:
    def dear(day: date | None) -> Policy:
        return replace(medicare(day), fees={"default": Decimal(100)})

    visits = [
        coded_visit(f"n{n}", [service("97110", 15)], **DAY | {"date_of_service": f"2024-05-0{n}"}) for n in (3, 1, 2)
    ]
    found = list(pool_claims(visits, dear, year_to_date={("p1", "PT+SLP", 2024): Decimal(2130)}))
    assert [(claim.note_ids, claim.lines[0].modifiers) for claim in found] == [
        (["n1"], ["GP"]),
        (["n2"], ["GP"]),
        (["n3"], ["GP", "KX"]),
    ]
    assert found[0].to_json()["amount"] == 100.0


def test_an_unknown_fee_or_a_line_without_units_does_not_lose_what_is_known_of_the_amounts(coded_visit: Make) -> None:
    def only_exercise(day: date | None) -> Policy:
        return replace(medicare(day), fees={"97110": Decimal(40)})

    for other in ("97010", "97140"):  # no units for Medicare; a fee that is not known
        visits = [
            coded_visit(
                f"n{n}", [service("97110", 30), service(other, 15)], **DAY | {"date_of_service": f"2024-05-0{n}"}
            )
            for n in (1, 2)
        ]
        found = list(pool_claims(visits, only_exercise, year_to_date={("p1", "PT+SLP", 2024): Decimal(2210)}))
        kx = [[line.modifiers for line in claim.lines if line.code == "97110"] for claim in found]
        assert kx == [[["GP"]], [["GP", "KX"]]]  # $2,210, $2,290, $2,370; the threshold is $2,330
        assert [claim.amount for claim in found] == ([80, 80] if other == "97010" else [None, None])


def test_totals_without_a_split_are_added_up(coded_visit: Make) -> None:
    first = coded_visit("one", [service("97110")], stated=25, **DAY)
    second = coded_visit("two", [service("97530")], stated=20, **DAY)
    (claim,) = claims_of(first, second)
    assert (claim.totals.stated_timed, claim.totals.units) == (45, 3)


def test_billed_units_of_the_day_are_added_up(coded_visit: Make) -> None:
    first = coded_visit("one", [service("97110", 20)], billed_units={"97110": 1}, **DAY)
    second = coded_visit("two", [service("97110", 18)], billed_units={"97110": 1, "97530": 1}, **DAY)
    (claim,) = claims_of(first, second)
    assert claim.totals.billed_units == {"97110": 2, "97530": 1}
    assert claim.against_bill is not None
    assert {line.code: (line.over, line.under) for line in claim.against_bill.lines} == {
        "97110": (0, 1),
        "97530": (1, 0),
    }


def test_an_incomplete_claim_is_not_held_against_its_bill(coded_visit: Make) -> None:
    good = coded_visit("one", [service("97110", 15)], billed_units={"97110": 3}, **DAY)
    bad = (Note("two", "", **DAY), CodedNote("two", status="failed", error="unreadable"))
    (claim,) = claims_of(good, bad)
    assert claim.against_bill is None


def test_a_claim_as_json_has_the_fields_of_the_contract(coded_visit: Make) -> None:
    (claim,) = claims_of(coded_visit("one", [service("97110", 15)], **DAY))
    out = claim.to_json()
    assert {"date", "patient", "discipline", "payer", "note_ids", "lines"} <= set(out)
    assert out["lines"][0]["modifiers"] == ["GP"]
    assert claim.id == "p1/2024-05-06/PT"


@pytest.mark.parametrize(
    ("written", "day"),
    [("2024-05-06", date(2024, 5, 6)), ("2024-05-06T10:00:00", date(2024, 5, 6)), ("May 6", None), (None, None)],
)
def test_days(written: str | None, day: date | None) -> None:
    assert day_of(written) == day
