"""Amounts so far in a year, from a site's file."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from rehabcoder.billing.thresholds import amounts_sha256, dollars_of, read_year_to_date
from rehabcoder.errors import ReadError


def write(folder: Path, rows: str, header: str = "patient_id,discipline,year,amount") -> Path:
    path = folder / "so-far.csv"
    path.write_text(f"{header}\n{rows}\n", encoding="utf-8")
    return path


def test_pt_and_speech_share_a_threshold(tmp_path: Path) -> None:
    found = read_year_to_date(write(tmp_path, 'p1,PT,2024,"$1,875.50"\np1,SLP,2024,100\np1,OT,2024,7\np1,PT,2025,1'))
    assert found == {
        ("p1", "PT+SLP", 2024): Decimal("1975.50"),
        ("p1", "OT", 2024): Decimal(7),
        ("p1", "PT+SLP", 2025): Decimal(1),
    }


@pytest.mark.parametrize(
    "row",
    [
        "p1,PT,2024,much",
        "p1,PT,2024,-1",
        "p1,PT,last,10",
        "p1,nurse,2024,10",
        "p1,PT,2024,nan",
        " ,PT,2024,1",
        "p2,PT",
        'p2,PT,2024,"31,40"',
    ],
)
def test_a_wrong_row_is_refused_with_its_line(tmp_path: Path, row: str) -> None:
    with pytest.raises(ReadError, match=r"so-far\.csv, line 3: patient, discipline, year or amount is none"):
        read_year_to_date(write(tmp_path, f"p1,PT,2024,1\n{row}"))


def test_a_file_that_is_none(tmp_path: Path) -> None:
    with pytest.raises(ReadError, match="columns patient_id, discipline, year, amount"):
        read_year_to_date(write(tmp_path, "p1,5", header="patient,sum"))
    (tmp_path / "empty.csv").write_text("")
    with pytest.raises(ReadError, match="columns patient_id"):
        read_year_to_date(tmp_path / "empty.csv")
    (tmp_path / "latin.csv").write_bytes("patient_id,discipline,year,amount\nJosé,PT,2024,1".encode("cp1252"))
    with pytest.raises(ReadError, match="in UTF-8"):
        read_year_to_date(tmp_path / "latin.csv")
    with pytest.raises(ReadError, match="No such file"):
        read_year_to_date(tmp_path / "nowhere.csv")


def test_a_discipline_given_twice_is_refused_not_added_up(tmp_path: Path) -> None:
    with pytest.raises(ReadError, match="line 3: patient, discipline and year stand on line 2 already"):
        read_year_to_date(write(tmp_path, "p1,PT,2024,1\np1,DPT,2024,2"))


def test_what_tells_one_file_from_another(tmp_path: Path) -> None:
    one, same, other = (
        amounts_sha256(read_year_to_date(write(tmp_path, rows)))
        for rows in ("p1,PT,2024,1\np2,OT,2024,2", "p2,OT,2024,2\np1,PT,2024,1", "p1,PT,2024,1")
    )
    assert one == same != other


@pytest.mark.parametrize(
    ("written", "dollars"),
    [("1875.5", "1875.5"), (" $1,875.50 ", "1875.50"), (".5", "0.5"), ("0", "0"), ("31,40", None), ("1e3", None),
     ("-1", None), ("", None), ("1_0", None)],
)  # fmt: skip
def test_dollars(written: str, dollars: str | None) -> None:
    assert dollars_of(written) == (None if dollars is None else Decimal(dollars))
