"""What `rehabcoder units` answers, in words and as JSON."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from rehabcoder.billing.ledger import RULE_NAMES, RULE_SOURCES, Ledger, count
from rehabcoder.billing.units import Allocation
from rehabcoder.cli.unit_lines import PolicyLines

MOST_SHOWN = 6
"""Equally right allocations that the terminal shows before it only counts them."""


@dataclass(slots=True, frozen=True)
class Side:
    """Units by one rule: the allocation, the dollars (None where unknown), and the claim's lines under a policy."""

    allocation: Allocation
    money: Decimal | None
    lines: PolicyLines | None = None

    @property
    def untimed(self) -> dict[str, int]:
        """Units of untimed codes; the payer may take fewer of them than were given."""
        if self.lines is None:
            return self.allocation.untimed
        return {code: n for code, n in self.lines.units().items() if code in self.allocation.untimed}

    @property
    def ledger(self) -> Ledger:
        return self.lines.ledger if self.lines else self.allocation.ledger


@dataclass(slots=True, frozen=True)
class Answer:
    """What `units` prints: the units by one rule, or by two with what sets them apart, and what the edits say."""

    chosen: Side
    other: Side | None
    edits: list[str]
    limits: list[str]

    def to_json(self) -> dict[str, Any]:
        out = _json_of(self.chosen)
        if self.other is not None:
            out["against"] = _json_of(self.other)
            money = self._difference_money()
            out["difference"] = {
                "units": self.other.allocation.total - self.chosen.allocation.total,
                "by_code": {code: n for code in self._codes() if (n := self._gap(code))},
                "money": None if money is None else float(money),
            }
        else:
            out["money"] = None if self.chosen.money is None else float(self.chosen.money)
        if self.chosen.lines is not None:
            out["claim"] = self.chosen.lines.to_json()
        return out | {"edits": self.edits, "limits": self.limits}

    def to_text(self) -> list[str]:
        lines = _text_of(self.chosen)
        if self.other is not None:
            lines += ["", *_text_of(self.other), "", self._difference_text()]
        for title, remarks in (("Edits", self.edits), ("Limits", self.limits)):
            if remarks:
                lines += [f"{title}:", *(f"  {says}" for says in remarks)]
        return lines

    def _codes(self) -> list[str]:
        other = self.other.allocation.units if self.other else {}
        return list(dict.fromkeys([*self.chosen.allocation.units, *other]))

    def _gap(self, code: str) -> int:
        other = self.other.allocation.units if self.other else {}
        return other.get(code, 0) - self.chosen.allocation.units.get(code, 0)

    def _difference_money(self) -> Decimal | None:
        if self.other is None or self.chosen.money is None or self.other.money is None:
            return None
        return self.other.money - self.chosen.money

    def _difference_text(self) -> str:
        assert self.other is not None
        here, there = RULE_NAMES[self.chosen.allocation.rule], RULE_NAMES[self.other.allocation.rule]
        gap = self.other.allocation.total - self.chosen.allocation.total
        parts = [f"{code} {self._gap(code):+d}" for code in self._codes() if self._gap(code)]
        detail = f" ({', '.join(parts)})" if parts else ""
        more = "more" if gap > 0 else "fewer"
        size = f"{count(abs(gap), 'unit')} {more} than" if gap else "the same number of units as"
        money = self._difference_money()
        dollars = "" if money is None else f", {'+' if money >= 0 else '-'}${abs(money):.2f}"
        unknown = (
            "" if money is not None or not parts else " The money is not known without --fee or a policy with fees."
        )
        return f"Difference: the {there} gives {size} the {here}{detail}{dollars}.{unknown}"


def _json_of(side: Side) -> dict[str, Any]:
    allocation = side.allocation
    return {
        "rule": allocation.rule,
        "units": allocation.units,
        "untimed": side.untimed,
        "accepted": allocation.accepted,
        "timed_minutes": allocation.timed_minutes,
        "total": allocation.total,
        "ledger": side.ledger.to_json(),
    }


def _text_of(side: Side) -> list[str]:
    allocation = side.allocation
    minutes = count(allocation.timed_minutes, "timed minute")
    lines = [f"{RULE_NAMES[allocation.rule]}: {count(allocation.total, 'unit')} from {minutes}"]
    lines += [f"  {code:<6} {n}" for code, n in allocation.units.items()]
    lines += [f"  {code:<6} {n}  untimed" for code, n in side.untimed.items()]
    if allocation.ways > 1:
        others = [_short(units) for units in allocation.first_accepted(MOST_SHOWN)[1:]]
        more = f", and {allocation.ways - MOST_SHOWN} more" if allocation.ways > MOST_SHOWN else ""
        lines.append(f"Equally right: {'; '.join(others)}{more}.")
    if side.money is not None:
        assistants = "" if side.lines else " or assistants"
        lines.append(f"Money: ${side.money:.2f}, before any reduction for several services{assistants}.")
    lines += ["Why:", *(f"  {line}" for line in side.ledger.lines())]
    lines.append(f"Source: {RULE_SOURCES[allocation.rule]}.")
    return lines + (side.lines.to_text() if side.lines else [])


def _short(units: dict[str, int]) -> str:
    return " ".join(f"{code}={n}" for code, n in units.items())
