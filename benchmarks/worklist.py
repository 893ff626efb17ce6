"""How fast the worklist takes notes in and answers, at 1,000, 100,000 and 1,000,000 notes.

    python benchmarks/worklist.py [COUNT ...]

Notes are made from the labelled ones of `data/notes`, each with an id and a text of its own. Prints one line a figure.
"""

from __future__ import annotations

import json
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "worklist"))

from labelled_notes import TODAY, pairs

from rehabcoder.note import Note
from rehabcoder.worklist import sampling
from rehabcoder.worklist.importing import import_coded
from rehabcoder.worklist.reports.collect import collect
from rehabcoder.worklist.rules import policy_on
from rehabcoder.worklist.store import decisions, queue, samples
from rehabcoder.worklist.store.database import Database
from rehabcoder.worklist.store.queue import Filters


def many(count: int) -> Iterator[tuple[Note, str]]:
    """`count` notes with their coded lines, made one at a time."""
    base = [(note, coded.to_json()) for note, coded in pairs()]
    for number in range(count):
        note, coded = base[number % len(base)]
        tail = f"\nVisit {number}."
        clinician = f"Clinician {number % 97:02d}"
        made = replace(note, note_id=f"n{number:07d}", text=note.text + tail, clinician=clinician)
        yield made, json.dumps(coded | {"note_id": made.note_id, "text_sha256": made.text_sha256})


def milliseconds(call: Callable[[], object], times: int = 15) -> str:
    took = []
    for _ in range(times):
        start = time.perf_counter()
        call()
        took.append(1000 * (time.perf_counter() - start))
    return f"median {statistics.median(took):.1f} ms, worst {max(took):.1f} ms"


def measure(count: int, folder: Path) -> None:
    policy = policy_on()
    database = Database(folder / f"{count}.db", create=True)
    start = time.perf_counter()
    coded = ((line, f"coded:{at}") for at, (_, line) in enumerate(many(count)))
    import_coded(database, coded, (note for note, _ in many(count)), policy=policy, today=TODAY)
    took = time.perf_counter() - start
    size = Path(database.place).stat().st_size / 2**20
    print(f"{count} notes: import {took:.1f} s, {count / took:.0f} notes/s (making them included), file {size:.0f} MiB")

    def reading(call: Callable[..., object], *arguments: object, **options: object) -> Callable[[], object]:
        def once() -> object:
            with database.read() as connection:
                return call(connection, *arguments, **options)

        return once

    with database.read() as connection:
        first = queue.page(connection, Filters(), limit=50)
        deep = None
        for _ in range(12):
            deep = queue.page(connection, Filters(), limit=50, after=deep)[-1].cursor
    print("  first page of 50:", milliseconds(reading(queue.page, Filters(), limit=50)))
    print("  13th page:", milliseconds(reading(queue.page, Filters(), limit=50, after=deep)))
    print("  page of one clinician:", milliseconds(reading(queue.page, Filters(clinician="Clinician 07"), limit=50)))
    narrow = Filters(code="97542", payer="Aetna")
    print("  page by code and payer:", milliseconds(reading(queue.page, narrow, limit=50)))
    print("  search in the ids:", milliseconds(reading(queue.page, Filters(search="n0000999"), limit=50), times=3))
    print("  open a note:", milliseconds(reading(queue.open_case, first[0].id)))
    print("  count of a filter:", milliseconds(reading(queue.count, Filters(clinic="Clinic N"))))
    print("  count by state:", milliseconds(reading(queue.states), times=3))

    def settle() -> None:
        with database.write() as connection:
            item = queue.page(connection, Filters(), limit=1)[0]
            decisions.record(connection, queue.open_case(connection, item.id), "settle", reviewer="Ann")

    print("  take the next note and settle it:", milliseconds(settle, times=50))
    start = time.perf_counter()
    with database.write() as connection:
        units = samples.frame(connection, Filters(state=None), by=["clinician"])
        drawn = sampling.draw(units, design="stratified", size=min(300, count), seed=1)
        samples.save(connection, drawn, name="b", by="b", made_from={}, confidence=0.9, precision=0.05)
    print(f"  stratified sample of {len(drawn.draws)} drawn and kept: {time.perf_counter() - start:.1f} s")
    start = time.perf_counter()
    collect(database, policy)
    print(f"  figures of the report: {time.perf_counter() - start:.1f} s")
    database.close()
    Path(database.place).unlink()
    print(f"  peak memory so far {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MiB", flush=True)


if __name__ == "__main__":
    counts = [int(argument) for argument in sys.argv[1:]] or [1_000, 100_000, 1_000_000]
    with tempfile.TemporaryDirectory() as folder:
        for count in counts:
            measure(count, Path(folder))
