"""A backlog from files to results: order, formats, claims, failures, and what is refused."""

from __future__ import annotations

import csv
import io
import json
import os
import stat
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import fakes
import openpyxl
import pyarrow.parquet as pq
import pytest

from rehabcoder.backlog import Progress, Summary, code_backlog, finish, shown_on
from rehabcoder.backlog import claims as claims_module
from rehabcoder.errors import RehabcoderError, UsageError
from rehabcoder.note import Json


@pytest.fixture(autouse=True)
def inside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def write(rows: Sequence[Json], name: str = "n.jsonl") -> str:
    Path(name).write_text("".join(json.dumps(row) + "\n" for row in rows))
    return name


def run(paths: str | list[str], out: str = "coded", **options: Any) -> Summary:
    paths = [paths] if isinstance(paths, str) else paths
    return code_backlog(paths, out=out, **({"load": fakes.load, "seconds_per_note": 5} | options))


def rows_of(out: str) -> list[Json]:
    parts = sorted(Path(out).glob("part-*.jsonl")) if os.path.isdir(out) else [Path(out)]
    return [json.loads(line) for part in parts for line in part.read_text().splitlines()]


def contents(folder: str) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in Path(folder).iterdir()}


NOTES: list[Json] = [
    {"id": f"n{i}", "text": f"squats x {i} min", "clinician": f"T{i % 2}"} | ({"mrn": "p1"} if i % 3 else {})
    for i in range(200)
]


def test_rows_come_out_in_the_order_in_which_notes_went_in_for_any_number_of_jobs() -> None:
    write(NOTES)
    one = run("n.jsonl", "one", jobs=1)
    assert (one.notes, one.failed, one.settled, one.review) == (200, 0, 200, 0)
    run("n.jsonl", "two", jobs=2)
    assert [row["note_id"] for row in rows_of("one")] == [f"n{i}" for i in range(200)]
    first, second = contents("one"), contents("two")
    assert sorted(first) == ["part-00000.jsonl", "part-00001.jsonl", "part-00002.jsonl", "run.json"]
    assert first == second


def test_every_format_holds_the_same_notes() -> None:
    write(NOTES)
    ids = [row["id"] for row in NOTES]
    for out in ("c.jsonl", "c.csv", "c.parquet", "c.xlsx"):
        assert run("n.jsonl", out).notes == 200
    assert [row["note_id"] for row in rows_of("c.jsonl")] == ids
    assert [row["note_id"] for row in csv.DictReader(io.StringIO(Path("c.csv").read_text()))] == ids
    assert pq.read_table("c.parquet")["note_id"].to_pylist() == ids
    sheet = openpyxl.load_workbook("c.xlsx")["Worklist"]
    assert [row[0] for row in sheet.iter_rows(min_row=2, values_only=True)] == ids
    assert [row[2] for row in sheet.iter_rows(min_row=2, max_row=3, values_only=True)] == ["T0", "T1"]
    assert sorted(os.listdir()) == ["c.csv", "c.jsonl", "c.parquet", "c.xlsx", "n.jsonl"]


@pytest.mark.parametrize("format", ["csv", "parquet"])
def test_folders_of_other_parts(format: str) -> None:
    write(NOTES)
    run("n.jsonl", format=format)
    parts = sorted(Path("coded").glob(f"part-*.{format}"))
    assert len(parts) == 3
    if format == "csv":
        read = [row["note_id"] for part in parts for row in csv.DictReader(io.StringIO(part.read_text()))]
    else:
        read = [note_id for part in parts for note_id in pq.read_table(part)["note_id"].to_pylist()]
    assert read == [row["id"] for row in NOTES]


def test_results_are_for_their_owner_only_and_so_is_an_unfinished_run() -> None:
    write([*NOTES, {"id": "x", "text": "CRASH"}, {"id": "y", "text": "y", "mrn": "p", "dos": "2024-09-18"}])
    modes: dict[str, int] = {}

    def look(progress: Progress) -> None:
        for path in Path("coded").rglob("*"):
            modes[path.name] = stat.S_IMODE(path.stat().st_mode)

    run("n.jsonl", on_progress=look)
    look(Progress())
    assert {name: mode for name, mode in modes.items() if mode not in (0o600, 0o700)} == {}
    assert {"part-00000.jsonl", "claims.jsonl", "failed.csv", "run.json", ".work", "done-00000.json"} <= modes.keys()


