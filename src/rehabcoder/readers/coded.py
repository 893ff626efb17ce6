"""Coded notes from the files that `rehabcoder code` wrote, and the notes they came from."""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import chain
from os import PathLike
from pathlib import Path

from rehabcoder.errors import ReadError
from rehabcoder.note import CodedNote, Json, Note

SHOWN = 20  # coded notes without a text that are named


def read_coded(path: str | PathLike[str]) -> Iterator[tuple[str, str]]:
    """The lines of a coded file (JSON Lines), or of every part in a folder, each with its place.

    Raises:
        ReadError: there is no such file, or it is not UTF-8.
    """
    place = Path(path)
    files = sorted(place.glob("*.jsonl")) if place.is_dir() else [place]
    if not files:
        raise ReadError("the folder holds no .jsonl file", where=str(place), remedy="Give the folder that code wrote.")
    for file in files:
        if file.name == "claims.jsonl" and place.is_dir():
            continue
        try:
            with file.open(encoding="utf-8-sig") as lines:
                for number, line in enumerate(lines, 1):
                    if line.strip():
                        yield line, f"{file.name}:{number}"
        except OSError as error:
            raise ReadError("the coded file cannot be read", where=str(file), remedy="Check the path.") from error
        except UnicodeDecodeError as error:
            raise ReadError("the coded file is not UTF-8", where=str(file), remedy="Give what code wrote.") from error


def begun(lines: Iterator[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """The same lines, once it is known that there are some to read.

    Raises:
        ReadError: the file cannot be read, or its first line is no coded note.
    """
    first = next(lines, None)
    if first is None:
        return iter(())
    parse_coded(*first)
    return chain([first], lines)


def parse_coded(line: str, where: str) -> tuple[CodedNote, Json]:
    """The coded note of a line, and the line as it stands.

    Raises:
        ReadError: it is no coded note.
    """
    remedy = "Give the JSON Lines file that rehabcoder code wrote."
    try:
        data: Json = json.loads(line)
        coded = CodedNote.from_json(data)
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        # The message of a JSON or type error may quote the line, and so the note: it is not passed on.
        raise ReadError("this line is no coded note", where=where, remedy=remedy) from error.with_traceback(None)
    if not isinstance(coded.note_id, str) or not coded.note_id or not isinstance(coded.text_sha256, str):
        raise ReadError("this line is no coded note: it lacks note_id or text_sha256", where=where, remedy=remedy)
    return coded, data


def none_matches(coded: int, *, where: str, unread: str | None) -> ReadError:
    """The refusal of a coded file of which not one note is among the notes given; `unread` says why one was not read."""
    what = f"none of the {coded} coded notes has its text among the notes given"
    remedy = "Give the notes that were coded with --notes, unchanged."
    return ReadError(what, where=where, remedy=f"{remedy} Reading them: {unread}" if unread else remedy)


class Join:
    """Joins coded notes with what the input says of them (patient, day, therapist), by note id and SHA-256 of the text.

    Of the notes everything but the text is kept. Coded notes without a note are counted, the first of them named.
    """

    def __init__(self, notes: Iterable[Note]) -> None:
        self.matched = self.unmatched = 0
        self.unmatched_ids: list[str] = []
        self.unread: str | None = None  # why the first of the notes that could not be read was not
        self._abouts: dict[tuple[str, str], deque[Note]] = {}
        for note in notes:
            self.unread = self.unread or note.error
            key = note.note_id, note.text_sha256
            self._abouts.setdefault(key, deque()).append(replace(note, text=""))

    def pairs(self, lines: Iterable[tuple[str, str]]) -> Iterator[tuple[Note, CodedNote]]:
        """Each coded note of `read_coded` with its note, whose text is empty.

        Raises:
            ReadError: a line is no coded note.
        """
        for line, where in lines:
            coded, _ = parse_coded(line, where)
            found = self._abouts.get((coded.note_id, coded.text_sha256))
            if found is None:
                self.unmatched += 1
                self.unmatched_ids += [coded.note_id] if self.unmatched <= SHOWN else []
                continue
            self.matched += 1
            # The same id and text again, such as a cloned note under its patient's number: one after another.
            yield (found.popleft() if len(found) > 1 else found[0]), coded
