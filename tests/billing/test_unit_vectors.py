"""data/unit-vectors.json: our engine passes it, and so does the reference that the project did not write."""

from __future__ import annotations

import json
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from billing_cases import as_set, manual_examples, unit_cases

from rehabcoder.billing.bulk import allocate_many
from rehabcoder.billing.codes import CODES
from rehabcoder.billing.units import allocate
from rehabcoder.errors import UsageError

FILE: dict[str, Any] = json.loads(
    (Path(__file__).parents[2] / "data" / "unit-vectors.json").read_text(encoding="utf-8")
)
VECTORS: list[dict[str, Any]] = FILE["vectors"]


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["id"])
def test_our_engine(vector: dict[str, Any]) -> None:
    found = allocate(vector["minutes"], rule=vector["rule"])
    assert as_set(found.accepted) == as_set(vector["accepted"])
    assert found.untimed == vector["untimed"]
    (bulk,) = allocate_many([vector["minutes"]], rule=vector["rule"])
    assert bulk == found.units | found.untimed


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["id"])
def test_the_reference(units_ref: ModuleType, vector: dict[str, Any]) -> None:
    minutes = vector["minutes"]
    expected = units_ref.cms(minutes) if vector["rule"] == "cms" else [units_ref.midpoint(minutes)]
    assert as_set(vector["accepted"]) == as_set(expected)
    flat = {code: 1 for code in minutes if CODES[code].minutes_per_unit is None}
    assert {code: n for code, n in vector["untimed"].items() if not CODES[code].by_block} == flat


@pytest.mark.parametrize("vector", FILE["refused"], ids=lambda vector: vector["id"])
def test_what_must_be_refused(vector: dict[str, Any]) -> None:
    with pytest.raises(UsageError):
        allocate(vector["minutes"])


def test_the_file_can_be_relied_on() -> None:
    assert FILE["version"] == "1.0.0"
    names = [vector["id"] for vector in VECTORS]
    assert len(set(names)) == len(names) > 150
    assert all(vector["source"] and vector["says"] for vector in VECTORS)
    assert {vector["rule"] for vector in VECTORS} == set(FILE["rules"])


def test_every_worked_case_and_every_example_of_the_manual_is_in_it() -> None:
    there = {(vector["rule"], frozenset(vector["minutes"].items())) for vector in VECTORS}
    cases = {(case["rule"], frozenset(case["minutes"].items())) for case in unit_cases()}
    examples = {("cms", frozenset(example["minutes"].items())) for example in manual_examples()}
    assert cases | examples <= there
