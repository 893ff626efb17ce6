"""`rehabcoder models`: the models there are, what they say of themselves, and which one is in use."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated, Any

import typer

from rehabcoder.cli.arguments import check_format

if TYPE_CHECKING:
    from rehabcoder.training.registry import Entry

Store = Annotated[
    str | None,
    typer.Option("--store", metavar="DIR", help="Model store; default: your own data folder ($REHABCODER_MODELS)."),
]

app = typer.Typer(help="List, show, verify, promote and roll back models.", no_args_is_help=True)


def register(parent: typer.Typer) -> None:
    parent.add_typer(app, name="models")


@app.command("list")
def list_(store: Store = None, format: Annotated[str, typer.Option(help="text or json.")] = "text") -> None:
    """List the models of the store; a star marks the one in use."""
    from rehabcoder.training.registry import entries

    check_format(format)
    found = entries(store)
    if format == "json":
        print(json.dumps([_json(entry) for entry in found], indent=1))
        return
    for entry in found:
        print(_line(entry))


def _json(entry: Entry) -> dict[str, Any]:
    shown = {"name": entry.name, "in_use": entry.promoted, "path": str(entry.path), "card": entry.card}
    return shown | ({"problem": entry.problem} if entry.problem else {})


def _line(entry: Entry) -> str:
    star = "*" if entry.promoted else " "
    if entry.card is None:
        return f"{star} {entry.name:20} damaged: {entry.problem}"
    metrics, gate = entry.card.get("metrics", {}), entry.card.get("gate", {})
    passed = "passed" if gate.get("passed") else "forced" if gate.get("forced") else "no gate"
    f1 = f"F1 {metrics['code_f1']:.3f}" if "code_f1" in metrics else "F1 –"
    return (
        f"{star} {entry.name:20} {entry.card.get('version', ''):28} {entry.card.get('trained_on', ''):10}  {f1:9} "
        f"{passed if entry.name != 'default' else 'shipped'}"
    )


@app.command("show")
def show(
    model: Annotated[str | None, typer.Argument(help="Name or path; default: the one in use.")] = None,
    store: Store = None,
) -> None:
    """Print the card of a model as JSON: data, settings, versions, metrics, the gate's verdict."""
    from rehabcoder.predict.store import load_card
    from rehabcoder.training.registry import find_model

    print(json.dumps(load_card(find_model(model, store)), indent=2, ensure_ascii=False, sort_keys=True))


@app.command("verify")
def verify(
    model: Annotated[str | None, typer.Argument(help="Name or path; default: every model of the store.")] = None,
    store: Store = None,
) -> None:
    """Check every member of a model against its hash, and that the promoted file is the one that was promoted."""
    from pathlib import Path

    from rehabcoder.errors import ModelError
    from rehabcoder.predict.store import load_model
    from rehabcoder.training.registry import entries, find_model

    paths: list[tuple[str, Path]] = (
        [(model, find_model(model, store))]
        if model is not None
        else [(entry.name, entry.path) for entry in entries(store)]
    )
    bad: list[str] = []
    for name, path in paths:
        try:
            print(f"{name}: sound, {load_model(path).version}")
        except ModelError as error:
            bad.append(name)
            print(f"{name}: {error}")
    if model is None:
        find_model(None, store)
    if bad:
        raise ModelError(
            f"{len(bad)} of {len(paths)} models cannot be used ({', '.join(bad)})", remedy="Train them anew."
        )


@app.command("promote")
def promote(
    model: Annotated[str, typer.Argument(help="Name in the store, or the folder or file that `train` wrote.")],
    name: Annotated[str | None, typer.Option(help="What to call it in the store; default: its card's name.")] = None,
    force: Annotated[
        bool, typer.Option("--force", help="Promote a model that did not pass the gate; this is recorded.")
    ] = False,
    store: Store = None,
) -> None:
    """Put a model in use: `rehabcoder code` takes it when no --model is named."""
    from rehabcoder.training.registry import promote as run

    done = run(model, at=_now(), name=name, store=store, force=force)
    print(f"{done.name} is in use{' (it did not pass the gate: --force)' if done.forced else ''}")


@app.command("rollback")
def rollback(store: Store = None) -> None:
    """Put the model back in use that was before the present one."""
    from rehabcoder.training.registry import rollback as run

    print(f"{run(at=_now(), store=store).name} is in use again")


@app.command("history")
def history(store: Store = None) -> None:
    """List every promotion, those that were rolled back included."""
    from rehabcoder.training.registry import history as read

    rows: list[Any] = read(store)
    if not rows:
        print("no model was promoted: the shipped one is in use")
    for row in rows:
        forced = ", forced past the gate" if row.forced else ""
        undone = f", rolled back {row.undone_at}" if row.undone_at else ""
        print(f"{row.at}  {row.name:20} {row.sha256[:12]}{forced}{undone}")


def _now() -> str:
    from datetime import UTC, datetime

    return datetime.now(UTC).isoformat(timespec="seconds")
