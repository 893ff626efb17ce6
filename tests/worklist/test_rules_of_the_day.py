"""Money and units of a note go by the policy's version of its day, in all that the worklist shows of it."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest
from labelled_notes import TODAY, load

from rehabcoder.billing.pooling import PolicyOn, pool_claims
from rehabcoder.errors import PolicyError
from rehabcoder.note import CodedNote, Note, Service
from rehabcoder.web.view import note_view
from rehabcoder.worklist.answer import Answer
from rehabcoder.worklist.findings import reviewed, sample_findings
from rehabcoder.worklist.reports.collect import collect
from rehabcoder.worklist.rules import policy_on
from rehabcoder.worklist.sampling import draw
from rehabcoder.worklist.store import queue, samples
from rehabcoder.worklist.store.queue import Filters
from rehabcoder.worklist.workbook.write import write_worklist

# 19 and 19 minutes are a unit each by the midpoint of each code, and three units of the 38 minutes together.
BY_DAY = {"2024-05-06": 2, "2025-05-06": 3}
POLICY = """
id = "payer"
name = "A payer"
source = "contract"
rule = "midpoint"
[fees]
default = 30
[[versions]]
version = "2024"
effective_from = 2024-01-01
effective_to = 2024-12-31
[[versions]]
version = "2025"
effective_from = 2025-01-01
rule = "cms"
"""


@pytest.fixture
def rules(tmp_path: Path) -> PolicyOn:
    (tmp_path / "payer.toml").write_text(POLICY, encoding="utf-8")
    return policy_on(tmp_path / "payer.toml")


def billed_one_each(day: str | None) -> tuple[Note, CodedNote]:
    note = Note(
        f"n-{day}", f"Words Words {day}", date_of_service=day, patient_id="p", billed_units={"97110": 1, "97140": 1}
    )
    services = [Service(6 * at, 6 * at + 5, "Words", code, minutes=19) for at, code in enumerate(("97110", "97140"))]
    return note, CodedNote(note.note_id, text_sha256=note.text_sha256, interventions=services, needs_review=True)


@pytest.fixture
def loaded(empty, rules):
    load(empty, [billed_one_each(day) for day in BY_DAY], rules)
    return empty


def test_the_money_of_a_note_is_that_of_its_claim(loaded, rules):
    with loaded.read() as connection:
        found = {item.date_of_service: item.underpaid for item in queue.page(connection, Filters())}
    assert found == {"2024-05-06": 0.0, "2025-05-06": 30.0}
    claims = pool_claims([billed_one_each(day) for day in BY_DAY], rules)
    assert {claim.date: float(claim.against_bill.under_amount) for claim in claims} == found


def test_a_workbook_and_the_page_show_the_units_of_the_day(loaded, rules, tmp_path):
    with loaded.read() as connection:
        cases = queue.open_cases(connection, [item.id for item in queue.page(connection, Filters())])
    write_worklist(tmp_path / "w.xlsx", cases, policy=rules, today=TODAY)
    head, *rows = openpyxl.load_workbook(tmp_path / "w.xlsx").worksheets[0].iter_rows(values_only=True)
    shown = {row[head.index("date")]: row[head.index("units")] for row in rows if row[head.index("units")]}
    assert {day: sum(int(part[-1]) for part in units.split(", ")) for day, units in shown.items()} == BY_DAY
    assert {case.item.date_of_service: note_view(case, rules).units for case in cases} == BY_DAY


def test_a_sample_and_the_report_go_by_the_day(loaded, rules):
    with loaded.write() as connection:
        drawn = draw(samples.frame(connection, Filters()), design="simple", size=2, seed=1)
        made = samples.save(connection, drawn, name="q", by="Ann", made_from={}, confidence=0.9, precision=0.1)
        for item in samples.items(connection, made.id):
            answer = Answer.of(billed_one_each(item.meta["date_of_service"])[1])
            samples.second(connection, item, answer, reviewer="Bo", settle=True)
        second = samples.items(connection, made.id)
        assert {i.meta["date_of_service"]: reviewed(i, rules).money.under for i in second} == {
            "2024-05-06": 0.0,
            "2025-05-06": 30.0,
        }
        assert sample_findings(made, second, rules).under.value == 30.0
    assert collect(loaded, rules).policy == "payer, as of each day of service"


@pytest.mark.parametrize("day", [None, "soon", "1924-05-06"])
def test_without_a_version_of_the_day_todays_rules_stand_in(empty, rules, day):
    load(empty, [billed_one_each(day)], rules)
    with empty.read() as connection:
        assert queue.page(connection, Filters())[0].underpaid == 30.0


def test_a_policy_that_is_not_there_is_refused():
    with pytest.raises(PolicyError, match="no policy is called"):
        policy_on("medicare-part-z")
