"""`rehabcoder train`: from a clinic's labels to a model that is shown to be no worse, with its report."""

from __future__ import annotations

from typing import Annotated

import typer


def register(app: typer.Typer) -> None:
    app.command("train")(train)


def train(
    labelled: Annotated[
        list[str],
        typer.Argument(metavar="LABELLED...", help="Labelled notes (.jsonl), tables of text and code (.csv), folders."),
    ],
    out: Annotated[str, typer.Option(metavar="DIR", help="Gets model.zip, report.html and report.md.")],
    name: Annotated[str, typer.Option(help="What the model calls itself.")] = "clinic",
    only: Annotated[bool, typer.Option("--only", help="Leave the shipped labelled data out.")] = False,
    force: Annotated[
        bool, typer.Option("--force", help="Write the model even if the gate refuses it; its card says so.")
    ] = False,
    jobs: Annotated[int, typer.Option(min=0, help="Models fitted side by side; 0: one a core.")] = 0,
    seed: Annotated[int, typer.Option(help="Seed of the gate's draws.")] = 1,
    date: Annotated[
        str | None,
        typer.Option(metavar="YYYY-MM-DD", help="Date of the card; default: today. The same gives the same file."),
    ] = None,
    policy: Annotated[
        str, typer.Option(help="Payer policy whose fees tell which way money moves.")
    ] = "medicare-part-b",
    store: Annotated[
        str | None, typer.Option(metavar="DIR", help="Model store; default: your own data folder.")
    ] = None,
) -> None:
    """Train a model on your labels and the shipped data, measure it, and refuse it if it may be worse.

    Labels come from `rehabcoder export-labels`, from the labelling guide's JSON Lines, or as a table of service
    descriptions with their code. Nothing is used before `rehabcoder models promote DIR`.
    """
    import sys
    import time
    from datetime import date as Date

    from rehabcoder.backlog.progress import clock
    from rehabcoder.errors import TrainingError, UsageError
    from rehabcoder.training.retrain import train as run

    try:
        on = Date.fromisoformat(date) if date else None
    except ValueError as error:
        raise UsageError(f"{date!r} is no date", where="--date", remedy="Write it as 2025-03-14.") from error
    started = time.monotonic()

    def tell(sentence: str) -> None:
        print(f"[{clock(time.monotonic() - started)}] {sentence}", file=sys.stderr, flush=True)

    done = run(
        labelled,
        out=out,
        name=name,
        only=only,
        seed=seed,
        jobs=jobs,
        on=on,
        policy=policy,
        store=store,
        force=force,
        tell=tell,
    )
    if done.gain.services:
        print(f"your labels, cross-validated, shipped model -> new: {str(done.gain).split(': ', 1)[1]}")
    else:
        print("none of your labels counts fully (all were only accepted): what they bring cannot be measured")
    for change in done.verdict.judged:
        print(f"gate, {change}{'  LOST' if change.lost else ''}")
    for change in done.verdict.clinics:
        print(f"clinic {change}")
    print(f"report -> {done.report}")
    if not done.verdict.passed:
        lost = "; ".join(str(change) for change in done.verdict.lost)
        why = f"only {done.verdict.overall.services} frozen services to judge it by" if done.verdict.too_few else lost
        if done.model is None:
            raise TrainingError(
                f"the gate refused the new model, and it was not written ({why})",
                remedy=f"Read {done.report}: labels most likely wrong come first. --force writes it all the same.",
            )
        print("written though the gate refused it (--force); the model's card says so")
    print(f"model {done.card['version']} -> {done.model}")
    print(f"put it in use with: rehabcoder models promote {out}")
