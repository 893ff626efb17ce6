"""The lines of a claim that minutes alone make under a payer's policy, as `rehabcoder units` prints them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from rehabcoder.billing.claim import claim_and_allocation, claim_ledger, untimed_minutes
from rehabcoder.billing.codes import CODES
from rehabcoder.billing.ledger import Ledger, count
from rehabcoder.billing.modifiers import ASSISTANT_MODIFIERS, Discipline, line_amount, threshold_of, with_modifiers
from rehabcoder.billing.policies import Policy
from rehabcoder.billing.units import Allocation, Rule
from rehabcoder.errors import UsageError
from rehabcoder.note import ClaimLine, Service


@dataclass(slots=True, frozen=True)
class Terms:
    """What the lines of a claim depend on besides minutes: the payer, and what modifiers are set from."""

    policy: Policy
    discipline: Discipline | None = None
    assistant: Mapping[str, int] | None = None
    year_to_date: Decimal | None = None

    def under(self, rule: Rule) -> Terms:
        """The same terms with the units counted by another rule."""
        return replace(self, policy=replace(self.policy, rule=rule))


@dataclass(slots=True, frozen=True)
class PolicyLines:
    """The lines of the claim, the allocation behind them, and the dollars of each, None where a fee is not known."""

    terms: Terms
    allocation: Allocation
    ledger: Ledger
    lines: list[ClaimLine]
    amounts: list[Decimal | None]

    @property
    def money(self) -> Decimal | None:
        known = [amount for amount in self.amounts if amount is not None]
        return sum(known, Decimal(0)) if known and len(known) == len(self.amounts) else None

    def units(self) -> dict[str, int]:
        """Units by code, those of lines that differ in their modifiers added up."""
        units: dict[str, int] = {}
        for line in self.lines:
            units[line.code] = units.get(line.code, 0) + (line.units or 0)
        return units

    def to_json(self) -> dict[str, Any]:
        return {
            "policy": self.terms.policy.rules_version,
            "discipline": self.terms.discipline,
            "lines": [line.to_json() for line in self.lines],
            "remarks": self.remarks(),
        }

    def to_text(self) -> list[str]:
        policy = self.terms.policy
        rows = [f"Claim lines under {policy.name} ({policy.rules_version}):"]
        for line, amount in zip(self.lines, self.amounts, strict=True):
            units = "not determined" if line.units is None else count(line.units, "unit")
            dollars = "" if amount is None else f", ${amount:,.2f}"
            rows.append(f"  {'-'.join([line.code, *line.modifiers])}: {units}{dollars}")
            if line.why:
                rows.append(f"    {line.why}")
        return rows + [f"  {remark}" for remark in self.remarks()]

    def remarks(self) -> list[str]:
        """What the lines do not show: the threshold and its source, why there is no KX, no modifier for an assistant."""
        policy, out = self.terms.policy, []
        if self.terms.year_to_date is not None:
            out += self._about_kx(self.terms.year_to_date, policy.modifiers.kx_threshold)
        if self.terms.assistant and policy.modifiers.assistant == "none":
            out.append("No CQ or CO: the payer does not ask for them on that day.")
        return out

    def _about_kx(self, spent: Decimal, threshold: Decimal) -> list[str]:
        if not threshold:
            return ["No KX: the payer has no threshold on that day."]
        group = threshold_of(self.terms.discipline)
        source = f"Threshold for {group}: ${threshold:,.2f} ({self.terms.policy.source})."
        if any("KX" in line.modifiers for line in self.lines):
            return [source]
        this = "this claim do" if self.money is not None else "this claim, whose amount is not known without --fee, do"
        return [f"No KX: ${spent:,.2f} so far and {this} not pass the threshold.", source]


def policy_lines(minutes: Mapping[str, int | None], terms: Terms) -> PolicyLines:
    """The lines that minutes by code make.

    Raises:
        UsageError: an assistant gave more minutes than there are, or minutes of a code that is not there.
    """
    _check_assistant(minutes, terms)
    services = [Service(0, 0, "", code, minutes=value) for code, value in minutes.items()]
    lines, _, allocation = claim_and_allocation(services, terms.policy)
    # The ledger is printed beside the lines: of timed units only what it does not say is repeated.
    bare = [replace(line, why="") if line.units and CODES[line.code].timed else line for line in lines]
    marked = with_modifiers(
        bare,
        policy=terms.policy,
        discipline=terms.discipline,
        assistant_minutes=terms.assistant,
        untimed_minutes=untimed_minutes(services, terms.policy),
        year_to_date=terms.year_to_date,
    )
    for line in marked:
        line.why = line.why.strip()
    amounts = [line_amount(line, terms.policy) for line in marked]
    return PolicyLines(terms, allocation, claim_ledger(services, terms.policy), marked, amounts)


def _check_assistant(minutes: Mapping[str, int | None], terms: Terms) -> None:
    if terms.assistant and terms.discipline not in ASSISTANT_MODIFIERS:
        raise UsageError("whose assistant it was is not said", remedy="Add --discipline PT or --discipline OT.")
    for code, given in (terms.assistant or {}).items():
        whole = minutes.get(code) if code in minutes else 0
        if whole is not None and given > whole:
            raise UsageError(
                f"the assistant gave {given} of {whole} minutes of {code}",
                where=f"--assistant {code}={given}",
                remedy="Assistant minutes are part of the minutes of the code: give 0 up to all of them.",
            )
