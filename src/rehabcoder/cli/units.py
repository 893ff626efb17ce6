"""`rehabcoder units`: units from minutes, and why."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Annotated, Any

import typer

from rehabcoder.billing.checks import edit_remarks
from rehabcoder.billing.codes import CODES, check_code
from rehabcoder.billing.ledger import RULE_NAMES, RULE_SOURCES, count
from rehabcoder.billing.policies import DEFAULT_POLICY, load_policy
from rehabcoder.billing.policy_tools import parse_day
from rehabcoder.billing.units import RULES, Allocation, Rule, Tie, allocate
from rehabcoder.errors import PolicyError, UsageError

MOST_SHOWN = 6
"""Equally right allocations that the terminal shows before it only counts them."""


def register(app: typer.Typer) -> None:
    app.command("units")(units)


def units(
    minutes: Annotated[
        list[str], typer.Argument(metavar="CODE=MINUTES...", help="Direct minutes by code: 97112=24 97110=23 97014.")
    ],
    rule: Annotated[
        str | None, typer.Option(help="cms (all timed minutes pooled; the default) or midpoint (each code by itself).")
    ] = None,
    against: Annotated[str | None, typer.Option(help="Compare with this rule: units and money.")] = None,
    policy: Annotated[
        str | None, typer.Option(help="Payer policy: its rule, ties, fees. A shipped name or a TOML file.")
    ] = None,
    fee: Annotated[
        list[str] | None, typer.Option(help="Dollars for one unit: 97110=31.40, or one number for every code.")
    ] = None,
    on: Annotated[str | None, typer.Option(help="Day of service, as 2024-05-31; decides policy and edits.")] = None,
    format: Annotated[str, typer.Option(help="text or json.")] = "text",
) -> None:
    """Units for one patient, day and discipline, with the arithmetic in plain words."""
    if format not in ("text", "json"):
        raise UsageError(f"--format is {format!r}", remedy="Use text or json.")
    answer = compute(minutes, rule=rule, against=against, policy=policy, fees=fee or [], on=parse_day(on))
    if format == "json":
        json.dump(answer.to_json(), sys.stdout)
        sys.stdout.write("\n")
    else:
        typer.echo("\n".join(answer.to_text()))


class Answer:
    """What `units` prints: one allocation, or two with what sets them apart."""

    def __init__(
        self, chosen: Allocation, other: Allocation | None, *, fees: dict[str, Decimal], edits: list[str]
    ) -> None:
        self.chosen, self.other, self.fees, self.edits = chosen, other, fees, edits

    def to_json(self) -> dict[str, Any]:
        out = _json_of(self.chosen)
        if self.other is not None:
            out["against"] = _json_of(self.other)
            money = self._difference_money()
            out["difference"] = {
                "units": self.other.total - self.chosen.total,
                "by_code": {code: n for code in _codes(self) if (n := self._gap(code))},
                "money": None if money is None else float(money),
            }
        elif self.fees:
            money = _money(self.chosen, self.fees)
            out["money"] = None if money is None else float(money)
        return out | {"edits": self.edits}

    def to_text(self) -> list[str]:
        lines = _text_of(self.chosen, self.fees)
        if self.other is not None:
            lines += ["", *_text_of(self.other, self.fees), "", self._difference_text()]
        if self.edits:
            lines += ["Edits:", *(f"  {says}" for says in self.edits)]
        return lines

    def _gap(self, code: str) -> int:
        return (self.other.units.get(code, 0) if self.other else 0) - self.chosen.units.get(code, 0)

    def _difference_money(self) -> Decimal | None:
        here = _money(self.chosen, self.fees)
        there = _money(self.other, self.fees) if self.other else None
        return None if here is None or there is None else there - here

    def _difference_text(self) -> str:
        assert self.other is not None
        here, there = RULE_NAMES[self.chosen.rule], RULE_NAMES[self.other.rule]
        gap = self.other.total - self.chosen.total
        parts = [f"{code} {self._gap(code):+d}" for code in _codes(self) if self._gap(code)]
        detail = f" ({', '.join(parts)})" if parts else ""
        more = "more" if gap > 0 else "fewer"
        size = f"{count(abs(gap), 'unit')} {more} than" if gap else "the same number of units as"
        money = self._difference_money()
        dollars = "" if money is None else f", {'+' if money >= 0 else '-'}${abs(money):.2f}"
        unknown = "" if money is not None or not gap else " The money is not known without --fee or a policy with fees."
        return f"Difference: the {there} gives {size} the {here}{detail}{dollars}.{unknown}"


def compute(
    arguments: Sequence[str],
    *,
    rule: str | None = None,
    against: str | None = None,
    policy: str | None = None,
    fees: Sequence[str] = (),
    on: date | None = None,
) -> Answer:
    """Parse `CODE=MINUTES` arguments and allocate their units.

    Raises:
        UsageError: an argument names an unknown code, minutes that are missing, negative, fractional or too many, or a
            policy that cannot be used.
    """
    minutes = parse_minutes(arguments)
    tie: Tie = "most_minutes"
    prices: dict[str, Decimal] = {}
    try:
        terms = load_policy(policy or DEFAULT_POLICY, on=on)
    except PolicyError as error:
        raise UsageError(error.what, where=error.where, remedy=error.remedy) from error
    if policy is not None:
        rule, tie, prices = rule or terms.rule, terms.tie, dict(terms.fees)
    prices |= parse_fees(fees)
    chosen = allocate(minutes, rule=_rule(rule or "cms", "--rule"), tie=tie)
    other = allocate(minutes, rule=_rule(against, "--against"), tie=tie) if against is not None else None
    return Answer(chosen, other, fees=prices, edits=edit_remarks(minutes, policy=terms, on=on))


def parse_minutes(arguments: Sequence[str]) -> dict[str, int | None]:
    """Minutes by code. The same code twice is added up; an untimed code may stand without minutes."""
    minutes: dict[str, int | None] = {}
    for argument in arguments:
        name, equals, value = argument.partition("=")
        code = check_code(name, where=argument)
        if not value.strip():
            if equals or CODES[code].minutes_per_unit is not None:
                remedy = f"Write {code}=15 for 15 minutes."
                raise UsageError(f"the minutes of {code} are missing", where=argument, remedy=remedy)
            minutes.setdefault(code, None)
            continue
        given = _minutes(value.strip(), code, argument)
        minutes[code] = (minutes.get(code) or 0) + given
    return minutes


def _minutes(value: str, code: str, argument: str) -> int:
    if re.fullmatch(r"[0-9]{1,9}", value):
        return int(value)
    if re.fullmatch(r"-[0-9.]+", value):
        what, remedy = f"the minutes of {code} are negative", "Give whole minutes of zero or more."
    elif re.fullmatch(r"[0-9]*[.,][0-9]*", value):
        what, remedy = f"the minutes of {code} are not whole", "Drop the seconds: 16 min 10 s is 16."
    else:
        what, remedy = f"the minutes of {code} are no whole number", f"Write {code}=15 for 15 minutes."
    raise UsageError(what, where=argument, remedy=remedy)


def parse_fees(fees: Sequence[str]) -> dict[str, Decimal]:
    """Dollars by code from `97110=31.40`, or `31.40` for every code."""
    prices: dict[str, Decimal] = {}
    for text in fees:
        name, equals, value = text.rpartition("=")
        code = check_code(name, where=f"--fee {text}") if equals else "default"
        try:
            amount = Decimal(value.strip().removeprefix("$"))
        except InvalidOperation:
            amount = Decimal("NaN")
        if not amount.is_finite() or amount < 0:
            remedy = "Write --fee 97110=31.40."
            raise UsageError("the fee is no number of dollars", where=f"--fee {text}", remedy=remedy)
        prices[code] = amount
    return prices


def _rule(name: str, option: str) -> Rule:
    for rule in RULES:
        if name == rule:
            return rule
    raise UsageError(f"{option} is {name!r}, which is no unit rule", remedy=f"Use one of: {', '.join(RULES)}.")


def _json_of(allocation: Allocation) -> dict[str, Any]:
    return {
        "rule": allocation.rule,
        "units": allocation.units,
        "untimed": allocation.untimed,
        "accepted": allocation.accepted,
        "timed_minutes": allocation.timed_minutes,
        "total": allocation.total,
        "ledger": allocation.ledger.to_json(),
    }


def _text_of(allocation: Allocation, fees: dict[str, Decimal]) -> list[str]:
    minutes = count(allocation.timed_minutes, "timed minute")
    lines = [f"{RULE_NAMES[allocation.rule]}: {count(allocation.total, 'unit')} from {minutes}"]
    lines += [f"  {code:<6} {n}" for code, n in allocation.units.items()]
    lines += [f"  {code:<6} {n}  untimed" for code, n in allocation.untimed.items()]
    if allocation.ways > 1:
        others = [_short(units) for units in allocation.first_accepted(MOST_SHOWN)[1:]]
        more = f", and {allocation.ways - MOST_SHOWN} more" if allocation.ways > MOST_SHOWN else ""
        lines.append(f"Equally right: {'; '.join(others)}{more}.")
    money = _money(allocation, fees)
    if money is not None:
        lines.append(f"Money: ${money:.2f}, before any reduction for several services or assistants.")
    lines += ["Why:", *(f"  {line}" for line in allocation.ledger.lines())]
    lines.append(f"Source: {RULE_SOURCES[allocation.rule]}.")
    return lines


def _short(units: dict[str, int]) -> str:
    return " ".join(f"{code}={n}" for code, n in units.items())


def _codes(answer: Answer) -> list[str]:
    other = answer.other.units if answer.other else {}
    return list(dict.fromkeys([*answer.chosen.units, *other]))


def _money(allocation: Allocation, fees: dict[str, Decimal]) -> Decimal | None:
    """Dollars for the units, timed and untimed; None when the fee of one of them is not known."""
    total = Decimal(0)
    for code, n in [*allocation.units.items(), *allocation.untimed.items()]:
        price = fees.get(code, fees.get("default"))
        if price is None:
            return None
        total += price * n
    return total if fees else None
