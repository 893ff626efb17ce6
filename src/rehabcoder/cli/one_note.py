"""One note out of whatever the user names: a file, `FILE#number`, or a file and an id."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import TYPE_CHECKING

from rehabcoder.errors import ReadError, UsageError

if TYPE_CHECKING:
    from rehabcoder.coder import Coder
    from rehabcoder.note import CodedNote, Note


def pick_note(
    name: str, *, id: str | None = None, format: str | None = None, columns: Mapping[str, str] | None = None
) -> Note:
    """The note that `name` stands for.

    Args:
        name: a file, `-`, or `FILE#number` as coded notes give it in `source` (of a table the header is row 1).
        id: the id of a note in that file.
        format, columns: of the file, where they cannot be told, as `readers.read_notes` takes them.

    Raises:
        UsageError: the file holds several notes and nothing says which; or several have that id.
        ReadError: there is no such note, or it cannot be read.
    """
    path, source = name, None
    if not os.path.exists(name) and "#" in name and os.path.exists(name.rpartition("#")[0]):
        path, source = name.rpartition("#")[0], name
    found = list(islice(_matching(path, source, id, format, columns), 2))
    if not found:
        what = f"there is no note with the id {id!r}" if id is not None else "there is no such note"
        raise ReadError(what, where=name, remedy="See ids and numbers with: rehabcoder code FILE --format csv.")
    if len(found) > 1:
        holds = "the folder holds several notes" if os.path.isdir(path) else "the file holds several notes"
        what = holds if id is None else "several notes have this id"
        by_id = "" if id else ", or give its --id"
        named = (
            f"Name one, such as {found[0].source}{by_id}." if path != "-" else "Give its --id, or read it from a file."
        )
        raise UsageError(what, where=name, remedy=named)
    [note] = found
    if note.error is not None:
        raise ReadError(note.error)
    return note


def coded_or_refused(note: Note, coder: Coder) -> CodedNote:
    """The coded note.

    Raises:
        ReadError: it cannot be coded.
    """
    [coded] = coder.code([note])
    if coded.status == "failed":
        raise ReadError(coded.error or "the note could not be coded")
    return coded


def _matching(
    path: str, source: str | None, id: str | None, format: str | None, columns: Mapping[str, str] | None
) -> Iterator[Note]:
    from rehabcoder.readers import read_notes

    for note in read_notes([path], format=format, columns=columns):
        if (source is None or note.source == source) and (id is None or note.note_id == id):
            yield note
