"""claims.jsonl: the notes of a patient, day and discipline pooled, over a backlog that does not fit into memory.

Notes of one claim may lie anywhere in a backlog. They are dealt into buckets by patient and day, each small enough to
be pooled at once, and the claims of all buckets are merged back into the order in which they first occur.
"""

from __future__ import annotations

import heapq
import json
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from functools import cache
from pathlib import Path

from rehabcoder.billing.policies import load_policy
from rehabcoder.billing.pooling import pool_claims
from rehabcoder.note import CodedNote, Json, Note, Service, Totals
from rehabcoder.writers.files import private
from rehabcoder.writers.lines import json_line

_BUCKET = 16 * 2**20  # bytes of notes, without their text, that are pooled at once


def write_claims(parts: Sequence[Path], path: Path, *, policy: str, work: Path, jobs: int) -> int:
    """Pool the notes of all `parts` (see `parts.Part.claims`) into `path`; how many claims there are.

    Raises:
        RehabcoderError: the disk is full or may not be written.
    """
    import joblib

    buckets = max(1, -(-sum(part.stat().st_size for part in parts) // _BUCKET))
    tasks = (joblib.delayed(_pool_bucket)(parts, bucket, buckets, policy, work) for bucket in range(buckets))
    pooled: list[Path] = joblib.Parallel(min(jobs, buckets))(tasks)
    number = 0
    with ExitStack() as stack, private(path, beside=work) as unfinished:
        streams = [stack.enter_context(name.open(encoding="utf-8")) for name in pooled]
        with unfinished.open("w", encoding="utf-8", newline="\n") as out:
            for _, line in heapq.merge(*(map(_numbered, stream) for stream in streams)):
                out.write(line)
                number += 1
    return number


def _numbered(line: str) -> tuple[int, str]:
    order, _, rest = line.partition("\t")
    return int(order), rest


def _pool_bucket(parts: Sequence[Path], bucket: int, buckets: int, policy: str, work: Path) -> Path:
    """The claims of one bucket, each behind the number of its first note; one made before an interruption is kept."""
    path = work / f"pooled-{bucket:05d}-of-{buckets:05d}.jsonl"
    if path.exists():
        return path
    rules = cache(lambda day: load_policy(policy, on=day))
    groups: dict[tuple[str, str], list[tuple[int, Json]]] = {}
    for order, row in _rows(parts, bucket, buckets):
        about = row["about"]
        groups.setdefault((about["patient_id"], about["date_of_service"]), []).append((order, row))
    with private(path) as unfinished, unfinished.open("w", encoding="utf-8", newline="\n") as out:
        for rows in groups.values():
            for claim in pool_claims((_pair(row) for _, row in rows), rules):
                out.write(f"{rows[0][0]}\t{json_line(claim.to_json())}")
    return path


def _rows(parts: Sequence[Path], bucket: int, buckets: int) -> Iterator[tuple[int, Json]]:
    order = 0
    for part in parts:
        with part.open(encoding="utf-8") as lines:
            for line in lines:
                order += 1
                key, _, row = line.partition("\t")
                if int(key) % buckets == bucket:
                    yield order, json.loads(row)


def _pair(row: Json) -> tuple[Note, CodedNote]:
    coded = dict(row["coded"])
    coded["interventions"] = [Service(**service) for service in coded["interventions"]]
    coded["totals"] = Totals.from_json(coded["totals"])
    return Note(text="", **row["about"]), CodedNote(**coded)
