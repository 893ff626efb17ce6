"""Decisions as labelled notes, in the format that `train` takes, marked by how they came about."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TextIO

from rehabcoder.worklist.store import statistics
from rehabcoder.worklist.store.database import Database
from rehabcoder.worklist.store.statistics import Label
from rehabcoder.writers.files import private_text, refuse_to_replace


@dataclass(slots=True)
class Exported:
    """How many labelled notes were written, by mark, and how many could not be: their text is purged."""

    blind: int = 0
    accepted: int = 0
    changed: int = 0
    purged: int = 0


def export_labels(database: Database, path: str | Path) -> Exported:
    """Write the notes that people settled as labelled notes (JSON Lines), readable by their owner alone.

    Each carries `mark`: `blind` (decided without seeing the tool's coding), `accepted` (as the tool suggested it) or
    `changed`. `reviewer`, `decided_at` and `model_version` say by whom, when, and over which model's suggestion.

    Raises:
        UsageError: a file stands there, whose labels somebody may have mended.
        RehabcoderError: the file cannot be written.
    """
    refuse_to_replace(Path(path), why="and it may hold labels that somebody mended")
    with private_text(Path(path)) as out:
        return write_labels(database, out)


def write_labels(database: Database, out: TextIO) -> Exported:
    """Write the labelled notes to an open text file; see `export_labels`."""
    result = Exported()
    with database.read() as connection:
        for label in statistics.labels(connection):
            if label.text is None:
                result.purged += 1
                continue
            out.write(json.dumps(labelled_note(label)) + "\n")
            setattr(result, label.mark, getattr(result, label.mark) + 1)
    return result


def labelled_note(label: Label) -> dict[str, Any]:
    """One labelled note. Offsets and quotes are of the untouched text."""
    text = label.text or ""
    totals = label.coded.totals
    return {
        "id": label.note_id,
        "discipline": label.meta.get("discipline") or "",
        "setting": label.meta.get("clinic") or "",
        "style": "",
        "text": text,
        "interventions": list(_interventions(label, text)),
        "stated": {
            "timed_minutes": totals.stated_timed,
            "total_minutes": totals.stated_total,
            "units": totals.billed_units,
        },
        "flags": sorted(label.answer.standing_flags),
        "note": "",
        "mark": label.mark,
        "reviewer": label.reviewer,
        "decided_at": label.at,
        "model_version": label.coded.model_version,
    }


def _interventions(label: Label, text: str) -> Iterator[dict[str, Any]]:
    for service in sorted(label.answer.services, key=lambda s: s.start or 0):
        if service.start is not None and service.end is not None:
            yield {
                "quote": text[service.start : service.end],
                "start": service.start,
                "code": service.code,
                "labelled": service.labelled,
                "minutes": service.minutes,
            }
