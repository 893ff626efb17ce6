"""Sums over the worklist for reports, and the pairs of answers that agreement is measured on."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, case, func, literal, select

from rehabcoder.note import CodedNote
from rehabcoder.worklist.answer import Answer
from rehabcoder.worklist.store.imports import unpack_text
from rehabcoder.worklist.store.queue import DECIDED
from rehabcoder.worklist.store.tables import coding, decision, note, note_code, note_finding, sample_item, text

GROUPINGS = ("clinician", "clinic", "payer", "code", "finding", "month")


@dataclass(slots=True, frozen=True)
class Group:
    """Sums over the notes that share a value. Money in dollars; `net` above zero: more was billed than is supported."""

    name: str
    notes: int
    settled_itself: int
    accepted: int
    changed: int
    waiting: int
    billed: float
    over: float
    under: float

    @property
    def net(self) -> float:
        return self.over - self.under

    @property
    def changed_share(self) -> float | None:
        decided = self.accepted + self.changed
        return self.changed / decided if decided else None


def _sums() -> list[Any]:
    def having(*states: str) -> Any:
        return func.sum(case((note.c.state.in_(states), 1), else_=0))

    return [
        func.count(),
        having("self_settled"),
        having("accepted"),
        having("changed"),
        having("open", "awaiting_addendum", "failed"),
        func.sum(note.c.billed_value),
        func.sum(note.c.overpaid),
        func.sum(note.c.underpaid),
    ]


def whole(connection: Connection) -> Group:
    """The sums over every note."""
    row = connection.execute(select(*_sums())).one()
    return Group("all", *(value or 0 for value in row))


def by(connection: Connection, grouping: str, *, limit: int = 200) -> list[Group]:
    """The sums by one grouping: most notes first, months in order; a note counts under each of its codes, findings."""
    if grouping == "code":
        column: Any = note_code.c.code
        query = select(column, *_sums()).join(note, note.c.id == note_code.c.note)
    elif grouping == "finding":
        column = note_finding.c.finding
        query = select(column, *_sums()).join(note, note.c.id == note_finding.c.note)
    else:
        column = func.substr(note.c.date_of_service, 1, 7) if grouping == "month" else note.c[grouping]
        query = select(func.coalesce(column, "(none)"), *_sums())
    order = column if grouping == "month" else func.count().desc()
    rows = connection.execute(query.group_by(column).order_by(order).limit(limit))
    return [Group(*row) for row in rows]


def present_model(connection: Connection) -> tuple[str, str] | None:
    """The version of the model whose coding came in last, and when its first one did; None in an empty worklist."""
    newest = select(coding.c.model_version).order_by(coding.c.id.desc()).limit(1)
    version = connection.execute(newest).scalar()
    if version is None:
        return None
    first = select(func.min(coding.c.imported_at)).where(coding.c.model_version == version)
    return str(version), str(connection.execute(first).scalar_one())


def model_and_people(connection: Connection, version: str, since: str) -> Iterator[tuple[Answer, Answer]]:
    """For each note that a person settled since: the answer of a model's last coding of it, and the person's."""
    # Starts at the notes that were decided, which are few beside the codings of a backlog.
    decided = select(note.c.note_id, note.c.answer).where(note.c.state.in_(DECIDED), note.c.decided_at >= since)
    answers = {str(row[0]): str(row[1]) for row in connection.execute(decided)}
    ids = list(answers)
    for begin in range(0, len(ids), 500):
        some = coding.c.note_id.in_(ids[begin : begin + 500]) & (coding.c.model_version == version)
        query = select(coding.c.note_id, coding.c.coded).where(some).order_by(coding.c.note_id, coding.c.id)
        newest = {str(row[0]): row[1] for row in connection.execute(query)}  # the last of each note stays
        for note_id, coded in newest.items():
            yield Answer.of(CodedNote.from_json(json.loads(coded))), Answer.loads(answers[note_id])


@dataclass(slots=True, frozen=True)
class Label:
    """One settled note on its way into training: the text and the answer a person stands behind."""

    note_id: str
    text: str | None
    meta: dict[str, Any]
    coded: CodedNote
    answer: Answer
    mark: str
    reviewer: str
    at: str


def labels(connection: Connection) -> Iterator[Label]:
    """Every note that a person settled. A blind second answer with its words marked goes before the first."""
    blind = _blind(connection)
    query = (
        select(
            note.c.id,
            note.c.note_id,
            text.c.text,
            text.c.meta,
            coding.c.coded,
            note.c.answer,
            note.c.state,
            note.c.decided_by,
            note.c.decided_at,
        )
        .join(text, text.c.id == note.c.text_id)
        .join(coding, coding.c.id == note.c.coding_id)
        .where(note.c.state.in_(DECIDED) | note.c.id.in_(select(sample_item.c.note)))
        .order_by(note.c.id)
    )
    rows = connection.execute(query, execution_options={"yield_per": 500})
    for at, note_id, body, meta, coded, answer, state, decided_by, decided_at in rows:
        second = blind.get(at)
        if second is not None and (second.text is not None or state not in DECIDED):
            yield second
        elif state in DECIDED:
            yield _label(note_id, body, meta, coded, answer, state, decided_by, decided_at)


def _blind(connection: Connection) -> dict[int, Label]:
    """By note, its last second answer with all words marked, on the text that it was given for: an addendum may have
    come since.
    """
    query = (
        select(
            sample_item.c.note,
            coding.c.note_id,
            text.c.text,
            text.c.meta,
            coding.c.coded,
            sample_item.c.second,
            literal("blind"),
            sample_item.c.second_by,
            sample_item.c.second_at,
        )
        .join(coding, coding.c.id == sample_item.c.coding_id)
        .join(text, text.c.id == coding.c.text_id)
        .where(sample_item.c.second.is_not(None))
        .order_by(sample_item.c.id)
    )
    found = ((row[0], _label(*row[1:])) for row in connection.execute(query))
    return {at: label for at, label in found if all(s.start is not None for s in label.answer.services)}


def _label(
    note_id: str, body: str | None, meta: str, coded: str, answer: str, mark: str, reviewer: str, at: str
) -> Label:
    words = None if body is None else unpack_text(body)
    content = CodedNote.from_json(json.loads(coded))
    return Label(note_id, words, json.loads(meta), content, Answer.loads(answer), mark, reviewer, at)


def decisions_by_day(connection: Connection, *, reviewer: str | None = None) -> list[tuple[str, int]]:
    """How many notes were settled on each day."""
    day = func.substr(decision.c.at, 1, 10)
    query = select(day, func.count()).where(decision.c.kind == "settle")
    if reviewer is not None:
        query = query.where(decision.c.reviewer == reviewer)
    return [(str(row[0]), int(row[1])) for row in connection.execute(query.group_by(day).order_by(day))]
