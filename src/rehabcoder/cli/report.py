"""`rehabcoder report`: a page, a workbook, and the memo of an audit."""

from __future__ import annotations

from typing import Annotated

import typer


def register(app: typer.Typer) -> None:
    app.command("report")(report)


def report(
    out: Annotated[str, typer.Option(metavar="FILE.html", help="The page to write.")] = "report.html",
    db: Annotated[str, typer.Option("--db", help="The worklist.")] = "worklist.db",
    workbook: Annotated[str | None, typer.Option(metavar="FILE.xlsx", help="Also write a workbook.")] = None,
    sample: Annotated[str | None, typer.Option(help="Sample that the memo is about.")] = None,
    memo: Annotated[str | None, typer.Option(metavar="FILE.html", help="Write the audit memo of --sample.")] = None,
    policy: Annotated[str, typer.Option(help="Payer policy whose rules and fees are used.")] = "medicare-part-b",
) -> None:
    """Write a report by clinician, clinic, payer, code, finding and month: one file, offline, fit to print."""
    from rehabcoder.errors import UsageError
    from rehabcoder.worklist.findings import sample_findings
    from rehabcoder.worklist.reports.collect import collect
    from rehabcoder.worklist.reports.page import write_memo, write_report
    from rehabcoder.worklist.reports.workbook import write_workbook
    from rehabcoder.worklist.rules import in_words, policy_on
    from rehabcoder.worklist.store import samples
    from rehabcoder.worklist.store.database import Database

    if (sample is None) != (memo is None):
        raise UsageError("a memo needs --sample and --memo", remedy="Give both.")
    rules = policy_on(policy)
    database = Database(db)
    try:
        if sample is not None and memo is not None:
            with database.read() as connection:  # first, so that a wrong name leaves the files of before alone
                one = samples.find(connection, sample)
                found = sample_findings(one, samples.items(connection, one.id), rules)
        gathered = collect(database, rules)
        write_report(out, gathered)
        print(f"{gathered.whole.notes} notes -> {out}")
        if workbook is not None:
            write_workbook(workbook, gathered)
            print(f"workbook -> {workbook}")
        if sample is not None and memo is not None:
            write_memo(memo, found, policy=in_words(rules))
            print(f"memo on {sample} -> {memo}")
    finally:
        database.close()
