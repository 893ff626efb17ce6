"""A coder that finds nothing, to measure the machinery of a backlog alone: `scaling.py --load nothing:load`."""

from __future__ import annotations

from rehabcoder.note import CodedNote, Note


class Nothing:
    def code(self, notes: list[Note]) -> list[CodedNote]:
        return [CodedNote(note.note_id, note.source, note.text_sha256) for note in notes]


def load(model: str | None, *, policy: str) -> Nothing:
    return Nothing()
