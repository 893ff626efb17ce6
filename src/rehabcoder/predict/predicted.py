"""What is known of a note on its way through the models: what it offers to choose from, and what was chosen."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from rehabcoder.language.attendance import Attendance
from rehabcoder.language.company import Shared
from rehabcoder.language.counted import Count, listed
from rehabcoder.language.layout import Place
from rehabcoder.language.minutes import Minutes
from rehabcoder.language.paths import Span
from rehabcoder.language.reading import Reading
from rehabcoder.language.segments import Whole
from rehabcoder.language.totals import Stated
from rehabcoder.language.turns import Turn
from rehabcoder.predict.joining import Ranked
from rehabcoder.predict.model import Floats


@dataclass(slots=True)
class Found:
    """One service as the models see it, before billing: where it is, what it is called, what it supports, how long."""

    start: int
    end: int
    pieces: tuple[int, int]
    labelled: str | None
    label_span: tuple[int, int] | None
    probabilities: Ranked  # the label joined
    described: Ranked  # from the description alone
    minutes: Minutes
    certainty: float  # how clearly the words are those of a service
    lead: float  # by how much this way to cut the note leads over the next one
    attendance: Attendance | None = None  # what the note says of the service not being given one-on-one

    @property
    def code(self) -> str:
        return self.probabilities[0][0]


Way: TypeAlias = tuple[float, list[Span]]
"""A way to cut a note: the tagger's score, and the services by their pieces."""

Rows: TypeAlias = "array[int]"
"""Features by their rows in the vocabulary; packed, since training holds those of thousands of notes."""


@dataclass(slots=True)
class Predicted:
    """All that the models say of one note."""

    reading: Reading
    stated: Stated
    services: list[Found]
    elements: Floats  # pieces x elements, probabilities
    layout: list[Place]
    adds_up: (
        str  # whether the minutes read add up to what the note states: the strongest sign that they were read right
    )
    rows: list[Rows] = field(default_factory=list)  # word features of each piece
    shared: Shared = field(default_factory=Shared)  # another patient at the same time
    session: float = 0.0  # log odds that the note is one of a therapy session


@dataclass(slots=True)
class Proposal:
    """What a note offers to choose from: its reading, what its pieces look like, and the tagger's best ways to cut it."""

    reading: Reading
    stated: Stated
    layout: list[Place]
    rows: list[Rows]  # word features of each piece
    clauses: list[list[Rows]]  # and of each of its clauses
    kinds: Floats
    session: float  # log odds that the note is one of a therapy session
    ways: list[Way]
    aside: frozenset[int]  # pieces that no service can hold
    counts: list[Count]  # of services whose minutes a list, a footer or a bill gives
    turns: list[Turn] = field(default_factory=list)

    def whole(self, kinds: Sequence[str]) -> Whole:
        """What the ways to cut the note are weighed by; `kinds` are the model's."""
        return Whole(
            self.reading, self.kinds, kinds, self.layout, self.stated, self.session, self.aside, listed(self.counts)
        )
