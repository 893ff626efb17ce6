"""Notes for the benchmarks: the labelled ones of `data/notes` over and over, each with an id and an end of its own."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

DATA = Path(__file__).resolve().parents[1] / "data" / "notes"


def labelled() -> list[dict[str, Any]]:
    """The labelled notes."""
    return [json.loads(line) for path in sorted(DATA.glob("*.jsonl")) for line in path.open(encoding="utf-8")]


def notes(count: int, *, patients: bool = False) -> Iterator[dict[str, Any]]:
    """`count` notes as an export has them, made one at a time; with patients and days, so that claims arise."""
    base = labelled()
    for number in range(count):
        note = base[number % len(base)]
        made = {"id": f"n{number:07d}", "discipline": note["discipline"], "text": f"{note['text']}\nVisit {number}."}
        if patients:
            made |= {"mrn": f"p{number // 12}", "dos": f"2024-{number % 12 + 1:02d}-{number % 28 + 1:02d}"}
        yield made


def write(path: Path, count: int, **options: bool) -> Path:
    """A JSON Lines file of `count` notes."""
    with path.open("w", encoding="utf-8") as file:
        file.writelines(json.dumps(note, ensure_ascii=False) + "\n" for note in notes(count, **options))
    return path


def terms(count: int = 300) -> list[str]:
    """The words and pairs of words that services are described with most often, for the other tools to look for."""
    found: Counter[str] = Counter()
    for note in labelled():
        for service in note["interventions"]:
            words = re.findall(r"[a-z][a-z-]{3,}", service["quote"].lower())
            found.update(words)
            found.update(f"{first} {second}" for first, second in pairwise(words))
    return [term for term, _ in found.most_common(count)]
