"""The shipped model, loaded once, and the sample notes.

Functions rather than fixtures: Hypothesis prints the arguments of a failing test, and a model is nothing to print.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import rehabcoder
from rehabcoder import CodedNote, Coder, Note
from rehabcoder.readers import read_notes

SAMPLE = Path(__file__).parents[2] / "data" / "sample"
Claim = list[tuple[str, int | None, int | None]]


@cache
def coder() -> Coder:
    return rehabcoder.load()


@cache
def samples() -> list[Note]:
    notes = list(read_notes([str(SAMPLE)]))
    assert len(notes) >= 24
    assert not any(note.error for note in notes)
    return notes


def code_one(text: str) -> CodedNote:
    [coded] = coder().code([Note("n", text)])
    return coded


def claim(coded: CodedNote) -> Claim:
    """What would be billed: code, minutes, units of each line."""
    return [(line.code, line.minutes, line.units) for line in coded.lines]
