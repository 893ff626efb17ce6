"""Notes a second of the whole `code` command against the floor and against other tools, and what a second job brings.

    python benchmarks/throughput.py [--notes 2000] [--rounds 5] [--peer NAME=PYTHON ...]

The floor is spaCy's blank tokenizer on the same notes, warm. Peers are edsnlp and medspacy, each with an interpreter
that has it installed. Rounds are interleaved; medians are printed, as a table and as JSON. Seconds are of the process's
and its children's own time, so that a busy machine matters less, unless the heading says wall.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import shlex
import statistics
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import corpus

HERE = Path(__file__).parent
LOOP = "import time\nt = time.process_time()\nn = 0\nwhile n < 30_000_000: n += 1"


@dataclass(slots=True)
class Cost:
    """Of one process with its children: seconds by the clock, seconds of its own time, peak memory."""

    wall: float
    cpu: float
    mb: float


def measure(*commands: Sequence[str]) -> Cost:
    """Run commands side by side to their end."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    start = time.perf_counter()
    running = [subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) for command in commands]
    usage = [os.wait4(process.pid, 0) for process in running]
    for process, (_, status, _) in zip(running, usage, strict=True):
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode not in (0, 3):
            raise SystemExit(f"{process.args!r} ended with {process.returncode}")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Cost(time.perf_counter() - start, cpu, max(used.ru_maxrss for _, _, used in usage) / 1024)


def peer(python: str, program: str, notes: Path, terms: Path) -> tuple[float, float]:
    """Notes a second of a warm pipeline, and its peak memory in MB."""
    done = subprocess.run(
        [python, str(HERE / "peers" / program), str(notes), str(terms)],
        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        raise SystemExit(f"{program}: {done.stderr[-500:]}")
    figures = json.loads(done.stderr.strip().splitlines()[-1])
    return figures["notes"] / figures["cpu"], figures["mb"]


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--notes", type=int, default=2000)
    options.add_argument("--rounds", type=int, default=5)
    options.add_argument("--peer", action="append", default=[], metavar="NAME=PYTHON")
    options.add_argument("--floor", default=sys.executable, metavar="PYTHON", help="Interpreter for the floor.")
    options.add_argument("--command", default=f"{shlex.quote(sys.executable)} -m rehabcoder code")
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        peers = dict(item.split("=", 1) for item in chosen.peer)
        figures = run(Path(folder), chosen.notes, chosen.rounds, peers, shlex.split(chosen.command), chosen.floor)
    show(figures)


def run(folder: Path, count: int, rounds: int, peers: dict[str, str], code: list[str], floor: str) -> dict[str, float]:
    seen: defaultdict[str, list[float]] = defaultdict(list)
    few, many = corpus.write(folder / "few.jsonl", 100), corpus.write(folder / "many.jsonl", count)
    for_peers = corpus.write(folder / "peers.jsonl", min(count, 300))
    one = folder / "one.txt"
    one.write_text(next(corpus.notes(1))["text"], encoding="utf-8")
    terms = folder / "terms.json"
    terms.write_text(json.dumps(corpus.terms()), encoding="utf-8")
    for round_ in range(rounds):
        rate, mb = peer(floor, "floor.py", many, terms)
        seen["floor"].append(rate)
        seen["floor_mb"].append(mb)
        start, whole = (measure([*code, str(path), "--format", "jsonl"]) for path in (few, many))
        seen["code"].append(count / whole.cpu)
        seen["code_warm"].append((count - 100) / (whole.cpu - start.cpu))
        seen["code_mb"].append(whole.mb)
        seen["first_note_wall"].append(measure([*code, str(one), "--format", "jsonl"]).wall)
        seen["import_spacy_wall"].append(measure([sys.executable, "-c", "import spacy"]).wall)
        for jobs in (1, 2):
            out = folder / f"out-{round_}-{jobs}"
            seen[f"jobs_{jobs}_wall"].append(measure([*code, str(many), "--out", str(out), "--jobs", str(jobs)]).wall)
            seen[f"loops_{jobs}_wall"].append(measure(*[[sys.executable, "-c", LOOP]] * jobs).wall)
        for name, python in peers.items():
            rate, mb = peer(python, f"{name}_job.py", for_peers, terms)
            seen[name].append(rate)
            seen[f"{name}_mb"].append(mb)
    words = statistics.mean(len(note["text"].split()) for note in corpus.notes(min(count, 750)))
    return {name: statistics.median(values) for name, values in seen.items()} | {"words": words, "rounds": rounds}


WHAT = {
    "floor": "blank tokenizer, warm",
    "code": "the whole command, start-up and all",
    "code_warm": "the command without its start-up",
    "edsnlp": "EDS-NLP, warm",
    "medspacy": "medspaCy, warm",
}


def show(figures: dict[str, float]) -> None:
    floor = figures["floor"]
    print(
        f"notes of {figures['words']:.0f} words; a second of processor time; medians of {figures['rounds']:.0f} rounds"
    )
    print(f"{'what':38}{'notes/s':>10}{'to the floor':>14}{'MB':>8}")
    for name, what in WHAT.items():
        if name in figures:
            rate, mb = figures[name], figures.get(f"{name.removesuffix('_warm')}_mb", 0)
            print(f"{what:38}{rate:>10,.0f}{rate / floor:>14.3f}{mb:>8,.0f}")
    for name in ("edsnlp", "medspacy"):
        if name in figures:
            print(f"the command, warm, is {figures['code_warm'] / figures[name]:.1f} times as fast as {WHAT[name]}")
    ideal = 2 * figures["loops_1_wall"] / figures["loops_2_wall"]
    gained = figures["jobs_1_wall"] / figures["jobs_2_wall"]
    print(
        f"two jobs: {gained:.2f} times as fast as one (wall); two plain loops {ideal:.2f}; share {gained / ideal:.2f}"
    )
    ratio = figures["first_note_wall"] / figures["import_spacy_wall"]
    print(f"first note after {figures['first_note_wall']:.2f} s (wall), {ratio:.2f} of importing spaCy")
    print(json.dumps({name: round(value, 4) for name, value in figures.items()}))


if __name__ == "__main__":
    main()
