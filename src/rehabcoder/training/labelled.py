"""Labelled notes, service descriptions and sentences as the training reads them from `data/`."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rehabcoder.billing.codes import one_name


@dataclass(slots=True)
class GoldService:
    """One labelled service: `[start, end)`, the code its description supports, the note's own label, its minutes."""

    start: int
    end: int
    code: str
    labelled: str | None
    minutes: int | None


def shared(one: tuple[int, int], two: tuple[int, int]) -> int:
    """Code points that two spans share, where they are taken for the same service: half of the shorter and a fifth of the longer
    (as `tests/oracle/score.py` matches them); else 0."""
    both = min(one[1], two[1]) - max(one[0], two[0])
    short, long = sorted((one[1] - one[0], two[1] - two[0]))
    return both if both > 0 and both * 2 >= short and both * 5 >= long else 0


@dataclass(slots=True)
class LabelledNote:
    """A note with its right answers. `source` is the clinic (the file) it comes from; `weight` counts it in training.

    `unread` says that no rule of the tool was mended on what it made of this note, so that it errs here as it does with strangers.
    """

    note_id: str
    text: str
    source: str
    services: list[GoldService]
    stated: dict[str, Any]
    flags: frozenset[str]
    evidence: dict[str, str] = field(default_factory=dict)
    weight: float = 1.0
    unread: bool = False


@dataclass(slots=True)
class Snippet:
    """A service description with its code, or a sentence with the documentation elements that it shows."""

    text: str
    source: str
    code: str | None = None
    elements: frozenset[str] | None = None


def note_of(record: dict[str, Any], source: str) -> LabelledNote:
    """A labelled note of the guide's record (already validated)."""
    text = record["text"]
    services = []
    for item in record.get("interventions", []):
        start = item.get("start", text.find(item["quote"]))
        services.append(
            GoldService(
                start, start + len(item["quote"]), one_name(item["code"]), item.get("labelled"), item.get("minutes")
            )
        )
    services.sort(key=lambda s: s.start)
    return LabelledNote(
        str(record["id"]),
        text,
        source,
        services,
        record.get("stated") or {},
        frozenset(record.get("flags", ())),
        {k: v for k, v in (record.get("evidence") or {}).items() if v},
        float(record.get("weight", 1.0)),
        bool(record.get("unread", False)),
    )


def read_notes(folder: Path) -> list[LabelledNote]:
    """Every labelled note of a folder of JSON Lines files; the file's name is the source."""
    out = []
    for path in sorted(folder.glob("*.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            if line.strip():
                out.append(note_of(json.loads(line), path.stem))
    return out


def read_snippets(folder: Path) -> list[Snippet]:
    """Every service description and sentence of a folder."""
    out = []
    for path in sorted(folder.glob("*.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            if not line.strip():
                continue
            record = json.loads(line)
            if "code" in record:
                out.append(Snippet(record["text"], path.stem, code=one_name(record["code"])))
            else:
                out.append(Snippet(record["text"], path.stem, elements=frozenset(record["elements"])))
    return out
