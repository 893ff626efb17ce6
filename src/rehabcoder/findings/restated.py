"""Findings once a person has changed the services of a note: those that follow from services, minutes and bill are worked
out anew, the others stand as the tool raised them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from rehabcoder.billing.checks import check_claim
from rehabcoder.billing.finding_terms import SEVERITIES, billing_findings
from rehabcoder.billing.policies import Policy
from rehabcoder.findings.coding import mislabelled, not_attended, units_against
from rehabcoder.findings.documentation import label_taken, treated, without_minutes
from rehabcoder.findings.registry import Raised, as_finding, switched_on
from rehabcoder.note import ClaimLine, Finding, Service

# Raised by what a note says of times beside its services, which is not read again.
AS_READ = frozenset({"time_inconsistent", "units_total_mismatch", "missing_activity_detail"})
_OF_A_TREATMENT = ("missing_functional_goal", "missing_response", "missing_progress", "missing_skilled_need")


def restated(
    before: Sequence[Finding],
    was: Sequence[Service],
    services: Sequence[Service],
    lines: Sequence[ClaimLine],
    *,
    billed: Mapping[str, int] | None,
    stated_timed: int | None,
    policy: Policy,
    on: date | None = None,
) -> list[Finding]:
    """The findings of a note whose services are now `services`, the gravest first.

    Args:
        before: the findings that the tool raised.
        was: the services that it had found.
        lines: the claim of `services`.
        billed: units billed by code, by the input's column or the note's own words.
        stated_timed: the total of timed minutes that the note states.
        on: the day of service.
    """
    raised = {finding.id: finding for finding in before}
    anew: dict[str, Raised | None] = {
        "code_mismatch": mislabelled(services),
        "missing_minutes": without_minutes(services, stated_timed, policy),
        "label_followed": label_taken(services),
    }
    if billed:
        told = raised.get("units_mismatch")
        anew["units_mismatch"] = units_against(services, billed, policy, (told.start, told.end) if told else None)
    # Without a service to blame it was raised by words of the note, which stand as they are.
    blamed, alone = not_attended(was), raised.get("not_one_on_one")
    if alone is None or (blamed is not None and (blamed.start, blamed.end) == (alone.start, alone.end)):
        anew["not_one_on_one"] = not_attended(services)
    if services:
        anew["nothing_found"] = None
    if not treated(services):
        anew |= dict.fromkeys(_OF_A_TREATMENT)
    claim = billing_findings()
    kept = [finding for finding in before if finding.id not in anew and finding.id not in claim]
    kept += [as_finding(name, found) for name, found in anew.items() if found is not None and switched_on(name, policy)]
    kept += check_claim(lines, policy, on=on)
    return sorted(kept, key=lambda finding: SEVERITIES.index(finding.severity))
