"""`rehabcoder schema` says what `code --format jsonl` writes, no more and no less."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError

import rehabcoder as package
from rehabcoder import CodedNote, Note
from rehabcoder.cli.schema import coded_note_schema
from rehabcoder.note import Activity, ClaimLine, Evidence, Finding, Service, Span, Totals

Run = Callable[..., tuple[int, str, str]]
SCHEMA: dict[str, Any] = json.loads(coded_note_schema())
VALIDATOR = Draft202012Validator(SCHEMA)


def full() -> dict[str, Any]:
    """A coded note in which nothing is left out."""
    activity = Activity("squat", "knee", "left", "quadriceps", 3, 10, 5, "10 lb", "20 ft", "min A", "rail", 1, 4)
    service = Service(
        0, 9, "squats 15", "97530", "97110", 15, 0.93, [("97110", 0.05), ("none", 0.01)], True, ["code_mismatch"],
        [activity], Span(7, 9), [Evidence(0, 6, "squats", "speaks for 97530 over 97110", "97530")],
    )  # fmt: skip
    return CodedNote(
        "a-17", "notes.csv#17", "0" * 64, interventions=[service],
        lines=[ClaimLine("97530", 15, 1, "15 minutes, a whole block.", ["GP", "KX"])],
        totals=Totals(15, 1, 15, 20, {"97110": 1}),
        flags=[Finding("code_mismatch", "high", "Labelled 97110, supports 97530.", 0, 9, "A rule.")],
        primary_code="97530", review_reasons=["code_mismatch"], policy="p", rules_version="r", model_version="m",
    ).to_json()  # fmt: skip


def test_it_is_a_schema_and_is_printed(rehabcoder: Run) -> None:
    Draft202012Validator.check_schema(SCHEMA)
    assert json.loads(rehabcoder("schema")[1]) == SCHEMA


def test_it_names_exactly_the_fields_that_are_written() -> None:
    row, definitions = full(), SCHEMA["$defs"]
    [service], [line], [flag] = row["interventions"], row["lines"], row["flags"]
    for written, described in (
        (row, SCHEMA), (service, definitions["service"]), (line, definitions["line"]), (flag, definitions["finding"]),
        (row["totals"], definitions["totals"]), (service["activities"][0], definitions["activity"]),
        (service["why"][0], definitions["evidence"]),
    ):  # fmt: skip
        assert written.keys() == described["properties"].keys()
        assert described["additionalProperties"] is False
        assert set(described["required"]) <= written.keys()
    assert {field.name for field in fields(CodedNote)} == row.keys()
    VALIDATOR.validate(row)


def test_what_the_command_writes_fits_failed_rows_included(rehabcoder: Run, sample: Path, tmp_path: Path) -> None:
    (tmp_path / "empty.txt").touch()
    status, out, _ = rehabcoder("code", sample, tmp_path, "--format", "jsonl")
    rows = [json.loads(line) for line in out.splitlines()]
    assert status == 3
    assert {row["status"] for row in rows} == {"coded", "failed"}
    for row in rows:
        VALIDATOR.validate(row)


@pytest.mark.parametrize("name", ["clinic-a", "clinic-k", "clinic-p", "contrast"])
def test_what_the_coder_says_of_labelled_notes_fits(name: str) -> None:
    lines = (Path(__file__).parents[2] / "data" / "notes" / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
    notes = [Note(str(number), json.loads(line)["text"]) for number, line in enumerate(lines)]
    for coded in package.load(policy="template").code(notes):
        VALIDATOR.validate(json.loads(json.dumps(coded.to_json())))


@pytest.mark.parametrize(
    "change",
    [
        {"status": "failed"},
        {"status": "failed", "error": "x.txt: the file is empty."},
        {"error": "but coded"},
        {"extra": 1},
        {"primary_code": "squats"},
        {"rule": "8-minute"},
        {"review_reasons": ["a", "a"]},
        {"totals": {}},
        {"flags": [{"id": "code_mismatch"}]},
        {"interventions": [{"start": 0}]},
    ],
)
def test_what_does_not_fit_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        VALIDATOR.validate(full() | change)


@pytest.mark.parametrize(
    ("name", "value"),
    [("minutes", -1), ("minutes", 1441), ("minutes", 15.5), ("confidence", 1.1), ("code", "none at all"),
     ("alternatives", [["97110"]]), ("minutes_span", [1]), ("text", "")],
)  # fmt: skip
def test_a_service_that_does_not_fit_is_refused(name: str, value: object) -> None:
    row = full()
    row["interventions"][0][name] = value
    with pytest.raises(ValidationError):
        VALIDATOR.validate(row)
