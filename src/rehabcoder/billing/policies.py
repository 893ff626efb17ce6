"""Payer policies: TOML files with dated versions, checked on load, unknown keys refused."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

from rehabcoder.billing.codes import KNOWLEDGE
from rehabcoder.billing.policy_schema import check_table
from rehabcoder.billing.units import Rule, Tie
from rehabcoder.errors import PolicyError

POLICIES = KNOWLEDGE / "policies"
DEFAULT_POLICY = "medicare-part-b"


@dataclass(slots=True, frozen=True)
class CodeTerms:
    """How a payer handles one code: at most so many units (0: never paid apart), or another code in its place."""

    units: int | None = None
    bill_as: str | None = None
    why: str = ""


@dataclass(slots=True, frozen=True)
class ModifierTerms:
    """Which modifiers a payer asks for. `assistant_share` is the part of the fee that a unit with CQ or CO earns."""

    discipline: bool = True
    assistant: Literal["none", "ten_percent", "ten_percent_2022"] = "none"
    assistant_share: Decimal = Decimal(1)
    kx_threshold: Decimal = Decimal(0)


@dataclass(slots=True, frozen=True)
class Policy:
    """What one payer asks for in one period. Money is in dollars, as Decimal; dates are inclusive."""

    id: str
    name: str
    version: str
    source: str
    effective_from: date
    effective_to: date | None = None
    rule: Rule = "cms"
    tie: Tie = "most_minutes"
    minutes_required: Literal["per_service", "total"] = "total"
    least_minutes_of_service: int = 0
    most_therapies_per_visit: int = 0
    most_therapies_phase: Literal["initial", "any"] = "any"
    ncci: Literal["practitioner", "hospital", "none"] = "practitioner"
    mue: Literal["practitioner", "hospital", "none"] = "practitioner"
    findings_on: tuple[str, ...] = ()
    findings_off: tuple[str, ...] = ()
    codes: dict[str, CodeTerms] = field(default_factory=dict)
    fees: dict[str, Decimal] = field(default_factory=dict)
    modifiers: ModifierTerms = field(default_factory=ModifierTerms)
    file: str = ""

    @property
    def rules_version(self) -> str:
        """The policy and its version, as coded notes carry it: `medicare-part-b@2024`."""
        return f"{self.id}@{self.version}"

    def fee(self, code: str) -> Decimal | None:
        """Dollars for one unit of the code; None where the policy gives none."""
        return self.fees.get(code, self.fees.get("default"))

    def as_paid(self, code: str) -> str:
        """The code under which the payer takes this one: itself, or the one that stands in its place."""
        terms = self.codes.get(code)
        return terms.bill_as if terms and terms.bill_as else code

    def units_as_paid(self, units: Mapping[str, int]) -> dict[str, int]:
        """Units of each code, added up under the codes that the payer takes."""
        paid: dict[str, int] = {}
        for code, n in units.items():
            paid[self.as_paid(code)] = paid.get(self.as_paid(code), 0) + n
        return paid

    def paid_units(self, code: str, units: int) -> int:
        """So many units of a code, or as many of them as the payer takes."""
        terms = self.codes.get(code)
        return units if terms is None or terms.units is None else min(units, terms.units)

    def in_force(self, on: date) -> bool:
        return self.effective_from <= on and (self.effective_to is None or on <= self.effective_to)


def load_policy(name_or_path: str | Path = DEFAULT_POLICY, *, on: date | None = None) -> Policy:
    """The version of a policy that is in force on a day.

    Args:
        name_or_path: the name of a shipped policy, or a TOML file (anything that ends in .toml or holds a slash).
        on: the day of service. Without one: today, or the newest version if none is in force today.

    Raises:
        PolicyError: there is no such policy, its file is wrong, or no version of it is in force on that day.
    """
    versions = read_policy(policy_path(name_or_path))
    for policy in versions:
        if policy.in_force(on or date.today()):
            return policy
    if on is None:
        return versions[-1]
    first, last = versions[0], versions[-1]
    raise PolicyError(
        f"policy {first.id} has no version in force on {on.isoformat()}; it covers {first.effective_from.isoformat()} "
        f"to {last.effective_to.isoformat() if last.effective_to else 'today'}",
        where=first.file,
        remedy="Check the date of service, or add a [[versions]] entry for that day to a copy of the policy.",
    )


def policy_path(name_or_path: str | Path) -> Path:
    """The file of a shipped policy by name, or the given file.

    Raises:
        PolicyError: no policy of that name is shipped.
    """
    text = str(name_or_path)
    if isinstance(name_or_path, Path) or text.endswith(".toml") or "/" in text or "\\" in text:
        return Path(name_or_path)
    path = POLICIES / f"{text}.toml"
    if not path.is_file():
        raise PolicyError(
            f"no policy is called {text!r}",
            remedy=f"Use one of {', '.join(shipped_policies())}, or the path of a TOML file.",
        )
    return path


def shipped_policies() -> list[str]:
    """Names of the policies that come with the package."""
    return sorted(path.stem for path in POLICIES.glob("*.toml"))


def read_policy(path: Path) -> list[Policy]:
    """Every version in a policy file, the oldest first.

    Raises:
        PolicyError: the file cannot be read, is no TOML, or holds an unknown key, a wrong value or overlapping dates.
    """
    try:
        return list(_versions_of(path, path.stat().st_mtime_ns))
    except OSError as error:
        raise PolicyError(error.strerror or "cannot be read", where=str(path), remedy="Check the path.") from error


@lru_cache(maxsize=64)
def _versions_of(path: Path, _changed: int) -> tuple[Policy, ...]:
    where = path.name if path.parent == POLICIES else str(path)
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"), parse_float=Decimal)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise PolicyError(f"is no valid TOML: {error}", where=where, remedy="Mend that line.") from error
    check_table(table, where=where)
    base = {key: value for key, value in table.items() if key != "versions"}
    versions = [_policy(_merge(base, version), where) for version in table["versions"]]
    versions.sort(key=lambda policy: policy.effective_from)
    check_dates(versions)
    return tuple(versions)


def check_dates(policies: Iterable[Policy]) -> None:
    """Refuse versions of one policy, from one file or several, that are in force on the same day.

    Raises:
        PolicyError: a version ends before it begins, or two overlap.
    """
    last: dict[str, Policy] = {}
    for policy in sorted(policies, key=lambda p: (p.id, p.effective_from)):
        if policy.effective_to is not None and policy.effective_to < policy.effective_from:
            raise PolicyError(
                f"version {policy.version} of {policy.id} ends on {policy.effective_to} before it begins on "
                f"{policy.effective_from}",
                where=policy.file,
                remedy="Swap or mend effective_from and effective_to.",
            )
        before = last.get(policy.id)
        if before is not None and (before.effective_to is None or before.effective_to >= policy.effective_from):
            end = before.effective_to or "any later day"
            both = policy.file if before.file == policy.file else f"{before.file} and {policy.file}"
            raise PolicyError(
                f"versions {before.version} and {policy.version} of {policy.id} overlap: {before.effective_from} to "
                f"{end}, and from {policy.effective_from}",
                where=both,
                remedy=f"Give version {before.version} an effective_to before {policy.effective_from}.",
            )
        last[policy.id] = policy


def _merge(base: Mapping[str, Any], version: Mapping[str, Any]) -> dict[str, Any]:
    """A version's keys over those of the file; tables are merged by key, so that a version names only what differs."""
    merged = dict(base)
    for key, value in version.items():
        if isinstance(value, dict) and isinstance(merged.get(key), dict):
            merged[key] = {**merged[key], **value}
        else:
            merged[key] = value
    if "source" in version:
        merged["source"] = f"{base['source']}; {version['source']}"
    return merged


def _policy(table: dict[str, Any], file: str) -> Policy:
    fields = dict(table)
    fields["codes"] = {code: CodeTerms(**terms) for code, terms in fields.get("codes", {}).items()}
    fields["fees"] = {code: Decimal(value) for code, value in fields.get("fees", {}).items()}
    terms = dict(fields.get("modifiers", {}))
    for key in ("assistant_share", "kx_threshold"):
        if key in terms:
            terms[key] = Decimal(terms[key])
    fields["modifiers"] = ModifierTerms(**terms)
    for key in ("findings_on", "findings_off"):
        fields[key] = tuple(fields.get(key, ()))
    return Policy(**fields, file=file)
