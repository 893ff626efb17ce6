"""What a payer's edits and terms say of the lines of one claim, as findings."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date

from rehabcoder.billing.codes import CODES, FIRST_OF
from rehabcoder.billing.edits import DISTINCT, Edit, before_tables, edits_among, source_title, unit_limit
from rehabcoder.billing.finding_terms import billing_findings, claim_finding
from rehabcoder.billing.ledger import count
from rehabcoder.billing.policies import Policy
from rehabcoder.note import ClaimLine, Finding

FINDING_OF: Mapping[str, str] = {
    "never_together": "ncci_never_together",
    "modifier": "ncci_needs_modifier",
    "retired": "ncci_retired_edit",
}

THERAPIES = frozenset({"modality", "procedure", "group", "strapping"})
"""Kinds of code that count as a therapy or modality of the visit."""


def check_claim(lines: Sequence[ClaimLine], policy: Policy, *, on: date | None = None) -> list[Finding]:
    """Findings on the lines of one claim: pairs, unit limits, codes not yet valid, and the payer's own limits.

    Args:
        lines: the lines, as `claim_lines` gives them.
        policy: the payer's rules; its `findings_on` and `findings_off` are honoured.
        on: the day of service; without one the present state of the tables is used.
    """
    billed = [line for line in lines if line.units is None or line.units > 0]
    found = [
        *_not_in_force(billed, on),
        *_pairs(billed, policy, on),
        *_limits(lines, policy, on),
        *_short(lines, policy),
        *_therapies(billed, policy),
    ]
    terms = billing_findings()
    return [f for f in found if f.id not in policy.findings_off and (terms[f.id].default or f.id in policy.findings_on)]


def edit_remarks(codes: Iterable[str], *, policy: Policy, on: date | None = None) -> list[str]:
    """A sentence for every pair with an edit or a retired one, as `explain` and `units` print them."""
    if policy.ncci == "none":
        return []
    return [edit.says for edit in edits_among(codes, on=on, table=policy.ncci)]


def limit_remarks(units: Mapping[str, int], *, policy: Policy, on: date | None = None) -> list[str]:
    """A sentence for every code that the payer takes under another number or, with its source, in fewer units a day."""
    terms = {code: policy.codes[code] for code in units if code in policy.codes and policy.codes[code].bill_as}
    others = [f"{code}: {t.why or f'{policy.name} takes {t.bill_as} in its place'}." for code, t in terms.items()]
    lines = [ClaimLine(code, None, n) for code, n in units.items() if code not in terms]
    return others + [f"{finding.message} ({finding.rule})" for finding in _limits(lines, policy, on)]


def _not_in_force(lines: Iterable[ClaimLine], on: date | None) -> Iterator[Finding]:
    for line in lines:
        facts = CODES.get(line.code)
        if facts is not None and not facts.in_force(on):
            yield claim_finding("code_not_in_force", f"{line.code} could not be billed before {facts.effective_from}.")


def _pairs(lines: Sequence[ClaimLine], policy: Policy, on: date | None) -> Iterator[Finding]:
    if policy.ncci == "none":
        return
    for edit in edits_among([line.code for line in lines], on=on, table=policy.ncci):
        column2 = [line for line in lines if line.code == edit.takes_modifier]
        if edit.verdict == "modifier" and any(set(DISTINCT) & set(line.modifiers) for line in column2):
            continue
        yield claim_finding(FINDING_OF[edit.verdict], edit.says, rule=_source(edit, on))


def _source(edit: Edit, on: date | None) -> str:
    earlier = "; the tables of earlier quarters were not at hand" if before_tables(on) else ""
    return f"{edit.source}{earlier}"


def _limits(lines: Iterable[ClaimLine], policy: Policy, on: date | None) -> Iterator[Finding]:
    if policy.mue == "none":
        return
    units: dict[str, int] = {}
    for line in lines:
        units[line.code] = units.get(line.code, 0) + (line.units or 0)
    for code, n in units.items():
        limit = unit_limit(code, on=on, table=policy.mue)
        if limit is None or n <= limit.units:
            continue
        hard = limit.adjudication == 2
        can = "no proof of need helps" if hard else "more needs proof of need"
        yield claim_finding(
            "mue_exceeded",
            f"{code}: {count(n, 'unit')}, and {count(limit.units, 'unit')} a day is the most; {can}.",
            severity="high" if hard else None,
            rule=source_title(limit.source),
        )


def _short(lines: Iterable[ClaimLine], policy: Policy) -> Iterator[Finding]:
    least = policy.least_minutes_of_service
    services: dict[str, int] = {}
    for line in lines:
        if line.minutes is not None and CODES[line.code].timed:
            first = FIRST_OF.get(line.code, line.code)
            services[first] = services.get(first, 0) + line.minutes
    for code, minutes in services.items():
        if 0 < minutes < least:
            says = f"{code}: {count(minutes, 'minute')}; {policy.name} takes nothing under {least}."
            yield claim_finding("short_service", says, rule=policy.source)


def _therapies(lines: Iterable[ClaimLine], policy: Policy) -> Iterator[Finding]:
    most = policy.most_therapies_per_visit
    given = therapies(line.code for line in lines)
    if most and len(given) > most:
        phase = "in the initial phase " if policy.most_therapies_phase == "initial" else ""
        says = f"{len(given)} therapies in one visit ({', '.join(given)}); {policy.name} takes {most} {phase}as usual."
        yield claim_finding("too_many_therapies", says, rule=policy.source)


def therapies(codes: Iterable[str]) -> list[str]:
    """The therapies and modalities among codes, without evaluations and tests; a further code is its first code's."""
    firsts = dict.fromkeys(FIRST_OF.get(code, code) for code in codes)
    return [code for code in firsts if code in CODES and CODES[code].kind in THERAPIES]
