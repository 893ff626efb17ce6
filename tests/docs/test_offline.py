"""Nothing leaves the machine: every command works while any connection, look-up or listening socket is refused."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from rehabcoder.cli import COMMANDS

ROOT = Path(__file__).parents[2]
NOTE = "data/sample/squats-for-laundry.txt"

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

OFFLINE = {
    "units": ["units", "97112=24", "97110=23"],
}
ONLINE = {
    "serve": "listens on the loopback address, which is its purpose",
}


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    (folder / "sitecustomize.py").write_text(BLOCKER, encoding="utf-8")
    for name in ("data", "models"):
        (folder / name).symlink_to(ROOT / name)
    path = os.pathsep.join([str(folder), str(ROOT / "src")])
    env = {"PATH": os.defpath, "HOME": str(folder), "LC_ALL": "C.UTF-8", "PYTHONPATH": path}
    return subprocess.run(
        [sys.executable, *arguments], cwd=folder, env=env, capture_output=True, text=True, timeout=120, check=False
    )


@pytest.mark.parametrize("name", OFFLINE)
def test_the_command_needs_no_network(name: str, tmp_path: Path) -> None:
    done = run(tmp_path, "-m", "rehabcoder", *OFFLINE[name])
    assert "no network here" not in done.stderr
    assert done.returncode == 0, done.stderr
    assert done.stdout


def test_every_command_is_tried_without_network_or_says_why_not() -> None:
    assert {name.removesuffix("_").replace("_", "-") for name in COMMANDS} <= OFFLINE.keys() | ONLINE.keys()


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
