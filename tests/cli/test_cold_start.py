"""What a command imports. Heavy packages come in only where they are needed: that is what start-up costs."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
HEAVY = {
    "spacy",
    "sklearn",
    "scipy",
    "numpy",
    "pandas",
    "joblib",
    "pyarrow",
    "sqlalchemy",
    "fastapi",
    "lxml",
    "openpyxl",
}
NOTE = str(ROOT / "data" / "sample" / "wrong-label.txt")
ASK = """
import sys
from rehabcoder.cli import main
sys.argv = ["rehabcoder", *sys.argv[1:]]
try:
    main()
except SystemExit as stop:
    status = stop.code or 0
names = {name.partition(".")[0] for name in sys.modules}
print(status, *sorted(names), file=sys.stderr)
"""


def imported(*arguments: str, tmp_path: Path) -> set[str]:
    env = {"PATH": "", "REHABCODER_MODELS": str(tmp_path), "PYTHONPATH": str(ROOT / "src"), "HOME": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-c", ASK, *arguments], capture_output=True, text=True, cwd=tmp_path, env=env, check=True
    )
    status, *names = done.stderr.splitlines()[-1].split()
    assert status == "0"
    return set(names)


@pytest.mark.parametrize("arguments", [("--help",), ("units", "97112=24", "97110=23"), ("schema",), ("rules", "list")])
def test_these_import_nothing_heavy(arguments: tuple[str, ...], tmp_path: Path) -> None:
    assert imported(*arguments, tmp_path=tmp_path) & HEAVY == set()


@pytest.mark.parametrize(
    "arguments", [("code", NOTE), ("code", NOTE, "--format", "jsonl"), ("explain", NOTE), ("query", NOTE)]
)
def test_coding_imports_numpy_and_nothing_else_that_is_heavy(arguments: tuple[str, ...], tmp_path: Path) -> None:
    assert imported(*arguments, tmp_path=tmp_path) & HEAVY == {"numpy"}


def test_coding_into_a_file_imports_neither_spacy_nor_scikit_learn(tmp_path: Path) -> None:
    found = imported("code", NOTE, "--out", str(tmp_path / "coded.jsonl"), tmp_path=tmp_path)
    assert found & {"spacy", "sklearn", "scipy", "pandas", "pyarrow"} == set()


def test_scoring_imports_neither_spacy_nor_scikit_learn(tmp_path: Path) -> None:
    labelled = str(ROOT / "data" / "notes" / "clinic-a.jsonl")
    assert imported("evaluate", labelled, tmp_path=tmp_path) & HEAVY == {"numpy"}
