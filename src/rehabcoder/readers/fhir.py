"""FHIR R4 as JSON: Bundles, bulk exports (NDJSON) and single resources.

Notes are DocumentReference, DiagnosticReport and Composition. Their text stands in an attachment, in a Binary that the
attachment names (in the same Bundle, or in a Binary file beside a bulk export), or in sections.
"""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from typing import Any

from rehabcoder.errors import ReadError
from rehabcoder.note import Note
from rehabcoder.readers import embedded
from rehabcoder.readers.columns import take_text
from rehabcoder.readers.fhir_links import Links, dig, first, listed, words
from rehabcoder.readers.jsonl import broken, failed, is_object
from rehabcoder.readers.options import Options
from rehabcoder.readers.sources import HoldsNoNotes, Source
from rehabcoder.readers.streams import MAX_LINE, decoded, first_line, lines, whole
from rehabcoder.readers.values import iso_date

Resource = dict[str, Any]
NOTES = ("DocumentReference", "DiagnosticReport", "Composition")
_VOID = ("entered-in-error", "superseded", "cancelled")


def read(stream: io.BufferedReader, source: Source, options: Options) -> Iterator[Note]:
    """The notes of the file in their order; other resources only serve to fill them in.

    Raises:
        ReadError: broken JSON.
        HoldsNoNotes: no resource is a note.
    """
    others: dict[str, int] = {}
    found = False
    for number, resource, links in _resources(stream, source, options):
        if isinstance(resource, ReadError):
            found = True
            yield failed(source, number, resource)
        elif (kind := str(resource.get("resourceType"))) in NOTES:
            found = True
            yield _note(resource, number, source, links, options)
        else:
            others[kind] = others.get(kind, 0) + 1
    if not found:
        held = ", ".join(f"{kind[:40]} ({count:,})" for kind, count in sorted(others.items())) or "no resources"
        remedy = "Export DocumentReference, DiagnosticReport or Composition."
        raise HoldsNoNotes(f"it holds {held} and no note", remedy=remedy)


def _resources(
    stream: io.BufferedReader, source: Source, options: Options
) -> Iterator[tuple[int, Resource | ReadError, Links]]:
    """Each resource with its number in the file and what it may refer to."""
    line, stream = first_line(stream)
    if not is_object(line):
        try:
            data = json.loads(decoded(whole(stream), options.notices))
        except (ValueError, RecursionError) as error:
            raise broken(error, source.name) from error
        whole_file = data if isinstance(data, list) else [data]
        yield from _unpacked([item for item in whole_file if isinstance(item, dict)], 1, source)
        return
    beside = Links.beside(source)
    more = 0  # resources of the Bundles so far, beyond one a line
    for line_number, text in lines(stream, options.notices):
        if text is not None and not text.strip():
            continue
        number = line_number + more
        place = f"{source.name}#{number}"
        try:
            if text is None:
                raise ReadError(f"the line is longer than {MAX_LINE // 2**20} MB", where=place, remedy="Split it.")
            resource = json.loads(text.strip())
            if not isinstance(resource, dict):
                raise ReadError("not a FHIR resource", where=place, remedy="Export NDJSON, a resource a line.")
        except (ValueError, RecursionError) as error:
            yield number, broken(error, place), beside
        except ReadError as error:
            yield number, error, beside
        else:
            if resource.get("resourceType") == "Bundle":
                held = list(_unpacked([resource], number, source))
                more += max(0, len(held) - 1)
                yield from held
            else:
                yield number, resource, beside


def _unpacked(given: list[Resource], start: int, source: Source) -> Iterator[tuple[int, Resource, Links]]:
    """The resources of Bundles, also nested ones, which may all refer to one another."""
    links = Links(source)
    resources: list[Resource] = []
    pending = list(reversed(given))
    while pending:
        resource = pending.pop()
        links.add(resource)
        if resource.get("resourceType") == "Bundle":
            for entry in reversed(listed(dig(resource, "entry"))):
                inner = entry.get("resource") if isinstance(entry, dict) else None
                if isinstance(inner, dict):
                    links.add(inner, entry.get("fullUrl"))
                    pending.append(inner)
        else:
            resources.append(resource)
    for number, resource in enumerate(resources, start):
        yield number, resource, links


