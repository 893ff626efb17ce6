"""The unit ledger: every unit traced to the minutes, the words and the rule that it rests on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from rehabcoder.billing.codes import CODES, FIRST_OF, FURTHER_OF
from rehabcoder.billing.units import BLOCK, Allocation, Rule, units_of_one, units_of_total

RULE_NAMES: Mapping[Rule, str] = {"cms": "CMS 8-minute rule", "midpoint": "CPT midpoint rule"}
RULE_SOURCES: Mapping[Rule, str] = {
    "cms": "Medicare Claims Processing Manual (Pub. 100-04) chapter 5 §20.2 C",
    "midpoint": "CPT convention on timed codes: a unit is earned once more than half of its time is done",
}

Kind = Literal["whole", "leftover", "tie", "midpoint", "no_unit", "untimed", "block", "no_minutes"]


@dataclass(slots=True, frozen=True)
class Piece:
    """Minutes that one service of the note gave, with the place of the words that say so, in code points."""

    minutes: int
    start: int | None = None
    end: int | None = None


@dataclass(slots=True, frozen=True)
class Entry:
    """One unit, or minutes that earn none: which code, how many minutes, why, and from which words.

    `unit` counts the units of the service from 1; it is None where no unit follows.
    """

    code: str
    unit: int | None
    minutes: int | None
    kind: Kind
    why: str
    pieces: tuple[Piece, ...] = ()

    def __str__(self) -> str:
        unit = f", unit {self.unit}" if self.unit is not None and self.kind != "untimed" else ""
        return f"{self.code}{unit}: {self.why}"

    def to_json(self) -> dict[str, Any]:
        pieces = [{"minutes": p.minutes, "start": p.start, "end": p.end} for p in self.pieces]
        return {"code": self.code, "unit": self.unit, "minutes": self.minutes, "kind": self.kind, "why": self.why} | (
            {"pieces": pieces} if pieces else {}
        )


@dataclass(slots=True, frozen=True)
class Ledger:
    """The arithmetic of one claim in words: a sentence on the total, an entry a unit, and the source of the rule."""

    rule: Rule
    total: str
    entries: tuple[Entry, ...] = field(default=())

    @property
    def source(self) -> str:
        return RULE_SOURCES[self.rule]

    def lines(self) -> list[str]:
        """The whole ledger, one sentence a line."""
        return [self.total, *(str(entry) for entry in self.entries)]

    def to_json(self) -> dict[str, Any]:
        return {"total": self.total, "source": self.source, "entries": [entry.to_json() for entry in self.entries]}


def ledger_of(allocation: Allocation, pieces: Mapping[str, Sequence[Piece]] | None = None) -> Ledger:
    """The ledger of an allocation. `pieces` gives, by code, the services that the minutes come from, in their order."""
    writer = _cms_entries if allocation.rule == "cms" else _midpoint_entries
    entries = [*writer(allocation), *_outside(allocation)]
    if pieces:
        entries = _with_pieces(entries, pieces)
    return Ledger(allocation.rule, _total(allocation), tuple(entries))


def count(n: int, noun: str) -> str:
    """`1 unit`, `3 units`."""
    return f"{n} {noun}" if n == 1 else f"{n} {noun}s"


def _total(allocation: Allocation) -> str:
    minutes, units = allocation.timed_minutes, allocation.total
    if not allocation.pool:
        return "No timed minutes, so no timed units."
    if allocation.rule == "midpoint":
        return f"Each code counts by itself: {count(units, 'unit')} from {count(minutes, 'timed minute')}."
    if units == 0:
        return f"{count(minutes, 'timed minute')} earn no unit: the first takes 8."
    low, high = units * BLOCK - 7, units * BLOCK + 7
    return f"{count(minutes, 'timed minute')} earn {count(units, 'unit')}, as {low} to {high} minutes do."


def _cms_entries(allocation: Allocation) -> Iterable[Entry]:
    pool = allocation.pool
    rest = {code: value % BLOCK for code, value in pool.items()}
    picked = allocation.tied[: allocation.open_units]
    for code, value in pool.items():
        for n in range(1, value // BLOCK + 1):
            why = f"15 of its {value} minutes, a whole block" if value != BLOCK else "15 minutes, a whole block"
            yield Entry(_billed_code(code, n), n, BLOCK, "whole", f"{why}.")
    order = sorted((code for code in pool if rest[code]), key=lambda code: (-rest[code], code not in picked, code))
    for code in order:
        whole, value = pool[code] // BLOCK, rest[code]
        if allocation.base.get(code, 0) > whole or code in picked:
            why, kind = _leftover_won(allocation, code, rest, picked)
            yield Entry(_billed_code(code, whole + 1), whole + 1, value, kind, why)
        else:
            yield Entry(code, None, value, "no_unit", _leftover_lost(allocation, code, rest, picked))


def _leftover_won(
    allocation: Allocation, code: str, rest: Mapping[str, int], picked: Sequence[str]
) -> tuple[str, Kind]:
    value = rest[code]
    if code in picked:
        rivals = [other for other in allocation.tied if other not in picked]
        return (
            f"{count(value, 'leftover minute')}, as many as {_and(rivals)}: each of them may take the unit, "
            f"and {code} does ({_tie_words(allocation)}).",
            "tie",
        )
    smaller = [f"{other} has {n}" for other, n in rest.items() if other != code and n < value]
    if not smaller:
        return f"{count(value, 'leftover minute')} take the unit that the total still allows.", "leftover"
    together = " They earn it together with the other short services." if value < 8 else ""
    return f"{count(value, 'leftover minute')}, more than the rest ({_and(smaller)}).{together}", "leftover"


def _leftover_lost(allocation: Allocation, code: str, rest: Mapping[str, int], picked: Sequence[str]) -> str:
    value = rest[code]
    if code in allocation.tied:
        took = "which took the unit" if len(picked) == 1 else "which took the units"
        return f"{count(value, 'leftover minute')} tie with {_and(picked)}, {took}; one here is right too."
    stay = "they stay in the total" if value > 1 else "it stays in the total"
    if units_of_total(allocation.timed_minutes) == 0:
        return f"{count(value, 'minute')}, under the 8 that earn a first unit."
    return f"{count(value, 'leftover minute')} without a unit of its own: the total allows no more, and {stay}."


def _tie_words(allocation: Allocation) -> str:
    if allocation.tie == "lowest_code":
        return "the lower number"
    if allocation.tie == "unbilled_first":
        return "a code without a unit first, then more minutes, then the lower number"
    return "more minutes in all, then the lower number"


def _midpoint_entries(allocation: Allocation) -> Iterable[Entry]:
    for code, value in allocation.pool.items():
        units = units_of_one(CODES[code], value)
        for n in range(1, units + 1):
            part = min(BLOCK, value - (n - 1) * BLOCK)
            if part == BLOCK:
                yield Entry(_billed_code(code, n), n, part, "whole", f"15 of its {value} minutes, a whole block.")
            else:
                why = f"{part} of its {value} minutes, more than half of a block of 15."
                yield Entry(_billed_code(code, n), n, part, "midpoint", why)
        left = value - units * BLOCK
        if left > 0:
            why = f"{count(left, 'minute')}, not more than half of a block of 15; they never join another code's."
            yield Entry(code, None, left, "no_unit", why)


def _outside(allocation: Allocation) -> Iterable[Entry]:
    for code, n in allocation.untimed.items():
        facts = CODES[code]
        if not facts.by_block:
            yield Entry(code, 1, None, "untimed", "untimed, one unit a day whatever the minutes.")
            continue
        value = allocation.blocks[FIRST_OF.get(code, code)]
        why = f"{count(value, 'minute')} by blocks of {facts.minutes_per_unit}, outside the 15-minute pool."
        for unit in range(1, n + 1):
            yield Entry(code, unit, None, "block", why)
    for code, value in allocation.blocks.items():
        if code not in allocation.untimed:
            least = CODES[code].least_minutes
            yield Entry(code, None, value, "no_unit", f"{count(value, 'minute')}; its first unit takes {least}.")
    for code in allocation.unknown:
        yield Entry(code, None, None, "no_minutes", "no minutes of its own, so no unit can be given to it.")


def _billed_code(code: str, unit: int) -> str:
    """The code that the n-th unit of a service goes on: 97129, then 97130."""
    return FURTHER_OF.get(code, code) if unit > 1 else code


def _and(words: Sequence[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def _with_pieces(entries: Sequence[Entry], pieces: Mapping[str, Sequence[Piece]]) -> list[Entry]:
    """Hand the minutes of each service out to the entries, first come first served."""
    store = {code: [[piece.minutes, piece] for piece in found] for code, found in _pool_pieces(pieces).items()}
    out = []
    for entry in entries:
        queue: list[Any] = store.get(FIRST_OF.get(entry.code, entry.code), [])
        taken: list[Piece] = []
        need = entry.minutes or 0
        while queue and need > 0:
            left, piece = queue[0]
            part = min(left, need)
            taken.append(Piece(part, piece.start, piece.end))
            need -= part
            queue[0][0] -= part
            if queue[0][0] == 0:
                queue.pop(0)
        out.append(Entry(entry.code, entry.unit, entry.minutes, entry.kind, entry.why, tuple(taken)))
    return out


def _pool_pieces(pieces: Mapping[str, Sequence[Piece]]) -> dict[str, list[Piece]]:
    pooled: dict[str, list[Piece]] = {}
    for code, found in pieces.items():
        pooled.setdefault(FIRST_OF.get(code, code), []).extend(piece for piece in found if piece.minutes)
    return pooled
