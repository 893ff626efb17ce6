"""What of a coded note is compared across visits; the rest is let go, so that a backlog of any length fits."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from rehabcoder.billing.checks import therapies
from rehabcoder.billing.codes import is_timed
from rehabcoder.billing.pooling import day_of
from rehabcoder.note import Activity, CodedNote, Note

Dose = tuple[Any, ...]
"""Sets, repetitions, hold, load, distance, assistance of an activity, None where the note does not give one."""

_DOSE = ("sets", "reps", "hold_seconds", "load", "distance", "assist")
_DOSE_WORDS = ("sets", "reps", "s hold", "load", "distance", "assistance")


@dataclass(slots=True, frozen=True)
class KeptNote:
    """A coded note with a day. `text` are the words on its services, `doses` by activity and side."""

    note_id: str
    text_sha256: str
    day: str
    patient: str | None
    clinician: str | None
    discipline: tuple[str | None, str | None]
    text: str
    codes: tuple[str, ...]
    timed_minutes: int
    doses: dict[tuple[str, str], Dose]
    progress: bool


@dataclass(slots=True, frozen=True)
class Visit:
    """A patient's day under one discipline."""

    day: str
    notes: Sequence[KeptNote]

    @property
    def words(self) -> list[str]:
        """The words on the day's services, in lower case."""
        return [word for note in self.notes for word in re.findall(r"\w+", note.text.lower())]

    @property
    def therapies(self) -> int:
        """How many different therapies and modalities were given."""
        return len(therapies(code for note in self.notes for code in note.codes))

    @property
    def progress(self) -> bool:
        """Whether one of the notes reports progress."""
        return any(note.progress for note in self.notes)

    @property
    def doses(self) -> dict[tuple[str, str], Dose]:
        """The dose of each activity; the first where notes differ."""
        return {key: dose for note in reversed(self.notes) for key, dose in note.doses.items()}


def kept(note: Note, coded: CodedNote) -> KeptNote | None:
    """What is compared of a note; None for a failed one and one without a date."""
    day = day_of(note.date_of_service)
    if coded.status == "failed" or day is None:
        return None
    return KeptNote(
        note_id=note.note_id,
        text_sha256=coded.text_sha256,
        day=day.isoformat(),
        patient=note.patient_id,
        clinician=note.clinician,
        discipline=(note.discipline, note.credential),
        text="\n".join(service.text for service in coded.interventions),
        codes=tuple(line.code for line in coded.lines),
        timed_minutes=sum(line.minutes or 0 for line in coded.lines if is_timed(line.code)),
        doses=_doses(coded),
        progress=all(flag.id != "missing_progress" for flag in coded.flags),
    )


def dose_words(dose: Dose) -> str:
    """`3 sets, 10 reps, load 5 lb`."""
    return ", ".join(
        f"{value} {name}" if isinstance(value, int) else f"{name} {value}"
        for name, value in zip(_DOSE_WORDS, dose, strict=True)
        if value is not None
    )


def _doses(coded: CodedNote) -> dict[tuple[str, str], Dose]:
    doses: dict[tuple[str, str], Dose] = {}
    for service in coded.interventions:
        for activity in service.activities:
            dose = _dose(activity)
            if any(value is not None for value in dose):
                doses.setdefault((activity.name, activity.side or ""), dose)
    return doses


def _dose(activity: Activity) -> Dose:
    return tuple(getattr(activity, name) for name in _DOSE)
