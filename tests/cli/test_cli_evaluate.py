"""`rehabcoder evaluate`: coded notes or notes, against labels, as the yardstick has it."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

Run = Callable[..., tuple[int, str, str]]
ROOT = Path(__file__).parents[2]
LABELLED = ROOT / "data" / "notes" / "clinic-b.jsonl"


@pytest.fixture
def coded(rehabcoder: Run, tmp_path: Path) -> Path:
    path = tmp_path / "coded.jsonl"
    assert rehabcoder("code", LABELLED, "--out", path)[0] == 0
    return path


def yardstick(*arguments: object) -> str:
    command = [sys.executable, str(ROOT / "tests" / "oracle" / "score.py"), *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=True).stdout


def test_the_same_figures_as_the_yardstick(rehabcoder: Run, coded: Path) -> None:
    status, out, err = rehabcoder("evaluate", coded, LABELLED, "--format", "json")
    assert (status, err) == (0, "")
    figures = json.loads(out)
    intervals = figures.pop("intervals")
    assert figures == json.loads(yardstick(coded, LABELLED, "--json"))
    assert intervals["claim_exact"][0] <= figures["claim_exact"] <= intervals["claim_exact"][1]


def test_the_text_has_a_line_a_figure(rehabcoder: Run, coded: Path) -> None:
    _, out, _ = rehabcoder("evaluate", coded, LABELLED)
    ours = {line.split()[0]: line.split()[1] for line in out.splitlines()}
    assert ours == {line.split()[0]: line.split()[1] for line in yardstick(coded, LABELLED).splitlines()}
    assert " to " in next(line for line in out.splitlines() if line.startswith("claim_exact"))


def test_notes_are_coded_first_without_a_look_at_their_labels(rehabcoder: Run, coded: Path, tmp_path: Path) -> None:
    expected = rehabcoder("evaluate", coded, LABELLED, "--format", "json")[1]
    assert rehabcoder("evaluate", LABELLED, LABELLED, "--format", "json")[1] == expected
    assert rehabcoder("evaluate", LABELLED, "--format", "json")[1] == expected
    plain = tmp_path / "plain.jsonl"
    records = [json.loads(line) for line in LABELLED.read_text(encoding="utf-8").splitlines()]
    plain.write_text("".join(json.dumps({"id": r["id"], "text": r["text"]}) + "\n" for r in records))
    assert rehabcoder("evaluate", plain, LABELLED, "--format", "json")[1] == expected


def test_a_folder_of_parts(rehabcoder: Run, coded: Path, tmp_path: Path) -> None:
    assert rehabcoder("code", LABELLED, "--out", tmp_path / "parts")[0] == 0
    parts = rehabcoder("evaluate", tmp_path / "parts", LABELLED)
    assert parts == rehabcoder("evaluate", coded, LABELLED)


def test_what_is_wrong_note_by_note(rehabcoder: Run, tmp_path: Path) -> None:
    path = tmp_path / "coded.jsonl"
    records = [json.loads(line) for line in LABELLED.read_text(encoding="utf-8").splitlines()]
    empty: dict[str, object] = {"interventions": [], "lines": [], "flags": [], "totals": {}}
    path.write_text("".join(json.dumps({"note_id": r["id"], **empty}) + "\n" for r in records))
    _, out, _ = rehabcoder("evaluate", path, LABELLED, "--errors", "--draws", 0)
    assert f"{records[0]['id']}\n    missed {records[0]['interventions'][0]['code']}: " in out
    _, as_json, _ = rehabcoder("evaluate", path, LABELLED, "--errors", "--format", "json")
    assert json.loads(as_json)["errors"][0]["note_id"] == records[0]["id"]


@pytest.mark.parametrize(
    ("record", "says"),
    [
        ('{"id": 1}', "line 2: is no labelled note (no text)"),
        ('{"id": 1, "text": "x"}', "line 2: is no labelled note (no list of interventions)"),
        ('{"id": 1, "text": "x", "interventions": [{"quote": "y", "code": "97110"}]}', "line 2: is no labelled note"),
        ('{"id": 1, "text": "x", "interventions": [], "stated": "45"}', "line 2: is no labelled note"),
        ("{", "line 2: is no JSON"),
    ],
)
def test_labels_of_another_form_are_refused_with_their_line(
    rehabcoder: Run, coded: Path, tmp_path: Path, record: str, says: str
) -> None:
    first = LABELLED.read_text(encoding="utf-8").splitlines()[0]
    (tmp_path / "labels.jsonl").write_text(f"{first}\n{record}\n", encoding="utf-8")
    status, _, err = rehabcoder("evaluate", coded, tmp_path / "labels.jsonl")
    assert status == 1
    assert says in err


def test_coded_notes_that_end_in_something_else_are_refused(rehabcoder: Run, coded: Path) -> None:
    with coded.open("a", encoding="utf-8") as out:
        out.write('{"note_id": "x"}\n')
    status, _, err = rehabcoder("evaluate", coded, LABELLED)
    assert status == 1
    assert "line 41: is no coded note" in err


@pytest.mark.parametrize(
    ("arguments", "status", "says"),
    [
        (["CODED"], 2, "nothing to score against"),
        (["CODED", "LABELLED", "--format", "xml"], 2, "Use text or json"),
        (["CODED", "gone.jsonl"], 1, "gone.jsonl: No such file"),
        (["LABELLED", "LABELLED", "--model", "nowhere"], 1, "models list"),
    ],
)
def test_calls_that_lead_nowhere(rehabcoder: Run, coded: Path, arguments: list[str], status: int, says: str) -> None:
    named = {"CODED": str(coded), "LABELLED": str(LABELLED)}
    found, _, err = rehabcoder("evaluate", *(named.get(name, name) for name in arguments))
    assert found == status
    assert says in err


def test_a_dash_stands_where_nothing_was_compared(rehabcoder: Run, tmp_path: Path) -> None:
    labels = {"id": "a", "text": "Phone call, patient cancelled.", "interventions": [], "flags": []}
    coded = {"note_id": "a", "interventions": [], "lines": [], "flags": [], "needs_review": False}
    (tmp_path / "labels.jsonl").write_text(json.dumps(labels))
    (tmp_path / "coded.jsonl").write_text(json.dumps(coded))
    status, out, _ = rehabcoder("evaluate", tmp_path / "coded.jsonl", tmp_path / "labels.jsonl")
    figures = dict(line.split(maxsplit=1) for line in out.splitlines())
    assert (status, figures["claim_exact"], figures["ece"], figures["missing_minutes"]) == (0, "–", "–", "–")
    assert figures["notes_settled_right"] == "1.000  (1.000 to 1.000)"
    _, out, _ = rehabcoder("evaluate", tmp_path / "coded.jsonl", tmp_path / "labels.jsonl", "--format", "json")
    assert json.loads(out)["claim_exact"] is None
