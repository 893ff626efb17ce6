"""`rehabcoder units`: units from minutes, and why."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Annotated

import typer

from rehabcoder.billing.checks import edit_remarks, limit_remarks
from rehabcoder.billing.policies import DEFAULT_POLICY, Policy, load_policy
from rehabcoder.billing.policy_tools import parse_day
from rehabcoder.billing.units import RULES, Allocation, Rule, allocate
from rehabcoder.cli.arguments import check_format, parse_amount, parse_discipline, parse_fees, parse_minutes
from rehabcoder.cli.unit_answer import Answer, Side
from rehabcoder.cli.unit_lines import Terms, policy_lines
from rehabcoder.errors import PolicyError, UsageError


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
        str | None, typer.Option(help="Payer policy: also print the claim's lines. A shipped name or a TOML file.")
    ] = None,
    fee: Annotated[
        list[str] | None, typer.Option(help="Dollars for one unit: 97110=31.40, or one number for every code.")
    ] = None,
    discipline: Annotated[str | None, typer.Option(help="PT, OT or SLP: GP, GO or GN on the claim's lines.")] = None,
    assistant: Annotated[
        list[str] | None,
        typer.Option(
            metavar="CODE=MINUTES", help="Minutes that an assistant gave alone: CQ or CO. May be given again."
        ),
    ] = None,
    year_to_date: Annotated[
        str | None,
        typer.Option(
            metavar="DOLLARS", help="Allowed so far this year (PT and SLP together, OT apart): decides on KX."
        ),
    ] = None,
    on: Annotated[
        str | None, typer.Option(help="Day of service, as 2024-05-31; decides policy, edits, threshold.")
    ] = None,
    format: Annotated[str, typer.Option(help="text or json.")] = "text",
) -> None:
    """Units for one patient, day and discipline, with the arithmetic in plain words.

    With a policy, a discipline, an assistant's minutes or a year-to-date amount, also the lines of the claim with their
    modifiers; without --policy, those of Medicare Part B.
    """
    check_format(format)
    day = parse_day(on)
    terms = None
    if policy or discipline or assistant or year_to_date:
        terms = Terms(
            _policy(policy, day),
            parse_discipline(discipline),
            {code: value or 0 for code, value in parse_minutes(assistant or [], option="--assistant").items()},
            parse_amount(year_to_date),
        )
    answer = compute(minutes, rule=rule, against=against, terms=terms, fees=fee or [], on=day)
    if format == "json":
        json.dump(answer.to_json(), sys.stdout)
        sys.stdout.write("\n")
    else:
        typer.echo("\n".join(answer.to_text()))


def compute(
    arguments: Sequence[str],
    *,
    rule: str | None = None,
    against: str | None = None,
    terms: Terms | None = None,
    fees: Sequence[str] = (),
    on: date | None = None,
) -> Answer:
    """Parse `CODE=MINUTES` arguments and allocate their units.

    Args:
        arguments: as they were typed.
        rule: the unit rule; that of the terms' policy, or `cms`, where it is not given.
        against: a second rule to compare with.
        terms: payer, discipline and what else the lines of a claim depend on; without them there are units only.
        fees: `97110=31.40`, in place of the policy's.
        on: the day of service, for the edits.

    Raises:
        UsageError: an argument names an unknown code, minutes that are missing, negative, fractional or too many, or a
            policy that cannot be used.
    """
    minutes = parse_minutes(arguments)
    policy = terms.policy if terms else _policy(None, on)
    prices = (dict(policy.fees) if terms else {}) | parse_fees(fees)
    if terms is not None:
        terms = replace(terms, policy=replace(policy, fees=prices))
    chosen = _side(minutes, _rule(rule, "--rule") if rule else terms.policy.rule if terms else "cms", terms, prices)
    other = _side(minutes, _rule(against, "--against"), terms, prices) if against is not None else None
    units = chosen.lines.units() if chosen.lines else chosen.allocation.units | chosen.allocation.untimed
    return Answer(chosen, other, edit_remarks(units, policy=policy, on=on), limit_remarks(units, policy=policy, on=on))


def _side(minutes: Mapping[str, int | None], rule: Rule, terms: Terms | None, prices: Mapping[str, Decimal]) -> Side:
    allocation = allocate(minutes, rule=rule, tie=terms.policy.tie if terms else "most_minutes")
    if terms is None:
        return Side(allocation, _money(allocation, prices))
    lines = policy_lines(minutes, terms.under(rule))
    return Side(lines.allocation, lines.money, lines)


def _policy(name: str | None, on: date | None) -> Policy:
    try:
        return load_policy(name or DEFAULT_POLICY, on=on)
    except PolicyError as error:
        raise UsageError(error.what, where=error.where, remedy=error.remedy) from error


def _rule(name: str, option: str) -> Rule:
    for rule in RULES:
        if name == rule:
            return rule
    raise UsageError(f"{option} is {name!r}, which is no unit rule", remedy=f"Use one of: {', '.join(RULES)}.")


def _money(allocation: Allocation, fees: Mapping[str, Decimal]) -> Decimal | None:
    """Dollars for the units, timed and untimed; None when the fee of one of them is not known."""
    total = Decimal(0)
    for code, n in [*allocation.units.items(), *allocation.untimed.items()]:
        price = fees.get(code, fees.get("default"))
        if price is None:
            return None
        total += price * n
    return total if fees else None
