"""Word documents: one file is one note; paragraphs and tables in their order, a table row as one line."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

from rehabcoder.errors import ReadError
from rehabcoder.note import Note
from rehabcoder.readers.columns import take_text
from rehabcoder.readers.extras import need, without_pictures, xml_members
from rehabcoder.readers.options import Options
from rehabcoder.readers.sources import Source
from rehabcoder.readers.streams import whole

_MOST_XML = 16 * 2**20  # bytes; what is made of it takes some forty times as much memory
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
# What was deleted or moved away under tracked changes is not part of the note; nor is the second copy of a text box.
_SKIPPED = {_W + "del", _W + "moveFrom", "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"}
_SIGNS = {_W + "tab": "\t", _W + "br": "\n", _W + "cr": "\n", _W + "noBreakHyphen": "-"}


def read(stream: io.BufferedReader, source: Source, options: Options) -> Iterator[Note]:
    """The note that the document holds.

    Raises:
        ReadError: the file is damaged, encrypted or made to fill memory.
    """
    note = Note(source.stem, "", source.name)
    take_text(note, text_of(whole(stream)), "the document")
    yield note


def text_of(data: bytes) -> str:
    """The text of a document: a paragraph a line, cells of a table row parted by ` | `.

    Raises:
        ReadError: as `read`.
    """
    docx = need("docx", "python-docx", "Reading Word documents")
    stream = io.BytesIO(data)
    xml = xml_members(stream)
    if sum(member.file_size for member in xml) > _MOST_XML:
        raise ReadError("it is longer than one note can be", remedy="Split it into notes.")
    try:
        body = docx.Document(without_pictures(stream, xml)).element.body
    except (KeyError, ValueError, SyntaxError) as error:  # lxml's syntax errors are Python's
        raise ReadError("the file is damaged or no Word document", remedy="Save it again as .docx.") from error
    return "\n".join(_lines(body))


def _lines(container: Any) -> Iterator[str]:
    for child in container:
        if child.tag == _W + "p":
            yield _paragraph(child)
        elif child.tag == _W + "tbl":
            yield from _rows(child)
        elif child.tag not in _SKIPPED:  # content controls and the like hold paragraphs in turn
            yield from _lines(child)


def _rows(table: Any) -> Iterator[str]:
    for row in table.iter(_W + "tr"):
        if next(row.iterancestors(_W + "tbl")) is table:  # rows of a table within a cell belong to that cell
            cells = [" ".join(_lines(cell)).strip() for cell in row.iter(_W + "tc") if _row_of(cell) is row]
            yield " | ".join(cells)


def _row_of(cell: Any) -> Any:
    return next(cell.iterancestors(_W + "tr"))


def _paragraph(element: Any) -> str:
    pieces: list[str] = []
    pending = [element]
    while pending:
        node = pending.pop()
        if node.tag in _SKIPPED:
            continue
        if node.tag == _W + "t":
            pieces.append(node.text or "")
        elif node.tag in _SIGNS and node.getparent().tag == _W + "r":
            pieces.append(_SIGNS[node.tag])
        else:
            pending.extend(reversed(node))
    return "".join(pieces)
