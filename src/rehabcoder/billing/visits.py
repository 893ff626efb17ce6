"""Findings across visits: more therapies as the patient improves, cloned notes, unchanged doses, overfull days.

A visit is a patient's day under one discipline, whether one note tells of it or several. Sources: HNS policy pages
(therapies fall as the patient improves); Medicare Benefit Policy Manual (Pub. 100-02) chapter 15 §§220.2, 220.3
(skilled, individual care). The limits are data: `knowledge/visits.toml`.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from os import PathLike
from pathlib import Path
from typing import Any

from rehabcoder.billing.codes import KNOWLEDGE
from rehabcoder.billing.finding_terms import billing_findings
from rehabcoder.billing.modifiers import discipline_of
from rehabcoder.billing.units import MINUTES_OF_DAY
from rehabcoder.billing.visit_notes import KeptNote, Visit, kept
from rehabcoder.billing.visit_signs import Sign, cloned, full_days, rising_therapies, unchanged_doses
from rehabcoder.errors import PolicyError
from rehabcoder.note import CodedNote, Json, Note


@dataclass(slots=True, frozen=True)
class Limits:
    """From where on something across visits is worth a look; see `knowledge/visits.toml`."""

    cloned_share: float
    cloned_words: int
    dose_visits: int
    therapies_visits: int
    therapies_rise: float
    many_minutes: int
    day_minutes: int


@dataclass(slots=True, frozen=True)
class VisitFinding:
    """Something that shows only across notes. `value` is the figure behind it: a share, a count, minutes."""

    id: str
    severity: str
    message: str
    note_ids: tuple[str, ...]
    patient: str | None = None
    clinician: str | None = None
    date: str | None = None
    value: float | None = None

    @property
    def rule(self) -> str:
        """The rule that it serves, with its source."""
        return billing_findings()[self.id].rule

    def to_json(self) -> Json:
        return {
            "id": self.id,
            "severity": self.severity,
            "message": self.message,
            "note_ids": list(self.note_ids),
            "patient": self.patient,
            "clinician": self.clinician,
            "date": self.date,
            "value": self.value,
            "rule": self.rule,
        }


def across_visits(
    visits: Iterable[tuple[Note, CodedNote]], *, limits: Limits | None = None, off: Iterable[str] = ()
) -> list[VisitFinding]:
    """Every finding across the visits of each patient and across the day of each therapist.

    Args:
        visits: notes with their coded answers, in any order; they may be a stream, of which only what is compared is
            kept. Failed notes and notes without a date take no part, notes without a patient only in their therapist's
            day, and copies of a note (the same patient, day and text) count once.
        limits: a site's own limits in place of the shipped ones.
        off: ids of findings to leave out, as a policy's `findings_off`.

    Returns:
        those of each patient by id and day, then those of each therapist.
    """
    use, left_out = limits or default_limits(), set(off)
    notes = list(_without_copies(kept(note, coded) for note, coded in visits))
    found: list[VisitFinding] = []
    for episode in _episodes(notes):
        signs = cloned(episode, least_share=use.cloned_share, least_words=use.cloned_words)
        signs += unchanged_doses(episode, least_visits=use.dose_visits)
        signs += rising_therapies(episode, least_visits=use.therapies_visits, least_rise=use.therapies_rise)
        found += [_finding(sign, patient=sign.notes[-1].patient) for sign in signs]
    found.sort(key=lambda finding: (finding.patient or "", finding.date or "", finding.id))
    found += [_finding(sign) for sign in full_days(notes, many=use.many_minutes, all_day=use.day_minutes)]
    return [finding for finding in found if finding.id not in left_out]


@cache
def default_limits() -> Limits:
    """The limits of `knowledge/visits.toml`."""
    with (KNOWLEDGE / "visits.toml").open("rb") as file:
        return _limits(tomllib.load(file))


def read_limits(path: str | PathLike[str]) -> Limits:
    """A site's own limits: a TOML file with the tables of `knowledge/visits.toml`; what it leaves out stays as shipped.

    Raises:
        PolicyError: the file cannot be read, is no TOML, or holds an unknown key or a wrong value.
    """
    try:
        own = tomllib.loads(Path(path).read_text(encoding="utf-8"))
    except OSError as error:
        raise PolicyError(error.strerror or "cannot be read", where=str(path), remedy="Check the path.") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise PolicyError(f"is no valid TOML: {error}", where=str(path), remedy="Mend that line.") from error
    with (KNOWLEDGE / "visits.toml").open("rb") as file:
        shipped: dict[str, dict[str, Any]] = tomllib.load(file)
    for name, table in own.items():
        if name not in shipped or not isinstance(table, dict):
            remedy = f"The tables are: {', '.join(f'[{known}]' for known in shipped)}."
            raise PolicyError(f"has the unknown table {name}", where=str(path), remedy=remedy)
        for key, value in table.items():
            if key not in shipped[name]:
                remedy = f"[{name}] has: {', '.join(shipped[name])}."
                raise PolicyError(f"has the unknown key {name}.{key}", where=str(path), remedy=remedy)
            fraction = isinstance(shipped[name][key], float)
            number = isinstance(value, int | float if fraction else int) and not isinstance(value, bool)
            most = 1 if key.endswith("share") else MINUTES_OF_DAY
            if not number or not 0 < value <= most:
                what = f"{name}.{key} is no {'number' if fraction else 'whole number'} above zero and at most {most}"
                raise PolicyError(what, where=str(path), remedy=f"Write one such as {shipped[name][key]}.")
            shipped[name][key] = value
    return _limits(shipped)


def _limits(table: dict[str, dict[str, Any]]) -> Limits:
    return Limits(
        cloned_share=table["cloned"]["least_share"],
        cloned_words=table["cloned"]["least_words"],
        dose_visits=table["dose"]["least_visits"],
        therapies_visits=table["therapies"]["least_visits"],
        therapies_rise=table["therapies"]["least_rise"],
        many_minutes=table["day"]["many_minutes"],
        day_minutes=table["day"]["day_minutes"],
    )


def _without_copies(notes: Iterable[KeptNote | None]) -> Iterator[KeptNote]:
    seen: set[tuple[str | None, str, str]] = set()
    for note in notes:
        if note is None:
            continue
        key = (note.patient, note.day, note.text_sha256)
        if not note.text_sha256 or key not in seen:
            seen.add(key)
            yield note


def _episodes(notes: Iterable[KeptNote]) -> Iterator[list[Visit]]:
    """The visits of each patient under each discipline, the earliest first."""
    groups: dict[tuple[str, str | None], dict[str, list[KeptNote]]] = {}
    for note in notes:
        if note.patient:
            days = groups.setdefault((note.patient, discipline_of(*note.discipline)), {})
            days.setdefault(note.day, []).append(note)
    for days in groups.values():
        yield [Visit(day, days[day]) for day in sorted(days)]


def _finding(sign: Sign, *, patient: str | None = None) -> VisitFinding:
    return VisitFinding(
        sign.id,
        sign.severity or billing_findings()[sign.id].severity,
        sign.says,
        tuple(note.note_id for note in sign.notes),
        patient=patient,
        clinician=sign.notes[-1].clinician,
        date=sign.notes[-1].day,
        value=sign.value,
    )
