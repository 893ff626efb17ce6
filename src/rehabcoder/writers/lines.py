"""JSON Lines: the contract of `rehabcoder code --format jsonl`."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import TextIO

from rehabcoder.note import Json

_encode = json.JSONEncoder(ensure_ascii=False, separators=(", ", ": "), allow_nan=False).encode
_encode_ascii = json.JSONEncoder(separators=(", ", ": "), allow_nan=False).encode


def json_line(row: Json) -> str:
    """`row` as one line of JSON with its end. What UTF-8 cannot hold (half a surrogate pair) is escaped."""
    line = _encode(row)
    try:
        line.encode("utf-8")
    except UnicodeEncodeError:
        line = _encode_ascii(row)
    return line + "\n"


def dump_jsonl(rows: Iterable[Json], stream: TextIO) -> None:
    """Write each row as a line, as soon as it comes."""
    for row in rows:
        stream.write(json_line(row))
