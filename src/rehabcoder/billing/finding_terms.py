"""What is known of the findings on claims and across visits, and the names that a policy may switch on or off."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from typing import Literal, get_args

from rehabcoder.billing.codes import KNOWLEDGE
from rehabcoder.note import Finding

Severity = Literal["high", "medium", "low"]
SEVERITIES: tuple[str, ...] = get_args(Severity)  # the gravest first


@dataclass(slots=True, frozen=True)
class FindingTerms:
    """One entry of `knowledge/billing_findings.toml`; `of` is what the finding is about, `claim` or `visits`."""

    of: Literal["claim", "visits"]
    severity: Severity
    default: bool
    message: str
    rule: str


@cache
def billing_findings() -> dict[str, FindingTerms]:
    """The findings of this package by id."""
    table = tomllib.loads((KNOWLEDGE / "billing_findings.toml").read_text(encoding="utf-8"))
    return {name: FindingTerms(**entry) for name, entry in table.items()}


@cache
def all_findings() -> dict[str, dict[str, object]]:
    """Every finding by id, those on the words of a note first: severity, default, message, rule."""
    notes: dict[str, dict[str, object]] = tomllib.loads((KNOWLEDGE / "findings.toml").read_text(encoding="utf-8"))
    own = tomllib.loads((KNOWLEDGE / "billing_findings.toml").read_text(encoding="utf-8"))
    return {name: {"of": "note"} | entry for name, entry in (notes | own).items()}


def claim_finding(name: str, message: str, *, severity: Severity | None = None, rule: str | None = None) -> Finding:
    """A finding on a claim with its own sentence; severity and rule as in the file unless given."""
    terms = billing_findings()[name]
    return Finding(name, severity or terms.severity, message, rule=rule or terms.rule)
