"""What every peer does: JSON Lines in, JSON Lines out, warm, and a line of figures on standard error at the end."""

from __future__ import annotations

import json
import resource
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from itertools import tee
from typing import Any


def run(make: Callable[[list[str]], Any], rows: Callable[[Any, Iterable[str]], Iterator[Any]], warm: int = 50) -> None:
    """`program NOTES.jsonl TERMS.json`: `make` builds the pipeline, `rows` gives what it finds in each text.

    The first `warm` notes are done once before the clock starts.
    """
    start = time.perf_counter()
    with open(sys.argv[2], encoding="utf-8") as file:
        pipeline = make(json.load(file))
    loaded = time.perf_counter() - start
    with open(sys.argv[1], encoding="utf-8") as file:
        lines = file.readlines()
    for _ in rows(pipeline, (json.loads(line)["text"] for line in lines[:warm])):
        pass
    begin, cpu = time.perf_counter(), time.process_time()
    notes, texts = tee(json.loads(line) for line in lines)
    for note, row in zip(notes, rows(pipeline, (note["text"] for note in texts)), strict=True):
        sys.stdout.write(json.dumps({"id": note["id"], "found": row}) + "\n")
    figures = {
        "notes": len(lines),
        "seconds": time.perf_counter() - begin,
        "cpu": time.process_time() - cpu,
        "load": loaded,
        "mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }
    print(json.dumps(figures), file=sys.stderr)
