"""Measures the reading of activities and doses on the hand-labelled services of data/activities.

python training/evaluate_activities.py                    the table of docs/activities.md
python training/evaluate_activities.py --set second-look  the services drawn after all changes
python training/evaluate_activities.py --errors           with every difference, service by service
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from pathlib import Path
from typing import Any

from rehabcoder.language.activities import find_activities
from rehabcoder.language.reading import read

DATA = Path(__file__).parent.parent / "data" / "activities"
FIELDS = (
    "name", "body_part", "side", "muscle", "sets", "reps", "hold_seconds", "load", "distance", "assist", "device",
)  # fmt: skip


def facts(activities: list[dict[str, Any]], field: str) -> Counter[tuple[Any, ...]]:
    """What the activities say in one field: pairs of name and value, counted. A value belongs to its activity: a right
    dose at the wrong activity is wrong twice. A list of devices or parts is as many facts as it has members."""
    if field == "name":
        return Counter((activity["name"],) for activity in activities)
    found: Counter[tuple[Any, ...]] = Counter()
    for activity in activities:
        value = activity.get(field)
        if value is not None:
            members = value.split(", ") if isinstance(value, str) else (value,)
            found.update((activity["name"], member) for member in members)
    return found


def read_activities(text: str) -> list[dict[str, Any]]:
    found = find_activities(read(text), 0, len(text))
    return [{field: getattr(activity, field) for field in FIELDS} for activity in found]


def score(services: list[dict[str, Any]]) -> dict[str, tuple[int, int, int]]:
    """Right, read and labelled facts of every field."""
    counts = {field: [0, 0, 0] for field in FIELDS}
    for service in services:
        got = read_activities(service["text"])
        for field in FIELDS:
            was, should = facts(got, field), facts(service["activities"], field)
            for index, number in enumerate(((was & should).total(), was.total(), should.total())):
                counts[field][index] += number
    return {field: (right, read_, labelled) for field, (right, read_, labelled) in counts.items()}


def row(label: str, right: int, read_: int, labelled: int) -> str:
    precision = right / read_ if read_ else 1.0
    recall = right / labelled if labelled else 1.0
    f1 = 2 * right / (read_ + labelled) if read_ + labelled else 1.0
    return f"| {label} | {labelled} | {precision:.2f} | {recall:.2f} | {f1:.2f} |"


def show_errors(services: list[dict[str, Any]]) -> None:
    for service in services:
        got = read_activities(service["text"])
        lines = []
        for field in FIELDS:
            was, should = facts(got, field), facts(service["activities"], field)
            lines += [f"  + {field}: {fact}" for fact in was - should]
            lines += [f"  - {field}: {fact}" for fact in should - was]
        if lines:
            print(f"{service['note']}#{service['service']}: {service['text']!r}", *lines, sep="\n")


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--errors", action="store_true", help="list every difference")
    parser.add_argument("--set", default="services", choices=sorted(path.stem for path in DATA.glob("*.jsonl")))
    options = parser.parse_args()
    lines = (DATA / f"{options.set}.jsonl").read_text(encoding="utf-8").splitlines()
    services = [json.loads(line) for line in lines]
    if options.errors:
        show_errors(services)
    counts = score(services)
    print("| field | labelled | precision | recall | F1 |\n| --- | --: | --: | --: | --: |")
    for field, numbers in counts.items():
        print(row(field.replace("_", " "), *numbers))
    totals = [sum(column) for column in zip(*counts.values(), strict=True)]
    print(row("all", *totals))


if __name__ == "__main__":
    main()