def test_what_cannot_be_read_or_coded_is_a_failed_row_in_its_place() -> None:
    texts = ["ok x 5 min", "CRASH", "RAISE secret words", "HANG", "", "ok"]
    write([{"id": str(i), "text": text} for i, text in enumerate(texts)])
    Path("n.jsonl").write_text(Path("n.jsonl").read_text() + "{broken\n")
    summary = run(["n.jsonl", "missing.csv"], seconds_per_note=1)
    assert (summary.notes, summary.failed, summary.review, summary.quarantined) == (8, 6, 1, 2)
    rows = rows_of("coded")
    assert [row["note_id"] for row in rows] == ["0", "1", "2", "3", "4", "5", "n-7", "missing"]
    errors = [row["error"] for row in rows]
    assert errors[1] == "n.jsonl#2: a worker crashed on it twice, or ran out of memory"
    assert errors[2] == "n.jsonl#3: the note could not be coded (ValueError)"
    assert errors[3] == "n.jsonl#4: it took a worker more than 1 seconds, twice"
    assert [error is None for error in errors] == [True, False, False, False, False, True, False, False]
    listed = list(csv.DictReader(io.StringIO(Path("coded/failed.csv").read_text())))
    assert [(row["note_id"], row["error"]) for row in listed] == [
        (row["note_id"], row["error"]) for row in rows if row["error"]
    ]
    assert summary.failures == [(row["note_id"], row["source"], row["error"]) for row in rows if row["error"]]
    assert summary.failed_file == "coded/failed.csv"


def test_a_document_that_kills_its_reader_costs_one_row() -> None:
    Path("in").mkdir()
    for i in range(3):
        Path(f"in/{i}.txt").write_text("squats x 5 min")
    Path("in/1.pdf").write_bytes(b"%PDF-1.4 whatever")
    summary = run("in", load=fakes.load_with_a_reader_that_crashes)
    assert (summary.notes, summary.failed, summary.quarantined) == (4, 1, 1)
    assert [(row["source"], row["error"]) for row in rows_of("coded")] == [
        ("in/0.txt", None),
        ("in/1.pdf", "in/1.pdf: the file could not be read: a worker crashed on it twice, or ran out of memory"),
        ("in/1.txt", None),
        ("in/2.txt", None),
    ]


