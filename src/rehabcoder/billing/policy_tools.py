"""Checking and comparing payer policies, for `rehabcoder rules` and for a site's own tests."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields, is_dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from rehabcoder.billing.policies import Policy, check_dates, load_policy, read_policy
from rehabcoder.errors import PolicyError, UsageError


def check_policies(paths: Sequence[str]) -> tuple[list[list[Policy]], list[PolicyError]]:
    """The versions of every right file, and the error of every wrong one; overlaps between files are errors as well."""
    files: list[Path] = []
    for given in paths:
        path = Path(given)
        files += sorted(path.glob("*.toml")) if path.is_dir() else [path]
    good: list[list[Policy]] = []
    errors: list[PolicyError] = []
    for file in files:
        try:
            good.append(read_policy(file))
        except PolicyError as error:
            errors.append(error)
    try:
        check_dates(policy for policies in good for policy in policies)
    except PolicyError as error:
        errors.append(error)
    return good, errors


def compare_policies(first: str, second: str) -> list[dict[str, Any]]:
    """Every key in which two policies differ, with both values; `name@day` picks the version of a day."""
    one, two = (flat(plain(_policy_at(name))) for name in (first, second))
    keys = dict.fromkeys(key for key in [*one, *two] if key != "file")
    return [{"key": key, "first": one.get(key), "second": two.get(key)} for key in keys if one.get(key) != two.get(key)]


def parse_day(text: str | None) -> date | None:
    """A day from the command line; None for None.

    Raises:
        UsageError: it is no date.
    """
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise UsageError(f"{text!r} is no date", remedy="Write it as 2024-05-31.") from None


def plain(value: Any) -> Any:
    """Dataclasses, dates and money as plain JSON types."""
    if is_dataclass(value) and not isinstance(value, type):
        return {f.name: plain(getattr(value, f.name)) for f in fields(value)}
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if isinstance(value, Decimal):
        return float(value)
    return value.isoformat() if isinstance(value, date) else value


def _policy_at(name: str) -> Policy:
    base, at, day = name.rpartition("@")
    return load_policy(base, on=parse_day(day)) if at else load_policy(name)


def flat(table: dict[str, Any], prefix: str = "") -> dict[str, Any]:
    """Nested tables as one, with dotted keys."""
    out: dict[str, Any] = {}
    for key, value in table.items():
        if isinstance(value, dict):
            out |= flat(value, f"{prefix}{key}.")
        else:
            out[f"{prefix}{key}"] = value
    return out
