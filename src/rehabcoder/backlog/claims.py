"""claims.jsonl: the notes of a patient, day and discipline pooled, over a backlog that does not fit into memory.

Notes of one claim may lie anywhere in a backlog. They are dealt into buckets by patient, each small enough to be pooled
at once (amounts run on from one claim of a patient to the next), and the claims of all buckets are merged back into the
order in which they first occur.
"""

from __future__ import annotations

import heapq
import json
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from decimal import Decimal
from functools import cache
from operator import itemgetter
from pathlib import Path

from rehabcoder.backlog.parts import claim_key
from rehabcoder.billing.policies import load_policy, policy_path
from rehabcoder.billing.pooling import pool_claims
from rehabcoder.billing.thresholds import YearToDate
from rehabcoder.note import CodedNote, Json, Note, Service, Totals
from rehabcoder.writers.files import private, private_text
from rehabcoder.writers.lines import json_line

_BUCKET = 16 * 2**20  # bytes of notes, without their text, that are pooled at once


def write_claims(
    parts: Sequence[Path], path: Path, *, policy: str, work: Path, jobs: int, year_to_date: YearToDate | None = None
) -> tuple[int, int]:
    """Pool the notes of all `parts` (see `parts.Part.claims`) into `path`; how many claims, and how many of them with KX.

    Raises:
        RehabcoderError: the disk is full or may not be written.
    """
    import joblib

    buckets = max(1, -(-sum(part.stat().st_size for part in parts) // _BUCKET))
    spent: list[dict[tuple[str, str, int], Decimal]] = [{} for _ in range(buckets)]
    for key, amount in (year_to_date or {}).items():
        spent[claim_key(key[0]) % buckets][key] = amount
    # Workers of an earlier run in this process may stand in another folder.
    parts, work, rules = [part.absolute() for part in parts], work.absolute(), policy_path(policy).absolute()
    tasks = (joblib.delayed(_pool_bucket)(parts, bucket, rules, work, spent) for bucket in range(buckets))
    pooled: list[Path] = joblib.Parallel(min(jobs, buckets))(tasks)
    number = above = 0
    with ExitStack() as stack, private(path, beside=work) as unfinished:
        streams = [stack.enter_context(name.open(encoding="utf-8")) for name in pooled]
        with unfinished.open("w", encoding="utf-8", newline="\n") as out:
            for _, line in heapq.merge(*(map(_numbered, stream) for stream in streams)):
                out.write(line)
                number += 1
                above += '"KX"' in line
    return number, above


def _numbered(line: str) -> tuple[int, str]:
    order, _, rest = line.partition("\t")
    return int(order), rest


def _pool_bucket(parts: Sequence[Path], bucket: int, policy: Path, work: Path, spent: Sequence[YearToDate]) -> Path:
    """The claims of one bucket, each behind the number of its first note; one made before an interruption is kept."""
    buckets = len(spent)
    path = work / f"pooled-{bucket:05d}-of-{buckets:05d}.jsonl"
    if path.exists():
        return path
    rules = cache(lambda day: load_policy(policy, on=day))
    patients: dict[str, list[Json]] = {}
    first: dict[tuple[str, str], int] = {}  # of each patient's day, the number of its first note
    for order, row in _rows(parts, bucket, buckets):
        about = row["about"]
        patients.setdefault(about["patient_id"], []).append(row)
        first.setdefault((about["patient_id"], about["date_of_service"]), order)
    claims = []
    for rows in patients.values():
        for claim in pool_claims(map(_pair, rows), rules, year_to_date=spent[bucket]):
            claims.append((first[claim.patient, claim.date], json_line(claim.to_json())))
    claims.sort(key=itemgetter(0))
    with private_text(path) as out:
        out.writelines(f"{order}\t{line}" for order, line in claims)
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
