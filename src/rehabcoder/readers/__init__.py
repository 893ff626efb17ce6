"""Notes from files: one module a format, chosen by suffix, first bytes or the user; each yields `Note`.

`read_notes` is the way in. Nothing that a path stands for is lost: what cannot be read is a note with an `error`.
"""

from __future__ import annotations

import importlib
import io
from collections.abc import Callable, Iterator, Mapping, Sequence

from rehabcoder.errors import MissingExtra, ReadError
from rehabcoder.note import Note
from rehabcoder.readers import formats, sources
from rehabcoder.readers.columns import FIELDS
from rehabcoder.readers.formats import FORMATS
from rehabcoder.readers.options import Options
from rehabcoder.readers.sources import STDIN, HoldsNoNotes, Source
from rehabcoder.readers.streams import HEAD, buffered

__all__ = ["FIELDS", "FORMATS", "Options", "Source", "read_notes", "read_source"]


def read_notes(
    paths: Sequence[str],
    *,
    format: str | None = None,
    columns: Mapping[str, str] | None = None,
    tell: Callable[[str], None] | None = None,
) -> Iterator[Note]:
    """The notes that `paths` (files, folders, patterns, `-` for standard input) hold, one at a time, in order.

    Args:
        format: one of `FORMATS` for every file; by default each file's suffix and first bytes decide.
        columns: the name of the column for a field, such as `{"text": "Body"}`; fields are `FIELDS`. By default names
            that exports use are recognised.
        tell: called with a sentence for each thing that a user should know: the columns taken, bytes that are not
            UTF-8, cells left out. No sentence holds text of a note.

    A file or record that cannot be read is a note with an `error` in its place; the rest still goes through.

    Raises:
        UsageError: no such format, or a field that a note does not have.
    """
    options = Options.checked(format, columns, tell)
    return _read(paths, options)


def _read(paths: Sequence[str], options: Options) -> Iterator[Note]:
    for source in sources.find(paths, options.notices, any_suffix=options.format is not None):
        yield from read_source(source, options)


def read_source(source: Source, options: Options, *, skip: int = 0) -> Iterator[Note]:
    """The notes of one file; where it cannot be read one with an `error`.

    There are none only where a folder holds files of an export that have none, such as the patients beside the notes.
    The first `skip` notes are left out, as fast as the format allows.
    """
    empty = not skip
    options.skip = skip
    try:
        if source.error is not None:
            yield Note(source.stem, "", source.name, error=source.error)
            return
        options.raw = source.open()
        try:
            for note in _opened(buffered(options.raw), source, options):
                empty = False
                if options.skip:
                    options.skip -= 1
                else:
                    yield note
        finally:
            if source.name != STDIN:
                options.raw.close()
        if empty:
            raise ReadError("the file holds no notes", remedy="Check that it is the right one.")
    except HoldsNoNotes as error:
        if source.found:  # nobody asked for this file in particular
            options.notices.say(f"{source.name}: left out, since {error.what}.")
        else:
            yield Note(source.stem, "", source.name, error=f"{source.name}: {error}")
    except ReadError as error:
        problem = error if error.where else ReadError(error.what, where=source.name, remedy=error.remedy)
        yield Note(source.stem, "", source.name, error=str(problem))
    except MissingExtra as error:
        yield Note(source.stem, "", source.name, error=f"{source.name}: {error}")
    except Exception as error:  # whatever a damaged file makes of a library costs one row, not the run
        problem = ReadError(
            f"the file is damaged or of an unknown kind ({type(error).__name__})",
            where=source.name,
            remedy="Open it in the program that wrote it and export it again.",
        )
        yield Note(source.stem, "", source.name, error=str(problem))
    finally:
        options.notices.flush(source.name)


def _opened(stream: io.BufferedReader, source: Source, options: Options) -> Iterator[Note]:
    head = stream.peek(HEAD)[:HEAD]
    if not head:
        raise ReadError("the file is empty", remedy="Check that it was copied whole.")
    kind = options.format or formats.detect(source.name, head) or _unnamed(head, options)
    module = importlib.import_module(f"rehabcoder.readers.{formats.MODULES.get(kind, kind)}")
    notes: Iterator[Note] = module.read(stream, source, options)
    return notes


def _unnamed(head: bytes, options: Options) -> str:
    """The format of text without a telling name: a table if its first line names columns, else one note.

    Raises:
        ReadError: it is a table by all signs, and no name of a column says which holds the notes.
    """
    from rehabcoder.readers.delimited import delimiter_of, looks_like_table

    if delimiter_of(head, options.columns):
        return "csv"
    if not looks_like_table(head):
        return "txt"
    if "text" in options.columns:
        return "csv"  # which then says what columns there are
    raise ReadError(
        "it looks like a table, and no column looks like the text of the notes",
        remedy="Name that column with --text-column NAME, or give --input-format txt if all of it is one note.",
    )
