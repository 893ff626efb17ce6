"""The log of decisions and what it does to a note. Rows are added, never changed: undoing is a decision too."""

from __future__ import annotations

from datetime import date
from typing import Any, Literal

from sqlalchemy import Connection, insert, select, update

from rehabcoder.billing.pooling import PolicyOn
from rehabcoder.errors import RehabcoderError, UsageError
from rehabcoder.worklist.answer import Answer
from rehabcoder.worklist.following import with_findings, worth
from rehabcoder.worklist.rules import policy_on
from rehabcoder.worklist.store.database import now
from rehabcoder.worklist.store.imports import revalue
from rehabcoder.worklist.store.queue import Case, Item, open_case
from rehabcoder.worklist.store.tables import decision, note

Kind = Literal["edit", "settle", "query", "skip", "comment", "undo"]


class ConflictError(RehabcoderError):
    """The note was changed by someone else, or in another tab, since it was read."""

    def __init__(self, note_id: str, by: str | None = None) -> None:
        who = f"by {by}" if by else "elsewhere"
        super().__init__(
            f"note {note_id} was changed {who} since you opened it", remedy="Look at it as it is now, then decide."
        )


def record(
    connection: Connection,
    case: Case,
    kind: Kind,
    *,
    reviewer: str,
    after: Answer | None = None,
    reason: str | None = None,
    token: str | None = None,
    policy: PolicyOn | None = None,
) -> int:
    """Add a decision and bring the note up to it; gives the decision's id.

    Where the services or the findings of the answer change, so do the findings that follow from them, and what the queue
    is ordered and filtered by: under `policy`, the payer's rules of a day, by default the shipped ones.

    `settle` marks the note `accepted` when the answer says what the tool suggested, else `changed`. `query` lets it
    await an addendum. `skip` puts it behind the others.

    Raises:
        ConflictError: the note has moved on since `case` was read.
    """
    item = case.item
    rules = policy or policy_on()
    answer = case.answer if after is None else with_findings(case.coded, after, case.meta, rules)
    state, mark = item.state, None
    values: dict[str, Any] = {}
    if kind == "settle":
        answer = answer.confirmed()
        mark = "accepted" if answer.content == Answer.of(case.coded).content else "changed"
        state, values = mark, {"decided_by": reviewer, "decided_at": now()}
    elif kind == "query":
        state = "awaiting_addendum"
    elif kind == "edit":
        if state != "open":  # work on a settled note reopens it until it is settled again
            state, values = "open", {"decided_by": None, "decided_at": None}
    elif kind == "skip":
        values = {"skips": item.skips + 1}
    if kind in ("edit", "settle"):
        values["answer"] = answer.dumps()
    _move(connection, item, state=state, **values)
    if answer.content != case.answer.content:
        _revalue(connection, case, answer, rules)
    return _log(
        connection,
        item,
        kind,
        coding_id=case.coding_id,
        reviewer=reviewer,
        mark=mark,
        before=case.answer.dumps() if kind in ("edit", "settle") else None,
        after=answer.dumps() if kind in ("edit", "settle") else None,
        state_after=state,
        reason=reason,
        token=token,
    )


def applied(connection: Connection, tokens: list[str]) -> set[str]:
    """Those of the tokens that a decision was already recorded for."""
    found: set[str] = set()
    for begin in range(0, len(tokens), 1_000):
        some = select(decision.c.token).where(decision.c.token.in_(tokens[begin : begin + 1_000]))
        found |= {str(row[0]) for row in connection.execute(some)}
    return found


def undo(connection: Connection, *, reviewer: str, policy: PolicyOn | None = None) -> Case:
    """Take back the reviewer's last decision that was not yet taken back; gives the note as it is then.

    Raises:
        UsageError: nothing is left to undo.
        ConflictError: someone else has decided on the note since.
    """
    mine = select(decision).where(decision.c.reviewer == reviewer, decision.c.sample_id.is_(None))
    gone: set[int] = set()
    for row in connection.execute(mine.order_by(decision.c.id.desc())):
        if row.kind == "undo":
            gone.add(row.undoes)
        elif row.id not in gone and row.kind != "comment":
            return _undo(connection, row, reviewer, policy or policy_on())
    raise UsageError("there is nothing to undo", remedy="You have made no decision that still stands.")


def _undo(connection: Connection, row: Any, reviewer: str, rules: PolicyOn) -> Case:
    case = open_case(connection, row.note)
    if case is None:
        raise UsageError("the note of your last decision is gone", remedy="Nothing was changed.")
    later = select(decision.c.reviewer).where(
        decision.c.note == row.note,
        decision.c.id > row.id,
        decision.c.reviewer != reviewer,
        decision.c.sample_id.is_(None),
        decision.c.kind != "comment",
    )
    other = connection.execute(later.limit(1)).scalar()
    if other is not None:
        raise ConflictError(case.item.note_id, str(other))
    values: dict[str, Any] = {"state": row.state_before}
    if row.before is not None:
        values["answer"] = row.before
    if row.kind == "skip":
        values["skips"] = max(0, case.item.skips - 1)
    if row.state_before not in ("accepted", "changed"):
        values |= {"decided_by": None, "decided_at": None}
    else:
        values |= _settled_before(connection, row)
    _move(connection, case.item, **values)
    if row.before is not None:
        _revalue(connection, case, Answer.loads(row.before), rules)
    _log(
        connection,
        case.item,
        "undo",
        coding_id=case.coding_id,
        reviewer=reviewer,
        mark=None,
        before=row.after,
        after=row.before,
        state_after=row.state_before,
        undoes=row.id,
    )
    again = open_case(connection, row.note)
    assert again is not None  # it was there a moment ago, in this transaction
    return again


def _settled_before(connection: Connection, row: Any) -> dict[str, Any]:
    """Who had settled the note, and when, before the decision `row`: not the one who takes that back."""
    taken_back = select(decision.c.undoes).where(decision.c.note == row.note, decision.c.kind == "undo")
    settled = select(decision.c.reviewer, decision.c.at).where(
        decision.c.note == row.note,
        decision.c.id < row.id,
        decision.c.kind == "settle",
        decision.c.sample_id.is_(None),
        decision.c.id.not_in(taken_back),
    )
    reviewer, at = connection.execute(settled.order_by(decision.c.id.desc()).limit(1)).one()
    return {"decided_by": reviewer, "decided_at": at}


def _revalue(connection: Connection, case: Case, answer: Answer, rules: PolicyOn) -> None:
    """Let risk, codes and findings of the note follow an answer."""
    since = date.fromisoformat(case.item.age_from)
    valued = worth(case.coded, case.meta, rules, since, answer=answer)
    revalue(connection, case.item.id, valued, in_place=True)


def _move(connection: Connection, item: Item, **values: Any) -> None:
    moved = connection.execute(
        update(note)
        .where(note.c.id == item.id, note.c.version == item.version)
        .values(version=item.version + 1, **values)
    )
    if moved.rowcount != 1:
        last = select(decision.c.reviewer).where(decision.c.note == item.id).order_by(decision.c.id.desc()).limit(1)
        raise ConflictError(item.note_id, connection.execute(last).scalar())


def _log(connection: Connection, item: Item, kind: str, *, state_after: str, **values: Any) -> int:
    row = insert(decision).values(
        note=item.id, at=now(), kind=kind, state_before=item.state, state_after=state_after, **values
    )
    return int(connection.execute(row.returning(decision.c.id)).scalar_one())
