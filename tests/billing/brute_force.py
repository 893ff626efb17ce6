"""An independent, slow reading of the unit rules to compare with: try every allocation, keep the lawful ones."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import product

PAIRS = {"97130": "97129", "90913": "90912"}


def lawful_cms(minutes: Mapping[str, int]) -> list[dict[str, int]]:
    """Every allocation that §20.2 C allows, found by trying them all (codes of the pool only)."""
    pool: dict[str, int] = {}
    for code, value in minutes.items():
        if value:
            pool[PAIRS.get(code, code)] = pool.get(PAIRS.get(code, code), 0) + value
    total = units_of_chart(sum(pool.values()))
    return [_split(units) for units in _candidates(pool) if sum(units.values()) == total and _fair(units, pool)]


def units_of_chart(total: int) -> int:
    """The units of the manual's chart, step by step and without its closed form: 8 to 22 is one, 23 to 37 two ..."""
    units, first = 0, 8
    while total >= first:
        units += 1
        first += 15
    return units


def _candidates(pool: Mapping[str, int]) -> Iterator[dict[str, int]]:
    for counts in product(*(range(value // 15, value // 15 + 2) for value in pool.values())):
        yield dict(zip(pool, counts, strict=True))


def _fair(units: Mapping[str, int], pool: Mapping[str, int]) -> bool:
    """No code goes without the extra unit while one with a smaller leftover has it."""
    extra = [value % 15 for code, value in pool.items() if units[code] > value // 15]
    without = [value % 15 for code, value in pool.items() if units[code] == value // 15]
    return not extra or not without or min(extra) >= max(without)


def _split(units: Mapping[str, int]) -> dict[str, int]:
    out = {code: n for code, n in units.items() if n}
    for further, first in PAIRS.items():
        if out.get(first, 0) > 1:
            out[further], out[first] = out[first] - 1, 1
    return out
