"""Findings about codes, units and times: what the note claims against what it bears out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rehabcoder.billing.claim import claim_allocation
from rehabcoder.billing.codes import CODES, is_timed, one_name
from rehabcoder.billing.ledger import RULE_NAMES, RULE_SOURCES, count
from rehabcoder.billing.policies import Policy
from rehabcoder.findings.documentation import timed_label
from rehabcoder.findings.registry import Context, Raised, finding
from rehabcoder.findings.times import contradiction, counted_alone
from rehabcoder.language.units_told import units_told
from rehabcoder.note import Service


def disagrees(service: Service) -> bool:
    """Whether the label is another code than the one that the description supports."""
    return service.labelled is not None and one_name(service.labelled) != one_name(service.code)


@finding("code_mismatch")
def code_mismatch(context: Context) -> Raised | None:
    return mislabelled(context.services)


def mislabelled(services: Sequence[Service]) -> Raised | None:
    """The first service whose label its description does not support."""
    wrong = [s for s in services if disagrees(s)]
    if not wrong:
        return None
    first = wrong[0]
    supported = "no billable code" if first.code == "none" else first.code
    return Raised(first.start, first.end, f"Labelled {first.labelled}, supports {supported}.")


_NOT_ATTENDED = ("97150", "none", "G0283", "97014")  # a group, an aide, alone, stimulation left to run


@finding("not_one_on_one")
def not_one_on_one(context: Context) -> Raised | None:
    if blamed := not_attended(context.services):
        return blamed
    # Said of a time that may be this service's, or of hands-on work: a person says which services were one-on-one.
    if (told := context.predicted.shared.place) and "97150" not in (
        context.note.billed_units or context.totals.billed_units or ()
    ):
        return Raised(*told)
    alone = counted_alone(context.predicted.reading.low, context.services, context.predicted.stated.timed)
    return Raised(alone[0].start, alone[0].end) if alone else None


def not_attended(services: Sequence[Service]) -> Raised | None:
    """The first service that was labelled as one-on-one and was not."""
    for service in services:
        called = service.labelled
        if service.code in _NOT_ATTENDED and called and called != "97150" and is_timed(called):
            return Raised(service.start, service.end)
    return None


@finding("units_mismatch")
def units_mismatch(context: Context) -> Raised | None:
    billed = context.note.billed_units or context.totals.billed_units
    return units_against(context.services, billed, context.policy, context.predicted.stated.units_span)


def units_against(
    services: Sequence[Service],
    billed: Mapping[str, int] | None,
    policy: Policy,
    span: tuple[int | None, int | None] | None,
) -> Raised | None:
    """Billed units, stated in the words at `span`, that no allocation of the services' minutes gives."""
    if not billed or any(
        timed_label(s) and s.code != "none" and is_timed(s.code) and s.minutes is None for s in services
    ):
        return None
    timed = {code: units for code, units in billed.items() if units and is_timed(policy.as_paid(code))}
    paid = policy.units_as_paid(timed)
    nearest = claim_allocation(services, policy).nearest(paid)
    supported = {code: n for code, units in nearest.items() if (n := policy.paid_units(code, units))}
    start, end = span or (None, None)
    if supported == paid:
        undescribed = _undescribed(services, billed)
        says = f"Billed {', '.join(undescribed)}, which nothing in the note describes."
        return Raised(start, end, says, rule=_unit_rule(policy)) if undescribed else None
    said = ", ".join(f"{c} x{u}" for c, u in sorted(timed.items())) or "no timed code"
    instead = ", ".join(f"{c} x{u}" for c, u in sorted(supported.items())) or "no timed unit"
    return Raised(start, end, f"Billed {said}; supported {instead}.", rule=_unit_rule(policy))


def _undescribed(services: Sequence[Service], billed: Mapping[str, int]) -> list[str]:
    """The modalities billed of which the note tells no more than the bill does. One told of and not billed may be any of them."""
    told = {one_name(code) for s in services for code in (s.code, s.labelled) if code}
    if any(_is_modality(code) and code not in map(one_name, billed) for code in told):
        return []
    return sorted(code for code, units in billed.items() if units and _is_modality(code) and one_name(code) not in told)


def _is_modality(code: str) -> bool:
    return code in CODES and CODES[code].kind == "modality" and not is_timed(code)


@finding("units_total_mismatch")
def units_total_mismatch(context: Context) -> Raised | None:
    """A number of units told without codes; where units are billed by code, `units_mismatch` compares those."""
    totals = context.totals
    if context.note.billed_units or totals.billed_units or totals.units is None:
        return None
    timed = [s for s in context.services if timed_label(s)]
    if not timed:
        return None
    missing = any(s.minutes is None for s in timed if s.code != "none" and is_timed(s.code))
    told = units_told(context.predicted.reading, [(s.start, s.end) for s in timed])
    if told is None:
        return None
    untimed = 0 if told.timed else len({s.code for s in context.services if s.code in CODES and not is_timed(s.code)})
    if totals.units <= told.units <= totals.units + untimed:  # a pack or an evaluation may be among them, or not
        return None
    minutes = totals.stated_timed if missing else totals.timed_minutes
    says = f"Billed {count(told.units, 'unit')}; {count(minutes or 0, 'timed minute')} support {totals.units}"
    also = f", and {untimed} untimed" if untimed else ""
    return Raised(told.start, told.end, f"{says}{also}.", rule=_unit_rule(context.policy))


def _unit_rule(policy: Policy) -> str:
    rule = policy.rule
    return f"{RULE_NAMES[rule]}: {RULE_SOURCES[rule]}"


@finding("time_inconsistent")
def time_inconsistent(context: Context) -> Raised | None:
    found = contradiction(context.predicted, context.services)
    return Raised(found.start, found.end, found.says) if found else None
