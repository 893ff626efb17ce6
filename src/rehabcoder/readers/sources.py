"""Which files a list of paths stands for: files, folders, patterns, and `-` for standard input."""

from __future__ import annotations

import glob
import os
import re
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import BinaryIO

from rehabcoder.errors import ReadError
from rehabcoder.readers.formats import by_name
from rehabcoder.readers.notices import Notices

STDIN = "-"


class HoldsNoNotes(ReadError):
    """The file belongs to an export and holds no notes, such as the patients beside them."""


@dataclass(slots=True, frozen=True)
class Source:
    """One file to read. `name` is how notes point at it; `error` says why it cannot be read."""

    name: str
    error: str | None = None
    found: bool = False  # in a folder or by a pattern, rather than named

    @property
    def stem(self) -> str:
        """The file's name without its folder and suffixes: the id of a note that has none."""
        if self.name == STDIN:
            return "stdin"
        base = os.path.basename(self.name.rstrip("/"))
        base = base.removesuffix(".gz")
        return os.path.splitext(base)[0] or base or "note"

    @property
    def size(self) -> int:
        """Bytes on disk, 0 where that cannot be known."""
        try:
            return os.stat(self.name).st_size if self.name != STDIN else 0
        except OSError:
            return 0

    def open(self) -> BinaryIO:
        """The bytes of the file.

        Raises:
            ReadError: the file cannot be opened.
        """
        if self.name == STDIN:
            return sys.stdin.buffer
        if self.found and os.path.exists(self.name) and not os.path.isfile(self.name):  # a pipe would wait for ever
            raise ReadError("it is a pipe or a device, no file", where=self.name, remedy="Name it to have it read.")
        try:
            return open(self.name, "rb", buffering=0)  # `streams.buffered` does that
        except OSError as error:
            raise _unopened(self.name, error) from error


def counts_rows(note_id: str, source: str) -> bool:
    """Whether an id only says which record of its file a note was: `export-7` of `export.csv#7` or `export.xlsx#May!7`."""
    place = re.fullmatch(r"(.+?)#(?:.*!)?([0-9]+)", source)
    return place is not None and note_id == f"{Source(place[1]).stem}-{place[2]}"


def _unopened(name: str, error: OSError) -> ReadError:
    if isinstance(error, FileNotFoundError):
        return ReadError("there is no such file or folder", where=name, remedy="Check the path.")
    if isinstance(error, PermissionError):
        return ReadError("it may not be read by this user", where=name, remedy="Give yourself the right to read it.")
    return ReadError(f"it cannot be opened ({error.strerror})", where=name, remedy="Check the file and its disk.")


def find(paths: Sequence[str], notices: Notices, *, any_suffix: bool = False) -> Iterator[Source]:
    """The files that `paths` stand for: as given, folders and patterns in the order of their names.

    In a folder, files of no known format are left out and the user is told, unless `any_suffix`; hidden files are left
    out. A path that leads nowhere is a Source with an error.
    """
    for path in map(os.fspath, paths):
        if path == STDIN:
            yield Source(STDIN)
        elif os.path.isdir(path):
            yield from _folder(path, notices, any_suffix)
        elif os.path.exists(path) or not glob.has_magic(path):
            if os.path.exists(path):
                yield Source(path)
            else:
                yield Source(path, str(_unopened(path, FileNotFoundError())))
        else:
            yield from _pattern(path, notices, any_suffix)


def _pattern(path: str, notices: Notices, any_suffix: bool) -> Iterator[Source]:
    found = sorted(glob.glob(path, recursive=True))
    if not found:
        error = ReadError("no file matches this pattern", where=path, remedy="Check it, and quote it in the shell.")
        yield Source(path, str(error))
    for name in found:
        if not os.path.isdir(name):
            yield Source(name, found=True)
        elif "**" not in path:  # that pattern lists the files of its folders itself
            yield from _folder(name, notices, any_suffix)


def _folder(folder: str, notices: Notices, any_suffix: bool) -> Iterator[Source]:
    skipped: Counter[str] = Counter()
    unreadable: list[OSError] = []
    empty = True
    for where, folders, names in os.walk(folder, onerror=unreadable.append):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            if name.startswith("."):
                continue
            if not any_suffix and by_name(name) is None:
                skipped[os.path.splitext(name)[1].lower() or "none"] += 1
                continue
            empty = False
            yield Source(os.path.join(where, name), found=True)
    for closed in unreadable:
        empty = False
        yield Source(str(closed.filename), str(_unopened(str(closed.filename), closed)))
    if skipped:
        kinds = ", ".join(f"{suffix} ({number:,})" for suffix, number in sorted(skipped.items()))
        notices.say(f"{folder}: left out files of no known format, by suffix: {kinds}. Name one to have it read.")
    if empty:
        error = ReadError("the folder holds no notes", where=folder, remedy="Check the path, or name files in it.")
        yield Source(folder, str(error))
