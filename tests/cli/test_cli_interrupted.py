"""Ctrl-C: one line that says so, and how to go on where that is possible; exit status 130."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

NOTE = "Ther Ex 97110, 30 min: leg press 60# 3x10, seated knee extension 3x10 for quadriceps strength."
GOES_ON = "rehabcoder: interrupted. Give the same command again: it goes on where it stopped."


@pytest.fixture
def many(tmp_path: Path) -> Path:
    """A file of more notes than are coded in a few seconds."""
    path = tmp_path / "n.jsonl"
    path.write_text("".join(json.dumps({"id": str(n), "text": f"{NOTE} {n}"}) + "\n" for n in range(60_000)))
    return path


def interrupted(folder: Path, begun: Callable[[], bool], *arguments: str) -> tuple[int, str]:
    """Exit status and last line of errors of a command that gets Ctrl-C once it has `begun`."""
    command = [sys.executable, "-m", "rehabcoder", *arguments]
    environment = dict(os.environ, PYTHONPATH=os.pathsep.join(filter(None, sys.path)))
    with (folder / "out").open("w") as out:
        process = subprocess.Popen(
            command, cwd=folder, env=environment, stdin=subprocess.PIPE, stdout=out, stderr=subprocess.PIPE, text=True,
            start_new_session=True,
        )  # fmt: skip
        deadline = time.monotonic() + 60
        while not begun():
            assert time.monotonic() < deadline
            time.sleep(0.05)
        os.killpg(process.pid, signal.SIGINT)  # as a terminal does: the command and its workers
        _, errors = process.communicate(timeout=60)
    assert "Traceback" not in errors
    return process.returncode, errors.splitlines()[-1]


@pytest.mark.skipif(os.name != "posix", reason="needs process groups")
class TestInterrupted:
    @pytest.mark.parametrize("jobs", ["1", "2"])
    def test_a_run_into_files_says_that_it_goes_on(self, many: Path, jobs: str) -> None:
        done = many.parent / "coded" / ".work" / "run.json"
        arguments = ("code", "n.jsonl", "--out", "coded", "--jobs", jobs)
        assert interrupted(many.parent, done.exists, *arguments) == (130, GOES_ON)

    def test_a_run_onto_the_terminal_only_says_so(self, many: Path) -> None:
        coded = many.parent / "out"
        arguments = ("code", "n.jsonl", "--format", "jsonl")
        found = interrupted(many.parent, lambda: coded.stat().st_size > 0, *arguments)
        assert found == (130, "rehabcoder: interrupted.")
