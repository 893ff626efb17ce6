"""The order of the queue, its filters and pages, and what deciding does."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from labelled_notes import TODAY
from sqlalchemy import select

from rehabcoder.errors import UsageError
from rehabcoder.worklist.answer import Answer, AnswerService, check_minutes, check_span, parse_codes
from rehabcoder.worklist.risk import Risk
from rehabcoder.worklist.store import decisions, queue, tables
from rehabcoder.worklist.store.decisions import ConflictError
from rehabcoder.worklist.store.queue import Cursor, Filters
from rehabcoder.worklist.triage import terms_on

dates = st.dates(date(2015, 1, 1), date(2035, 1, 1))
shares = st.floats(0, 1)
risks = st.builds(Risk, shares, shares, shares, shares, dates)


def test_risk_is_the_documented_sum():
    risk = Risk(money=0.5, mismatch=1.0, uncertainty=0.25, severity=1.0, age_from=date(2026, 1, 1))
    # 35 x 0.5 + 20 + 20 x 0.25 + 15, and 10 points for a year
    assert risk.on(date(2027, 1, 1)) == pytest.approx(17.5 + 20 + 5 + 15 + 10)
    assert risk.on(date(2026, 1, 1)) == pytest.approx(57.5)


@given(risks, risks, st.integers(0, 4000))
def test_the_order_is_the_same_on_every_day(one, other, days):
    from datetime import timedelta

    day = max(one.age_from, other.age_from) + timedelta(days)
    gap = one.on(day) - other.on(day)
    assert one.priority - other.priority == pytest.approx(gap, abs=1e-6)


def test_the_riskiest_comes_first_and_pages_leave_nothing_out(database):
    with database.read() as connection:
        whole = queue.page(connection, Filters(), limit=1000)
        risks = [terms_on(item, TODAY)["risk"] for item in whole]
        assert risks == sorted(risks, reverse=True)
        assert len(whole) > 30
        paged, after = [], None
        while some := queue.page(connection, Filters(), limit=7, after=after):
            paged += some
            after = Cursor.parse(str(some[-1].cursor))
        assert paged == whole
        assert list(queue.stream(connection, Filters())) == whole


@pytest.mark.parametrize(
    ("filters", "holds"),
    [
        ({"clinic": "Clinic N"}, lambda note, coded: note.clinic == "Clinic N"),
        ({"clinician": "Brandt"}, lambda note, coded: note.clinician == "Brandt"),
        ({"payer": "Aetna"}, lambda note, coded: note.payer == "Aetna"),
        (
            {"since": "2026-04-01", "until": "2026-06-30"},
            lambda n, c: "2026-04-01" <= n.date_of_service <= "2026-06-30",
        ),
        ({"code": "97530"}, lambda note, coded: any(s.code == "97530" for s in coded.interventions)),
        ({"finding": "missing_minutes"}, lambda note, coded: any(f.id == "missing_minutes" for f in coded.flags)),
        ({"search": "a-1"}, lambda note, coded: "a-1" in note.note_id),
        ({"search": "%"}, lambda note, coded: False),
        ({"clinic": "x' OR 1=1 --"}, lambda note, coded: False),
        ({"state": "self_settled"}, lambda note, coded: not coded.needs_review),
    ],
)
def test_filters(database, items, filters, holds):
    want = {note.note_id for note, coded in items if holds(note, coded)}
    with database.read() as connection:
        found = queue.page(connection, Filters(**({"state": None} | filters)), limit=1000)
        assert {item.note_id for item in found} == want
        assert queue.count(connection, Filters(**({"state": None} | filters))) == (len(want), True)


def test_choices_are_the_values_that_are_there(database, items):
    with database.read() as connection:
        assert queue.choices(connection, "payer") == sorted({note.payer for note, _ in items})
        assert queue.choices(connection, "code") == sorted({s.code for _, c in items for s in c.interventions})


@pytest.mark.parametrize("state", ["nonsense", "open; DROP TABLE note"])
def test_unknown_states_are_refused(state):
    with pytest.raises(UsageError, match="no state is called"):
        Filters(state=state)


@pytest.fixture
def case(database):
    with database.read() as connection:
        return queue.open_case(connection, queue.page(connection, Filters(), limit=1)[0].id)


def settle(database, case, answer=None, reviewer="Ann"):
    with database.write() as connection:
        decisions.record(connection, case, "settle", reviewer=reviewer, after=answer)
        return queue.open_case(connection, case.item.id)


def test_accepting_confirms_every_service(database, case):
    after = settle(database, case)
    assert (after.item.state, after.item.decided_by) == ("accepted", "Ann")
    assert {service.status for service in after.answer.services} == {"confirmed"}
    with database.read() as connection:
        (row,) = queue.history(connection, case.item.id)
    assert (row["mark"], row["before"], row["state_before"]) == ("accepted", case.answer.dumps(), "open")


def test_changing_a_code_is_marked_changed(database, case):
    first, *others = case.answer.services
    answer = replace(case.answer, services=(replace(first, code="97150", status="changed"), *others))
    after = settle(database, case, answer)
    assert after.item.state == "changed"
    assert after.answer.services[0] == replace(first, code="97150", status="changed")


def test_changing_it_and_back_is_accepted(database, case):
    same = replace(case.answer, services=tuple(replace(s, status="changed") for s in case.answer.services))
    assert settle(database, case, same).item.state == "accepted"


def test_dismissing_a_finding_is_a_change(database, case):
    answer = replace(case.answer, dismissed=((case.answer.flags[0], "the goal is in the plan"),))
    assert settle(database, case, answer).item.state == "changed"


def test_the_second_tab_is_told(database, case):
    settle(database, case)
    with pytest.raises(ConflictError, match=f"note {case.item.note_id} was changed by Ann"):
        settle(database, case, reviewer="Bo")


def test_undo_walks_back_through_everything_and_stays_in_the_log(database, case):
    with database.write() as connection:
        first, *others = case.answer.services
        edited = replace(case.answer, services=(replace(first, minutes=99, status="changed"), *others))
        decisions.record(connection, case, "edit", reviewer="Ann", after=edited)
        again = queue.open_case(connection, case.item.id)
        assert again.touched
        decisions.record(connection, again, "settle", reviewer="Ann")
        assert decisions.undo(connection, reviewer="Ann").item.state == "open"
        undone = decisions.undo(connection, reviewer="Ann")
        assert undone.answer.content == case.answer.content
        kinds = [row["kind"] for row in queue.history(connection, case.item.id)]
        assert kinds == ["edit", "settle", "undo", "undo"]
        with pytest.raises(UsageError, match="nothing to undo"):
            decisions.undo(connection, reviewer="Ann")


@pytest.mark.parametrize("kind", ["edit", "settle", "skip", "query"])
def test_undoing_on_a_settled_note_leaves_it_to_who_settled_it(database, case, kind):
    settle(database, case, reviewer="Cy")
    with database.write() as connection:
        case = decisions.undo(connection, reviewer="Cy")
    settled = settle(database, case, reviewer="Alice")
    with database.write() as connection:
        decisions.record(connection, settled, kind, reviewer="Bob", after=settled.answer)
        item = decisions.undo(connection, reviewer="Bob").item
    assert (item.state, item.decided_by) == ("accepted", "Alice")
    with database.read() as connection:
        at = connection.execute(select(tables.note.c.decided_at).where(tables.note.c.id == item.id)).scalar_one()
        log = queue.history(connection, item.id)
    assert at == log[2]["at"]
    assert [(row["kind"], row["reviewer"]) for row in log] == [
        ("settle", "Cy"),
        ("undo", "Cy"),
        ("settle", "Alice"),
        (kind, "Bob"),
        ("undo", "Bob"),
    ]


def test_nobody_undoes_over_someone_elses_decision(database, case):
    settle(database, case)
    with database.write() as connection:
        later = queue.open_case(connection, case.item.id)
        decisions.record(connection, later, "edit", reviewer="Bo", after=later.answer)
        with pytest.raises(ConflictError, match="by Bo"):
            decisions.undo(connection, reviewer="Ann")


def test_a_skipped_note_goes_behind_the_others_until_undone(database, case):
    with database.write() as connection:
        decisions.record(connection, case, "skip", reviewer="Ann")
        order = queue.page(connection, Filters(), limit=1000)
        assert order[-1].id == case.item.id
        decisions.undo(connection, reviewer="Ann")
        assert queue.page(connection, Filters(), limit=1)[0].id == case.item.id


@given(st.text(max_size=40), st.integers(-5, 50), st.integers(-5, 50))
def test_a_span_is_inside_the_text_and_trimmed_or_refused(text, start, end):
    try:
        a, b = check_span(start, end, text)
    except UsageError:
        assert not (0 <= start < end <= len(text)) or not text[start:end].strip()
    else:
        assert start <= a < b <= end
        assert text[a:b] == text[start:end].strip()


def test_a_span_may_touch_but_not_cross_another():
    other = AnswerService("97110", 10, 4, 8)
    assert check_span(0, 4, "abcdefghij", [other]) == (0, 4)
    with pytest.raises(UsageError, match="cross another"):
        check_span(0, 5, "abcdefghij", [other])


@pytest.mark.parametrize("value", ["-1", "481", "1.5", "ten", "1e2", "٣", True, 2.5, float("nan"), "9" * 400])
def test_minutes_that_are_no_minutes(value):
    with pytest.raises(UsageError, match="no whole number"):
        check_minutes(value)


@pytest.mark.parametrize(("value", "minutes"), [("15", 15), (" 8 ", 8), (0, 0), (15.0, 15), ("", None), (None, None)])
def test_minutes(value, minutes):
    assert check_minutes(value) == minutes


def test_codes_as_a_reviewer_types_them():
    assert [(s.code, s.minutes) for s in parse_codes("97530=15 97110=23; g0283,none")] == [
        ("97530", 15),
        ("97110", 23),
        ("G0283", None),
        ("none", None),
    ]
    assert parse_codes(" nothing ") == ()
    few = parse_codes("97140=4min 97110 = 15 minutes, 97010=2")  # minutes that say so, and those of no timed service
    assert [(s.code, s.minutes) for s in few] == [("97140", 4), ("97110", 15), ("97010", 2)]
    with pytest.raises(UsageError, match="2 beside 97542 looks like units"):
        parse_codes("97110=15 97542=2")
    for wrong in ("97530=", "12345=10", "97530=x", "97530:15"):
        with pytest.raises(UsageError):
            parse_codes(wrong)


def test_an_answer_holds_no_words_and_comes_back_as_it_was(items):
    for _, coded in items:
        answer = Answer.of(coded)
        assert Answer.loads(answer.dumps()) == answer
        for service in coded.interventions:
            assert service.text not in answer.dumps()
