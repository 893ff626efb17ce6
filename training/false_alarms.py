"""Counts the notes of a file in which the tool bills something: for texts that hold no therapy session.

python training/false_alarms.py NOTES.jsonl [NOTES.jsonl ...] [--model models/default] [--show]
"""

from __future__ import annotations

import argparse
from pathlib import Path

from rehabcoder.coder import load
from rehabcoder.readers import read_notes

if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("notes", type=Path, nargs="+")
    parser.add_argument("--model", type=Path)
    parser.add_argument("--show", action="store_true", help="print code and words of what was billed")
    options = parser.parse_args()
    coder = load(options.model)
    for path in options.notes:
        coded = coder.code(list(read_notes([str(path)])))
        billed = [c for c in coded if any(s.code != "none" for s in c.interventions)]
        sure = [c for c in billed if not c.needs_review]
        print(f"{path.name}: {len(billed)} of {len(coded)} notes with something billed, {len(sure)} of them settled")
        for one in billed if options.show else ():
            print(
                f"  {one.note_id}: "
                + "; ".join(
                    f"{s.code} {s.confidence:.2f} {s.text[:70]!r}" for s in one.interventions if s.code != "none"
                )
            )
