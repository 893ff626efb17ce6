"""The queue, one note, and the running figures."""

from __future__ import annotations

import io
from datetime import date
from typing import Any

from fastapi import APIRouter
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from rehabcoder.errors import RehabcoderError, UsageError
from rehabcoder.web.actions import decide
from rehabcoder.web.requests import Browser, Fields, RowId, moved, whole_number
from rehabcoder.web.review import review
from rehabcoder.web.view import note_view
from rehabcoder.worklist.findings import sample_findings
from rehabcoder.worklist.labels import write_labels
from rehabcoder.worklist.reports.collect import model_agreement
from rehabcoder.worklist.reviewers import reviewer_name
from rehabcoder.worklist.store import decisions, queue, samples, statistics
from rehabcoder.worklist.store.database import WorklistError
from rehabcoder.worklist.store.decisions import ConflictError
from rehabcoder.worklist.store.queue import Case, Cursor, Filters
from rehabcoder.worklist.triage import terms_on

router = APIRouter()
PAGE = 50
LEAVES = ("open", "self_settled", "failed")  # states that a note leaves when it is settled: the next one is on top


@router.get("/")
def start(request: Request, at: Browser) -> Response:
    if not at.reviewer:
        return review(request).pages.page("name.html", request, problem=None)
    return RedirectResponse("/queue", 303)


@router.post("/name")
def name(request: Request, at: Browser, fields: Fields) -> Response:
    if at.reviewer:
        return RedirectResponse("/queue", 303)
    try:
        at.reviewer = reviewer_name(fields.get("name", ""))
    except UsageError as error:
        return review(request).pages.page("name.html", request, problem=str(error), status=422)
    return RedirectResponse("/queue", 303)


@router.get("/queue")
def show_queue(request: Request, at: Browser, after: str | None = None) -> Response:
    named(at)
    asked = {key: value.strip()[:200] for key, value in request.query_params.items() if key in Filters.__slots__}
    if asked:
        state = asked.pop("state", "open")
        values = {key: value for key, value in asked.items() if value}
        at.filters = Filters(None if state == "all" else state, **values)
    with review(request).database.read() as connection:
        items = queue.page(connection, at.filters, limit=PAGE + 1, after=Cursor.parse(after) if after else None)
        found, whole = queue.count(connection, at.filters)
        states = queue.states(connection)
        choices = {
            name: queue.choices(connection, name) for name in ("clinic", "clinician", "payer", "code", "finding")
        }
    return review(request).pages.page(
        "queue.html",
        request,
        items=[(item, terms_on(item, date.today())) for item in items[:PAGE]],
        more=str(items[PAGE - 1].cursor) if len(items) > PAGE else None,
        found=found,
        whole=whole,
        states=states,
        choices=choices,
        filters=at.filters,
        first=after is None,
        all_states=queue.STATES,
    )


@router.get("/next")
def go_next(request: Request, at: Browser) -> Response:
    named(at)
    with review(request).database.read() as connection:
        items = queue.page(connection, at.filters, limit=1)
    return RedirectResponse(f"/note/{items[0].id}" if items else "/queue", 303)


@router.get("/note/{note}")
def show_note(request: Request, at: Browser, note: RowId) -> Response:
    named(at)
    with review(request).database.read() as connection:
        case = queue.open_case(connection, note)
        if case is None:
            raise HTTPException(404)
        return _note(request, connection, case, "note.html")


@router.get("/note/{note}/version")
def version(request: Request, at: Browser, note: RowId) -> Response:
    """The note's version, so that a second tab can tell that it is behind."""
    with review(request).database.read() as connection:
        case = queue.open_case(connection, note)
    return Response(str(case.item.version if case else 0), media_type="text/plain")