def test_claims_pool_notes_wherever_they_lie(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [
        {"id": f"n{i}", "text": "squats x 10 min", "mrn": f"p{i % 40}", "dos": "2024-09-18", "discipline": "PT"}
        for i in range(120)
    ]
    write([*rows, {"id": "none", "text": "squats x 10 min", "mrn": "p"}])
    for i, row in enumerate(rows):
        row["text"] += f" {i}"
    write([*rows, {"id": "none", "text": "squats x 10 min", "mrn": "p"}])
    summary = run("n.jsonl")
    claims = [json.loads(line) for line in Path("coded/claims.jsonl").read_text().splitlines()]
    assert summary.claims == len(claims) == 40
    assert [claim["patient"] for claim in claims] == [f"p{i}" for i in range(40)]
    assert all(claim["note_ids"] == [f"n{i}", f"n{i + 40}", f"n{i + 80}"] for i, claim in enumerate(claims))
    assert {(line["code"], line["minutes"], line["units"]) for claim in claims for line in claim["lines"]} == {
        ("97110", 30, 2)
    }
    monkeypatch.setattr(claims_module, "_BUCKET", 3000)
    run("n.jsonl", "again.csv")
    assert Path("again.claims.jsonl").read_bytes() == Path("coded/claims.jsonl").read_bytes()


@pytest.mark.parametrize("at_once", [500_000, 50])
def test_ids_of_more_than_one_note_are_named(at_once: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(finish, "_AT_ONCE", at_once)
    write([*NOTES, {"id": "n3", "text": "lunges x 9 min"}, {"id": "n150", "text": ""}, NOTES[3]])
    summary = run("n.jsonl")
    assert (summary.notes, summary.repeated, sorted(summary.repeated_ids)) == (203, 2, ["n150", "n3"])
    assert run("n.jsonl").repeated == 2  # the finished run says it again


def test_claims_of_a_run_before_do_not_stay_beside_results_without_any() -> None:
    row = {"id": "n", "text": "squats x 10 min"}
    assert run(write([row | {"mrn": "p", "dos": "2024-09-18"}]), "c.jsonl").claims == 1
    assert Path("c.claims.jsonl").exists()
    assert run(write([row]), "c.jsonl").claims == 0
    assert sorted(os.listdir()) == ["c.jsonl", "n.jsonl"]


def test_claims_of_another_file_of_results_are_never_replaced_without_a_word() -> None:
    row = {"id": "n", "text": "squats x 10 min"}
    source = write([row | {"mrn": "p", "dos": "2024-09-18"}])
    run(source, "c.jsonl")
    before = Path("c.claims.jsonl").read_bytes()
    with pytest.raises(UsageError, match=r"c\.claims\.jsonl belongs to c\.jsonl, and the results in c\.csv would"):
        run(source, "c.csv")
    assert sorted(os.listdir()) == ["c.claims.jsonl", "c.jsonl", "n.jsonl"]
    assert Path("c.claims.jsonl").read_bytes() == before
    Path("c.jsonl").unlink()
    run(source, "c.csv")  # whose they were is gone
    run(source, "n.csv")
    run(source, "n.csv")  # n.jsonl holds the notes, and has no claims of its own


@pytest.mark.parametrize("out", ["n.jsonl", "./n.jsonl", "link.jsonl"])
def test_an_input_is_never_written_over(out: str) -> None:
    source = write([{"id": "n", "text": "squats x 10 min"}])
    Path("link.jsonl").symlink_to("n.jsonl")
    before = Path("n.jsonl").read_bytes()
    with pytest.raises(UsageError, match=r"n\.jsonl: this file is read|link\.jsonl: this file is read"):
        run(source, out)
    assert Path("n.jsonl").read_bytes() == before


def test_nor_where_claims_and_failures_go() -> None:
    row = json.dumps({"id": "n", "text": "squats x 10 min"})
    Path("c.claims.jsonl").write_text(row)
    with pytest.raises(UsageError, match="this file is read"):
        run("c.claims.jsonl", "c.jsonl")
    Path("c").mkdir()
    Path("c/claims.jsonl").write_text(row)
    with pytest.raises(UsageError, match="this file is read"):
        run("c/claims.jsonl", "c")


@pytest.mark.parametrize("name", ["c.jsonl", "c.csv", "c.parquet", "c.claims.jsonl", "c.failed.csv", "d/claims.jsonl"])
def test_a_file_that_no_run_wrote_is_left_alone(name: str) -> None:
    source = write([{"id": "n", "text": "squats x 10 min"}])
    Path(name).parent.mkdir(exist_ok=True)
    Path(name).write_text('{"note_id": "mine"}\n')
    out = "d" if "/" in name else name if name.count(".") == 1 else "c.jsonl"
    with pytest.raises(UsageError, match=r"no earlier run of this kind wrote.*delete it"):
        run(source, out)
    assert Path(name).read_text() == '{"note_id": "mine"}\n'
    Path(name).write_text("")  # nothing to lose
    assert run(source, out).notes == 1


@pytest.mark.parametrize("out", ["c.jsonl", "c.csv", "c.parquet"])
def test_results_of_a_run_before_are_replaced(out: str) -> None:
    source = write([{"id": "n", "text": "squats x 10 min", "mrn": "p", "dos": "2024-09-18"}, {"id": "m", "text": ""}])
    run(source, out)
    before = Path(out).read_bytes()
    assert (run(source, out).notes, Path(out).read_bytes()) == (2, before)


def test_a_workbook_is_never_replaced() -> None:
    source = write([{"id": "n", "text": "squats x 10 min"}])
    run(source, "c.xlsx")
    with pytest.raises(UsageError, match="somebody may have worked in it"):
        run(source, "c.xlsx")


def test_notes_that_stand_in_no_claim_are_counted() -> None:
    row = {"id": "n", "text": "squats x 10 min"}
    source = write([row | {"mrn": "p", "dos": "2024-09-18"}, row | {"id": "m", "mrn": "p"}, row | {"id": "k"}])
    assert run(source, "c.jsonl").unclaimed == 2
    assert run(source).unclaimed == 2
    assert run(source).unclaimed == 2  # of the finished run


def test_kx_runs_on_through_a_patient_s_year_wherever_the_notes_lie(monkeypatch: pytest.MonkeyPatch) -> None:
    days = ("2024-09-03", "2024-09-01", "2024-09-02", "2025-01-02")
    rows = [
        {"id": f"{patient}-{day}-{kind}", "text": f"squats x 10 min {patient} {day} {kind}", "mrn": patient, "dos": day,
         "discipline": kind}
        for day in days for patient in ("p1", "p2", "p3") for kind in ("PT", "OT")
    ]  # fmt: skip
    write(rows)
    Path("payer.toml").write_text(
        'id = "x"\nname = "X"\nsource = "s"\nrule = "cms"\n[fees]\ndefault = 100\n[modifiers]\nkx_threshold = 2330\n'
        '[[versions]]\nversion = "1"\neffective_from = 2020-01-01\n'
    )
    Path("so-far.csv").write_text(
        'patient_id,discipline,year,amount\np1,PT,2024,"$2,100"\np1,SLP,2024,30\np2,OT,2024,2330\np2,OT,2025,9\n'
    )
    summary = run("n.jsonl", policy="payer.toml", year_to_date="so-far.csv")
    claims = [json.loads(line) for line in Path("coded/claims.jsonl").read_text().splitlines()]
    assert [claim["date"] for claim in claims] == [day for day in days for _ in range(6)]
    kx = {claim["claim"] for claim in claims if "KX" in claim["lines"][0]["modifiers"]}
    # p1: $2,130 and $100 a day, above $2,330 on the third; p2 with OT above from the first; 2025 begins anew
    assert kx == {"p1/2024-09-03/PT"} | {f"p2/2024-09-0{n}/OT" for n in (1, 2, 3)}
    assert summary.claims_with_kx == 4
    monkeypatch.setattr(claims_module, "_BUCKET", 500)
    run("n.jsonl", "again.csv", policy="payer.toml", year_to_date="so-far.csv", jobs=2)
    assert Path("again.claims.jsonl").read_bytes() == Path("coded/claims.jsonl").read_bytes()
    with pytest.raises(UsageError, match="results of another run"):
        run("n.jsonl", policy="payer.toml")


def test_a_wrong_table_of_amounts_is_refused_before_any_note_is_coded() -> None:
    write(NOTES)
    Path("so-far.csv").write_text("patient_id,discipline,year,amount\np1,PT,2024,much\n")
    with pytest.raises(RehabcoderError, match="line 2"):
        run("n.jsonl", year_to_date="so-far.csv")
    assert not Path("coded").exists()


def test_labels_in_the_input_change_nothing() -> None:
    labels = {"interventions": [{"code": "97530"}], "stated": {"units": {"97530": 3}}, "flags": ["code_mismatch"]}
    write([{"id": "1", "text": "squats x 9 min"}])
    run("n.jsonl", "plain.jsonl")
    write([{"id": "1", "text": "squats x 9 min"} | labels])
    run("n.jsonl", "labelled.jsonl")
    assert Path("plain.jsonl").read_bytes() == Path("labelled.jsonl").read_bytes()


def test_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    data = "".join(json.dumps(row) + "\n" for row in NOTES).encode()
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BufferedReader(io.BytesIO(data))))
    assert run("-").notes == 200
    assert rows_of("coded")[3]["source"] == "-#4"


