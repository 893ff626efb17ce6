"""What the buttons and keys of a note do: a form's fields into an edit of its answer, or a decision."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from rehabcoder.billing.pooling import PolicyOn
from rehabcoder.errors import UsageError
from rehabcoder.web import edits
from rehabcoder.web.marks import checked_quote
from rehabcoder.web.requests import whole_number
from rehabcoder.worklist.answer import Answer
from rehabcoder.worklist.following import with_findings
from rehabcoder.worklist.store import decisions
from rehabcoder.worklist.store.queue import Case

Fields = Mapping[str, str]


def edit(case: Case, fields: Fields) -> Answer:
    """The answer after an edit that a form asks for.

    Raises:
        UsageError: the action is unknown, or what it asks for cannot be.
    """
    action = _EDITS.get(fields.get("action", ""))
    if action is None:
        raise UsageError("this page does not know that action", remedy="Reload the note.")
    return action(case.answer, fields, case.text or "")


def decide(connection: Any, case: Case, fields: Fields, *, reviewer: str, policy: PolicyOn) -> bool:
    """Do what a form asks for; true when the note is done with and the next one may come.

    Args:
        policy: gives the payer's rules of a day, for the findings and the risk that an edit leaves.

    Raises:
        UsageError: it cannot be done.
        ConflictError: the note has moved on since the page was made.
    """
    action, reason = fields.get("action", ""), fields.get("reason", "").strip()[:2_000] or None
    if case.text is None:
        raise UsageError("the text of this note was purged", remedy="It can no longer be decided.")
    if action == "settle":
        decisions.record(connection, case, "settle", reviewer=reviewer, reason=reason)
    elif action == "query":
        if reason is None:
            raise UsageError("a query says what is missing", remedy="Write what the addendum should tell.")
        decisions.record(connection, case, "query", reviewer=reviewer, reason=reason)
    elif action == "skip":
        decisions.record(connection, case, "skip", reviewer=reviewer)
    elif action == "comment":
        if reason is None:
            raise UsageError("the comment is empty", remedy="Write something, or press Escape.")
        decisions.record(connection, case, "comment", reviewer=reviewer, reason=reason)
        return False
    else:
        shown = with_findings(case.coded, case.answer, case.meta, policy)  # as the page shows them
        after = edit(replace(case, answer=shown), fields)
        decisions.record(connection, case, "edit", reviewer=reviewer, after=after, reason=reason, policy=policy)
        return False
    return True


def _span(fields: Fields, text: str) -> tuple[int, int]:
    start, end = whole_number(fields, "start"), whole_number(fields, "end")
    checked_quote(text, start, end, fields.get("quote", "").replace("\r\n", "\n"))
    return start, end


def _move(answer: Answer, fields: Fields, text: str) -> Answer:
    return edits.move(answer, whole_number(fields, "service"), *_span(fields, text), text)


def _add(answer: Answer, fields: Fields, text: str) -> Answer:
    return edits.add(answer, *_span(fields, text), fields.get("code", ""), fields.get("minutes"), text)


_EDITS: Mapping[str, Callable[[Answer, Fields, str], Answer]] = {
    "code": lambda answer, f, _: edits.change_code(answer, whole_number(f, "service"), f.get("code", "")),
    "minutes": lambda answer, f, _: edits.change_minutes(answer, whole_number(f, "service"), f.get("minutes")),
    "move": _move,
    "add": _add,
    "remove": lambda answer, f, _: edits.remove(answer, whole_number(f, "service")),
    "dismiss": lambda answer, f, _: edits.dismiss(answer, f.get("finding", ""), f.get("reason", "")),
    "restore": lambda answer, f, _: edits.restore(answer, f.get("finding", "")),
}