@router.post("/note/{note}")
def act(request: Request, at: Browser, note: RowId, fields: Fields) -> Response:
    named(at)
    database, problem, status = review(request).database, None, 200
    try:
        with database.write() as connection:
            case = _current(connection, note, whole_number(fields, "version"))
            if decide(connection, case, fields, reviewer=at.reviewer, policy=review(request).policy):
                following = _following(connection, at.filters, case)
                return _arrive(request, connection, following)
    except (ConflictError, UsageError, WorklistError) as error:
        problem = str(error)
        status = 409 if isinstance(error, ConflictError) else 503 if isinstance(error, WorklistError) else 422
    with database.read() as connection:
        again = queue.open_case(connection, note)
        if again is None:
            raise HTTPException(404)
        return _note(request, connection, again, "work.html", problem=problem, status=status)


@router.post("/undo")
def undo(request: Request, at: Browser, fields: Fields) -> Response:
    named(at)
    with review(request).database.write() as connection:
        try:
            case = decisions.undo(connection, reviewer=at.reviewer, policy=review(request).policy)
        except RehabcoderError as error:
            back = queue.open_case(connection, whole_number(fields, "note")) if fields.get("note") else None
            if back is None:
                raise
            return _note(request, connection, back, "work.html", problem=str(error), status=422)
        return _arrive(request, connection, case, said="Undone.")


@router.get("/figures")
def figures(request: Request, at: Browser) -> Response:
    named(at)
    database = review(request).database
    model = model_agreement(database)
    with database.read() as connection:
        found = [
            sample_findings(one, samples.items(connection, one.id), review(request).policy)
            for one in samples.all_samples(connection)
        ]
        states = queue.states(connection)
        days = statistics.decisions_by_day(connection)[-14:]
        mine = sum(count for _, count in statistics.decisions_by_day(connection, reviewer=at.reviewer))
    return review(request).pages.page(
        "figures.html", request, model=model, samples=found, states=states, days=days, mine=mine
    )


@router.get("/labels.jsonl")
def labels(request: Request, at: Browser) -> Response:
    """What people settled, as labelled notes."""
    named(at)
    out = io.StringIO()
    write_labels(review(request).database, out)
    headers = {"content-disposition": 'attachment; filename="labels.jsonl"'}
    return Response(out.getvalue(), media_type="application/x-ndjson", headers=headers)


def named(at: Browser) -> None:
    """Raises: HTTPException 401 until the reviewer said who they are."""
    if not at.reviewer:
        raise HTTPException(401)


def _current(connection: Any, note: int, seen: int) -> Case:
    case = queue.open_case(connection, note)
    if case is None:
        raise HTTPException(404)
    if case.item.version != seen:
        log = [row for row in queue.history(connection, note) if row["kind"] != "comment" and row["sample_id"] is None]
        raise ConflictError(case.item.note_id, log[-1]["reviewer"] if log else None)
    return case


def _following(connection: Any, filters: Filters, case: Case) -> Case | None:
    on_top = filters.state in LEAVES
    items = queue.page(connection, filters, limit=2, after=None if on_top else case.item.cursor)
    # A skipped note goes behind the others; where there are no others it is the next one.
    others = [item for item in items if item.id != case.item.id] or items
    return queue.open_case(connection, others[0].id) if others else None


def _arrive(request: Request, connection: Any, case: Case | None, *, said: str | None = None) -> Response:
    wants_part = request.headers.get("hx-request") == "true"
    address = f"/note/{case.item.id}" if case else "/queue"
    if not wants_part:
        return RedirectResponse(address, 303)
    if case is None:
        return review(request).pages.page("done.html", request, sample=False)
    return moved(_note(request, connection, case, "work.html", said=said), address)


def _note(
    request: Request,
    connection: Any,
    case: Case,
    template: str,
    *,
    problem: str | None = None,
    said: str | None = None,
    status: int = 200,
) -> Response:
    if template == "work.html" and request.headers.get("hx-request") != "true":
        template = "note.html"
    return review(request).pages.page(
        template,
        request,
        view=note_view(case, review(request).policy),
        action=f"/note/{case.item.id}",
        history=[row for row in queue.history(connection, case.item.id) if row["sample_id"] is None][-8:],
        left=queue.count(connection, Filters()),
        item=None,
        sample=None,
        asks=False,
        problem=problem,
        said=said,
        status=status,
    )
