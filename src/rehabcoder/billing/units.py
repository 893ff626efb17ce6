"""Units from minutes: the CMS 8-minute rule with all its ties, and the CPT midpoint rule, for one patient and day.

Sources: Medicare Claims Processing Manual (Pub. 100-04) chapter 5 §20.2, part C for the CMS rule; the CPT convention
that a timed unit is earned once more than half of its time is done, for the midpoint rule.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import combinations, islice
from math import comb
from typing import TYPE_CHECKING, Literal, get_args

from rehabcoder.billing.codes import CODES, FIRST_OF, FURTHER_OF, Code, check_code
from rehabcoder.errors import UsageError

if TYPE_CHECKING:
    from rehabcoder.billing.ledger import Ledger

Rule = Literal["cms", "midpoint"]
Tie = Literal["most_minutes", "unbilled_first", "lowest_code"]
RULES: tuple[Rule, ...] = get_args(Rule)
TIES: tuple[Tie, ...] = get_args(Tie)

BLOCK = 15
"""Minutes of one unit of a code of the pool."""
LEAST = 8
"""Minutes that earn the first unit: more than half of a block."""
MINUTES_OF_DAY = 24 * 60


@dataclass(slots=True, frozen=True)
class Allocation:
    """How the minutes of one patient, day and discipline become units under one rule.

    Attributes:
        rule: `cms` or `midpoint`.
        tie: which of several equal codes takes a unit that only some of them can have.
        pool: timed minutes by code, zeros left out. A service of first and further units (97129 and 97130) stands under
            its first code, as everywhere where one code means the whole service.
        base: units by pooled code that every accepted allocation gives.
        tied: pooled codes of equal leftover, the preferred first; `open_units` of them take one unit more.
        units: the chosen allocation, by code as it is billed.
        untimed: units of the codes outside the pool.
        unknown: timed or block codes that were given without minutes.
        blocks: minutes of the codes billed by other blocks than 15 minutes, as far as known.
        incomplete: pooled codes of which a further service has no minutes: their minutes are the least it can be.
    """

    rule: Rule
    tie: Tie
    pool: dict[str, int]
    base: dict[str, int]
    tied: tuple[str, ...]
    open_units: int
    units: dict[str, int]
    untimed: dict[str, int]
    unknown: tuple[str, ...] = ()
    blocks: dict[str, int] = field(default_factory=dict)
    incomplete: tuple[str, ...] = ()

    @property
    def timed_minutes(self) -> int:
        """Minutes of the pool."""
        return sum(self.pool.values())

    @property
    def total(self) -> int:
        """Units of the timed codes; the same in every accepted allocation."""
        return sum(self.base.values()) + self.open_units

    @property
    def ways(self) -> int:
        """How many allocations the rule accepts."""
        return comb(len(self.tied), self.open_units)

    @property
    def accepted(self) -> list[dict[str, int]]:
        """Every allocation of the timed units that the rule allows, the chosen one first."""
        return self.first_accepted(self.ways)

    def first_accepted(self, most: int) -> list[dict[str, int]]:
        """At most so many of the accepted allocations: with 20 equal services they run into the hundred thousands."""
        picks = islice(combinations(self.tied, self.open_units), most)
        return [as_billed(self._with(pick)) for pick in picks]

    def other_units(self, code: str, units: int) -> int | None:
        """The units of a code, as it is billed, that the rule accepts as well where leftovers tie; None where none are.

        97110 with 25 minutes and 97140 with 10 have two units in all: 2 and 0, or 1 and 1.
        """
        first = FIRST_OF.get(code, code)
        if first not in self.tied:
            return None
        base = self.base.get(first, 0)
        both = {as_billed({first: n}).get(code, 0) for n in (base, base + 1)}
        return sum(both) - units if len(both) == 2 and units in both else None

    def accepts(self, units: Mapping[str, int]) -> bool:
        """Whether the rule allows these units, whoever wins its ties. Zeros and codes outside the pool are ignored."""
        said = {code: n for code, n in units.items() if n and code in CODES and CODES[code].timed}
        return as_billed(self._with(self._nearest_pick(said))) == said

    def nearest(self, units: Mapping[str, int]) -> dict[str, int]:
        """The accepted allocation that differs least from the given units."""
        return as_billed(self._with(self._nearest_pick(units)))

    def _nearest_pick(self, units: Mapping[str, int]) -> tuple[str, ...]:
        wanting = sorted(self.tied, key=lambda code: _pooled(units, code) <= self.base.get(code, 0))
        return tuple(wanting[: self.open_units])

    def _with(self, pick: tuple[str, ...]) -> dict[str, int]:
        return {code: n for code in self.pool if (n := self.base.get(code, 0) + (code in pick))}

    @property
    def ledger(self) -> Ledger:
        """Every unit traced to its minutes, with the arithmetic in words."""
        from rehabcoder.billing.ledger import ledger_of

        return ledger_of(self)


def allocate(minutes: Mapping[str, int | None], *, rule: Rule = "cms", tie: Tie = "most_minutes") -> Allocation:
    """Turn the minutes of one patient, day and discipline into units.

    Args:
        minutes: whole direct one-on-one minutes by code; None where a code was given without minutes.
        rule: `cms` pools all timed minutes and gives the units left over to the largest leftovers;
            `midpoint` counts each code by itself.
        tie: `most_minutes` prefers the code with more minutes in all, then the lower number; `unbilled_first` the
            code that has no unit yet, then as before; `lowest_code` the lower number.

    Raises:
        UsageError: a code is unknown, minutes are negative, fractional or more than a day holds, or the rule is.
    """
    if rule not in RULES:
        raise UsageError(f"{rule!r} is no unit rule", remedy=f"Use one of: {', '.join(RULES)}.")
    if tie not in TIES:
        raise UsageError(f"{tie!r} is no tie policy", remedy=f"Use one of: {', '.join(TIES)}.")
    pool: dict[str, int] = {}
    blocks: dict[str, int] = {}
    untimed: dict[str, int] = {}
    unknown: list[str] = []
    day = 0
    for code, value in minutes.items():
        facts = CODES.get(code) or CODES[check_code(code)]
        if value is None:
            if facts.minutes_per_unit is None:
                untimed[facts.code] = 1
            else:
                unknown.append(facts.code)
            continue
        day += _check_minutes(facts, value)
        if facts.minutes_per_unit is None:
            untimed[facts.code] = 1
        elif value:
            into = pool if facts.timed else blocks
            first = FIRST_OF.get(facts.code, facts.code)
            into[first] = into.get(first, 0) + value
    if day > MINUTES_OF_DAY:
        raise UsageError(
            f"the minutes add up to {day}, and a day holds {MINUTES_OF_DAY}",
            remedy="Give the minutes of one patient and one day.",
        )
    for first, value in blocks.items():
        untimed |= _block_units(CODES[first], value)
    base, tied, open_units = _cms(pool, tie) if rule == "cms" else (_midpoint(pool), (), 0)
    picked = tied[:open_units]
    chosen = {code: n for code in pool if (n := base.get(code, 0) + (code in picked))}
    return Allocation(rule, tie, pool, base, tied, open_units, as_billed(chosen), untimed, tuple(unknown), blocks)


def units_of_total(total: int) -> int:
    """Units that so many pooled timed minutes make under the CMS rule: 0-7 none, 8-22 one, and so on by 15."""
    return (total + LEAST - 1) // BLOCK


def units_of_one(facts: Code, minutes: int) -> int:
    """Units of one code that stands alone, by its own block: 38 of 15 is 3, 30 of 60 is 0, 31 of 60 is 1."""
    if facts.minutes_per_unit is None or facts.least_minutes is None:
        return 1
    return max(0, (minutes - facts.least_minutes) // facts.minutes_per_unit + 1)


def as_billed(units: Mapping[str, int]) -> dict[str, int]:
    """Units by pooled code as they go on the claim: the first code once, what lies beyond on the further code."""
    billed: dict[str, int] = {}
    for code, n in units.items():
        further = FURTHER_OF.get(code)
        if further is None or n <= 1:
            billed[code] = n
        else:
            billed[code] = 1
            billed[further] = n - 1
    return billed


def _cms(pool: Mapping[str, int], tie: Tie) -> tuple[dict[str, int], tuple[str, ...], int]:
    """Base units, the codes that tie for the last ones, and how many of these get one.

    The total fixes the units (§20.2 C). Whole blocks of 15 come first; each unit left goes to the next leftover in
    size. Fewer units are left than codes have leftovers, so that no code can be in line twice.
    """
    base = {code: value // BLOCK for code, value in pool.items()}
    left = units_of_total(sum(pool.values())) - sum(base.values())
    if left <= 0:
        return base, (), 0
    rest = {code: value % BLOCK for code, value in pool.items()}
    cut = sorted(rest.values(), reverse=True)[left - 1]
    for code, value in rest.items():
        if value > cut:
            base[code] += 1
            left -= 1
    tied = [code for code, value in rest.items() if value == cut]
    if len(tied) == left:
        for code in tied:
            base[code] += 1
        return base, (), 0
    return base, tuple(sorted(tied, key=lambda code: _preference(code, pool, base, tie))), left


def _preference(code: str, pool: Mapping[str, int], base: Mapping[str, int], tie: Tie) -> tuple[int, int, str]:
    if tie == "lowest_code":
        return 0, 0, code
    has_unit = base[code] > 0 if tie == "unbilled_first" else False
    return has_unit, -pool[code], code


def _midpoint(pool: Mapping[str, int]) -> dict[str, int]:
    return {code: n for code, value in pool.items() if (n := units_of_one(CODES[code], value))}


def _block_units(first: Code, minutes: int) -> dict[str, int]:
    """Units of a code outside the pool with blocks of its own; the further code bills what lies beyond the first."""
    n = units_of_one(first, minutes)
    further = FURTHER_OF.get(first.code)
    if further is None or n == 0 or first.minutes_per_unit is None:
        return {first.code: n} if n else {}
    more = units_of_one(CODES[further], minutes - first.minutes_per_unit)
    return {first.code: 1, further: more} if more else {first.code: 1}


def _pooled(units: Mapping[str, int], first: str) -> int:
    return units.get(first, 0) + units.get(FURTHER_OF.get(first, ""), 0)


def _check_minutes(facts: Code, value: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise UsageError(
            f"minutes of {facts.code} are {value!r}, not a whole number of zero or more",
            remedy="Give whole minutes; seconds are dropped.",
        )
    return value
