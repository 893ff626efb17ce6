"""The text of a document within a document: an attachment of FHIR, HL7 or C-CDA, by its media type."""

from __future__ import annotations

import base64
import binascii

from rehabcoder.errors import MissingExtra, ReadError
from rehabcoder.readers.formats import detect
from rehabcoder.readers.options import Options
from rehabcoder.readers.streams import MAX_FILE, decoded

# The kinds of text that a note's attachment comes in, the plainest first: of several, the first is read.
PREFERRED = ("text/plain", "text/html", "application/xhtml+xml", "text/xml", "application/xml", "application/pdf")


def rank(media_type: str | None) -> int:
    """How plain a media type is: 0 for plain text."""
    kind = _kind(media_type)
    return PREFERRED.index(kind) if kind in PREFERRED else len(PREFERRED)


def from_base64(data: str) -> bytes:
    """The bytes of a base64 attachment.

    Raises:
        ReadError: it is no base64, or too large.
    """
    if len(data) > MAX_FILE * 4 // 3:
        raise ReadError(f"the attachment is larger than {MAX_FILE // 2**20} MB", remedy="Split it.")
    try:
        return base64.b64decode("".join(data.split()), validate=True)
    except (binascii.Error, ValueError) as error:
        raise ReadError("the attachment is no valid base64", remedy="Export it again.") from error


def text_of(data: bytes, media_type: str | None, options: Options) -> str:
    """The text of an attachment.

    Raises:
        ReadError: of a kind that holds no text or is not read, or damaged.
    """
    try:
        return _text(data, _kind(media_type), options)
    except ReadError:
        raise
    except MissingExtra as error:
        raise ReadError(error.what, remedy=error.remedy) from error
    except Exception as error:  # whatever a damaged document makes of a library costs one note, not the file
        what = f"the attachment is damaged or of an unknown kind ({type(error).__name__})"
        raise ReadError(what, remedy="Export it again.") from error


def _text(data: bytes, kind: str, options: Options) -> str:
    found = detect("", data[:4096])  # raises for what is never read, whatever its media type says
    if found == "pdf":
        from rehabcoder.readers import pdf

        return pdf.text_of(data)
    if found == "docx":
        from rehabcoder.readers import docx

        return docx.text_of(data)
    if found == "ccda":
        from rehabcoder.readers import ccda

        return ccda.text_of(data, options)
    if kind in ("text/html", "application/xhtml+xml"):
        from rehabcoder.readers.markup import html_text

        return html_text(decoded(data, options.notices))
    if kind.startswith("text/") or kind == "":
        return decoded(data, options.notices)
    raise ReadError(f"its attachment is {kind}, which is not read", remedy="Export it as text.")


def _kind(media_type: str | None) -> str:
    return (media_type or "").split(";")[0].strip().lower()
