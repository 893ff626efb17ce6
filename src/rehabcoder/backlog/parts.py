"""A coded shard on disk: a part, what claims and workbooks need besides, and last a record that it is done."""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

from rehabcoder.backlog.shards import Shard
from rehabcoder.note import Json, Note
from rehabcoder.writers.files import private, private_text
from rehabcoder.writers.flat import dump_csv
from rehabcoder.writers.lines import dump_jsonl, json_line

SHOWN = 20  # failed notes that are named at the end of a run; all of them stand in a file


@dataclass(slots=True, frozen=True)
class Part:
    """How parts are written: their format and folder, and the work folder for everything that is not a result."""

    format: str
    folder: Path
    work: Path
    header: bool = True  # of CSV parts that stay parts; those of one file have a single header
    about: bool = False  # whether a workbook will need what the input says of each note

    def path(self, number: int) -> Path:
        return self.folder / f"part-{number:05d}.{self.format}"

    def done(self, number: int) -> Path:
        return self.work / f"done-{number:05d}.json"

    def claims(self, number: int) -> Path:
        return self.work / f"claims-{number:05d}.jsonl"

    def notes(self, number: int) -> Path:
        return self.work / f"about-{number:05d}.jsonl"

    def ids(self, number: int) -> Path:
        return self.work / f"ids-{number:05d}.jsonl"

    def failed(self, number: int) -> Path:
        return self.work / f"failed-{number:05d}.jsonl"


@dataclass(slots=True)
class Done:
    """What is known of a coded shard. `failures` are the first of its failed notes: id, source, error."""

    number: int
    notes: int = 0
    failed: int = 0
    review: int = 0
    quarantined: int = 0
    claims: bool = False  # whether a note has a patient and a date
    unclaimed: int = 0  # notes without a patient or a date
    model_version: str = ""
    failures: list[tuple[str, str, str]] = field(default_factory=list)
    told: list[str] = field(default_factory=list)
    end: tuple[int, int] = (0, 0)  # where the next shard begins; see shards.Place
    size: int = 0

    @classmethod
    def load(cls, path: Path) -> Done:
        return cls(**json.loads(path.read_text(encoding="utf-8")))

    def save(self, path: Path) -> None:
        with private(path) as unfinished:
            unfinished.write_text(json.dumps(asdict(self)), encoding="utf-8")


def write_part(
    number: int, notes: Sequence[Note], rows: list[Json], part: Part, *, told: Sequence[str] = (), barred: int = 0
) -> Done:
    """Write a shard: its notes and, as JSON, their answers. The same notes give the same bytes.

    Raises:
        RehabcoderError: the disk is full or may not be written.
    """
    _write_rows(notes, rows, part, number)
    if part.about:
        _write_lines((note.about() for note in notes), part.notes(number), part)
    billable = [
        f"{claim_key(note.patient_id)}\t{json_line({'about': note.about(), 'coded': _for_claim(row)})}"
        for note, row in zip(notes, rows, strict=True)
        if note.patient_id and note.date_of_service
    ]
    if billable:
        _write(billable, part.claims(number), part)
    _write((f"{json.dumps(note.note_id)}\n" for note in notes), part.ids(number), part)
    failures = [(row["note_id"], row["source"], row["error"] or "") for row in rows if row["status"] == "failed"]
    if failures:
        _write_lines(({"failed": failure} for failure in failures), part.failed(number), part)
    return Done(
        number,
        notes=len(rows),
        failed=len(failures),
        review=sum(row["needs_review"] for row in rows if row["status"] != "failed"),
        quarantined=barred,
        claims=bool(billable),
        unclaimed=len(notes) - len(billable),
        model_version=next((row["model_version"] for row in rows if row["model_version"]), ""),
        failures=failures[:SHOWN],
        told=list(told),
    )


def record(done: Done, shard: Shard, part: Part) -> Done:
    """Put on disk that `shard` is done: from here on no later run does it again."""
    done.end = (shard.end.source, shard.end.note)
    done.size = shard.size
    done.save(part.done(shard.number))
    return done


def _write_rows(notes: Sequence[Note], rows: list[Json], part: Part, number: int) -> None:
    with private(part.path(number), beside=part.work) as unfinished:
        if part.format == "parquet":
            from rehabcoder.writers.parquet import write_rows

            write_rows(rows, unfinished)
        elif part.format == "csv":
            with unfinished.open("w", encoding="utf-8", newline="") as stream:
                pairs = ((note.about(), row) for note, row in zip(notes, rows, strict=True))
                dump_csv(pairs, stream, header=part.header)
        else:
            with unfinished.open("w", encoding="utf-8", newline="\n") as stream:
                dump_jsonl(rows, stream)


def _write_lines(rows: Iterable[Json], path: Path, part: Part) -> None:
    _write(map(json_line, rows), path, part)


def _write(lines: Iterable[str], path: Path, part: Part) -> None:
    with private_text(path, beside=part.work) as stream:
        stream.writelines(lines)


def claim_key(patient: str) -> int:
    """A number that the notes of one patient share, by which they are dealt into buckets."""
    return zlib.crc32(patient.encode("utf-8", "surrogatepass"))


def _for_claim(row: Json) -> Json:
    """What a claim needs of a coded note: no words of it."""
    kept = ("start", "end", "code", "labelled", "minutes")
    services = [{"text": ""} | {name: service[name] for name in kept} for service in row["interventions"]]
    out: Json = {name: row[name] for name in ("note_id", "text_sha256", "status", "totals")}
    return out | {"interventions": services}
