"""Reading a filled workbook back. One wrong cell, and nothing of it is applied."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rehabcoder.errors import MissingExtra, ReadError, UsageError
from rehabcoder.worklist.answer import AnswerService, check_code, check_minutes, parse_codes
from rehabcoder.worklist.workbook.layout import (
    ADD,
    CODES_MINUTES,
    COLUMNS,
    DECISIONS,
    FILLED,
    FORMAT,
    LISTS,
    SHEETS,
    WHOLE,
    WORK,
    Key,
    Kind,
    WorkbookError,
)

LARGEST = 400 * 2**20  # bytes, unpacked


@dataclass(slots=True, frozen=True)
class Row:
    """One filled row: its key, the note id that stands beside it, and the reviewer's cells."""

    number: int
    key: Key
    note_id: str
    decision: str
    code: str | None = None
    minutes: int | None = None
    words: str = ""
    services: tuple[AnswerService, ...] = ()
    reason: str | None = None


@dataclass(slots=True)
class Filled:
    """A workbook that was read: the rows of each note that has any, and where each note's rows are left open.

    `problems` says what is wrong in which row: with any, nothing of the workbook may be applied.
    """

    export: str
    kind: Kind
    notes: dict[int, list[Row]] = field(default_factory=dict)
    open_rows: dict[int, list[int]] = field(default_factory=dict)
    services: dict[int, set[str]] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)


def read_workbook(path: str | Path, kind: Kind) -> Filled:
    """Read a filled workbook and check every cell; what is wrong with them is in its `problems`.

    Raises:
        ReadError: the file is no workbook of ours.
        WorkbookError: its columns are not those that were written.
    """
    book = _open(Path(path))
    extra = [name for name in book.sheetnames if name not in SHEETS]
    missing = [name for name in (WORK, LISTS) if name not in book.sheetnames]
    if missing or _text(book[LISTS]["A2"].value) != f"{FORMAT} {kind}":
        raise ReadError(
            f"this is not a {kind} workbook of rehabcoder",
            where=str(path),
            remedy="Fill in the workbook that rehabcoder wrote, and keep its sheets.",
        )
    filled = Filled(_text(book[LISTS]["A1"].value), kind)
    filled.problems += [f"there is an extra sheet {name[:31]!r}" for name in extra]
    sheet = book[WORK]
    columns = COLUMNS[kind]
    heads = tuple(_text(cell.value) for cell in next(sheet.iter_rows(max_row=1)))
    if heads[: len(columns)] != columns or any(heads[len(columns) :]):
        raise WorkbookError(str(path), [*filled.problems, "row 1: the columns were changed"])
    for cells in sheet.iter_rows(min_row=2):
        if any(cell.value is not None for cell in cells):
            filled.problems += _take(dict(zip(columns, cells, strict=False)), filled)
    filled.problems += _half_filled(filled)
    return filled


def _open(path: Path) -> Any:
    try:
        import openpyxl
    except ImportError as error:
        raise MissingExtra("openpyxl", "review", needed_for="Reading a workbook") from error
    try:
        with zipfile.ZipFile(path) as packed:
            if sum(member.file_size for member in packed.infolist()) > LARGEST:
                raise ReadError(
                    "this workbook is too large", where=str(path), remedy="Split the worklist with --limit."
                )
        return openpyxl.load_workbook(path)
    except OSError as error:
        raise ReadError("the workbook cannot be opened", where=str(path), remedy="Check the path.") from error
    except ReadError:
        raise
    except Exception as error:  # openpyxl and zipfile raise whatever a damaged file makes them trip over
        raise ReadError(
            "this is not an Excel workbook, or it is damaged", where=str(path), remedy="Save it as .xlsx."
        ) from error.with_traceback(None)


def _take(cells: Mapping[str, Any], filled: Filled) -> Iterator[str]:
    number = cells["key"].row
    for name, cell in cells.items():
        if cell.data_type == "f":
            yield f"{cell.coordinate}: a formula stands under {name}"
            return
    key = Key.loads(cells["key"].value, filled.export)
    if key is None:
        yield f"row {number}: this row was not written by rehabcoder, or its key was changed"
        return
    known = filled.services.setdefault(key.row, set())
    if key.service in known:
        yield f"row {number}: this row stands in the workbook twice"
        return
    known.add(key.service)
    adds = key.service == ADD
    blank = not any(_text(cells[name].value) for name in FILLED[filled.kind])
    if blank and not (adds and filled.kind == "worklist" and _text(cells["words"].value)):
        if not adds:
            filled.open_rows.setdefault(key.row, []).append(number)
        return
    try:
        row = _row(number, key, cells, filled.kind)
    except UsageError as error:
        yield f"row {number}: {error}"
        return
    filled.notes.setdefault(key.row, []).append(row)


def _row(number: int, key: Key, cells: Mapping[str, Any], kind: Kind) -> Row:
    decision = _text(cells["decision"].value).lower()
    note_id, reason = _text(cells["note"].value), _text(cells["reason"].value) or None
    if decision not in DECISIONS[kind]:
        what = "no decision is chosen" if not decision else f"{decision[:20]!r} is no decision"
        raise UsageError(what, remedy=f"One of: {', '.join(DECISIONS[kind])}")
    if kind == "sample":
        codes = _text(cells[CODES_MINUTES].value)
        if not codes:
            raise UsageError("no codes are given", remedy="Write nothing where the note supports nothing")
        return Row(number, key, note_id, decision, services=parse_codes(codes), reason=reason)
    code_cell, minutes_cell = _text(cells["new code"].value), cells["new minutes"].value
    code = check_code(code_cell) if code_cell else None
    minutes = check_minutes(minutes_cell)
    words = _text(cells["words"].value)
    if decision not in (("add", *WHOLE) if key.service == ADD else ("accept", "change", "remove")):
        raise UsageError(f"{decision} does not belong in this row of the note", remedy="See the sheet Help")
    if decision == "add" and not (words and code):
        raise UsageError("an added service needs its words and a new code", remedy="Copy the words from the note")
    if decision == "change" and code is None and minutes is None:
        raise UsageError("a change needs a new code or new minutes", remedy="Fill in one, or choose accept")
    if decision not in ("change", "add") and (code is not None or minutes is not None):
        raise UsageError(f"{decision} takes no new code or minutes", remedy="Choose change, or empty them")
    if decision == "query" and not reason:
        raise UsageError("a query needs a reason", remedy="Say what the addendum should tell")
    return Row(number, key, note_id, decision, code, minutes, words, reason=reason)


def _half_filled(filled: Filled) -> Iterator[str]:
    for at, rows in filled.notes.items():
        whole = [row for row in rows if row.key.service == ADD and row.decision in WHOLE]
        if whole and len(rows) > 1:
            yield f"row {whole[0].number}: {whole[0].decision} is for the whole note; leave its other rows empty"
        elif not whole and filled.open_rows.get(at):
            left = ", ".join(str(number) for number in filled.open_rows[at][:5])
            yield f"row {rows[0].number}: the note is half filled; row {left} of it has no decision"


def _text(value: object) -> str:
    return "" if value is None else str(value).strip()
