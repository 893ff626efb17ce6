"""CSV and TSV: streamed, whatever parts the cells."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping
from itertools import islice

from rehabcoder.errors import ReadError
from rehabcoder.note import Note
from rehabcoder.readers.columns import RecordMapper, choose, first_of_each
from rehabcoder.readers.options import Options
from rehabcoder.readers.records import REMEDY, Records
from rehabcoder.readers.sources import Source
from rehabcoder.readers.streams import HEAD, MAX_LINE, is_binary, lines

_DELIMITERS = (",", "\t", ";", "|")


def read(stream: io.BufferedReader, source: Source, options: Options) -> Iterator[Note]:
    """The notes of the table in their order; a record that cannot be read is a note with an error.

    Raises:
        ReadError: the file is binary, or no column holds the text.
    """
    head = stream.peek(HEAD)[:HEAD]
    if is_binary(head):
        raise ReadError("the file is binary, not a table", remedy="Export it as CSV, or name its --input-format.")
    # The limit belongs to the whole process; a note longer than the default 131,072 characters must not end the run.
    csv.field_size_limit(MAX_LINE)
    delimiter = delimiter_of(head, options.columns) or ("\t" if b"\t" in head.split(b"\n", 1)[0] else ",")
    records = Records(lines(stream, options.notices), delimiter)
    mapper = RecordMapper(source.name, source.stem, options.columns, options.notices)
    chosen = mapper.columns(records.header)
    names = first_of_each(records.header)
    text_at = min(records.header.index(name) for name in chosen.text)
    skip, options.skip = options.skip, 0
    for record in islice(records, skip, None):
        place = f"{source.name}#{record.number}"
        problem = record.problem
        if problem is None and len(record.cells) <= text_at:
            problem = f"it has {len(record.cells)} cells where the header has {len(names)}, and none for the text"
        if problem is not None:
            what = f"the record at line {record.line} cannot be read: {problem}"
            error = ReadError(what, where=place, remedy=REMEDY)
            yield Note(f"{source.stem}-{record.number}", "", place, error=str(error))
            continue
        row = dict(zip(names, record.cells, strict=False))
        yield mapper.note(row.get, chosen, record.number)


def delimiter_of(head: bytes, overrides: Mapping[str, str]) -> str | None:
    """What parts the cells of the table that begins with `head`: that by which its first line names a text column."""
    rows = head.removeprefix(b"\xef\xbb\xbf").replace(b"\r", b"\n").lstrip(b"\n").split(b"\n")
    first = rows[1:] if rows[0].lower().startswith(b"sep=") else rows  # a line for Excel, not for us
    line = first[0].decode("utf-8", "replace") if first else ""
    best, cells = None, 0
    for delimiter in _DELIMITERS:
        names = next(csv.reader([line], delimiter=delimiter), [])
        try:
            choose(names, overrides, "")
        except ReadError:
            continue
        if len(names) > cells:
            best, cells = delimiter, len(names)
    return best


_NAME = re.compile(r"[A-Za-z][\w .#/()-]{0,29}")
_LONG = 80  # characters of a cell that holds a note rather than a field
_LOOKED_AT = 20  # records


def looks_like_table(head: bytes) -> bool:
    """Whether text that begins with `head` is a table all the same, though no name of a column says which holds the notes:
    one row of names, then rows of as many cells, one of them long. Bars part the columns of tables within notes, too.
    """
    text = head.removeprefix(b"\xef\xbb\xbf").decode("utf-8", "replace")
    for delimiter in (",", "\t", ";"):
        try:
            rows = list(
                islice((row for row in csv.reader(io.StringIO(text), delimiter=delimiter) if row), _LOOKED_AT + 1)
            )
        except csv.Error:
            continue
        if len(head) >= HEAD and len(rows) <= _LOOKED_AT:
            rows = rows[:-1]  # cut off in the middle
        names, records = rows[0] if rows else [], rows[1:]
        if (
            len(set(names)) == len(names) > 1
            and all(_NAME.fullmatch(name.strip()) for name in names)
            and records
            and all(len(record) == len(names) for record in records)
            and any(len(cell) >= _LONG for record in records for cell in record)
        ):
            return True
    return False
