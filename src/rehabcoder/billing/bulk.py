"""Units of many claims at once, with numpy: the same answers as `allocate`, for a vendor's day or an audit of years.

numpy is imported on the first call only, so that `rehabcoder units` starts without it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from typing import TYPE_CHECKING, Any

from rehabcoder.billing.codes import CODES, FIRST_OF, FURTHER_OF, check_code
from rehabcoder.billing.units import BLOCK, LEAST, MINUTES_OF_DAY, RULES, TIES, Rule, Tie
from rehabcoder.errors import UsageError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    IntArray = NDArray[np.signedinteger[Any]]

Claims = Sequence[Mapping[str, int | None]]

BATCH = 4_000
"""Claims computed at once: the arrays of a batch stay within a processor's cache."""


def allocate_many(claims: Claims, *, rule: Rule = "cms", tie: Tie = "most_minutes") -> list[dict[str, int]]:
    """The units of many claims, each as `allocate(minutes).units | allocate(minutes).untimed` would give them.

    Args:
        claims: minutes by code, one mapping a patient, day and discipline.
        rule: `cms` or `midpoint`.
        tie: who takes a unit that equal leftovers share.

    Raises:
        UsageError: a claim names an unknown code or minutes that are no whole number; its place in the list is named.
    """
    if rule not in RULES or tie not in TIES:
        raise UsageError(f"{rule!r} with {tie!r} is no unit rule", remedy=f"Use {RULES} with one of {TIES}.")
    return list(chain.from_iterable(_batches(claims, rule, tie)))


def units_table(minutes: IntArray, codes: Sequence[str], *, rule: Rule = "cms", tie: Tie = "most_minutes") -> IntArray:
    """Units by code for a table of minutes, a row a claim and a column a code; the columns stay as they are.

    Args:
        minutes: whole minutes, zeros where a code was not given.
        codes: codes of the 15-minute pool. Where the first code of a service stands, its further code (97130) must too.
        rule: `cms` or `midpoint`.
        tie: who takes a unit that equal leftovers share.

    Raises:
        UsageError: a code is not of the pool, its further code has no column, or minutes are negative.
    """
    import numpy as np

    for code in codes:
        if check_code(code) != code or not CODES[code].timed or FURTHER_OF.get(code, code) not in codes:
            remedy = "Give codes of the pool, 97129 and 90912 together with 97130 and 90913."
            raise UsageError(f"{code} cannot be a column of its own", remedy=remedy)
    if minutes.size and minutes.min() < 0:
        raise UsageError("the table holds negative minutes", remedy="Give whole minutes of zero or more.")
    at = {code: column for column, code in enumerate(codes)}
    pool = minutes.astype(_width(minutes, codes))
    for code, first in FIRST_OF.items():
        if code in at and first in at:
            pool[:, at[first]] += pool[:, at[code]]
            pool[:, at[code]] = 0
    units = _midpoint(pool) if rule == "midpoint" else _cms(pool, codes, tie)
    for code, first in FIRST_OF.items():
        if code in at and first in at:
            units[:, at[code]] = np.maximum(units[:, at[first]] - 1, 0)
            units[:, at[first]] = np.minimum(units[:, at[first]], 1)
    return units


def _width(minutes: IntArray, codes: Sequence[str]) -> type[np.signedinteger[Any]]:
    """The narrowest numbers that hold every sort key of `_cms`: half the width is almost twice the speed."""
    import numpy as np

    largest = 2 * BLOCK * (int(minutes.sum(axis=1).max(initial=0)) + 1) * (len(codes) + 1)
    return np.int32 if largest < np.iinfo(np.int32).max else np.int64


def _midpoint(pool: IntArray) -> IntArray:
    return (pool + LEAST - 1) // BLOCK


def _cms(pool: IntArray, codes: Sequence[str], tie: Tie) -> IntArray:
    """Whole blocks, then one unit each for as many of the largest leftovers as the total still allows."""
    import numpy as np

    units, rest = np.divmod(pool, BLOCK)
    left = (pool.sum(axis=1) + LEAST - 1) // BLOCK - units.sum(axis=1)
    # One sortable number a cell: leftover first, then the tie policy, then the lower code, which makes it unique.
    rank = np.empty(len(codes), dtype=pool.dtype)
    rank[np.argsort(np.array(codes))] = np.arange(len(codes) - 1, -1, -1)
    key = rest
    if tie == "unbilled_first":
        key = key * 2 + (units == 0)
    if tie != "lowest_code":
        key = key * (int(pool.max(initial=0)) + 1) + pool
    key = key * len(codes) + rank
    order = np.sort(key, axis=1)
    cut = order[np.arange(len(pool)), np.clip(len(codes) - left, 0, len(codes) - 1)]
    wins: IntArray = ((key >= cut[:, None]) & (left > 0)[:, None]).astype(pool.dtype)
    return units + wins


