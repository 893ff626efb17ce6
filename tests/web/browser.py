"""The real server and a real Chromium, for tests of the review page."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

from playwright.sync_api import Error

SWITCHES = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
AXE = Path(__file__).parent / "axe" / "axe.min.js"


class Server:
    """`rehabcoder serve` on a free port, as a user starts it."""

    def __init__(self, database: Path) -> None:
        self.database = database
        self.start()

    def start(self, port: int = 0) -> None:
        command = [sys.executable, "-m", "rehabcoder", "serve", "--db", str(self.database), "--port", str(port)]
        self.process = subprocess.Popen(
            [*command, "--no-browser"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        self.link = self.next_link()
        self.address = self.link.split("/enter")[0]

    def next_link(self) -> str:
        line = self.process.stdout.readline()
        found = re.search(r"http://127\.0\.0\.1:\d+/enter/\S+", line)
        assert found, line + self.process.stdout.read()
        return found.group(0)

    def kill(self) -> None:
        """As a power cut does it: no goodbye."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def restart(self) -> None:
        self.kill()
        self.start(int(self.address.rsplit(":", 1)[1]))

    def stop(self) -> str:
        """Stop; gives what it printed and logged meanwhile."""
        self.process.terminate()
        said, _ = self.process.communicate(timeout=20)
        return said


def enter(page, server: Server, name: str) -> None:
    """Open the page by its link, and give a name."""
    page.goto(server.link)
    server.link = server.next_link()
    page.get_by_label("Your name").fill(name)
    page.keyboard.press("Enter")
    page.wait_for_url("**/queue")


def press(page, *keys: str) -> None:
    """Press keys, each once the page has answered the one before."""
    for key in keys:
        page.keyboard.press(key)
        until(page, "!document.querySelector('[aria-busy=true]')")


def until(page, expression: str, seconds: float = 10.0) -> None:
    """Wait until an expression holds on the page. Playwright's own way needs eval, which the page forbids."""
    end = time.monotonic() + seconds
    while not _holds(page, expression):
        assert time.monotonic() < end, f"never came true: {expression}"
        time.sleep(0.02)


def _holds(page, expression: str) -> bool:
    try:
        return bool(page.evaluate(expression))
    except Error as error:  # the page was left while it was asked: ask the next one
        if "navigation" not in error.message:
            raise
        return False


def moved_on(page, note: int) -> None:
    """Wait until the page shows another note than this one; while it is being drawn it shows none."""
    until(page, f"(document.querySelector('#work')?.dataset.note ?? '{note}') !== '{note}'")


def problems(page) -> list[str]:
    """What axe finds against WCAG 2.2 A and AA, a line each."""
    page.evaluate(AXE.read_text(encoding="utf-8"))
    rules = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
    found = page.evaluate("rules => axe.run(document, {runOnly: rules})", rules)
    return [f"{each['id']}: {[node['html'][:120] for node in each['nodes'][:3]]}" for each in found["violations"]]


UPDATE = os.environ.get("REHABCODER_SCREENSHOT") == "1"
