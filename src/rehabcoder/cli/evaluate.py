"""`rehabcoder evaluate`: how right coded notes are, by labelled ones."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

import typer

from rehabcoder.cli.arguments import check_format

if TYPE_CHECKING:
    from rehabcoder.training.scoring import Score


def register(app: typer.Typer) -> None:
    app.command("evaluate")(evaluate)


def evaluate(
    coded: Annotated[
        str,
        typer.Argument(
            metavar="CODED-or-NOTES", help="Coded notes (.jsonl or folder), or notes, which are coded first."
        ),
    ],
    labelled: Annotated[
        list[str] | None,
        typer.Argument(metavar="LABELLED...", help="Labelled notes (.jsonl); left out: CODED-or-NOTES holds labels."),
    ] = None,
    errors: Annotated[bool, typer.Option("--errors", help="Also list what is wrong, note by note.")] = False,
    format: Annotated[str, typer.Option(help="text or json.")] = "text",
    model: Annotated[str | None, typer.Option(help="Name or path of a model; default: the one in use.")] = None,
    policy: Annotated[str, typer.Option(help="Payer policy: a shipped name or a TOML file.")] = "medicare-part-b",
    draws: Annotated[int, typer.Option(min=0, help="Draws for the 95 % intervals; 0: none.")] = 1000,
) -> None:
    """Score coded notes against labelled ones: services, codes, minutes, claims, settling, findings.

    What each figure counts stands in docs/labelling-guide.md. An interval tells where 95 of 100 such sets of notes
    would put the figure. A dash (null in JSON) stands where nothing was compared.
    """
    check_format(format)
    from rehabcoder.training.evaluating import evaluate as run

    found = run(
        coded,
        labelled or (),
        model=model,
        policy=policy,
        draws=draws,
        tell=lambda sentence: print(sentence, file=sys.stderr),
    )
    if format == "json":
        wrong = {"errors": [{"note_id": name, "wrong": wrong} for name, wrong in found.errors]} if errors else {}
        print(json.dumps(found.to_json() | wrong))
        return
    if errors:
        for name, wrongs in found.errors:
            print("\n    ".join([name, *wrongs]))
    for line in _table(found):
        print(line)


def _table(found: Score) -> Iterator[str]:
    for name, value in found.figures.items():
        if name != "flags":
            yield _line(name, value, found)
            continue
        for flag, share in value.items():
            yield _line(f"  {flag}", share, found)


def _line(name: str, value: float | None, found: Score) -> str:
    said = "–" if value is None else f"{value:.3f}" if isinstance(value, float) else str(value)
    shown = f"{name:26} {said}"
    ends = found.intervals.get(name.strip())
    return f"{shown}  ({ends[0]:.3f} to {ends[1]:.3f})" if ends else shown
