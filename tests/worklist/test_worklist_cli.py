"""The commands, run as a user runs them."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import openpyxl
import pytest
from labelled_notes import pairs, write_files


@pytest.fixture
def run(tmp_path: Path):
    def call(*arguments: object, status: int = 0) -> str:
        done = subprocess.run(
            [sys.executable, "-m", "rehabcoder", *map(str, arguments)],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == status, done.stderr
        assert "Traceback" not in done.stderr
        return done.stdout + done.stderr

    return call


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    return write_files(tmp_path, pairs(40, "clinic-d"))


def test_the_whole_job_from_import_to_labels(run, files, tmp_path):
    assert "40 notes new" in run("import", "coded.jsonl", "--notes", "notes.jsonl")
    assert "40 unchanged" in run("import", "coded.jsonl", "--notes", "notes.jsonl")
    shown = run("worklist", "--limit", "3")
    assert "risk" in shown
    assert len([line for line in shown.splitlines() if line.startswith("dev-d-")]) == 3
    run("worklist", "--limit", "6", "--out", "q.xlsx")
    book = openpyxl.load_workbook(tmp_path / "q.xlsx")
    sheet = book["Worklist"]
    heads = [cell.value for cell in sheet[1]]
    for row in range(2, sheet.max_row + 1):
        if ".+." in sheet.cell(row, 1).value:
            sheet.cell(row, heads.index("decision") + 1, "accept")
    book.save(tmp_path / "q.xlsx")
    assert "6 settled" in run("worklist", "--apply", "q.xlsx", "--reviewer", "Ann")
    assert "6 applied before" in run("worklist", "--apply", "q.xlsx", "--reviewer", "Ann")
    assert "4 of 6 notes drawn" in run("sample", "draw", "--name", "s", "--size", "4", "--state", "decided")
    run("sample", "export", "--name", "s", "--out", "s.xlsx")
    book = openpyxl.load_workbook(tmp_path / "s.xlsx")
    for row in range(2, 6):
        book["Worklist"].cell(row, 6, "reviewed")
        book["Worklist"].cell(row, 7, "97110=15")
    book.save(tmp_path / "s.xlsx")
    assert "s: simple, 0 of 4 reviewed, frame 6" in run("sample", "list")
    assert "4 reviewed" in run("sample", "apply", "s.xlsx", "--reviewer", "Bo")
    assert "error rate" in run("sample", "estimate", "--name", "s")
    assert json.loads(run("sample", "estimate", "--name", "s", "--format", "json"))["reviewed"] == 4
    run("report", "--out", "r.html", "--workbook", "r.xlsx", "--sample", "s", "--memo", "m.html")
    assert {"r.html", "r.xlsx", "m.html"} <= {path.name for path in tmp_path.iterdir()}
    assert "6 accepted" in run("export-labels", "--out", "labels.jsonl")
    assert "the text of 40 notes was removed" in run("purge", "--before", "2027-01-01", "--yes")


@pytest.mark.parametrize(
    "paths", [("none.jsonl", "notes.jsonl"), ("coded.jsonl", "none"), ("notes.jsonl", "notes.jsonl")]
)
def test_a_refused_import_makes_no_worklist(run, files, tmp_path, paths):
    run("import", paths[0], "--notes", paths[1], status=1)
    assert not list(tmp_path.glob("worklist.db*"))


def test_a_report_on_no_sample_leaves_the_files_of_before(run, files, tmp_path):
    run("import", "coded.jsonl", "--notes", "notes.jsonl")
    (tmp_path / "report.html").write_text("before")
    run("report", "--sample", "none", "--memo", "m.html", status=2)
    assert (tmp_path / "report.html").read_text() == "before"


def test_filters_reach_the_queue(run, files, tmp_path):
    run("import", "coded.jsonl", "--notes", "notes.jsonl")
    run("worklist", "--clinician", "Brandt", "--state", "all", "--limit", "100", "--out", "q.jsonl")
    rows = [json.loads(line) for line in (tmp_path / "q.jsonl").read_text().splitlines()]
    assert rows
    assert {row["clinician"] for row in rows} == {"Brandt"}
    assert rows[0]["terms"]["risk"] >= rows[-1]["terms"]["risk"]


def test_a_mismatched_file_exits_with_3_and_names_the_notes(run, files, tmp_path):
    lines = (tmp_path / "notes.jsonl").read_text().splitlines()
    (tmp_path / "notes.jsonl").write_text("\n".join(lines[1:]) + "\n")
    said = run("import", "coded.jsonl", "--notes", "notes.jsonl", status=3)
    assert "39 notes new" in said
    assert "1 coded note without a text given: dev-d-01" in said


def test_another_policy_than_that_of_the_coding_is_said(run, files):
    assert "coded under" not in run("import", "coded.jsonl", "--notes", "notes.jsonl")
    said = run("import", "coded.jsonl", "--notes", "notes.jsonl", "--policy", "commercial-midpoint", "--db", "2.db")
    assert "coded under medicare-part-b, and money is valued by commercial-midpoint" in said


@pytest.mark.parametrize(
    ("arguments", "status", "says"),
    [
        (["worklist"], 1, "there is no worklist here"),
        (["import", "none.jsonl", "--notes", "notes.jsonl"], 1, "none.jsonl"),
        (["worklist", "--db", "coded.jsonl"], 1, "not a worklist"),
        (["sample", "size", "--frame", "100", "--precision", "7"], 2, "between 0 and 1"),
        (["sample", "draw", "--name", "x", "--design", "clever"], 2, "no design"),
        (["report", "--sample", "x"], 2, "a memo needs"),
        (["purge", "--before", "yesterday"], 2, "no date"),
        (["import", "coded.jsonl", "--notes", "none.csv"], 1, "none.csv: there is no such file"),
        (["import", "coded.jsonl", "--notes", "broken.xlsx"], 1, "unchanged. Reading them: broken.xlsx"),
        (
            ["sample", "size", "--frame", "100", "--probe", "probe.txt"],
            2,
            "the probe holds something that is no number",
        ),
        (["sample", "size", "--frame", "100", "--probe", "none.txt"], 2, "none.txt: the probe cannot be read"),
    ],
)
def test_mistakes_are_sentences(run, files, tmp_path, arguments, status, says):
    (tmp_path / "probe.txt").write_text("5\nnan\n7\n")
    (tmp_path / "broken.xlsx").write_text("no workbook")
    assert says in run(*arguments, status=status)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["worklist", "--since", "May"], "--since is no date"),
        (["sample", "draw", "--name", "x", "--until", "May"], "--until is no date"),
        (["worklist", "--code", "99999"], "'99999' is no code"),
        (["worklist", "--finding", "code_missmatch"], "Did you mean code_mismatch?"),
        (["worklist", "--finding", "cloned_note"], "no finding here is called 'cloned_note'"),
        (["worklist", "--state", "done"], "decided, or all."),
        (["worklist", "--clinician", "brand"], "no note is of a clinician 'brand'. Did you mean Brandt?"),
        (["sample", "draw", "--name", "x", "--payer", "Humana"], "There are: Aetna, BCBS, Medicare."),
    ],
)
def test_a_filter_that_names_nothing_is_refused_not_empty(run, files, arguments, says):
    run("import", "coded.jsonl", "--notes", "notes.jsonl")
    assert says in run(*arguments, status=2)


def test_a_draw_by_risk_counts_the_notes_that_it_hit(run, files):
    run("import", "coded.jsonl", "--notes", "notes.jsonl")
    shown = run("sample", "draw", "--name", "r", "--design", "risk", "--size", "38", "--state", "all")
    notes = int(re.search(r"(\d+) of 40 notes drawn as r", shown)[1])
    assert "38 draws by risk" in shown
    assert notes < 38
    assert f"r: risk, 0 of {notes} reviewed" in run("sample", "list")


def test_a_frame_smaller_than_the_sample(run, files):
    run("import", "coded.jsonl", "--notes", "notes.jsonl")
    assert "fewer than the 400 asked for" in run("sample", "draw", "--name", "x", "--size", "400", status=2)
    assert "frame is empty" in run("sample", "draw", "--name", "x", "--state", "changed", status=2)
    assert "no sample called" in run("sample", "estimate", "--name", "x", status=2)
