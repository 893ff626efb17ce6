"""Out to Excel and back: what was filled in is applied once, and what was broken is named cell by cell."""

from __future__ import annotations

import stat
from pathlib import Path

import openpyxl
import pytest
from labelled_notes import TODAY, load, pairs

from rehabcoder.errors import ReadError, UsageError
from rehabcoder.note import ClaimLine, CodedNote, Finding, Note, Service
from rehabcoder.worklist import sampling
from rehabcoder.worklist.rules import policy_on
from rehabcoder.worklist.store import decisions, exports, queue, samples
from rehabcoder.worklist.store.queue import Filters
from rehabcoder.worklist.workbook.apply import apply_sample, apply_worklist
from rehabcoder.worklist.workbook.layout import COLUMNS, WorkbookError
from rehabcoder.worklist.workbook.write import write_sample, write_worklist

COLUMN = {name: at for at, name in enumerate(COLUMNS["worklist"], 1)}
SAMPLE = {name: at for at, name in enumerate(COLUMNS["sample"], 1)}


@pytest.fixture
def out(database, tmp_path: Path):
    path = tmp_path / "queue.xlsx"
    with database.write() as connection:
        ids = [item.id for item in queue.page(connection, Filters(), limit=4)]
        cases = queue.open_cases(connection, ids)
        export, rows = write_worklist(path, cases, policy=policy_on(), today=TODAY)
        exports.keep(connection, export, "worklist", rows=rows)
    return path, cases


def fill(path: Path, change) -> None:
    book = openpyxl.load_workbook(path)
    change(book, book["Worklist"])
    book.save(path)


def rows_of(sheet, note_id: str) -> list[int]:
    return [row for row in range(2, sheet.max_row + 1) if sheet.cell(row, COLUMN["note"]).value == note_id]


def put(sheet, row: int, **cells) -> None:
    for name, value in cells.items():
        sheet.cell(row, COLUMN[name.replace("_", " ")], value)


def state(database, case):
    with database.read() as connection:
        return queue.open_case(connection, case.item.id)


def test_a_workbook_lists_every_service_with_the_note_beside_it(out):
    path, cases = out
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    book = openpyxl.load_workbook(path)
    sheet = book["Worklist"]
    assert [cell.value for cell in sheet[1]] == list(COLUMNS["worklist"])
    assert sheet.max_row == 1 + sum(len(case.answer.services) + 1 for case in cases)
    words = [sheet.cell(row, COLUMN["words"]).value for row in rows_of(sheet, cases[0].item.note_id)]
    assert words[:-1] == [s.text for s in cases[0].coded.interventions]
    texts = {row[0].value: row[1].value for row in book["Notes"].iter_rows(min_row=2)}
    assert texts[cases[1].item.note_id] == cases[1].text
    validations = {v.formula1 for v in sheet.data_validations.dataValidation}
    assert any("accept,change,remove" in formula for formula in validations)
    assert sheet.protection.sheet


def test_the_first_row_of_a_note_says_what_it_supports_was_billed_and_lacks(empty, tmp_path):
    texts = ("Ther ex 24 min. Hot pack.", "Group 20 min.", "Called, no session.")
    notes = [
        Note(f"n{number}", text, billed_units={"97110": 3} if number == 0 else None)
        for number, text in enumerate(texts)
    ]
    found = Finding("units_mismatch", "high", "Billed 97110 x3; supported 97110 x2.")
    services = [
        [Service(0, 15, "Ther ex 24 min.", "97110", minutes=24), Service(16, 25, "Hot pack.", "97010")],
        [Service(0, 13, "Group 20 min.", "97150", minutes=20)],
        [],
    ]
    shas = [note.text_sha256 for note in notes]
    codings = [CodedNote(f"n{at}", text_sha256=shas[at], interventions=services[at], flags=[found]) for at in range(3)]
    codings[1].lines = [ClaimLine("97150", None, 1)]
    load(empty, list(zip(notes, codings, strict=True)))
    with empty.read() as connection:
        cases = queue.open_cases(connection, [1, 2, 3])
    write_worklist(tmp_path / "w.xlsx", cases, policy=policy_on(), today=TODAY)
    sheet = openpyxl.load_workbook(tmp_path / "w.xlsx")["Worklist"]
    message = "units_mismatch: Billed 97110 x3; supported 97110 x2."
    names = ("note", "findings", "units", "billed")
    assert [[sheet.cell(row, COLUMN[name]).value for name in names] for row in range(2, 8)] == [
        ["n0", message, "97110 x2, 97010 x0", "97110 x3"],
        ["n0", None, None, None],
        ["n0", None, None, None],
        ["n1", message, "97150 x1", None],
        ["n1", None, None, None],
        ["n2", message, "nothing", None],
    ]
    assert [case.item.primary_code for case in cases] == [None, "97150", None]


