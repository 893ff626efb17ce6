"""The billing rules on the labelled notes: what people labelled leads to the claim and the flag that they expect."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from billing_cases import ORACLE, load_oracle, service

from rehabcoder.billing.claim import claim_allocation, claim_lines
from rehabcoder.billing.codes import is_timed
from rehabcoder.billing.policies import load_policy
from rehabcoder.note import Service

NOTES = Path(__file__).parents[2] / "data" / "notes"


def notes() -> Iterator[dict[str, Any]]:
    for path in sorted(NOTES.glob("*.jsonl")):
        with path.open(encoding="utf-8") as lines:
            yield from (json.loads(line) for line in lines if line.strip())


def services_of(note: dict[str, Any]) -> list[Service]:
    return [service(item["code"], item["minutes"]) for item in note["interventions"]]


@pytest.fixture(scope="module")
def score() -> Any:
    """The yardstick; it imports its arithmetic from its own folder."""
    sys.path.insert(0, str(ORACLE))
    try:
        return load_oracle("score")
    finally:
        sys.path.remove(str(ORACLE))


def test_labels_lead_to_the_claim_that_the_yardstick_accepts(score: Any) -> None:
    policy = load_policy()
    wrong, seen = [], 0
    for note in notes():
        lines, _ = claim_lines(services_of(note), policy)
        minutes, accepted = score.claim_of_gold(note)
        said_minutes, said_units = score.claim_of_coded({"lines": [line.to_json() for line in lines]})
        seen += 1
        if said_minutes != minutes or said_units not in accepted:
            wrong.append(note["id"])
    assert seen > 500
    assert wrong == []


def test_billed_units_that_the_labels_call_wrong_are_refused_and_the_others_accepted() -> None:
    policy = load_policy()
    wrong, seen = [], 0
    for note in notes():
        billed = (note.get("stated") or {}).get("units")
        timed = [item for item in note["interventions"] if is_timed(item["code"])]
        if not billed or any(item["minutes"] is None for item in timed):
            continue
        seen += 1
        if claim_allocation(services_of(note), policy).accepts(billed) == ("units_mismatch" in note["flags"]):
            wrong.append(note["id"])
    assert seen > 100
    assert wrong == []
