"""Findings across visits: more therapies as the patient improves, cloned notes, unchanged doses, overfull days.

Sources: HNS policy pages (therapies fall as the patient improves); Medicare Benefit Policy Manual (Pub. 100-02) chapter
15 §§220.2, 220.3 (skilled, individual care). The limits are data: `knowledge/visits.toml`.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cache
from itertools import pairwise
from typing import Any

from rehabcoder.billing.checks import therapies
from rehabcoder.billing.codes import KNOWLEDGE, is_timed
from rehabcoder.billing.finding_terms import billing_findings
from rehabcoder.billing.modifiers import discipline_of
from rehabcoder.billing.pooling import day_of
from rehabcoder.note import Activity, CodedNote, Json, Note

Visit = tuple[Note, CodedNote]


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
        }


def across_visits(
    visits: Iterable[Visit], *, limits: Limits | None = None, off: Iterable[str] = ()
) -> list[VisitFinding]:
    """Every finding across the visits of each patient and across the day of each therapist.

    Args:
        visits: notes with their coded answers, in any order; failed notes and notes without a date take no part.
        limits: a site's own limits in place of the shipped ones.
        off: ids of findings to leave out, as a policy's `findings_off`.
    """
    use = limits or default_limits()
    dated = [visit for visit in visits if visit[1].status != "failed" and day_of(visit[0].date_of_service)]
    found: list[VisitFinding] = []
    for episode in _episodes(dated):
        found += cloned_notes(episode, limits=use)
        found += unchanged_doses(episode, limits=use)
        found += rising_therapies(episode, limits=use)
    return [finding for finding in [*found, *full_days(dated, limits=use)] if finding.id not in set(off)]


@cache
def default_limits() -> Limits:
    """The limits of `knowledge/visits.toml`."""
    with (KNOWLEDGE / "visits.toml").open("rb") as file:
        table: dict[str, dict[str, Any]] = tomllib.load(file)
    return Limits(
        cloned_share=table["cloned"]["least_share"],
        cloned_words=table["cloned"]["least_words"],
        dose_visits=table["dose"]["least_visits"],
        therapies_visits=table["therapies"]["least_visits"],
        therapies_rise=table["therapies"]["least_rise"],
        many_minutes=table["day"]["many_minutes"],
        day_minutes=table["day"]["day_minutes"],
    )


def cloned_notes(episode: Sequence[Visit], *, limits: Limits) -> list[VisitFinding]:
    """Visits whose services read almost as those of the visit before, with the share of words left unchanged."""
    found = []
    for (before, old), (note, new) in pairwise(episode):
        if before.date_of_service == note.date_of_service:
            continue  # two notes of one day are one claim
        words = _service_words(new)
        if len(words) < limits.cloned_words:
            continue
        share = unchanged_share(_service_words(old), words)
        if share >= limits.cloned_share:
            message = (
                f"{share:.0%} of the words on today's services stand in the same order in the note of "
                f"{before.date_of_service} ({before.note_id})."
            )
            found.append(_of_patient("cloned_note", message, [(before, old), (note, new)], round(share, 3)))
    return found


def unchanged_share(before: Sequence[str], now: Sequence[str]) -> float:
    """The share of today's words that were taken over, in their order: 0 none, 1 all."""
    if not now:
        return 0.0
    matcher = SequenceMatcher(None, before, now, autojunk=False)
    return sum(block.size for block in matcher.get_matching_blocks()) / len(now)


def unchanged_doses(episode: Sequence[Visit], *, limits: Limits) -> list[VisitFinding]:
    """Activities whose sets, reps, hold, load, distance and assistance stayed the same for many visits in a row."""
    runs: dict[tuple[str, str], tuple[tuple[Any, ...], list[Visit]]] = {}
    longest: dict[tuple[str, str], tuple[tuple[Any, ...], list[Visit]]] = {}
    for visit in episode:
        for key, dose in _doses(visit[1]).items():
            same = key in runs and runs[key][0] == dose
            runs[key] = (dose, [*runs[key][1], visit] if same else [visit])
            if len(runs[key][1]) > len(longest.get(key, (dose, []))[1]):
                longest[key] = runs[key]
    found = []
    for (name, side), (dose, run) in longest.items():
        if len(run) >= limits.dose_visits:
            what = f"{side} {name}".strip()
            message = f"{what}: the same dose ({_dose_words(dose)}) in {len(run)} visits in a row."
            found.append(_of_patient("dose_unchanged", message, run, len(run)))
    return found


