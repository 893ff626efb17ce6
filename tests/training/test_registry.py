"""The model store: names, promotion, rollback, and files that are not what was promoted."""

from __future__ import annotations

import json
import shutil
import stat
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from small_world import World

from rehabcoder.errors import ModelError
from rehabcoder.predict.store import default_model_path, load_model, save_model
from rehabcoder.training import registry
from rehabcoder.training.registry import (
    VARIABLE,
    current,
    entries,
    find_model,
    history,
    promote,
    rollback,
    store_folder,
)

NOON, ONE, TWO = "2025-03-14T12:00:00+00:00", "2025-03-14T13:00:00+00:00", "2025-03-14T14:00:00+00:00"


def made(world: World, folder: Path, name: str, gate: dict[str, Any] | None = None, **card: Any) -> Path:
    """A model folder as `train` leaves it."""
    model = load_model(world.model)
    model = replace(model, card={"name": name, "version": f"{name}-1", "gate": gate or {"passed": True}} | card)
    save_model(model, folder / "model.zip")
    (folder / "report.html").write_text("<p>report</p>")
    return folder


@pytest.fixture
def store(tmp_path: Path) -> Path:
    return tmp_path / "store"


class TestFinding:
    def test_nothing_promoted_means_the_shipped_model(self, store: Path) -> None:
        assert find_model(None, store) == default_model_path()
        assert find_model("default", store) == default_model_path()
        assert not store.exists()

    def test_a_path_a_folder_and_a_name(self, world: World, tmp_path: Path, store: Path) -> None:
        folder = made(world, tmp_path / "out", "spring")
        assert find_model(folder, store) == folder / "model.zip"
        assert find_model(str(folder / "model.zip"), store) == folder / "model.zip"
        promote(folder, at=NOON, store=store)
        assert find_model("spring", store) == store / "spring" / "model.zip"

    @pytest.mark.parametrize("name", ["summer", "no/such/file.zip", "../..", ""])
    def test_what_is_not_there(self, store: Path, name: str) -> None:
        with pytest.raises(ModelError, match="neither a model of this name nor such a file"):
            find_model(name, store)

    def test_the_store_is_named_by_option_then_variable_then_the_users_data(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv(VARIABLE, str(tmp_path / "v"))
        assert store_folder(tmp_path / "o") == tmp_path / "o"
        assert store_folder() == tmp_path / "v"
        monkeypatch.delenv(VARIABLE)
        monkeypatch.setenv("HOME", str(tmp_path))
        monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
        assert store_folder().is_relative_to(tmp_path)
        assert store_folder().name == "models"


class TestPromotion:
    def test_it_is_copied_with_its_report_and_used(self, world: World, tmp_path: Path, store: Path) -> None:
        folder = made(world, tmp_path / "out", "spring")
        assert promote(folder, at=NOON, store=store).name == "spring"
        shutil.rmtree(folder)
        assert find_model(None, store) == store / "spring" / "model.zip"
        assert load_model(find_model(None, store)).version == "spring-1"
        assert (store / "spring" / "report.html").read_text() == "<p>report</p>"
        assert stat.S_IMODE((store / "spring" / "report.html").stat().st_mode) == 0o600

    def test_one_that_did_not_pass_the_gate_needs_force_and_that_is_recorded(
        self, world: World, tmp_path: Path, store: Path
    ) -> None:
        folder = made(world, tmp_path / "out", "bad", {"passed": False, "forced": True, "lost": ["97530"]})
        with pytest.raises(ModelError, match=r"did not pass the gate \(97530\)"):
            promote(folder, at=NOON, store=store)
        assert current(store) is None
        assert promote(folder, at=NOON, store=store, force=True).forced
        assert json.loads((store / "promoted.json").read_text())[0]["forced"] is True

    def test_one_without_a_gate_needs_force_too(self, world: World, tmp_path: Path, store: Path) -> None:
        shutil.copy(world.model, tmp_path / "model.zip")
        with pytest.raises(ModelError, match="it was never compared with the present model"):
            promote(tmp_path, at=NOON, store=store)

    def test_force_on_a_model_that_passed_is_not_noted(self, world: World, tmp_path: Path, store: Path) -> None:
        assert not promote(made(world, tmp_path / "out", "spring"), at=NOON, store=store, force=True).forced

    def test_another_model_of_the_same_name_is_not_overwritten(self, world: World, tmp_path: Path, store: Path) -> None:
        promote(made(world, tmp_path / "one", "spring"), at=NOON, store=store)
        other = made(world, tmp_path / "two", "spring", version="spring-2")
        with pytest.raises(ModelError, match="has another model called spring"):
            promote(other, at=ONE, store=store)
        assert promote(other, at=ONE, store=store, name="spring-2").name == "spring-2"
        assert promote(tmp_path / "one", at=TWO, store=store).name == "spring"  # the same file again is no other

    @pytest.mark.parametrize("name", ["default", "../out", "a/b", "", ".hidden", "x" * 65, "promoted.json"])
    def test_names_that_would_do_harm(self, world: World, tmp_path: Path, store: Path, name: str) -> None:
        with pytest.raises(ModelError):
            promote(made(world, tmp_path / "out", name), at=NOON, store=store)
        assert not store.exists()

    def test_a_damaged_file_is_not_taken_in(self, world: World, tmp_path: Path, store: Path) -> None:
        folder = made(world, tmp_path / "out", "spring")
        data = (folder / "model.zip").read_bytes()
        (folder / "model.zip").write_bytes(data[: len(data) // 2])
        with pytest.raises(ModelError, match="damaged"):
            promote(folder, at=NOON, store=store, force=True)
        assert not store.exists()


class TestRollback:
    def test_back_to_the_one_before_and_to_the_shipped_one(self, world: World, tmp_path: Path, store: Path) -> None:
        promote(made(world, tmp_path / "one", "spring"), at=NOON, store=store)
        promote(made(world, tmp_path / "two", "summer"), at=ONE, store=store)
        assert find_model(None, store).parent.name == "summer"
        assert rollback(at=TWO, store=store).name == "spring"
        assert find_model(None, store).parent.name == "spring"
        assert rollback(at=TWO, store=store).name == "default"
        assert find_model(None, store) == default_model_path()
        with pytest.raises(ModelError, match="no promotion to take back"):
            rollback(at=TWO, store=store)
        assert [(p.name, p.undone_at) for p in history(store)] == [("spring", TWO), ("summer", TWO)]

    def test_the_shipped_model_can_be_promoted_again(self, world: World, tmp_path: Path, store: Path) -> None:
        promote(made(world, tmp_path / "one", "spring"), at=NOON, store=store)
        assert promote("default", at=ONE, store=store).name == "default"
        assert find_model(None, store) == default_model_path()
        assert rollback(at=TWO, store=store).name == "spring"

    def test_not_to_a_file_that_is_gone(self, world: World, tmp_path: Path, store: Path) -> None:
        promote(made(world, tmp_path / "one", "spring"), at=NOON, store=store)
        promote(made(world, tmp_path / "two", "summer"), at=ONE, store=store)
        shutil.rmtree(store / "spring")
        with pytest.raises(ModelError, match="the promoted model spring is gone"):
            rollback(at=TWO, store=store)
        assert find_model(None, store).parent.name == "summer"


class TestDamage:
    def test_a_promoted_file_that_was_swapped_for_a_sound_one_is_noticed(
        self, world: World, tmp_path: Path, store: Path
    ) -> None:
        promote(made(world, tmp_path / "one", "spring"), at=NOON, store=store)
        shutil.copy(world.model, store / "spring" / "model.zip")
        load_model(store / "spring" / "model.zip")  # sound by itself
        with pytest.raises(ModelError, match="is not the file that was promoted"):
            find_model(None, store)

    @pytest.mark.parametrize("text", ["{", '{"a": 1}', "[1]", '[{"name": "x"}]'])
    def test_a_list_of_promotions_that_was_damaged(self, store: Path, text: str) -> None:
        store.mkdir()
        (store / "promoted.json").write_text(text)
        with pytest.raises(ModelError, match="the list of promotions cannot be read"):
            find_model(None, store)

    def test_a_damaged_model_is_listed_as_such(self, world: World, tmp_path: Path, store: Path) -> None:
        promote(made(world, tmp_path / "one", "spring"), at=NOON, store=store)
        (store / "winter").mkdir()
        (store / "winter" / "model.zip").write_bytes(b"PK not a zip")
        listed = {entry.name: entry for entry in entries(store)}
        assert list(listed) == ["default", "spring", "winter"]
        assert [entry.name for entry in listed.values() if entry.promoted] == ["spring"]
        assert listed["winter"].card is None
        assert "damaged" in listed["winter"].problem

    def test_a_store_that_cannot_be_written(self, world: World, tmp_path: Path) -> None:
        (tmp_path / "file").write_text("in the way")
        with pytest.raises(ModelError, match="cannot be written"):
            promote(made(world, tmp_path / "one", "spring"), at=NOON, store=tmp_path / "file")


def test_looking_a_model_up_imports_nothing_heavy() -> None:
    import subprocess
    import sys

    code = (
        "import sys; from rehabcoder.training.registry import find_model; find_model(None, 'nowhere');"
        "print(*sorted({'sklearn', 'scipy', 'spacy', 'joblib'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""


def test_the_shipped_name_is_reserved() -> None:
    assert registry.SHIPPED == "default"
