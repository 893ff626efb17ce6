"""Coded notes as JSON Lines, CSV, Parquet and a workbook."""

from __future__ import annotations

import csv
import errno
import io
import json
import os
import stat
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rehabcoder.errors import RehabcoderError, UsageError
from rehabcoder.note import Activity, ClaimLine, CodedNote, Evidence, Finding, Json, Service, Span, Totals
from rehabcoder.writers import dump_csv, dump_jsonl, files, format_of, json_line, parquet, workbook
from rehabcoder.writers.flat import COLUMNS, neutral
from rehabcoder.writers.summary import units_supported


def coded(note_id: str = "a-17", **more: Any) -> CodedNote:
    service = Service(
        3, 9, "squats", "97530", labelled="97110", minutes=15, confidence=0.93, alternatives=[("97110", 0.05)],
        review_reasons=["code_mismatch"], activities=[Activity("squat", sets=3, reps=5, device="foam")],
        minutes_span=Span(10, 16), why=[Evidence(3, 9, "squats", "daily task named as the purpose", "97530")],
    )  # fmt: skip
    full = {
        "source": "inbox/n.csv#17", "text_sha256": "ab" * 32, "interventions": [service],
        "lines": [ClaimLine("97530", 15, 1, "one whole block", ["GP"]), ClaimLine("97010", None, 1)],
        "totals": Totals(15, 1, 20, 30, {"97110": 2}),
        "flags": [
            Finding("code_mismatch", "high", "labelled 97110", 3, 9, "guide"),
            Finding("missing_progress", "low", "none"),
        ],
        "primary_code": "97530", "review_reasons": ["code_mismatch"], "policy": "medicare-part-b",
    }  # fmt: skip
    return CodedNote(note_id, **(full | more))


def failed(note_id: str) -> CodedNote:
    return CodedNote(note_id, "inbox/n.csv#18", status="failed", error="n.csv#18: broken", needs_review=True)


def test_formats_by_name() -> None:
    names = ("a.jsonl", "a.CSV", "a.b.parquet", "a.xlsx", "coded", "coded/", "coded.2026", "jsonl")
    assert [format_of(name) for name in names] == ["jsonl", "csv", "parquet", "xlsx", None, None, None, None]


@pytest.mark.parametrize("name", ["coded.xls", "coded.TXT", "coded.json", "coded.csv.gz"])
def test_a_file_of_another_format_is_no_folder(name: str) -> None:
    with pytest.raises(UsageError, match=r"file is written. Use .jsonl, .csv, .parquet or .xlsx"):
        format_of(name)


def test_json_lines_are_the_contract() -> None:
    out = io.StringIO()
    rows = [coded().to_json(), failed("b").to_json()]
    dump_jsonl(rows, out)
    lines = out.getvalue().splitlines()
    assert [json.loads(line) for line in lines] == rows
    assert CodedNote.from_json(json.loads(lines[0])) == coded()


def test_json_keeps_what_utf8_can_hold_and_escapes_the_rest() -> None:
    assert json_line({"a": "é 🙂"}) == '{"a": "é 🙂"}\n'
    assert json_line({"a": "\ud83d"}) == '{"a": "\\ud83d"}\n'


def test_csv_has_a_row_a_note() -> None:
    out = io.StringIO()
    about = {"date_of_service": "2024-09-18", "patient_id": "0042", "clinician": "T. Example", "payer": "Medicare"}
    dump_csv([(about, coded().to_json()), ({"billed_units": {"97530": 4}}, failed("b").to_json())], out)
    first, second = csv.DictReader(io.StringIO(out.getvalue()))
    assert first == dict.fromkeys(COLUMNS, "") | about | {
        "note_id": "a-17", "source": "inbox/n.csv#17", "status": "coded", "needs_review": "yes",
        "review_reasons": "code_mismatch", "primary_code": "97530", "units_by_code": "97530:1;97010:1",
        "minutes_by_code": "97530:15", "modifiers": "97530-GP", "timed_minutes": "15", "timed_units": "1",
        "stated_timed_minutes": "20", "stated_total_minutes": "30", "billed_units": "97110:2",
        "labelled": "97110>97530", "services": "97530, 15 min: squats",
        "findings": "code_mismatch;missing_progress", "messages": "labelled 97110 none",
        "rule": "cms", "policy": "medicare-part-b", "text_sha256": "ab" * 32,
    }  # fmt: skip
    assert (second["status"], second["error"], second["billed_units"]) == ("failed", "n.csv#18: broken", "97530:4")


@given(st.text())
def test_no_cell_begins_like_a_formula(text: str) -> None:
    cell = neutral(text)
    assert not cell.startswith(("=", "+", "-", "@", "\t", "\r"))
    assert cell.endswith(text)


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", " =1", "＝1"])
def test_formulas_are_neutralised_in_every_output_for_spreadsheets(text: str, tmp_path: Path) -> None:
    out = io.StringIO()
    dump_csv([({}, coded(text).to_json())], out, header=False)
    assert next(csv.reader(io.StringIO(out.getvalue())))[0] == "'" + text
    workbook.write_workbook([({"clinician": text}, coded(text).to_json())], tmp_path / "n.xlsx", scratch=tmp_path)
    sheet = openpyxl.load_workbook(tmp_path / "n.xlsx")["Worklist"]
    assert [(sheet.cell(2, at).value, sheet.cell(2, at).data_type) for at in (1, 3)] == [("'" + text, "s")] * 2


