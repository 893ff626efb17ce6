"""`.ci/run` promises that a skip fails the run, and `make test` that a skip is told with its reason."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

CONFTEST = Path(__file__).parents[1] / "conftest.py"
SUITE = """
import pytest

@pytest.mark.wheel
def test_needs_a_component():
    pass

def test_skips_itself():
    pytest.skip("no moon tonight")

@pytest.mark.xfail(reason="known", strict=True)
def test_expected_failure():
    assert False

def test_fine():
    pass
"""


def run_suite(folder: Path, **settings: str) -> subprocess.CompletedProcess[str]:
    (folder / "conftest.py").write_text(CONFTEST.read_text(encoding="utf-8"), encoding="utf-8")
    (folder / "pytest.ini").write_text("[pytest]\nmarkers = wheel\n", encoding="utf-8")
    (folder / "test_suite.py").write_text(SUITE, encoding="utf-8")
    unset = ("REHABCODER_NO_SKIP", "REHABCODER_WHEEL_ENV", "PYTEST_ADDOPTS")
    env = {key: value for key, value in os.environ.items() if key not in unset} | settings
    env["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    command = [sys.executable, "-m", "pytest", "-ra", "-p", "no:cacheprovider", str(folder)]
    return subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, timeout=120, check=False)


def test_a_plain_run_passes_and_says_what_it_skipped_and_why(tmp_path: Path) -> None:
    run = run_suite(tmp_path)
    assert run.returncode == 0
    assert "needs the built wheel in an environment of its own: .ci/run makes it" in run.stdout
    assert "no moon tonight" in run.stdout
    assert "1 passed, 2 skipped, 1 xfailed" in run.stdout


def test_under_ci_every_skip_is_a_failure_with_its_reason(tmp_path: Path) -> None:
    run = run_suite(tmp_path, REHABCODER_NO_SKIP="1")
    assert run.returncode == 1
    assert "1 failed, 1 passed, 1 xfailed, 1 error" in run.stdout  # a mark skips at set-up: an error
    assert "no moon tonight" in run.stdout


def test_a_component_that_is_there_is_not_skipped(tmp_path: Path) -> None:
    run = run_suite(tmp_path, REHABCODER_WHEEL_ENV=str(tmp_path))
    assert "2 passed, 1 skipped, 1 xfailed" in run.stdout


@pytest.mark.parametrize("word", ["chromium", "default-jre-headless", "postgresql"])
def test_ci_installs_what_the_skips_name(word: str) -> None:
    names = CONFTEST.read_text(encoding="utf-8")
    script = (CONFTEST.parents[1] / ".ci" / "run").read_text(encoding="utf-8")
    assert word in names
    assert f"missing+=({word})" in script
