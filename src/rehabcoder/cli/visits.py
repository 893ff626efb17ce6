"""`rehabcoder visits`: what shows only when the notes of a patient, or of a therapist's day, are laid side by side."""

from __future__ import annotations

import csv
import json
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from rehabcoder.billing.ledger import count
from rehabcoder.billing.policies import DEFAULT_POLICY
from rehabcoder.cli.arguments import check_finding, check_format
from rehabcoder.cli.plain import printable
from rehabcoder.cli.reading import Column, DateColumn, IdColumn, InputFormat, PatientColumn, TextColumn, parse_columns
from rehabcoder.errors import ReadError, UsageError

if TYPE_CHECKING:
    from rehabcoder.billing.visits import VisitFinding
    from rehabcoder.note import CodedNote, Note

COLUMNS = ("patient", "clinician", "date", "finding", "severity", "value", "note_ids", "message", "rule")
_NAMED = 6  # notes of a finding that are named on the terminal; files have all


def register(app: typer.Typer) -> None:
    app.command("visits")(visits)


def visits(
    coded: Annotated[
        str, typer.Argument(metavar="CODED", help="The .jsonl file, or folder of parts, that code wrote.")
    ],
    notes: Annotated[
        list[str] | None, typer.Option("--notes", help="The notes that were coded; may be given again.")
    ] = None,
    out: Annotated[str | None, typer.Option(metavar="FILE", help="Write here: a .jsonl or .csv file.")] = None,
    patient: Annotated[str | None, typer.Option(help="Only this patient.")] = None,
    clinician: Annotated[str | None, typer.Option(help="Only this therapist.")] = None,
    finding: Annotated[
        str | None, typer.Option(help="Only this: therapies_rising, cloned_note, dose_unchanged or day_overfull.")
    ] = None,
    limits: Annotated[
        str | None, typer.Option(metavar="FILE.toml", help="Your own limits in place of the shipped ones.")
    ] = None,
    policy: Annotated[str, typer.Option(help="Payer policy: its findings_off are left out.")] = DEFAULT_POLICY,
    format: Annotated[str, typer.Option(help="text or json, on the terminal.")] = "text",
    input_format: InputFormat = None,
    text_column: TextColumn = None,
    id_column: IdColumn = None,
    date_column: DateColumn = None,
    patient_column: PatientColumn = None,
    column: Column = None,
) -> None:
    """Look across visits: more therapies as the patient improves, cloned notes, unchanged doses, overfull days.

    Coded notes hold no patient, day or therapist; they are joined with --notes by note id and the hash of the text.
    Exit status 3: some coded notes had no text among the notes.
    """
    check_format(format)
    if out is not None and Path(out).suffix.lower() not in (".jsonl", ".csv"):
        raise UsageError(f"--out is {out!r}", remedy="Choose a name that ends in .jsonl or .csv.")
    if out is not None:
        from rehabcoder.writers.files import refuse_to_replace

        refuse_to_replace(Path(out), why="which this command did not write", ours=_is_ours)
    check_finding(finding, of=("visits",))
    if not notes:
        what = "coded notes hold no patient, day or therapist"
        raise UsageError(what, remedy="Give the notes that were coded with --notes, unchanged.")
    columns = parse_columns(column, text=text_column, note_id=id_column, date=date_column, patient=patient_column)
    found = look_across(coded, notes, limits=limits, policy=policy, format=input_format, columns=columns, tell=_tell)
    shown = [
        each
        for each in found.findings
        if (patient is None or each.patient == patient)
        and (clinician is None or each.clinician == clinician)
        and (finding is None or each.id == finding)
    ]
    if out is not None:
        _write(shown, Path(out))
        print(f"{found.says}\n{count(len(shown), 'finding')} -> {out}")
    elif format == "json":
        json.dump([each.to_json() for each in shown], sys.stdout, indent=1)
        print()
    else:
        print("\n".join(map(printable, [found.says, "", *_lines(shown)])))
    if found.unmatched_ids:
        named = ", ".join(found.unmatched_ids)
        print(printable(f"{count(found.unmatched, 'coded note')} without a text given: {named}"), file=sys.stderr)
        raise typer.Exit(3)


@dataclass(slots=True)
class Across:
    """What was found across visits, and in what it was looked for."""

    findings: list[VisitFinding] = field(default_factory=list)
    notes: int = 0
    failed: int = 0
    undated: int = 0  # without a date: no part
    no_patient: int = 0  # no part in an episode, only in a therapist's day
    no_clinician: int = 0  # no part in a therapist's day
    patients: set[str] = field(default_factory=set)
    clinicians: set[str] = field(default_factory=set)
    days: list[str] = field(default_factory=list)  # the first and the last
    unmatched: int = 0
    unmatched_ids: list[str] = field(default_factory=list)

    @property
    def says(self) -> str:
        """`212 notes of 38 patients and 3 therapists, 2024-05-01 to 2024-06-30; 2 notes failed.`"""
        period = f", {self.days[0]} to {self.days[1]}" if self.days else ""
        patients, clinicians = count(len(self.patients), "patient"), count(len(self.clinicians), "therapist")
        whole = f"{count(self.notes, 'note')} of {patients} and {clinicians}{period}"
        gaps = (
            (self.failed, "failed"),
            (self.undated, "without a date took no part"),
            (self.no_patient, "without a patient: not compared with others"),
            (self.no_clinician, "without a therapist: in no day's minutes"),
        )
        return "; ".join([whole, *(f"{count(n, 'note')} {words}" for n, words in gaps if n)]) + "."


