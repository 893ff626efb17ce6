"""Spreadsheets (.xlsx, .xlsm, .xlsb, .xls, .ods): a row is a note, on every sheet that has a column for the text."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from itertools import chain, islice
from typing import Any

from rehabcoder.errors import ReadError
from rehabcoder.note import Note
from rehabcoder.readers.columns import Columns, RecordMapper, choose, first_of_each
from rehabcoder.readers.extras import need, xml_members
from rehabcoder.readers.formats import suffix
from rehabcoder.readers.options import Options
from rehabcoder.readers.probe import can_be_loaded
from rehabcoder.readers.sources import Source
from rehabcoder.readers.streams import whole

_HEADER_WITHIN = 10  # rows; reports put a title and a date above the column names
_HUGE = 200 * 2**20  # bytes of XML from which sheets are streamed rather than loaded
_MAX_FILE = 2**30
_MOST_ROWS = 2**20  # of a sheet, in every program; a damaged row number may say more

Row = list[Any]


def read(stream: io.BufferedReader, source: Source, options: Options) -> Iterator[Note]:
    """The notes of all sheets in their order; sheets without a text column are left out and the user is told.

    Raises:
        ReadError: the file is damaged, encrypted or made to fill memory, or no sheet has a column for the text.
    """
    found = False
    refused: ReadError | None = None
    for sheet, rows in _sheets(whole(stream, _MAX_FILE), suffix(source.name)):
        name = f"{source.name}#{sheet}"
        ahead = list(islice(rows, _HEADER_WITHIN))
        try:
            at, chosen = _header(ahead, options, name)
        except ReadError as error:
            refused = refused or error
            if any(_filled(row) for row in ahead):
                options.notices.say(f"{name}: left out, since no column looks like the text of notes.")
            continue
        found = True
        names = [_name(cell) for cell in ahead[at]]
        mapper = RecordMapper(name, source.stem, options.columns, options.notices)
        mapper.columns(names)
        columns = first_of_each(names)
        for number, row in enumerate(chain(ahead[at + 1 :], rows), at + 2):
            if not _filled(row):
                continue
            record = dict(zip(columns, row, strict=False))
            if _filled([cell for name, cell in record.items() if name]):  # what stands under no name is no record
                note = mapper.note(record.get, chosen, number)
                note.source = f"{source.name}#{sheet}!{number}"
                yield note
    if not found:
        raise ReadError(
            refused.what if refused else "the workbook is empty",
            remedy=refused.remedy if refused else "Check that it is the right one.",
        )


def _sheets(content: bytes, kind: str) -> Iterator[tuple[str, Iterator[Row]]]:
    """The sheets with their rows: loaded at once, which is fast, unless that would take too much memory."""
    data = io.BytesIO(content)
    zipped = content.startswith(b"PK")
    size = sum(member.file_size for member in xml_members(data)) if zipped else 0
    streamable = zipped and kind not in (".xlsb", ".ods")
    if streamable and size > _HUGE:
        return _streamed(data)
    need("python_calamine", "python-calamine", "Reading spreadsheets")
    if can_be_loaded(content):
        return _loaded(data)
    if streamable:
        return _streamed(data)
    raise ReadError("its sheets are so long and wide that they fill the memory", remedy="Save it as .xlsx or as CSV.")


def _header(ahead: list[Row], options: Options, name: str) -> tuple[int, Columns]:
    """Where the column names stand, and which of them are taken."""
    first: ReadError | None = None
    for at, row in enumerate(ahead):
        if not _filled(row):
            continue
        try:
            return at, choose([_name(cell) for cell in row], options.columns, name)
        except ReadError as error:
            first = first or error
    raise first or ReadError("the sheet is empty", where=name)


def _name(cell: Any) -> str:
    return "" if cell is None else str(cell).strip()


def _filled(row: Row) -> bool:
    return any(cell is not None and cell != "" for cell in row)


def _loaded(data: io.BytesIO) -> Iterator[tuple[str, Iterator[Row]]]:
    calamine = need("python_calamine", "python-calamine", "Reading spreadsheets")
    try:
        book = calamine.CalamineWorkbook.from_filelike(data)
        for name in book.sheet_names:
            yield name, book.get_sheet_by_name(name).iter_rows()
    except calamine.PasswordError as error:
        raise ReadError("the file is encrypted", remedy="Save it without a password.") from error
    except calamine.CalamineError as error:
        raise ReadError("the file is damaged or no spreadsheet", remedy="Export it again, or as CSV.") from error


def _streamed(data: io.BytesIO) -> Iterator[tuple[str, Iterator[Row]]]:
    openpyxl = need("openpyxl", "openpyxl", "Reading large spreadsheets")
    book = openpyxl.load_workbook(data, read_only=True, data_only=True)
    for sheet in book.worksheets:
        sheet.reset_dimensions()  # what the file says of its size is often wrong, and rows would be as wide as that
        rows: Iterable[tuple[Any, ...]] = sheet.iter_rows(values_only=True)
        yield sheet.title, (list(row) for row in islice(rows, _MOST_ROWS))
