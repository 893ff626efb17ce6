"""Bytes to lines and text: bounded, in any encoding that exports come in, gzip opened on the way.

Nothing here reads more than a bounded piece at a time, whatever the file holds.
"""

from __future__ import annotations

import codecs
import gzip
import io
import zlib
from collections.abc import Iterator
from typing import IO, Any, BinaryIO, NamedTuple, cast

from rehabcoder.errors import ReadError
from rehabcoder.readers.notices import Notices

HEAD = 65_536  # bytes looked at to tell what a stream holds
MAX_LINE = 64 * 2**20
MAX_FILE = 64 * 2**20  # one document read whole
_CHUNK = 2**20


class Line(NamedTuple):
    """One line of a file: its number from 1, its text with its end, or None when it is too long to read."""

    number: int
    text: str | None


def buffered(raw: BinaryIO) -> io.BufferedReader:
    """`raw` with `peek`; gzip is recognised by its first bytes and opened, UTF-16 turned into UTF-8."""
    stream = _buffer(raw)
    if stream.peek(2)[:2] == b"\x1f\x8b":
        stream = io.BufferedReader(_Unzipped(stream), HEAD)
    head = stream.peek(HEAD)[:HEAD]
    encoding = _utf16(head)
    return io.BufferedReader(_Recoded(stream, encoding), HEAD) if encoding else stream


def _buffer(raw: IO[bytes]) -> io.BufferedReader:
    # What `open` and standard input buffer by themselves is too little to tell what a file holds.
    return io.BufferedReader(_Ahead(b"", raw) if isinstance(raw, io.BufferedReader) else cast(Any, raw), HEAD)


def _utf16(head: bytes) -> str | None:
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    even, odd = head[0:2000:2].count(0), head[1:2000:2].count(0)
    pairs = len(head[:2000]) // 2
    if pairs >= 4 and odd > 0.7 * pairs and even < 0.1 * pairs:
        return "utf-16-le"
    return "utf-16-be" if pairs >= 4 and even > 0.7 * pairs and odd < 0.1 * pairs else None


class _Unzipped(io.RawIOBase):
    """A gzip stream as its content; all of it that stands before a break, which gzip itself would hold back."""

    def __init__(self, stream: BinaryIO) -> None:
        self._gzip = gzip.GzipFile(fileobj=stream)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        data = self._gzip.read1(len(buffer))
        buffer[: len(data)] = data
        return len(data)


class _Ahead(io.RawIOBase):
    """What was read ahead of a stream, then its rest; the stream stays open when this is closed."""

    def __init__(self, data: bytes, stream: io.BufferedReader) -> None:
        self._data, self._stream = memoryview(data), stream

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        size = len(buffer)
        data = self._data[:size] if self._data else self._stream.read1(size)
        # An empty view would still hold all that it was cut from.
        self._data = self._data[size:] if len(self._data) > size else memoryview(b"")
        buffer[: len(data)] = data
        return len(data)


class _Recoded(io.RawIOBase):
    """A UTF-16 stream as UTF-8 bytes."""

    def __init__(self, stream: BinaryIO, encoding: str) -> None:
        self._stream = stream
        self._decoder = codecs.getincrementaldecoder(encoding)(errors="replace")
        self._ready = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        while not self._ready:
            chunk = self._stream.read(HEAD)
            self._ready = self._decoder.decode(chunk, final=not chunk).encode("utf-8", "replace")
            if not chunk:
                break
        size = min(len(buffer), len(self._ready))
        buffer[:size], self._ready = self._ready[:size], self._ready[size:]
        return size

    def close(self) -> None:
        self._stream.close()
        super().close()


def is_binary(head: bytes) -> bool:
    """Whether these first bytes are no text: of a few every third, of many every twentieth is a control character."""
    control = sum(head.count(bytes([byte])) for byte in (*range(9), 11, *range(14, 27), *range(28, 32), 127))
    return control * 3 > len(head) or (control > 8 and control * 20 > len(head))


