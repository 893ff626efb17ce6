"""How cost grows with the size of a backlog, and what resuming costs.

    python benchmarks/scaling.py [--jobs 2] [--no-resume] [--load MODULE:FUNCTION] [COUNT ...]   (default 1000 10000 100000)

Codes COUNT notes with patients and days into a folder of parts. Prints, a line a count: notes a second by the clock, what
that is of the rate of the first count (1 where cost grows as the notes do), milliseconds of a core that a note took (which
other work on the machine changes less than the clock), and the peak memory in MB of the largest worker and of the parent;
then, for the last count, by which share of the run it takes longer when it is killed half-way and resumed (its new start
counted).
`--load` takes another coder, such as one that does nothing, to measure the machinery alone.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import corpus

PROGRAM = """
import importlib, json, resource, sys
from rehabcoder.backlog import code_backlog
load = None
if sys.argv[4]:
    module, name = sys.argv[4].split(":")
    load = getattr(importlib.import_module(module), name)
code_backlog([sys.argv[1]], out=sys.argv[2], jobs=int(sys.argv[3]), load=load)
used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
own, workers = (each.ru_maxrss / 1024 for each in used)
cpu = sum(each.ru_utime + each.ru_stime for each in used)
print(json.dumps({"parent_mb": round(own), "worker_mb": round(workers), "cpu_seconds": round(cpu, 1)}))
"""


def start(notes: Path, out: Path, jobs: int, load: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", PROGRAM, str(notes), str(out), str(jobs), load]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parent)


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("counts", nargs="*", type=int, default=[1000, 10_000, 100_000])
    options.add_argument("--jobs", type=int, default=2)
    options.add_argument("--load", default="")
    options.add_argument("--resume", action=argparse.BooleanOptionalAction, default=True)
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        first = 0.0
        for count in chosen.counts:
            notes = corpus.write(folder / f"{count}.jsonl", count, patients=True)
            whole, figures = timed(notes, folder / "out", chosen.jobs, chosen.load)
            first = first or count / whole
            figures |= {"notes": count, "seconds": round(whole, 1), "notes_per_second": round(count / whole)}
            figures["of_the_first_rate"] = round(count / whole / first, 3)
            figures["ms_of_a_core_a_note"] = round(1000 * figures["cpu_seconds"] / count, 2)
            print(json.dumps(figures), flush=True)
            shutil.rmtree(folder / "out")
        if not chosen.resume:
            return
        resumed = interrupted(notes, folder / "again", chosen.jobs, chosen.load, whole / 2)
        print(json.dumps({"notes": count, "killed_and_resumed_costs": round(resumed / whole - 1, 4)}))


def timed(notes: Path, out: Path, jobs: int, load: str) -> tuple[float, dict[str, float]]:
    begin = time.perf_counter()
    process = start(notes, out, jobs, load)
    told, _ = process.communicate()
    if process.returncode:
        raise SystemExit(f"the run ended with {process.returncode}")
    return time.perf_counter() - begin, json.loads(told)


def interrupted(notes: Path, out: Path, jobs: int, load: str, seconds: float) -> float:
    """Seconds of a run that is killed after a while, and of the run that goes on with it, together."""
    begin = time.perf_counter()
    process = start(notes, out, jobs, load)
    time.sleep(seconds)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    first = time.perf_counter() - begin
    second, _ = timed(notes, out, jobs, load)
    return first + second


if __name__ == "__main__":
    main()
