"""Amounts allowed so far in a year, which decide on KX: one threshold for PT and speech together, one for OT."""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from pathlib import Path

from rehabcoder.billing.modifiers import Discipline, discipline_of
from rehabcoder.errors import ReadError

YearToDate = Mapping[tuple[str, str, int], Decimal]
"""Dollars allowed so far by patient, threshold and year. Thresholds: `PT+SLP`, which these two share, and `OT`."""


def threshold_of(discipline: Discipline | None) -> str:
    """The threshold that a discipline counts against; PT where it is not known."""
    return "OT" if discipline == "OT" else "PT+SLP"


def read_year_to_date(path: str | Path) -> dict[tuple[str, str, int], Decimal]:
    """Amounts so far from a CSV file with the columns patient_id, discipline, year, amount; PT and SLP are added up.

    Raises:
        ReadError: the file cannot be read, lacks a column, or holds an amount, a year or a discipline that is none.
    """
    amounts: dict[tuple[str, str, int], Decimal] = {}
    try:
        with Path(path).open(encoding="utf-8-sig", newline="") as lines:
            for number, row in enumerate(csv.DictReader(lines), 2):
                key, amount = _amount(row, f"{path}, line {number}")
                amounts[key] = amounts.get(key, Decimal(0)) + amount
    except OSError as error:
        raise ReadError(error.strerror or "cannot be read", where=str(path), remedy="Check the path.") from error
    except (KeyError, AttributeError, UnicodeDecodeError) as error:
        remedy = "Give a CSV file in UTF-8 with the columns patient_id, discipline, year, amount."
        raise ReadError("is no table of amounts so far", where=str(path), remedy=remedy) from error
    return amounts


def _amount(row: Mapping[str, str], where: str) -> tuple[tuple[str, str, int], Decimal]:
    discipline = discipline_of(row["discipline"])
    year, amount = row["year"].strip(), row["amount"].strip().removeprefix("$").replace(",", "")
    try:
        dollars = Decimal(amount)
    except InvalidOperation:
        dollars = Decimal("NaN")
    if discipline is None or not re.fullmatch("[0-9]{4}", year) or not dollars.is_finite() or dollars < 0:
        remedy = "Write PT, OT or SLP, a year as 2024, and dollars as 1875.50."
        raise ReadError("discipline, year or amount is none", where=where, remedy=remedy)
    return (row["patient_id"], threshold_of(discipline), int(year)), dollars
