"""The yardstick itself, `tests/oracle/score.py`, which is a script and no package."""

from __future__ import annotations

import importlib.util
import sys
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any


@cache
def oracle() -> ModuleType:
    path = Path(__file__).parents[1] / "oracle" / "score.py"
    spec = importlib.util.spec_from_file_location("oracle_score", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    before = list(sys.path)
    spec.loader.exec_module(module)
    sys.path[:] = before
    return module


def with_ones(figures: dict[str, Any]) -> dict[str, Any]:
    """Our figures as the yardstick prints them: 1 where nothing was compared, also in the mean of the findings."""
    flags = {name: 1.0 if value is None else value for name, value in figures["flags"].items()}
    whole = {"flags": flags, "flags_mean_f1": sum(flags.values()) / len(flags)}
    return {
        name: whole.get(name, (0.0 if name == "ece" else 1.0) if value is None else value)
        for name, value in figures.items()
    }
