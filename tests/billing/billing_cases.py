"""Helpers of the billing tests: the oracle's data, and services without text."""

from __future__ import annotations

import importlib.util
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

from rehabcoder.note import Service, Span

ORACLE = Path(__file__).parent.parent / "oracle"


def load_oracle(name: str) -> ModuleType:
    """A module of tests/oracle, without putting that folder on the path of every test."""
    spec = importlib.util.spec_from_file_location(f"oracle_{name}", ORACLE / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def unit_cases() -> list[dict[str, Any]]:
    cases: list[dict[str, Any]] = json.loads((ORACLE / "unit-cases.json").read_text(encoding="utf-8"))
    return cases


def manual_examples() -> list[dict[str, Any]]:
    lines = (ORACLE / "cms_unit_examples.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


def as_set(allocations: Iterable[Mapping[str, int]]) -> set[frozenset[tuple[str, int]]]:
    """Allocations without their order and without zeros."""
    return {frozenset((code, n) for code, n in units.items() if n) for units in allocations}


def service(code: str, minutes: int | None = None, *, at: int = 0, text: str = "") -> Service:
    span = Span(at, at + 2) if minutes is not None else None
    return Service(start=at, end=at + 10, text=text, code=code, minutes=minutes, minutes_span=span)
