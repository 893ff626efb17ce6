"""Plain text: one file is one note."""

from __future__ import annotations

import io
from collections.abc import Iterator

from rehabcoder.errors import ReadError
from rehabcoder.note import Note
from rehabcoder.readers.columns import take_text
from rehabcoder.readers.options import Options
from rehabcoder.readers.sources import Source
from rehabcoder.readers.streams import HEAD, decoded, is_binary, whole


def read(stream: io.BufferedReader, source: Source, options: Options) -> Iterator[Note]:
    """The note that the file holds, its line ends as they are.

    Raises:
        ReadError: the file is empty, binary or too large.
    """
    if is_binary(stream.peek(HEAD)[:HEAD]):
        raise ReadError("the file is binary, not text", remedy="Export the note as text, or name its --input-format.")
    text = decoded(whole(stream), options.notices)
    note = Note(source.stem, "", source.name)
    take_text(note, text, "the file")
    yield note
