"""The nouns of the project: what goes in (`Note`) and what comes out (`CodedNote`).

Every offset counts Unicode code points of the untouched text. Every class turns into plain JSON types with `to_json`
and back with `from_json`; the JSON is the contract of `rehabcoder code --format jsonl`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]


@dataclass(slots=True)
class Note:
    """One session note as it was read. `text` is never changed.

    `source` points at the place it came from (`inbox/notes.csv#17`). `billed_units` are the units that a column of the
    input gives, by code. `assistant_minutes` are the minutes that an assistant gave alone, by code.
    """

    note_id: str
    text: str
    source: str = ""
    date_of_service: str | None = None
    patient_id: str | None = None
    clinician: str | None = None
    credential: str | None = None
    clinic: str | None = None
    discipline: str | None = None
    payer: str | None = None
    billed_units: dict[str, int] | None = None
    assistant_minutes: dict[str, int] | None = None
    error: str | None = None  # why the note could not be read; such a note is coded as a failed row

    @property
    def text_sha256(self) -> str:
        # Lone surrogates cannot be encoded strictly; a note that holds one must still get a row.
        return hashlib.sha256(self.text.encode("utf-8", "surrogatepass")).hexdigest()

    def about(self) -> Json:
        """What the input says of the note, without its text; what it does not say is left out."""
        names = (
            "note_id", "patient_id", "date_of_service", "clinician", "credential", "clinic", "discipline", "payer",
            "billed_units", "assistant_minutes",
        )  # fmt: skip
        values = ((name, getattr(self, name)) for name in names)
        return {name: value for name, value in values if value is not None}


@dataclass(slots=True, frozen=True)
class Span:
    """A half-open stretch `[start, end)` of a note's text, in code points."""

    start: int
    end: int

    def cut(self, text: str) -> str:
        return text[self.start : self.end]


@dataclass(slots=True)
class Activity:
    """What the patient did, with its dose, as far as the note gives it."""

    name: str
    body_part: str | None = None
    side: str | None = None
    muscle: str | None = None
    sets: int | None = None
    reps: int | None = None
    hold_seconds: int | None = None
    load: str | None = None
    distance: str | None = None
    assist: str | None = None
    device: str | None = None
    start: int | None = None
    end: int | None = None

    def to_json(self) -> Json:
        kept = ("name", "body_part", "side", "sets", "reps", "assist")
        out: Json = {key: getattr(self, key) for key in kept}
        for key in ("muscle", "hold_seconds", "load", "distance", "device", "start", "end"):
            value = getattr(self, key)
            if value is not None:
                out[key] = value
        return out

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Activity:
        return cls(**data)


@dataclass(slots=True)
class Evidence:
    """Words of the note that speak for a code: where they are, what they say, for which code."""

    start: int
    end: int
    text: str
    says: str
    code: str | None = None

    def to_json(self) -> Json:
        return {"start": self.start, "end": self.end, "text": self.text, "says": self.says, "for": self.code}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Evidence:
        return cls(data["start"], data["end"], data["text"], data["says"], data.get("for"))


