"""`rehabcoder serve`: the review page."""

from __future__ import annotations

from typing import Annotated

import typer


def register(app: typer.Typer) -> None:
    app.command("serve")(serve)


def serve(
    db: Annotated[str, typer.Option("--db", help="The worklist.")] = "worklist.db",
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port on this machine; 0 takes a free one.")] = 8321,
    policy: Annotated[str, typer.Option(help="Payer policy whose rules and fees are used.")] = "medicare-part-b",
    browser: Annotated[bool, typer.Option(help="Open the page in the browser.")] = True,
) -> None:
    """Open the review page on a worklist. It listens on this machine only, until Ctrl-C.

    It prints a link that works once; when it was used, the next one, for another browser or reviewer.
    """
    from rehabcoder.web.server import run
    from rehabcoder.worklist.rules import policy_on
    from rehabcoder.worklist.store.database import Database

    database = Database(db, wait=5.0)
    try:
        run(database, policy_on(policy), port=port, open_browser=browser)
    finally:
        database.close()
