"""Many notes: over all cores, resumable, whatever single notes do.

    from rehabcoder.backlog import code_backlog, shown_on

    summary = code_backlog(
        paths,                      # files, folders, patterns, "-"
        out="coded/",               # or coded.jsonl, coded.csv, coded.parquet, coded.xlsx
        format=None,                # of the parts of a folder: "jsonl" (default), "csv", "parquet"
        input_format=None,          # as readers.read_notes(format=...)
        columns=None,               # as readers.read_notes(columns=...)
        model=None,                 # as rehabcoder.load
        policy="medicare-part-b",   # as rehabcoder.load
        jobs=0,                     # worker processes; 0: one a core
        on_progress=shown_on(),     # called with a Progress after every shard
        tell=print,                 # called with each sentence that a user should know
    )
    summary.notes, summary.settled, summary.review, summary.failed, summary.failures, summary.failed_file

What it promises:

- As many rows come out as notes went in, in the order of the input, the same bytes for 1 and N jobs.
- Killed at any moment, the same call goes on where it stopped, and the result is the same as without the interruption.
- A note on which a worker crashes or hangs twice becomes a failed row; the others are coded.
- Memory stays flat whatever the size of the backlog.
- Results appear whole and are readable by their owner only. Nothing of a note is written anywhere else.

Where the input gives patients and dates, `claims.jsonl` stands beside the results; `failed.csv` where notes failed.
"""

from __future__ import annotations

from rehabcoder.backlog.progress import Progress, shown_on
from rehabcoder.backlog.run import Summary, code_backlog

__all__ = ["Progress", "Summary", "code_backlog", "shown_on"]
