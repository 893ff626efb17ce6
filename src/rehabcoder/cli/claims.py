"""`rehabcoder claims`: claim against note, in both directions, and over-payments to report and return."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any

import typer

from rehabcoder.billing.ledger import count
from rehabcoder.billing.policy_tools import parse_day
from rehabcoder.billing.revenue import SIXTY_DAY_SOURCE, Difference, overpayments, roll_up
from rehabcoder.cli.units import parse_fees
from rehabcoder.errors import ReadError, UsageError

GROUPS = ("claim", "code", "clinician", "clinic", "month")


def register(app: typer.Typer) -> None:
    app.command("claims")(claims)


def claims(
    path: Annotated[str, typer.Argument(metavar="CLAIMS.jsonl", help="Claims, as `rehabcoder code` writes them.")],
    by: Annotated[str, typer.Option(help="Add up by claim, code, clinician, clinic or month.")] = "claim",
    fee: Annotated[
        list[str] | None, typer.Option(help="Dollars for one unit: 97110=31.40, or one number for every code.")
    ] = None,
    found_on: Annotated[
        str | None,
        typer.Option(help="List over-payments instead, found on this day, with the last day to return them."),
    ] = None,
    format: Annotated[str, typer.Option(help="text or json.")] = "text",
) -> None:
    """Compare what was billed with what the notes support: too much and too little, never netted."""
    if format not in ("text", "json"):
        raise UsageError(f"--format is {format!r}", remedy="Use text or json.")
    prices = parse_fees(fee or [])
    if found_on is not None:
        day = parse_day(found_on) or date.today()
        _print_overpayments([difference for _, difference in read_differences(path, fees=prices)], day, format)
        return
    rows = compare(path, by=by, fees=prices)
    if format == "json":
        json.dump([row.to_json() for row in rows], sys.stdout, indent=1)
        sys.stdout.write("\n")
    else:
        typer.echo("\n".join(_table(rows, by)))


def compare(path: str | Path, *, by: str = "claim", fees: Mapping[str, Decimal] | None = None) -> list[Difference]:
    """Billed against supported for every claim of a file that has a bill, added up by a group.

    Raises:
        UsageError: there is no such group.
        ReadError: the file cannot be read or holds something else than claims.
    """
    if by not in GROUPS:
        raise UsageError(f"--by is {by!r}", remedy=f"Use one of: {', '.join(GROUPS)}.")
    return roll_up(part for claim, found in read_differences(path, fees=fees) for part in _parts(claim, found, by))


def read_differences(
    path: str | Path, *, fees: Mapping[str, Decimal] | None = None
) -> Iterator[tuple[dict[str, Any], Difference]]:
    """Every claim of a file that has a bill, with its difference; `fees` take the place of those it was written with.

    Raises:
        ReadError: the file cannot be read or holds something else than claims.
    """
    try:
        with Path(path).open(encoding="utf-8") as lines:
            for number, line in enumerate(lines, 1):
                if line.strip():
                    claim, difference = _read(line, f"{path}, line {number}")
                    if difference is not None:
                        yield claim, _priced(difference, fees or {})
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "is no text in UTF-8"
        raise ReadError(
            reason, where=str(path), remedy="Give the claims.jsonl that `rehabcoder code` wrote."
        ) from error


def _read(line: str, where: str) -> tuple[dict[str, Any], Difference | None]:
    try:
        claim = json.loads(line)
        found = claim["against_bill"]
        return claim, None if found is None else Difference.from_json(found)
    except (ValueError, KeyError, TypeError) as error:
        remedy = "Give the claims.jsonl that `rehabcoder code` wrote."
        raise ReadError("is no claim", where=where, remedy=remedy) from error


def _priced(difference: Difference, fees: Mapping[str, Decimal]) -> Difference:
    if not fees:
        return difference
    lines = [replace(line, fee=fees.get(line.code, fees.get("default", line.fee))) for line in difference.lines]
    return replace(difference, lines=lines)


def _parts(claim: Mapping[str, Any], difference: Difference, by: str) -> Iterable[tuple[str, Difference]]:
    if by == "code":
        return [(line.code, replace(difference, lines=[line])) for line in difference.lines]
    if by == "clinician":
        return [(", ".join(claim.get("clinicians") or []) or "not given", difference)]
    if by == "clinic":
        return [(claim.get("clinic") or "not given", difference)]
    return [(str(claim.get("date", ""))[:7] if by == "month" else difference.name, difference)]


def _table(rows: Sequence[Difference], by: str) -> list[str]:
    if not rows:
        return ["No claim here says what was billed."]
    width = max(len(by), *(len(row.name) for row in rows))
    lines = [f"{by:<{width}}  claims  over-billed            under-billed           not determined"]
    for row in [*rows, *roll_up(("all", row) for row in rows)]:
        over, under = _units_and_money(row.over, row.over_amount), _units_and_money(row.under, row.under_amount)
        lines.append(
            f"{row.name:<{width}}  {row.notes:>6}  {over:<21}  {under:<21}  {row.undetermined or '-'}".rstrip()
        )
    return lines


def _units_and_money(units: int, amount: Decimal | None) -> str:
    if not units:
        return "-"
    money = "money not known" if amount is None else f"${amount:,.2f}"
    return f"{count(units, 'unit')}, {money}"


def _print_overpayments(differences: Sequence[Difference], day: date, format: str) -> None:
    found = overpayments(differences, found_on=day)
    if format == "json":
        json.dump([item.to_json() for item in found], sys.stdout, indent=1)
        sys.stdout.write("\n")
        return
    for item in found:
        amount = _units_and_money(item.units, item.amount)
        typer.echo(f"{item.claim}: {amount}, found on {item.found_on}, report and return by {item.report_by}")
    typer.echo(f"{count(len(found), 'over-paid claim')}. {SIXTY_DAY_SOURCE}.")
