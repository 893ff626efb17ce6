"""What every request can reach: the worklist, the payer's rules, the sessions and the templates."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

from fastapi import FastAPI
from starlette.requests import Request

from rehabcoder.billing.pooling import PolicyOn
from rehabcoder.web.render import Pages
from rehabcoder.web.security import Sessions
from rehabcoder.worklist.store.database import Database


class Review(FastAPI):
    """The review page on one worklist.

    `hosts` are the addresses it answers to; `serve` sets them once the port is known.
    """

    hosts: frozenset[str]
    database: Database
    policy: PolicyOn
    sessions: Sessions
    pages: Pages
    on_enter: Callable[[], object] | None = None


def review(request: Request) -> Review:
    """The application that a request came to."""
    return cast(Review, request.app)
