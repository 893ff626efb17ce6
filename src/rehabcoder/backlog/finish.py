"""The end of a run: claims, the list of failed notes, and one file of all parts where one was asked for."""

from __future__ import annotations

import csv
import json
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path

from rehabcoder.backlog.claims import write_claims
from rehabcoder.backlog.parts import Done, Part, claim_key
from rehabcoder.backlog.places import FAILED
from rehabcoder.billing.thresholds import YearToDate
from rehabcoder.note import Json
from rehabcoder.writers.files import private, private_text
from rehabcoder.writers.flat import COLUMNS, neutral

_AT_ONCE = 500_000  # ids that are held in memory


def join_parts(done: Sequence[Done], part: Part, out: Path, format: str) -> None:
    """Make the one file `out` of all parts.

    Raises:
        RehabcoderError: the disk is full or may not be written.
    """
    paths = [part.path(one.number) for one in done]
    with private(out, beside=part.work) as unfinished:
        if format == "parquet":
            from rehabcoder.writers.parquet import join_files

            join_files(paths, unfinished)
        elif format == "xlsx":
            from rehabcoder.writers.workbook import write_workbook

            write_workbook(_pairs(done, part), unfinished, scratch=part.work)
        else:
            with unfinished.open("wb") as whole:
                if format == "csv":
                    whole.write((",".join(COLUMNS) + "\r\n").encode())
                for path in paths:
                    with path.open("rb") as stream:
                        shutil.copyfileobj(stream, whole, 2**20)


def _pairs(done: Sequence[Done], part: Part) -> Iterator[tuple[Json, Json]]:
    for one in done:
        with part.notes(one.number).open(encoding="utf-8") as abouts, part.path(one.number).open("rb") as rows:
            for about, row in zip(abouts, rows, strict=True):
                yield json.loads(about), json.loads(row)


def write_all_claims(
    done: Sequence[Done], part: Part, path: Path, *, policy: str, jobs: int, year_to_date: YearToDate | None
) -> tuple[int, int]:
    """Write the claims of all parts; how many, and how many with KX.

    Without a patient and a day there is no file, nor one of a run before.
    """
    parts = [part.claims(one.number) for one in done if one.claims]
    if not parts:
        path.unlink(missing_ok=True)
        return 0, 0
    return write_claims(parts, path, policy=policy, work=part.work, jobs=jobs, year_to_date=year_to_date)


def repeated_ids(done: Sequence[Done], part: Part) -> list[str]:
    """The ids that more than one note has, each once."""
    turns = 1 + sum(one.notes for one in done) // _AT_ONCE
    repeated: dict[str, None] = {}
    for turn in range(turns):
        seen: set[str] = set()
        for note_id in _ids(done, part):
            if turns == 1 or claim_key(note_id) % turns == turn:
                repeated |= {note_id: None} if note_id in seen else {}
                seen.add(note_id)
    return list(repeated)


def _ids(done: Sequence[Done], part: Part) -> Iterator[str]:
    for one in done:
        with part.ids(one.number).open(encoding="utf-8") as lines:
            yield from map(json.loads, lines)


def write_failures(done: Sequence[Done], part: Part, path: Path) -> None:
    """Write the notes that failed, with the reason of each; no file where none did, nor one of a run before."""
    if not any(one.failed for one in done):
        path.unlink(missing_ok=True)
        return
    with private_text(path, beside=part.work, newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(FAILED)
        for one in done:
            if one.failed:
                with part.failed(one.number).open(encoding="utf-8") as lines:
                    writer.writerows(map(neutral, json.loads(line)["failed"]) for line in lines)
