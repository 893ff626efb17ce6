"""Coded notes into files and streams: JSON Lines (the contract), CSV, Parquet, and a workbook for people.

    format_of("coded.csv")                    -> "csv"; None for a folder
    dump_jsonl(rows, stream)                  one JSON object a line, for standard output as well as files
    dump_csv(pairs, stream, header=True)      one row a note, safe to open in a spreadsheet
    parquet.write_rows(rows, path)            nested columns, as in the JSON
    workbook.write_workbook(pairs, path)      worklist, claim lines, findings, summary by clinician

A row is `CodedNote.to_json()`; a pair is `Note.about()`, what the input says of the note, and its row.
Files are readable by their owner only (`files.private`).
"""

from __future__ import annotations

from rehabcoder.writers.flat import dump_csv
from rehabcoder.writers.formats import FORMATS, format_of
from rehabcoder.writers.lines import dump_jsonl, json_line

__all__ = ["FORMATS", "dump_csv", "dump_jsonl", "format_of", "json_line"]
