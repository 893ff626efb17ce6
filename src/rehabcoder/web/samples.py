"""Samples on the page: drawing one, and the second look with the first decision hidden."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from rehabcoder.errors import UsageError
from rehabcoder.web.actions import edit
from rehabcoder.web.notes import named
from rehabcoder.web.requests import Browser, Fields, RowId, moved, session, whole_number
from rehabcoder.web.review import review
from rehabcoder.web.view import note_view
from rehabcoder.worklist import sampling
from rehabcoder.worklist.answer import Answer
from rehabcoder.worklist.estimates import size_for_rate
from rehabcoder.worklist.findings import sample_findings
from rehabcoder.worklist.store import samples
from rehabcoder.worklist.store.database import WorklistError
from rehabcoder.worklist.store.decisions import ConflictError
from rehabcoder.worklist.store.queue import Filters
from rehabcoder.worklist.store.samples import SampleItem

router = APIRouter()


@router.get("/samples")
def show_samples(request: Request, at: Browser) -> Response:
    named(at)
    return _samples(request)


def _samples(request: Request, *, problem: str | None = None, status: int = 200) -> Response:
    with review(request).database.read() as connection:
        found = [
            sample_findings(one, samples.items(connection, one.id), review(request).policy)
            for one in samples.all_samples(connection)
        ]
    return review(request).pages.page("samples.html", request, samples=found, problem=problem, status=status)


@router.post("/samples")
def draw(request: Request, at: Browser, fields: Fields) -> Response:
    named(at)
    try:
        with review(request).database.write() as connection:
            name = " ".join(fields.get("name", "").split())[:60]
            if not name:
                raise UsageError("the sample has no name", remedy="Give it one.")
            design, by = ("stratified", fields.get("by", "")) if fields.get("by") else ("simple", "")
            units = samples.frame(connection, Filters("settled"), by=by.split(",") if by else ())
            size = whole_number(fields, "size") if fields.get("size", "").strip() else None
            if size is None:
                size = size_for_rate(confidence=0.9, precision=0.05, expected_rate=0.5, frame=len(units))
            drawn = sampling.draw(units, design=design, size=size, seed=whole_number(fields, "seed"))  # type: ignore[arg-type]
            made_from = {"state": "settled"} | ({"strata by": by} if by else {})
            samples.save(
                connection, drawn, name=name, by=at.reviewer, made_from=made_from, confidence=0.9, precision=0.05
            )
    except UsageError as error:
        return _samples(request, problem=str(error), status=422)
    return RedirectResponse("/samples", 303)


@router.get("/sample/{sample}")
def next_of_sample(request: Request, at: Browser, sample: RowId) -> Response:
    named(at)
    with review(request).database.read() as connection:
        following = samples.next_unreviewed(connection, sample, reviewer=at.reviewer)
    return RedirectResponse(f"/second/{following}" if following else "/samples", 303)


@router.get("/second/{item}")
def show_second(request: Request, at: Browser, item: RowId) -> Response:
    named(at)
    with review(request).database.read() as connection:
        return _second(request, connection, _item(connection, item), "note.html")


@router.post("/second/{item}")
def act(request: Request, at: Browser, item: RowId, fields: Fields) -> Response:
    named(at)
    problem, status, asks = None, 200, False
    try:
        with review(request).database.write() as connection:
            one = _item(connection, item)
            if one.version != whole_number(fields, "version"):
                raise ConflictError(one.note_id, one.second_by)
            if fields.get("action") == "undo":
                samples.undo(connection, one, reviewer=at.reviewer)
            else:
                case = samples.case_of(connection, one)
                if case is None or case.text is None:
                    raise UsageError("the text of this note was purged", remedy="It can no longer be reviewed.")
                settle = fields.get("action") == "settle"
                answer = case.answer if settle else edit(case, fields)
                # Nothing entered is more often a stray key than an answer, and an answer is final.
                if settle and not answer.services and one.second is None and fields.get("empty") != "yes":
                    asks, status = True, 422
                else:
                    samples.second(connection, one, answer, reviewer=at.reviewer, settle=settle)
                if settle and not asks:
                    return _onward(request, connection, one.sample_id, at.reviewer)
    except (ConflictError, UsageError, WorklistError) as error:
        problem = str(error)
        status = 409 if isinstance(error, ConflictError) else 503 if isinstance(error, WorklistError) else 422
    with review(request).database.read() as connection:
        one = _item(connection, item)
        return _second(request, connection, one, "work.html", problem=problem, asks=asks, status=status)


def _item(connection: Any, item: int) -> SampleItem:
    found = samples.item(connection, item)
    if found is None:
        raise HTTPException(404)
    return found


def _onward(request: Request, connection: Any, sample: int, reviewer: str) -> Response:
    following = samples.next_unreviewed(connection, sample, reviewer=reviewer)
    if request.headers.get("hx-request") != "true":
        return RedirectResponse(f"/second/{following}" if following else "/samples", 303)
    if following is None:
        return review(request).pages.page("done.html", request, sample=True)
    response = _second(request, connection, _item(connection, following), "work.html")
    return moved(response, f"/second/{following}")


def _second(
    request: Request,
    connection: Any,
    item: SampleItem,
    template: str,
    *,
    problem: str | None = None,
    asks: bool = False,
    status: int = 200,
) -> Response:
    case = samples.case_of(connection, item)
    if case is None:
        raise HTTPException(404)
    if item.second is not None:
        case.answer, problem = Answer(), problem or "This note has its second answer."
    if template == "work.html" and request.headers.get("hx-request") != "true":
        template = "note.html"
    return review(request).pages.page(
        template,
        request,
        view=note_view(case, review(request).policy, blind=True),
        action=f"/second/{item.id}",
        history=[],
        left=(samples.left(connection, item.sample_id), True),
        item=item,
        sample=item.sample_id,
        undoable=samples.can_undo(connection, item, reviewer=session(request).reviewer),
        asks=asks,
        problem=problem,
        said=None,
        status=status,
    )
