"""PDF: one file is one note. A page that is only a picture is refused as scanned, never read as empty."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

from rehabcoder.errors import ReadError
from rehabcoder.note import Note
from rehabcoder.readers.columns import take_text
from rehabcoder.readers.extras import need
from rehabcoder.readers.options import Options
from rehabcoder.readers.sources import Source
from rehabcoder.readers.streams import whole

_MAX_PAGES = 500


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
    try:
        document = pdfium.PdfDocument(data)
    except pdfium.PdfiumError as error:
        if "password" in str(error).lower() or "security" in str(error).lower():
            raise ReadError("the file is encrypted", remedy="Save it without a password.") from error
        raise ReadError("the file is damaged or no PDF", remedy="Export it again.") from error
    with document:
        if len(document) > _MAX_PAGES:
            raise ReadError(f"it has {len(document):,} pages, more than one note can", remedy="Split it into notes.")
        return "\n".join(_page(pdfium, document, number) for number in range(len(document)))


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
