"""Examples with their answers inside, for tests of a model or of a clinic's own way to write.

An example is a note in which every service is marked: `<svc code=97530 min=15>TherAct 15 min: sit to stand</svc>`. The
marks are no XML: only `<svc ...>` and `</svc>` mean something, every other character stands for itself.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from rehabcoder.note import Service

_MARK = re.compile(r"<svc(?P<fields>[^<>\n]*)>|</svc>")
_KEYS = frozenset({"code", "label", "min"})


@dataclass(slots=True, frozen=True)
class ExpectedService:
    """A service that an example expects.

    `start` and `end` cut its words from the plain text, in code points; `code` is what they support ("none": nothing
    billable); `minutes` is None where the note gives no minutes; `labelled` is the code that the note itself names, and
    None says that the example leaves it open.
    """

    start: int
    end: int
    code: str
    minutes: int | None = None
    labelled: str | None = None

    def matches(self, service: Service) -> bool:
        """Whether a coded service is this one: code, minutes and label agree, and more words are shared than not."""
        shared = min(self.end, service.end) - max(self.start, service.start)
        return (
            (service.code, service.minutes) == (self.code, self.minutes)
            and self.labelled in (None, service.labelled)
            and 2 * shared > max(self.end, service.end) - min(self.start, service.start)
        )


def parse_example(text: str) -> tuple[str, list[ExpectedService]]:
    """The plain text of an example and the services expected in it, in order.

    A mark holds `code=` (required), `min=` (whole minutes; left out: the note gives none) and `label=` (the code that the
    note itself names; left out: not asked). Marks cannot be nested.

    Raises:
        ValueError: a mark is not closed, not opened, nested, or has a field that is unknown, missing or no number.
    """
    plain: list[str] = []
    expected: list[ExpectedService] = []
    fields: dict[str, str] | None = None
    length = start = done = 0
    for mark in _MARK.finditer(text):
        plain.append(text[done : mark.start()])
        length += mark.start() - done
        done = mark.end()
        if mark["fields"] is not None:
            if fields is not None:
                raise ValueError(f"<svc> at character {mark.start()} opens inside another: close that one first.")
            fields, start = _fields(mark["fields"], mark.start()), length
        elif fields is None:
            raise ValueError(f"</svc> at character {mark.start()} closes nothing: open it with <svc code=...>.")
        else:
            minutes = int(fields["min"]) if "min" in fields else None
            expected.append(ExpectedService(start, length, fields["code"], minutes, fields.get("label")))
            fields = None
    if fields is not None:
        raise ValueError("The last <svc> is not closed: add </svc> behind its words.")
    plain.append(text[done:])
    return "".join(plain), expected


def differences(expected: Sequence[ExpectedService], services: Sequence[Service]) -> list[str]:
    """What is wrong with coded services, a line each; empty where each expected service was found and none besides.

    The lines hold codes, minutes and offsets, never words of the note.
    """
    left = list(services)
    out: list[str] = []
    for wanted in expected:
        found = next((s for s in left if wanted.matches(s)), None)
        if found is None:
            out.append(f"missing {wanted}")
        else:
            left.remove(found)
    out += [f"unexpected {s.code}, {s.minutes} min, labelled {s.labelled}, [{s.start}, {s.end})" for s in left]
    return out


def _fields(written: str, at: int) -> dict[str, str]:
    fields: dict[str, str] = {}
    for part in written.split():
        key, _, value = part.partition("=")
        if key not in _KEYS or not value or (key == "min" and not value.isdecimal()):
            raise ValueError(f"<svc> at character {at}: {part!r} is no field; write code=97110, min=15 or label=97110.")
        fields[key] = value
    if "code" not in fields:
        raise ValueError(f"<svc> at character {at} has no code: write <svc code=97110>.")
    return fields
