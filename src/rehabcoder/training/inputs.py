"""Labelled notes of a user: the guide's JSON Lines, exports of the worklist, tables of service descriptions."""

from __future__ import annotations

import csv
import json
from codecs import BOM_UTF8
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from rehabcoder.errors import ReadError, TrainingError
from rehabcoder.readers.notices import Notices
from rehabcoder.readers.records import Records
from rehabcoder.readers.streams import HEAD, MAX_LINE, buffered, is_binary, lines
from rehabcoder.training.problems import Problems
from rehabcoder.training.records import OwnNote, OwnText, own_note, own_text

LEAST_NOTES = 20
LEAST_TEXTS = 60
"""Fewer labels than these teach nothing that could be measured."""

_NOTES, _TABLES = (".jsonl", ".ndjson"), (".csv", ".tsv")
_DELIMITERS = (",", ";", "\t", "|")


@dataclass(slots=True)
class Own:
    """A user's labels: whole notes and single service descriptions, each text once; `repeated` were there twice."""

    notes: list[OwnNote] = field(default_factory=list)
    texts: list[OwnText] = field(default_factory=list)
    repeated: int = 0

    @property
    def clinics(self) -> list[str]:
        return sorted({n.clinic for n in self.notes} | {t.clinic for t in self.texts})


def read_own(paths: Sequence[str | Path]) -> Own:
    """The labels in files and folders.

    Raises:
        ReadError: a file is missing, empty, binary or of another kind, or a table lacks its columns.
        TrainingError: labels are wrong or contradict one another (with line numbers), are of one code, or are too few.
    """
    found, problems = Own(), Problems()
    for path in _files(paths):
        before = len(problems) + len(found.notes) + len(found.texts)
        try:
            if path.suffix.lower() in _TABLES:
                found.texts += _read_table(path, problems)
            else:
                found.notes += _read_notes(path, problems)
        except ReadError as error:
            raise error if error.where else ReadError(error.what, where=str(path), remedy=error.remedy) from error
        if before == len(problems) + len(found.notes) + len(found.texts):
            raise ReadError("the file is empty", where=str(path), remedy="Leave it out, or export it again.")
    _once(found, problems)
    problems.refuse()
    _enough(found)
    return found


def _files(paths: Sequence[str | Path]) -> list[Path]:
    out: dict[Path, None] = {}
    for given in paths:
        path = Path(given)
        if path.is_dir():
            inside = sorted(p for p in path.iterdir() if p.suffix.lower() in _NOTES + _TABLES)
            if not inside:
                raise ReadError("the folder holds no labelled notes", where=str(path), remedy=_KINDS)
            out.update(dict.fromkeys(inside))
        elif not path.is_file():
            raise ReadError("there is no such file", where=str(path), remedy="Check the path.")
        elif path.suffix.lower() not in _NOTES + _TABLES:
            raise ReadError("this is no kind of file that labels come in", where=str(path), remedy=_KINDS)
        else:
            out[path] = None
    return list(out)


_KINDS = "Labels come as .jsonl (whole notes, docs/labelling-guide.md) or as .csv with the columns text and code."


def _read_notes(path: Path, problems: Problems) -> Iterator[OwnNote]:
    with path.open("rb") as raw:
        stream = buffered(raw)
        _textual(stream.peek(HEAD)[:HEAD], path)
        for line in lines(stream, Notices()):

            def say(kind: str, number: int = line.number) -> None:
                problems.add(path.name, number, kind)

            if line.text is not None and not line.text.strip():
                continue
            try:
                record = json.loads(line.text or "")
            except (ValueError, RecursionError):
                say("not JSON")
                continue
            note = own_note(record, number=line.number, place=f"{path.name}:{line.number}", stem=path.stem, say=say)
            if note is not None:
                yield note


