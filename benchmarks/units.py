"""Claims a second: the bulk functions and `allocate` against the plain reference of the tests.

Run from the project's root: python benchmarks/units.py [claims]. Quote the ratio, since machines differ.
"""

from __future__ import annotations

import json
import random
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent.parent / "tests" / "oracle"))

import numpy as np
from units_ref import TIMED, cms

from rehabcoder.billing.bulk import allocate_many, units_table
from rehabcoder.billing.units import allocate


def main(count: int) -> None:
    """Time the three on the same invented claims and print claims a second as JSON."""
    chance = random.Random(97110)
    codes = sorted(TIMED)
    claims = [{chance.choice(codes): chance.randint(3, 45) for _ in range(chance.randint(1, 5))} for _ in range(count)]
    few = claims[: max(1, count // 10)]
    allocate_many(few)  # numpy's import is no part of the speed
    answers, bulk = timed(lambda: allocate_many(claims), count)
    assert all(answer in cms(claim) for answer, claim in zip(answers, few, strict=False))
    _, single = timed(lambda: [allocate(claim) for claim in few], len(few))
    _, reference = timed(lambda: [cms(claim) for claim in few], len(few))
    table = np.zeros((count, len(codes)), dtype=np.int64)
    for row, claim in enumerate(claims):
        for code, minutes in claim.items():
            table[row, codes.index(code)] = minutes
    _, columns = timed(lambda: units_table(table, codes), count)
    rates = {"bulk": bulk, "bulk_of_columns": columns, "allocate": single, "reference": reference}
    ratios = {f"{name}_to_reference": round(rate / reference, 2) for name, rate in rates.items() if name != "reference"}
    print(json.dumps({name: round(rate) for name, rate in rates.items()} | ratios))


def timed(work: Callable[[], Any], count: int) -> tuple[Any, float]:
    """The result of the work and how many items it did in a second of this process's own time, the best of three."""
    best, result = 0.0, None
    for _ in range(3):
        start = time.process_time()
        result = work()
        best = max(best, count / (time.process_time() - start))
    return result, best


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 400_000)
