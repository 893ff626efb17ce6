"""`rehabcoder import`: coded notes into a worklist."""

from __future__ import annotations

import os
import sys
from glob import glob
from pathlib import Path
from typing import Annotated

import typer

from rehabcoder.cli.reading import Column, DateColumn, IdColumn, InputFormat, PatientColumn, TextColumn, parse_columns


def register(app: typer.Typer) -> None:
    app.command("import")(import_notes)


def import_notes(
    coded: Annotated[
        str, typer.Argument(metavar="CODED", help="The .jsonl file, or folder of parts, that code wrote.")
    ],
    notes: Annotated[list[str], typer.Option("--notes", help="The notes that were coded; may be given again.")],
    db: Annotated[str, typer.Option("--db", help="The worklist; made when it is not there.")] = "worklist.db",
    policy: Annotated[str, typer.Option(help="Payer policy whose rules and fees value the money at stake.")] = (
        "medicare-part-b"
    ),
    input_format: InputFormat = None,
    text_column: TextColumn = None,
    id_column: IdColumn = None,
    date_column: DateColumn = None,
    patient_column: PatientColumn = None,
    column: Column = None,
) -> None:
    """Bring coded notes and their texts into a worklist.

    They are joined by note id and the hash of the text. Running it twice, or again after it was interrupted, adds
    nothing twice. A note whose text has changed (an addendum) is reopened and keeps both versions. Exit status 3: some
    coded notes had no text among the notes, or the id of another note.
    """
    from rehabcoder.billing.ledger import count
    from rehabcoder.errors import Interrupted, ReadError
    from rehabcoder.readers import read_notes
    from rehabcoder.readers.coded import begun, read_coded
    from rehabcoder.worklist.importing import import_coded
    from rehabcoder.worklist.rules import policy_on
    from rehabcoder.worklist.store.database import Database

    columns = parse_columns(column, text=text_column, note_id=id_column, date=date_column, patient=patient_column)
    counts: dict[str, int] = {}

    def progress(stage: str, count: int) -> None:
        counts[stage] = count
        if sys.stderr.isatty():
            print(f"\r{counts.get('notes', 0):,} notes, {counts.get('codings', 0):,} codings", end="", file=sys.stderr)

    rules = policy_on(policy)
    # Before the worklist is made: a wrong path leaves none behind.
    if missing := [path for path in notes if path != "-" and not (os.path.exists(path) or glob(path, recursive=True))]:
        raise ReadError("there is no such file or folder", where=missing[0], remedy="Check the path.")
    codings, texts = begun(read_coded(coded)), read_notes(notes, format=input_format, columns=columns)
    database = Database(db, create=True)
    try:
        tally = import_coded(
            database,
            codings,
            texts,
            policy=rules,
            name=Path(coded).name,
            progress=progress,
        )
    except KeyboardInterrupt as stop:
        raise Interrupted("Give the same command again: nothing is added twice.") from stop
    finally:
        database.close()
        if sys.stderr.isatty() and counts:
            print(file=sys.stderr)
    print(
        f"{tally.notes} notes new, {tally.recoded} coded anew, {tally.addenda} with an addendum, "
        f"{tally.unchanged} unchanged -> {database.place}"
    )
    if tally.corrected:
        print(f"{count(tally.corrected, 'note')} of the same text with another bill or other fields, valued anew")
    if others := sorted(tally.policies - {rules(None).id}):
        what = f"The notes were coded under {', '.join(others)}, and money is valued by {rules(None).id}"
        print(f"{what}: give the policy of the payer with --policy.", file=sys.stderr)
    if tally.unmatched:
        print(
            f"{count(tally.unmatched, 'coded note')} without a text given: {', '.join(tally.unmatched_ids)}",
            file=sys.stderr,
        )
    if tally.repeated:
        what = f"{count(tally.repeated, 'coding')} of an id that came before in the same file"
        print(
            f"{what}, left out: {', '.join(tally.repeated_ids)}. Give every note an id of its own and code them again.",
            file=sys.stderr,
        )
    if tally.others:
        what = f"{count(tally.others, 'coded note')} of an id that another note bears (of another patient or day, or a row number)"
        print(
            f"{what}, left out: {', '.join(tally.other_ids)}. Give every note an id of its own, or every export a file "
            "name of its own, and code them again.",
            file=sys.stderr,
        )
    if tally.unmatched or tally.repeated or tally.others:
        raise typer.Exit(3)
