"""Claims: the notes of one patient, day and discipline pooled: minutes are counted by the day, not by the note."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from rehabcoder.billing.checks import check_claim
from rehabcoder.billing.claim import claim_lines
from rehabcoder.billing.modifiers import discipline_of, line_amount, with_modifiers
from rehabcoder.billing.policies import Policy
from rehabcoder.note import ClaimLine, CodedNote, Finding, Json, Note, Totals

PolicyOn = Callable[[date | None], Policy]
"""The payer's rules of a day: `lambda day: load_policy("medicare-part-b", on=day)`."""


@dataclass(slots=True)
class Claim:
    """What the notes of one patient, day and discipline support.

    `left_out` are notes of the day that add nothing: failed ones, and copies of a note already counted. A claim with a
    failed note is not `complete`. `amount` is in dollars, None where a fee is not known.
    """

    date: str
    patient: str
    discipline: str | None
    payer: str | None
    note_ids: list[str]
    lines: list[ClaimLine]
    totals: Totals
    findings: list[Finding] = field(default_factory=list)
    left_out: dict[str, str] = field(default_factory=dict)
    complete: bool = True
    clinicians: list[str] = field(default_factory=list)
    clinic: str | None = None
    billed_units: dict[str, int] | None = None
    amount: Decimal | None = None
    policy: str = ""

    @property
    def id(self) -> str:
        """Patient, day and discipline in one word, for lists."""
        return "/".join(part for part in (self.patient, self.date, self.discipline) if part)

    def to_json(self) -> Json:
        out: Json = {
            "date": self.date,
            "patient": self.patient,
            "discipline": self.discipline,
            "payer": self.payer,
            "note_ids": self.note_ids,
            "lines": [line.to_json() for line in self.lines],
            "totals": self.totals.to_json(),
            "findings": [finding.to_json() for finding in self.findings],
            "complete": self.complete,
            "policy": self.policy,
        }
        if self.left_out:
            out["left_out"] = self.left_out
        if self.amount is not None:
            out["amount"] = float(round(self.amount, 2))
        return out


def pool_claims(
    notes: Iterable[tuple[Note, CodedNote]],
    policy: PolicyOn,
    *,
    year_to_date: Mapping[str, Decimal] | None = None,
) -> Iterator[Claim]:
    """Pool coded notes into claims, one a patient, day, discipline and payer, in the order in which they first occur.

    Notes without a patient or a date make no claim. A note whose payer or discipline is not given joins the only claim
    of its day that could be meant. Notes with the very same text count once.

    Args:
        notes: each note with its coded answer.
        policy: gives the payer's rules of a day.
        year_to_date: dollars allowed so far this year by patient, for KX.

    Yields:
        the claims, lines with their modifiers; 59 and the X modifiers are left to a person.
    """
    groups: dict[tuple[str, str], list[tuple[Note, CodedNote]]] = {}
    for note, coded in notes:
        if note.patient_id and note.date_of_service:
            groups.setdefault((note.patient_id, note.date_of_service), []).append((note, coded))
    for (patient, day), members in groups.items():
        for (discipline, payer), own in _by_claim(members).items():
            rules = policy(day_of(day))
            spent = (year_to_date or {}).get(patient)
            yield _claim(patient, day, discipline, payer, own, rules, spent)


def day_of(written: str | None) -> date | None:
    """The day of an ISO date or date-time; None where it is no such thing."""
    try:
        return date.fromisoformat((written or "")[:10])
    except ValueError:
        return None


def _by_claim(
    members: Iterable[tuple[Note, CodedNote]],
) -> dict[tuple[str | None, str | None], list[tuple[Note, CodedNote]]]:
    """The notes of a patient's day by discipline and payer."""
    members = list(members)
    disciplines = [discipline_of(note.discipline, note.credential) or note.discipline for note, _ in members]
    disciplines = _filled(disciplines)
    payers = _filled([note.payer for note, _ in members])
    claims: dict[tuple[str | None, str | None], list[tuple[Note, CodedNote]]] = {}
    for member, discipline, payer in zip(members, disciplines, payers, strict=True):
        claims.setdefault((discipline, payer), []).append(member)
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
    members: list[tuple[Note, CodedNote]],
    policy: Policy,
    year_to_date: Decimal | None,
) -> Claim:
    counted, left_out, complete = _counted(members)
    services = [service for _, coded in counted for service in coded.interventions]
    lines, totals = claim_lines(services, policy, stated_timed=_sum([c.totals.stated_timed for _, c in counted]))
    totals.stated_total = _sum([c.totals.stated_total for _, c in counted])
    totals.billed_units = _billed(coded for _, coded in counted)
    assistant: dict[str, int] = {}
    for note, _ in counted:
        for code, minutes in (note.assistant_minutes or {}).items():
            assistant[code] = assistant.get(code, 0) + minutes
    lines = with_modifiers(
        lines,
        policy=policy,
        discipline=discipline_of(discipline),
        assistant_minutes=assistant,
        year_to_date=year_to_date,
    )
    amounts = [line_amount(line, policy) for line in lines]
    known = [amount for amount in amounts if amount is not None]
    return Claim(
        date=day,
        patient=patient,
        discipline=discipline,
        payer=payer,
        note_ids=[note.note_id for note, _ in members],
        lines=lines,
        totals=totals,
        findings=check_claim(lines, policy, on=day_of(day)),
        left_out=left_out,
        complete=complete,
        clinicians=list(dict.fromkeys(note.clinician for note, _ in counted if note.clinician)),
        clinic=next((note.clinic for note, _ in counted if note.clinic), None),
        billed_units=totals.billed_units,
        amount=sum(known, Decimal(0)) if len(known) == len(amounts) else None,
        policy=policy.rules_version,
    )


def _counted(
    members: Iterable[tuple[Note, CodedNote]],
) -> tuple[list[tuple[Note, CodedNote]], dict[str, str], bool]:
    counted: list[tuple[Note, CodedNote]] = []
    left_out: dict[str, str] = {}
    seen: dict[str, str] = {}
    for note, coded in members:
        if coded.status == "failed":
            left_out[note.note_id] = "the note could not be coded"
        elif coded.text_sha256 and coded.text_sha256 in seen:
            left_out[note.note_id] = f"the same text as note {seen[coded.text_sha256]}"
        else:
            seen[coded.text_sha256] = note.note_id
            counted.append((note, coded))
    return counted, left_out, all(coded.status != "failed" for _, coded in members)


def _sum(values: list[int | None]) -> int | None:
    """The sum of the totals that notes state; None where one states none: the rest then says nothing of the day."""
    known = [value for value in values if value is not None]
    return sum(known) if known and len(known) == len(values) else None


def _billed(coded: Iterable[CodedNote]) -> dict[str, int] | None:
    billed: dict[str, int] = {}
    found = False
    for answer in coded:
        if answer.totals.billed_units is not None:
            found = True
            for code, n in answer.totals.billed_units.items():
                billed[code] = billed.get(code, 0) + n
    return billed if found else None
