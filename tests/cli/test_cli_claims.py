"""`rehabcoder claims`: over- and under-billed units and money, and what must be returned."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from rehabcoder import cli
from rehabcoder.billing.policies import load_policy
from rehabcoder.billing.pooling import ClaimPool
from rehabcoder.note import CodedNote, Note, Service, Totals

Run = Callable[..., tuple[int, str, str]]

# patient, day, clinician, clinic, minutes of 97110, billed units
ROWS = (
    ("p1", "2024-05-01", "K", "North", 15, {"97110": 3}),
    ("p2", "2024-05-02", "K", "North", 30, {"97110": 1}),
    ("p3", "2024-06-03", "L", "South", 15, {"97530": 1}),
    ("p4", "2024-06-04", "L", None, 15, {"97110": 1}),
    ("p5", "2024-06-05", "L", None, 15, None),
)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    pool = ClaimPool()
    for patient, day, clinician, clinic, minutes, billed in ROWS:
        note = Note(patient, patient, date_of_service=day, patient_id=patient, clinician=clinician, clinic=clinic)
        services = [Service(0, 1, "", "97110", minutes=minutes)]
        pool.add(note, CodedNote(patient, interventions=services, totals=Totals(billed_units=billed)))
    path = tmp_path / "claims.jsonl"
    claims = pool.claims(lambda day: load_policy("medicare-part-b", on=day))
    path.write_text("".join(json.dumps(claim.to_json()) + "\n" for claim in claims), encoding="utf-8")
    return path


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    def run(*arguments: str | Path) -> tuple[int, str, str]:
        monkeypatch.setattr("sys.argv", ["rehabcoder", "claims", *map(str, arguments)])
        with pytest.raises(SystemExit) as stop:
            cli.main()
        out, err = capsys.readouterr()
        return int(stop.value.code or 0), out, err

    return run


def rows_of(run: Run, *arguments: str | Path) -> dict[str, Any]:
    status, out, err = run(*arguments, "--format", "json")
    assert (status, err) == (0, "")
    return {row["name"]: row for row in json.loads(out)}


@pytest.mark.parametrize(
    ("by", "expected"),
    [
        ("claim", {"p1/2024-05-01": (2, 0), "p2/2024-05-02": (0, 1), "p3/2024-06-03": (1, 1), "p4/2024-06-04": (0, 0)}),
        ("code", {"97110": (2, 2), "97530": (1, 0)}),
        ("clinician", {"K": (2, 1), "L": (1, 1)}),
        ("clinic", {"North": (2, 1), "South": (1, 1), "not given": (0, 0)}),
        ("payer", {"not given": (3, 2)}),
        ("note", {"p1": (2, 0), "p2": (0, 1), "p3": (1, 1), "p4": (0, 0)}),
        ("month", {"2024-05": (2, 1), "2024-06": (1, 1)}),
    ],
)
def test_both_directions_by_group(run: Run, file: Path, by: str, expected: dict[str, tuple[int, int]]) -> None:
    rows = rows_of(run, file, "--by", by)
    assert {name: (row["over"], row["under"]) for name, row in rows.items()} == expected


def test_money_is_unknown_without_fees_and_computed_with_them(run: Run, file: Path) -> None:
    assert rows_of(run, file, "--by", "clinician")["K"]["over_amount"] is None
    with_fees = rows_of(run, file, "--by", "clinician", "--fee", "30", "--fee", "97530=40")
    assert (with_fees["K"]["over_amount"], with_fees["K"]["under_amount"]) == (60.0, 30.0)
    assert (with_fees["L"]["over_amount"], with_fees["L"]["under_amount"]) == (40.0, 30.0)


def test_the_table_ends_with_the_sums_of_either_direction(run: Run, file: Path) -> None:
    status, out, _ = run(file, "--by", "clinician", "--fee", "30")
    assert status == 0
    lines = [line.split() for line in out.splitlines()]
    assert lines[1] == ["K", "2", "2", "units,", "$60.00", "1", "unit,", "$30.00", "-"]
    assert lines[3] == ["all", "4", "3", "units,", "$90.00", "2", "units,", "$60.00", "-"]


def test_the_last_row_counts_each_claim_once(run: Run, file: Path) -> None:
    last = {
        by: next(x for x in run(file, "--by", by)[1].splitlines() if x.startswith("all ")) for by in ("code", "line")
    }
    assert last["code"].split()[:3] == ["all", "4", "3"]
    assert last["line"].split()[:3] == ["all", "3", "units,"]


def test_each_line_says_why(run: Run, file: Path) -> None:
    lines = run(file, "--by", "line", "--fee", "30")[1].splitlines()
    (over,) = (line for line in lines if line.startswith("p1/2024-05-01 97110"))
    assert over.split()[2:6] == ["3", "1", "2", "units,"]
    assert over.endswith("15 of 15 timed minutes; unit 1: 15 minutes, a whole block.")
    (foreign,) = (line for line in lines if line.startswith("p3/2024-06-03 97530"))
    assert foreign.endswith("The note does not describe this service.")


def test_over_payments_with_the_last_day_to_return_them(run: Run, file: Path) -> None:
    status, out, _ = run(file, "--found-on", "2024-07-01", "--fee", "30")
    assert status == 0
    assert "p1/2024-05-01: 2 units, $60.00, found on 2024-07-01, report and return by 2024-08-30" in out
    assert "2 over-paid claims. 42 CFR 401.305" in out
    assert "give --fee" not in out
    assert "give --fee" in run(file, "--found-on", "2024-07-01")[1]
    found = json.loads(run(file, "--found-on", "2024-07-01", "--format", "json")[1])
    assert [item["claim"] for item in found] == ["p1/2024-05-01", "p3/2024-06-03"]


def test_what_the_table_leaves_out_and_what_its_money_wants(run: Run, file: Path) -> None:
    out = run(file)[1]
    assert "Left out: 1 claim of which nothing says what was billed.\n" in out
    assert "Where money is not known, give --fee" in out
    priced = run(file, "--fee", "30")[1]
    assert "Left out: 1 claim of" in priced
    assert "give --fee" not in priced
    assert "pooled" not in out


def test_claims_of_several_notes_are_named_since_report_compares_each_note_alone(run: Run, tmp_path: Path) -> None:
    pool = ClaimPool()
    for number in (1, 2):
        note = Note(f"n{number}", f"text {number}", date_of_service="2024-05-01", patient_id="p")
        services = [Service(0, 1, "", "97110", minutes=20)]
        pool.add(note, CodedNote(note.note_id, interventions=services, totals=Totals(billed_units={"97110": 1})))
    path = tmp_path / "claims.jsonl"
    [claim] = pool.claims(lambda day: load_policy("medicare-part-b", on=day))
    path.write_text(json.dumps(claim.to_json()) + "\n", encoding="utf-8")
    out = run(path, "--fee", "30")[1]
    assert "1 unit, $30.00" in out  # 40 minutes make three units together, and one each apart
    assert "Notes of one day pooled: p/2024-05-01 (2 notes)." in out


def test_a_file_without_bills(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "claims.jsonl"
    path.write_text('{"against_bill": null}\n\n', encoding="utf-8")
    assert run(path)[1] == "No claim here says what was billed.\n"


@pytest.mark.parametrize(
    ("arguments", "status", "says"),
    [
        (("nowhere.jsonl",), 1, "nowhere.jsonl: No such file"),
        (("{file}", "--by", "patient"), 2, "--by is 'patient'"),
        (("{file}", "--format", "xml"), 2, "--format is 'xml'"),
        (("{file}", "--fee", "x"), 2, "the fee is no number"),
        (("{file}", "--found-on", "May"), 2, "'May' is no date"),
    ],
)
def test_mistakes(run: Run, file: Path, arguments: tuple[str, ...], status: int, says: str) -> None:
    found, _, err = run(*(argument.replace("{file}", str(file)) for argument in arguments))
    assert found == status
    assert says in err


@pytest.mark.parametrize("line", ["no json", "{}", "[]", '{"against_bill": {"name": 1}}', "3"])
def test_a_line_that_is_no_claim_is_named(run: Run, file: Path, line: str) -> None:
    with file.open("a", encoding="utf-8") as out:
        out.write(line + "\n")
    status, _, err = run(file)
    assert status == 1
    assert "claims.jsonl, line 6: is no claim" in err
