"""Does the gate let honest labels through and stop wrong ones? Each clinic in turn plays the user.

    python training/gate_trials.py clinic-p clinic-j [--jobs 2]

The clinic is taken out of the data, a model is built of the rest, and `train` is run on the clinic's labels as they
are, with 97110 and 97530 swapped in them, and with a third of the services unlabelled. Printed as a Markdown table.
"""

from __future__ import annotations

import argparse
import json
import random
import shutil
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from rehabcoder.errors import RehabcoderError
from rehabcoder.predict.store import FILE_NAME
from rehabcoder.training.build import build_model
from rehabcoder.training.retrain import train

Record = dict[str, Any]


def honest(rows: list[Record]) -> None:
    """Labels as they are."""


def swapped(rows: list[Record]) -> None:
    """Exercises called activities, and the other way round."""
    other = {"97110": "97530", "97530": "97110"}
    for row in rows:
        for service in row["interventions"]:
            service["code"] = other.get(service["code"], service["code"])


def incomplete(rows: list[Record]) -> None:
    """A third of the services left unlabelled, as by people in a hurry."""
    draw = random.Random(1)
    for row in rows:
        row["interventions"] = [service for service in row["interventions"] if draw.random() > 1 / 3]


WAYS: dict[str, Callable[[list[Record]], None]] = {"honest": honest, "swapped": swapped, "incomplete": incomplete}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("clinics", nargs="+")
    parser.add_argument("--data", type=Path, default=Path("data"))
    parser.add_argument("--jobs", type=int, default=2)
    options = parser.parse_args()
    print("| clinic | labels | gate | all codes | reading | lost | F1 on its notes, before and after | s |")
    print("| --- | --- | --- | --: | --: | --- | --: | --: |")
    for clinic in options.clinics:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            base = folder / "base"
            for part in ("notes", "snippets"):
                shutil.copytree(options.data / part, base / part)
            own = folder / f"{clinic}.jsonl"
            (base / "notes" / f"{clinic}.jsonl").rename(own)
            build_model(base, base, name="base", jobs=options.jobs)
            rows = [json.loads(line) for line in own.read_text(encoding="utf-8").splitlines()]
            for way, spoil in WAYS.items():
                labels = json.loads(json.dumps(rows))
                spoil(labels)
                own.write_text("".join(json.dumps(row) + "\n" for row in labels), encoding="utf-8")
                start = time.perf_counter()
                try:
                    done = train(
                        [own], out=folder / way, shipped=base, shipped_model=base / FILE_NAME, store=folder / "store",
                        jobs=options.jobs,
                    )  # fmt: skip
                except RehabcoderError as error:
                    print(f"| {clinic} | {way} | {error} | | | | | |", flush=True)
                    continue
                verdict, gain = done.verdict, done.gain
                changes = [c for c in (verdict.overall, verdict.reading) if c is not None]
                limits = " | ".join(f"{c.new - c.present:+.3f} ({c.low:+.3f} to {c.high:+.3f})" for c in changes)
                print(
                    f"| {clinic} | {way} | {'passed' if verdict.passed else 'refused'} | {limits} "
                    f"| {', '.join(c.name for c in verdict.lost) or '–'} | {gain.present:.3f} → {gain.new:.3f} "
                    f"| {time.perf_counter() - start:.0f} |",
                    flush=True,
                )


if __name__ == "__main__":
    main()