def as_json(row: Json) -> Json:
    """A Parquet row in the form of the JSON."""
    for service in row["interventions"]:
        service["alternatives"] = [[item["code"], item["probability"]] for item in service["alternatives"]]
        for activity in service["activities"]:
            always = ("name", "body_part", "side", "sets", "reps", "assist")
            for key in [key for key, value in activity.items() if value is None and key not in always]:
                del activity[key]
    for line in row["lines"]:
        if line["modifiers"] is None:
            del line["modifiers"]
    if row["totals"]["billed_units"] is not None:
        row["totals"]["billed_units"] = dict(row["totals"]["billed_units"])
    return row


def test_parquet_holds_what_the_json_holds(tmp_path: Path) -> None:
    rows = [coded(f"n{i}").to_json() for i in range(2500)] + [failed("b").to_json()]
    parquet.write_rows(rows, tmp_path / "1.parquet")
    parquet.write_rows([coded("\ud83d").to_json()], tmp_path / "2.parquet")
    parquet.join_files([tmp_path / "1.parquet", tmp_path / "2.parquet"], tmp_path / "all.parquet")
    read = [as_json(row) for row in pq.read_table(tmp_path / "all.parquet").to_pylist()]
    assert read[:-1] == rows
    assert read[-1]["note_id"] == "?"


def test_the_workbook(tmp_path: Path) -> None:
    about = {"clinician": "T. Example", "date_of_service": "2024-09-18", "patient_id": "0042", "payer": "Medicare"}
    settled = coded("ok", needs_review=False, review_reasons=[], flags=[], interventions=[], lines=[], totals=Totals())
    pairs = [(about, coded().to_json()), ({}, failed("b").to_json()), (about, settled.to_json())]
    workbook.write_workbook(pairs, tmp_path / "n.xlsx", scratch=tmp_path)
    book = openpyxl.load_workbook(tmp_path / "n.xlsx")
    assert book.sheetnames == ["Worklist", "Services", "Claim lines", "Findings", "By clinician"]
    cells = {
        name: [[cell.value for cell in row] for row in book[name].iter_rows(min_row=2)] for name in book.sheetnames
    }
    assert [row[:2] + row[5:8] for row in cells["Worklist"]] == [
        ["a-17", "2024-09-18", "yes", "code_mismatch", "97530:1;97010:1"],
        ["b", None, "failed", None, None],
        ["ok", "2024-09-18", "no", None, None],
    ]
    assert cells["Services"] == [
        ["a-17", "2024-09-18", "T. Example", "squats", "97110", "97530", 15, 0.93, "yes", "code_mismatch"]
    ]
    assert [row[4:10] for row in cells["Claim lines"]] == [
        ["97530", cells["Claim lines"][0][5], 15, 1, "GP", 0],
        ["97010", cells["Claim lines"][1][5], None, 1, None, 0],
        ["97110", cells["Claim lines"][2][5], None, 0, None, 2],
    ]  # fmt: skip
    assert cells["Claim lines"][2][10] == "Billed; the note does not describe this service."
    assert [row[3:6] for row in cells["Findings"]] == [
        ["high", "code_mismatch", "labelled 97110"], ["low", "missing_progress", "none"],
    ]  # fmt: skip
    assert cells["By clinician"] == [
        ["(not given)", 1, 1, 0, 0, 0, 0, 0, 0, 0], ["T. Example", 2, 0, 1, 1, 0.5, 2, 2, 1, 1],
        ["all", 3, 1, 1, 1, 0.3333, 2, 2, 1, 1],
    ]  # fmt: skip
    sheet = book["Worklist"]
    assert sheet.auto_filter.ref == "A1:P4"
    colours = [sheet.cell(row, 1).fill.fgColor.rgb for row in (2, 3, 4)]
    assert len(set(colours)) == 3  # high severity, failed, settled


def test_units_of_a_column_are_what_the_workbook_calls_billed(tmp_path: Path) -> None:
    pairs = [({"clinician": "K", "billed_units": {"97530": 4, "97010": 1}}, coded().to_json())]
    workbook.write_workbook(pairs, tmp_path / "n.xlsx", scratch=tmp_path)
    book = openpyxl.load_workbook(tmp_path / "n.xlsx")
    assert book["Worklist"].cell(2, 12).value == "97530:4;97010:1"
    assert [row[9].value for row in book["Claim lines"].iter_rows(min_row=2)] == [4, 1]
    # supported: a timed unit and an untimed one; billed: five
    assert [cell.value for cell in book["By clinician"][2]][6:8] == [2, 5]


