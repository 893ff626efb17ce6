"""Labels most likely wrong: where a model that had not seen a note contradicts its label and is sure of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from rehabcoder.training.outcomes import Outcome

_LEAST = 0.3
_QUOTED = 160  # characters of a description that the report shows


@dataclass(slots=True, frozen=True)
class Suspect:
    """A label to look at again: where it stands, its words, the code it has and the one that is proposed.

    `doubt` is by how much the proposed code is more likely, from the description alone (0 to 1).
    """

    place: str
    quote: str
    code: str
    proposed: str
    doubt: float


def suspects(outcomes: Iterable[Outcome], most: int = 30) -> list[Suspect]:
    """The labels most likely wrong, the most doubtful first."""
    found = [
        Suspect(outcome.place, _short(outcome.text[pair.start : pair.end]), pair.gold, pair.coded, pair.doubt)
        for outcome in outcomes
        for pair in outcome.pairs
        if pair.gold and pair.coded and pair.gold != pair.coded and pair.doubt >= _LEAST
    ]
    return sorted(found, key=lambda s: (-s.doubt, s.place, s.quote))[:most]


def _short(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= _QUOTED else text[: _QUOTED - 1] + "…"
