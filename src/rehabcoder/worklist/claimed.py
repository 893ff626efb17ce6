"""What an answer puts on the claim: its services as the arithmetic of billing takes them, and their units."""

from __future__ import annotations

from collections.abc import Mapping

from rehabcoder.billing.claim import claim_lines
from rehabcoder.billing.policies import Policy
from rehabcoder.note import Service
from rehabcoder.worklist.answer import Answer

Units = Mapping[str, int | None]
"""Units by code, None where no minutes give them."""


def services_of(answer: Answer) -> list[Service]:
    """The services of an answer, without their words."""
    return [
        Service(s.start or 0, s.end or 0, "", s.code, labelled=s.labelled, minutes=s.minutes) for s in answer.services
    ]


def units_of(answer: Answer, policy: Policy, *, stated_timed: int | None) -> dict[str, int | None]:
    """The units that an answer supports, by the lines of its claim: what is not billable makes none, and a payer's own
    name of a code is the same code.
    """
    return {line.code: line.units for line in claim_lines(services_of(answer), policy, stated_timed=stated_timed)[0]}


def in_words(units: Units) -> str:
    """Units as people read them: `97110 x2, 97530 x1`; `?` where no minutes give them."""
    return ", ".join(f"{code} x{'?' if count is None else count}" for code, count in units.items()) or "nothing"
