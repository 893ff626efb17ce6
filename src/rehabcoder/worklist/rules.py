"""The payer's rules of a note: those of its day of service, as `claims` takes them."""

from __future__ import annotations

from datetime import date
from functools import cache
from pathlib import Path

from rehabcoder.billing.policies import DEFAULT_POLICY, Policy, load_policy
from rehabcoder.billing.pooling import PolicyOn
from rehabcoder.errors import PolicyError


def policy_on(name_or_path: str | Path = DEFAULT_POLICY) -> PolicyOn:
    """The rules of a policy by day: today's where no day is known, or no version covers it.

    Raises:
        PolicyError: there is no such policy, or its file is wrong.
    """
    present = load_policy(name_or_path)

    @cache
    def on(day: date | None) -> Policy:
        if day is None:
            return present
        try:
            return load_policy(name_or_path, on=day)
        except PolicyError:  # a slip in one date must not keep a backlog out
            return present

    return on


def in_words(policy: PolicyOn) -> str:
    """The rules as a report names them."""
    return f"{policy(None).id}, as of each day of service"
