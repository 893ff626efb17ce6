"""How risky a note is: five terms, their weights in `knowledge/risk.toml`, and the money they start from.

    risk = 100 x (0.35 money + 0.20 mismatch + 0.20 uncertainty + 0.15 severity + 0.10 age)

Every term but age is fixed when a coding comes in. Age grows by the same amount a day for every note, so that the order
of the queue does not change overnight and can be kept in an index: `priority` is the fixed part, less the age points
that lie between the first of January 2000 and the note.
"""

from __future__ import annotations

import math
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from importlib import resources
from typing import Any

from rehabcoder.billing.claim import claim_and_allocation, claim_lines
from rehabcoder.billing.codes import CODES, is_timed
from rehabcoder.billing.policies import Policy
from rehabcoder.billing.revenue import POOLED, compare_lines
from rehabcoder.note import CodedNote, Service

FIXED_TERMS = ("money", "mismatch", "uncertainty", "severity")
_SAME = {"G0283", "97014"}  # unattended stimulation: two payers' names of one service
EPOCH = date(2000, 1, 1)
LATEST = date(2199, 12, 31)  # a year typed with a slip must not outrank the whole queue


@cache
def scheme() -> Mapping[str, Mapping[str, float]]:
    """The weights, scales and flat fees of `knowledge/risk.toml`."""
    source = resources.files("rehabcoder.knowledge").joinpath("risk.toml").read_text(encoding="utf-8")
    return tomllib.loads(source)


@dataclass(slots=True, frozen=True)
class Fees:
    """Dollars a unit. A code without a fee of its own has the flat one of its kind; `none` costs nothing."""

    by_code: Mapping[str, float]

    def of(self, code: str) -> float:
        if code == "none":
            return 0.0
        flat = scheme()["fees"]["timed" if code == POOLED or is_timed(code) else "untimed"]
        return self.by_code.get(code, self.by_code.get("default", flat))

    def value(self, units: Mapping[str, int]) -> float:
        return math.fsum(count * self.of(code) for code, count in units.items())


def fees_of(policy: Policy) -> Fees:
    """The fees that a payer policy holds, in dollars a unit."""
    return Fees({code: float(fee) for code, fee in policy.fees.items()})


@dataclass(slots=True, frozen=True)
class Money:
    """Dollars of one note: what was billed, and how far that is above and below what the note supports."""

    billed: float
    over: float
    under: float

    @property
    def at_stake(self) -> float:
        return max(self.over, self.under)


@dataclass(slots=True, frozen=True)
class Risk:
    """The terms of one note, each from 0 to 1, and the date its age counts from."""

    money: float
    mismatch: float
    uncertainty: float
    severity: float
    age_from: date

    @property
    def _fixed(self) -> float:
        weights = scheme()["weights"]
        return 100 * math.fsum(weights[term] * getattr(self, term) for term in FIXED_TERMS)

    @property
    def priority(self) -> float:
        """What the queue is ordered by: the higher the earlier, the same on every day."""
        return self._fixed - aged(min(self.age_from, LATEST), EPOCH)

    def on(self, day: date) -> float:
        """The risk as people read it, on `day`."""
        return self._fixed + max(0.0, aged(day, self.age_from))


def aged(later: date, earlier: date) -> float:
    """The points of risk that the days between two dates make."""
    parameters = scheme()
    return 100 * parameters["weights"]["age"] * (later - earlier).days / parameters["scale"]["filing_days"]


def billed_units(coded: CodedNote, policy: Policy, *, column: Mapping[str, int] | None = None) -> dict[str, int] | None:
    """The units that were billed: those of the input's `column`, else those that the note itself states, else those
    that its own labels make.

    None where there are none of the three, or where labelled minutes are missing.
    """
    if told := column or coded.totals.billed_units:
        return {code: units for code, units in told.items() if units}
    if not any(service.labelled for service in coded.interventions):
        return None
    as_labelled = [
        replace(service, code=service.labelled) if service.labelled in CODES and service.labelled else service
        for service in coded.interventions
    ]
    lines, _, allocation = claim_and_allocation(as_labelled, policy)
    if allocation.incomplete or any(line.units is None and is_timed(line.code) for line in lines):
        return None
    return {line.code: line.units for line in lines if line.units}


def supported_units(services: Sequence[Service], policy: Policy) -> dict[str, int]:
    """The units that services make under a policy, by code."""
    lines, _ = claim_lines([s for s in services if s.code != "none"], policy)
    return {line.code: line.units for line in lines if line.units}


def money_of(
    billed: Mapping[str, int] | None, services: Sequence[Service], policy: Policy, *, stated_timed: int | None = None
) -> Money:
    """What billing `billed` is worth against what `services` support, in dollars, by `billing.revenue`'s comparison.

    Either side of a tie is right, and units that the note cannot settle count neither way. Where nothing is known to
    have been billed, nothing is over or under.
    """
    if billed is None:
        return Money(0.0, 0.0, 0.0)
    fees = fees_of(policy)
    lines, totals, allocation = claim_and_allocation(services, policy, stated_timed=stated_timed)
    found = compare_lines(lines, allocation, billed, whole=totals.units, policy=policy, name="note").lines
    over = math.fsum(line.over * fees.of(line.code) for line in found)
    under = math.fsum(line.under * fees.of(line.code) for line in found)
    return Money(fees.value(billed), over, under)


def risk_of(coded: CodedNote, money: Money, *, age_from: date) -> Risk:
    """The risk of one coded note. A note that could not be coded is as uncertain as can be."""
    parameters: Mapping[str, Any] = scheme()
    flags = [finding.id for finding in coded.flags]
    labels_differ = any(
        s.labelled and s.labelled != s.code and not {s.labelled, s.code} <= _SAME for s in coded.interventions
    )
    mismatch = max([parameters["mismatch"].get(flag, 0.0) for flag in flags] + [1.0 if labels_differ else 0.0])
    uncertainty = (
        1.0 if coded.status == "failed" else 1.0 - min((s.confidence for s in coded.interventions), default=1.0)
    )
    return Risk(
        money=min(1.0, money.at_stake / parameters["scale"]["dollars_full"]),
        mismatch=mismatch,
        uncertainty=min(1.0, max(0.0, uncertainty)),
        severity=max((parameters["severity"].get(finding.severity, 0.0) for finding in coded.flags), default=0.0),
        age_from=age_from,
    )
