"""Small documents built in memory for the readers' tests."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Sequence


def pdf(pages: Sequence[str | None], *, encrypted: bool = False) -> bytes:
    """A PDF with a page for each text, lines of it below one another; None is a page that holds only a picture."""
    objects: list[bytes] = [b"<< /Type /Catalog /Pages 2 0 R >>"]
    kids = " ".join(f"{3 + 2 * i} 0 R" for i in range(len(pages)))
    objects.append(f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} >>".encode())
    font = b"/Font << /F << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >>"
    picture = f"/XObject << /I {3 + 2 * len(pages)} 0 R >>".encode()
    for i, text in enumerate(pages):
        resources = picture if text is None else font
        page = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Resources << " + resources + b" >> /Contents "
        objects.append(page + f"{4 + 2 * i} 0 R >>".encode())
        if text is None:
            content = b"q 600 0 0 700 0 0 cm /I Do Q"
        else:
            lines = [line.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)") for line in text.split("\n")]
            shown = "".join(f"({line}) Tj 0 -14 Td " for line in lines)
            content = f"BT /F 11 Tf 40 750 Td {shown}ET".encode("latin-1")
        objects.append(b"<< /Length %d >>\nstream\n" % len(content) + content + b"\nendstream")
    image = b"\x00" * 12
    head = (
        b"<< /Type /XObject /Subtype /Image /Width 2 /Height 2 /ColorSpace /DeviceRGB /BitsPerComponent 8 /Length 12 >>"
    )
    objects.append(head + b"\nstream\n" + image + b"\nendstream")
    return _assembled(objects, encrypted)


def _assembled(objects: Sequence[bytes], encrypted: bool) -> bytes:
    out = io.BytesIO()
    out.write(b"%PDF-1.4\n")
    places = []
    for number, body in enumerate(objects, 1):
        places.append(out.tell())
        out.write(b"%d 0 obj\n" % number + body + b"\nendobj\n")
    start = out.tell()
    out.write(b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1))
    out.writelines(b"%010d 00000 n \n" % place for place in places)
    lock = b"/Encrypt << /Filter /Standard /V 1 /R 2 /P -4 /O (%s) /U (%s) >> /ID [(x) (x)]" % (b"o" * 32, b"u" * 32)
    extra = lock if encrypted else b""
    out.write(b"trailer\n<< /Size %d /Root 1 0 R %s >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, extra, start))
    return out.getvalue()


def drawn(content: bytes, *, picture: int = 0, filters: bytes = b"/FlateDecode") -> bytes:
    """A PDF with one page drawn by `content`, packed, and a picture of so many bytes, packed too.

    With other `filters` the content must be packed accordingly.
    """
    image, page = zlib.compress(bytes(picture)), zlib.compress(content) if filters == b"/FlateDecode" else content
    packing = b" /Filter /FlateDecode >>\nstream\n"
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R /Resources << /XObject << /I 5 0 R >> "
        b"/Font << /F << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >> >> >>",
        b"<< /Length %d /Filter %s >>\nstream\n" % (len(page), filters) + page + b"\nendstream",
        b"<< /Type /XObject /Subtype /Image /Width 1 /Height %d /ColorSpace /DeviceGray /BitsPerComponent 8 /Length %d"
        % (picture, len(image)) + packing + image + b"\nendstream",
    ]  # fmt: skip
    return _assembled(objects, encrypted=False)


def unpacked(data: bytes) -> dict[str, bytes]:
    """The members of a zip archive."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def ods(rows: str) -> bytes:
    """An OpenDocument spreadsheet with one sheet of these rows, as XML."""
    spaces = {name: f"urn:oasis:names:tc:opendocument:xmlns:{name}:1.0" for name in ("office", "table", "text")}
    declared = " ".join(f'xmlns:{name}="{space}"' for name, space in spaces.items())
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    return packed(
        {
            "mimetype": kind.encode(),
            "content.xml": (
                f"<office:document-content {declared}><office:body><office:spreadsheet>"
                f'<table:table table:name="Notes">{rows}</table:table>'
                "</office:spreadsheet></office:body></office:document-content>"
            ).encode(),
            "META-INF/manifest.xml": (
                '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
                f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{kind}"/></manifest:manifest>'
            ).encode(),
        }
    )


def packed(members: dict[str, bytes]) -> bytes:
    """A zip archive of `members`."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return out.getvalue()


def ccda(sections: str, *, head: str = "") -> bytes:
    """A C-CDA document around the XML of its sections."""
    return (
        '<?xml version="1.0" encoding="UTF-8"?><ClinicalDocument xmlns="urn:hl7-org:v3">'
        f'<id root="1.2" extension="doc-1"/>{head}<component><structuredBody>{sections}</structuredBody></component>'
        "</ClinicalDocument>"
    ).encode()


def section(loinc: str, title: str, text: str) -> str:
    """A section of a C-CDA document."""
    return f'<component><section><code code="{loinc}"/><title>{title}</title><text>{text}</text></section></component>'
