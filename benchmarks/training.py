"""Time and memory of `train` on many service descriptions, and of the recipe that builds the shipped model.

    python benchmarks/training.py [--texts 10000] [--jobs 2] [--build]

The descriptions are those of `data/snippets`, said again and again with other figures, sides and endings: they are as
many as wanted and as long as real ones, which is all that time and memory depend on. Nothing else is made of them.
Memory is that of the process and its workers together, shared pages counted once (Linux). Seconds of CPU are given
beside those of the clock, since other work on the machine slows only the latter.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import random
import re
import resource
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

ROOT = Path(__file__).parents[1]
ENDINGS = (
    "", ", rest breaks as needed", ", good effort", ", SBA", ", cues for pacing", ", no pain", " per plan of care",
    ", seated rest between sets", ", VC for form", ", as tolerated",
)  # fmt: skip
SIDES = {"R": "L", "L": "R", "right": "left", "left": "right"}


def varied(count: int, seed: int = 1) -> list[tuple[str, str]]:
    """`count` different descriptions with their codes."""
    rows = [
        json.loads(line)
        for path in sorted((ROOT / "data" / "snippets").glob("services-*.jsonl"))
        for line in path.read_text(encoding="utf-8").splitlines()
    ]
    draw = random.Random(seed)
    out: dict[str, str] = {}
    while len(out) < count:
        row = draw.choice(rows)
        text = re.sub(r"\b\d{1,2}\b", lambda _: str(draw.randint(2, 40)), row["text"])
        if draw.random() < 0.5:
            text = re.sub(r"\b(?:R|L|right|left)\b", lambda m: SIDES[m[0]], text)
        out.setdefault(" ".join(f"{text}{draw.choice(ENDINGS)}".split()), row["code"])
    plain: dict[str, tuple[str, str]] = {}
    for text, code in out.items():
        plain.setdefault(text.casefold(), (text, code))
    return list(plain.values())


def pss(pid: int) -> float:
    """Megabytes of a process and all below it, a page shared by n of them counted 1/n each."""
    total, todo = 0.0, [pid]
    while todo:
        one = todo.pop()
        try:
            rollup = Path(f"/proc/{one}/smaps_rollup").read_text(encoding="ascii")
            total += int(re.search(r"^Pss:\s+(\d+)", rollup, re.MULTILINE)[1]) / 1024  # type: ignore[index]
            for task in Path(f"/proc/{one}/task").iterdir():
                todo += [int(child) for child in (task / "children").read_text(encoding="ascii").split()]
        except (OSError, TypeError):
            continue  # it ended meanwhile
    return total


def measured(name: str, command: list[str]) -> None:
    """Runs a command and prints a row of the table."""
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, cwd=ROOT)
    peak = [0.0]

    def watch() -> None:
        while process.poll() is None:
            peak[0] = max(peak[0], pss(process.pid))
            time.sleep(0.5)

    watcher = threading.Thread(target=watch)
    watcher.start()
    status = process.wait()
    watcher.join()
    wall, after = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    print(f"| {name} | {wall:.0f} | {cpu:.0f} | {peak[0]:.0f} | {status} |", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--texts", type=int, default=10_000)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--build", action="store_true", help="also build the shipped model from data/")
    options = parser.parse_args()
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f} before the start\n")
    print("| run | seconds by the clock | seconds of CPU | MB at most | exit |\n| --- | --: | --: | --: | --: |")
    with tempfile.TemporaryDirectory() as folder:
        table = Path(folder) / "texts.csv"
        with table.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([("text", "code"), *varied(options.texts)])
        jobs = ["--jobs", str(options.jobs)]
        train = [sys.executable, "-m", "rehabcoder", "train", str(table), "--out", f"{folder}/out", "--force", *jobs]
        measured(f"`train` on {options.texts:,} descriptions and the shipped data", train)
        if options.build:
            build = [sys.executable, "training/build_model.py", "--out", f"{folder}/built", *jobs]
            measured("`training/build_model.py` on everything in data/", build)


if __name__ == "__main__":
    main()
