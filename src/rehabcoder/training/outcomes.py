"""Answers beside labels: every service as it was labelled and as a model that had not seen it coded it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from rehabcoder.billing.codes import is_timed, one_name
from rehabcoder.note import Service
from rehabcoder.predict.model import Model
from rehabcoder.predict.settling import Answer, judge
from rehabcoder.training.labelled import LabelledNote, shared


@dataclass(slots=True)
class Answered:
    """What a model that did not see a note said of it: its services, and how strongly the note shows each documentation element
    (none of a note without words)."""

    note: LabelledNote
    answers: list[Answer]
    shown: dict[str, float]


@dataclass(slots=True)
class Pair:
    """One service at `[start, end)`. `gold` is None where nothing was labelled, `coded` where nothing was found.

    `confidence` and `settled` are the model's; `right` says that code and minutes are; `doubt` is how much less likely
    than its own answer the model, reading the description alone, holds the label (0 to 1).
    """

    gold: str | None
    coded: str | None
    start: int
    end: int
    labelled: str | None = None
    confidence: float = 0.0
    settled: bool = False
    right: bool = False
    doubt: float = 0.0


@dataclass(slots=True)
class Outcome:
    """One note, or one description, with its services.

    `coded` and `labelled` are the services of a whole note, as the tool and as people see them; empty of a description.
    """

    clinic: str
    place: str
    text: str
    pairs: list[Pair]
    coded: list[Service] = field(default_factory=list)
    labelled: list[Service] = field(default_factory=list)
    of_whole_note: bool = True


def match(gold: Sequence[Service], coded: Sequence[Service]) -> dict[int, int]:
    """Which coded service answers which labelled one: billable pairs first, then the largest overlap, one to one."""
    candidates = []
    for g, a in enumerate(gold):
        for c, b in enumerate(coded):
            both = shared((a.start, a.end), (b.start, b.end))
            if both:
                unbilled = "none" in (a.code, b.code)
                candidates.append((unbilled, -both, one_name(a.code) != one_name(b.code), g, c))
    out: dict[int, int] = {}
    taken: set[int] = set()
    for *_, g, c in sorted(candidates):
        if g not in out and c not in taken:
            out[g] = c
            taken.add(c)
    return out


def outcome_of(answered: Answered, calibrated: Model, *, clinic: str, place: str) -> Outcome:
    """The outcome of a whole note. `calibrated` says how sure an answer is, not what it is."""
    note = answered.note
    coded = [_service(answer, calibrated) for answer in answered.answers]
    labelled = [Service(s.start, s.end, "", s.code, _one(s.labelled), s.minutes) for s in note.services]
    matched = match(labelled, coded)
    pairs = []
    for g, gold in enumerate(labelled):
        pair = Pair(gold.code, None, gold.start, gold.end, gold.labelled)
        if g in matched:
            answer, found = coded[matched[g]], answered.answers[matched[g]].found
            pair.coded, pair.confidence, pair.settled = answer.code, answer.confidence, not answer.needs_review
            minutes_right = not is_timed(gold.code) or gold.minutes == answer.minutes
            pair.right = pair.coded == gold.code and minutes_right
            pair.doubt = _doubt(found.described, gold.code)
        pairs.append(pair)
    for c, answer in enumerate(coded):
        if c not in matched.values():
            label, settled = answer.labelled, not answer.needs_review
            pairs.append(Pair(None, answer.code, answer.start, answer.end, label, answer.confidence, settled))
    return Outcome(clinic, place, note.text, pairs, coded, labelled)


def _service(answer: Answer, calibrated: Model) -> Service:
    found, judged = answer.found, judge(calibrated, answer)
    return Service(
        found.start, found.end, "", one_name(judged.code), _one(found.labelled), found.minutes.minutes, judged.confidence,
        needs_review=bool(judged.reasons),
    )  # fmt: skip


def _one(code: str | None) -> str | None:
    return one_name(code) if code else None


def outcome_of_text(
    text: str, gold: str, described: Sequence[tuple[str, float]], *, clinic: str, place: str
) -> Outcome:
    """The outcome of a single description: `described` are the codes that it supports, most likely first."""
    code, confidence = described[0]
    pair = Pair(gold, code, 0, len(text), None, confidence, False, code == gold, _doubt(described, gold))
    return Outcome(clinic, place, text, [pair], of_whole_note=False)


def _doubt(described: Sequence[tuple[str, float]], gold: str) -> float:
    return max(0.0, described[0][1] - dict(described).get(gold, 0.0)) if described else 0.0