@dataclass(slots=True)
class Service:
    """One service given in the session: the words that describe it and what they support."""

    start: int
    end: int
    text: str
    code: str
    labelled: str | None = None
    minutes: int | None = None
    confidence: float = 0.0
    alternatives: list[tuple[str, float]] = field(default_factory=list)
    needs_review: bool = True
    review_reasons: list[str] = field(default_factory=list)
    activities: list[Activity] = field(default_factory=list)
    minutes_span: Span | None = None
    why: list[Evidence] = field(default_factory=list)

    def to_json(self) -> Json:
        return {
            "start": self.start,
            "end": self.end,
            "text": self.text,
            "code": self.code,
            "labelled": self.labelled,
            "minutes": self.minutes,
            "confidence": round(self.confidence, 4),
            "alternatives": [[code, round(p, 4)] for code, p in self.alternatives],
            "needs_review": self.needs_review,
            "review_reasons": self.review_reasons,
            "activities": [a.to_json() for a in self.activities],
            "minutes_span": [self.minutes_span.start, self.minutes_span.end] if self.minutes_span else None,
            "why": [e.to_json() for e in self.why],
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Service:
        fields = dict(data)
        span = fields.get("minutes_span")
        fields["minutes_span"] = Span(*span) if span else None
        fields["alternatives"] = [(code, p) for code, p in fields.get("alternatives", [])]
        fields["activities"] = [Activity.from_json(a) for a in fields.get("activities", [])]
        fields["why"] = [Evidence.from_json(e) for e in fields.get("why", [])]
        return cls(**fields)


@dataclass(slots=True)
class ClaimLine:
    """One line of the claim that the note supports: a code, its minutes, its units, and the arithmetic in words."""

    code: str
    minutes: int | None
    units: int | None
    why: str = ""
    modifiers: list[str] = field(default_factory=list)

    def to_json(self) -> Json:
        out: Json = {"code": self.code, "minutes": self.minutes, "units": self.units, "why": self.why}
        if self.modifiers:
            out["modifiers"] = self.modifiers
        return out

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> ClaimLine:
        return cls(**data)


@dataclass(slots=True)
class Totals:
    """Minutes and units of the note as a whole: what we counted, and what the note itself states."""

    timed_minutes: int | None = None
    units: int | None = None
    stated_timed: int | None = None
    stated_total: int | None = None
    billed_units: dict[str, int] | None = None

    def to_json(self) -> Json:
        return {
            "timed_minutes": self.timed_minutes,
            "units": self.units,
            "stated_timed": self.stated_timed,
            "stated_total": self.stated_total,
            "billed_units": self.billed_units,
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Totals:
        return cls(**data)


@dataclass(slots=True)
class Finding:
    """Something the note gets wrong or lacks. `start` and `end` are null where nothing in the text could be pointed at."""

    id: str
    severity: str
    message: str
    start: int | None = None
    end: int | None = None
    rule: str | None = None  # the rule it serves, with its source

    def to_json(self) -> Json:
        out: Json = {"id": self.id, "severity": self.severity, "message": self.message}
        out |= {"start": self.start, "end": self.end, "rule": self.rule}
        return out

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Finding:
        return cls(**data)


@dataclass(slots=True)
class CodedNote:
    """The answer for one note. A note that could not be read or coded has `status` "failed", an `error`, empty lists."""

    note_id: str
    source: str = ""
    text_sha256: str = ""
    status: str = "coded"
    error: str | None = None
    interventions: list[Service] = field(default_factory=list)
    lines: list[ClaimLine] = field(default_factory=list)
    totals: Totals = field(default_factory=Totals)
    flags: list[Finding] = field(default_factory=list)
    primary_code: str | None = None
    needs_review: bool = True
    review_reasons: list[str] = field(default_factory=list)
    rule: str = "cms"
    policy: str = ""
    rules_version: str = ""
    model_version: str = ""

    def to_json(self) -> Json:
        return {
            "note_id": self.note_id,
            "source": self.source,
            "text_sha256": self.text_sha256,
            "status": self.status,
            "error": self.error,
            "interventions": [s.to_json() for s in self.interventions],
            "lines": [line.to_json() for line in self.lines],
            "totals": self.totals.to_json(),
            "flags": [f.to_json() for f in self.flags],
            "primary_code": self.primary_code,
            "needs_review": self.needs_review,
            "review_reasons": self.review_reasons,
            "rule": self.rule,
            "policy": self.policy,
            "rules_version": self.rules_version,
            "model_version": self.model_version,
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> CodedNote:
        fields = dict(data)
        fields["interventions"] = [Service.from_json(s) for s in fields.get("interventions", [])]
        fields["lines"] = [ClaimLine.from_json(line) for line in fields.get("lines", [])]
        fields["totals"] = Totals.from_json(fields.get("totals", {}))
        fields["flags"] = [Finding.from_json(f) for f in fields.get("flags", [])]
        return cls(**fields)
