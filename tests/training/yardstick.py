"""The yardstick itself, `tests/oracle/score.py`, which is a script and no package."""

from __future__ import annotations

import importlib.util
import sys
from functools import cache
from pathlib import Path
from types import ModuleType


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
