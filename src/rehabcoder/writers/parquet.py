"""Parquet: the JSON of a coded note as nested columns. The same schema is what Spark gets."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rehabcoder.note import Json
from rehabcoder.readers.extras import need

if TYPE_CHECKING:
    import pyarrow as pa

_BATCH = 1000

# Column -> type: a name of Arrow's, a list of one type, or a struct of several. Maps stand as ("map", key, value).
_SPAN = {"start": "int32", "end": "int32"}
_ACTIVITY = {
    "name": "string", "body_part": "string", "side": "string", "muscle": "string", "sets": "int32", "reps": "int32",
    "hold_seconds": "int32", "load": "string", "distance": "string", "assist": "string", "device": "string", **_SPAN,
}  # fmt: skip
_SERVICE = {
    **_SPAN, "text": "string", "code": "string", "labelled": "string", "minutes": "int32", "confidence": "float64",
    "alternatives": [{"code": "string", "probability": "float64"}], "needs_review": "bool",
    "review_reasons": ["string"], "activities": [_ACTIVITY], "minutes_span": ["int32"],
    "why": [{**_SPAN, "text": "string", "says": "string", "for": "string"}],
}  # fmt: skip
_SCHEMA: dict[str, Any] = {
    "note_id": "string", "source": "string", "text_sha256": "string", "status": "string", "error": "string",
    "interventions": [_SERVICE],
    "lines": [{"code": "string", "minutes": "int32", "units": "int32", "why": "string", "modifiers": ["string"]}],
    "totals": {
        "timed_minutes": "int32", "units": "int32", "stated_timed": "int32", "stated_total": "int32",
        "billed_units": ("map", "string", "int32"),
    },
    "flags": [{"id": "string", "severity": "string", "message": "string", **_SPAN, "rule": "string"}],
    "primary_code": "string", "needs_review": "bool", "review_reasons": ["string"], "rule": "string",
    "policy": "string", "rules_version": "string", "model_version": "string",
}  # fmt: skip


@cache
def schema() -> pa.Schema:
    """The columns of a coded note."""
    pa = need("pyarrow", "pyarrow", "Writing Parquet")
    return pa.schema([(name, _type(pa, kind)) for name, kind in _SCHEMA.items()])


def _type(pa: Any, kind: Any) -> Any:
    if isinstance(kind, str):
        return {"string": pa.string(), "int32": pa.int32(), "float64": pa.float64(), "bool": pa.bool_()}[kind]
    if isinstance(kind, list):
        return pa.list_(_type(pa, kind[0]))
    if isinstance(kind, tuple):
        return pa.map_(_type(pa, kind[1]), _type(pa, kind[2]))
    return pa.struct([(name, _type(pa, inner)) for name, inner in kind.items()])


def batch_of(rows: Iterable[Json]) -> pa.RecordBatch:
    """Coded notes as an Arrow batch."""
    pa = need("pyarrow", "pyarrow", "Writing Parquet")
    return pa.RecordBatch.from_pylist([_fitted(row) for row in rows], schema=schema())


def _fitted(row: Json) -> Json:
    """`row` with what Arrow has other forms for: pairs as structs, mappings as pairs, text that UTF-8 can hold."""
    services = [
        service | {"alternatives": [{"code": code, "probability": p} for code, p in service["alternatives"]]}
        for service in row["interventions"]
    ]
    billed = row["totals"]["billed_units"]
    totals = row["totals"] | {"billed_units": None if billed is None else list(billed.items())}
    fitted: Json = _encodable(row | {"interventions": services, "totals": totals})
    return fitted


def _encodable(value: Any) -> Any:
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode("utf-8")
    if isinstance(value, Mapping):
        return {key: _encodable(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return type(value)(map(_encodable, value))
    return value


def write_rows(rows: Iterable[Json], path: Path) -> None:
    """Write coded notes as one Parquet file.

    Raises:
        MissingExtra: pyarrow is not installed.
    """
    pq = need("pyarrow.parquet", "pyarrow", "Writing Parquet")
    rows = iter(rows)
    with pq.ParquetWriter(path, schema(), compression="zstd") as writer:
        while some := list(islice(rows, _BATCH)):
            writer.write_batch(batch_of(some))


def is_coded(path: Path) -> bool:
    """Whether a file holds coded notes in the columns that are written here."""
    pq = need("pyarrow.parquet", "pyarrow", "Writing Parquet")
    try:
        names: list[str] = pq.read_schema(path).names
    except (OSError, ValueError):  # it is no Parquet: pyarrow's ArrowInvalid is a ValueError
        return False
    return names == list(schema().names)


def join_files(parts: Iterable[Path], path: Path) -> None:
    """One Parquet file out of several that `write_rows` wrote, a row group each."""
    pq = need("pyarrow.parquet", "pyarrow", "Writing Parquet")
    with pq.ParquetWriter(path, schema(), compression="zstd") as writer:
        for part in parts:
            writer.write_table(pq.read_table(part, schema=schema()))
