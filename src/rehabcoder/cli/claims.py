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
from rehabcoder.cli.arguments import check_format, parse_fees
from rehabcoder.cli.plain import printable
from rehabcoder.errors import ReadError, UsageError

_NO_FEE = "Where money is not known, give --fee, or code under a policy with fees."
_NAMED = 3  # claims of several notes that are named
GROUPS = ("claim", "line", "note", "code", "clinician", "clinic", "payer", "month")


def register(app: typer.Typer) -> None:
    app.command("claims")(claims)


def claims(
    path: Annotated[str, typer.Argument(metavar="CLAIMS.jsonl", help="Claims, as `rehabcoder code` writes them.")],
    by: Annotated[
        str, typer.Option(help="Add up by claim, line, note, code, clinician, clinic, payer or month.")
    ] = "claim",
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
    check_format(format)
    prices = parse_fees(fee or [])
    if found_on is not None:
        day = parse_day(found_on) or date.today()
        _print_overpayments([difference for _, difference in read_differences(path, fees=prices)], day, format)
        return
    if by not in GROUPS:
        raise UsageError(f"--by is {by!r}", remedy=f"Use one of: {', '.join(GROUPS)}.")
    claims = list(_read_claims(path, prices))
    found = [(claim, difference) for claim, difference in claims if difference is not None]
    rows = roll_up(part for claim, difference in found for part in _parts(claim, difference, by))
    if format == "json":
        json.dump([row.to_json() for row in rows], sys.stdout, indent=1)
        sys.stdout.write("\n")
    else:
        whole = roll_up(("all", difference) for _, difference in found)
        typer.echo("\n".join([*_table(rows, whole, by), *(_remarks(claims, whole) if rows else ())]))


def read_differences(
    path: str | Path, *, fees: Mapping[str, Decimal] | None = None
) -> Iterator[tuple[dict[str, Any], Difference]]:
    """Every claim of a file that has a bill, with its difference; `fees` take the place of those it was written with.

    Raises:
        ReadError: the file cannot be read or holds something else than claims.
    """
    for claim, difference in _read_claims(path, fees or {}):
        if difference is not None:
            yield claim, difference


def _read_claims(path: str | Path, fees: Mapping[str, Decimal]) -> Iterator[tuple[dict[str, Any], Difference | None]]:
    """Every claim of a file; None where nothing says what was billed."""
    try:
        with Path(path).open(encoding="utf-8") as lines:
            for number, line in enumerate(lines, 1):
                if line.strip():
                    claim, difference = _read(line, f"{path}, line {number}")
                    yield claim, difference and _priced(difference, fees)
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
    if by in ("code", "line"):
        claimed = f"{difference.name} " if by == "line" else ""
        return [(f"{claimed}{line.code}", replace(difference, lines=[line])) for line in difference.lines]
    names = {
        "note": ", ".join(claim.get("note_ids") or []),
        "clinician": ", ".join(claim.get("clinicians") or []),
        "clinic": claim.get("clinic"),
        "payer": claim.get("payer"),
        "month": str(claim.get("date") or "")[:7],
        "claim": difference.name,
    }
    return [(names[by] or "not given", difference)]


def _table(rows: Sequence[Difference], whole: Sequence[Difference], by: str) -> list[str]:
    if not rows:
        return ["No claim here says what was billed."]
    each = by == "line"
    width = max(len(by), *(len(row.name) for row in rows))
    units, why = ("billed  supported", "  why") if each else ("claims", "")
    lines = [f"{by:<{width}}  {units}  over-billed            under-billed           not determined{why}"]
    for row in [*rows, *whole]:
        over, under = _units_and_money(row.over, row.over_amount), _units_and_money(row.under, row.under_amount)
        units, why = f"{row.notes:>6}", ""
        if each:
            [line] = row.lines if len(row.lines) == 1 else [None]
            units = f"{line.billed:>6}  {'-' if line.supported is None else line.supported:>9}" if line else " " * 17
            why = f"  {line.why}" if line else ""
        cells = f"{row.name:<{width}}  {units}  {over:<21}  {under:<21}  {row.undetermined or '-'!s:<14}{why}"
        lines.append(printable(cells.rstrip()))
    return lines


def _remarks(
    claims: Sequence[tuple[Mapping[str, Any], Difference | None]], whole: Sequence[Difference]
) -> Iterator[str]:
    """What the table leaves out, what its money wants, and where it differs from what `report` adds up by note."""
    failed = sum(difference is None and claim.get("complete") is False for claim, difference in claims)
    unbilled = sum(difference is None for _, difference in claims) - failed
    if unbilled:
        yield f"Left out: {count(unbilled, 'claim')} of which nothing says what was billed."
    if failed:
        yield f"Left out: {count(failed, 'claim')} with a note that could not be coded."
    if any(row.over_amount is None or row.under_amount is None for row in whole):
        yield _NO_FEE
    pooled = [
        f"{difference.name} ({counted} notes)"
        for claim, difference in claims
        if difference and (counted := len(claim.get("note_ids") or []) - len(claim.get("left_out") or {})) > 1
    ]
    if pooled:
        more = f" and {len(pooled) - _NAMED} more" if len(pooled) > _NAMED else ""
        named = printable(", ".join(pooled[:_NAMED]))
        yield (
            f"Notes of one day pooled: {named}{more}. The worklist and `report` compare each note alone, and can differ."
        )


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
        line = f"{item.claim}: {amount}, found on {item.found_on}, report and return by {item.report_by}"
        typer.echo(printable(line))
    if any(item.amount is None for item in found):
        typer.echo(_NO_FEE)
    typer.echo(f"{count(len(found), 'over-paid claim')}. {SIXTY_DAY_SOURCE}.")
