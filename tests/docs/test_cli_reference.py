"""A command without help or documentation fails the build, and docs/cli.md says what `--help` says."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer.main

from rehabcoder.cli import app

ROOT = Path(__file__).parents[2]
REFERENCE = ROOT / "docs" / "cli.md"


def commands(command: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[str, Any]]:
    """Every command that can be typed, with its full name, groups left out."""
    inner = getattr(command, "commands", None)
    if not inner:
        yield " ".join(path), command
        return
    for name, child in inner.items():
        yield from commands(child, (*path, name))


COMMANDS = dict(commands(typer.main.get_command(app)))


def test_the_reference_is_what_the_commands_say() -> None:
    maker = [
        sys.executable,
        "-m",
        "typer",
        "rehabcoder.cli",
        "utils",
        "docs",
        "--name",
        "rehabcoder",
        "--title",
        "Commands",
    ]
    made = subprocess.run(maker, capture_output=True, text=True, encoding="utf-8", timeout=60, check=True)
    assert made.stdout.strip() == REFERENCE.read_text(encoding="utf-8").strip(), "run `make docs`"


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_says_what_it_is_for(name: str) -> None:
    assert COMMANDS[name].help
    assert len(COMMANDS[name].help) > 20


@pytest.mark.parametrize("name", COMMANDS)
def test_every_option_and_argument_has_help(name: str) -> None:
    without = [
        parameter.name
        for parameter in COMMANDS[name].params
        if not getattr(parameter, "hidden", False) and not getattr(parameter, "help", None)
    ]
    assert without == []


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_is_shown_at_work_outside_the_reference(name: str) -> None:
    pages = [ROOT / "README.md", *(page for page in (ROOT / "docs").glob("*.md") if page != REFERENCE)]
    assert any(re.search(rf"^\$ .*rehabcoder {re.escape(name)}\b", p.read_text(encoding="utf-8"), re.M) for p in pages)
