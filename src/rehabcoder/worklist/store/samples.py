"""Samples in the database: the frame they come from, their notes, and the second look at each."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection, func, insert, literal, select, update

from rehabcoder.errors import UsageError
from rehabcoder.note import CodedNote
from rehabcoder.worklist.answer import Answer
from rehabcoder.worklist.reviewers import same_person
from rehabcoder.worklist.sampling import Drawn, Unit
from rehabcoder.worklist.store.database import now
from rehabcoder.worklist.store.decisions import ConflictError
from rehabcoder.worklist.store.imports import unpack_text
from rehabcoder.worklist.store.queue import Case, Filters, conditions, open_cases
from rehabcoder.worklist.store.tables import coding, decision, note, sample, sample_item, text

STRATIFY = {
    "clinic": note.c.clinic,
    "clinician": note.c.clinician,
    "payer": note.c.payer,
    "code": note.c.primary_code,
    "state": note.c.state,
}


@dataclass(slots=True, frozen=True)
class Sample:
    """A sample as it was drawn."""

    id: int
    name: str
    made_at: str
    made_by: str
    design: str
    seed: int
    frame_sha256: str
    frame_size: int
    frame: dict[str, Any]
    strata: tuple[tuple[str, int, int], ...]
    confidence: float
    precision: float


@dataclass(slots=True, frozen=True)
class SampleItem:
    """One note of a sample: the answer under review, and the second one once it is there."""

    id: int
    sample_id: int
    note: int
    note_id: str
    position: int
    stratum: str
    draws: int
    chance: float
    coding_id: int
    first: Answer
    first_by: str | None
    second: Answer | None
    draft: Answer | None
    second_by: str | None
    second_at: str | None
    version: int
    coded: dict[str, Any]
    meta: dict[str, Any]


def frame(connection: Connection, filters: Filters, *, by: Sequence[str] = ()) -> list[Unit]:
    """The notes that the filters let through, as units of a sampling frame.

    Raises:
        UsageError: `by` names something that notes cannot be stratified by.
    """
    for name in by:
        if name not in STRATIFY:
            raise UsageError(f"notes cannot be stratified by {name[:30]!r}", remedy=f"By: {', '.join(STRATIFY)}.")
    stratum: Any = literal("")
    for number, name in enumerate(by):
        part = func.coalesce(STRATIFY[name], "(none)")
        stratum = part if number == 0 else stratum + " / " + part
    terms = 100 * (note.c.money + note.c.mismatch + note.c.uncertainty + note.c.severity) / 4
    query = (
        select(note.c.id, note.c.note_id, coding.c.sha256, stratum, terms)
        .join(coding, coding.c.id == note.c.coding_id)
        .where(*conditions(filters))
    )
    return [Unit(*row) for row in connection.execute(query, execution_options={"yield_per": 5_000})]


def save(
    connection: Connection,
    drawn: Drawn,
    *,
    name: str,
    by: str,
    made_from: dict[str, Any],
    confidence: float,
    precision: float,
) -> Sample:
    """Keep a drawn sample with the answers as they stand now.

    Raises:
        UsageError: there is a sample of that name.
    """
    if connection.execute(select(sample.c.id).where(sample.c.name == name)).first():
        raise UsageError(f"there is a sample called {name} already", remedy="Choose another --name.")
    values = {
        "name": name,
        "made_at": now(),
        "made_by": by,
        "design": drawn.design,
        "seed": drawn.seed,
        "frame_sha256": drawn.frame_sha256,
        "frame_size": drawn.frame_size,
        "frame": json.dumps(made_from),
        "strata": json.dumps(drawn.strata),
        "confidence": confidence,
        "precision": precision,
    }
    at = int(connection.execute(insert(sample).values(values).returning(sample.c.id)).scalar_one())
    for start in range(0, len(drawn.draws), 1_000):
        part = drawn.draws[start : start + 1_000]
        cases = {case.item.id: case for case in open_cases(connection, [item.unit.id for item in part])}
        rows = []
        for position, item in enumerate(part, start + 1):
            case = cases[item.unit.id]
            rows.append(
                {
                    "sample_id": at,
                    "note": item.unit.id,
                    "position": position,
                    "stratum": item.stratum,
                    "draws": item.draws,
                    "chance": item.chance,
                    "coding_id": case.coding_id,
                    "first": case.answer.dumps(),
                    "first_by": case.item.decided_by,
                    "version": 1,
                }
            )
        connection.execute(insert(sample_item), rows)
    return find(connection, name)


def all_samples(connection: Connection) -> list[Sample]:
    """The samples, newest first."""
    return [_sample(row) for row in connection.execute(select(sample).order_by(sample.c.id.desc()))]


def find(connection: Connection, name: str) -> Sample:
    """The sample of that name.

    Raises:
        UsageError: there is none.
    """
    row = connection.execute(select(sample).where(sample.c.name == name)).first()
    if row is None:
        raise UsageError(f"there is no sample called {name[:60]}", remedy="See them with: rehabcoder sample list.")
    return _sample(row)


def _sample(row: Any) -> Sample:
    values = dict(row._mapping)
    values["frame"] = json.loads(values["frame"])
    values["strata"] = tuple(tuple(stratum) for stratum in json.loads(values["strata"]))
    return Sample(**values)


def items(connection: Connection, sample_id: int) -> list[SampleItem]:
    """The notes of a sample in the order of the draw."""
    return [_item(row) for row in connection.execute(_items().where(sample_item.c.sample_id == sample_id))]


def item(connection: Connection, item_id: int) -> SampleItem | None:
    """One note of a sample."""
    row = connection.execute(_items().where(sample_item.c.id == item_id)).first()
    return None if row is None else _item(row)


def next_unreviewed(connection: Connection, sample_id: int, *, reviewer: str) -> int | None:
    """The id of the first note of the sample without a second answer that the reviewer did not decide first."""
    query = select(sample_item.c.id, sample_item.c.first_by).where(
        sample_item.c.sample_id == sample_id, sample_item.c.second.is_(None)
    )
    rows = connection.execute(query.order_by(sample_item.c.position))
    return next((row.id for row in rows if not same_person(row.first_by, reviewer)), None)


def progress(connection: Connection) -> dict[int, tuple[int, int]]:
    """For each sample, by its id, how many of its notes are reviewed, and how many it holds."""
    query = select(sample_item.c.sample_id, func.count(sample_item.c.second), func.count())
    return {at: (done, size) for at, done, size in connection.execute(query.group_by(sample_item.c.sample_id))}


def left(connection: Connection, sample_id: int) -> int:
    """How many notes of the sample have no second answer yet."""
    query = select(func.count()).where(sample_item.c.sample_id == sample_id, sample_item.c.second.is_(None))
    return int(connection.execute(query).scalar_one())


def _items() -> Any:
    columns = [column for column in sample_item.c if column.name not in ("first", "second", "draft")]
    return (
        select(*columns, sample_item.c.first, sample_item.c.second, sample_item.c.draft)
        .add_columns(note.c.note_id, coding.c.coded, text.c.meta)
        .join(note, note.c.id == sample_item.c.note)
        .join(coding, coding.c.id == sample_item.c.coding_id)
        .join(text, text.c.id == coding.c.text_id)
        .order_by(sample_item.c.position)
    )


def _item(row: Any) -> SampleItem:
    values = dict(row._mapping)
    for name in ("first", "second", "draft"):
        values[name] = Answer.loads(values[name]) if values[name] else None
    values["coded"], values["meta"] = json.loads(values["coded"]), json.loads(values["meta"])
    return SampleItem(**values)


def case_of(connection: Connection, item: SampleItem) -> Case | None:
    """The note of a sample's item as it was drawn, without an addendum that came since, with the reviewer's draft as its
    answer and nothing of the first decision.
    """
    cases = open_cases(connection, [item.note])
    if not cases:
        return None
    drawn = select(text.c.text).join(coding, coding.c.text_id == text.c.id).where(coding.c.id == item.coding_id)
    body = connection.execute(drawn).scalar_one()
    return replace(
        cases[0],
        text=None if body is None else unpack_text(body),
        meta=item.meta,
        coded=CodedNote.from_json(item.coded),
        coding_id=item.coding_id,
        answer=item.draft or Answer(),
        touched=item.draft is not None,
    )


def second(
    connection: Connection,
    item: SampleItem,
    answer: Answer,
    *,
    reviewer: str,
    settle: bool,
    reason: str | None = None,
    token: str | None = None,
) -> None:
    """Keep the second answer, or a draft of it. A settled one is logged as a blind decision.

    Raises:
        UsageError: the reviewer gave the first answer too.
        ConflictError: the item has moved on since it was read, or is settled.
    """
    if same_person(item.first_by, reviewer):
        raise UsageError("you decided this note yourself", remedy="A second look needs a second person.")
    values: dict[str, Any] = {"version": item.version + 1, "draft": answer.dumps()}
    if settle:
        answer = answer.confirmed()
        values |= {"second": answer.dumps(), "second_by": reviewer, "second_at": now(), "draft": None}
    moved = connection.execute(
        update(sample_item)
        .where(sample_item.c.id == item.id, sample_item.c.version == item.version, sample_item.c.second.is_(None))
        .values(values)
    )
    if moved.rowcount != 1:
        raise ConflictError(item.note_id, item.second_by)
    state = connection.execute(select(note.c.state).where(note.c.id == item.note)).scalar_one()
    connection.execute(
        insert(decision).values(
            note=item.note,
            coding_id=item.coding_id,
            reviewer=reviewer,
            at=now(),
            kind="settle" if settle else "edit",
            mark="blind" if settle else None,
            before=(item.draft or Answer()).dumps(),
            after=answer.dumps(),
            state_before=state,
            state_after=state,
            reason=reason,
            sample_id=item.sample_id,
            token=token,
        )
    )


def undo(connection: Connection, item: SampleItem, *, reviewer: str) -> None:
    """Take back the reviewer's last step on a draft. A second answer that was given stays given.

    Raises:
        UsageError: nothing is left to take back.
        ConflictError: the item has moved on since it was read.
    """
    row = _last_step(connection, item, reviewer)
    if row is None:
        raise UsageError("there is nothing to undo", remedy="A second answer that was given stays as it is.")
    moved = connection.execute(
        update(sample_item)
        .where(sample_item.c.id == item.id, sample_item.c.version == item.version)
        .values(version=item.version + 1, draft=row.before)
    )
    if moved.rowcount != 1:
        raise ConflictError(item.note_id)
    connection.execute(
        insert(decision).values(
            note=item.note,
            coding_id=item.coding_id,
            reviewer=reviewer,
            at=now(),
            kind="undo",
            before=row.after,
            after=row.before,
            state_before=row.state_before,
            state_after=row.state_after,
            sample_id=item.sample_id,
            undoes=row.id,
        )
    )


def can_undo(connection: Connection, item: SampleItem, *, reviewer: str) -> bool:
    """Whether the reviewer has a step on the draft that `undo` would take back."""
    return _last_step(connection, item, reviewer) is not None


def _last_step(connection: Connection, item: SampleItem, reviewer: str) -> Any:
    if item.second is not None:
        return None
    mine = select(decision).where(
        decision.c.note == item.note, decision.c.sample_id == item.sample_id, decision.c.reviewer == reviewer
    )
    gone: set[int] = set()
    for row in connection.execute(mine.order_by(decision.c.id.desc())):
        if row.kind == "undo":
            gone.add(row.undoes)
        elif row.id not in gone and row.kind == "edit":
            return row
    return None
