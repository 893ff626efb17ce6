"""What every address needs: the session, and the fields of a form."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated
from urllib.parse import parse_qsl

from fastapi import Depends, Path
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from rehabcoder.errors import UsageError
from rehabcoder.web.review import review
from rehabcoder.web.security import Session, same_secret


def session(request: Request) -> Session:
    """The browser's session. Raises: HTTPException 401 without one."""
    found = review(request).sessions.of(request)
    if found is None:
        raise HTTPException(401)
    return found


async def form(request: Request) -> Mapping[str, str]:
    """The fields of a form, once its secret was checked. Raises: HTTPException 401 or 403."""
    at = session(request)
    try:
        body = (await request.body()).decode("utf-8", "strict")
        fields = dict(parse_qsl(body, keep_blank_values=True, max_num_fields=60, encoding="utf-8", errors="strict"))
    except (UnicodeDecodeError, ValueError) as error:
        raise HTTPException(403) from error
    if not same_secret(fields.get("csrf", ""), at.csrf):
        raise HTTPException(403)
    return fields


def whole_number(fields: Mapping[str, str], name: str) -> int:
    """A field that holds a whole number. Raises: UsageError when it does not."""
    value = fields.get(name, "").strip()
    if not (value.isascii() and value.isdigit() and len(value) < 16):
        raise UsageError(f"{name} is no whole number", remedy="Reload the note and try again.")
    return int(value)


def moved(response: Response, address: str) -> Response:
    """Tell the page that it now stands at another address."""
    response.headers["HX-Push-Url"] = address
    return response


Browser = Annotated[Session, Depends(session)]
Fields = Annotated[Mapping[str, str], Depends(form)]
RowId = Annotated[int, Path(ge=0, le=2**31 - 1)]
"""What an address calls a note, a sample or one of its items; more than any database counts to is nothing there."""
