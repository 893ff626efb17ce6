"""C-CDA documents: one file is one note, its sections in their order, each under its title.

Lists that a record system adds to every document (allergies, medications, results) are left out by their LOINC code.
"""

from __future__ import annotations

import io
import tomllib
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from typing import Any

from rehabcoder.errors import ReadError
from rehabcoder.note import Note
from rehabcoder.readers import embedded
from rehabcoder.readers.columns import take_text
from rehabcoder.readers.markup import narrative, parse_xml
from rehabcoder.readers.options import Options
from rehabcoder.readers.sources import Source
from rehabcoder.readers.streams import whole
from rehabcoder.readers.values import iso_date

_NS = {"c": "urn:hl7-org:v3"}
_DOCUMENT = "{urn:hl7-org:v3}ClinicalDocument"
_PATIENT = "c:recordTarget/c:patientRole/c:id"
_AUTHOR = "c:documentationOf/c:serviceEvent/c:performer/c:assignedEntity | c:author/c:assignedAuthor"
_CLINIC = (
    "c:componentOf/c:encompassingEncounter/c:location/c:healthCareFacility/c:location/c:name | "
    "c:documentationOf/c:serviceEvent/c:performer/c:assignedEntity/c:representedOrganization/c:name | "
    "c:author/c:assignedAuthor/c:representedOrganization/c:name | "
    "c:custodian/c:assignedCustodian/c:representedCustodianOrganization/c:name"
)
# Where the day of the visit stands, the nearest to the session first.
_DAYS = (
    "c:componentOf/c:encompassingEncounter/c:effectiveTime/@value",
    "c:componentOf/c:encompassingEncounter/c:effectiveTime/c:low/@value",
    "c:documentationOf/c:serviceEvent/c:effectiveTime/@value",
    "c:documentationOf/c:serviceEvent/c:effectiveTime/c:low/@value",
    "c:effectiveTime/@value",
)


def read(stream: io.BufferedReader, source: Source, options: Options) -> Iterator[Note]:
    """The note that the document holds.

    Raises:
        ReadError: broken or hostile XML, no C-CDA, or a document without a note in it.
    """
    root = _root(whole(stream))
    note = Note(source.stem, "", source.name)
    note.note_id = _id(root.find("c:id", _NS)) or source.stem
    note.patient_id = _id(root.find(_PATIENT, _NS))
    days = (iso_date(value) for path in _DAYS for value in root.xpath(path, namespaces=_NS)[:1])
    note.date_of_service = next((day for day in days if day), None)
    note.clinician, note.credential = _author(root)
    clinics = root.xpath(_CLINIC, namespaces=_NS)
    note.clinic = _words(clinics[0]) if clinics else None
    take_text(note, _text(root, options), "the document")
    yield note


def text_of(data: bytes, options: Options) -> str:
    """The text of a document.

    Raises:
        ReadError: as `read`.
    """
    return _text(_root(data), options)


def _root(data: bytes) -> Any:
    root = parse_xml(data)
    if root.tag == _DOCUMENT:
        return root
    kind = "FHIR as XML" if "hl7.org/fhir" in root.tag else f"XML of another kind ({root.tag.rpartition('}')[2][:40]})"
    remedy = "Export it as JSON." if kind.startswith("FHIR") else "Export C-CDA, or plain text."
    raise ReadError(f"it is {kind}, not C-CDA", remedy=remedy)


def _text(root: Any, options: Options) -> str:
    unstructured = root.find("c:component/c:nonXMLBody/c:text", _NS)
    if unstructured is not None:
        return _unstructured(unstructured, options)
    left_out: list[str] = []
    parts: list[str] = []
    _sections(root.findall("c:component/c:structuredBody/c:component/c:section", _NS), parts, left_out)
    for name in left_out:
        options.notices.count("sections left out, as lists that the record system adds", name)
    if not parts:
        held = f"only lists ({', '.join(left_out)})" if left_out else "no section with text"
        raise ReadError(f"the document holds {held}, no note", remedy="Export the progress or visit note.")
    return "\n\n".join(parts)


def _unstructured(text: Any, options: Options) -> str:
    reference = text.find("c:reference", _NS)
    if reference is not None:
        raise ReadError("its text is in another file, which the document only names", remedy="Read that file.")
    content = text.text or ""
    if text.get("representation") == "B64":
        return embedded.text_of(embedded.from_base64(content), text.get("mediaType"), options)
    return narrative(text)


def _sections(sections: Any, parts: list[str], left_out: list[str]) -> None:
    for section in sections:
        code = section.find("c:code", _NS)
        loinc = code.get("code", "") if code is not None else ""
        if loinc in _known()["lists"]:
            left_out.append(_known()["lists"][loinc])
            continue
        text = section.find("c:text", _NS)
        body = narrative(text) if text is not None else ""
        title = _words(section.find("c:title", _NS)) or _known()["titles"].get(loinc, "")
        if body:
            parts.append(f"{title}:\n{body}" if title else body)
        _sections(section.findall("c:component/c:section", _NS), parts, left_out)


@cache
def _known() -> dict[str, dict[str, str]]:
    return tomllib.loads(files("rehabcoder.knowledge").joinpath("ccda_sections.toml").read_text(encoding="utf-8"))


def _id(element: Any) -> str | None:
    if element is None:
        return None
    value: str | None = element.get("extension") or element.get("root")
    return value


def _words(element: Any) -> str | None:
    return " ".join("".join(element.itertext()).split()) or None if element is not None else None


def _author(root: Any) -> tuple[str | None, str | None]:
    for person in root.xpath(_AUTHOR, namespaces=_NS):
        name = person.find("c:assignedPerson/c:name", _NS)
        if name is None:
            continue
        parts = [_words(part) for part in name if not part.tag.endswith(("}suffix", "}prefix"))]
        words = " ".join(part for part in parts if part) or _words(name)
        if words:
            return words, _words(name.find("c:suffix", _NS))
    return None, None
