"""A filled workbook into decisions: in one transaction, each row once, notes that moved on left alone."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from rehabcoder.billing.pooling import PolicyOn
from rehabcoder.errors import UsageError
from rehabcoder.worklist.answer import Answer, AnswerService, check_span
from rehabcoder.worklist.reviewers import reviewer_name
from rehabcoder.worklist.store import decisions, exports, queue, samples
from rehabcoder.worklist.store.database import Database
from rehabcoder.worklist.store.queue import Case
from rehabcoder.worklist.workbook.layout import ADD, WHOLE, WorkbookError
from rehabcoder.worklist.workbook.read import Filled, Row, read_workbook


@dataclass(slots=True)
class Applied:
    """What became of a workbook. `moved` are ids of notes that were decided or coded anew since it was written."""

    settled: int = 0
    queried: int = 0
    skipped: int = 0
    already: int = 0
    moved: list[str] = field(default_factory=list)


def apply_worklist(database: Database, path: str | Path, *, reviewer: str, policy: PolicyOn | None = None) -> Applied:
    """Apply a filled worklist workbook.

    Args:
        policy: gives the payer's rules of a day, as `decisions.record` takes them.

    Raises:
        UsageError: the reviewer has no name.
        ReadError, WorkbookError: the workbook cannot be taken; nothing was applied.
    """
    reviewer, filled = reviewer_name(reviewer), read_workbook(path, "worklist")
    with database.write() as connection:
        exports.check(connection, filled.export, "worklist", str(path))
        result = Applied()
        tokens = {at: f"{filled.export}:{at}" for at in filled.notes}
        done = decisions.applied(connection, list(tokens.values()))
        cases = {case.item.id: case for case in queue.open_cases(connection, list(filled.notes))}
        problems = list(filled.problems)
        for at, rows in filled.notes.items():
            if tokens[at] in done:
                result.already += 1
                continue
            case = cases.get(at)
            if case is None or (case.coding_id, case.item.version) != (rows[0].key.coding, rows[0].key.version):
                result.moved.append(rows[0].note_id)
                continue
            try:
                _check_ids(rows, case, filled)
                _decide(connection, case, rows, reviewer, tokens[at], result, policy)
            except UsageError as error:
                problems.append(f"row {rows[0].number}: {error}")
        if problems:
            raise WorkbookError(str(path), problems)  # takes the transaction back
    return result


def _check_ids(rows: list[Row], case: Case, filled: Filled) -> None:
    for row in rows:
        if row.note_id != case.item.note_id:
            raise UsageError(f"the note id beside row {row.number} was changed", remedy="Bring it back")
    want = {str(number) for number in range(len(case.answer.services))}
    if not (rows[0].key.service == ADD and rows[0].decision in WHOLE) and not want <= filled.services[case.item.id]:
        raise UsageError("a service of this note was deleted from the workbook", remedy="Choose remove instead")


def _decide(
    connection: Any, case: Case, rows: list[Row], reviewer: str, token: str, result: Applied, policy: PolicyOn | None
) -> None:
    reason = "; ".join(row.reason for row in rows if row.reason) or None
    if rows[0].decision == "query":
        decisions.record(connection, case, "query", reviewer=reviewer, reason=reason, token=token)
        result.queried += 1
    elif rows[0].decision == "skip":
        decisions.record(connection, case, "skip", reviewer=reviewer, reason=reason, token=token)
        result.skipped += 1
    else:
        answer = _answer(case, rows)
        decisions.record(
            connection, case, "settle", reviewer=reviewer, after=answer, reason=reason, token=token, policy=policy
        )
        result.settled += 1


def _answer(case: Case, rows: list[Row]) -> Answer:
    if rows[0].key.service == ADD and rows[0].decision == "accept":
        return case.answer
    kept: list[AnswerService] = []
    for row in (row for row in rows if row.decision != "add"):
        service = case.answer.services[int(row.key.service)]
        if row.decision == "accept":
            kept.append(replace(service, status="confirmed"))
        elif row.decision == "change":
            minutes = service.minutes if row.minutes is None else row.minutes
            kept.append(replace(service, code=row.code or service.code, minutes=minutes, status="changed"))
    for row in (row for row in rows if row.decision == "add"):
        text = case.text or ""
        if text.count(row.words) != 1:
            found = "not in the note" if row.words not in text else "in the note more than once"
            raise UsageError(f"the words of the added service are {found}", remedy="Copy more of them, as they stand")
        start = text.index(row.words)
        start, end = check_span(start, start + len(row.words), text, kept)
        kept.append(AnswerService(row.code or "none", row.minutes, start, end, status="added"))
    kept.sort(key=lambda service: service.start or 0)
    return replace(case.answer, services=tuple(kept))


def apply_sample(database: Database, path: str | Path, *, reviewer: str) -> Applied:
    """Apply a filled sample workbook as second, blind answers.

    Raises:
        UsageError: the reviewer has no name.
        ReadError, WorkbookError: the workbook cannot be taken; nothing was applied.
    """
    reviewer, filled = reviewer_name(reviewer), read_workbook(path, "sample")
    with database.write() as connection:
        exports.check(connection, filled.export, "sample", str(path))
        result, problems = Applied(), list(filled.problems)
        tokens = {at: f"{filled.export}:{at}" for at in filled.notes}
        done = decisions.applied(connection, list(tokens.values()))
        for at, (row, *_) in filled.notes.items():
            item = samples.item(connection, at)
            if tokens[at] in done:
                result.already += 1
            elif item is None or item.second is not None or item.coding_id != row.key.coding:
                result.moved.append(row.note_id)
            elif item.note_id != row.note_id:
                problems.append(f"row {row.number}: the note id was changed")
            else:
                try:
                    samples.second(
                        connection,
                        item,
                        Answer(row.services),
                        reviewer=reviewer,
                        settle=True,
                        reason=row.reason,
                        token=tokens[at],
                    )
                    result.settled += 1
                except UsageError as error:
                    problems.append(f"row {row.number}: {error}")
        if problems:
            raise WorkbookError(str(path), problems)
    return result
