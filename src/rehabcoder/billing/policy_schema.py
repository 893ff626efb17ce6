"""What may stand in a policy file: every key, its kind of value, and the sentence for a wrong one."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from difflib import get_close_matches
from typing import Any

from rehabcoder.billing.codes import CODES
from rehabcoder.billing.finding_terms import all_findings
from rehabcoder.billing.units import RULES, TIES
from rehabcoder.errors import PolicyError

Check = Callable[[Any, str, str], None]  # the value, its key, the file


def check_table(table: Mapping[str, Any], *, where: str) -> None:
    """Check a policy file as it was parsed.

    Raises:
        PolicyError: a key is unknown or missing, or a value is of the wrong kind.
    """
    _keys(table, FILE_KEYS, "", where)
    for key in ("id", "name", "source", "rule", "versions"):
        if key not in table:
            raise PolicyError(f"lacks the key {key}", where=where, remedy="Add it; template.toml shows how.")
    if not table["versions"]:
        raise PolicyError("has no version", where=where, remedy="Add a [[versions]] entry with effective_from.")
    for n, version in enumerate(table["versions"], 1):
        for key in ("version", "effective_from"):
            if key not in version:
                raise PolicyError(f"version no. {n} lacks the key {key}", where=where, remedy="Add it.")


def _keys(table: Mapping[str, Any], known: Mapping[str, Check], path: str, where: str) -> None:
    for key, value in table.items():
        full = f"{path}{key}"
        if key not in known:
            near = get_close_matches(key, known, n=1)
            hint = f"Did you mean {near[0]}?" if near else f"Known keys: {', '.join(known)}."
            raise PolicyError(f"has the unknown key {full}", where=where, remedy=hint)
        known[key](value, full, where)


def _wrong(key: str, value: Any, wanted: str, where: str) -> PolicyError:
    return PolicyError(f"{key} is {value!r}, not {wanted}", where=where, remedy=f"Write {wanted}.")


def _text(value: Any, key: str, where: str) -> None:
    if not isinstance(value, str) or not value.strip():
        raise _wrong(key, value, "a text in quotes", where)


def _identifier(value: Any, key: str, where: str) -> None:
    if not isinstance(value, str) or not re.fullmatch(r"[a-z0-9][a-z0-9_.-]*", value):
        raise _wrong(key, value, "lower-case letters, digits and hyphens in quotes", where)


def _bool(value: Any, key: str, where: str) -> None:
    if not isinstance(value, bool):
        raise _wrong(key, value, "true or false", where)


def _whole(value: Any, key: str, where: str) -> None:
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise _wrong(key, value, "a whole number of zero or more", where)


def _money(value: Any, key: str, where: str) -> None:
    number = not isinstance(value, bool) and isinstance(value, int | Decimal)
    if not number or not Decimal(value).is_finite() or value < 0:
        raise _wrong(key, value, "a number of dollars, without quotes or sign", where)


def _share(value: Any, key: str, where: str) -> None:
    number = not isinstance(value, bool) and isinstance(value, int | Decimal)
    if not number or not Decimal(value).is_finite() or not 0 <= value <= 1:
        raise _wrong(key, value, "a number from 0 to 1", where)


def _day(value: Any, key: str, where: str) -> None:
    if not isinstance(value, date) or isinstance(value, datetime):
        raise _wrong(key, value, "a date as 2024-12-31, without quotes", where)


def _one_of(*choices: str) -> Check:
    def check(value: Any, key: str, where: str) -> None:
        if value not in choices:
            raise _wrong(key, value, f"one of {', '.join(choices)}", where)

    return check


def _findings(value: Any, key: str, where: str) -> None:
    if not isinstance(value, list):
        raise _wrong(key, value, 'a list of finding ids as ["missing_minutes"]', where)
    for name in value:
        if not isinstance(name, str) or name not in all_findings():
            near = get_close_matches(str(name), all_findings(), n=1)
            remedy = f"Did you mean {near[0]}?" if near else "See them with: rehabcoder rules list findings."
            raise PolicyError(f"{key} names {name!r}, which is no finding", where=where, remedy=remedy)


def _code(value: Any, key: str, where: str) -> None:
    if value not in CODES:
        raise PolicyError(f"{key} names {value!r}, which is no known code", where=where, remedy="Mend the code.")


def _by_code(check: Check, *, extra: tuple[str, ...] = ()) -> Check:
    def check_all(value: Any, key: str, where: str) -> None:
        if not isinstance(value, dict):
            raise _wrong(key, value, f"a table [{key}]", where)
        for code, item in value.items():
            if code not in extra:
                _code(code, key, where)
            check(item, f"{key}.{code}", where)

    return check_all


def _table(known: Mapping[str, Check]) -> Check:
    def check(value: Any, key: str, where: str) -> None:
        if not isinstance(value, dict):
            raise _wrong(key, value, f"a table [{key}]", where)
        _keys(value, known, f"{key}.", where)

    return check


def _versions(value: Any, key: str, where: str) -> None:
    if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
        raise _wrong(key, value, "a list of [[versions]] tables", where)
    for n, item in enumerate(value, 1):
        _keys(item, VERSION_KEYS, f"versions[{n}].", where)


TERMS: dict[str, Check] = {
    "rule": _one_of(*RULES),
    "tie": _one_of(*TIES),
    "minutes_required": _one_of("per_service", "total"),
    "least_minutes_of_service": _whole,
    "most_therapies_per_visit": _whole,
    "most_therapies_phase": _one_of("initial", "any"),
    "ncci": _one_of("practitioner", "hospital", "none"),
    "mue": _one_of("practitioner", "hospital", "none"),
    "findings_on": _findings,
    "findings_off": _findings,
    "codes": _by_code(_table({"units": _whole, "bill_as": _code, "why": _text})),
    "fees": _by_code(_money, extra=("default",)),
    "modifiers": _table(
        {
            "discipline": _bool,
            "assistant": _one_of("none", "ten_percent", "ten_percent_2022"),
            "assistant_share": _share,
            "kx_threshold": _money,
        }
    ),
}
VERSION_KEYS: Mapping[str, Check] = {
    "version": _text,
    "effective_from": _day,
    "effective_to": _day,
    "source": _text,
} | TERMS
FILE_KEYS: Mapping[str, Check] = {"id": _identifier, "name": _text, "source": _text, "versions": _versions} | TERMS
