"""Templates into pages."""

from __future__ import annotations

from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse

from rehabcoder.billing.codes import CODES
from rehabcoder.web.marks import shown
from rehabcoder.web.view import description
from rehabcoder.worklist.reports.page import money, percent, whole


class Pages:
    """The templates of the page. Everything that goes into them is escaped."""

    def __init__(self) -> None:
        self.environment = Environment(
            loader=PackageLoader("rehabcoder.web"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self.environment.filters |= {
            "money": money,
            "percent": percent,
            "whole": whole,
            "shown": shown,
            "words": _words,
        }
        self.environment.globals |= {"codes": CODES, "description": description}

    def render(self, name: str, request: Request, **values: Any) -> str:
        session = request.app.sessions.of(request)
        return self.environment.get_template(name).render(session=session, path=request.url.path, **values)

    def page(self, name: str, request: Request, *, status: int = 200, **values: Any) -> HTMLResponse:
        return HTMLResponse(self.render(name, request, **values), status)


def _words(name: str) -> str:
    """`missing_minutes` as people read it."""
    return name.replace("_", " ")
