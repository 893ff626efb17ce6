"""`rehabcoder purge`: remove texts that may no longer be kept."""

from __future__ import annotations

import getpass
from datetime import date
from typing import Annotated

import typer

from rehabcoder.errors import UsageError


def register(app: typer.Typer) -> None:
    app.command("purge")(purge)


def purge(
    before: Annotated[str, typer.Option(metavar="DATE", help="Notes served before this day.")],
    db: Annotated[str, typer.Option("--db", help="The worklist.")] = "worklist.db",
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Remove the words of old notes from the worklist; the log of decisions stays. It cannot be undone."""
    from rehabcoder.worklist.store.database import Database
    from rehabcoder.worklist.store.keeping import purge_text

    try:
        day = date.fromisoformat(before)
    except ValueError as error:
        raise UsageError("--before is no date", remedy="Write it like 2026-03-31.") from error
    if not yes:
        typer.confirm(f"Remove the text of every note before {day} from {db}?", abort=True)
    database = Database(db)
    try:
        count = purge_text(database, before=day.isoformat(), who=getpass.getuser())
    finally:
        database.close()
    print(f"the text of {count} notes was removed; their decisions stay")
