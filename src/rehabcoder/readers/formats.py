"""Which format a file is in: by its suffix, by its first bytes, or as the user says."""

from __future__ import annotations

import os
import re

from rehabcoder.errors import ReadError, UsageError

# Format -> suffixes. The reader of format `x` is the module `rehabcoder.readers.x`, but for those in MODULES.
SUFFIXES: dict[str, tuple[str, ...]] = {
    "txt": (".txt", ".text"),
    "csv": (".csv",),
    "tsv": (".tsv", ".tab"),
    "jsonl": (".jsonl", ".ndjson", ".json"),
    "parquet": (".parquet", ".pq"),
    "xlsx": (".xlsx", ".xlsm", ".xlsb", ".xls", ".ods"),
    "docx": (".docx", ".docm"),
    "pdf": (".pdf",),
    "fhir": (".fhir",),
    "hl7": (".hl7", ".hl7v2"),
    "ccda": (".ccda", ".ccd", ".cda", ".xml"),
}
FORMATS = tuple(SUFFIXES)
MODULES = {"csv": "delimited", "tsv": "delimited"}

# What lies in folders of notes, may well be one, and is not read: suffix -> what it is, what to do about it.
_SCAN = ("a picture, not text", "Run text recognition (OCR) on it and export text.")
_REFUSED = {
    ".doc": ("an old Word document", "Save it as .docx or as plain text."),
    ".rtf": ("Rich Text", "Save it as .docx or as plain text."),
    ".odt": ("an OpenDocument text", "Save it as .docx or as plain text."),
    ".html": ("a web page", "Save it as plain text."),
    ".htm": ("a web page", "Save it as plain text."),
    ".zip": ("an archive", "Unpack it and name the folder."),
    ".7z": ("an archive", "Unpack it and name the folder."),
    ".tar": ("an archive", "Unpack it and name the folder."),
    ".tgz": ("an archive", "Unpack it and name the folder."),
} | dict.fromkeys((".tif", ".tiff", ".png", ".jpg", ".jpeg", ".heic", ".bmp"), _SCAN)

_BY_SUFFIX = {suffix: name for name, suffixes in SUFFIXES.items() for suffix in suffixes}
_OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_SPACE = b" \t\r\n\x0b"
_RESOURCE = re.compile(rb'"resourceType"\s*:')


def check(name: str | None) -> str | None:
    """`name` once known to be a format.

    Raises:
        UsageError: it is none.
    """
    if name is not None and name not in FORMATS:
        raise UsageError(f"{name!r} is not a format of notes", remedy=f"Formats are {', '.join(FORMATS)}.")
    return name


def suffix(name: str) -> str:
    """The suffix of a file's name in lower case, without `.gz`."""
    return os.path.splitext(name.lower().removesuffix(".gz"))[1]


def by_name(name: str) -> str | None:
    """The format that a file's name speaks for; "refused" where it is a document that no reader takes; else None."""
    kind = suffix(name)
    return "refused" if kind in _REFUSED else _BY_SUFFIX.get(kind)


def detect(name: str, head: bytes) -> str | None:
    """The format of a file by its name and its first bytes, which win where both speak; None where neither does.

    Raises:
        ReadError: a document that no reader takes, with what to do about it.
    """
    kind = suffix(name)
    if head.startswith(b"%PDF-"):
        return "pdf"
    if head.startswith(b"PAR1"):
        return "parquet"
    if head.startswith(_OLD_OFFICE):
        if kind in (".xlsx", ".xlsm", ".docx", ".docm"):
            raise ReadError("the file is encrypted", remedy="Save it without a password.")
        return "xlsx" if kind == ".xls" else _refuse(".doc")
    if head.startswith(b"{\\rtf"):
        return _refuse(".rtf")
    if head.startswith(b"PK\x03\x04") and _BY_SUFFIX.get(kind) not in ("xlsx", "docx"):
        found = "docx" if b"word/" in head else "xlsx" if b"xl/" in head else None
        return found or _refuse(".zip")
    if kind in _REFUSED:
        return _refuse(kind)
    named = _BY_SUFFIX.get(kind)
    return _by_text(head, named) or named


def _by_text(head: bytes, named: str | None) -> str | None:
    """The format of text that begins with `head`, where it is unmistakable and the name does not say otherwise."""
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip(_SPACE)
    if named in (None, "txt", "hl7") and start[:4] in (b"MSH|", b"FHS|", b"BHS|"):
        return "hl7"
    if named in (None, "txt", "ccda") and start.startswith(b"<") and b"ClinicalDocument" in head:
        return "ccda"
    if named in (None, "txt", "jsonl") and start[:1] in (b"{", b"["):
        if _RESOURCE.search(head):
            return "fhir"
        return "jsonl" if named != "txt" else None
    return None


def _refuse(kind: str) -> str:
    what, remedy = _REFUSED[kind]
    raise ReadError(f"it is {what}, which is not read", remedy=remedy)
