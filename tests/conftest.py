"""What holds for every test: which ones need something that a plain machine lacks, and what a skip means.

`make test` skips a test whose component is missing and says so. `.ci/run` installs the components and sets
REHABCODER_NO_SKIP=1: there a skip is a failure, whatever its reason, so that no test goes unrun unnoticed.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
from collections.abc import Callable, Generator
from pathlib import Path
from typing import TypeVar

import hypothesis
import pytest

# How long an example takes says how busy the machine is: no test is timed.
hypothesis.settings.register_profile("rehabcoder", deadline=None)
hypothesis.settings.load_profile("rehabcoder")

Report = TypeVar("Report", pytest.TestReport, pytest.CollectReport)
NO_SKIP = os.environ.get("REHABCODER_NO_SKIP") == "1"


def lacks_browser() -> str | None:
    if not shutil.which("chromium"):
        return "needs Chromium (Debian: apt install chromium)"
    return None


def lacks_spark() -> str | None:
    if not shutil.which("java"):
        return "needs Java (Debian: apt install default-jre-headless)"
    if not importlib.util.find_spec("pyspark"):
        return "needs PySpark (.venv/bin/python -m pip install --require-hashes -r requirements-spark.lock)"
    return None


def lacks_postgres() -> str | None:
    if not shutil.which("initdb") and not list(Path("/usr/lib/postgresql").glob("*/bin/initdb")):
        return "needs PostgreSQL (Debian: apt install postgresql)"
    return None


def lacks_wheel() -> str | None:
    if not os.environ.get("REHABCODER_WHEEL_ENV"):
        return "needs the built wheel in an environment of its own: .ci/run makes it"
    return None


LACKS: dict[str, Callable[[], str | None]] = {
    "browser": lacks_browser,
    "spark": lacks_spark,
    "postgres": lacks_postgres,
    "wheel": lacks_wheel,
}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    used = {name for name in LACKS if any(item.get_closest_marker(name) for item in items)}
    reasons = {name: reason for name in used if (reason := LACKS[name]())}
    for item in items:
        for name, reason in reasons.items():
            if item.get_closest_marker(name):
                item.add_marker(pytest.mark.skip(reason=reason))


def _fail_skip(report: Report) -> Report:
    """Turn a skip into a failure that keeps its reason. An expected failure is no skip."""
    if NO_SKIP and report.skipped and not hasattr(report, "wasxfail"):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
        report.outcome = "failed"
        report.longrepr = f"{reason}\n(a skip is a failure here: REHABCODER_NO_SKIP=1)"
    return report


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    return _fail_skip((yield))


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    return _fail_skip((yield))
