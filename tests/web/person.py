"""One browser without a screen, for tests of the review page."""

from __future__ import annotations

import re

from bs4 import BeautifulSoup
from starlette.testclient import TestClient

from rehabcoder.web.app import Review
from rehabcoder.worklist.store import queue
from rehabcoder.worklist.store.queue import Filters

HOST = "127.0.0.1:8321"


class Person:
    """One browser without a screen: it follows links and sends the forms of the page it is on."""

    def __init__(self, app: Review, name: str | None) -> None:
        self.app = app
        self.http = TestClient(app, base_url=f"http://{HOST}", raise_server_exceptions=False, follow_redirects=True)
        if name is not None:
            page = self.http.get(f"/enter/{app.sessions.new_link()}")
            self.csrf = re.search(r'name="csrf" value="([^"]+)"', page.text).group(1)
            self.post("/name", name=name)

    def get(self, address: str, **more):
        return self.http.get(address, **more)

    def post(self, address: str, *, part: bool = True, **fields):
        headers = {"HX-Request": "true"} if part else {}
        body = {"csrf": self.csrf} | {key: str(value) for key, value in fields.items()}
        return self.http.post(address, data=body, headers=headers)

    def case(self, at: int):
        with self.app.database.read() as connection:
            return queue.open_case(connection, at)

    def act(self, at: int, action: str, **fields):
        """Send an action on a note with the version it has now."""
        fields.setdefault("version", self.case(at).item.version)
        return self.post(f"/note/{at}", action=action, **fields)


def soup(response) -> BeautifulSoup:
    return BeautifulSoup(response.text, "html.parser")


def first(person: Person, **filters):
    """The riskiest note of the queue, or of what the filters let through."""
    with person.app.database.read() as connection:
        return queue.page(connection, Filters(**filters), limit=1)[0]