def rising_therapies(episode: Sequence[Visit], *, limits: Limits) -> list[VisitFinding]:
    """More therapies a visit in the later half of an episode than in the earlier, while the notes report progress."""
    if len(episode) < limits.therapies_visits:
        return []
    half = len(episode) // 2
    early, late = episode[:half], episode[-half:]
    rise = _mean_therapies(late) - _mean_therapies(early)
    progress = sum(all(flag.id != "missing_progress" for flag in coded.flags) for _, coded in late)
    if rise < limits.therapies_rise or progress * 2 < len(late):
        return []
    message = (
        f"Therapies a visit rose from {_mean_therapies(early):.1f} to {_mean_therapies(late):.1f} over {len(episode)} "
        f"visits, while {progress} of the last {len(late)} notes report progress; they should fall as patients improve."
    )
    return [_of_patient("therapies_rising", message, episode, round(rise, 2))]


def full_days(visits: Iterable[Visit], *, limits: Limits) -> list[VisitFinding]:
    """Days on which one therapist's timed one-on-one minutes, over all patients, are more than a day holds."""
    days: dict[tuple[str, str], list[Visit]] = {}
    for note, coded in visits:
        if note.clinician and note.date_of_service:
            days.setdefault((note.clinician, note.date_of_service[:10]), []).append((note, coded))
    found = []
    for (clinician, day), own in days.items():
        minutes = sum(_timed_minutes(coded) for _, coded in own)
        if minutes <= limits.many_minutes:
            continue
        over = minutes > limits.day_minutes
        holds = f"more than the {limits.day_minutes} a day holds" if over else f"more than {limits.many_minutes}"
        found.append(
            VisitFinding(
                id="day_overfull",
                severity="high" if over else billing_findings()["day_overfull"].severity,
                message=f"{minutes} timed one-on-one minutes on {day} in {len(own)} notes, {holds}.",
                note_ids=tuple(note.note_id for note, _ in own),
                clinician=clinician,
                date=day,
                value=minutes,
            )
        )
    return found


def _episodes(visits: Iterable[Visit]) -> Iterator[list[Visit]]:
    """The visits of each patient and discipline, the earliest first."""
    groups: dict[tuple[str, str | None], list[Visit]] = {}
    for note, coded in visits:
        if note.patient_id:
            discipline = discipline_of(note.discipline, note.credential)
            groups.setdefault((note.patient_id, discipline), []).append((note, coded))
    for group in groups.values():
        yield sorted(group, key=lambda visit: visit[0].date_of_service or "")


def _service_words(coded: CodedNote) -> list[str]:
    return [word for service in coded.interventions for word in re.findall(r"\w+", service.text.lower())]


def _doses(coded: CodedNote) -> dict[tuple[str, str], tuple[Any, ...]]:
    doses: dict[tuple[str, str], tuple[Any, ...]] = {}
    for service in coded.interventions:
        for activity in service.activities:
            dose = _dose(activity)
            if any(value is not None for value in dose):
                doses.setdefault((activity.name, activity.side or ""), dose)
    return doses


def _dose(activity: Activity) -> tuple[Any, ...]:
    a = activity
    return a.sets, a.reps, a.hold_seconds, a.load, a.distance, a.assist


def _dose_words(dose: tuple[Any, ...]) -> str:
    names = ("sets", "reps", "s hold", "load", "distance", "assistance")
    return ", ".join(
        f"{value} {name}" if isinstance(value, int) else f"{name} {value}"
        for name, value in zip(names, dose, strict=True)
        if value is not None
    )


def _mean_therapies(visits: Sequence[Visit]) -> float:
    return sum(len(therapies(line.code for line in coded.lines)) for _, coded in visits) / len(visits)


def _timed_minutes(coded: CodedNote) -> int:
    return sum(line.minutes or 0 for line in coded.lines if is_timed(line.code))


def _of_patient(finding: str, message: str, visits: Sequence[Visit], value: float) -> VisitFinding:
    last = visits[-1][0]
    return VisitFinding(
        finding,
        billing_findings()[finding].severity,
        message,
        tuple(note.note_id for note, _ in visits),
        patient=last.patient_id,
        clinician=last.clinician,
        date=last.date_of_service,
        value=value,
    )
