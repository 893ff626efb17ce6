"""What writing and reading a workbook must agree on: sheets, columns, and the key that ties a row to its note."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Literal

from rehabcoder.errors import RehabcoderError

WORK, NOTES, HELP, LISTS = "Worklist", "Notes", "Help", "Lists"
SHEETS = (WORK, NOTES, HELP, LISTS)
Kind = Literal["worklist", "sample"]
FORMAT = "rehabcoder workbook 1"
CODES_MINUTES = "codes=minutes"  # the column of a sample in which a reviewer writes 97530=15 97110=23

# Column headings in order; those in FILLED are the reviewer's.
COLUMNS: dict[Kind, tuple[str, ...]] = {
    "worklist": (
        "key",
        "note",
        "date",
        "clinician",
        "payer",
        "risk",
        "findings",
        "units",
        "billed",
        "words",
        "labelled",
        "code",
        "minutes",
        "confidence",
        "decision",
        "new code",
        "new minutes",
        "reason",
    ),
    "sample": ("key", "note", "number", "date", "discipline", "decision", CODES_MINUTES, "reason"),
}
FILLED: dict[Kind, tuple[str, ...]] = {
    "worklist": ("decision", "new code", "new minutes", "reason"),
    "sample": ("decision", CODES_MINUTES, "reason"),
}
DECISIONS: dict[Kind, tuple[str, ...]] = {
    "worklist": ("accept", "change", "remove", "add", "query", "skip"),
    "sample": ("reviewed",),
}
ADD = "+"  # stands for a note's last row, in which a service can be added or the whole note be decided
WHOLE = ("accept", "query", "skip")  # decisions on the whole note, in its last row


class WorkbookError(RehabcoderError):
    """A workbook that cannot be taken back: every wrong cell is named, and nothing of it was applied."""

    def __init__(self, file: str, problems: list[str]) -> None:
        shown = problems[:20] + ([f"and {len(problems) - 20} more"] if len(problems) > 20 else [])
        super().__init__(
            "nothing was applied: " + "; ".join(shown),
            where=file,
            remedy="Mend these cells, or write the workbook again and fill in the new one.",
        )
        self.problems = problems


@dataclass(slots=True, frozen=True)
class Key:
    """The first cell of a row: which note, which coding, which service; and a check that nobody edited it."""

    row: int  # of the note, or of the sample's item
    coding: int
    service: str
    version: int

    def dumps(self, export: str) -> str:
        body = f"{self.row}.{self.coding}.{self.service}.{self.version}"
        return f"{body}.{_check(export, body)}"

    @classmethod
    def loads(cls, source: object, export: str) -> Key | None:
        """The key, or None when the cell is not what was written."""
        body, dot, check = str(source).rpartition(".")
        if not dot or check != _check(export, body):
            return None
        row, coding, service, version = body.split(".")
        return cls(int(row), int(coding), service, int(version))


def _check(export: str, body: str) -> str:
    return hashlib.sha256(f"{export}|{body}".encode()).hexdigest()[:10]
