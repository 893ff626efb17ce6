"""What a page shows of one note, worked out before any template sees it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from rehabcoder.billing.claim import claim_and_allocation, claim_ledger, other_units
from rehabcoder.billing.codes import CODES
from rehabcoder.billing.policies import Policy
from rehabcoder.billing.pooling import PolicyOn, day_of
from rehabcoder.billing.revenue import LineDifference, compare_lines
from rehabcoder.errors import RehabcoderError
from rehabcoder.note import ClaimLine, Finding, Service
from rehabcoder.web.marks import Mark, Segment, numbered, segments
from rehabcoder.worklist.answer import Answer, AnswerService
from rehabcoder.worklist.following import as_the_tool_read, followed, services_differ
from rehabcoder.worklist.risk import billed_units
from rehabcoder.worklist.store.queue import Case
from rehabcoder.worklist.triage import terms_on

STATUS_SIGNS = {"suggested": "?", "confirmed": "✓", "changed": "✎", "added": "+"}


@dataclass(slots=True, frozen=True)
class ServiceView:
    """One service as it is listed beside the note."""

    number: int
    service: AnswerService
    words: str
    description: str
    confidence: float | None
    suggestions: tuple[tuple[str, str], ...]  # code, and where it comes from
    reasons: tuple[str, ...]
    why: tuple[str, ...]
    was: str | None  # what the tool had suggested, where a person changed it

    @property
    def sign(self) -> str:
        return STATUS_SIGNS[self.service.status]


@dataclass(slots=True, frozen=True)
class FindingView:
    """One finding: its words, and why it was dismissed if it was."""

    number: int
    id: str
    severity: str
    message: str
    dismissed: str | None
    as_read: bool  # said of the services as the tool read them, which the answer has changed


@dataclass(slots=True, frozen=True)
class LineView:
    """One line of the claim: what the answer supports against what was billed."""

    code: str
    minutes: int | None
    units: int | None
    billed: int | None
    why: str
    other: int | None = None  # units that are as right, where leftovers tie
    difference: int | None = None  # units billed beyond those supported, a tie being none; None where not determined


@dataclass(slots=True, frozen=True)
class NoteView:
    """Everything that the page of one note shows."""

    case: Case
    blind: bool
    purged: bool
    segments: list[Segment]
    services: list[ServiceView]
    findings: list[FindingView]
    lines: list[LineView]
    units: int | None
    ledger: list[str]
    source: str
    terms: dict[str, float]
    problem: str | None


def note_view(case: Case, policy: PolicyOn, *, blind: bool = False, today: date | None = None) -> NoteView:
    """Work out the page of a note. A blind one shows nothing that the tool or anyone else said of it."""
    text = case.text or ""
    services = [_service(case, number, each, text, blind) for number, each in enumerate(case.answer.services, 1)]
    now = case.coded if blind else followed(case.coded, case.answer, case.meta, policy)
    findings = [] if blind else _findings(case, now.flags)
    lines, units, ledger, source, problem = _claim(case, policy(day_of(case.meta.get("date_of_service"))), text, blind)
    return NoteView(
        case=case,
        blind=blind,
        purged=case.text is None,
        segments=segments(text, _marks(case, now.flags, findings, blind)),
        services=services,
        findings=findings,
        lines=lines,
        units=units,
        ledger=ledger,
        source=source,
        terms=terms_on(case.item, today or date.today()),
        problem=problem,
    )


def description(code: str) -> str:
    """Our own short wording of a code."""
    return "nothing billable" if code == "none" else CODES[code].description if code in CODES else ""


def _original(case: Case, service: AnswerService) -> Service | None:
    places = ((s.start, s.end) for s in case.coded.interventions)
    at = next((n for n, place in enumerate(places) if place == (service.start, service.end)), None)
    return None if at is None else case.coded.interventions[at]


def _service(case: Case, number: int, service: AnswerService, text: str, blind: bool) -> ServiceView:
    original = None if blind else _original(case, service)
    words = text[service.start : service.end] if service.start is not None else ""
    if original is None:
        return ServiceView(number, service, words, description(service.code), None, (), (), (), None)
    suggestions = {original.code: "suggested"} if original.code != service.code else {}
    if original.labelled and original.labelled != service.code:
        suggestions.setdefault(original.labelled, "the note's own")
    for code, chance in original.alternatives:
        if code != service.code:
            suggestions.setdefault(code, f"{100 * chance:.0f} %")
    was = None
    if service.status == "changed" and (original.code, original.minutes) != (service.code, service.minutes):
        was = f"{original.code}, {'no minutes' if original.minutes is None else f'{original.minutes} min'}"
    return ServiceView(
        number,
        service,
        words,
        description(service.code),
        original.confidence,
        tuple(suggestions.items())[:6],
        tuple(original.review_reasons),
        tuple(f"“{each.text.strip()}”: {each.says}" for each in original.why if each.text.strip()),
        was,
    )


def _findings(case: Case, flags: Sequence[Finding]) -> list[FindingView]:
    dismissed, changed = dict(case.answer.dismissed), services_differ(case.coded, case.answer)
    return [
        FindingView(
            number, each.id, each.severity, each.message, dismissed.get(each.id), changed and as_the_tool_read(each)
        )
        for number, each in enumerate(flags, 1)
    ]


def _marks(case: Case, found: Sequence[Finding], findings: list[FindingView], blind: bool) -> list[Mark]:
    places = [(s.start, s.end) for s in case.answer.services]
    says = [f"service {number}: {s.code}" for number, s in enumerate(case.answer.services, 1)]
    marks = numbered(places, "service", says)
    if blind:
        return marks
    for service in case.coded.interventions:
        marks += [Mark("evidence", each.start, each.end, says=each.says) for each in service.why]
        if service.minutes_span is not None:
            marks.append(Mark("minutes", service.minutes_span.start, service.minutes_span.end, says="minutes"))
    flags = [(flag, view) for flag, view in zip(found, findings, strict=True) if not view.dismissed]
    marks += [
        Mark("finding", flag.start, flag.end, view.number, flag.id.replace("_", " "))
        for flag, view in flags
        if flag.start is not None and flag.end is not None
    ]
    return marks


def _claim(
    case: Case, policy: Policy, text: str, blind: bool
) -> tuple[list[LineView], int | None, list[str], str, str | None]:
    services = [_as_service(case.answer, at, text) for at in range(len(case.answer.services))]
    billable = [service for service in services if service.code != "none"]
    stated = None if blind else case.coded.totals.stated_timed
    try:
        lines, totals, allocation = claim_and_allocation(billable, policy, stated_timed=stated)
        ledger = claim_ledger(billable, policy)
        billed = None if blind else billed_units(case.coded, policy, column=case.meta.get("billed_units"))
        found = compare_lines(lines, allocation, billed or {}, whole=totals.units, policy=policy, name="").lines
    except RehabcoderError as error:
        return [], None, [], "", str(error)  # such as minutes that no day holds: said, and mended by the reviewer
    if billed is None:
        views = [LineView(line.code, line.minutes, line.units, None, line.why) for line in lines]
    else:
        views = _compared(lines, {each.code: each for each in found})
    views = [replace(each, other=other_units(each.code, each.units, allocation, policy)) for each in views]
    return views, totals.units, ledger.lines(), ledger.source, None


def _compared(lines: Sequence[ClaimLine], found: dict[str, LineDifference]) -> list[LineView]:
    """The lines beside what was billed, then what was billed and has no line of its own."""
    views = []
    for line in lines:
        each = found.pop(line.code, None)  # none where nothing was billed or supported, or all timed codes stand as one
        billed = None if each is None else each.billed
        views.append(LineView(line.code, line.minutes, line.units, billed, line.why, difference=_gap(each)))
    return views + [LineView(e.code, None, e.supported, e.billed, e.why, difference=_gap(e)) for e in found.values()]


def _gap(each: LineDifference | None) -> int | None:
    return None if each is None or each.supported is None else each.over - each.under


def _as_service(answer: Answer, at: int, text: str) -> Service:
    each = answer.services[at]
    start, end = each.start or 0, each.end or 0
    return Service(start, end, text[start:end], each.code, labelled=each.labelled, minutes=each.minutes)
