"""Codes, minutes, dollars, days and names as people type them, for the commands that take them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from difflib import get_close_matches

from rehabcoder.billing.codes import CODES, check_code
from rehabcoder.billing.finding_terms import all_findings
from rehabcoder.billing.modifiers import DISCIPLINE_MODIFIERS, Discipline, discipline_of
from rehabcoder.billing.thresholds import dollars_of
from rehabcoder.errors import UsageError


def parse_minutes(arguments: Sequence[str], *, option: str = "") -> dict[str, int | None]:
    """Minutes by code from `97110=23`. The same code twice is added up; an untimed code may stand without minutes.

    Args:
        arguments: as they were typed.
        option: the option that they belong to, for the place of a mistake.

    Raises:
        UsageError: a code is unknown, or minutes are missing, negative or not whole.
    """
    minutes: dict[str, int | None] = {}
    for argument in arguments:
        where = f"{option} {argument}".strip()
        name, equals, value = argument.partition("=")
        if not equals and (typed := _WITHOUT_SIGN.fullmatch(argument)):
            raise UsageError(
                "no = stands between code and minutes", where=where, remedy=f"Write {typed[1]}={typed[2]}."
            )
        code = check_code(name, where=where)
        if not value.strip():
            if equals or CODES[code].minutes_per_unit is not None:
                raise UsageError(
                    f"the minutes of {code} are missing", where=where, remedy=f"Write {code}=15 for 15 minutes."
                )
            minutes.setdefault(code, None)
            continue
        minutes[code] = (minutes.get(code) or 0) + _minutes(value.strip(), code, where)
    return minutes


def check_format(format: str) -> None:
    """Refuse a `--format` of what is shown other than text and json.

    Raises:
        UsageError: it is another.
    """
    if format not in ("text", "json"):
        raise UsageError(f"--format is {format!r}", remedy="Use text or json.")


_WITHOUT_SIGN = re.compile(r"\s*(\w{5})[\s:;,/x*@-]+([0-9]{1,4})\s*(?:min)?\s*")


def _minutes(value: str, code: str, where: str) -> int:
    if re.fullmatch(r"[0-9]{1,9}", value):
        return int(value)
    if re.fullmatch(r"-[0-9.]+", value):
        what, remedy = f"the minutes of {code} are negative", "Give whole minutes of zero or more."
    elif re.fullmatch(r"[0-9]*[.,][0-9]*", value):
        what, remedy = f"the minutes of {code} are not whole", "Drop the seconds: 16 min 10 s is 16."
    else:
        what, remedy = f"the minutes of {code} are no whole number", f"Write {code}=15 for 15 minutes."
    raise UsageError(what, where=where, remedy=remedy)


def parse_fees(fees: Sequence[str]) -> dict[str, Decimal]:
    """Dollars by code from `97110=31.40`, or `31.40` for every code.

    Raises:
        UsageError: a code is unknown, or a fee is no number of dollars.
    """
    prices: dict[str, Decimal] = {}
    for text in fees:
        name, equals, value = text.rpartition("=")
        code = check_code(name, where=f"--fee {text}") if equals else "default"
        amount = dollars_of(value)
        if amount is None:
            remedy = "Write --fee 97110=31.40."
            raise UsageError("the fee is no number of dollars", where=f"--fee {text}", remedy=remedy)
        prices[code] = amount
    return prices


def parse_amount(text: str | None) -> Decimal | None:
    """Dollars allowed so far in the year; None for None.

    Raises:
        UsageError: it is no number of dollars.
    """
    amount = None if text is None else dollars_of(text)
    if text is not None and amount is None:
        raise UsageError(
            "the amount is no number of dollars", where=f"--year-to-date {text}", remedy="Write --year-to-date 2310.50."
        )
    return amount


def parse_date(text: str | None, option: str) -> str | None:
    """An ISO day; None for None.

    Raises:
        UsageError: it is no date.
    """
    try:
        return text and date.fromisoformat(text).isoformat()
    except ValueError as error:
        raise UsageError(f"{option} is no date", remedy="Write it like 2026-03-31.") from error


def check_finding(name: str | None, *, of: tuple[str, ...] = ("note", "claim")) -> str | None:
    """The id of a finding on a note, a claim or across visits; None for None.

    Raises:
        UsageError: there is none of that id.
    """
    known = [finding for finding, terms in all_findings().items() if terms["of"] in of]
    if name is not None and name not in known:
        near = get_close_matches(name, known, n=1)
        hint = f"Did you mean {near[0]}?" if near else "See them with: rehabcoder rules list findings."
        raise UsageError(f"no finding here is called {name[:40]!r}", remedy=hint)
    return name


def parse_discipline(text: str | None) -> Discipline | None:
    """PT, OT or SLP from a discipline or a credential; None for None.

    Raises:
        UsageError: it is neither.
    """
    found = discipline_of(text)
    if text is not None and found is None:
        raise UsageError(f"--discipline is {text!r}", remedy=f"Use one of: {', '.join(DISCIPLINE_MODIFIERS)}.")
    return found
