"""Where the results of a run go, and what may stand there before: nothing, or results of the same kind of an earlier run."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from rehabcoder.errors import UsageError
from rehabcoder.writers import FORMATS, format_of
from rehabcoder.writers.files import first_line, holds_fields
from rehabcoder.writers.flat import COLUMNS

FURTHER = ("claims.jsonl", "failed.csv")  # what stands beside the results
FAILED = ("note_id", "source", "error")  # the columns of the notes that failed
_CODED = ("note_id", "interventions", "lines", "flags", "totals")
_CLAIM = ("claim", "patient", "note_ids", "lines")


def beside(out: Path, name: str, *, single_file: bool) -> Path:
    """The path of a further result: `coded/claims.jsonl`, or `coded.claims.jsonl` beside `coded.csv`."""
    return out.with_name(f"{out.stem}.{name}") if single_file else out / name


def refuse_to_replace(out: Path, inputs: Iterable[str], *, single_file: bool, going_on: bool) -> None:
    """Refuse a place where results would replace or remove something else than the results of a run before.

    Args:
        inputs: the files that the run reads.
        going_on: whether an interrupted run is there, which looked at its place when it began.

    Raises:
        UsageError: an input stands there, a file that no run wrote, a workbook, or claims and failures of another
            file of results: `x.csv` and `x.jsonl` would both have `x.claims.jsonl` beside them.
    """
    further = [beside(out, name, single_file=single_file) for name in FURTHER]
    standing = [path for path in (out, *further) if path.exists() and not (path == out and path.is_dir())]
    if not standing:
        return  # before the inputs are looked up: there may be hundreds of thousands
    read = {os.path.realpath(name) for name in inputs}
    for path in standing:
        if os.path.realpath(path) in read:
            what = "this file is read, and the results would replace or remove it"
            raise UsageError(what, where=str(path), remedy="Choose another name for --out.")
    if going_on:
        return
    for path in ([out] if single_file else []) + further:
        if path.is_file() and not _of_a_run(path, out):
            what = "a file stands there that no earlier run of this kind wrote"
            if path.suffix.lower() == ".xlsx":
                what = "a workbook stands there, and somebody may have worked in it"
            raise UsageError(what, where=str(path), remedy="Choose another name for --out, or delete it.")
    if single_file and (others := [path for path in standing if path != out]):
        _refuse_of_another(out, others[0], read)


def _refuse_of_another(out: Path, further: Path, read: set[str]) -> None:
    own = read | {os.path.realpath(out)}  # an input of that name is no file of results
    for other in (out.with_suffix(f".{format}") for format in FORMATS):
        if other.exists() and os.path.realpath(other) not in own:
            what = f"{further} belongs to {other}, and the results in {out} would replace or remove it"
            remedy = "Choose a name for --out that differs before its suffix, or move those files."
            raise UsageError(what, remedy=remedy)


def _of_a_run(path: Path, out: Path) -> bool:
    """Whether a file is what a run writes under this name; an empty one is nothing to lose."""
    if not path.stat().st_size:
        return True
    if path != out:
        return holds_fields(path, _CLAIM) if path.suffix == ".jsonl" else first_line(path) == ",".join(FAILED)
    kind = format_of(out)
    if kind == "jsonl":
        return holds_fields(path, _CODED)
    if kind == "csv":
        return first_line(path) == ",".join(COLUMNS)
    if kind == "parquet":
        from rehabcoder.writers.parquet import is_coded

        return is_coded(path)
    return False
