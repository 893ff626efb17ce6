"""`rehabcoder suggest`: which notes to label next, and why each."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated

import typer

from rehabcoder.cli.reading import Column, DateColumn, IdColumn, InputFormat, PatientColumn, TextColumn, parse_columns


def register(app: typer.Typer) -> None:
    app.command("suggest")(suggest)


def suggest(
    notes: Annotated[list[str], typer.Argument(metavar="NOTES...", help="Notes as `rehabcoder code` takes them.")],
    limit: Annotated[int, typer.Option(min=1, help="At most so many notes.")] = 50,
    out: Annotated[
        str | None,
        typer.Option(metavar="FILE.jsonl", help="Also write the notes, to be labelled by the labelling guide."),
    ] = None,
    model: Annotated[str | None, typer.Option(help="Name or path of a model; default: the one in use.")] = None,
    input_format: InputFormat = None,
    text_column: TextColumn = None,
    id_column: IdColumn = None,
    date_column: DateColumn = None,
    patient_column: PatientColumn = None,
    column: Column = None,
    store: Annotated[str | None, typer.Option(metavar="DIR", help="Model store.")] = None,
) -> None:
    """Suggest which notes to label next: those in doubt, no two alike, each with its reason.

    FILE.jsonl gets them with their text; add `interventions` to each line and train on it.
    """
    from rehabcoder.errors import ReadError
    from rehabcoder.predict.store import load_model
    from rehabcoder.readers import read_notes
    from rehabcoder.training.registry import find_model
    from rehabcoder.training.suggest import suggest as run
    from rehabcoder.writers.files import private_text, refuse_to_replace

    if out is not None:
        refuse_to_replace(Path(out), why="and it may hold notes, or labels that somebody gave")
    columns = parse_columns(column, text=text_column, note_id=id_column, date=date_column, patient=patient_column)
    loaded = load_model(find_model(model, store))
    done = run(read_notes(notes, format=input_format, columns=columns, tell=_tell), loaded, n=limit)
    for number, one in enumerate(done.notes, 1):
        print(f"{number:3}  {one.note.note_id:24} {'; '.join(one.why)}")
    print(f"{len(done.notes)} of {done.seen} notes{f'; {done.failed} could not be read' if done.failed else ''}")
    if out is not None:
        with private_text(Path(out)) as file:
            for one in done.notes:
                record = {"id": one.note.note_id, "source": one.note.source, "why": one.why, "text": one.note.text}
                file.write(json.dumps(record) + "\n")
        print(f"to be labelled -> {out}")
    if not done.seen:
        raise ReadError("no note could be read", remedy="Name files or folders that `rehabcoder code` can read.")
    if done.failed:
        raise typer.Exit(3)


def _tell(sentence: str) -> None:
    print(sentence, file=sys.stderr)
