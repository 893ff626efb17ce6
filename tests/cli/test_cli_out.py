"""`--out` of the commands that write one file: what somebody may have worked in, or what is read, is never replaced."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def notes(rehabcoder: Run, sample: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder to stand in, with `notes.csv`, what became of it in `coded.jsonl`, and a worklist."""
    monkeypatch.chdir(tmp_path)
    Path("notes.csv").write_bytes((sample / "clinic-export.csv").read_bytes())
    assert rehabcoder("code", "notes.csv", "--out", "coded.jsonl")[0] == 0
    assert rehabcoder("import", "coded.jsonl", "--notes", "notes.csv")[0] == 0
    return tmp_path


def test_files_that_people_work_in_and_inputs_are_left_alone(rehabcoder: Run, notes: Path) -> None:
    Path("labels.jsonl").write_text('{"id": "1", "interventions": []}\n')
    before = {path.name: path.read_bytes() for path in notes.iterdir() if path.suffix in (".csv", ".jsonl")}
    for command in (
        "code notes.csv --out notes.csv",
        "suggest notes.csv --out notes.csv",
        "suggest notes.csv --out labels.jsonl",
        "export-labels --out labels.jsonl",
        "visits coded.jsonl --notes notes.csv --out coded.jsonl",
        "visits coded.jsonl --notes notes.csv --out notes.csv",
        "worklist --out coded.jsonl",
    ):
        status, _, err = rehabcoder(*command.split())
        assert (status, "Choose another name for --out" in err) == (2, True), command
    assert {path.name: path.read_bytes() for path in notes.iterdir() if path.suffix in (".csv", ".jsonl")} == before


def test_what_the_same_command_wrote_is_replaced_where_nobody_works_in_it(rehabcoder: Run, notes: Path) -> None:
    visits = "visits coded.jsonl --notes notes.csv --limits limits.toml --out"
    Path("limits.toml").write_text("[day]\nmany_minutes = 1\n")
    for command in (
        f"{visits} v.csv",
        f"{visits} v.jsonl",
        "worklist --out w.jsonl",
        "code notes.csv --out coded.jsonl",
    ):
        found = [rehabcoder(*command.split())[0] for _ in range(2)]
        assert found == [0, 0], command
        assert Path(command.split()[-1]).stat().st_size, command