def test_a_code_on_two_lines_is_added_up_and_its_bill_dealt_out(tmp_path: Path) -> None:
    lines = [ClaimLine("97530", 15, 1, "", ["GP"]), ClaimLine("97530", 20, 1, "", ["GP", "CQ"])]
    row = coded(lines=lines, totals=Totals(35, 2, billed_units={"97530": 4})).to_json()
    out = io.StringIO()
    dump_csv([({}, row)], out)
    [flat] = csv.DictReader(io.StringIO(out.getvalue()))
    assert (flat["units_by_code"], flat["minutes_by_code"]) == ("97530:2", "97530:35")
    assert flat["modifiers"] == "97530-GP;97530-GP-CQ"
    workbook.write_workbook([({}, row)], tmp_path / "n.xlsx", scratch=tmp_path)
    book = openpyxl.load_workbook(tmp_path / "n.xlsx")
    assert [cell.value for cell in book["Worklist"][2]][7:9] == ["97530:2", "97530:35"]
    assert [row[7:10] for row in book["Claim lines"].iter_rows(min_row=2, values_only=True)] == [
        (1, "GP", 1), (1, "GP CQ", 3)
    ]  # fmt: skip


def test_units_of_all_sheets_add_up_to_the_same(tmp_path: Path) -> None:
    part = coded("part", lines=[ClaimLine("97110", 20, 1), ClaimLine("97112", None, None), ClaimLine("G0283", None, 1)])
    part.totals = Totals(20, 3, 40, billed_units={"97110": 2, "97014": 1})
    pairs = [
        ({}, coded().to_json()),
        ({}, part.to_json()),
        ({}, coded("unknown", lines=[ClaimLine("97110", None, None)], totals=Totals()).to_json()),
        ({"billed_units": {"97530": 4}}, failed("b").to_json()),
    ]
    workbook.write_workbook(pairs, tmp_path / "n.xlsx", scratch=tmp_path)
    book = openpyxl.load_workbook(tmp_path / "n.xlsx")

    def column(sheet: str, heading: str) -> list[Any]:
        head, *rows = book[sheet].iter_rows(values_only=True)
        return [row[head.index(heading)] for row in rows]

    assert column("Worklist", "units") == [2, 4, None, None]
    assert column("Claim lines", "units") == [1, 1, 0, 1, None, 1, 2, None, None]
    assert column("Claim lines", "billed") == [0, 0, 2, 2, 0, 1, None, None, 4]
    assert column("By clinician", "units") == [6, 6]
    assert column("By clinician", "units billed") == [9, 9]


@pytest.mark.parametrize(
    ("timed", "lines", "supported"),
    [
        (None, {"97110": 2, "97140": None}, 2),
        (3, {"97110": 2, "97140": None, "97012": 1}, 4),
        (None, {"97110": None, "96125": None}, None),
        (0, {}, 0),
    ],
)
def test_units_supported_are_those_that_are_known(
    timed: int | None, lines: dict[str, int | None], supported: int | None
) -> None:
    row = {"lines": [{"code": code, "units": n} for code, n in lines.items()], "totals": {"units": timed}}
    assert units_supported(row) == supported


def test_a_full_sheet_goes_on_in_another(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook, "ROWS", 4)
    pairs = [({}, coded(f"n{i}").to_json()) for i in range(5)]
    workbook.write_workbook(pairs, tmp_path / "n.xlsx", scratch=tmp_path)
    book = openpyxl.load_workbook(tmp_path / "n.xlsx")
    ids = [row[0].value for name in ("Worklist", "Worklist 2") for row in book[name].iter_rows(min_row=2)]
    assert ids == ["n0", "n1", "n2", "n3", "n4"]
    assert list(tmp_path.iterdir()) == [tmp_path / "n.xlsx"]  # nothing is left in the scratch folder


def test_files_appear_whole_or_not_at_all(tmp_path: Path) -> None:
    path = tmp_path / "out.jsonl"
    path.write_text("before")
    with pytest.raises(ZeroDivisionError), files.private(path) as unfinished:
        assert unfinished.write_text("half") / 0
    assert path.read_text() == "before"
    with files.private(path) as unfinished:
        unfinished.write_text("whole")
    assert path.read_text() == "whole"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert os.listdir(tmp_path) == ["out.jsonl"]


def test_an_output_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(RehabcoderError, match="a file stands where a folder is needed"):
        files.private_folder(tmp_path / "file" / "coded")
    with pytest.raises(RehabcoderError, match="cannot be written"), files.private(tmp_path / "none" / "x.csv"):
        pass
    for number in (errno.EACCES, errno.EROFS):  # which root would not meet
        assert "nothing may be written there. Choose another place." in str(
            files.unwritable(tmp_path, OSError(number, ""))
        )
    full = OSError(errno.ENOSPC, "No space left on device")
    assert "run the same command again" in str(files.unwritable(tmp_path, full))
    with pytest.raises(RehabcoderError, match="the disk is full"), files.private(tmp_path / "x.csv"):
        raise full
    assert stat.S_IMODE(files.private_folder(tmp_path / "a" / "b").stat().st_mode) == 0o700