class Decoder:
    """UTF-8, and where a stretch is not, Windows-1252 (what Latin-1 exports are in truth); the user is told."""

    def __init__(self, notices: Notices) -> None:
        self._notices = notices

    def __call__(self, data: bytes, place: str) -> str:
        try:
            return data.decode("utf-8")
        except UnicodeDecodeError:
            self._notices.count("lines that are not UTF-8, read as Windows-1252", place)
        try:
            return data.decode("cp1252")
        except UnicodeDecodeError:
            return data.decode("latin-1")  # gives every byte a character, so that nothing is lost


def first_line(stream: io.BufferedReader) -> tuple[bytes, io.BufferedReader]:
    """The first line that is not blank, without a byte-order mark, cut where it is too long; and the stream from its start.

    Raises:
        ReadError: the stream breaks off before the line ends.
    """
    pieces: list[bytes] = []
    room = MAX_LINE
    try:
        while room > 0 and (piece := stream.readline(room)):
            pieces.append(piece)
            room -= len(piece)
            if not (line := piece.removeprefix(codecs.BOM_UTF8)).isspace():
                break
        else:
            line = b""
    except (EOFError, OSError, zlib.error) as error:
        raise broken_off("in its first line") from error
    return line, io.BufferedReader(_Ahead(b"".join(pieces), stream), HEAD)


def lines(stream: io.BufferedReader, notices: Notices) -> Iterator[Line]:
    """The lines of `stream`, ends kept; each in its own encoding, as files pasted together from several are.

    Raises:
        ReadError: the stream breaks off (a damaged or truncated gzip).
    """
    decode = Decoder(notices)
    for number, data in enumerate(_split(stream), 1):
        if data is not None and number == 1:
            data = data.removeprefix(codecs.BOM_UTF8)
        yield Line(number, None if data is None else decode(data, f"line {number}"))


def _split(stream: io.BufferedReader) -> Iterator[bytes | None]:
    head = stream.peek(HEAD)
    if b"\r" in head and b"\n" not in head:
        yield from _split_at_returns(stream)
        return
    number = 0
    try:
        while data := stream.readline(MAX_LINE + 1):
            number += 1
            if len(data) <= MAX_LINE or data.endswith(b"\n"):
                yield data
                continue
            while (rest := stream.readline(_CHUNK)) and not rest.endswith(b"\n"):
                pass
            yield None
    except (EOFError, OSError, zlib.error) as error:
        raise broken_off(f"after line {number}") from error


def _split_at_returns(stream: io.BufferedReader) -> Iterator[bytes | None]:
    """Lines that end in a carriage return alone, as old Macs and HL7 write them."""
    rest, too_long = b"", False
    while chunk := stream.read(_CHUNK):
        *whole, rest = (rest + chunk).split(b"\r")
        for line in whole:
            yield None if too_long else line + b"\r"
            too_long = False
        if len(rest) > MAX_LINE or too_long:
            rest, too_long = b"", True
    if rest or too_long:
        yield None if too_long else rest


def broken_off(place: str) -> ReadError:
    return ReadError(
        f"the file breaks off {place}: it is damaged or was not copied whole",
        remedy="Copy it again; what stands before the break was read.",
    )


def whole(stream: io.BufferedReader, limit: int = MAX_FILE) -> bytes:
    """All bytes of `stream`.

    Raises:
        ReadError: more than `limit` bytes, or the stream breaks off.
    """
    pieces: list[bytes] = []
    size = 0
    try:
        while piece := stream.read(_CHUNK):
            pieces.append(piece)
            size += len(piece)
            if size > limit:
                raise ReadError(f"larger than {limit // 2**20} MB, which no single document is", remedy="Split it.")
    except (EOFError, OSError, zlib.error) as error:
        raise broken_off("before its end") from error
    return b"".join(pieces)


def decoded(data: bytes, notices: Notices) -> str:
    """`data` as text, line by line when it is not all UTF-8; a byte-order mark is dropped, line ends are kept."""
    data = data.removeprefix(codecs.BOM_UTF8)
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        decode = Decoder(notices)
        parts = data.splitlines(keepends=True)
        return "".join(decode(part, f"line {number}") for number, part in enumerate(parts, 1))
