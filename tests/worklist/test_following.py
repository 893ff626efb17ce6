"""What the worklist says of a note follows a coder's edit: findings, risk, the lists by code and finding."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from labelled_notes import load

from rehabcoder.note import CodedNote, Finding, Note, Service, Totals
from rehabcoder.worklist.answer import AnswerService
from rehabcoder.worklist.following import followed
from rehabcoder.worklist.rules import policy_on
from rehabcoder.worklist.store import decisions, queue
from rehabcoder.worklist.store.database import Database
from rehabcoder.worklist.store.queue import Case, Filters
from rehabcoder.worklist.triage import terms_on

TEXT = "97110: sit to stand from the couch 15 min. 97140: glides. Billed 97110 x2, 97140 x1. In 9:00, out 9:20."
STAND = Service(0, 41, TEXT[0:41], "97530", labelled="97110", minutes=15, confidence=0.7)
GLIDES = Service(43, 56, TEXT[43:56], "97140", labelled="97140", confidence=0.9, review_reasons=["label_followed"])
FLAGS = [
    Finding("code_mismatch", "high", "Labelled 97110, supports 97530.", 0, 41),
    Finding("missing_minutes", "high", "Its units cannot be told.", 43, 56),
    Finding("time_inconsistent", "high", "", 80, 99),
    Finding("label_followed", "low", "", 43, 56),
    Finding("missing_functional_goal", "medium", ""),
]


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    note = Note("n", TEXT, date_of_service="2026-03-02")
    totals = Totals(billed_units={"97110": 2, "97140": 1})
    services = [replace(STAND), replace(GLIDES)]
    coded = CodedNote("n", text_sha256=note.text_sha256, interventions=services, totals=totals, flags=FLAGS)
    database = Database(tmp_path / "w.db", create=True)
    load(database, [(note, coded)])
    yield database
    database.close()


def case_of(database: Database) -> Case:
    with database.read() as connection:
        case = queue.open_case(connection, 1)
    assert case is not None
    return case


def edit(database: Database, *services: AnswerService, **more: object) -> Case:
    case = case_of(database)
    with database.write() as connection:
        after = replace(case.answer, services=services or case.answer.services, **more)
        decisions.record(connection, case, "edit", reviewer="Ann", after=after)
    return case_of(database)


def listed(database: Database, **filters: str) -> bool:
    with database.read() as connection:
        return bool(queue.page(connection, Filters(state=None, **filters)))


def test_findings_that_follow_from_services_and_minutes_are_worked_out_anew(database: Database) -> None:
    stand, glides = case_of(database).answer.services
    minutes = edit(database, stand, replace(glides, minutes=15, status="changed"))
    now = followed(minutes.coded, minutes.answer, minutes.meta, policy_on())
    assert minutes.answer.flags == (
        "time_inconsistent", "code_mismatch", "units_mismatch", "missing_functional_goal"
    )  # fmt: skip
    [units] = [finding for finding in now.flags if finding.id == "units_mismatch"]
    assert "Billed 97110 x2, 97140 x1; supported 97140 x1, 97530 x1." in units.message
    assert [(line.code, line.minutes, line.units) for line in now.lines] == [("97530", 15, 1), ("97140", 15, 1)]
    code = edit(database, replace(stand, code="97110", minutes=30, status="changed"), minutes.answer.services[1])
    assert code.answer.flags == ("time_inconsistent", "missing_functional_goal")  # and the bill is right


def test_risk_and_lists_follow_and_come_back(database: Database) -> None:
    before, day = terms_on(case_of(database).item, date(2026, 11, 1)), date(2026, 11, 1)
    stand, glides = case_of(database).answer.services
    right = edit(
        database, replace(stand, code="97110", minutes=30, status="changed"),
        replace(glides, minutes=15, status="changed"), dismissed=(("time_inconsistent", "a slip of the clock"),),
    )  # fmt: skip
    after = terms_on(right.item, day)
    assert (after["money"], after["mismatch"], after["uncertainty"]) == (0, 0, 0)
    assert after["risk"] < before["risk"]
    assert listed(database, code="97110")
    assert not listed(database, code="97530")
    assert not listed(database, finding="code_mismatch")
    assert not listed(database, finding="time_inconsistent")  # dismissed
    with database.write() as connection:
        decisions.undo(connection, reviewer="Ann")
    assert terms_on(case_of(database).item, day) == before
    assert listed(database, code="97530", finding="code_mismatch")


def test_without_a_service_nothing_is_asked_of_a_treatment(database: Database) -> None:
    case = case_of(database)
    with database.write() as connection:
        decisions.record(connection, case, "edit", reviewer="Ann", after=replace(case.answer, services=()))
    assert case_of(database).answer.flags == ("time_inconsistent", "units_mismatch")


def test_changed_and_changed_back_it_is_as_the_tool_said(database: Database) -> None:
    first = case_of(database)
    stand, glides = first.answer.services
    edit(database, replace(stand, code="97116", status="changed"), glides)
    again = edit(database, replace(stand, status="changed"), glides)
    assert (again.answer.content, again.item.rank) == (first.answer.content, first.item.rank)
    assert followed(again.coded, again.answer, again.meta, policy_on()) is again.coded


def test_more_minutes_than_a_day_holds_are_taken_until_they_are_mended(database: Database) -> None:
    stand, glides = case_of(database).answer.services
    many = [replace(stand, start=None, end=None, minutes=480, status="added") for _ in range(4)]
    after = edit(database, *many, glides)
    assert len(after.answer.services) == 5
    assert "code_mismatch" in after.answer.flags