def _read_table(path: Path, problems: Problems) -> Iterator[OwnText]:
    with path.open("rb") as raw:
        stream = buffered(raw)
        head = stream.peek(HEAD)[:HEAD]
        _textual(head, path)
        csv.field_size_limit(MAX_LINE)
        first = head.decode("utf-8", "replace").lstrip("\ufeff\r\n").split("\n", 1)[0]
        records = Records(lines(stream, Notices()), max(_DELIMITERS, key=first.count))
        names = [name.strip().lower() for name in records.header]
        if not {"text", "code"} <= set(names):
            raise ReadError(
                f"a table of labels has the columns text and code; {_columns(records.header)}", where=str(path),
                remedy="Rename the columns: text holds the description of one service, code the code that it supports.",
            )  # fmt: skip
        for record in records:

            def say(kind: str, number: int = record.line) -> None:
                problems.add(path.name, number, kind)

            if record.problem is not None:
                say("record that cannot be read: quotation marks or cells are off")
                continue
            row = dict(zip(names, record.cells, strict=False))
            text = own_text(row, place=f"{path.name}:{record.line}", stem=path.stem, say=say)
            if text is not None:
                yield text


def _textual(head: bytes, path: Path) -> None:
    if not head.removeprefix(BOM_UTF8).strip():
        raise ReadError("the file is empty", where=str(path), remedy="Leave it out, or export it again.")
    if is_binary(head):
        raise ReadError("the file is binary, not text", where=str(path), remedy=_KINDS)


def _columns(header: Sequence[str]) -> str:
    # A file without a header has a description where names should be; it must not end up in a message.
    if any(len(name) > 40 for name in header):
        return "its first row does not look like column names"
    return "here they are " + (", ".join(repr(name) for name in header[:20]) or "none")


def plain(text: str) -> str:
    """What makes two texts the same: their words, whatever their case and spacing."""
    return " ".join(text.split()).casefold()


def _once(found: Own, problems: Problems) -> None:
    """Keeps each text once; two answers for one text are a problem."""
    notes: dict[str, list[OwnNote]] = defaultdict(list)
    for own in found.notes:
        notes[plain(own.note.text)].append(own)
    texts: dict[str, list[OwnText]] = defaultdict(list)
    for text in found.texts:
        texts[plain(text.snippet.text)].append(text)
    for group in notes.values():
        if len({_answer(own) for own in group}) > 1:
            _contradict([own.place for own in group], problems)
    for rows in texts.values():
        if len({row.snippet.code for row in rows}) > 1:
            _contradict([row.place for row in rows], problems)
    before = len(found.notes) + len(found.texts)
    found.notes = [next((own for own in group if own.counts_fully), group[0]) for group in notes.values()]
    found.texts = [rows[0] for rows in texts.values()]
    found.repeated = before - len(found.notes) - len(found.texts)


def _answer(own: OwnNote) -> tuple[tuple[str, str, int | None], ...]:
    return tuple((plain(own.note.text[s.start : s.end]), s.code, s.minutes) for s in own.note.services)


def _contradict(places: Sequence[str], problems: Problems) -> None:
    for place in places:
        file, _, line = place.rpartition(":")
        problems.add(file, int(line), "contradictory labels of one text")


def _enough(found: Own) -> None:
    notes, texts = len(found.notes), len(found.texts)
    have = f"{notes} labelled notes and {texts} labelled descriptions"
    if notes < LEAST_NOTES and texts < LEAST_TEXTS:
        raise TrainingError(
            f"{have} are too few to learn from; nothing was written",
            remedy=f"Label at least {LEAST_NOTES} notes or {LEAST_TEXTS} descriptions; see `rehabcoder suggest`.",
        )
    codes = {s.code for own in found.notes for s in own.note.services} | {t.snippet.code for t in found.texts}
    if len(codes) < 2:
        only = next(iter(codes), None)
        raise TrainingError(
            f"{have} hold {'no service' if only is None else f'one code only, {only}'}; nothing was written",
            remedy="Add notes with other codes: a code is learned by what tells it from others.",
        )
