"""JSON: one object a line (JSON Lines), or a whole document that is an object or a list of objects."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from typing import Any

from rehabcoder.errors import ReadError
from rehabcoder.note import Note
from rehabcoder.readers.columns import RecordMapper
from rehabcoder.readers.formats import suffix
from rehabcoder.readers.options import Options
from rehabcoder.readers.sources import Source
from rehabcoder.readers.streams import HEAD, MAX_LINE, decoded, first_line, lines, whole

_OBJECT = 'Write one object a line, such as {"note_id": "17", "text": "..."}.'


def read(stream: io.BufferedReader, source: Source, options: Options) -> Iterator[Note]:
    """The notes of the file in their order; a line that cannot be read is a note with an error."""
    mapper = RecordMapper(source.name, source.stem, options.columns, options.notices, noun="field")
    head = stream.peek(HEAD)[:HEAD]
    first, stream = first_line(stream)
    if _is_document(source.name, head, first):
        yield from _document(stream, source, options, mapper)
        return
    skip, options.skip = options.skip, 0
    for number, text in lines(stream, options.notices):
        if skip and (text is None or not text.isspace()):
            skip -= 1
            continue
        place = f"{source.name}#{number}"
        if text is None:
            what = f"the line is longer than {MAX_LINE // 2**20} MB"
            yield failed(source, number, ReadError(what, where=place, remedy="Leave it out or split it."))
            continue
        if text and not text.isspace():
            try:
                record = json.loads(text.strip())
            except (ValueError, RecursionError) as error:
                yield failed(source, number, broken(error, place))
            else:
                yield _note(record, number, source, mapper)


def _is_document(name: str, head: bytes, first: bytes) -> bool:
    """Whether the file is one JSON document; a `.json` file is, unless its objects begin lines or fill the first."""
    start = first.strip()
    if start in (b"{", b"[") or start.startswith(b"[{"):
        return True
    return suffix(name) == ".json" and b"\n{" not in head and not is_object(first)


def is_object(line: bytes) -> bool:
    """Whether a line is a whole JSON object."""
    try:
        return line.lstrip().startswith(b"{") and isinstance(json.loads(line.decode("utf-8", "replace")), dict)
    except (ValueError, RecursionError):
        return False


def _document(stream: io.BufferedReader, source: Source, options: Options, mapper: RecordMapper) -> Iterator[Note]:
    try:
        data = json.loads(decoded(whole(stream), options.notices))
    except (ValueError, RecursionError) as error:
        raise broken(error, source.name) from error
    for number, record in enumerate(data if isinstance(data, list) else [data], 1):
        yield _note(record, number, source, mapper)


def _note(record: Any, number: int, source: Source, mapper: RecordMapper) -> Note:
    if not isinstance(record, dict):
        return failed(source, number, ReadError("not a JSON object", where=f"{source.name}#{number}", remedy=_OBJECT))
    try:
        chosen = mapper.columns(record)
    except ReadError as error:
        problem = ReadError(error.what, where=f"{source.name}#{number}", remedy=error.remedy)
        return failed(source, number, problem)
    return mapper.note(record.get, chosen, number)


def broken(error: Exception, place: str) -> ReadError:
    """What is wrong with this JSON, without a word of what stands in it."""
    if isinstance(error, json.JSONDecodeError):
        what = f"broken JSON ({error.msg}, line {error.lineno}, character {error.colno})"
        if error.lineno == 1:
            what = f"broken JSON ({error.msg}, character {error.colno})"
    else:
        what = "JSON nested too deep or with a number too long"
    return ReadError(what, where=place, remedy="Export the record again, or leave it out.")


def failed(source: Source, number: int, error: ReadError) -> Note:
    """The row of a record that cannot be read."""
    return Note(f"{source.stem}-{number}", "", f"{source.name}#{number}", error=str(error))
