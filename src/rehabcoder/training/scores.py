"""The figures of a set of outcomes: F1, confusion, calibration, coverage. All count as the yardstick counts."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rehabcoder.training.outcomes import Outcome, Pair

CORE = ("97110", "97112", "97530")
MISSED, INVENTED = "not found", "not labelled"


@dataclass(slots=True)
class Counts:
    """Right, false and missed services, of one code or of all billable ones together."""

    right: int = 0
    false: int = 0
    missed: int = 0

    @property
    def precision(self) -> float:
        return self.right / (self.right + self.false) if self.right + self.false else 1.0

    @property
    def recall(self) -> float:
        return self.right / self.services if self.services else 1.0

    @property
    def f1(self) -> float:
        return f1(self.right, self.false, self.missed)

    @property
    def services(self) -> int:
        """How many were labelled."""
        return self.right + self.missed


def f1(right: float, false: float, missed: float) -> float:
    """F1 from counts; 1 where there was nothing to find and nothing was found."""
    if not right:
        return 0.0 if false or missed else 1.0
    return 2 * right / (2 * right + false + missed)


def count(pairs: Iterable[Pair], into: dict[str, Counts]) -> None:
    """Adds services to the counts of their codes. `none` is no code to be found; a code given for it is false."""
    for pair in pairs:
        gold = None if pair.gold in (None, "none") else pair.gold
        coded = None if pair.coded in (None, "none") else pair.coded
        if gold is not None and gold == coded:
            into[gold].right += 1
            continue
        if gold is not None:
            into[gold].missed += 1
        if coded is not None:
            into[coded].false += 1


def by_code(outcomes: Iterable[Outcome]) -> dict[str, Counts]:
    """Counts of each code, the most frequent first."""
    out: dict[str, Counts] = defaultdict(Counts)
    for outcome in outcomes:
        count(outcome.pairs, out)
    return dict(sorted(out.items(), key=lambda item: (-item[1].services, item[0])))


def overall(outcomes: Iterable[Outcome]) -> Counts:
    """Counts over all codes."""
    out = Counts()
    for one in by_code(outcomes).values():
        out.right, out.false, out.missed = out.right + one.right, out.false + one.false, out.missed + one.missed
    return out


def by_clinic(outcomes: Iterable[Outcome]) -> dict[str, list[Outcome]]:
    """Outcomes of each clinic."""
    out: dict[str, list[Outcome]] = defaultdict(list)
    for outcome in outcomes:
        out[outcome.clinic].append(outcome)
    return dict(sorted(out.items()))


def confusion(outcomes: Iterable[Outcome], *, most: int = 10) -> tuple[list[str], list[str], list[list[int]]]:
    """Labelled codes, given codes, and how often each met each; rare codes are `other`."""
    pairs = Counter((p.gold or INVENTED, p.coded or MISSED) for o in outcomes for p in o.pairs)
    seen: Counter[str] = Counter()
    for (gold, coded), n in pairs.items():
        seen.update({gold: n, coded: n})
    codes = sorted(c for c, _ in sorted(seen.items(), key=lambda i: (-i[1], i[0])) if c not in (MISSED, INVENTED))
    frequent = sorted(codes, key=lambda c: (-seen[c], c))[:most]
    shown = sorted(frequent) + (["other"] if len(codes) > most else [])
    rows, columns = [*shown, INVENTED], [*shown, MISSED]
    table = [[0] * len(columns) for _ in rows]
    for (gold, coded), n in pairs.items():
        row = gold if gold in rows else "other"
        column = coded if coded in columns else "other"
        table[rows.index(row)][columns.index(column)] += n
    return rows, columns, table


@dataclass(slots=True)
class Bin:
    """A tenth of the services: the mean confidence, the share that was right, how many."""

    confidence: float
    right: float
    services: int


def reliability(outcomes: Iterable[Outcome], bins: int = 10) -> list[Bin]:
    """Services found, in bins of equal count by their confidence."""
    sure = sorted(
        (p.confidence, p.coded == p.gold)
        for o in outcomes for p in o.pairs if p.gold not in (None, "none") and p.coded not in (None, "none")
    )  # fmt: skip
    cut = [sure[i * len(sure) // bins : (i + 1) * len(sure) // bins] for i in range(bins)]
    return [Bin(sum(c for c, _ in b) / len(b), sum(r for _, r in b) / len(b), len(b)) for b in cut if b]


def calibration_error(bins: Sequence[Bin]) -> float:
    """Expected calibration error: how far confidence is from the share that is right, on average."""
    total = sum(b.services for b in bins)
    return sum(abs(b.confidence - b.right) * b.services for b in bins) / total if total else 0.0


@dataclass(slots=True)
class Covered:
    """Where all above a confidence is let through: the share of services that is, and how much of it is wrong."""

    share: float
    wrong: float


def coverage(outcomes: Iterable[Outcome], points: int = 40) -> list[Covered]:
    """Coverage against error, from the surest service to all of them."""
    sure = sorted(((p.confidence, p.right) for o in outcomes for p in o.pairs if p.coded is not None), reverse=True)
    out, wrong = [], 0
    steps = {round((k + 1) * len(sure) / points) for k in range(points)}
    for number, (_, right) in enumerate(sure, 1):
        wrong += not right
        if number in steps:
            out.append(Covered(number / len(sure), wrong / number))
    return out


def settled(outcomes: Iterable[Outcome]) -> tuple[float, float]:
    """The share of billable services in whole notes that the tool settles, and the share of those that is right."""
    pairs = [p for o in outcomes if o.of_whole_note for p in o.pairs]
    billable = sum(p.gold not in (None, "none") for p in pairs)
    let_through = [p for p in pairs if p.settled and p.coded != "none"]
    right = sum(p.right for p in let_through)
    return (
        len(let_through) / billable if billable else 0.0,
        right / len(let_through) if let_through else 1.0,
    )


def code_given_found(outcomes: Iterable[Outcome]) -> float:
    """The share of right codes among the billable services that were found."""
    found = [
        p.gold == p.coded
        for o in outcomes for p in o.pairs if p.gold not in (None, "none") and p.coded not in (None, "none")
    ]  # fmt: skip
    return sum(found) / len(found) if found else 1.0
