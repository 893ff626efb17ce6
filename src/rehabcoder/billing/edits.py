"""NCCI pairs and medically unlikely edits, by day of service; deleted pairs that are still taught are known as such.

Sources: `knowledge/edits/`. Column 2 of a pair is the code that is denied and takes the modifier. Indicator 0: never
together; 1: together with 59 or an X modifier when distinct; 9: cancelled from its first day.
"""

from __future__ import annotations

import csv
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache
from itertools import combinations
from typing import Literal

from rehabcoder.billing.codes import KNOWLEDGE

EDITS = KNOWLEDGE / "edits"
Table = Literal["practitioner", "hospital"]
Verdict = Literal["never_together", "modifier", "retired", "no_edit"]
DISTINCT = ("59", "XE", "XS", "XP", "XU")
"""Modifiers that mark a distinct service: 59, or separate encounter, structure, practitioner, unusual overlap."""


@dataclass(slots=True, frozen=True)
class Pair:
    """One NCCI pair as the tables hold it. `last_day` is None while it is in force; `cancelled` pairs never were."""

    column1: str
    column2: str
    indicator: int
    hospital: int | None  # the indicator of the hospital table where it differs; None with in_hospital False: not there
    in_hospital: bool
    last_day: date | None
    cancelled: bool
    confidence: str
    sources: tuple[str, ...]
    note: str

    def in_force(self, on: date | None, table: Table = "practitioner") -> bool:
        if self.cancelled or (table == "hospital" and not self.in_hospital):
            return False
        return self.last_day is None or (on is not None and on <= self.last_day)

    def indicator_in(self, table: Table) -> int:
        return self.hospital if table == "hospital" and self.hospital is not None else self.indicator


@dataclass(slots=True, frozen=True)
class Edit:
    """What the tables say of two codes on one day. `takes_modifier`: the column 2 code, where a modifier can help."""

    codes: tuple[str, str]
    verdict: Verdict
    says: str
    takes_modifier: str | None = None
    pair: Pair | None = None

    @property
    def source(self) -> str:
        names = self.pair.sources if self.pair else ("ncci-2024-07",)
        return "; ".join(source_title(name) for name in names)


@dataclass(slots=True, frozen=True)
class UnitLimit:
    """The medically unlikely edit of one code: most units a day. `adjudication` 2 cannot be exceeded with any proof."""

    code: str
    units: int
    adjudication: int | None
    effective_from: date | None
    effective_to: date | None
    source: str


@lru_cache(maxsize=1 << 12)  # visits bill the same few pairs again and again
def edit_between(a: str, b: str, *, on: date | None = None, table: Table = "practitioner") -> Edit:
    """What NCCI says of two codes on one claim: in force, deleted, or no edit at all. Without a day: today's state."""
    pairs = [pair for key in ((a, b), (b, a)) if (pair := ncci_pairs().get(key)) is not None]
    for pair in pairs:
        if pair.in_force(on, table):
            return _in_force(pair, table)
    gone = [pair for pair in pairs if pair.cancelled or pair.last_day]
    return _retired(gone[0]) if gone else Edit((a, b), "no_edit", f"{a} with {b}: no edit, no modifier needed.")


def edits_among(codes: Iterable[str], *, on: date | None = None, table: Table = "practitioner") -> list[Edit]:
    """Every pair of these codes that has an edit or had one, those in force first."""
    found = [edit_between(a, b, on=on, table=table) for a, b in combinations(dict.fromkeys(codes), 2)]
    order: dict[Verdict, int] = {"never_together": 0, "modifier": 1, "retired": 2, "no_edit": 3}
    return sorted((edit for edit in found if edit.verdict != "no_edit"), key=lambda edit: order[edit.verdict])


def unit_limit(code: str, *, on: date | None = None, table: Table = "practitioner") -> UnitLimit | None:
    """The most units a day of a code, or None where no table gives one."""
    for limit in _limits(table).get(code, ()):
        begun = on is None or limit.effective_from is None or limit.effective_from <= on
        ended = limit.effective_to is not None and limit.effective_to < (on or date.max)
        if begun and not ended:
            return limit
    return None


def source_title(name: str) -> str:
    """The full title of a source of `sources.toml`."""
    return str(_sources()[name]["title"])


def before_tables(on: date | None) -> bool:
    """Whether a day lies before the first table at hand, so that its edits are those of the later table."""
    return on is not None and on < _sources()["ncci-2024-07"]["first_day"]


@cache
def ncci_pairs() -> Mapping[tuple[str, str], Pair]:
    """Every pair of the tables, in force or not, by column 1 and column 2."""
    with (EDITS / "ncci.csv").open(encoding="utf-8", newline="") as lines:
        return {(row["column1"], row["column2"]): _pair(row) for row in csv.DictReader(lines)}


def _pair(row: Mapping[str, str]) -> Pair:
    last, hospital = row["last_day"], row["hospital"]
    return Pair(
        column1=row["column1"],
        column2=row["column2"],
        indicator=int(row["indicator"]),
        hospital=int(hospital) if hospital.isdigit() else None,
        in_hospital=hospital != "absent",
        last_day=date.fromisoformat(last) if last not in ("", "never") else None,
        cancelled=last == "never",
        confidence=row["confidence"],
        sources=tuple(row["sources"].split()),
        note=row["note"],
    )


@cache
def _limits(table: Table) -> Mapping[str, list[UnitLimit]]:
    limits: dict[str, list[UnitLimit]] = {}
    with (EDITS / "mue.csv").open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            units = row["hospital"] if table == "hospital" and row["hospital"] else row["units"]
            limit = UnitLimit(
                code=row["code"],
                units=int(units),
                adjudication=int(row["adjudication"]) if row["adjudication"] else None,
                effective_from=date.fromisoformat(row["effective_from"]) if row["effective_from"] else None,
                effective_to=date.fromisoformat(row["effective_to"]) if row["effective_to"] else None,
                source=row["source"],
            )
            limits.setdefault(limit.code, []).append(limit)
    return limits


@cache
def _sources() -> Mapping[str, Mapping[str, date]]:
    with (EDITS / "sources.toml").open("rb") as file:
        return tomllib.load(file)


def _in_force(pair: Pair, table: Table) -> Edit:
    one, two = pair.column1, pair.column2
    ended = f" The edit was deleted after {pair.last_day}." if pair.last_day else ""
    if pair.indicator_in(table) == 0:
        says = f"{one} with {two}: never together on one day; {two} is denied and no modifier helps.{ended}"
        return Edit((one, two), "never_together", says, None, pair)
    says = (
        f"{one} with {two}: {two} takes 59 or XE, XS, XP, XU, and only if the two were distinct, in separate minutes "
        f"that the note shows.{ended}"
    )
    return Edit((one, two), "modifier", says, two, pair)


def _retired(pair: Pair) -> Edit:
    one, two = pair.column1, pair.column2
    if pair.cancelled:
        history = "an edit was once announced and cancelled from its first day."
    else:
        story = f" ({pair.note})" if pair.note else ""
        history = f"the edit, still taught, was last in force on {pair.last_day}{story}. Some payers still apply it."
    return Edit((one, two), "retired", f"{one} with {two}: no modifier needed; {history}", None, pair)
