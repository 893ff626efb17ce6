"""`rehabcoder train`, `models` and `suggest` as a person types them."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from small_world import DATA, SETTINGS, World, records, write
from test_train import flipped

from rehabcoder import cli
from rehabcoder.training import registry, retrain, shipped

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run the command line in this process, in a small world: exit status, output, errors."""
    monkeypatch.setenv("REHABCODER_MODELS", str(tmp_path / "store"))
    monkeypatch.setattr(shipped, "shipped_folder", lambda: world.base)
    for module in (registry, retrain):
        monkeypatch.setattr(module, "default_model_path", lambda: world.model)
    monkeypatch.setattr(retrain, "Settings", lambda: SETTINGS)

    def run(*arguments: str | Path) -> tuple[int, str, str]:
        monkeypatch.setattr("sys.argv", ["rehabcoder", *map(str, arguments)])
        with pytest.raises(SystemExit) as stop:
            cli.main()
        out, err = capsys.readouterr()
        assert "Traceback" not in err
        return int(stop.value.code or 0), out, err

    return run


def test_train_promote_use_and_roll_back(run: Run, world: World, tmp_path: Path) -> None:
    out = tmp_path / "spring"
    status, said, progress = run("train", world.own, "--out", out, "--jobs", "1", "--force", "--name", "spring")
    assert status == 0
    assert "your labels, cross-validated, shipped model -> new: F1 0." in said
    assert "gate, all codes: F1 0." in said
    assert "clinic riverside: F1 0." in said
    assert f"put it in use with: rehabcoder models promote {out}" in said
    assert "fitted 5 of 5 models" in progress
    assert "28 notes" in progress

    # The gate may have let it pass or not: the world is small. What is promoted says which.
    passed = json.loads(run("models", "show", out)[1])["gate"]["passed"]
    status, said, _ = run("models", "promote", out, *([] if passed else ["--force"]))
    assert (status, said.startswith("spring is in use")) == (0, True)
    status, said, _ = run("models", "list")
    lines = said.splitlines()
    assert [line[:2].strip() for line in lines] == ["", "*"]
    assert lines[1].split()[1] == "spring"
    listed = json.loads(run("models", "list", "--format", "json")[1])
    assert [(row["name"], row["in_use"]) for row in listed] == [("default", False), ("spring", True)]
    assert "spring: sound, spring-" in run("models", "verify")[1]
    assert json.loads(run("models", "show")[1])["name"] == "spring"

    status, said, _ = run("suggest", DATA / "sample", "--limit", "3", "--out", tmp_path / "next.jsonl")
    assert status == 0
    assert said.splitlines()[-2].startswith("3 of 34 notes")
    rows = [json.loads(line) for line in (tmp_path / "next.jsonl").read_text().splitlines()]
    assert [set(row) for row in rows] == [{"id", "source", "why", "text"}] * 3
    assert (tmp_path / "next.jsonl").stat().st_mode & 0o077 == 0
    assert not any(row["text"][:40] in said for row in rows)

    assert run("models", "rollback")[1] == "default is in use again\n"
    assert "rolled back" in run("models", "history")[1]


def test_what_suggest_writes_is_not_yet_labelled(run: Run, world: World, tmp_path: Path) -> None:
    """Nobody can train on notes whose services are not filled in: that would teach that there are none."""
    run("suggest", DATA / "sample", "--limit", "25", "--model", world.model, "--out", tmp_path / "next.jsonl")
    status, _, err = run("train", tmp_path / "next.jsonl", "--out", tmp_path / "out")
    assert status == 1
    assert "25 x no list of interventions (lines 1, 2, 3, 4, 5, 6, 7, 8 and 17 more)" in err


def test_a_refusal_says_where_it_lost_and_ends_with_1(run: Run, tmp_path: Path) -> None:
    bad = write(tmp_path / "bad.jsonl", flipped(records("clinic-d", slice(40))))
    before = tmp_path / "out" / "model.zip"
    before.parent.mkdir()
    before.write_bytes(b"the one before")
    status, said, err = run("train", bad, "--out", tmp_path / "out", "--jobs", "1")
    assert status == 1
    assert "the gate refused the new model, and it was not written (all codes: F1" in err
    assert "LOST" in said
    assert "--force" in err
    assert before.read_bytes() == b"the one before"


@pytest.mark.parametrize(
    ("arguments", "status", "sentence"),
    [
        (["train", "none.jsonl", "--out", "out"], 1, "there is no such file"),
        (["train", "labels.jsonl", "--out", "out", "--date", "14.3.25"], 2, "'14.3.25' is no date"),
        (["train", "labels.jsonl", "--out", "out", "--name", "../x"], 1, "cannot be the name of a model"),
        (["train", "labels.jsonl", "--out", "out", "--policy", "none-such"], 1, "none-such"),
        (["train", "labels.jsonl", "--out", "out", "--only"], 1, "at least two clinics"),
        (["models", "show", "none"], 1, "neither a model of this name nor such a file"),
        (["models", "promote", "none"], 1, "neither a model of this name nor such a file"),
        (["models", "rollback"], 1, "no promotion to take back"),
        (["suggest", "none.txt"], 1, "no note could be read"),
        (["suggest", "labels.jsonl", "--model", "none"], 1, "neither a model of this name nor such a file"),
        (["suggest", "labels.jsonl", "--limit", "0"], 2, "greater than or equal to 1"),
    ],
)
def test_mistakes_end_in_a_sentence_and_write_nothing(
    run: Run,
    world: World,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    arguments: list[str],
    status: int,
    sentence: str,
) -> None:
    shutil.copy(world.own, tmp_path / "labels.jsonl")
    monkeypatch.chdir(tmp_path)
    found, _, err = run(*arguments)
    assert found == status
    assert sentence in err
    assert not (tmp_path / "out").exists()


def test_verify_names_the_damaged_one(run: Run, world: World, tmp_path: Path) -> None:
    folder = tmp_path / "store" / "winter"
    folder.mkdir(parents=True)
    folder.joinpath("model.zip").write_bytes(world.model.read_bytes()[:5000])
    status, said, err = run("models", "verify")
    assert status == 1
    assert "default: sound" in said
    assert "winter: " in said
    assert "1 of 2 models cannot be used (winter)" in err
    assert "damaged" in run("models", "list")[1]
