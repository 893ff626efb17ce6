"""Coded notes into the worklist: joined by id and hash, once, in any order, after any interruption."""

from __future__ import annotations

import json
import threading
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from labelled_notes import TODAY, labelled, load, pairs
from sqlalchemy import select

from rehabcoder.billing.policies import load_policy
from rehabcoder.errors import ReadError
from rehabcoder.note import CodedNote, Note, Service, Totals
from rehabcoder.readers.coded import read_coded
from rehabcoder.worklist.importing import import_coded
from rehabcoder.worklist.risk import Money, billed_units, money_of
from rehabcoder.worklist.rules import policy_on
from rehabcoder.worklist.store import decisions, queue, tables
from rehabcoder.worklist.store.database import Database
from rehabcoder.worklist.store.keeping import purge_text
from rehabcoder.worklist.store.queue import Filters


def dump(database: Database, table) -> list[tuple]:
    with database.read() as connection:
        return [tuple(row) for row in connection.execute(select(table))]


def test_every_note_comes_in_once_with_its_text(database, items):
    with database.read() as connection:
        assert sum(queue.states(connection).values()) == len(items)
        for note, coded in items:
            item = queue.find(connection, [note.note_id])[note.note_id]
            case = queue.open_case(connection, item.id)
            assert case.text == note.text
            assert case.coded == coded
            assert case.item.clinician == note.clinician


def test_importing_twice_changes_nothing(database, items):
    before = [dump(database, table) for table in (tables.note, tables.text, tables.coding, tables.note_code)]
    tally = load(database, items)
    assert (tally.notes, tally.unchanged, tally.texts) == (0, len(items), 0)
    assert [dump(database, table) for table in (tables.note, tables.text, tables.coding, tables.note_code)] == before


def test_notes_may_stand_in_another_order_and_be_more(empty, items):
    lines = [(json.dumps(coded.to_json()), "coded") for _, coded in items[:10]]
    notes = [note for note, _ in reversed(items)]
    tally = import_coded(empty, lines, notes, policy=policy_on(), today=TODAY)
    assert (tally.notes, tally.unmatched) == (10, 0)


def test_an_interrupted_import_goes_on_where_it_stopped(empty, items, monkeypatch):
    monkeypatch.setattr("rehabcoder.worklist.importing.BATCH", 7)

    def until_the_power_goes():
        for at, (_, coded) in enumerate(items):
            if at == 25:
                raise KeyboardInterrupt
            yield json.dumps(coded.to_json()), "coded"

    notes = [note for note, _ in items]
    with pytest.raises(KeyboardInterrupt):
        import_coded(empty, until_the_power_goes(), notes, policy=policy_on(), today=TODAY)
    with empty.read() as connection:
        assert sum(queue.states(connection).values()) == 21  # three whole batches
    tally = load(empty, items)
    assert (tally.notes, tally.unchanged, tally.repeated) == (len(items) - 21, 21, 0)


