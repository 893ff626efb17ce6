"""The registry of findings: a small function each, found by the name that policies and coded notes use."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache

from rehabcoder.billing.policies import Policy
from rehabcoder.language.patterns import knowledge
from rehabcoder.note import ClaimLine, Finding, Note, Service, Totals
from rehabcoder.predict.model import Model
from rehabcoder.predict.predicted import Predicted


@dataclass(slots=True)
class Context:
    """Everything a finding may look at."""

    note: Note
    predicted: Predicted
    services: list[Service]
    lines: list[ClaimLine]
    totals: Totals
    policy: Policy
    model: Model

    def element(self, name: str) -> tuple[float, int]:
        """The strongest sign of a documentation element: its probability and the number of its piece (-1: no text)."""
        column = self.predicted.elements[:, self.model.elements.column(name)]
        if not len(column):
            return 0.0, -1
        reading = self.predicted.reading
        if reading.copied and name != "functional_goal":  # what was aimed at still holds, what was seen does not
            column = column * [not reading.was_copied(piece) for piece in reading.pieces]
        best = int(column.argmax())
        return float(column[best]), best


@dataclass(slots=True, frozen=True)
class Raised:
    """A finding that holds: where the words are (None: nothing to point at), what to add to the standard message, and
    a severity or a rule where this one has another than most."""

    start: int | None = None
    end: int | None = None
    detail: str = ""
    severity: str | None = None
    rule: str | None = None


Check = Callable[[Context], Raised | None]
CHECKS: dict[str, Check] = {}


def finding(name: str) -> Callable[[Check], Check]:
    """Registers a function as the check behind a finding."""

    def register(check: Check) -> Check:
        CHECKS[name] = check
        return check

    return register


@dataclass(slots=True, frozen=True)
class Terms:
    """What `knowledge/findings.toml` says of one finding."""

    severity: str
    default: bool
    message: str
    rule: str


@cache
def terms() -> dict[str, Terms]:
    """All findings by id."""
    return {name: Terms(**entry) for name, entry in knowledge("findings").items()}


def raise_findings(context: Context) -> Iterator[Finding]:
    """The findings that hold, in the order of `findings.toml`, as far as the payer's policy has them switched on."""
    for name in terms():
        if switched_on(name, context.policy) and (raised := CHECKS[name](context)):
            yield as_finding(name, raised)


def switched_on(name: str, policy: Policy) -> bool:
    """Whether a payer's policy has a finding switched on."""
    return name not in policy.findings_off and (terms()[name].default or name in policy.findings_on)


def as_finding(name: str, raised: Raised) -> Finding:
    """A finding that holds, in the words of `findings.toml`."""
    entry = terms()[name]
    message = f"{entry.message} {raised.detail}".strip()
    return Finding(
        name, raised.severity or entry.severity, message, raised.start, raised.end, raised.rule or entry.rule
    )
