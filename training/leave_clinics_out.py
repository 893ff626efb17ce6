"""Scores the whole tool on clinics that no part of it was trained on, each group of clinics left out in turn.

    python training/leave_clinics_out.py [--groups 5] [--errors FILE] [--sealed data/sealed/clinic-g.jsonl]

Calibration and thresholds for a group come from the other groups. The sealed clinic is only scored, by the model of all
the rest. Prints one column a group, all pooled, and the sealed clinic.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests" / "oracle"))

import score  # the yardstick itself

from rehabcoder.coder import Coder
from rehabcoder.note import Note
from rehabcoder.predict.model import Model
from rehabcoder.training.calibrate import calibrated, leave_out
from rehabcoder.training.corpus import Settings, corpus
from rehabcoder.training.labelled import LabelledNote, read_notes, read_snippets

# The clinics and contrast sets that the project was given; the others were written for it, with odder layouts.
GIVEN = frozenset({"clinic-a", "clinic-b", "clinic-c", "clinic-d", "clinic-f", "contrast"})
FIGURES = (
    "found_f1",
    "code_f1",
    "code_given_found",
    "f1_97110",
    "f1_97112",
    "f1_97530",
    "mismatch_f1",
    "minutes_exact",
    "claim_exact",
    "stated_exact",
    "settled_share",
    "settled_right",
    "notes_settled_share",
    "notes_settled_right",
    "ece",
    "flags_mean_f1",
)


def groups_of(notes: list[LabelledNote], n: int) -> list[frozenset[str]]:
    """Clinics dealt into groups of like size; the contrast sets stay together, since they are one source."""
    sizes: dict[str, int] = {}
    for note in notes:
        sizes[note.source] = sizes.get(note.source, 0) + 1
    bins: list[set[str]] = [set() for _ in range(n)]
    load = [0] * n
    for source in sorted(sizes, key=lambda s: (-sizes[s], s)):
        k = load.index(min(load))
        bins[k].add(source)
        load[k] += sizes[source]
    return [frozenset(b) for b in bins]


def coded_rows(model: Model, notes: list[LabelledNote]) -> list[dict[str, Any]]:
    return [c.to_json() for c in Coder(model, dated=False).code([Note(n.note_id, n.text) for n in notes])]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=Path("data"))
    parser.add_argument("--groups", type=int, default=5)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--errors", type=Path)
    parser.add_argument("--sealed", type=Path)
    options = parser.parse_args()
    began = time.perf_counter()
    data = corpus(read_notes(options.data / "notes"), read_snippets(options.data / "snippets"), jobs=options.jobs)
    raw = {str(r["id"]): r for path in sorted((options.data / "notes").glob("*.jsonl")) for r in score.read(path)}
    groups = groups_of([p.note for p in data.notes], options.groups)
    settings = Settings()
    model_of_all, parts = leave_out(data, settings, options.jobs, groups)
    everything: list[dict[str, Any]] = []
    columns: dict[str, dict[str, Any]] = {}
    for held, part in zip(groups, parts, strict=True):
        others = [p for p in parts if p is not part]
        model = calibrated(part.model, others, settings, options.jobs)
        rows = coded_rows(model, part.notes)
        everything += rows
        columns[" ".join(sorted(s.removeprefix("clinic-") for s in held))] = score.score(
            rows, [raw[r["note_id"]] for r in rows]
        )[0]
    pooled, errors = score.score(everything, [raw[r["note_id"]] for r in everything])
    source = {p.note.note_id: p.note.source for p in data.notes}
    given = [r for r in everything if source[r["note_id"]] in GIVEN]
    columns["GIVEN"] = score.score(given, [raw[r["note_id"]] for r in given])[0]
    columns["POOLED"] = pooled
    if options.sealed:
        whole = calibrated(model_of_all, parts, settings, options.jobs)
        sealed = [json.loads(line) for line in options.sealed.read_text(encoding="utf-8").splitlines() if line.strip()]
        coded = Coder(whole, dated=False).code([Note(str(r["id"]), r["text"]) for r in sealed])
        columns["SEALED g"] = score.score([c.to_json() for c in coded], sealed)[0]
    width = max(len(c) for c in columns) + 2
    print(" " * 28 + "".join(f"{name:>{width}}" for name in columns))
    for figure in ("notes", "services", *FIGURES):
        print(
            f"{figure:28s}"
            + "".join(
                f"{c[figure]:>{width}.3f}" if isinstance(c[figure], float) else f"{c[figure]:>{width}}"
                for c in columns.values()
            )
        )
    for flag in score.FLAGS:
        print(f"  {flag:26s}" + "".join(f"{c['flags'][flag]:>{width}.3f}" for c in columns.values()))
    print(f"{time.perf_counter() - began:.0f} s")
    if options.errors:
        options.errors.write_text(json.dumps({"errors": errors, "rows": everything}), encoding="utf-8")


if __name__ == "__main__":
    main()
