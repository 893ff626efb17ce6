"""Which format an output is in, by its name."""

from __future__ import annotations

import os

FORMATS = ("jsonl", "csv", "parquet", "xlsx")


def format_of(path: str | os.PathLike[str]) -> str | None:
    """The format of an output file by its suffix; None for every other name, which means a folder of parts."""
    suffix = os.path.splitext(os.fspath(path))[1].lower().removeprefix(".")
    return suffix if suffix in FORMATS else None
