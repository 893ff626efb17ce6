"""Nothing leaves the machine: every command works while any connection, look-up or listening socket is refused."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from rehabcoder.cli import COMMANDS

ROOT = Path(__file__).parents[2]

# Loaded by every Python process of the command, workers included, before anything else.
BLOCKER = """
import socket, sys

def refuse(event, arguments):
    if not event.startswith("socket."):
        return
    if event in ("socket.__new__", "socket.gethostname") or getattr(arguments[0], "family", None) == socket.AF_UNIX:
        return
    raise RuntimeError(f"no network here: {event} {arguments[1:]}")

sys.addaudithook(refuse)
"""

STORY = [  # one folder, in this order: later commands work on what earlier ones wrote
    "code data/sample --out coded.jsonl",
    "code data/sample --out parts --jobs 2",
    "explain data/sample/wrong-label.txt",
    "query data/sample/clock-trouble.txt",
    "schema",
    "units 97112=24 97110=23",
    "rules list",
    "claims coded.claims.jsonl",
    "visits coded.jsonl --notes data/sample",
    "import coded.jsonl --notes data/sample",
    "worklist",
    "sample draw --name quarter --size 5",
    "sample estimate --name quarter",
    "report",
    "export-labels --out labels.jsonl",
    "evaluate few.jsonl",
    "suggest data/sample --limit 3",
    "models verify",
    "purge --before 2026-09-22 --yes",
]
ELSEWHERE = {
    "serve": "listens on the loopback address, which is its purpose; tests/web looks at what it sends and asks for",
    "train": "test_training_needs_no_network",
}


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    (folder / "sitecustomize.py").write_text(BLOCKER, encoding="utf-8")
    if not (folder / "data").exists():
        (folder / "data").symlink_to(ROOT / "data")
    path = os.pathsep.join([str(folder), str(ROOT / "src")])
    env = {"PATH": os.defpath, "HOME": str(folder), "LC_ALL": "C.UTF-8", "PYTHONPATH": path}
    env["REHABCODER_MODELS"] = str(folder / "store")
    return subprocess.run(
        [sys.executable, *arguments], cwd=folder, env=env, capture_output=True, text=True, timeout=300, check=False
    )


def labelled(folder: Path, clinic: str, count: int) -> str:
    lines = (ROOT / "data" / "notes" / f"{clinic}.jsonl").read_text(encoding="utf-8").splitlines(keepends=True)
    (folder / f"{clinic}.jsonl").write_text("".join(lines[:count]), encoding="utf-8")
    return f"{clinic}.jsonl"


def test_the_commands_need_no_network(tmp_path: Path) -> None:
    (tmp_path / "few.jsonl").symlink_to(tmp_path / labelled(tmp_path, "clinic-a", 4))
    for line in STORY:
        done = run(tmp_path, "-m", "rehabcoder", *line.split())
        assert "no network here" not in done.stderr, line
        assert done.returncode == 0, f"{line}: {done.stderr}"
        assert done.stdout, line


@pytest.mark.slow
def test_training_needs_no_network(tmp_path: Path) -> None:
    files = [labelled(tmp_path, clinic, 20) for clinic in ("clinic-a", "clinic-d")]
    done = run(tmp_path, "-m", "rehabcoder", "train", *files, "--only", "--force", "--out", "new")
    assert "no network here" not in done.stderr
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "new" / "model.zip").is_file()


def test_every_command_is_tried_without_network_or_says_why_not() -> None:
    tried = {line.split()[0] for line in STORY}
    assert {name.removesuffix("_").replace("_", "-") for name in COMMANDS} == tried | ELSEWHERE.keys()


@pytest.mark.parametrize(
    "code",
    [
        "import socket; socket.create_connection(('127.0.0.1', 9))",
        "import socket; socket.getaddrinfo('example.org', 443)",
        "import socket; socket.socket(type=socket.SOCK_DGRAM).sendto(b'x', ('127.0.0.1', 9))",
        "import socket; socket.socket().bind(('127.0.0.1', 0))",
        "import urllib.request; urllib.request.urlopen('http://127.0.0.1:9/')",
        "import multiprocessing as m, socket; m.Pool(1).apply(socket.gethostbyname, ('example.org',))",
    ],
)
def test_the_blocker_is_not_blind(code: str, tmp_path: Path) -> None:
    done = run(tmp_path, "-c", code)
    assert done.returncode == 1
    assert "no network here" in done.stderr
