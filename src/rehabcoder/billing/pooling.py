"""Claims: the notes of one patient, day and discipline pooled: minutes are counted by the day, not by the note."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal

from rehabcoder.billing.checks import check_claim
from rehabcoder.billing.claim import claim_and_allocation, untimed_minutes
from rehabcoder.billing.modifiers import discipline_of, line_amount, threshold_of, with_modifiers
from rehabcoder.billing.policies import Policy
from rehabcoder.billing.revenue import Difference, compare_lines
from rehabcoder.billing.thresholds import YearToDate
from rehabcoder.note import ClaimLine, CodedNote, Finding, Json, Note, Service, Totals

PolicyOn = Callable[[date | None], Policy]
"""The payer's rules of a day: `lambda day: load_policy("medicare-part-b", on=day)`."""


@dataclass(slots=True)
class Claim:
    """What the notes of one patient, day and discipline support, and how the bill differs, where there is one.

    `totals.billed_units` are those of the input's column, else those that the notes themselves state.
    `left_out` are notes of the day that add no services: failed ones, and copies of a note already counted. A claim with a
    failed note is not `complete`. `amount` is in dollars, None where a fee is not known.
    """

    date: str
    patient: str
    discipline: str | None
    payer: str | None
    note_ids: list[str]
    lines: list[ClaimLine]
    totals: Totals
    policy: str
    findings: list[Finding] = field(default_factory=list)
    left_out: dict[str, str] = field(default_factory=dict)
    complete: bool = True
    clinicians: list[str] = field(default_factory=list)
    clinic: str | None = None
    amount: Decimal | None = None
    against_bill: Difference | None = None

    @property
    def id(self) -> str:
        """Patient, day and discipline in one word, for lists."""
        return "/".join(part for part in (self.patient, self.date, self.discipline) if part)

    def to_json(self) -> Json:
        return {
            "claim": self.id,
            "date": self.date,
            "patient": self.patient,
            "discipline": self.discipline,
            "payer": self.payer,
            "clinicians": self.clinicians,
            "clinic": self.clinic,
            "note_ids": self.note_ids,
            "left_out": self.left_out,
            "complete": self.complete,
            "lines": [line.to_json() for line in self.lines],
            "totals": self.totals.to_json(),
            "amount": None if self.amount is None else float(round(self.amount, 2)),
            "findings": [finding.to_json() for finding in self.findings],
            "against_bill": self.against_bill.to_json() if self.against_bill else None,
            "policy": self.policy,
        }


@dataclass(slots=True)
class _Kept:
    """What a claim needs of a note; its text is let go, so that a pool holds a backlog of any length."""

    note_id: str
    discipline: str | None
    payer: str | None
    clinician: str | None
    clinic: str | None
    billed_units: dict[str, int]  # of the input's column
    assistant_minutes: dict[str, int]
    failed: bool
    text_sha256: str
    services: list[Service]
    totals: Totals


class ClaimPool:
    """Gathers coded notes, in any order, and makes claims of them.

    Notes without a patient or a date make no claim, nor does a day whose notes all failed. A note whose payer or
    discipline is not given joins the only claim of its day that could be meant. Notes with the very same text count once,
    and what each of their rows says was billed belongs to the one.
    """

    def __init__(self) -> None:
        self._days: dict[tuple[str, str], list[_Kept]] = {}

    def add(self, note: Note, coded: CodedNote) -> None:
        """Take in one note with its coded answer."""
        if note.patient_id and note.date_of_service:
            self._days.setdefault((note.date_of_service, note.patient_id), []).append(_kept(note, coded))

    def claims(self, policy: PolicyOn, *, year_to_date: YearToDate | None = None) -> Iterator[Claim]:
        """The claims, one a patient, day, discipline and payer, the earliest day first.

        Args:
            policy: gives the payer's rules of a day.
            year_to_date: dollars allowed before the first of these claims, for KX; what is known of the claims' own amounts is
                added.

        Yields:
            claims whose lines carry their modifiers; 59 and the X modifiers are left to a person.
        """
        spent = dict(year_to_date or {})
        for (day, patient), members in sorted(self._days.items(), key=lambda item: item[0][0]):
            for (discipline, payer), own in _by_claim(members).items():
                if all(kept.failed for kept in own):
                    continue  # an impossible date is among the reasons: no rules are in force that day
                rules = policy(day_of(day))
                key = (patient, threshold_of(discipline_of(discipline)), int(day[:4]) if day[:4].isdigit() else 0)
                claim = _claim(patient, day, discipline, payer, own, rules, spent.get(key))
                if key in spent:
                    amounts = (line_amount(line, rules) for line in claim.lines)
                    spent[key] += sum((amount for amount in amounts if amount is not None), Decimal(0))
                yield claim


def pool_claims(
    notes: Iterable[tuple[Note, CodedNote]], policy: PolicyOn, *, year_to_date: YearToDate | None = None
) -> Iterator[Claim]:
    """Pool notes with their coded answers into claims; see `ClaimPool`."""
    pool = ClaimPool()
    for note, coded in notes:
        pool.add(note, coded)
    return pool.claims(policy, year_to_date=year_to_date)


