"""`rehabcoder code`: notes in, coded notes out."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated

import typer

from rehabcoder.cli.reading import Column, DateColumn, IdColumn, InputFormat, PatientColumn, TextColumn, parse_columns
from rehabcoder.errors import Interrupted, UsageError

if TYPE_CHECKING:
    from rehabcoder.backlog import Progress, Summary
    from rehabcoder.note import CodedNote, Note

FORMATS = ("table", "jsonl", "csv")
_NAMED = 20  # failed notes, and ids of several notes, that are named at the end
_QUIET = 10.0  # seconds of a run that need no word about progress in a log


def register(app: typer.Typer) -> None:
    app.command("code")(code)


def code(
    paths: Annotated[
        list[str], typer.Argument(metavar="PATH...", help="Files, folders, patterns, or - for standard input.")
    ],
    out: Annotated[
        str | None,
        typer.Option(help="Write here: a .jsonl, .csv, .xlsx or .parquet file, or a folder of parts; resumable."),
    ] = None,
    format: Annotated[
        str | None,
        typer.Option(help="table, jsonl or csv on the terminal; jsonl, csv or parquet for the parts of a folder."),
    ] = None,
    policy: Annotated[str, typer.Option(help="Payer policy: a shipped name or a TOML file.")] = "medicare-part-b",
    model: Annotated[str | None, typer.Option(help="Name or path of a model; default: the one in use.")] = None,
    jobs: Annotated[int, typer.Option(min=0, help="Worker processes; 0: one a core.")] = 1,
    input_format: InputFormat = None,
    text_column: TextColumn = None,
    id_column: IdColumn = None,
    date_column: DateColumn = None,
    patient_column: PatientColumn = None,
    column: Column = None,
    year_to_date: Annotated[
        str | None,
        typer.Option(
            metavar="FILE", help="CSV of dollars allowed so far (patient_id, discipline, year, amount): KX on claims."
        ),
    ] = None,
    engine: Annotated[str, typer.Option(help="local, or spark with --master and --out.")] = "local",
    master: Annotated[str | None, typer.Option(metavar="URL", help="Spark cluster: spark://host:7077.")] = None,
) -> None:
    """Code notes: services, minutes, supported codes, units, findings.

    Without --out a table is printed: a line a service; notes with a star are for a person to see. Labels that the
    input holds are never read. Exit status 3: some notes failed; they are named, and each has its row all the same.
    """
    columns = parse_columns(column, text=text_column, note_id=id_column, date=date_column, patient=patient_column)
    if engine not in ("local", "spark") or (engine == "spark") != (master is not None):
        raise UsageError(f"--engine {engine} does not go with this --master", remedy="Use --engine spark --master URL.")
    if out is None and master is not None:
        raise UsageError("a cluster needs a place for its parts", remedy="Add --out FOLDER.")
    if out is None and year_to_date is not None:
        raise UsageError("KX stands on claims, which are only written to a place", remedy="Add --out.")
    from rehabcoder.training.registry import find_model

    path = str(find_model(model))
    if out is not None:
        failed = code_into(
            paths, out=out, format=format, policy=policy, model=path, jobs=jobs, input_format=input_format,
            columns=columns, year_to_date=year_to_date, master=master,
        )  # fmt: skip
    else:
        failed = code_onto_stdout(
            paths, format=format or "table", policy=policy, model=path, jobs=jobs, input_format=input_format,
            columns=columns,
        )  # fmt: skip
    if failed:
        raise typer.Exit(3)


def code_into(
    paths: Sequence[str], *, out: str, format: str | None, policy: str, model: str, jobs: int,
    input_format: str | None, columns: Mapping[str, str], year_to_date: str | None = None, master: str | None = None,
) -> int:  # fmt: skip
    """Code a backlog into files and say what became of it; how many notes failed."""
    from rehabcoder.backlog import code_backlog

    spark = None
    if master is not None:
        from rehabcoder.spark import engine

        spark = engine(master)
    try:
        summary = code_backlog(
            paths, out=out, format=format, input_format=input_format, columns=columns, model=model, policy=policy,
            jobs=jobs, year_to_date=year_to_date, engine=spark, on_progress=_progress(), tell=_tell,
        )  # fmt: skip
    except KeyboardInterrupt as stop:
        # Standard input cannot be taken up in the middle.
        raise Interrupted("" if "-" in paths else "Give the same command again: it goes on where it stopped.") from stop
    print(f"{counted(summary.notes, summary.settled, summary.review, summary.failed)} -> {summary.out}")
    _say_more(summary)
    if year_to_date is not None:
        _say_kx(summary, policy)
    return summary.failed


def _say_more(summary: Summary) -> None:
    if summary.taken_over:
        print(f"{summary.taken_over:,} of them were coded by the run before, which this one went on with.")
    if summary.claims_file:
        print(f"{summary.claims:,} claims (a patient, a day and a discipline each) -> {summary.claims_file}")
        if summary.unclaimed:
            stand = "note stands" if summary.unclaimed == 1 else "notes stand"
            print(f"{summary.unclaimed:,} {stand} in no claim, for want of a patient or a date.")
    _name_repeated(summary.repeated, summary.repeated_ids)
    if summary.failed:
        errors = [error or source or note_id for note_id, source, error in summary.failures]
        _name_failures(summary.failed, errors, f", listed in {summary.failed_file}")


def _say_kx(summary: Summary, policy: str) -> None:
    from rehabcoder.billing.policies import load_policy

    print(f"{summary.claims_with_kx:,} of the claims carry KX.")
    rules = load_policy(policy)
    if not rules.modifiers.kx_threshold:
        _tell(f"{rules.rules_version} has no threshold: KX is Medicare's. Code under a policy with kx_threshold.")
    elif not rules.fees:
        _tell(f"{rules.rules_version} has no fees: KX was judged by the amounts given, without those of these claims.")


def _progress() -> Callable[[Progress], None]:
    """Progress on standard error: kept up to date on a terminal, in a log only for runs that take a while."""
    from rehabcoder.backlog import shown_on

    show = shown_on()

    def shown(progress: Progress) -> None:
        if sys.stderr.isatty() or progress.seconds >= _QUIET:
            show(progress)

    return shown


def code_onto_stdout(
    paths: Sequence[str], *, format: str, policy: str, model: str, jobs: int, input_format: str | None,
    columns: Mapping[str, str],
) -> int:  # fmt: skip
    """Code notes and print them as they come; how many failed.

    Raises:
        UsageError: no such format.
    """
    if format not in FORMATS:
        remedy = f"Use {', '.join(FORMATS)}; others need --out with a file of that suffix."
        raise UsageError(f"--format is {format!r}", remedy=remedy)
    from rehabcoder.cli.stream import coded_stream
    from rehabcoder.readers import read_notes

    notes = read_notes(paths, format=input_format, columns=columns, tell=_tell)
    tally = Tally()
    pairs = tally.of(coded_stream(notes, model=model, policy=policy, jobs=jobs))
    if format == "table":
        from rehabcoder.billing.policies import load_policy
        from rehabcoder.cli.table import print_table

        print_table((row for _, row in pairs), load_policy(policy))
        print(f"{tally}. A star marks those to see.")
    else:
        _write(pairs, format)
    _name_repeated(len(tally.repeated), list(tally.repeated)[:_NAMED])
    if tally.failed:
        _name_failures(tally.failed, tally.errors)
    return tally.failed


@dataclass(slots=True)
class Tally:
    """What became of the notes that went by."""

    notes: int = 0
    review: int = 0
    failed: int = 0
    errors: list[str] = field(default_factory=list)
    repeated: dict[str, None] = field(default_factory=dict)  # ids of more than one note
    _ids: set[str] = field(default_factory=set)

    def of(self, pairs: Iterable[tuple[Note, CodedNote]]) -> Iterator[tuple[Note, CodedNote]]:
        """The same notes and answers, counted."""
        for note, row in pairs:
            self.notes += 1
            if row.note_id in self._ids:
                self.repeated[row.note_id] = None
            self._ids.add(row.note_id)
            if row.status == "failed":
                self.failed += 1
                if len(self.errors) < _NAMED:
                    self.errors.append(row.error or row.source or row.note_id)
            else:
                self.review += row.needs_review
            yield note, row

    def __str__(self) -> str:
        return counted(self.notes, self.notes - self.review - self.failed, self.review, self.failed)


def counted(notes: int, settled: int, review: int, failed: int) -> str:
    """`34 notes: 20 settled, 13 for a person to see, 1 failed`."""
    noun = "note" if notes == 1 else "notes"
    return f"{notes:,} {noun}: {settled:,} settled, {review:,} for a person to see, {failed:,} failed"


def _write(pairs: Iterable[tuple[Note, CodedNote]], format: str) -> None:
    from rehabcoder.writers import dump_csv, dump_jsonl

    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8", newline="")  # the same bytes on every system
    if format == "csv":
        dump_csv(((note.about(), row.to_json()) for note, row in pairs), sys.stdout)
    else:
        dump_jsonl((row.to_json() for _, row in pairs), sys.stdout)


def _name_failures(number: int, errors: Sequence[str], where: str = "") -> None:
    """Name the failed notes on standard error. Their errors hold no text of a note."""
    noun = "note" if number == 1 else "notes"
    print(f"{number:,} {noun} failed{where}:", file=sys.stderr)
    for error in errors:
        print(f"  {error}", file=sys.stderr)
    if number > len(errors):
        print(f"  and {number - len(errors):,} more", file=sys.stderr)


def _name_repeated(number: int, ids: Sequence[str]) -> None:
    """Name the ids that several notes share, on standard error."""
    if number:
        from rehabcoder.cli.plain import printable

        more = f" and {number - len(ids):,} more" if number > len(ids) else ""
        noun = "id stands" if number == 1 else "ids stand"
        _tell(
            f"{number:,} {noun} for more than one note: {printable(', '.join(ids))}{more}. A worklist takes the first "
            "of each alone: give every note an id of its own."
        )


def _tell(sentence: str) -> None:
    print(sentence, file=sys.stderr)
