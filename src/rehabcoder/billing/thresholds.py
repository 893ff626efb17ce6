"""Amounts allowed so far in a year, which decide on KX: one threshold for PT and speech together, one for OT."""

from __future__ import annotations

import csv
import hashlib
import re
from collections.abc import Mapping
from decimal import Decimal
from os import PathLike
from pathlib import Path

from rehabcoder.billing.modifiers import Discipline, discipline_of, threshold_of
from rehabcoder.errors import ReadError

YearToDate = Mapping[tuple[str, str, int], Decimal]
"""Dollars allowed so far by patient, threshold and year. Thresholds: `PT+SLP`, which these two share, and `OT`."""
_DOLLARS = re.compile(r"\$?\s?((?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]{1,12})(?:\.[0-9]*)?|\.[0-9]+)")


def read_year_to_date(path: str | PathLike[str]) -> dict[tuple[str, str, int], Decimal]:
    """Amounts so far from a CSV file with the columns patient_id, discipline, year, amount; PT and SLP are added up.

    Raises:
        ReadError: the file cannot be read, lacks a column, gives a patient's discipline and year twice, or holds an
            amount, a year or a discipline that is none.
    """
    amounts: dict[tuple[str, str, int], Decimal] = {}
    lines_of: dict[tuple[str, Discipline, int], int] = {}
    try:
        with Path(path).open(encoding="utf-8-sig", newline="") as lines:
            rows = csv.DictReader(lines)
            if not {"patient_id", "discipline", "year", "amount"} <= set(rows.fieldnames or ()):
                raise _no_table(path)
            for number, row in enumerate(rows, 2):
                where = f"{path}, line {number}"
                patient, discipline, year, dollars = _amount(row, where)
                before = lines_of.setdefault((patient, discipline, year), number)
                if before != number:
                    what = f"patient, discipline and year stand on line {before} already"
                    raise ReadError(what, where=where, remedy="Give each once, with the latest amount.")
                key = patient, threshold_of(discipline), year
                amounts[key] = amounts.get(key, Decimal(0)) + dollars
    except OSError as error:
        raise ReadError(error.strerror or "cannot be read", where=str(path), remedy="Check the path.") from error
    except (csv.Error, UnicodeDecodeError) as error:
        raise _no_table(path) from error
    return amounts


def _no_table(path: str | PathLike[str]) -> ReadError:
    remedy = "Give a CSV file in UTF-8 with the columns patient_id, discipline, year, amount."
    return ReadError("is no table of amounts so far", where=str(path), remedy=remedy)


def amounts_sha256(amounts: YearToDate) -> str:
    """What tells whether the amounts are those of an earlier run; the order of patients does not matter."""
    lines = sorted(f"{patient}\t{group}\t{year}\t{amount}\n" for (patient, group, year), amount in amounts.items())
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def _amount(row: Mapping[str, str | None], where: str) -> tuple[str, Discipline, int, Decimal]:
    patient, year = ((row[name] or "").strip() for name in ("patient_id", "year"))
    discipline, dollars = discipline_of(row["discipline"]), dollars_of(row["amount"] or "")
    if not patient or discipline is None or not re.fullmatch("[0-9]{4}", year) or dollars is None:
        remedy = "Write a patient, PT, OT or SLP, a year as 2024, and dollars as 1875.50."
        raise ReadError("patient, discipline, year or amount is none", where=where, remedy=remedy)
    return patient, discipline, int(year), dollars


def dollars_of(written: str) -> Decimal | None:
    """Dollars from `1875.50` or `$1,875.50`; None where it is no amount of zero or more. `31,40` is none: too unclear."""
    found = _DOLLARS.fullmatch(written.strip())
    return Decimal(found[1].replace(",", "")) if found else None
