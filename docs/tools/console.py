"""Runs the terminal sessions shown in README.md and docs/, and compares or rewrites their outputs.

A block fenced as `console` is a session: `$ command` lines, each followed by what it prints, errors included. The
blocks of one page run in order in one scratch folder that looks like the root of the repository, so that a later block
finds the files that an earlier one wrote, and the checkout stays clean. In shown output a line `...` stands for lines
left out. A block after the comment `<!-- not run: reason -->` is only read by people.

    python docs/tools/console.py            compares every page and says which differ
    python docs/tools/console.py --write    writes the outputs anew
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
GENERATED = {"docs/cli.md"}  # its usage lines are patterns, not sessions
SEEN_FROM_ROOT = ("data", "models", "training", "README.md", "LICENSE")
COLUMNS = "110"
TIMEOUT = 300  # seconds for one block

BLOCK = re.compile(
    r"^(?P<unrun><!-- not run: (?P<reason>.+?) -->\n)?```(?P<language>\w+)\n(?P<body>.*?)^```$",
    re.MULTILINE | re.DOTALL,
)
_MARK = "\x1e"  # the record separator: ends the output of one command


@dataclass(frozen=True)
class Step:
    """One command of a session and the lines shown after it."""

    command: str
    output: tuple[str, ...]


def pages() -> list[Path]:
    """README.md and the hand-written pages under docs/, in the order in which they are read."""
    found = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
    return [page for page in found if page.is_file() and page.relative_to(ROOT).as_posix() not in GENERATED]


def steps_of(body: str) -> list[Step]:
    """The commands of a console block. A command goes on in the next line after a backslash.

    Raises ValueError where the block does not begin with a command.
    """
    steps: list[tuple[str, list[str]]] = []
    lines = iter(body.splitlines())
    for line in lines:
        if line.startswith("$ "):
            command = line[2:]
            while command.endswith("\\"):
                command += "\n" + next(lines)
            steps.append((command, []))
        elif steps:
            steps[-1][1].append(line)
        else:
            raise ValueError(f"a console block begins with {line!r}, not with a command")
    return [Step(command, tidy("\n".join(output))) for command, output in steps]


def tidy(output: str) -> tuple[str, ...]:
    """The lines of an output without trailing blanks, which nobody sees and editors cut off."""
    return tuple(line.rstrip() for line in output.rstrip().splitlines())


def matches(shown: tuple[str, ...], printed: tuple[str, ...]) -> bool:
    """Whether `printed` is what `shown` promises; a shown line `...` stands for any number of lines."""
    pattern = "".join(r"(?:.*\n)*?" if line == "..." else re.escape(line) + r"\n" for line in shown)
    return re.fullmatch(pattern, "".join(line + "\n" for line in printed)) is not None


def scratch_folder(folder: Path) -> dict[str, str]:
    """Make `folder` look like the root of the repository; returns the environment for commands run in it."""
    for name in SEEN_FROM_ROOT:
        if (ROOT / name).exists() and not (folder / name).exists():
            (folder / name).symlink_to(ROOT / name)
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)])
    fixed = {"COLUMNS": COLUMNS, "NO_COLOR": "1", "TERM": "dumb", "LC_ALL": "C.UTF-8", "PYTHONUTF8": "1"}
    return {"PATH": path, "HOME": str(folder), **fixed}


def run_block(steps: list[Step], folder: Path, env: dict[str, str]) -> list[tuple[str, ...]]:
    """Run the commands of one block in one shell; returns the lines that each printed, without trailing blanks."""
    script = "".join(f"{s.command}\nstatus=$?; printf '{_MARK}'; (exit $status)\n" for s in steps)
    done = subprocess.run(
        ["bash", "-c", script],
        cwd=folder, env=env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        text=True, encoding="utf-8", timeout=TIMEOUT, check=False,
    )  # fmt: skip
    return [tidy(output) for output in done.stdout.split(_MARK)[: len(steps)]]


def rerun(page: Path) -> str:
    """Run the page's sessions; returns its text with every output that no longer matches written anew."""

    def renewed(block: re.Match[str]) -> str:
        if block["language"] != "console" or block["unrun"]:
            return block[0]
        steps = steps_of(block["body"])
        printed = run_block(steps, folder, env)
        lines = ["```console"]
        for step, output in zip(steps, printed, strict=True):
            lines += [f"$ {step.command}", *(step.output if matches(step.output, output) else output)]
        return "\n".join([*lines, "```"])

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        env = scratch_folder(folder)
        return BLOCK.sub(renewed, page.read_text(encoding="utf-8"))


def main(arguments: list[str]) -> int:
    write = arguments == ["--write"]
    if arguments and not write:
        print(__doc__)
        return 2
    status = 0
    for page in pages():
        text = rerun(page)
        if text == page.read_text(encoding="utf-8"):
            continue
        print(f"{page.relative_to(ROOT)}: {'written anew' if write else 'shows something else than is printed'}")
        if write:
            page.write_text(text, encoding="utf-8")
        else:
            status = 1
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
