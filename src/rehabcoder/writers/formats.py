"""Which format an output is in, by its name."""

from __future__ import annotations

import os

from rehabcoder.errors import UsageError

FORMATS = ("jsonl", "csv", "parquet", "xlsx")
# Suffixes of files of other kinds: whoever gives one wants a file, and would be surprised by a folder of that name.
_OTHERS = {
    "arrow", "db", "doc", "docx", "feather", "gz", "htm", "html", "json", "log", "md", "ndjson", "ods", "odt", "orc", "pdf",
    "pq", "rtf", "sqlite", "tab", "text", "tsv", "txt", "xls", "xlsb", "xlsm", "xml", "yaml", "zip",
}  # fmt: skip


def format_of(path: str | os.PathLike[str]) -> str | None:
    """The format of an output file by its suffix; None for every other name, which means a folder of parts.

    Raises:
        UsageError: the suffix is that of a file in a format that is not written.
    """
    suffix = os.path.splitext(os.fspath(path))[1].lower().removeprefix(".")
    if suffix in _OTHERS:
        raise UsageError(
            f"no .{suffix} file is written",
            where=os.fspath(path),
            remedy="Use .jsonl, .csv, .parquet or .xlsx, or a name without suffix for a folder of parts.",
        )
    return suffix if suffix in FORMATS else None