def day_of(written: str | None) -> date | None:
    """The day of an ISO date or date-time; None where it is no such thing."""
    try:
        return date.fromisoformat((written or "")[:10])
    except ValueError:
        return None


def _kept(note: Note, coded: CodedNote) -> _Kept:
    return _Kept(
        note_id=note.note_id,
        discipline=discipline_of(note.discipline, note.credential) or note.discipline,
        payer=note.payer,
        clinician=note.clinician,
        clinic=note.clinic,
        billed_units=note.billed_units or {},
        assistant_minutes=note.assistant_minutes or {},
        failed=coded.status == "failed",
        text_sha256=coded.text_sha256,
        services=[
            Service(s.start, s.end, "", s.code, minutes=s.minutes, minutes_span=s.minutes_span)
            for s in coded.interventions
        ],
        totals=coded.totals,
    )


def _by_claim(members: list[_Kept]) -> dict[tuple[str | None, str | None], list[_Kept]]:
    """The notes of a patient's day by discipline and payer."""
    disciplines = _filled([kept.discipline for kept in members])
    payers = _filled([kept.payer for kept in members])
    claims: dict[tuple[str | None, str | None], list[_Kept]] = {}
    for kept, discipline, payer in zip(members, disciplines, payers, strict=True):
        claims.setdefault((discipline, payer), []).append(kept)
    return claims


def _filled(values: list[str | None]) -> list[str | None]:
    """Gaps filled with the only value that occurs; left open where none or several do."""
    known = {value for value in values if value}
    only = known.pop() if len(known) == 1 else None
    return [value or only for value in values]


def _claim(
    patient: str,
    day: str,
    discipline: str | None,
    payer: str | None,
    members: list[_Kept],
    policy: Policy,
    year_to_date: Decimal | None,
) -> Claim:
    counted, left_out = _counted(members)
    services = [service for kept in counted for service in kept.services]
    stated = _sum([kept.totals.stated_timed for kept in counted])
    lines, totals, allocation = claim_and_allocation(services, policy, stated_timed=stated)
    totals.stated_total = _sum([kept.totals.stated_total for kept in counted])
    bills = [kept.billed_units or kept.totals.billed_units for kept in counted]
    totals.billed_units = _added([bill for bill in bills if bill is not None])
    claim = Claim(
        date=day,
        patient=patient,
        discipline=discipline,
        payer=payer,
        note_ids=[kept.note_id for kept in members],
        lines=with_modifiers(
            lines,
            policy=policy,
            discipline=discipline_of(discipline),
            assistant_minutes=_added([kept.assistant_minutes for kept in counted]),
            untimed_minutes=untimed_minutes(services, policy),
            year_to_date=year_to_date,
        ),
        totals=totals,
        policy=policy.rules_version,
        left_out=left_out,
        complete=not any(kept.failed for kept in members),
        clinicians=list(dict.fromkeys(kept.clinician for kept in counted if kept.clinician)),
        clinic=next((kept.clinic for kept in counted if kept.clinic), None),
    )
    claim.findings = check_claim(claim.lines, policy, on=day_of(day))
    amounts = [line_amount(line, policy) for line in claim.lines]
    known = [amount for amount in amounts if amount is not None]
    claim.amount = sum(known, Decimal(0)) if len(known) == len(amounts) else None
    if totals.billed_units is not None and claim.complete:
        claim.against_bill = compare_lines(
            lines, allocation, totals.billed_units, whole=totals.units, policy=policy, name=claim.id
        )
    return claim


def _counted(members: Iterable[_Kept]) -> tuple[list[_Kept], dict[str, str]]:
    counted: list[_Kept] = []
    left_out: dict[str, str] = {}
    seen: dict[str, int] = {}
    for kept in members:
        if kept.failed:
            left_out[kept.note_id] = "the note could not be coded"
        elif kept.text_sha256 and kept.text_sha256 in seen:
            at = seen[kept.text_sha256]
            left_out[kept.note_id] = f"the same text as note {counted[at].note_id}"
            counted[at] = _with_columns(counted[at], kept)
        else:
            seen[kept.text_sha256] = len(counted)
            counted.append(kept)
    return counted, left_out


def _with_columns(kept: _Kept, copy: _Kept) -> _Kept:
    """The note with what a copy of it says of the bill: an export of a row a charge repeats the text in each."""
    return replace(
        kept,
        billed_units=_larger(kept.billed_units, copy.billed_units),
        assistant_minutes=_larger(kept.assistant_minutes, copy.assistant_minutes),
    )


def _larger(one: dict[str, int], other: dict[str, int]) -> dict[str, int]:
    """Two tables by code, the larger number of each code: a row that is there twice counts once."""
    return {code: max(one.get(code, 0), other.get(code, 0)) for code in {**one, **other}}


def _sum(values: list[int | None]) -> int | None:
    """The sum of the totals that notes state; None where one states none: the rest then says nothing of the day."""
    known = [value for value in values if value is not None]
    return sum(known) if known and len(known) == len(values) else None


def _added(tables: list[dict[str, int]]) -> dict[str, int] | None:
    """Tables by code added up; None for no table at all."""
    total: dict[str, int] = {}
    for table in tables:
        for code, n in table.items():
            total[code] = total.get(code, 0) + n
    return total if tables else None
