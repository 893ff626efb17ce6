"""A backlog cut into shards: the same cuts on every run, whatever the number of jobs, so that a run can be resumed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rehabcoder.note import Note
from rehabcoder.readers import Options, Source, read_source
from rehabcoder.readers.formats import by_name
from rehabcoder.readers.sources import STDIN

# The first shards are small: a short backlog spreads over all workers, and the first figures come soon.
_FIRST = 50
_MOST_NOTES = 500
_MOST_BYTES = 8 * 2**20
# Files of these formats hold one note or a few. They are read by the workers, which spreads the work of reading, and
# a file that makes a library crash takes a worker with it rather than the run.
_DOCUMENTS = ("txt", "docx", "pdf", "ccda", "fhir", "hl7")
_MOST_DOCUMENT = 2**20
_ALWAYS_DOCUMENTS = ("docx", "pdf")

Item = Note | Source


@dataclass(slots=True, frozen=True)
class Place:
    """Where in the backlog: the number of a source, and of notes in it, before which all is done."""

    source: int = 0
    note: int = 0


@dataclass(slots=True)
class Shard:
    """A stretch of the backlog: notes, or files still to be read, with the place where the next shard begins."""

    number: int
    items: list[Item]
    end: Place
    size: int  # bytes of the input that it stands for


def shards(sources: Sequence[Source], options: Options, *, number: int = 0, start: Place = Place()) -> Iterator[Shard]:
    """The shards of `sources` from `start` on, which is where shard `number` begins."""
    items: list[Item] = []
    weight = counted = 0
    for at in range(start.source, len(sources)):
        source = sources[at]
        before, skip = 0, start.note if at == start.source else 0
        for index, item in enumerate(_items(source, options, skip), skip):
            here = _position(options, source) if isinstance(item, Note) else 0
            if index == skip > 0:
                before = here  # what was skipped was counted by the run that was interrupted
            if items and (len(items) >= min(_MOST_NOTES, _FIRST << min(number, 9)) or weight >= _MOST_BYTES):
                yield Shard(number, items, Place(at, index), counted + max(0, here - before))
                items, weight, counted, before, number = [], 0, 0, max(before, here), number + 1
            items.append(item)
            weight += len(item.text) if isinstance(item, Note) else item.size
        counted += max(0, source.size - before)
    if items:
        yield Shard(number, items, Place(len(sources), 0), counted)


def _items(source: Source, options: Options, skip: int) -> Iterator[Item]:
    if is_document(source, options.format):
        yield from [source][skip:]
    else:
        yield from read_source(source, options, skip=skip)


def is_document(source: Source, format: str | None) -> bool:
    """Whether a worker reads this file whole, rather than being handed its notes."""
    kind = format or by_name(source.name)
    if source.name == STDIN or source.error is not None or kind not in _DOCUMENTS:
        return False
    return kind in _ALWAYS_DOCUMENTS or source.size <= _MOST_DOCUMENT


def _position(options: Options, source: Source) -> int:
    """How many bytes of the file at hand have been read."""
    if options.raw is None or options.raw.closed or source.name == STDIN:
        return 0
    try:
        return min(options.raw.tell(), source.size)
    except (OSError, ValueError):
        return 0
