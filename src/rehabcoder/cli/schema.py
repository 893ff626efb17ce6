"""`rehabcoder schema`: the JSON Schema of a coded note."""

from __future__ import annotations

from importlib.resources import files

import typer


def register(app: typer.Typer) -> None:
    app.command("schema")(schema)


def schema() -> None:
    """Print the JSON Schema (draft 2020-12) of a coded note, one line of `code --format jsonl`."""
    print(coded_note_schema(), end="")


def coded_note_schema() -> str:
    """The schema as JSON."""
    return files("rehabcoder.knowledge").joinpath("coded-note.schema.json").read_text(encoding="utf-8")
