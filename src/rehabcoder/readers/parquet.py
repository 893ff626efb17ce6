"""Parquet: a row is a note; read in batches, only the columns that a note has."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from rehabcoder.errors import ReadError
from rehabcoder.note import Note
from rehabcoder.readers.columns import RecordMapper
from rehabcoder.readers.extras import need
from rehabcoder.readers.options import Options
from rehabcoder.readers.sources import STDIN, Source
from rehabcoder.readers.streams import decoded, whole

if TYPE_CHECKING:
    import pyarrow as pa

_BATCH = 500  # rows in memory at a time


def read(stream: io.BufferedReader, source: Source, options: Options) -> Iterator[Note]:
    """The notes of the file in their order.

    Raises:
        ReadError: the file is damaged, or no column holds the text as text.
    """
    pa = need("pyarrow", "pyarrow", "Reading Parquet")
    pq = need("pyarrow.parquet", "pyarrow", "Reading Parquet")
    file: Any = stream if source.name != STDIN else io.BytesIO(whole(stream, 2**31))
    try:
        table = pq.ParquetFile(file)
    except (pa.ArrowException, OSError, EOFError) as error:
        raise ReadError(
            "the file is damaged, encrypted or not Parquet", remedy="Copy it again, or export it without encryption."
        ) from error
    mapper = RecordMapper(source.name, source.stem, options.columns, options.notices)
    chosen = mapper.columns(table.schema_arrow.names)
    for name in chosen.text:
        _check_text(pa, table.schema_arrow.field(name).type, name)
    number = 0
    skip, options.skip = options.skip, 0
    try:
        for batch in table.iter_batches(batch_size=_BATCH, columns=chosen.names):
            passed = min(skip, batch.num_rows)
            skip, number = skip - passed, number + passed
            for row in _plain(pa, batch.slice(passed)).to_pylist():
                number += 1
                for name in chosen.text:
                    if isinstance(row[name], bytes):
                        row[name] = decoded(row[name], options.notices)
                yield mapper.note(row.get, chosen, number)
    except (pa.ArrowException, OSError, UnicodeDecodeError) as error:
        raise ReadError(f"the file is damaged after row {number:,}", remedy="Copy or export it again.") from error


def _check_text(pa: Any, kind: pa.DataType, name: str) -> None:
    value = kind.value_type if pa.types.is_dictionary(kind) else kind
    types = pa.types
    if not any(is_text(value) for is_text in (types.is_string, types.is_large_string, types.is_string_view)) and not (
        types.is_binary(value) or types.is_large_binary(value)
    ):
        raise ReadError(
            f"the column {name!r} holds {kind}, not text", remedy="Name the column of the text with --text-column NAME."
        )


def _plain(pa: Any, batch: pa.RecordBatch) -> pa.RecordBatch:
    """Times as dates: only the day matters, and nanoseconds have no Python counterpart."""
    for i, field in enumerate(batch.schema):
        if pa.types.is_timestamp(field.type):
            batch = batch.set_column(i, field.name, batch.column(i).cast(pa.date32(), safe=False))
    return batch
