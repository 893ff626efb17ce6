"""The application: what address shows what. Deciding is in `actions.py`, showing in `view.py` and the templates."""

from __future__ import annotations

from pathlib import Path

from rehabcoder.billing.pooling import PolicyOn
from rehabcoder.errors import MissingExtra

try:
    from fastapi.exceptions import RequestValidationError
    from fastapi.staticfiles import StaticFiles
    from starlette.exceptions import HTTPException
    from starlette.requests import Request
    from starlette.responses import RedirectResponse, Response
except ImportError as error:
    raise MissingExtra(error.name or "fastapi", "review", needed_for="The review page") from error

from rehabcoder.errors import RehabcoderError
from rehabcoder.web import notes, samples
from rehabcoder.web.render import Pages
from rehabcoder.web.review import Review, review
from rehabcoder.web.security import Guard, Sessions, cookie_of
from rehabcoder.worklist.store.database import Database, WorklistError

MESSAGES = {
    401: ("You need a link", "Open the link that the terminal shows. Each works once, for one browser."),
    403: ("This link does not work", "It was used before, or is not one of ours. The terminal shows a fresh one."),
    404: ("There is nothing here", "The note or page is gone, or never was."),
    405: ("That is not possible here", "Go back to the queue."),
}


def create_app(database: Database, policy: PolicyOn, *, hosts: frozenset[str] = frozenset()) -> Review:
    """The application on an open worklist, under the payer's rules that `policy` gives of a day."""
    app = Review(docs_url=None, redoc_url=None, openapi_url=None)
    app.hosts, app.database, app.policy = hosts, database, policy
    app.sessions, app.pages = Sessions(), Pages()
    app.mount("/static", StaticFiles(directory=Path(__file__).parent / "static"), name="static")
    app.include_router(notes.router)
    app.include_router(samples.router)
    app.add_api_route("/enter/{link}", _enter, methods=["GET"])
    app.add_exception_handler(HTTPException, _refused)
    app.add_exception_handler(RequestValidationError, _no_such_address)
    app.add_exception_handler(RehabcoderError, _explained)
    app.add_middleware(Guard, hosts=lambda: app.hosts)
    return app


def _enter(request: Request, link: str) -> Response:
    app = review(request)
    key = app.sessions.enter(link)
    if key is None:
        raise HTTPException(403)
    response = RedirectResponse("/", status_code=303)
    response.set_cookie(cookie_of(request), key, httponly=True, samesite="strict", path="/")
    if app.on_enter is not None:
        app.on_enter()
    return response


async def _refused(request: Request, error: Exception) -> Response:
    status = getattr(error, "status_code", 404)
    title, text = MESSAGES.get(status, ("That did not work", "Go back and try again."))
    return _message(request, title, text, status)


async def _no_such_address(request: Request, _: Exception) -> Response:
    """`/note/abc`: no number stands where a number belongs."""
    return _message(request, *MESSAGES[404], 404)


async def _explained(request: Request, error: Exception) -> Response:
    status = 503 if isinstance(error, WorklistError) else 422
    return _message(request, "That did not work", str(error), status)


def _message(request: Request, title: str, text: str, status: int) -> Response:
    return review(request).pages.page("message.html", request, title=title, text=text, status=status)
