"""`rehabcoder worklist`: the queue, the riskiest first; to the screen, as JSON, or as a workbook and back."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from rehabcoder.cli.arguments import check_finding, parse_date
from rehabcoder.errors import UsageError

if TYPE_CHECKING:
    from rehabcoder.worklist.store.database import Database
    from rehabcoder.worklist.store.queue import Filters, Item


def register(app: typer.Typer) -> None:
    app.command("worklist")(worklist)


def worklist(
    db: Annotated[str, typer.Option("--db", help="The worklist.")] = "worklist.db",
    state: Annotated[
        str,
        typer.Option(
            help="open, self_settled, accepted, changed, awaiting_addendum, failed, settled, decided, or all."
        ),
    ] = "open",
    clinic: Annotated[str | None, typer.Option(help="Only this clinic.")] = None,
    clinician: Annotated[str | None, typer.Option(help="Only this clinician.")] = None,
    payer: Annotated[str | None, typer.Option(help="Only this payer.")] = None,
    code: Annotated[str | None, typer.Option(help="Only notes with a service of this code.")] = None,
    finding: Annotated[str | None, typer.Option(help="Only notes with this finding.")] = None,
    since: Annotated[str | None, typer.Option(metavar="DATE", help="Served on this day or later.")] = None,
    until: Annotated[str | None, typer.Option(metavar="DATE", help="Served on this day or earlier.")] = None,
    limit: Annotated[int, typer.Option(min=1, help="At most so many notes.")] = 25,
    out: Annotated[str | None, typer.Option(metavar="FILE", help="Write .xlsx to fill in, or .jsonl.")] = None,
    apply: Annotated[str | None, typer.Option(metavar="FILE.xlsx", help="Take a filled workbook back.")] = None,
    reviewer: Annotated[str | None, typer.Option(help="Who decided; needed with --apply.")] = None,
    policy: Annotated[str, typer.Option(help="Payer policy whose rules and fees are used.")] = "medicare-part-b",
) -> None:
    """Show the worklist, the riskiest first, or send it through Excel.

    Each line shows the risk and its terms: money at stake, mismatch, uncertainty, severity of findings, age. What the
    tool settled without a person is apart: --state self_settled.
    """
    from rehabcoder.worklist.answer import check_code
    from rehabcoder.worklist.store.database import Database
    from rehabcoder.worklist.store.queue import Filters, check_names

    database = Database(db)
    try:
        if apply is not None:
            _apply(database, apply, reviewer, policy)
            return
        filters = Filters(
            state=None if state == "all" else state,
            clinic=clinic,
            clinician=clinician,
            payer=payer,
            code=None if code is None else check_code(code),
            finding=check_finding(finding),
            since=parse_date(since, "--since"),
            until=parse_date(until, "--until"),
        )
        with database.read() as connection:
            check_names(connection, filters)
        if out is None:
            _show(database, filters, limit)
        elif out.endswith(".xlsx"):
            _workbook(database, filters, limit, out, policy)
        elif out.endswith(".jsonl"):
            _lines(database, filters, limit, out)
        else:
            raise UsageError("--out ends neither in .xlsx nor in .jsonl", remedy="Choose one of the two.")
    finally:
        database.close()


def _rows(database: Database, filters: Filters, limit: int) -> list[Item]:
    from rehabcoder.worklist.store import queue

    with database.read() as connection:
        return queue.page(connection, filters, limit=limit)


def _show(database: Database, filters: Filters, limit: int) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    from rehabcoder.worklist.store import queue
    from rehabcoder.worklist.triage import terms_on

    rows = _rows(database, filters, limit)
    table = Table(box=None, pad_edge=False)
    for name in ("note", "served", "clinician", "payer", "code"):
        table.add_column(name, no_wrap=True)
    for name in ("risk", "money", "mismatch", "uncertain", "severity", "age"):
        table.add_column(name, justify="right")
    today = date.today()
    for item in rows:
        terms = terms_on(item, today)
        texts = (item.note_id, item.date_of_service, item.clinician, item.payer, item.primary_code)
        figures = [f"{terms[name]:.1f}" for name in ("risk", "money", "mismatch", "uncertainty", "severity", "age")]
        table.add_row(*(Text(value or "") for value in texts), *figures)
    with database.read() as connection:
        found, whole = queue.count(connection, filters)
        states = queue.states(connection)
    console = Console(width=None if sys.stdout.isatty() else 140)
    console.print(table)
    console.print(
        f"{len(rows)} of {found}{'' if whole else ' and more'}. All: "
        + ", ".join(f"{n} {s}" for s, n in states.items())
    )


def _lines(database: Database, filters: Filters, limit: int, out: str) -> None:
    from rehabcoder.worklist.triage import terms_on
    from rehabcoder.writers.files import holds_fields, private_text, refuse_to_replace

    refuse_to_replace(
        Path(out),
        why="which this command did not write",
        ours=lambda path: holds_fields(path, ("note_id", "rank", "terms")),
    )
    today, rows = date.today(), _rows(database, filters, limit)
    with private_text(Path(out)) as lines:
        for item in rows:
            row: dict[str, Any] = asdict(item) | {"terms": terms_on(item, today)}
            row.pop("id")
            lines.write(json.dumps(row) + "\n")
    print(f"{len(rows)} notes -> {out}")


def _workbook(database: Database, filters: Filters, limit: int, out: str, policy: str) -> None:
    from rehabcoder.worklist.rules import policy_on
    from rehabcoder.worklist.store import exports, queue
    from rehabcoder.worklist.workbook.write import write_worklist

    rules = policy_on(policy)
    with database.read() as connection:
        cases = queue.open_cases(connection, [item.id for item in queue.page(connection, filters, limit=limit)])
    export, rows = write_worklist(out, cases, policy=rules, today=date.today())
    with database.write() as connection:
        exports.keep(connection, export, "worklist", rows=rows)
    print(f"{len(cases)} notes in {rows} rows -> {out}")
    print(f"Fill it in, then: rehabcoder worklist --apply {out} --reviewer NAME")


def _apply(database: Database, path: str, reviewer: str | None, policy: str) -> None:
    from rehabcoder.worklist.rules import policy_on
    from rehabcoder.worklist.workbook.apply import apply_worklist

    if not reviewer:
        raise UsageError("who decided is not said", remedy="Add --reviewer NAME.")
    done = apply_worklist(database, path, reviewer=reviewer, policy=policy_on(policy))
    print(f"{done.settled} settled, {done.queried} queried, {done.skipped} skipped, {done.already} applied before")
    if done.moved:
        shown = ", ".join(done.moved[:20])
        print(
            f"{len(done.moved)} left alone, decided or coded anew since the workbook was written: {shown}",
            file=sys.stderr,
        )
        raise typer.Exit(3)
