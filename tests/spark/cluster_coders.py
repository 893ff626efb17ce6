"""Coders for tests, made in workers by name. What a note says decides what becomes of the worker."""

from __future__ import annotations

import os
import re
import resource
import signal
import time

from rehabcoder.note import CodedNote, Finding, Note, Service, Totals


class FakeCoder:
    """Codes by the words of the note: CRASH kills the worker, HANG holds it, RAISE raises, SLOW takes a while."""

    def __init__(self, *, version: str = "fake-1") -> None:
        self.version = version

    def code(self, notes: list[Note]) -> list[CodedNote]:
        return [self._one(note) for note in notes]

    def _one(self, note: Note) -> CodedNote:
        common = {"source": note.source, "text_sha256": note.text_sha256, "model_version": self.version}
        if note.error is not None:
            return CodedNote(note.note_id, status="failed", error=note.error, **common)
        if "CRASH" in note.text:
            os.kill(os.getpid(), signal.SIGKILL)
        if "HANG" in note.text:
            re.match(r"(a+)+$", "a" * 64 + "b")  # holds the interpreter, so that no thread of the worker could help
        if "RAISE" in note.text:
            raise ValueError(note.text)
        if "SLOW" in note.text:
            time.sleep(0.002)
        minutes = int(found[1]) if (found := re.search(r"x (\d+) min", note.text)) else None
        service = Service(0, len(note.text), note.text, "97110", minutes=minutes, confidence=0.5)
        review = minutes is None
        flags = [Finding("missing_minutes", "high", "no minutes")] if review else []
        totals = Totals(minutes, billed_units=note.billed_units)
        return CodedNote(
            note.note_id, interventions=[service], flags=flags, totals=totals, needs_review=review, **common
        )


def load(model: str | None, *, policy: str) -> FakeCoder:
    """As `rehabcoder.load`; the name of the model becomes its version."""
    return FakeCoder(version=os.path.basename(model or "fake-1"))


def load_on_a_full_disk(model: str | None, *, policy: str) -> FakeCoder:
    """The worker can write no file of more than 2,000 bytes."""
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (2000, resource.RLIM_INFINITY))
    return FakeCoder()


def load_with_a_reader_that_crashes(model: str | None, *, policy: str) -> FakeCoder:
    """Reading a PDF kills the worker."""
    from rehabcoder.readers import pdf

    def crash(data: bytes) -> str:
        os._exit(11)

    pdf.text_of = crash  # type: ignore[assignment]
    return FakeCoder()


def load_never(model: str | None, *, policy: str) -> FakeCoder:
    """The worker dies before it has a coder."""
    os._exit(3)


def load_with_a_mistake(model: str | None, *, policy: str) -> FakeCoder:
    """The coder cannot be made."""
    raise KeyError("secret")