def test_filled_rows_become_decisions_once(database, out):
    path, cases = out
    first, second, third, fourth = cases

    def change(book, sheet):
        for row in rows_of(sheet, first.item.note_id)[:-1]:
            put(sheet, row, decision="accept")
        service_rows = rows_of(sheet, second.item.note_id)[:-1]
        put(sheet, service_rows[0], decision="change", new_code="97750", new_minutes=31, reason="it was a test")
        for row in service_rows[1:]:
            put(sheet, row, decision="remove")
        put(sheet, rows_of(sheet, third.item.note_id)[-1], decision="query", reason="how long was the bike?")
        put(sheet, rows_of(sheet, fourth.item.note_id)[-1], decision="accept")

    fill(path, change)
    done = apply_worklist(database, path, reviewer="Ann")
    assert (done.settled, done.queried, done.already, done.moved) == (3, 1, 0, [])
    assert state(database, first).item.state == "accepted"
    assert state(database, fourth).item.state == "accepted"
    assert state(database, third).item.state == "awaiting_addendum"
    changed = state(database, second)
    assert changed.item.state == "changed"
    assert [(s.code, s.minutes, s.status) for s in changed.answer.services] == [("97750", 31, "changed")]
    again = apply_worklist(database, path, reviewer="Ann")
    assert (again.settled, again.queried, again.already) == (0, 0, 4)


def test_a_service_is_added_by_its_words(database, empty, tmp_path):
    text = "Hot pack 10 min.\nSit to stand x10 from low chair, 12 min.\n🙂 Goal: toilet alone."
    note = Note("emoji", "🙂é " + text)
    load(empty, [(note, CodedNote("emoji", text_sha256=note.text_sha256))])
    with empty.write() as connection:
        item = queue.find(connection, ["emoji"])["emoji"]
        path = tmp_path / "add.xlsx"
        export, rows = write_worklist(path, queue.open_cases(connection, [item.id]), policy=policy_on(), today=TODAY)
        exports.keep(connection, export, "worklist", rows=rows)
    words = "Sit to stand x10 from low chair"
    fill(path, lambda book, sheet: put(sheet, 2, decision="add", words=words, new_code="97530", new_minutes=12))
    apply_worklist(empty, path, reviewer="Ann")
    with empty.read() as connection:
        case = queue.open_case(connection, item.id)
    (service,) = case.answer.services
    assert note.text[service.start : service.end] == words
    assert (service.code, service.minutes, service.status) == ("97530", 12, "added")


