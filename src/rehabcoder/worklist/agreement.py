"""How far two coders agree: raw agreement and Cohen's kappa, over all and code by code.

Two answers are compared by what they bill: the code with most minutes, and for each code whether the note supports it.
Where the words of a service begin and end does not enter.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass

from rehabcoder.billing.codes import is_timed
from rehabcoder.worklist.answer import Answer


@dataclass(slots=True, frozen=True)
class Agreement:
    """`kappa` is None where chance alone would agree on everything, so that there is nothing to measure."""

    notes: int
    agreed: int
    kappa: float | None

    @property
    def share(self) -> float | None:
        return self.agreed / self.notes if self.notes else None


def cohens_kappa(pairs: Sequence[tuple[Hashable, Hashable]]) -> Agreement:
    """Cohen's kappa of two raters (Cohen 1960): agreement beyond what their own habits would give by chance."""
    n = len(pairs)
    agreed = sum(a == b for a, b in pairs)
    if not n:
        return Agreement(0, 0, None)
    first, second = Counter(a for a, _ in pairs), Counter(b for _, b in pairs)
    chance = sum(first[value] * second[value] for value in first) / n**2
    return Agreement(n, agreed, None if chance == 1 else (agreed / n - chance) / (1 - chance))


def main_code(answer: Answer) -> str:
    """The timed code with most minutes, ties by the lower number; the lowest code where no minutes are known."""
    minutes: Counter[str] = Counter()
    for service in answer.services:
        if is_timed(service.code):
            minutes[service.code] += service.minutes or 0
    return min(minutes, key=lambda code: (-minutes[code], code), default="none")


def agreement(pairs: Sequence[tuple[Answer, Answer]]) -> tuple[Agreement, Mapping[str, Agreement]]:
    """Agreement on the main code, and for each code on whether the note supports it."""
    overall = cohens_kappa([(main_code(a), main_code(b)) for a, b in pairs])
    sets = [({s.code for s in a.services}, {s.code for s in b.services}) for a, b in pairs]
    codes = sorted(set().union(*(a | b for a, b in sets)) - {"none"}) if sets else []
    return overall, {code: cohens_kappa([(code in a, code in b) for a, b in sets]) for code in codes}
