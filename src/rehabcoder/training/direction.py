"""Which way the tool moves labels, how often, and what that is worth: a tool that only ever moves up is a danger."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from scipy.stats import binomtest

from rehabcoder.billing.policies import Policy
from rehabcoder.note import Service
from rehabcoder.training.outcomes import Outcome
from rehabcoder.worklist.risk import Fees, fees_of, supported_units

_CHANCE = 0.01  # a warning needs a split that chance would give this rarely
_LEAST = 10  # moves below which nothing is said


@dataclass(slots=True)
class Moves:
    """Notes that are worth more, less, or as much when codes take the place of the notes' own labels."""

    up: int = 0
    down: int = 0
    same: int = 0
    dollars_up: float = 0.0
    dollars_down: float = 0.0
    labels: Counter[tuple[str, str]] = field(default_factory=Counter)

    @property
    def net(self) -> float:
        """Dollars up less dollars down."""
        return self.dollars_up - self.dollars_down

    def add(self, services: Sequence[Service], policy: Policy, fees: Fees) -> None:
        """Counts a note that gives at least one of its services a label."""
        if not any(service.labelled for service in services):
            return
        as_labelled = [Service(s.start, s.end, "", s.labelled or s.code, None, s.minutes) for s in services]
        change = fees.value(supported_units(services, policy)) - fees.value(supported_units(as_labelled, policy))
        if change > 0:
            self.up, self.dollars_up = self.up + 1, self.dollars_up + change
        elif change < 0:
            self.down, self.dollars_down = self.down + 1, self.dollars_down - change
        else:
            self.same += 1
        self.labels.update((s.labelled, s.code) for s in services if s.labelled and s.labelled != s.code)


@dataclass(slots=True)
class Direction:
    """The moves of the tool beside those of the people who labelled, over the same notes."""

    tool: Moves
    people: Moves
    flat_fees: bool

    @property
    def warnings(self) -> list[str]:
        """Where the tool moves one way only; each in one sentence."""
        out = []
        moves = self.tool
        if _one_sided(moves.up, moves.down):
            way = "up" if moves.up > moves.down else "down"
            out.append(
                f"The tool moves notes {way}: {moves.up} are worth more than by their labels, {moves.down} less "
                f"(by your labellers' codes: {self.people.up} more, {self.people.down} less)."
            )
        seen: set[frozenset[str]] = set()
        for (label, code), there in moves.labels.most_common():
            back = moves.labels[(code, label)]
            if frozenset((label, code)) not in seen and _one_sided(there, back):
                out.append(
                    f"{label} becomes {code} {there} times, {code} becomes {label} {back} times "
                    f"(your labellers: {self.people.labels[(label, code)]} and {self.people.labels[(code, label)]})."
                )
            seen.add(frozenset((label, code)))
        return out


def _one_sided(there: int, back: int) -> bool:
    return there + back >= _LEAST and binomtest(there, there + back).pvalue < _CHANCE


def direction(outcomes: Iterable[Outcome], policy: Policy) -> Direction:
    """The moves over the whole notes among `outcomes`, valued by the policy's fees (flat ones where it has none)."""
    fees = fees_of(policy)
    out = Direction(Moves(), Moves(), flat_fees=not policy.fees)
    for outcome in outcomes:
        out.tool.add(outcome.coded, policy, fees)
        out.people.add(outcome.labelled, policy, fees)
    return out
