"""The built wheel at work outside the checkout, with nothing but its core dependencies. `.ci/run` installs it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import zipfile
from pathlib import Path

import pytest

pytestmark = pytest.mark.wheel

SAMPLE = Path(__file__).parents[2] / "data" / "sample"


def bin_folder() -> Path:
    return Path(os.environ["REHABCODER_WHEEL_ENV"]) / "bin"


def run(folder: Path, *arguments: str | Path, status: int = 0) -> str:
    env = {"PATH": os.defpath, "HOME": str(folder), "LC_ALL": "C.UTF-8"}
    done = subprocess.run(
        arguments, cwd=folder, env=env, capture_output=True, text=True, encoding="utf-8", timeout=120, check=False
    )
    assert done.returncode == status, done.stderr
    return done.stdout


def rehabcoder(folder: Path, *arguments: str | Path, status: int = 0) -> str:
    return run(folder, bin_folder() / "rehabcoder", *arguments, status=status)


def python(folder: Path, code: str) -> str:
    return run(folder, bin_folder() / "python", "-I", "-c", code).strip()


def test_the_package_comes_from_the_wheel(tmp_path: Path) -> None:
    place = Path(python(tmp_path, "import rehabcoder; print(rehabcoder.__file__)"))
    assert place.is_relative_to(bin_folder().parent)


def test_units_and_their_reasoning(tmp_path: Path) -> None:
    answer = json.loads(rehabcoder(tmp_path, "units", "97112=24", "97110=23", "--format", "json"))
    assert answer["rule"] == "cms"
    assert answer["units"] == {"97112": 2, "97110": 1}


def test_the_sample_is_coded_with_the_model_in_the_wheel(tmp_path: Path) -> None:
    shutil.copytree(SAMPLE, tmp_path / "inbox")
    rows = [json.loads(line) for line in rehabcoder(tmp_path, "code", "inbox", "--format", "jsonl").splitlines()]
    assert len(rows) == 34
    assert {row["status"] for row in rows} == {"coded"}
    found = {row["source"].rsplit("/", 1)[-1]: row for row in rows}
    squats = ("squats-for-strength.txt", "squats-on-foam.txt", "squats-for-laundry.txt")
    assert [found[name]["primary_code"] for name in squats] == ["97110", "97112", "97530"]


def test_the_model_lies_inside_the_installed_package(tmp_path: Path) -> None:
    folder = "files('rehabcoder') / 'models' / 'default'"
    listed = python(tmp_path, f"from importlib.resources import files; print(*(p.name for p in ({folder}).iterdir()))")
    assert listed.split()


@pytest.mark.parametrize("arguments", [["--help"], ["units", "97110=30"]])
def test_a_quick_answer_starts_without_the_heavy_packages(tmp_path: Path, arguments: list[str]) -> None:
    loaded = python(
        tmp_path,
        f"import sys; sys.argv = ['rehabcoder', *{arguments!r}]\n"
        "from contextlib import redirect_stdout\n"
        "from io import StringIO\n"
        "import rehabcoder.cli\n"
        "try:\n"
        "    with redirect_stdout(StringIO()): rehabcoder.cli.main()\n"
        "except SystemExit: pass\n"
        "print(*sorted({'spacy', 'sklearn', 'numpy', 'scipy', 'pandas', 'pyarrow', 'sqlalchemy'} & set(sys.modules)))",
    )
    assert loaded == ""


def test_an_optional_reader_that_is_not_installed_is_named_with_its_remedy(tmp_path: Path) -> None:
    (tmp_path / "notes.parquet").write_bytes(b"PAR1")
    done = subprocess.run(
        [bin_folder() / "rehabcoder", "code", "notes.parquet"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert "rehabcoder[io]" in done.stdout + done.stderr
    assert "Traceback" not in done.stderr


def test_the_wheel_holds_the_package_and_nothing_of_the_workshop() -> None:
    (wheel,) = bin_folder().parent.parent.glob("rehabcoder-*.whl")
    names = zipfile.ZipFile(wheel).namelist()
    tops = {name.split("/")[0] for name in names}
    assert {top for top in tops if not top.endswith(".dist-info")} == {"rehabcoder"}
    assert "rehabcoder/py.typed" in names
    assert any(name.startswith("rehabcoder/models/default/") for name in names)
    assert any(name.endswith("licenses/LICENSE") for name in names)
