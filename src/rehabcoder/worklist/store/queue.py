"""Reading the queue: filters, order, pages, counts, and one note with all its versions."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from difflib import get_close_matches
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, func, select, tuple_

from rehabcoder.errors import UsageError
from rehabcoder.note import CodedNote
from rehabcoder.worklist.answer import Answer
from rehabcoder.worklist.store.imports import unpack_text
from rehabcoder.worklist.store.tables import coding, decision, note, note_code, note_finding, text

STATES = ("open", "self_settled", "accepted", "changed", "awaiting_addendum", "failed")
DECIDED = ("accepted", "changed")
GROUPS = {"settled": ("self_settled", *DECIDED), "decided": DECIDED}  # names for several states at once
COUNTED = 10_000  # counting stops here: nobody pages further, and a page must not wait for a count of a million


@dataclass(slots=True, frozen=True)
class Filters:
    """What to show of the queue. Every field narrows; dates are ISO, both ends included; `search` looks at note ids."""

    state: str | None = "open"
    clinic: str | None = None
    clinician: str | None = None
    payer: str | None = None
    code: str | None = None
    finding: str | None = None
    since: str | None = None
    until: str | None = None
    search: str | None = None

    def __post_init__(self) -> None:
        if self.state is not None and self.state not in (*STATES, *GROUPS):
            names = ", ".join((*STATES, *GROUPS))
            raise UsageError(f"no state is called {self.state[:30]!r}", remedy=f"One of: {names}, or all.")

    def to_json(self) -> dict[str, str]:
        return {key: value for key, value in asdict(self).items() if value}


@dataclass(slots=True, frozen=True)
class Cursor:
    """Where a page ended: the next one begins behind it, however many pages came before."""

    skips: int
    rank: float
    id: int

    def __str__(self) -> str:
        return f"{self.skips}_{self.rank!r}_{self.id}"

    @classmethod
    def parse(cls, source: str) -> Cursor:
        try:
            skips, rank, at = source.split("_")
            return cls(int(skips), float(rank), int(at))
        except ValueError as error:
            raise UsageError("this page is not known", remedy="Begin at the first page.") from error


@dataclass(slots=True, frozen=True)
class Item:
    """One note of the queue, without its text."""

    id: int
    note_id: str
    state: str
    version: int
    rank: float
    money: float
    mismatch: float
    uncertainty: float
    severity: float
    overpaid: float
    underpaid: float
    age_from: str
    date_of_service: str | None
    clinic: str | None
    clinician: str | None
    payer: str | None
    primary_code: str | None
    decided_by: str | None
    skips: int

    @property
    def cursor(self) -> Cursor:
        return Cursor(self.skips, self.rank, self.id)


@dataclass(slots=True)
class Case:
    """One note with everything a reviewer needs. `text` is None once it was purged."""

    item: Item
    text: str | None
    meta: dict[str, Any]
    coded: CodedNote
    coding_id: int
    answer: Answer
    touched: bool  # whether someone has worked on the answer since the tool suggested it


ORDER = (note.c.skips, note.c.rank, note.c.id)
ITEM = tuple(note.c[name] for name in Item.__slots__)


def conditions(filters: Filters) -> list[ColumnElement[bool]]:
    """The WHERE of a filter. Values are always bound, never part of the statement."""
    where: list[ColumnElement[bool]] = []
    if filters.state is not None:
        names = GROUPS.get(filters.state, (filters.state,))
        where.append(note.c.state == names[0] if len(names) == 1 else note.c.state.in_(names))
    for name in ("clinic", "clinician", "payer"):
        if (value := getattr(filters, name)) is not None:
            where.append(note.c[name] == value)
    if filters.since:
        where.append(note.c.date_of_service >= filters.since)
    if filters.until:
        where.append(note.c.date_of_service <= filters.until)
    if filters.search:
        # By itself, so that the small index of the ids is read and not the notes.
        ids = note.alias()
        where.append(note.c.id.in_(select(ids.c.id).where(ids.c.note_id.contains(filters.search, autoescape=True))))
    if filters.code:
        where.append(note.c.id.in_(select(note_code.c.note).where(note_code.c.code == filters.code)))
    if filters.finding:
        where.append(note.c.id.in_(select(note_finding.c.note).where(note_finding.c.finding == filters.finding)))
    return where


def _ordered(query: Select[Any]) -> Select[Any]:
    return query.order_by(*ORDER)


def page(connection: Connection, filters: Filters, *, limit: int = 50, after: Cursor | None = None) -> list[Item]:
    """The riskiest notes that the filters let through, behind `after`."""
    query = _ordered(select(*ITEM).where(*conditions(filters)))
    if after is not None:
        query = query.where(tuple_(*ORDER) > tuple_(after.skips, after.rank, after.id))
    return [Item(*row) for row in connection.execute(query.limit(limit))]


def stream(connection: Connection, filters: Filters) -> Iterator[Item]:
    """Every note that the filters let through, in the order of the queue, without holding them all."""
    query = _ordered(select(*ITEM).where(*conditions(filters)))
    for row in connection.execute(query, execution_options={"yield_per": 1_000}):
        yield Item(*row)


def count(connection: Connection, filters: Filters) -> tuple[int, bool]:
    """How many notes the filters let through, and whether that is all: counting stops at 10,000."""
    some = select(note.c.id).where(*conditions(filters)).limit(COUNTED + 1).subquery()
    found = int(connection.execute(select(func.count()).select_from(some)).scalar_one())
    return min(found, COUNTED), found <= COUNTED


def states(connection: Connection) -> dict[str, int]:
    """How many notes there are in each state."""
    rows = connection.execute(select(note.c.state, func.count()).group_by(note.c.state))
    found: dict[str, int] = {row[0]: row[1] for row in rows}
    return {state: found.get(state, 0) for state in STATES}


def choices(connection: Connection, column: str) -> list[str]:
    """The values of a column that a filter may take: clinic, clinician, payer, code or finding."""
    where = {"code": note_code.c.code, "finding": note_finding.c.finding}.get(column)
    source = note.c[column] if where is None else where
    # A loose index scan: one step an existing value, not one a row.
    value = connection.execute(select(func.min(source))).scalar_one()
    found: list[str] = []
    while value is not None and len(found) < 500:
        found.append(str(value))
        value = connection.execute(select(func.min(source)).where(source > value)).scalar_one()
    return found


def check_names(connection: Connection, filters: Filters) -> None:
    """See that the clinic, clinician and payer of the filters are those of some note.

    Raises:
        UsageError: one is of none; the nearest names are given.
    """
    for column in ("clinic", "clinician", "payer"):
        name = getattr(filters, column)
        if not name or connection.execute(select(note.c.id).where(note.c[column] == name).limit(1)).first():
            continue
        known = choices(connection, column)
        folded = {each.casefold(): each for each in known}
        near = [folded[each] for each in get_close_matches(name.casefold(), folded, n=3)]
        said = f"Did you mean {' or '.join(near)}?" if near else f"There are: {', '.join(known[:8]) or 'none'}."
        raise UsageError(f"no note is of a {column} {name[:60]!r}", remedy=said)


def find(connection: Connection, note_ids: Sequence[str]) -> dict[str, Item]:
    """The notes with these ids."""
    found = connection.execute(select(*ITEM).where(note.c.note_id.in_(list(note_ids))))
    return {item.note_id: item for item in (Item(*row) for row in found)}


def open_case(connection: Connection, at: int) -> Case | None:
    """One note, or None when there is none (any more)."""
    return next(iter(open_cases(connection, [at])), None)


def open_cases(connection: Connection, ids: Sequence[int]) -> list[Case]:
    """Several notes, in the order of `ids`."""
    query = (
        select(*ITEM, note.c.answer, text.c.text, text.c.meta, coding.c.coded, coding.c.id)
        .join(text, text.c.id == note.c.text_id)
        .join(coding, coding.c.id == note.c.coding_id)
    )
    cases: dict[int, Case] = {}
    for begin in range(0, len(ids), 1_000):
        part = query.where(note.c.id.in_(list(ids[begin : begin + 1_000])))
        cases |= {row[0]: _case(row) for row in connection.execute(part)}
    return [cases[at] for at in ids if at in cases]


def _case(row: Any) -> Case:
    answer, body, meta, coded_json, coding_id = row[len(ITEM) :]
    coded = CodedNote.from_json(json.loads(coded_json))
    return Case(
        item=Item(*row[: len(ITEM)]),
        text=None if body is None else unpack_text(body),
        meta=json.loads(meta),
        coded=coded,
        coding_id=coding_id,
        answer=Answer.loads(answer) if answer else Answer.of(coded),
        touched=answer is not None,
    )


def history(connection: Connection, at: int) -> list[dict[str, Any]]:
    """The decisions on one note, oldest first."""
    query = select(decision).where(decision.c.note == at).order_by(decision.c.id)
    return [dict(row._mapping) for row in connection.execute(query)]


def versions(connection: Connection, note_id: str) -> list[dict[str, Any]]:
    """Every coding of one note, oldest first, each with the hash of the text it belongs to."""
    query = (
        select(coding.c.id, coding.c.imported_at, coding.c.model_version, coding.c.rules_version, text.c.text_sha256)
        .join(text, text.c.id == coding.c.text_id)
        .where(coding.c.note_id == note_id)
        .order_by(coding.c.id)
    )
    return [dict(row._mapping) for row in connection.execute(query)]
