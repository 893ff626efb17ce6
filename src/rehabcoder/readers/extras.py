"""Optional packages, and guards around formats that are archives."""

from __future__ import annotations

import importlib
import io
import zipfile
from types import ModuleType

from rehabcoder.errors import MissingExtra, ReadError

MAX_UNPACKED = 4 * 2**30
_MAX_RATIO = 150  # office files pack 5 to 50 to 1; archives made to fill a disk, a thousand to one
_SMALL = 64 * 2**20  # below this no ratio matters


def need(module: str, package: str, purpose: str) -> ModuleType:
    """The module of an optional package.

    Raises:
        MissingExtra: it is not installed.
    """
    try:
        return importlib.import_module(module)
    except ModuleNotFoundError as error:
        raise MissingExtra(package, "io", needed_for=purpose) from error


def unpacked_size(stream: io.BytesIO) -> int:
    """Bytes that an Office file (a zip of XML) unpacks to, once found harmless; `stream` is put back to its start.

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
        for member in members:
            if member.flag_bits & 1:
                raise ReadError("the file is encrypted", remedy="Save it without a password.")
            if member.filename.endswith((".xml", ".rels")):
                with archive.open(member) as part:
                    _refuse_entities(part.read(2048))
    except (zipfile.BadZipFile, EOFError, NotImplementedError, OSError) as error:
        raise ReadError("the file is damaged or was not copied whole", remedy="Copy or export it again.") from error
    stream.seek(0)
    return size


def _refuse_entities(head: bytes) -> None:
    # No Office program writes a document type; those that swell into gigabytes need one.
    if b"<!DOCTYPE" in head or b"<!ENTITY" in head:
        raise ReadError("its XML declares entities, which no export does", remedy="Ask where it came from.")
