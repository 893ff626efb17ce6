"""PDF: one file is one note. A page that is only a picture is refused as scanned, never read as empty."""

from __future__ import annotations

import io
import re
import zlib
from collections.abc import Iterator
from typing import Any

from rehabcoder.errors import ReadError
from rehabcoder.note import Note
from rehabcoder.readers import probe
from rehabcoder.readers.columns import MAX_NOTE, take_text
from rehabcoder.readers.extras import need
from rehabcoder.readers.options import Options
from rehabcoder.readers.sources import Source
from rehabcoder.readers.streams import whole

_MAX_PAGES = 500
_MAX_DRAWN = (
    32 * 2**20
)  # bytes that draw the pages, unpacked; what the library makes of them takes twelve times as much
_PIECE = 2**12
_STREAM = re.compile(rb"stream(?:\r\n?|\n)")
# What makes it hard to tell how much a document holds: packed otherwise than once by Flate, encrypted, or so written that
# one would have to parse it to find out (a filter that stands elsewhere, letters as hexadecimal digits, odd line ends).
_ODD = re.compile(
    rb"/(?:LZW|AHx|ASCIIHex|A85|ASCII85|RunLength|RL[\s/\]>]|Encrypt)"
    rb"|/Fl(?:ateDecode)?[\s\0]*(?:/Fl|%)"
    rb"|/Filter(?![\s\0\[]*/)"
    rb"|/[^\s/<>\[\]()]{0,20}#(?:[46][1-9A-Fa-f]|[57][0-9Aa])"
    rb"|(?<!end)stream(?![\r\n])"
)


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
    need("pypdfium2", "pypdfium2", "Reading PDF")
    text = pages(data) if _surely_fits(data) else probe.pdf_text(data)
    if text is None:
        raise _too_long()
    return text


def pages(data: bytes) -> str:
    """As `text_of`, with whatever memory that takes."""
    import pypdfium2 as pdfium

    try:
        document = pdfium.PdfDocument(data)
    except pdfium.PdfiumError as error:
        if "password" in str(error).lower() or "security" in str(error).lower():
            raise ReadError("the file is encrypted", remedy="Save it without a password.") from error
        raise ReadError("the file is damaged or no PDF", remedy="Export it again.") from error
    with document:
        if len(document) > _MAX_PAGES:
            raise ReadError(f"it has {len(document):,} pages, more than one note can", remedy="Split it into notes.")
        texts: list[str] = []
        length = 0
        for number in range(len(document)):
            texts.append(_page(pdfium, document, number))
            length += len(texts[-1])
            if length > MAX_NOTE:
                raise _too_long()
        return "\n".join(texts)


def _surely_fits(data: bytes) -> bool:
    """Whether the document unpacks to little for certain: the library unpacks its pages whole, and all it makes of them.

    Raises:
        ReadError: its pages unpack to too much for certain.
    """
    if _ODD.search(data):
        return False
    drawn = pictures = 0
    work = 2 * len(data)  # bytes to unpack; more only where one packed stream is hidden in another
    for match in _STREAM.finditer(data):
        is_picture = b"/Image" in data[max(0, match.start() - 1000) : match.start()].rpartition(b"obj")[2]
        if is_picture and drawn + pictures > _MAX_DRAWN:
            continue
        size, read = _unpacked(memoryview(data)[match.end() :])
        work -= read
        if is_picture:
            pictures += size
        else:
            drawn += size
        if drawn > _MAX_DRAWN:
            raise _too_long()
        if work < 0:
            return False
    return drawn + pictures <= _MAX_DRAWN


def _unpacked(packed: memoryview) -> tuple[int, int]:
    """How many bytes a stream unpacks to, as far as that matters, and of how many; none where it is not packed."""
    inflater = zlib.decompressobj()
    size = read = 0
    try:
        while not inflater.eof and size <= _MAX_DRAWN and read < len(packed):
            size += len(inflater.decompress(packed[read : read + _PIECE], _MAX_DRAWN + 1))
            read += _PIECE
    except zlib.error:
        pass  # damaged, or not packed
    return size, max(0, read - _PIECE)


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
