"""How to read the notes that a command is given: options of the same names for every command, and what they come to."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

import typer

from rehabcoder.errors import UsageError

InputFormat = Annotated[
    str | None,
    typer.Option("--input-format", help="Format of the notes, if their suffix misleads: txt, csv, fhir ..."),
]
TextColumn = Annotated[str | None, typer.Option("--text-column", metavar="NAME", help="Column of the note's text.")]
IdColumn = Annotated[str | None, typer.Option("--id-column", metavar="NAME", help="Column of the note's id.")]
DateColumn = Annotated[str | None, typer.Option("--date-column", metavar="NAME", help="Column of the date of service.")]
PatientColumn = Annotated[
    str | None, typer.Option("--patient-column", metavar="NAME", help="Column of the patient's id.")
]
Column = Annotated[
    list[str] | None,
    typer.Option(
        "--column",
        metavar="FIELD=NAME",
        help="Column of any field: clinician=Provider. May be given again.",
    ),
]


def parse_columns(
    pairs: Sequence[str] | None,
    *,
    text: str | None = None,
    note_id: str | None = None,
    date: str | None = None,
    patient: str | None = None,
) -> dict[str, str]:
    """The column of each field that the user named, as `readers.read_notes` takes them.

    Raises:
        UsageError: a pair is not of the form FIELD=NAME.
    """
    named = {"text": text, "note_id": note_id, "date_of_service": date, "patient_id": patient}
    columns = {name: column for name, column in named.items() if column is not None}
    for pair in pairs or ():
        name, equals, column = pair.partition("=")
        if not equals or not column:
            raise UsageError("a --column is not of the form FIELD=NAME", remedy="Write it like --column text=Body.")
        columns[name] = column
    return columns