def look_across(
    coded: str,
    notes: Sequence[str],
    *,
    limits: str | None = None,
    policy: str = DEFAULT_POLICY,
    format: str | None = None,
    columns: Mapping[str, str] | None = None,
    tell: Callable[[str], None] | None = None,
) -> Across:
    """Join coded notes with their notes and look across the visits.

    Args:
        coded: the .jsonl file or the folder of parts that `code` wrote.
        notes: the notes that were coded.
        limits: a TOML file with a site's own limits.
        policy: a payer policy whose `findings_off` are left out.
        format, columns, tell: of the notes, as `readers.read_notes` takes them.

    Raises:
        ReadError: a file cannot be read, holds no coded notes, or not one of these has its text among the notes.
        PolicyError: the limits or the policy are wrong.
    """
    from rehabcoder.billing.policies import load_policy
    from rehabcoder.billing.visits import across_visits, default_limits, read_limits
    from rehabcoder.readers import read_notes
    from rehabcoder.readers.coded import Join, none_matches, read_coded

    off = load_policy(policy).findings_off
    use = read_limits(limits) if limits is not None else default_limits()
    join, across = Join(read_notes(notes, format=format, columns=columns, tell=tell)), Across()
    across.findings = across_visits(_counted(join.pairs(read_coded(coded)), across), limits=use, off=off)
    across.unmatched, across.unmatched_ids = join.unmatched, join.unmatched_ids
    if join.unmatched and not join.matched:
        raise none_matches(join.unmatched, where=coded, unread=join.unread)
    if not join.matched:
        raise ReadError("holds no coded note", where=coded, remedy="Give the .jsonl file that code wrote.")
    return across


def _counted(pairs: Iterator[tuple[Note, CodedNote]], across: Across) -> Iterator[tuple[Note, CodedNote]]:
    from rehabcoder.billing.pooling import day_of

    for note, coded in pairs:
        across.notes += 1
        day = day_of(note.date_of_service)
        if coded.status == "failed":
            across.failed += 1
        elif day is None:
            across.undated += 1
        else:
            across.no_patient += not note.patient_id
            across.no_clinician += not note.clinician
            across.patients |= {note.patient_id} if note.patient_id else set()
            across.clinicians |= {note.clinician} if note.clinician else set()
            first, last = across.days or [day.isoformat()] * 2
            across.days = [min(first, day.isoformat()), max(last, day.isoformat())]
        yield note, coded


def _lines(findings: Sequence[VisitFinding]) -> Iterator[str]:
    """By patient, then by therapist: a line a finding, its notes, and at the end the rules."""
    if not findings:
        yield "Nothing was found."
        return
    before = None
    for each in findings:
        head = f"Patient {each.patient}" if each.patient is not None else f"Therapist {each.clinician}"
        if head != before:
            yield head
            before = head
        of = f", {each.clinician}" if each.patient is not None and each.clinician else ""
        yield f"  {each.date}{of}  {each.id} ({each.severity}): {each.message}"
        more = f" and {len(each.note_ids) - _NAMED} more" if len(each.note_ids) > _NAMED else ""
        yield f"    notes: {', '.join(each.note_ids[:_NAMED])}{more}"
    kinds = Counter(each.id for each in findings)
    yield ""
    yield f"{count(len(findings), 'finding')}: {', '.join(f'{n} {name}' for name, n in kinds.most_common())}."
    for each in {each.id: each for each in findings}.values():
        yield f"Rule of {each.id}: {each.rule}."


def _tell(sentence: str) -> None:
    print(sentence, file=sys.stderr)


def _is_ours(path: Path) -> bool:
    from rehabcoder.writers.files import first_line, holds_fields

    if path.suffix.lower() == ".csv":
        return first_line(path) == ",".join(COLUMNS)
    return holds_fields(path, ("id", "patient", "clinician", "note_ids"))


def _write(findings: Sequence[VisitFinding], path: Path) -> None:
    """Raises: RehabcoderError when the file cannot be written."""
    from rehabcoder.writers.files import private_text
    from rehabcoder.writers.flat import neutral
    from rehabcoder.writers.lines import dump_jsonl

    with private_text(path, newline="") as stream:
        if path.suffix.lower() == ".jsonl":
            dump_jsonl((each.to_json() for each in findings), stream)
            return
        writer = csv.writer(stream)
        writer.writerow(COLUMNS)
        for each in findings:
            row = each.to_json() | {"finding": each.id, "note_ids": ";".join(each.note_ids)}
            writer.writerow([neutral(row[name]) for name in COLUMNS])