def test_an_output_folder_inside_the_input_folder_is_not_read() -> None:
    Path("in").mkdir()
    write(NOTES[:3], "in/n.jsonl")
    assert run("in", "in/coded").notes == 3
    assert run("in", "in/coded").taken_over == 3
    assert run("in/n.jsonl", "in/out.csv").notes == 3
    assert run("in/n.jsonl", "in/out.csv").notes == 3


def test_a_finished_run_is_not_repeated() -> None:
    write(NOTES)
    first = run("n.jsonl")
    again = run("n.jsonl", load=fakes.load_never)
    assert (again.notes, again.settled, again.taken_over) == (first.notes, first.settled, 200)


def test_results_of_another_run_are_not_overwritten() -> None:
    write(NOTES)
    run("n.jsonl")
    with pytest.raises(UsageError, match="the folder holds the results of another run"):
        run("n.jsonl", policy="other")
    Path("n.jsonl").write_text(json.dumps(NOTES[0]))
    with pytest.raises(UsageError, match="the folder holds the results of another run"):
        run("n.jsonl")
    Path("theirs").mkdir()
    Path("theirs/part-00000.jsonl").write_text("precious")
    with pytest.raises(UsageError, match="Choose another --out"):
        run("n.jsonl", "theirs")


@pytest.mark.parametrize(
    ("options", "what"),
    [
        ({"out": "x.csv", "format": "jsonl"}, "--out names a csv file"),
        ({"out": "x", "format": "xlsx"}, "a folder of parts cannot be xlsx"),
        ({"jobs": -1}, "negative"),
        ({"input_format": "word"}, "Formats are"),
        ({"columns": {"label": "x"}}, "Fields are"),
    ],
)
def test_usage(options: dict[str, Any], what: str) -> None:
    write(NOTES[:1])
    with pytest.raises(UsageError, match=what):
        run("n.jsonl", **options)


