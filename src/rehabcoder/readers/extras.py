"""Optional packages, and guards around formats that are archives."""

from __future__ import annotations

import importlib
import io
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from types import ModuleType

from rehabcoder.errors import MissingExtra, ReadError

MAX_UNPACKED = 4 * 2**30
_MAX_RATIO = 150  # office files pack 5 to 50 to 1; archives made to fill a disk, a thousand to one
_SMALL = 64 * 2**20  # below this no ratio matters
_PIECE = 2**20
_LOCAL = struct.Struct("<26sHH")  # what stands before a member: its head, the lengths of its name and of what follows
_XML = re.compile(rb"(?:\xef\xbb\xbf|\xff\xfe|\xfe\xff)?[\0\s]*<")
_ENTITIES = re.compile(rb"<!(?:DOCTYPE|ENTITY)")


def need(module: str, package: str, purpose: str) -> ModuleType:
    """The module of an optional package.

    Raises:
        MissingExtra: it is not installed.
    """
    try:
        return importlib.import_module(module)
    except ModuleNotFoundError as error:
        raise MissingExtra(package, "io", needed_for=purpose) from error


def xml_members(stream: io.BytesIO) -> list[zipfile.ZipInfo]:
    """The members of an Office file (a zip) that are XML, once all are found harmless; `stream` is put back to its start.

    Raises:
        ReadError: not a whole zip, encrypted, made to fill memory, or with XML that declares entities.
    """
    try:
        archive = zipfile.ZipFile(stream)
        members = archive.infolist()
        packed = sum(member.compress_size for member in members)
        size = sum(member.file_size for member in members)
        if size > MAX_UNPACKED or (size > _SMALL and size > _MAX_RATIO * packed):
            raise ReadError(
                f"unpacked it would fill {size / 2**30:,.1f} GB, which no export does",
                remedy="Do not open it; ask where it came from.",
            )
        xml = []
        for member in members:
            if member.flag_bits & 1:
                raise ReadError("the file is encrypted", remedy="Save it without a password.")
            if _is_xml(stream, member):
                xml.append(member)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError) as error:
        raise ReadError("the file is damaged or was not copied whole", remedy="Copy or export it again.") from error
    stream.seek(0)
    return xml


def without_pictures(stream: io.BytesIO, xml: list[zipfile.ZipInfo]) -> io.BytesIO:
    """The same Office file with nothing in those members that are not XML, for a library that unpacks them all."""
    out = io.BytesIO()
    kept = {member.header_offset for member in xml}
    with zipfile.ZipFile(stream) as archive, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as copy:
        # Of several members of one name the last is the one that is read.
        for name, member in {member.filename: member for member in archive.infolist()}.items():
            copy.writestr(name, archive.read(member) if member.header_offset in kept else b"")
    out.seek(0)
    return out


def _is_xml(stream: io.BytesIO, member: zipfile.ZipInfo) -> bool:
    """Whether a member is XML, once unpacked piece by piece to its true end, for which `zipfile` does not look.

    Raises:
        ReadError: it declares entities.
        BadZipFile: it is longer or shorter than it claims, or packed in a way that Office files are not.
    """
    stream.seek(member.header_offset)
    head = stream.read(_LOCAL.size)
    _, name, extra = _LOCAL.unpack(head) if len(head) == _LOCAL.size else (b"", 0, 0)
    stream.seek(name + extra, io.SEEK_CUR)
    packed = stream.read(member.compress_size)
    if member.compress_type == zipfile.ZIP_STORED:
        pieces: Iterator[bytes] = iter((packed,))
    elif member.compress_type == zipfile.ZIP_DEFLATED:
        pieces = _inflated(packed)
    else:
        raise zipfile.BadZipFile
    length, before, xml = 0, b"", False
    for piece in pieces:
        xml = xml or (length == 0 and _XML.match(piece) is not None)
        length += len(piece)
        if length > member.file_size:
            break
        # No Office program writes a document type; those that swell into gigabytes need one.
        if xml and _ENTITIES.search(before + piece.replace(b"\0", b"")):
            raise ReadError("its XML declares entities, which no export does", remedy="Ask where it came from.")
        before = piece[-32:].replace(b"\0", b"")
    if length != member.file_size:
        raise zipfile.BadZipFile
    return xml


def _inflated(packed: bytes) -> Iterator[bytes]:
    inflater = zlib.decompressobj(-zlib.MAX_WBITS)
    yield inflater.decompress(packed, _PIECE)
    while not inflater.eof and (piece := inflater.decompress(inflater.unconsumed_tail, _PIECE)):
        yield piece
