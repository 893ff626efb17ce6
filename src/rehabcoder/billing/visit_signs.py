"""The four things that only show when visits are laid side by side, each with the figure behind it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import pairwise

from rehabcoder.billing.visit_notes import Dose, KeptNote, Visit, dose_words

MOST_WORDS = 2_000
"""Words of a visit that are compared; the services of a session note are described in fewer."""


@dataclass(slots=True, frozen=True)
class Sign:
    """What was seen: the finding's id, a sentence without words of a note, its figure, and the notes it rests on."""

    id: str
    says: str
    notes: Sequence[KeptNote]
    value: float
    severity: str | None = None  # None: that of the finding


def cloned(episode: Sequence[Visit], *, least_share: float, least_words: int) -> list[Sign]:
    """Visits whose services read almost as those of the visit before, with the share of words left unchanged."""
    found = []
    for (last, before), (visit, words) in pairwise((visit, visit.words[:MOST_WORDS]) for visit in episode):
        if len(words) >= least_words and _in_common(before, words) >= least_share:
            share = unchanged_share(before, words)
            if share >= least_share:
                names = ", ".join(note.note_id for note in last.notes)
                says = (
                    f"{share:.0%} of the words on this day's services stand in the same order on {last.day} ({names})."
                )
                found.append(Sign("cloned_note", says, [*last.notes, *visit.notes], round(share, 3)))
    return found


def unchanged_share(before: Sequence[str], now: Sequence[str]) -> float:
    """The share of today's words that were taken over, in their order: 0 none, 1 all."""
    if not now:
        return 0.0
    matcher = SequenceMatcher(None, before, now, autojunk=False)
    return sum(block.size for block in matcher.get_matching_blocks()) / len(now)


def _in_common(before: Sequence[str], now: Sequence[str]) -> float:
    """The share of words that occur before in whatever order: never less than the share unchanged, and much cheaper."""
    return sum((Counter(before) & Counter(now)).values()) / len(now)


def unchanged_doses(episode: Sequence[Visit], *, least_visits: int) -> list[Sign]:
    """Activities whose sets, reps, hold, load, distance and assistance stayed the same for many visits in a row.

    Visits at which the activity was not done do not count, and do not end the row.
    """
    runs: dict[tuple[str, str], tuple[Dose, list[Visit]]] = {}
    longest: dict[tuple[str, str], tuple[Dose, list[Visit]]] = {}
    for visit in episode:
        for key, dose in visit.doses.items():
            same = key in runs and runs[key][0] == dose
            runs[key] = (dose, [*runs[key][1], visit] if same else [visit])
            if len(runs[key][1]) > len(longest.get(key, (dose, []))[1]):
                longest[key] = runs[key]
    found = []
    for (name, side), (dose, run) in longest.items():
        if len(run) >= least_visits:
            says = f"{f'{side} {name}'.strip()}: the same dose ({dose_words(dose)}) at {len(run)} visits in a row."
            found.append(Sign("dose_unchanged", says, _notes(run), len(run)))
    return found


def rising_therapies(episode: Sequence[Visit], *, least_visits: int, least_rise: float) -> list[Sign]:
    """More therapies a visit in the later half of an episode than in the earlier, while the notes report progress."""
    half = len(episode) // 2
    if len(episode) < least_visits or not half:
        return []
    early, late = _mean_therapies(episode[:half]), _mean_therapies(episode[-half:])
    progress = sum(visit.progress for visit in episode[-half:])
    if late - early < least_rise or progress * 2 < half:
        return []
    says = (
        f"Therapies a visit rose from {early:.1f} to {late:.1f} over {len(episode)} visits, while {progress} of the last "
        f"{half} report progress; they should fall as patients improve."
    )
    return [Sign("therapies_rising", says, _notes(episode), round(late - early, 2))]


def full_days(notes: Iterable[KeptNote], *, many: int, all_day: int) -> list[Sign]:
    """Days on which one therapist's timed one-on-one minutes, over all patients, are more than a day holds.

    Args:
        notes: in any order.
        many: minutes above which a day is worth a look.
        all_day: minutes that no day holds.
    """
    days: dict[tuple[str, str], list[KeptNote]] = {}
    for note in notes:
        if note.clinician and note.clinician.strip():
            days.setdefault((" ".join(note.clinician.casefold().split()), note.day), []).append(note)
    found = []
    for (_, day), own in sorted(days.items()):
        minutes = sum(note.timed_minutes for note in own)
        if minutes > many:
            over = minutes > all_day
            holds = f"more than the {all_day} a day holds" if over else f"more than {many}"
            says = f"{minutes} timed one-on-one minutes on {day} in {len(own)} notes, {holds}."
            found.append(Sign("day_overfull", says, own, minutes, "high" if over else None))
    return found


def _mean_therapies(visits: Sequence[Visit]) -> float:
    return sum(visit.therapies for visit in visits) / len(visits)


def _notes(visits: Iterable[Visit]) -> list[KeptNote]:
    return [note for visit in visits for note in visit.notes]
