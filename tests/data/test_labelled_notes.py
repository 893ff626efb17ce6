"""The labelled notes keep to the labelling guide, the sample is what its users expect, the data card counts right."""

from __future__ import annotations

import csv
import json
import shutil
import subprocess
import sys
from pathlib import Path

import data_card
import pytest

ROOT = Path(__file__).parents[2]
NOTES = sorted((ROOT / "data" / "notes").glob("*.jsonl"))
SAMPLE = ROOT / "data" / "sample"
COLUMNS = ["date_of_service", "patient_id", "clinician", "clinic", "discipline", "payer", "billed_units"]


def name(path: Path) -> str:
    return path.name


@pytest.fixture(scope="module")
def checker(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The guide's own checker, with the table of codes where it looks for it."""
    folder = tmp_path_factory.mktemp("checker")
    for module in ("validate_notes.py", "units_ref.py"):
        shutil.copy(ROOT / "tests" / "oracle" / module, folder)
    (folder / "rules").mkdir()
    shutil.copy(ROOT / "src" / "rehabcoder" / "knowledge" / "codes.csv", folder / "rules")
    return folder / "validate_notes.py"


@pytest.mark.parametrize("path", NOTES, ids=name)
def test_labelled_notes_keep_to_the_guide(path: Path, checker: Path) -> None:
    done = subprocess.run([sys.executable, checker, path], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stdout


def test_the_checker_finds_a_quote_that_is_not_in_the_text(checker: Path, tmp_path: Path) -> None:
    record = data_card.records(NOTES[0])[0]
    record["interventions"][0]["quote"] += " and more"
    (tmp_path / "wrong.jsonl").write_text(json.dumps(record), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, checker, tmp_path / "wrong.jsonl"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert "quote not in text" in done.stdout


def test_no_note_has_the_id_or_the_text_of_another() -> None:
    found = [record for path in NOTES for record in data_card.records(path)]
    assert len(found) >= 260
    assert len({record["id"] for record in found}) == len(found)
    assert len({" ".join(record["text"].lower().split()) for record in found}) == len(found)


@pytest.mark.parametrize("path", NOTES, ids=name)
def test_evidence_is_quoted_from_the_note(path: Path) -> None:
    for record in data_card.records(path):
        for element, words in record.get("evidence", {}).items():
            assert words is None or words in record["text"], f"{record['id']} {element}"
            if words is None:
                assert f"missing_{element}" in record["flags"], f"{record['id']} {element}"


def test_the_data_card_counts_what_is_there() -> None:
    text = data_card.CARD.read_text(encoding="utf-8")
    assert data_card.renewed(text) == text, "run `make docs`"


class TestSample:
    def rows(self) -> list[dict[str, object]]:
        with (SAMPLE / "clinic-export.csv").open(encoding="utf-8", newline="") as file:
            table: list[dict[str, object]] = list(csv.DictReader(file))
        return table + data_card.records(SAMPLE / "emr-export.jsonl")

    def test_there_are_enough_notes_of_each_kind(self) -> None:
        assert len(list(SAMPLE.glob("*.txt"))) >= 12
        assert len(list(SAMPLE.glob("*.txt"))) + len(self.rows()) >= 24

    def test_tables_carry_what_a_claim_needs(self) -> None:
        for row in self.rows():
            assert {"note_id", "text", *COLUMNS} <= row.keys()
            assert all(row[column] for column in COLUMNS if column != "billed_units")
        assert len({row["note_id"] for row in self.rows()}) == len(self.rows())

    def test_one_patient_is_seen_twice_on_a_day(self) -> None:
        visits = [(row["patient_id"], row["date_of_service"], row["discipline"]) for row in self.rows()]
        assert len(set(visits)) < len(visits)

    def test_no_sample_note_is_training_data(self) -> None:
        trained_on = {record["text"] for path in NOTES for record in data_card.records(path)}
        assert not trained_on & {str(row["text"]) for row in self.rows()}
        assert not trained_on & {path.read_text(encoding="utf-8") for path in SAMPLE.glob("*.txt")}
