"""A note as a person's answer leaves it: its services, claim and findings, for whatever is worked out of a coded note."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from rehabcoder.billing.claim import primary_code
from rehabcoder.billing.modifiers import claim_of_note
from rehabcoder.billing.policies import Policy
from rehabcoder.billing.pooling import PolicyOn, day_of
from rehabcoder.note import CodedNote, Finding, Service
from rehabcoder.worklist.answer import Answer, AnswerService
from rehabcoder.worklist.risk import Money, billed_units, money_of, risk_of
from rehabcoder.worklist.store.imports import Valued


def services_differ(coded: CodedNote, answer: Answer) -> bool:
    """Whether an answer says otherwise than the tool what was given, in code, minutes or place."""
    return Answer.of(coded).content[0] != answer.content[0]


def followed(coded: CodedNote, answer: Answer, meta: Mapping[str, Any], policy: PolicyOn) -> CodedNote:
    """The coded note with the services of an answer, the claim that they make, and the findings that then hold, those
    included that the answer dismisses. `coded` itself where the answer keeps its services.
    """
    if not services_differ(coded, answer):
        return coded
    services = [_service(coded, each) for each in answer.services]
    day = day_of(meta.get("date_of_service"))
    return _claimed(coded, services, meta, policy(day), day)


def with_findings(coded: CodedNote, answer: Answer, meta: Mapping[str, Any], policy: PolicyOn) -> Answer:
    """The answer with the findings that its services leave."""
    found = followed(coded, answer, meta, policy).flags
    return replace(answer, flags=tuple(dict.fromkeys(finding.id for finding in found)))


def _standing(coded: CodedNote, answer: Answer, meta: Mapping[str, Any], policy: PolicyOn) -> CodedNote:
    """`followed`, without the findings that the answer dismisses."""
    note, gone = followed(coded, answer, meta, policy), dict(answer.dismissed)
    return replace(note, flags=[finding for finding in note.flags if finding.id not in gone])


def as_the_tool_read(finding: Finding) -> bool:
    """Whether a finding rests on words that are not read again when services change."""
    from rehabcoder.findings.restated import AS_READ

    return finding.id in AS_READ


def worth(
    coded: CodedNote, meta: Mapping[str, Any], policy: PolicyOn, since: date, *, answer: Answer | None = None
) -> Valued:
    """What the queue is ordered and filtered by: of the tool's coding, or of a person's answer to it.

    Args:
        since: the day that the note's age counts from where its day of service cannot be read.
    """
    now = coded if answer is None else _standing(coded, answer, meta, policy)
    day = day_of(meta.get("date_of_service"))
    money = Money(0.0, 0.0, 0.0)
    if coded.status != "failed":  # of a failed one nothing is known of what it supports
        rules = policy(day)
        billed = billed_units(
            coded, rules, column=meta.get("billed_units")
        )  # what went out is not changed by an answer
        money = money_of(billed, now.interventions, rules, stated_timed=coded.totals.stated_timed)
    return Valued(now, dict(meta), risk_of(now, money, age_from=day or since), money)


def _service(coded: CodedNote, given: AnswerService) -> Service:
    """A service of an answer with all that the tool knows of it; what a person changed or added is certain."""
    place = (given.start, given.end)
    known = next((service for service in coded.interventions if (service.start, service.end) == place), None)
    if known is not None and (known.code, known.minutes) == (given.code, given.minutes):
        return known
    base = known or Service(given.start or 0, given.end or 0, "", given.code)
    return replace(
        base, code=given.code, labelled=given.labelled, minutes=given.minutes, confidence=1.0, alternatives=[],
        needs_review=False, review_reasons=[],
    )  # fmt: skip


def _claimed(
    coded: CodedNote, services: list[Service], meta: Mapping[str, Any], policy: Policy, day: date | None
) -> CodedNote:
    from rehabcoder.findings.restated import restated

    stated = coded.totals
    lines, totals = claim_of_note(
        services,
        policy,
        stated_timed=stated.stated_timed,
        discipline=meta.get("discipline"),
        credential=meta.get("credential"),
        assistant_minutes=meta.get("assistant_minutes"),
    )
    billed = meta.get("billed_units") or stated.billed_units
    flags = restated(
        coded.flags, coded.interventions, services, lines, billed=billed, stated_timed=stated.stated_timed,
        policy=policy, on=day,
    )  # fmt: skip
    totals = replace(
        totals, stated_timed=stated.stated_timed, stated_total=stated.stated_total, billed_units=stated.billed_units
    )
    first = primary_code(lines)
    return replace(coded, interventions=services, lines=lines, totals=totals, flags=flags, primary_code=first)