def test_two_imports_at_once_give_what_one_gives(place, items, monkeypatch):
    monkeypatch.setattr("rehabcoder.worklist.importing.BATCH", 5)
    failures: list[Exception] = []

    def run():
        try:
            database = Database(place, create=True)
            load(database, items)
            database.close()
        except Exception as error:
            failures.append(error)

    threads = [threading.Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures
    database = Database(place)
    assert len(dump(database, tables.note)) == len(dump(database, tables.coding)) == len(items)
    database.close()


def test_a_coding_without_its_text_is_named_and_left_out(empty, items):
    note, coded = items[0]
    changed = replace(note, text=note.text + " ")
    tally = load(empty, [(changed, coded), *items[1:3]])
    assert (tally.notes, tally.unmatched, tally.unmatched_ids) == (2, 1, [coded.note_id])


def test_a_coded_file_that_matches_no_note_is_refused(empty, items):
    lines = [(json.dumps(coded.to_json()), "coded") for _, coded in items[:3]]
    with pytest.raises(ReadError, match="none of the 3 coded notes has its text"):
        import_coded(empty, lines, [note for note, _ in items[10:12]], policy=policy_on())
    with empty.read() as connection:
        assert sum(queue.states(connection).values()) == 0


def test_one_id_with_two_codings_in_one_file_keeps_the_first(empty, items):
    note, coded = items[0]
    tally = load(empty, [(note, coded), (note, replace(coded, model_version="other"))])
    assert (tally.notes, tally.repeated, tally.repeated_ids) == (1, 1, [note.note_id])


def test_another_note_of_the_same_id_is_left_out_however_often_it_comes(empty, items):
    note, coded = items[0]
    other = replace(note, text="Another visit.")
    pair = (other, replace(coded, text_sha256=other.text_sha256))
    assert load(empty, [(note, coded), pair]).repeated == 1
    tally = load(empty, [(note, coded), pair])
    assert (tally.unchanged, tally.addenda, tally.repeated) == (1, 0, 1)
    with empty.read() as connection:
        assert queue.open_case(connection, 1).text == note.text


@pytest.mark.parametrize("line", ["{", "[]", '{"note_id": 4}', '{"note_id": "a", "nonsense": 1}', "null"])
def test_a_line_that_is_no_coded_note_is_named_without_its_words(empty, line):
    with pytest.raises(ReadError, match=r"part-1\.jsonl:7: this line is no coded note") as caught:
        import_coded(empty, [(line, "part-1.jsonl:7")], [], policy=policy_on())
    assert "nonsense" not in str(caught.value)


def test_a_coding_by_a_newer_model_leaves_a_decision_alone(database, items):
    record = next(iter(labelled("clinic-a")))
    with database.write() as connection:
        item = queue.find(connection, [record["id"]])[record["id"]]
        decisions.record(connection, queue.open_case(connection, item.id), "settle", reviewer="Ann")
    newer = replace(items[0][1], model_version="test-2", needs_review=True)
    tally = load(database, [(items[0][0], newer)])
    assert tally.recoded == 1
    with database.read() as connection:
        case = queue.open_case(connection, item.id)
        assert case.item.state == "accepted"
        assert case.coded.model_version == "test-1"
        assert [v["model_version"] for v in queue.versions(connection, record["id"])] == ["test-1", "test-2"]


def test_a_coding_by_a_newer_model_takes_over_an_open_note(database, items):
    note, coded = items[0]
    load(database, [(note, replace(coded, model_version="test-2", needs_review=False, flags=[]))])
    with database.read() as connection:
        case = queue.open_case(connection, queue.find(connection, [note.note_id])[note.note_id].id)
        assert (case.item.state, case.coded.model_version) == ("self_settled", "test-2")
        assert queue.page(connection, Filters(state=None, finding="missing_minutes", search=note.note_id)) == []


def test_an_addendum_reopens_the_note_and_keeps_both_versions(database, items):
    note, coded = items[0]
    with database.write() as connection:
        case = queue.open_case(connection, queue.find(connection, [note.note_id])[note.note_id].id)
        decisions.record(connection, case, "query", reviewer="Ann", reason="minutes of the bike?")
        assert queue.open_case(connection, case.item.id).item.state == "awaiting_addendum"
    longer = replace(note, text=note.text + "\nAddendum: bike 10 min.")
    tally = load(database, [(longer, replace(coded, text_sha256=longer.text_sha256, needs_review=False))])
    assert tally.addenda == 1
    with database.read() as connection:
        case = queue.open_case(connection, case.item.id)
        assert (case.item.state, case.text) == ("open", longer.text)
        versions = queue.versions(connection, note.note_id)
        assert [v["text_sha256"] for v in versions] == [note.text_sha256, longer.text_sha256]
        assert [d["kind"] for d in queue.history(connection, case.item.id)] == ["query", "addendum"]


def test_a_failed_note_is_a_row_of_its_own_state(empty):
    note = Note("broken", "", error="the page has no text")
    coded = CodedNote("broken", text_sha256=note.text_sha256, status="failed", error=note.error)
    load(empty, [(note, coded)])
    with empty.read() as connection:
        assert queue.states(connection)["failed"] == 1


@pytest.mark.parametrize("text", ["ok \ud800 then", "bike 👍🏽 10 min e\u0301", "a\x00b", "x" * 200_000])
def test_any_text_comes_back_as_it_was(empty, text):
    note = Note("n", text)
    load(empty, [(note, CodedNote("n", text_sha256=note.text_sha256))])
    with empty.read() as connection:
        assert queue.open_case(connection, 1).text == text


def test_parts_of_a_folder_are_read_in_order_without_the_claims(tmp_path: Path):
    for name in ("part-2.jsonl", "part-1.jsonl", "claims.jsonl"):
        (tmp_path / name).write_text(f'"{name}"\n\n', encoding="utf-8")
    assert [where for _, where in read_coded(tmp_path)] == ["part-1.jsonl:1", "part-2.jsonl:1"]


PRICED = replace(load_policy(), fees={"default": Decimal(30), "97016": Decimal(10)})


def services(**minutes: int | None) -> list[Service]:
    return [Service(0, 1, "", code.removeprefix("c"), minutes=given) for code, given in minutes.items()]


def test_money_at_stake_is_billed_against_supported():
    _, coded = pairs(1, "clinic-a")[0]
    assert coded.totals.billed_units == {"97110": 1, "97112": 1, "97530": 1, "97016": 1}
    assert money_of(billed_units(coded, PRICED), coded.interventions, PRICED) == Money(100.0, 0.0, 0.0)
    assert money_of({"97110": 3}, services(c97110=30, c97530=30), PRICED) == Money(90.0, 30.0, 60.0)
    assert money_of(None, services(c97110=30), PRICED) == Money(0.0, 0.0, 0.0)
    assert money_of({"97014": 1}, services(cG0283=None), PRICED) == Money(30.0, 0.0, 0.0)  # as the payer calls it


@pytest.mark.parametrize("billed", [{"97110": 2, "97112": 1}, {"97110": 1, "97112": 2}])
def test_either_side_of_a_tie_is_worth_nothing_over_or_under(billed):
    assert money_of(billed, services(c97110=20, c97112=20), PRICED) == Money(90.0, 0.0, 0.0)


def test_units_that_the_note_cannot_settle_count_neither_way():
    unsplit = services(c97110=None, c97112=None)
    assert money_of({"97110": 2, "97112": 1}, unsplit, PRICED) == Money(90.0, 0.0, 0.0)
    assert money_of({"97110": 2, "97112": 2}, unsplit, PRICED, stated_timed=40) == Money(120.0, 30.0, 0.0)
    assert money_of({"97110": 1}, unsplit, load_policy(), stated_timed=40) == Money(30.0, 0.0, 60.0)  # flat fees


def test_what_was_billed_is_the_column_then_the_note_then_its_labels():
    labelled_service = replace(services(c97530=30)[0], labelled="97110")
    coded = CodedNote("n", interventions=[labelled_service])
    assert billed_units(coded, PRICED) == {"97110": 2}
    coded.totals = Totals(billed_units={"97110": 3})
    assert billed_units(coded, PRICED) == {"97110": 3}
    assert billed_units(coded, PRICED, column={"97530": 4, "97112": 0}) == {"97530": 4}
    assert billed_units(CodedNote("n", interventions=services(c97530=30)), PRICED) is None


@pytest.mark.parametrize("other", ["97110", "97140"])
def test_labels_whose_minutes_are_missing_do_not_say_what_was_billed(other):
    given = [replace(service, labelled=service.code) for service in (*services(c97110=30), *services(**{other: None}))]
    coded = CodedNote("n", interventions=given, totals=Totals(stated_timed=53))
    billed = billed_units(coded, PRICED)
    assert billed is None
    assert money_of(billed, given, PRICED, stated_timed=53) == Money(0.0, 0.0, 0.0)


def test_units_of_a_column_count_before_the_labels_of_the_note(empty):
    note = Note("n", "Therex 15 min", billed_units={"97110": 3})
    service = Service(0, 13, "Therex 15 min", "97110", labelled="97110", minutes=15)
    load(empty, [(note, CodedNote("n", text_sha256=note.text_sha256, interventions=[service]))])
    with empty.read() as connection:
        row = connection.execute(select(tables.note.c.billed_value, tables.note.c.overpaid)).one()
    assert tuple(row) == (90.0, 60.0)


BILLED_FIVE = Note(
    "n", "Therex 15 min", source="a.csv#1", patient_id="p", date_of_service="2026-03-02", billed_units={"97110": 5}
)


def therex(note: Note, **fields) -> CodedNote:
    service = Service(0, 13, "Therex 15 min", "97110", minutes=15)
    return CodedNote("n", text_sha256=note.text_sha256, interventions=[service], needs_review=True, **fields)


@pytest.mark.parametrize("coded_anew", [False, True])
@pytest.mark.parametrize("decided", [False, True])
def test_a_corrected_bill_is_valued_anew_and_leaves_a_decision(empty, coded_anew, decided):
    load(empty, [(BILLED_FIVE, therex(BILLED_FIVE))])
    if decided:
        with empty.write() as connection:
            decisions.record(connection, queue.open_case(connection, 1), "settle", reviewer="Ann")
    with empty.read() as connection:
        before = queue.open_case(connection, 1)
    two = replace(BILLED_FIVE, source="b.csv#1", patient_id=None, clinician="Brandt", billed_units={"97110": 2})
    tally = load(empty, [(two, therex(two, model_version="test-2" if coded_anew else ""))])
    assert (tally.corrected, tally.recoded, tally.unchanged) == (1, coded_anew, not coded_anew)
    with empty.read() as connection:
        case = queue.open_case(connection, 1)
    assert (before.item.overpaid, case.item.overpaid) == (120.0, 30.0)  # flat fees
    assert before.item.rank < case.item.rank  # less is at stake
    assert case.meta["billed_units"] == {"97110": 2}
    assert (case.meta["patient_id"], case.item.clinician) == ("p", "Brandt")  # an empty field is no correction
    assert (case.item.state, case.answer) == (before.item.state, before.answer)
    assert load(empty, [(two, therex(two))]).corrected == 0


def test_the_same_notes_from_another_place_are_no_correction(empty):
    load(empty, [(BILLED_FIVE, therex(BILLED_FIVE))])
    assert load(empty, [(replace(BILLED_FIVE, source="b.csv#7"), therex(BILLED_FIVE))]).corrected == 0


def test_a_purged_text_takes_no_field_back(empty):
    load(empty, [(BILLED_FIVE, therex(BILLED_FIVE))])
    purge_text(empty, before="2027-01-01", who="Ann")
    assert load(empty, [(BILLED_FIVE, therex(BILLED_FIVE))]).corrected == 0
    with empty.read() as connection:
        assert "patient_id" not in queue.open_case(connection, 1).meta


ROW = Note("notes-1", "Therex 15 min", "week1/notes.csv#1")


@pytest.mark.parametrize(
    ("before", "after", "addendum"),
    [
        ({}, {}, False),  # two exports, each with a first row
        ({"source": "week1/notes.xlsx#May #1!1"}, {}, False),
        ({"source": "week1/notes.xlsx#May #1!2"}, {}, True),  # an id that happens to end in a number
        ({"patient_id": "p1"}, {"patient_id": "p1"}, False),  # and the patient's next visit in it
        ({"patient_id": "p1", "date_of_service": "2026-03-02"}, {}, True),
        ({"note_id": "a1"}, {}, True),  # the export's own id
        ({"note_id": "a1", "patient_id": "p1"}, {"patient_id": None}, True),
        ({"note_id": "a1", "patient_id": "p1"}, {"patient_id": "p2"}, False),
        ({"note_id": "a1", "date_of_service": "2026-03-02"}, {"date_of_service": "2026-03-09"}, False),
    ],
)
def test_only_a_text_of_the_same_visit_is_an_addendum(empty, before, after, addendum):
    first = replace(ROW, **before)
    load(empty, [(first, replace(therex(first), note_id=first.note_id))])
    with empty.write() as connection:
        decisions.record(connection, queue.open_case(connection, 1), "settle", reviewer="Ann")
    second = replace(first, text="Gait 15 min", source=first.source.replace("week1", "week2"), **after)
    pair = second, replace(therex(second), note_id=second.note_id)
    for _ in range(2):
        tally = load(empty, [pair])
        assert (tally.others, tally.other_ids) == ((0, []) if addendum else (1, [first.note_id]))
    with empty.read() as connection:
        case = queue.open_case(connection, 1)
    assert (case.item.state, case.text) == (("open", second.text) if addendum else ("accepted", first.text))
    assert case.touched is not addendum


def test_a_failed_note_claims_neither_direction(empty):
    note = Note("broken", "", error="the page has no text", billed_units={"97110": 3})
    load(empty, [(note, CodedNote("broken", text_sha256=note.text_sha256, status="failed", error=note.error))])
    with empty.read() as connection:
        assert tuple(connection.execute(select(tables.note.c.overpaid, tables.note.c.underpaid)).one()) == (0.0, 0.0)
