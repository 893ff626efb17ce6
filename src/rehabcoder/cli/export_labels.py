"""`rehabcoder export-labels`: decisions as labelled notes for `train`."""

from __future__ import annotations

from typing import Annotated

import typer


def register(app: typer.Typer) -> None:
    app.command("export-labels")(export_labels)


def export_labels(
    out: Annotated[str, typer.Option(metavar="FILE.jsonl", help="The labelled notes to write.")],
    db: Annotated[str, typer.Option("--db", help="The worklist.")] = "worklist.db",
    since: Annotated[
        str | None,
        typer.Option(metavar="DATE", help="Agreement counts decisions since then; default: the model's first."),
    ] = None,
) -> None:
    """Write what people settled as labelled notes, each marked blind, accepted or changed.

    Also says how far the present model agrees with the coders since its first coding came in.
    """
    from rehabcoder.worklist.labels import export_labels as write
    from rehabcoder.worklist.reports.collect import model_agreement
    from rehabcoder.worklist.reports.page import percent
    from rehabcoder.worklist.store.database import Database

    database = Database(db)
    try:
        done = write(database, out)
        print(f"{done.blind} blind, {done.accepted} accepted, {done.changed} changed -> {out}")
        if done.purged:
            print(f"{done.purged} settled notes have no text any more and were left out")
        model = model_agreement(database, since=since)
    finally:
        database.close()
    if model is not None and model.overall.notes:
        kappa = "–" if model.overall.kappa is None else f"{model.overall.kappa:.2f}"
        print(
            f"model {model.version or '(no version)'} since {model.since[:10]}: main code agreed in "
            f"{percent(model.overall.share)} of {model.overall.notes}, kappa {kappa}"
        )
