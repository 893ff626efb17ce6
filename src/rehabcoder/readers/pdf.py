"""PDF: one file is one note. A page that is only a picture is refused as scanned, never read as empty."""

from __future__ import annotations

import io
import re
import zlib
from collections.abc import Iterator
from typing import Any

from rehabcoder.errors import ReadError
from rehabcoder.note import Note
from rehabcoder.readers.columns import MAX_NOTE, take_text
from rehabcoder.readers.extras import need
from rehabcoder.readers.options import Options
from rehabcoder.readers.sources import Source
from rehabcoder.readers.streams import whole

_MAX_PAGES = 500
_MAX_DRAWN = (
    32 * 2**20
)  # bytes that draw the pages, unpacked; what the library makes of them takes twelve times as much
_STREAM = re.compile(rb"stream\r?\n")


def read(stream: io.BufferedReader, source: Source, options: Options) -> Iterator[Note]:
    """The note that the document holds.

    Raises:
        ReadError: the file is damaged, encrypted, scanned or too long.
    """
    note = Note(source.stem, "", source.name)
    take_text(note, text_of(whole(stream)), "the document")
    yield note


def text_of(data: bytes) -> str:
    """The text of a PDF, pages in their order.

    Raises:
        ReadError: as `read`.
    """
    pdfium = need("pypdfium2", "pypdfium2", "Reading PDF")
    _check_size(data)
    try:
        document = pdfium.PdfDocument(data)
    except pdfium.PdfiumError as error:
        if "password" in str(error).lower() or "security" in str(error).lower():
            raise ReadError("the file is encrypted", remedy="Save it without a password.") from error
        raise ReadError("the file is damaged or no PDF", remedy="Export it again.") from error
    with document:
        if len(document) > _MAX_PAGES:
            raise ReadError(f"it has {len(document):,} pages, more than one note can", remedy="Split it into notes.")
        pages: list[str] = []
        length = 0
        for number in range(len(document)):
            pages.append(_page(pdfium, document, number))
            length += len(pages[-1])
            if length > MAX_NOTE:
                raise _too_long()
        return "\n".join(pages)


def _check_size(data: bytes) -> None:
    """Refuse a document whose pages would fill the memory: the library unpacks them whole, and all it makes of them."""
    room = _MAX_DRAWN
    for match in _STREAM.finditer(data):
        about = data[max(0, match.start() - 1000) : match.start()].rpartition(b"obj")[2]
        if b"FlateDecode" in about and b"/Image" not in about:
            try:
                room -= len(zlib.decompressobj().decompress(data[match.end() :], room + 1))
            except zlib.error:
                continue  # damaged or encrypted: the library will say so
            if room < 0:
                raise _too_long()


def _too_long() -> ReadError:
    return ReadError("it is longer than one note can be", remedy="Split it into notes.")


def _page(pdfium: Any, document: Any, number: int) -> str:
    try:
        page = document[number]
        text = page.get_textpage().get_text_range()
        if not text.strip() and any(page.get_objects(filter=[pdfium.raw.FPDF_PAGEOBJ_IMAGE])):
            raise ReadError(
                f"page {number + 1} is scanned: a picture without text",
                remedy="Run text recognition (OCR) on it and read the result.",
            )
    except pdfium.PdfiumError as error:
        raise ReadError(f"page {number + 1} is damaged", remedy="Export it again.") from error
    # PDFium marks a word broken at a line's end with U+FFFE or U+0002; lines end as everywhere else.
    cleaned: str = text.replace("\r\n", "\n").replace("\ufffe", "").replace("\x02", "")
    return cleaned
