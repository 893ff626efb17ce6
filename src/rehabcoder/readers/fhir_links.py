"""What a FHIR resource refers to: Binary, Patient, Practitioner, Encounter and Organization, where the export has them.

Only what lies in the same Bundle, or in a bulk export's files beside the one that is read, is found; no address is
followed.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from typing import Any

from rehabcoder.readers.sources import STDIN, Source
from rehabcoder.readers.streams import MAX_LINE

Resource = dict[str, Any]
_LINKED = ("Binary", "Patient", "Practitioner", "Encounter", "Organization")


def dig(value: Any, *keys: str) -> Any:
    """The value at a path of keys, None where the path leads nowhere."""
    for key in keys:
        if not isinstance(value, dict):
            return None
        value = value.get(key)
    return value


def listed(value: Any) -> list[Any]:
    """`value` if it is a list, else an empty one: what an export has in its place says nothing."""
    return value if isinstance(value, list) else []


def first(value: Any) -> Any:
    """The first item of a list; None where there is none."""
    return next(iter(listed(value)), None)


def words(value: Any) -> str | None:
    """`value` if it is text that says something."""
    return value if isinstance(value, str) and value.strip() else None


def _key(reference: str, kind: str) -> str:
    """`Binary/7` out of `https://host/fhir/Binary/7/_history/1`; an address of another form as it is."""
    parts = reference.split("/_history/")[0].split("/")
    return "/".join(parts[-2:]) if len(parts) > 1 and parts[-2] == kind else reference


class Links:
    """Resources by what others call them."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._known: dict[str, Resource] = {}
        self._places: dict[str, tuple[str, int]] | None = {}  # None: the files beside have not been looked through yet

    @classmethod
    def beside(cls, source: Source) -> Links:
        """What a bulk export holds in files beside `source`; looked through when first needed."""
        links = cls(source)
        links._places = None
        return links

    def add(self, resource: Resource, address: Any = None) -> None:
        """Know `resource` by its type and id, and by its address in a Bundle."""
        kind, given = resource.get("resourceType"), resource.get("id")
        if kind in _LINKED:
            if isinstance(given, str):
                self._known.setdefault(f"{kind}/{given}", resource)
            if isinstance(address, str):
                self._known.setdefault(address, resource)

    def find(self, reference: str, kind: str) -> Resource | None:
        """The resource of that kind that `reference` names."""
        key = _key(reference, kind)
        found = self._known.get(reference) or self._known.get(key)
        if found is not None:
            return found
        if self._places is None:
            self._places = dict(self._look_beside())
        if (place := self._places.get(key)) is None:
            return None
        name, offset = place
        with open(name, "rb") as file:
            file.seek(offset)
            resource = json.loads(file.readline(MAX_LINE))
        return resource if isinstance(resource, dict) else None

    def follow(self, reference: Any, kind: str) -> Resource | None:
        """The resource that a reference object points at."""
        name = words(dig(reference, "reference"))
        return self.find(name, kind) if name else None

    def _look_beside(self) -> Iterator[tuple[str, tuple[str, int]]]:
        """Where the resources stand that notes refer to: a place in a file each, so that none is held in memory."""
        if self._source.name == STDIN:
            return
        folder = os.path.dirname(self._source.name) or "."
        for name in sorted(os.listdir(folder)):
            kind = next((kind for kind in _LINKED if name.startswith(kind)), None)
            if kind is None or not name.endswith((".ndjson", ".jsonl")):
                continue
            path, offset = os.path.join(folder, name), 0
            with open(path, "rb") as file:
                while line := file.readline(MAX_LINE):  # a longer one comes in pieces, none of which is a resource
                    try:
                        given = dig(json.loads(line), "id")
                    except (ValueError, RecursionError):
                        given = None
                    if isinstance(given, str):
                        yield f"{kind}/{given}", (path, offset)
                    offset += len(line)

    def patient(self, subject: Any) -> str | None:
        """The medical record number of a subject, else the first identifier it has, else its id."""
        patient = self.follow(subject, "Patient")
        identifiers = [item for item in listed(dig(patient, "identifier")) if words(dig(item, "value"))]
        for identifier in identifiers:
            if any(dig(coding, "code") == "MR" for coding in listed(dig(identifier, "type", "coding"))):
                return words(identifier["value"])
        if identifiers:
            return words(identifiers[0]["value"])
        direct = words(dig(subject, "identifier", "value"))
        reference = words(dig(subject, "reference"))
        return direct or (_key(reference, "Patient").removeprefix("Patient/") if reference else None)

    def clinician(self, author: Any) -> tuple[str | None, str | None]:
        """The name and the credential of an author."""
        person = self.follow(author, "Practitioner")
        name = first(dig(person, "name"))
        given = [part for part in listed(dig(name, "given")) if words(part)]
        parts = [*given, *([dig(name, "family")] if words(dig(name, "family")) else [])]
        credential = first(dig(name, "suffix")) or dig(first(dig(person, "qualification")), "code", "text")
        return words(dig(name, "text")) or " ".join(parts) or words(dig(author, "display")), words(credential)