def _batches(claims: Claims, rule: Rule, tie: Tie) -> Iterator[list[dict[str, int]]]:
    for start in range(0, len(claims), BATCH):
        yield _batch(claims[start : start + BATCH], start, rule, tie)


def _batch(claims: Claims, offset: int, rule: Rule, tie: Tie) -> list[dict[str, int]]:
    import numpy as np

    names = list(chain.from_iterable(claims))
    values: list[Any] = list(chain.from_iterable(claim.values() for claim in claims))
    sizes = [len(claim) for claim in claims]
    rows = np.repeat(np.arange(len(claims)), sizes)
    present = dict.fromkeys(names)
    if not present.keys() <= CODES.keys() or not set(map(type, values)) <= {int, type(None)}:
        _refuse(claims, offset)
        names = [check_code(name) for name in names]
        present = dict.fromkeys(names)
    codes = _columns(present)
    at = {code: column for column, code in enumerate(codes)}
    columns = np.array([at[name] for name in names], dtype=np.int64)
    numbers = [value or 0 for value in values] if None in values else values
    if numbers and not 0 <= min(numbers) <= max(numbers) <= MINUTES_OF_DAY:
        _refuse(claims, offset)
    given = np.array(numbers, dtype=np.int64)
    cells = rows * len(codes) + columns
    table = np.bincount(cells, weights=given, minlength=len(claims) * len(codes)).astype(np.int32)
    table = table.reshape(len(claims), len(codes))
    if (table.sum(axis=1) > MINUTES_OF_DAY).any():
        _refuse(claims, offset)
    there = np.zeros(table.size, dtype=bool)
    there[cells] = True
    units = there.reshape(table.shape).astype(np.int32)  # untimed codes: once where they stand
    timed = [column for column, code in enumerate(codes) if CODES[code].timed]
    if timed:
        units[:, timed] = units_table(table[:, timed], [codes[column] for column in timed], rule=rule, tie=tie)
    _blocks(table, units, at)
    return _as_dicts(units, codes)


def _columns(present: Mapping[str, None]) -> list[str]:
    """The codes that stand in a batch, with both codes of every service of first and further units."""
    codes = dict.fromkeys(present)
    for code in present:
        first = FIRST_OF.get(code, code)
        codes[first] = None
        if first in FURTHER_OF:
            codes[FURTHER_OF[first]] = None
    return list(codes)


def _blocks(table: IntArray, units: IntArray, at: Mapping[str, int]) -> None:
    """Units of the codes with blocks of their own (work hardening, cognitive tests), in place."""
    import numpy as np

    for code, column in at.items():
        facts = CODES[code]
        if not facts.by_block or facts.further_of or facts.least_minutes is None or facts.minutes_per_unit is None:
            continue
        further = CODES.get(FURTHER_OF.get(code, ""))
        minutes = table[:, column] + (table[:, at[further.code]] if further else 0)
        own = np.maximum((minutes - facts.least_minutes) // facts.minutes_per_unit + 1, 0)
        if further is None or further.least_minutes is None or further.minutes_per_unit is None:
            units[:, column] = own
            continue
        beyond = minutes - facts.minutes_per_unit
        more = np.maximum((beyond - further.least_minutes) // further.minutes_per_unit + 1, 0)
        units[:, column] = np.minimum(own, 1)
        units[:, at[further.code]] = np.where(own > 0, more, 0)


def _as_dicts(units: IntArray, codes: Sequence[str]) -> list[dict[str, int]]:
    rows, columns = units.nonzero()
    out: list[dict[str, int]] = [{} for _ in range(len(units))]
    for row, column, n in zip(rows.tolist(), columns.tolist(), units[rows, columns].tolist(), strict=True):
        out[row][codes[column]] = n
    return out


def _refuse(claims: Claims, offset: int) -> None:
    """Raise for the first claim that `allocate` refuses, with its place in the list; none where codes are lower case."""
    from rehabcoder.billing.units import allocate

    for number, claim in enumerate(claims, offset):
        try:
            allocate(claim)
        except UsageError as error:
            raise UsageError(error.what, where=f"claim no. {number}", remedy=error.remedy) from None