def broken(name):
    """Ways to break a workbook, each with what the refusal says."""

    def formula(book, sheet):
        put(sheet, 2, decision='="acc"&"ept"')

    def changed_key(book, sheet):
        sheet.cell(2, 1, sheet.cell(2, 1).value.replace(".0.", ".1."))
        put(sheet, 2, decision="accept")

    def swapped_id(book, sheet):
        note_id = sheet.cell(2, COLUMN["note"]).value
        for row in rows_of(sheet, note_id):
            put(sheet, row, note="someone-else")
            if sheet.cell(row, COLUMN["code"]).value:
                put(sheet, row, decision="accept")

    def extra_sheet(book, sheet):
        book.create_sheet("Mine")
        put(sheet, 2, decision="accept")

    def half(book, sheet):
        put(sheet, 2, decision="accept")

    def unknown(book, sheet):
        put(sheet, 2, decision="approve")

    def minutes(book, sheet):
        put(sheet, 2, decision="change", new_minutes="a quarter")

    def code(book, sheet):
        put(sheet, 2, decision="change", new_code="99999")

    def empty_change(book, sheet):
        put(sheet, 2, decision="change")

    def accept_with_code(book, sheet):
        put(sheet, 2, decision="accept", new_code="97110")

    def column(book, sheet):
        sheet.delete_cols(3)

    def twice(book, sheet):
        for at in range(1, len(COLUMNS["worklist"]) + 1):
            sheet.cell(sheet.max_row + (at == 1), at, sheet.cell(2, at).value)

    def no_decision(book, sheet):
        put(sheet, 2, reason="because")

    def foreign_words(book, sheet):
        row = next(r for r in range(2, sheet.max_row + 1) if not sheet.cell(r, COLUMN["code"]).value)
        note_id = sheet.cell(row, COLUMN["note"]).value
        for at in rows_of(sheet, note_id)[:-1]:
            put(sheet, at, decision="accept")
        put(sheet, row, decision="add", words="words of no note", new_code="97110")

    return locals()[name]


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("formula", r"O2: a formula"),
        ("changed_key", r"row 2: this row was not written by rehabcoder"),
        ("swapped_id", r"note id beside row 2 was changed"),
        ("extra_sheet", r"extra sheet 'Mine'"),
        ("half", r"row 2: the note is half filled; row 3"),
        ("unknown", r"row 2: 'approve' is no decision"),
        ("minutes", r"row 2: the minutes are no whole number"),
        ("code", r"row 2: '99999' is no code"),
        ("empty_change", r"row 2: a change needs"),
        ("accept_with_code", r"row 2: accept takes no new code"),
        ("column", r"row 1: the columns were changed"),
        ("twice", r"stands in the workbook twice"),
        ("no_decision", r"row 2: no decision is chosen"),
        ("foreign_words", r"not in the note"),
    ],
)
def test_a_broken_workbook_is_refused_whole(database, out, name, says):
    path, cases = out
    fill(path, broken(name))
    with pytest.raises(WorkbookError, match=says):
        apply_worklist(database, path, reviewer="Ann")
    for case in cases:
        assert state(database, case).item == case.item


def test_every_wrong_cell_is_named_at_once(database, out):
    path, cases = out

    def change(book, sheet):
        for case in cases[1:4]:
            put(sheet, rows_of(sheet, case.item.note_id)[0], decision="approve")

        broken("foreign_words")(book, sheet)  # in the first note

    fill(path, change)
    with pytest.raises(WorkbookError) as caught:
        apply_worklist(database, path, reviewer="Ann")
    assert len(caught.value.problems) == 4


def test_a_note_decided_meanwhile_is_left_alone(database, out):
    path, cases = out
    with database.write() as connection:
        decisions.record(connection, queue.open_case(connection, cases[0].item.id), "settle", reviewer="Bo")

    def change(book, sheet):
        for case in cases[:2]:
            put(sheet, rows_of(sheet, case.item.note_id)[-1], decision="accept")

    fill(path, change)
    done = apply_worklist(database, path, reviewer="Ann")
    assert (done.settled, done.moved) == (1, [cases[0].item.note_id])
    assert state(database, cases[0]).item.decided_by == "Bo"


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04broken", b"note,decision\n1,accept\n"])
def test_a_file_that_is_no_workbook(database, tmp_path, content):
    path = tmp_path / "x.xlsx"
    path.write_bytes(content)
    with pytest.raises(ReadError, match="not an Excel workbook"):
        apply_worklist(database, path, reviewer="Ann")


def test_somebody_elses_workbook(database, out, tmp_path):
    book = openpyxl.Workbook()
    book.save(tmp_path / "other.xlsx")
    with pytest.raises(ReadError, match="not a worklist workbook"):
        apply_worklist(database, tmp_path / "other.xlsx", reviewer="Ann")
    path, _ = out
    fill(path, lambda book, sheet: put(book["Lists"], 1) or book["Lists"].cell(1, 1, "f" * 16))
    with pytest.raises((ReadError, WorkbookError)):
        apply_worklist(database, path, reviewer="Ann")


