"""A scripted coder on the review page: server time and keystrokes for each note, and page times in large worklists.

    python benchmarks/review.py [COUNT ...]

The coder accepts seven notes of ten, changes a code in two, and redraws the words of a service in one. The pages are
asked for over the application itself, without a socket or a browser, so that the figures are the server's own time.
"""

from __future__ import annotations

import re
import statistics
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "worklist"))
sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "web"))
sys.path.insert(0, str(Path(__file__).parent))

from labelled_notes import TODAY
from person import HOST, Person
from worklist import many

from rehabcoder.web.app import create_app
from rehabcoder.web.marks import shown
from rehabcoder.worklist.importing import import_coded
from rehabcoder.worklist.rules import policy_on
from rehabcoder.worklist.store.database import Database

NOTES = 200
KEYS = {"accept": 1, "code": 3, "words": 5}  # a; c 1 a; w, two arrows, Enter, a


class Took:
    """Seconds by the clock, and seconds of processor: on a machine with other work the second is the server's own."""

    def __init__(self, clock: float = 0.0, processor: float = 0.0) -> None:
        self.clock, self.processor = clock, processor

    def __add__(self, other: Took) -> Took:
        return Took(self.clock + other.clock, self.processor + other.processor)


def figures(took: list[Took]) -> str:
    def one(values: list[float]) -> str:
        ordered = sorted(1000 * value for value in values)
        return f"median {statistics.median(ordered):.1f} ms, 99 % within {ordered[int(len(ordered) * 0.99)]:.1f} ms"

    return f"{one([t.processor for t in took])} of processor; {one([t.clock for t in took])} by the clock"


def timed(call):
    start, processor = time.perf_counter(), time.process_time()
    answer = call()
    took = Took(time.perf_counter() - start, time.process_time() - processor)
    assert answer.status_code == 200, answer.status_code
    return answer, took


def measure(count: int, folder: Path) -> None:
    policy = policy_on()
    database = Database(folder / f"{count}.db", create=True)
    coded = ((line, f"coded:{at}") for at, (_, line) in enumerate(many(count)))
    import_coded(database, coded, (note for note, _ in many(count)), policy=policy, today=TODAY)
    coder = Person(create_app(database, policy, hosts=frozenset({HOST})), "Scripted")
    per_note, moves, keys = [], [], 0
    answer, _ = timed(lambda: coder.get("/next"))
    for number in range(NOTES):
        at = int(re.search(r'data-note="(\d+)"', answer.text).group(1))
        case = coder.case(at)
        kind = "code" if number % 10 in (3, 7) else "words" if number % 10 == 5 else "accept"
        kind = kind if case.answer.services else "accept"
        spent = Took()
        if kind == "code":
            _, took = timed(lambda at=at: coder.act(at, "code", service=0, code="97750"))
            spent = spent + took
        elif kind == "words":
            service = case.answer.services[0]
            end = service.start + max(3, (service.end - service.start) // 2)
            where = {"start": service.start, "end": end, "quote": shown(case.text)[service.start : end]}
            _, took = timed(lambda at=at, where=where: coder.act(at, "move", service=0, **where))
            spent = spent + took
        answer, took = timed(lambda at=at: coder.act(at, "settle"))
        moves.append(took)
        per_note.append(spent + took)
        keys += KEYS[kind]
    print(f"{count} notes in the worklist, {NOTES} settled by the scripted coder")
    print(f"  decide and see the next note: {figures(moves)}")
    print(f"  server time a note, edits included: {figures(per_note)}")
    print(f"  keystrokes a note: {keys / NOTES:.2f}")
    pages = {
        "queue, first page": "/queue?state=open",
        "queue of one clinician": "/queue?state=all&clinician=Clinician+07",
        "queue by code and payer": "/queue?state=all&code=97542&payer=Aetna",
        "one note": f"/note/{at}",
        "samples": "/samples",
        "figures": "/figures",
    }
    for name, address in pages.items():
        print(
            f"  {name}: {figures([timed(lambda address=address: coder.get(address))[1] for _ in range(15)])}",
            flush=True,
        )
    database.close()


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        for count in [int(argument) for argument in sys.argv[1:]] or [1_000, 100_000]:
            measure(count, Path(folder))
