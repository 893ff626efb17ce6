"""Dates, units and disciplines as exports write them, in the one form the rest of the house uses."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Mapping
from typing import Any

from rehabcoder.billing.modifiers import discipline_of

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ].*)?", re.DOTALL)
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})(?:\d{4,6}(?:\.\d+)?(?:[+-]\d{4})?)?")  # HL7: 20240918, 202409181030, ...
_NUMERIC = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4}|\d{2})(?:[T ,].*)?", re.DOTALL)
_DAY_MONTH = re.compile(r"(\d{1,2})[\s-]+([A-Za-z]{3})[a-z]*\.?,?[\s-]+(\d{4}|\d{2})(?:[T ,].*)?", re.DOTALL)
_MONTH_DAY = re.compile(r"([A-Za-z]{3})[a-z]*\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+(\d{4})(?:[T ,].*)?", re.DOTALL)

# A code with its modifiers: `97110`, `97110 GP`, `97140-59-GP`. One that begins with a digit stands right behind its dash.
_MODIFIED = r"(?P<code>[A-Z0-9]\d{4})(?:[\s-]+[A-Z][A-Z0-9]|-\d[A-Z0-9])*"
_CODE = re.compile(_MODIFIED, re.IGNORECASE)
# One code with its count: `97110:2`, `97110 x 2`, `97110-GP (2)`, `97110=2 units`.
_COUNT = re.compile(
    _MODIFIED + r"\s*[:=x×*(]?\s*(?P<count>\d{1,4})(?!\d)(?:\.0+)?\)?(?:\s*(?:units?|u|min(?:ute)?s?|m)\b)?",
    re.IGNORECASE,
)
_WHOLE = re.compile(r"([0-9]{1,5})(?:\.0*)?")


def iso_date(value: Any) -> str | None:
    """`value` (a date, or text such as 09/18/24, 2024-09-18T10:00, 20240918, Sep 18, 2024) as YYYY-MM-DD.

    Numbers parted by slashes are month, day, year as in the United States, unless that is no date.
    Returns None where nothing is given or no date can be made out.
    """
    if isinstance(value, dt.datetime):
        return value.date().isoformat()
    if isinstance(value, dt.date):
        return value.isoformat()
    text = str(value).strip() if value is not None else ""
    if match := _ISO.fullmatch(text) or _COMPACT.fullmatch(text):
        return _date(int(match[1]), int(match[2]), int(match[3]))
    if match := _NUMERIC.fullmatch(text):
        first, second, year = int(match[1]), int(match[2]), _year(match[3])
        return _date(year, first, second) or _date(year, second, first)
    if match := _DAY_MONTH.fullmatch(text):
        return _named(match[2], int(match[1]), _year(match[3]))
    if match := _MONTH_DAY.fullmatch(text):
        return _named(match[1], int(match[2]), _year(match[3]))
    return None


def _year(digits: str) -> int:
    return int(digits) if len(digits) == 4 else 2000 + int(digits)


def _named(month: str, day: int, year: int) -> str | None:
    name = month.lower()
    return _date(year, _MONTHS.index(name) + 1, day) if name in _MONTHS else None


def _date(year: int, month: int, day: int) -> str | None:
    try:
        return dt.date(year, month, day).isoformat()
    except ValueError:
        return None


def counts(value: Any) -> dict[str, int] | None:
    """Units or minutes by code, from a mapping, JSON, or text such as `97110:2;97140:1`.

    Returns None where nothing can be made out, or where only a part could: half a claim would be a wrong claim.
    """
    if isinstance(value, str):
        text = value.strip()
        if text.startswith("{"):
            try:
                value = json.loads(text, object_pairs_hook=list)  # as pairs, so that a code given twice counts twice
            except (ValueError, RecursionError):
                return None
        else:
            return _counts_in_words(text)
    if isinstance(value, Mapping):
        pairs = list(value.items())
    elif isinstance(value, list) and all(isinstance(pair, (list, tuple)) and len(pair) == 2 for pair in value):
        pairs = value  # a Parquet map column comes as a list of pairs
    else:
        return None
    found: dict[str, int] = {}
    for code, count in pairs:
        whole = _whole(count)
        if whole is None or not isinstance(code, str):
            return None
        bare = bare_code(code) or code.strip().upper()
        found[bare] = found.get(bare, 0) + whole
    return found


def bare_code(text: str) -> str | None:
    """The code of `97110` or `97140-59-GP`, without its modifiers; None where `text` is no code."""
    match = _CODE.fullmatch(text.strip())
    return match["code"].upper() if match else None


def _counts_in_words(text: str) -> dict[str, int] | None:
    found: dict[str, int] = {}
    for match in _COUNT.finditer(text):
        code = match["code"].upper()
        found[code] = found.get(code, 0) + int(match["count"])
    left = _COUNT.sub("", text)
    return found if found and not left.strip(" ;,|/\t\r\n") else None


def _whole(count: Any) -> int | None:
    if isinstance(count, bool):
        return None
    if isinstance(count, str):
        count = int(match[1]) if (match := _WHOLE.fullmatch(count.strip())) else None
    if isinstance(count, float):
        count = int(count) if count.is_integer() else None
    return count if isinstance(count, int) and count >= 0 else None


def discipline(value: str) -> str:
    """PT, OT or SLP where the words say so, else the words themselves."""
    return discipline_of(value) or value