def _note(resource: Resource, number: int, source: Source, links: Links, options: Options) -> Note:
    kind = resource["resourceType"]
    given = words(resource.get("id"))
    note = Note(given or f"{source.stem}-{number}", "", f"{source.name}#{number}")
    try:
        if resource.get("status") in _VOID:
            raise ReadError(f"its status is {resource['status']}: not a note in force", remedy="Leave it out.")
        _about(note, resource, links)
        text = _sections(resource.get("section")) if kind == "Composition" else _attached(resource, links, options)
    except ReadError as error:
        problem = ReadError(f"the {kind} cannot be read: {error.what}", where=note.source, remedy=error.remedy)
        note.error = str(problem)
    else:
        take_text(note, text, f"the {kind}")
    return note


def _attached(resource: Resource, links: Links, options: Options) -> str:
    """The text of a resource's attachments: of those in the plainest form, for they hold one note in several."""
    forms = listed(dig(resource, "presentedForm")) or [
        dig(content, "attachment") for content in listed(dig(resource, "content"))
    ]
    attachments = sorted(
        (item for item in forms if isinstance(item, dict)),
        key=lambda item: embedded.rank(words(item.get("contentType"))),
    )
    problem: ReadError | None = None
    for attachment in attachments:
        try:
            return _attachment(attachment, links, options)
        except ReadError as error:
            problem = problem or error
    if resource["resourceType"] == "DiagnosticReport" and (conclusion := words(resource.get("conclusion"))):
        return conclusion
    raise problem or ReadError("it has no attachment", remedy="Export it with the document in it.")


def _attachment(attachment: Resource, links: Links, options: Options) -> str:
    media_type = words(attachment.get("contentType"))
    if data := words(attachment.get("data")):
        return embedded.text_of(embedded.from_base64(data), media_type, options)
    url = words(attachment.get("url"))
    if url is None:
        raise ReadError("its attachment is empty", remedy="Export it with the document in it.")
    binary = links.find(url, "Binary")
    if binary is None:
        raise ReadError(
            "its text is at an address outside the file, which is not followed",
            remedy="Export it with the document in it, or its Binary resources into the same folder.",
        )
    return _binary(binary, options, media_type)


def _binary(binary: Resource, options: Options, media_type: str | None = None) -> str:
    data = words(binary.get("data"))
    if data is None:
        raise ReadError("its Binary is empty", remedy="Export it again.")
    return embedded.text_of(embedded.from_base64(data), words(binary.get("contentType")) or media_type, options)


def _sections(sections: Any) -> str:
    from rehabcoder.readers.markup import html_text

    parts: list[str] = []
    for section in listed(sections):
        div = words(dig(section, "text", "div"))
        body = html_text(div) if div else ""
        title = words(dig(section, "title"))
        if body:
            parts.append(f"{title}:\n{body}" if title else body)
        if inner := _sections(dig(section, "section")):
            parts.append(inner)
    return "\n\n".join(parts)


def _about(note: Note, resource: Resource, links: Links) -> None:
    """Give `note` what the resource and those it refers to say: patient, day, clinician, place."""
    encounter = links.follow(first(dig(resource, "context", "encounter")) or dig(resource, "encounter"), "Encounter")
    days = (
        dig(resource, "context", "period", "start"), dig(resource, "effectivePeriod", "start"),
        dig(resource, "effectiveDateTime"), dig(encounter, "period", "start"), dig(resource, "date"),
        dig(resource, "issued"),
    )  # fmt: skip
    note.date_of_service = next((day for value in days if (day := iso_date(words(value)))), None)
    note.patient_id = links.patient(dig(resource, "subject"))
    author = (
        first(dig(resource, "author"))
        or first(dig(resource, "resultsInterpreter"))
        or first(dig(resource, "performer"))
    )
    note.clinician, note.credential = links.clinician(author)
    place = dig(encounter, "serviceProvider") or dig(resource, "custodian")
    note.clinic = words(dig(links.follow(place, "Organization"), "name")) or words(dig(place, "display"))
