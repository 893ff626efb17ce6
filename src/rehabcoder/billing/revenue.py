"""Claim against note, in both directions: billed beyond what the note supports, and supported but not billed.

Both directions always stand side by side. A sum of the two is never formed, so that what was billed too much cannot be
hidden behind what was billed too little.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from rehabcoder.billing.codes import FIRST_OF, FURTHER_OF, is_timed
from rehabcoder.billing.ledger import count
from rehabcoder.billing.policies import Policy
from rehabcoder.billing.units import BLOCK, Allocation, as_billed
from rehabcoder.errors import UsageError
from rehabcoder.note import ClaimLine, Json

POOLED = "timed"
"""The name under which all timed units are compared as one, where the minutes of single services are missing."""

SIXTY_DAYS = timedelta(days=60)
SIXTY_DAY_SOURCE = (
    "42 CFR 401.305 (Social Security Act section 1128J(d)): report and return within 60 days of identifying an "
    "overpayment; since 2025-01-01 a good-faith investigation of related ones can suspend this for up to 180 days"
)


@dataclass(slots=True, frozen=True)
class LineDifference:
    """One code: units billed, units supported, and the fee of one unit. Only one of `over` and `under` can be above 0.

    `supported` is None where the note cannot settle the units; then neither direction is claimed.
    """

    code: str
    billed: int
    supported: int | None
    fee: Decimal | None = None
    why: str = ""

    @property
    def over(self) -> int:
        return max(0, self.billed - self.supported) if self.supported is not None else 0

    @property
    def under(self) -> int:
        return max(0, self.supported - self.billed) if self.supported is not None else 0

    @property
    def over_amount(self) -> Decimal | None:
        return self._amount(self.over)

    @property
    def under_amount(self) -> Decimal | None:
        return self._amount(self.under)

    def _amount(self, units: int) -> Decimal | None:
        if units == 0:
            return Decimal(0)
        return None if self.fee is None else self.fee * units

    def to_json(self) -> Json:
        return {
            "code": self.code,
            "billed": self.billed,
            "supported": self.supported,
            "over": self.over,
            "under": self.under,
            "fee": _json_money(self.fee),
            "over_amount": _json_money(self.over_amount),
            "under_amount": _json_money(self.under_amount),
            "why": self.why,
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> LineDifference:
        fee = data.get("fee")
        price = None if fee is None else Decimal(str(fee))
        return cls(data["code"], data["billed"], data["supported"], price, data.get("why", ""))


@dataclass(slots=True)
class Difference:
    """Billed against supported for one note or claim, or the sum of many. Amounts are None where a fee is missing."""

    name: str
    lines: list[LineDifference] = field(default_factory=list)
    notes: int = 1

    @property
    def over(self) -> int:
        return sum(line.over for line in self.lines)

    @property
    def under(self) -> int:
        return sum(line.under for line in self.lines)

    @property
    def undetermined(self) -> int:
        """Billed units that the note can neither support nor refuse."""
        return sum(line.billed for line in self.lines if line.supported is None)

    @property
    def over_amount(self) -> Decimal | None:
        return _total(line.over_amount for line in self.lines)

    @property
    def under_amount(self) -> Decimal | None:
        return _total(line.under_amount for line in self.lines)

    def to_json(self) -> Json:
        return {
            "name": self.name,
            "notes": self.notes,
            "over": self.over,
            "under": self.under,
            "undetermined": self.undetermined,
            "over_amount": _json_money(self.over_amount),
            "under_amount": _json_money(self.under_amount),
            "lines": [line.to_json() for line in self.lines],
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Difference:
        lines = [LineDifference.from_json(line) for line in data["lines"]]
        return cls(data["name"], lines, data.get("notes", 1))


@dataclass(slots=True, frozen=True)
class Overpayment:
    """A claim that was billed beyond its note. `report_by` is the last of 60 days from the day it was found."""

    claim: str
    amount: Decimal | None
    units: int
    found_on: date
    report_by: date
    source: str = SIXTY_DAY_SOURCE

    def to_json(self) -> Json:
        return {
            "claim": self.claim,
            "amount": _json_money(self.amount),
            "units": self.units,
            "found_on": self.found_on.isoformat(),
            "report_by": self.report_by.isoformat(),
            "source": self.source,
        }


def compare_lines(
    lines: Sequence[ClaimLine],
    allocation: Allocation,
    billed: Mapping[str, int],
    *,
    whole: int | None,
    policy: Policy,
    name: str,
) -> Difference:
    """Billed units against the lines of a claim and the allocation behind them, code by code.

    Where the rule accepts several allocations, the one nearest to the bill is taken: a tie is no error.

    Where minutes of timed codes are missing but `whole`, the units of all timed codes, is known, these are compared as
    one under the name `POOLED`, without money. Without it the codes that lack minutes are not determined.

    Raises:
        UsageError: billed units are negative or no whole number.
    """
    upper: Counter[str] = Counter()
    for written, n in billed.items():
        upper[written.strip().upper()] += _units(written, n, name)
    paid = policy.units_as_paid(upper)
    nearest = _nearest(allocation, paid)
    supported: dict[str, int | None] = {}
    for line in lines:
        if line.units is None or line.code in allocation.incomplete:
            supported[line.code] = None
        elif is_timed(line.code):
            supported[line.code] = policy.paid_units(line.code, nearest.get(line.code, 0))
        else:
            supported[line.code] = (supported.get(line.code) or 0) + line.units
    for code, n in nearest.items():
        supported.setdefault(code, policy.paid_units(code, n))
    why = {line.code: line.why for line in lines}
    difference = Difference(name)
    if whole is not None and any(n is None and is_timed(code) for code, n in supported.items()):
        n = sum(units for code, units in paid.items() if is_timed(code))
        says = f"Minutes of single services are missing; all timed minutes together make {count(whole, 'unit')}."
        difference.lines.append(LineDifference(POOLED, n, whole, None, says))
        supported = {code: n for code, n in supported.items() if not is_timed(code)}
        paid = {code: n for code, n in paid.items() if not is_timed(code)}
    for code in dict.fromkeys([*supported, *paid]):
        first = FIRST_OF.get(code, code)
        known = None if supported.get(first, 0) is None else supported.get(code, 0)
        n = paid.get(code, 0)
        if n or known:
            says = why.get(code, "The note does not describe this service.")
            difference.lines.append(LineDifference(code, n, known, policy.fee(code), says))
    return difference


def _nearest(allocation: Allocation, paid: Mapping[str, int]) -> dict[str, int]:
    """The units of timed codes, of those that the minutes can make, that differ least from the bill.

    Under the CMS rule the whole blocks of a code are its own, and its leftover may or may not earn a unit more while the
    minutes of other services are missing.
    """
    open_pool = allocation.incomplete or any(is_timed(code) for code in allocation.unknown)
    if allocation.rule == "midpoint" or not open_pool:
        return allocation.nearest(paid)
    units = {}
    for code, minutes in allocation.pool.items():
        billed = paid.get(code, 0) + paid.get(FURTHER_OF.get(code, ""), 0)
        units[code] = min(max(billed, minutes // BLOCK), -(-minutes // BLOCK))
    return as_billed(units)


def roll_up(differences: Iterable[tuple[str, Difference]]) -> list[Difference]:
    """Differences added up by a name: a clinician, a clinic, a month. The largest over-billing first."""
    sums: dict[str, Difference] = {}
    for name, difference in differences:
        whole = sums.setdefault(name, Difference(name, notes=0))
        whole.lines += difference.lines
        whole.notes += difference.notes
    return sorted(sums.values(), key=lambda d: (-d.over, -d.under, d.name))


def overpayments(differences: Iterable[Difference], *, found_on: date) -> list[Overpayment]:
    """Over-billed claims, with the last day to report and return the money; which of them were paid, a person knows.

    Args:
        differences: billed against supported, one a claim.
        found_on: the day the over-payment was identified.
    """
    return [
        Overpayment(difference.name, difference.over_amount, difference.over, found_on, found_on + SIXTY_DAYS)
        for difference in differences
        if difference.over
    ]


def _units(code: str, n: int, where: str) -> int:
    if isinstance(n, bool) or not isinstance(n, int) or n < 0:
        raise UsageError(
            f"billed units of {code} are {n!r}, not a whole number of zero or more",
            where=where,
            remedy="Mend the units in the input.",
        )
    return n


def _total(amounts: Iterable[Decimal | None]) -> Decimal | None:
    total = Decimal(0)
    for amount in amounts:
        if amount is None:
            return None
        total += amount
    return total


def _json_money(amount: Decimal | None) -> float | None:
    return None if amount is None else float(round(amount, 2))