def test_words_that_look_like_formulas_stay_words(empty, tmp_path):
    note = Note("=cmd()", "=HYPERLINK(1) 97110 x 10 min", clinician="+Ann")
    load(empty, [(note, CodedNote(note.note_id, text_sha256=note.text_sha256))])
    with empty.read() as connection:
        write_worklist(tmp_path / "w.xlsx", queue.open_cases(connection, [1]), policy=policy_on(), today=TODAY)
    book = openpyxl.load_workbook(tmp_path / "w.xlsx")
    assert all(cell.data_type != "f" for sheet in book for row in sheet.iter_rows() for cell in row)
    assert book["Notes"]["B2"].value == note.text


def test_nothing_to_write_is_said(tmp_path):
    with pytest.raises(UsageError, match="nothing to write"):
        write_worklist(tmp_path / "w.xlsx", [], policy=policy_on(), today=TODAY)


def test_a_workbook_that_may_be_filled_in_is_not_replaced(database, out, tmp_path):
    path, cases = out
    before = path.read_bytes()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    with pytest.raises(UsageError, match=r"queue\.xlsx: there is a file already, .* --apply, .* another --out"):
        write_worklist(path, cases, policy=policy_on(), today=TODAY)
    with database.write() as connection:
        drawn = sampling.draw(samples.frame(connection, Filters()), design="simple", size=2, seed=1)
        made = samples.save(connection, drawn, name="s", by="Ann", made_from={}, confidence=0.9, precision=0.1)
        items = samples.items(connection, made.id)
        with pytest.raises(UsageError, match="sample apply"):
            write_sample(path, items, [samples.case_of(connection, item) for item in items])
    assert path.read_bytes() == before
    assert [each.name for each in tmp_path.glob("*queue*")] == ["queue.xlsx"]


def test_the_second_look_by_workbook(empty, tmp_path):
    load(empty, pairs(20, "clinic-c"))
    path = tmp_path / "sample.xlsx"
    with empty.write() as connection:
        for item in queue.page(connection, Filters(), limit=100):
            decisions.record(connection, queue.open_case(connection, item.id), "settle", reviewer="Ann")
        units = samples.frame(connection, Filters(state="accepted"))
        drawn = sampling.draw(units, design="simple", size=5, seed=1)
        made = samples.save(connection, drawn, name="s", by="Ann", made_from={}, confidence=0.9, precision=0.1)
        items = samples.items(connection, made.id)
        export, rows = write_sample(path, items, [samples.case_of(connection, item) for item in items])
        exports.keep(connection, export, "sample", rows=rows, sample_id=made.id)
    book = openpyxl.load_workbook(path)
    shown = {str(cell.value) for row in book["Worklist"].iter_rows() for cell in row}
    assert not shown & {"Ann", "accepted", *(s.code for item in items for s in item.first.services)}
    sheet = book["Worklist"]

    def fill_in(*answers):
        for row, codes in enumerate(answers, 2):
            sheet.cell(row, SAMPLE["decision"], "reviewed")
            sheet.cell(row, SAMPLE["codes=minutes"]).value = codes
        book.save(path)

    fill_in("97542=2", None, "9711", "97110:15")
    with pytest.raises(WorkbookError, match="looks like units") as caught:
        apply_sample(empty, path, reviewer="Bo")
    assert [problem.split(":")[0] for problem in caught.value.problems] == ["row 2", "row 3", "row 4", "row 5"]
    sheet.delete_rows(4, 3)
    fill_in("97110=15 97530=23", "nothing")
    with pytest.raises(WorkbookError, match="you decided this note yourself"):
        apply_sample(empty, path, reviewer="Ann")
    with pytest.raises(UsageError, match="no reviewer's name"):
        apply_sample(empty, path, reviewer=" ")
    assert apply_sample(empty, path, reviewer="Bo").settled == 2
    assert apply_sample(empty, path, reviewer="Bo").already == 2
    with empty.read() as connection:
        first, second, *others = samples.items(connection, made.id)
    assert [(s.code, s.minutes) for s in first.second.services] == [("97110", 15), ("97530", 23)]
    assert second.second.services == ()
    assert all(item.second is None for item in others)