def test_an_output_that_cannot_be_written() -> None:
    write(NOTES[:1])
    Path("file").write_text("x")
    with pytest.raises(RehabcoderError, match="a file stands where a folder is needed"):
        run("n.jsonl", "file/coded")
    with pytest.raises(RehabcoderError, match="file: "):
        run("n.jsonl", "file")


def test_a_coder_that_cannot_be_made() -> None:
    write(NOTES[:1])
    with pytest.raises(RehabcoderError, match=r"a worker failed \(KeyError in fakes.py:\d+\)") as caught:
        run("n.jsonl", load=fakes.load_with_a_mistake)
    assert "secret" not in str(caught.value)
    with pytest.raises(RehabcoderError, match="workers keep dying before they code a note"):
        run("n.jsonl", "other", load=fakes.load_never)


def test_progress_on_a_terminal_and_in_a_log() -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    progress = Progress(notes=1500, failed=2, taken_over=500, share=0.5, share_before=0.25)
    progress.started -= 100
    assert str(progress) == "1,500 notes, 10 a second, 2 failed, 50 %, 3:20 left"
    done = Progress(notes=3000, finished=True)
    done.started -= 7322
    for stream, expected in ((io.StringIO(), "\n"), (Terminal(), "")):
        show = shown_on(stream)
        show(progress)
        show(progress)  # in a log no second line so soon
        assert stream.getvalue().endswith("left" + expected)
        show(done)
        assert stream.getvalue().endswith("3,000 notes, 0 a second, done in 2:02:02\n")
        assert stream.getvalue().count("1,500 notes") == (1 if expected else 2)


def test_progress_counts_up_to_the_whole() -> None:
    write(NOTES)
    Path("more.txt").write_text("squats x 5 min")
    seen: list[tuple[int, float]] = []
    run(["n.jsonl", "more.txt"], on_progress=lambda p: seen.append((p.notes, p.share)))
    assert seen[-1] == (201, 1.0)
    assert [notes for notes, _ in seen] == sorted(notes for notes, _ in seen)
    assert all(0 <= share <= 1 for _, share in seen)


def test_what_readers_notice_is_told_once() -> None:
    Path("in").mkdir()
    Path("in/a.txt").write_bytes(b"caf\xe9 x 5 min")
    write(NOTES, "in/n.jsonl")
    told: list[str] = []
    run("in", tell=told.append)
    assert told == [
        "in/n.jsonl: reads note_id from 'id', text from 'text', clinician from 'clinician'.",
        "in/n.jsonl: also reads patient_id from 'mrn'.",
        "in/a.txt: lines that are not UTF-8, read as Windows-1252: 1 (the first: line 1).",
    ]
