"""What stands between the page and the rest of the machine: host, origin, sessions, headers, and quiet errors."""

from __future__ import annotations

import logging
import secrets
import traceback
from collections.abc import Callable
from dataclasses import dataclass, field

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from rehabcoder.worklist.store.queue import Filters

LARGEST_FORM = 64 * 1024
HEADERS = {
    "content-security-policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",  # with no-referrer, a browser sends the origin of a form as null
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), microphone=(), geolocation=()",
}
log = logging.getLogger("rehabcoder.web")


@dataclass(slots=True)
class Session:
    """One browser. `reviewer` is set once; `csrf` goes into every form."""

    csrf: str
    reviewer: str = ""
    filters: Filters = field(default_factory=Filters)


class Sessions:
    """Who is at the page. Kept in memory: with accounts, another class with these four methods takes its place."""

    def __init__(self) -> None:
        self._links: set[str] = set()
        self._sessions: dict[str, Session] = {}

    def new_link(self) -> str:
        """A secret that opens one session."""
        link = secrets.token_urlsafe(24)
        self._links.add(link)
        return link

    def enter(self, link: str) -> str | None:
        """Use a link up; gives the id of a new session, or None when the link is unknown or was used."""
        if link not in self._links:
            return None
        self._links.discard(link)
        key = secrets.token_urlsafe(32)
        self._sessions[key] = Session(csrf=secrets.token_urlsafe(24))
        return key

    def of(self, request: Request) -> Session | None:
        return self._sessions.get(request.cookies.get(cookie_of(request), ""))


def cookie_of(request: Request) -> str:
    """The name of the session's cookie. Browsers share cookies between the ports of a host, and so it names the port."""
    return f"rehabcoder_session_{request.url.port}"


def same_secret(one: str, other: str) -> bool:
    return secrets.compare_digest(one.encode("utf-8", "replace"), other.encode("utf-8", "replace"))


class Guard:
    """Refuses foreign hosts and origins, adds the headers, and lets no error tell more than its kind."""

    def __init__(self, app: ASGIApp, hosts: Callable[[], frozenset[str]]) -> None:
        self.app, self.hosts = app, hosts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            if scope["type"] == "lifespan":
                await self.app(scope, receive, send)
            return
        headers, started = Headers(scope=scope), False

        async def guarded(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                names = {name for name, _ in message["headers"]}
                extra = HEADERS if b"cache-control" in names else HEADERS | {"cache-control": "no-store"}
                message["headers"] = [*message["headers"], *((k.encode(), v.encode()) for k, v in extra.items())]
            await send(message)

        refused = self._refusal(scope["method"], headers)
        if refused is not None:
            await PlainTextResponse(*refused)(scope, receive, guarded)
            return
        try:
            await self.app(scope, receive, guarded)
        except Exception as error:
            # The message of an error may quote a note; its kind and place do not.
            last = traceback.extract_tb(error.__traceback__)[-1]
            log.error("%s in %s line %s", type(error).__name__, last.name, last.lineno)
            if not started:
                said = "Something went wrong. What you had decided is kept; go back and try again.\n"
                await PlainTextResponse(said, 500)(scope, receive, guarded)

    def _refusal(self, method: str, headers: Headers) -> tuple[str, int] | None:
        host = headers.get("host", "")
        if host not in self.hosts():
            return "This page answers to its own address only.\n", 421
        if method in ("GET", "HEAD"):
            return None
        if method != "POST":
            return "This page takes GET and POST.\n", 405
        origin = headers.get("origin")
        if origin is not None and origin != f"http://{host}":
            return "This came from another page.\n", 403
        if headers.get("sec-fetch-site", "same-origin") != "same-origin":
            return "This came from another page.\n", 403
        length = headers.get("content-length", "")
        if not length.isdigit() or int(length) > LARGEST_FORM:
            return "This is more than a form of this page holds.\n", 413
        return None
