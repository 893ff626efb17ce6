"""A model file is data: whatever is wrong with one is refused in a sentence, before anything is built from it."""

from __future__ import annotations

import ast
import hashlib
import io
import json
import pickle
import tracemalloc
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from small_world import World

from rehabcoder.coder import Coder
from rehabcoder.errors import ModelError
from rehabcoder.note import Note
from rehabcoder.predict import store
from rehabcoder.predict.store import load_model, save_model

Members = dict[str, bytes]


def members(path: Path) -> Members:
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def written(path: Path, parts: Members, *, sealed: bool = True) -> Path:
    """A file of these members. `sealed`: the manifest fits them, as someone who knows the format would make it."""
    if sealed:
        manifest = json.loads(parts["manifest.json"])
        manifest["members"] = {
            name: {"sha256": hashlib.sha256(data).hexdigest(), "size": len(data)}
            for name, data in parts.items() if name != "manifest.json"
        }  # fmt: skip
        parts = parts | {"manifest.json": json.dumps(manifest).encode()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return path


@pytest.fixture(scope="module")
def good(world: World) -> Members:
    return members(world.model)


@pytest.fixture
def nothing_is_built(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every step that makes something of a file fails the test if it is reached."""

    def reached(*_: object, **__: object) -> None:
        pytest.fail("something was built from a file that should have been refused")

    monkeypatch.setattr(store, "build", reached)
    monkeypatch.setattr(np.lib.format, "read_array", reached)
    monkeypatch.setattr(pickle, "load", reached)
    monkeypatch.setattr(pickle, "loads", reached)


def array(values: Any, *, pickled: bool = False) -> bytes:
    buffer = io.BytesIO()
    np.lib.format.write_array(buffer, np.asarray(values), allow_pickle=pickled)
    return buffer.getvalue()


def headed(text: bytes) -> bytes:
    """An array with a head of one's own and nothing behind it."""
    text = text.ljust(117) + b"\n"
    return b"\x93NUMPY\x01\x00" + len(text).to_bytes(2, "little") + text


def replaced(data: bytes, path: list[Any], value: Any) -> bytes:
    """JSON with the entry at `path` replaced."""
    whole = json.loads(data)
    inner = whole
    for step in path[:-1]:
        inner = inner[step]
    inner[path[-1]] = value
    return json.dumps(whole).encode()


def changed(parts: Members, name: str, data: bytes) -> Members:
    return parts | {name: data}


class Bomb:
    """Sets a flag when it is unpickled."""

    went_off = False

    def __reduce__(self) -> tuple[Callable[..., Any], tuple[Any, ...]]:
        return setattr, (Bomb, "went_off", True)


class TestRefusedBeforeAnythingIsBuilt:
    pytestmark = pytest.mark.usefixtures("nothing_is_built")

    def refused(self, path: Path) -> str:
        with pytest.raises(ModelError) as error:
            load_model(path)
        said = str(error.value)
        assert str(path) in said
        assert said.endswith(".")
        return said

    def test_the_check_would_notice_a_sound_file(self, world: World) -> None:
        with pytest.raises(pytest.fail.Exception, match="something was built"):
            load_model(world.model)

    @pytest.mark.parametrize("name", sorted(store.MEMBERS))
    def test_any_member_that_was_changed(self, good: Members, tmp_path: Path, name: str) -> None:
        data = bytearray(good[name])
        data[len(data) // 2] ^= 1
        path = written(tmp_path / "model.zip", changed(good, name, bytes(data)), sealed=False)
        assert f"the member {name} of the model file was changed" in self.refused(path)

    @pytest.mark.parametrize("share", [0.0, 0.01, 0.5, 0.9, 0.999])
    def test_a_truncated_file(self, world: World, tmp_path: Path, share: float) -> None:
        data = world.model.read_bytes()
        path = tmp_path / "model.zip"
        path.write_bytes(data[: int(len(data) * share)])
        assert "damaged or is no model file" in self.refused(path)

    def test_bytes_flipped_inside_the_zip(self, world: World, tmp_path: Path) -> None:
        data = bytearray(world.model.read_bytes())
        for at in range(200, len(data) - 200, len(data) // 50):
            data[at] ^= 0xFF
        path = tmp_path / "model.zip"
        path.write_bytes(bytes(data))
        self.refused(path)

    def test_a_member_more(self, good: Members, tmp_path: Path) -> None:
        path = written(tmp_path / "model.zip", changed(good, "setup.py", b"import os"))
        assert "lacks members or holds others" in self.refused(path)

    def test_a_member_that_the_manifest_does_not_name(self, good: Members, tmp_path: Path) -> None:
        path = written(tmp_path / "model.zip", changed(good, "extra.npy", b"x"), sealed=False)
        assert "lacks members or holds others" in self.refused(path)

    @pytest.mark.parametrize("name", ["vocabulary.txt", "idf.npy", "card.json"])
    def test_a_member_less(self, good: Members, tmp_path: Path, name: str) -> None:
        parts = {key: data for key, data in good.items() if key != name}
        assert "lacks members or holds others" in self.refused(written(tmp_path / "model.zip", parts))

    @pytest.mark.parametrize("name", ["../../escape.npy", "/etc/passwd", "..\\escape.npy"])
    def test_a_path_that_leads_out(self, good: Members, tmp_path: Path, name: str) -> None:
        path = written(tmp_path / "model.zip", changed(good, name, b"x"))
        assert "lacks members or holds others" in self.refused(path)

    def test_a_newer_layout_says_what_to_do(self, good: Members, tmp_path: Path) -> None:
        manifest = json.loads(good["manifest.json"]) | {"schema": store.SCHEMA + 1}
        path = written(tmp_path / "model.zip", changed(good, "manifest.json", json.dumps(manifest).encode()))
        said = self.refused(path)
        assert f"newer rehabcoder (layout {store.SCHEMA + 1}, this one reads {store.SCHEMA})" in said
        assert "pip install -U rehabcoder" in said

    @pytest.mark.parametrize(
        "text",
        [
            b"",
            b"{}",
            b"[]",
            b"null",
            b'{"schema": "2"}',
            b'{"schema": true}',
            b'{"schema": 2}',
            b'{"schema": 2, "members": [1]}',
            b"\xff\xfe",
            b"[" * 100_000,
        ],
    )
    def test_a_manifest_that_is_none(self, good: Members, tmp_path: Path, text: bytes) -> None:
        self.refused(written(tmp_path / "model.zip", changed(good, "manifest.json", text), sealed=False))

    def test_a_member_that_unpacks_to_more_than_a_model_holds(
        self, good: Members, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(store, "LARGEST_MEMBER", 2**20)
        path = written(tmp_path / "model.zip", changed(good, "idf.npy", bytes(2**21)))
        assert path.stat().st_size < 2**20  # a bomb: small outside, large inside
        assert "a member of the model file is too large" in self.refused(path)

    def test_a_member_that_unpacks_to_more_than_it_says(self, good: Members, tmp_path: Path) -> None:
        """The size in the list of members is a lie: what is unpacked stays within it all the same."""
        bomb = written(tmp_path / "bomb.zip", changed(good, "vocabulary.txt", bytes(200 * 2**20)))
        true, false = (200 * 2**20).to_bytes(4, "little"), (1000).to_bytes(4, "little")
        data = bomb.read_bytes()
        assert data.count(true) >= 2  # in front of the member, and in the list
        path = tmp_path / "model.zip"
        path.write_bytes(data.replace(true, false))
        tracemalloc.start()
        try:
            self.refused(path)
            assert tracemalloc.get_traced_memory()[1] < 50 * 2**20
        finally:
            tracemalloc.stop()

    def test_a_member_that_is_there_twice(self, good: Members, tmp_path: Path) -> None:
        path = written(tmp_path / "model.zip", good)
        with zipfile.ZipFile(path, "a") as archive, pytest.warns(UserWarning, match="Duplicate name"):
            archive.writestr("card.json", good["card.json"])
        assert "lacks members or holds others" in self.refused(path)

    def test_a_hundred_thousand_empty_members(self, tmp_path: Path) -> None:
        path = tmp_path / "model.zip"
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("a", b"")
        data = path.read_bytes()
        begin, end = data.index(b"PK\x01\x02"), data.index(b"PK\x05\x06")
        path.write_bytes(data[:begin] + data[begin:end] * 100_000 + data[end:])
        assert "lists more members than a model has" in self.refused(path)

    @pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
    def test_another_way_of_packing(self, good: Members, tmp_path: Path, method: int) -> None:
        """zipfile cannot unpack these within a limit."""
        path = tmp_path / "model.zip"
        with zipfile.ZipFile(path, "w", method) as archive:
            for name, data in good.items():
                archive.writestr(name, data)
        assert "packed in a way that model files are not" in self.refused(path)

    def test_an_older_layout_says_what_to_do(self, good: Members, tmp_path: Path) -> None:
        manifest = json.loads(good["manifest.json"]) | {"schema": store.SCHEMA - 1}
        path = written(tmp_path / "model.zip", changed(good, "manifest.json", json.dumps(manifest).encode()))
        assert f"older rehabcoder (layout {store.SCHEMA - 1}" in self.refused(path)
        assert "rehabcoder train" in self.refused(path)

    def test_a_file_that_may_not_be_read(self, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
        def denied(*_: object, **__: object) -> None:
            raise PermissionError(13, "Permission denied")

        monkeypatch.setattr(Path, "open", denied)
        assert "cannot be read (Permission denied)" in self.refused(world.model)

    def test_a_file_that_is_too_large(self, world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(store, "LARGEST_FILE", world.model.stat().st_size - 1)
        assert "too large" in self.refused(world.model)

    def test_what_is_not_there(self, tmp_path: Path) -> None:
        assert "there is no model file here" in self.refused(tmp_path / "none.zip")
        assert "rehabcoder models list" in self.refused(tmp_path / "none.zip")

    def test_a_pickle_in_the_place_of_the_model(self, tmp_path: Path) -> None:
        path = tmp_path / "model.zip"
        path.write_bytes(pickle.dumps(Bomb()))
        assert "damaged or is no model file" in self.refused(path)


class TestRefusedWhenLookedInto:
    """Sealed by someone who knows the format: hashes fit, contents do not."""

    def refused(self, parts: Members, folder: Path) -> str:
        with pytest.raises(ModelError) as error:
            load_model(written(folder / "model.zip", parts))
        return str(error.value)

    def test_an_array_of_pickled_objects_runs_nothing(self, good: Members, tmp_path: Path) -> None:
        hidden = array(np.array([Bomb()], dtype=object), pickled=True)
        said = self.refused(changed(good, "idf.npy", hidden), tmp_path)
        assert "does not hold what a model needs" in said
        assert Bomb.went_off is False
        np.lib.format.read_array(io.BytesIO(hidden), allow_pickle=True)
        assert Bomb.went_off is True  # it would have
        Bomb.went_off = False

    @pytest.mark.parametrize(
        ("name", "values"),
        [
            ("idf.npy", [1.0, 2.0]),
            ("code.weights.npy", [[1.0]]),
            ("code.bias.npy", [1.0]),
            ("kind.weights.npy", [1.0]),
            ("chain.own.npy", [[1.0, 2.0, 3.0]]),
        ],
    )
    def test_arrays_of_another_shape(self, good: Members, tmp_path: Path, name: str, values: Any) -> None:
        said = self.refused(changed(good, name, array(np.array(values, dtype=np.float32))), tmp_path)
        assert "does not hold what a model needs" in said

    @pytest.mark.parametrize("name", ["card.json", "classes.json", "weighed.json", "trees.json"])
    @pytest.mark.parametrize("text", [b"", b"null", b"[]", b"{", b"\xff"])
    def test_json_that_is_something_else(self, good: Members, tmp_path: Path, name: str, text: bytes) -> None:
        assert "does not hold what a model needs" in self.refused(changed(good, name, text), tmp_path)

    @pytest.mark.parametrize("name", ["card.json", "classes.json", "weighed.json", "trees.json"])
    def test_json_that_is_too_deep(self, good: Members, tmp_path: Path, name: str) -> None:
        assert name in self.refused(changed(good, name, b"[" * 200_000 + b"]" * 200_000), tmp_path)

    def test_an_array_that_claims_to_be_huge(self, good: Members, tmp_path: Path) -> None:
        data = headed(b"{'descr': '<f4', 'fortran_order': False, 'shape': (1000000000000,), }")
        assert "idf.npy has another shape" in self.refused(changed(good, "idf.npy", data), tmp_path)

    @pytest.mark.parametrize(
        "head",
        [
            b"{'descr': '<f4', 'fortran_order': False, 'shape': (-1,), }",
            b"{'descr': '<f4', 'fortran_order': False, 'shape': (" + b"(" * 5000 + b",), }",
            b"{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (3,), }",
            b"{'descr': '<f4', 'shape': (3,), }",
            b"__import__('os').getcwd()",
            b"",
        ],
        ids=["negative", "nested", "records", "incomplete", "code", "empty"],
    )
    def test_an_array_with_a_strange_head(self, good: Members, tmp_path: Path, head: bytes) -> None:
        assert "chain.bias.npy" in self.refused(changed(good, "chain.bias.npy", headed(head) + bytes(12)), tmp_path)

    @pytest.mark.parametrize("kind", ["<f8", ">f4", "<i4", "<c8", "?", "<U4", "S4", "<M8[s]"])
    def test_an_array_of_another_kind_of_numbers(self, good: Members, tmp_path: Path, kind: str) -> None:
        said = self.refused(changed(good, "chain.bias.npy", array(np.zeros(3).astype(kind))), tmp_path)
        assert "chain.bias.npy has another shape or another kind of numbers" in said

    @pytest.mark.parametrize("more", [b"\0", b"\0" * 4, b""])
    def test_an_array_that_is_longer_or_shorter_than_it_says(self, good: Members, tmp_path: Path, more: bytes) -> None:
        data = good["idf.npy"] + more if more else good["idf.npy"][:-4]
        assert "idf.npy is longer or shorter" in self.refused(changed(good, "idf.npy", data), tmp_path)

    @pytest.mark.parametrize("name", [f"{name}.npy" for name in store._ARRAYS])
    @pytest.mark.parametrize("value", [float("nan"), float("inf"), float("-inf")])
    def test_one_weight_that_is_no_number(self, good: Members, tmp_path: Path, name: str, value: float) -> None:
        values = np.lib.format.read_array(io.BytesIO(good[name]), allow_pickle=False).copy()
        values.flat[values.size // 2] = value
        assert f"{name} has entries that are no numbers" in self.refused(changed(good, name, array(values)), tmp_path)

    def test_a_weight_whose_square_is_infinite(self, good: Members, tmp_path: Path) -> None:
        values = np.lib.format.read_array(io.BytesIO(good["idf.npy"]), allow_pickle=False).copy()
        values[0] = 1e30
        assert "too large" in self.refused(changed(good, "idf.npy", array(values)), tmp_path)

    @pytest.mark.parametrize("value", [0.0, -1.0])
    def test_a_word_that_weighs_nothing(self, good: Members, tmp_path: Path, value: float) -> None:
        values = np.lib.format.read_array(io.BytesIO(good["idf.npy"]), allow_pickle=False).copy()
        values[0] = value
        assert "idf.npy" in self.refused(changed(good, "idf.npy", array(values)), tmp_path)

    @pytest.mark.parametrize(
        ("name", "path", "value"),
        [
            ("classes.json", ["code"], "97110"),
            ("classes.json", ["code"], ["97110"]),
            ("classes.json", ["code", 0], "97112"),  # twice
            ("classes.json", ["code", 0], "99999"),
            ("classes.json", ["code", 0], 97110),
            ("classes.json", ["kind", -1], "no such kind as out"),
            ("classes.json", ["elements", 0], "weather"),
            ("classes.json", ["kind"], None),
            ("weighed.json", ["minutes"], {"bias": 0.0}),
            ("weighed.json", ["minutes", "bias"], "1"),
            ("weighed.json", ["minutes", "bias"], 10**400),
            ("weighed.json", ["minutes", "bias"], True),
            ("weighed.json", ["minutes", "weights"], [1.0]),
            ("weighed.json", ["minutes", "weights", "p=0"], [1.0]),
            ("weighed.json", ["minutes", "weights", "p=0"], float("nan")),
            ("weighed.json", ["minutes", "weights", "p=0"], 1e300),
            ("trees.json", ["signs"], ["words"]),
            ("trees.json", ["settle"], None),
            ("trees.json", ["settle", "start"], "1"),
            ("trees.json", ["settle", "asked"], [[0] * 14]),
            ("trees.json", ["settle", "asked"], [[0] * 15]),  # and no leaves to it
            ("trees.json", ["settle"], {"start": 0, "asked": [[99] * 15], "above": [[0] * 15], "leaves": [[0] * 16]}),
            ("trees.json", ["settle"], {"start": 0, "asked": [[-1] * 15], "above": [[0] * 15], "leaves": [[0] * 16]}),
            ("trees.json", ["settle"], {"start": 0, "asked": [[0.5] * 15], "above": [[0] * 15], "leaves": [[0] * 16]}),
            ("trees.json", ["settle"], {"start": 0, "asked": [[0] * 15], "above": [["0"] * 15], "leaves": [[0] * 16]}),
            ("trees.json", ["settle"], {"start": 0, "asked": [[0] * 15], "above": [[0] * 15], "leaves": [[1e9] * 16]}),
            ("weighed.json", ["thresholds", "settle"], 1.5),
            ("weighed.json", ["thresholds", "settle"], -0.1),
            ("weighed.json", ["thresholds"], None),
            ("weighed.json", ["reader", "n1"], "x"),
            ("weighed.json", ["label_given_code"], []),
            ("weighed.json", ["label_given_code", "97110"], 1.0),
            ("weighed.json", ["label_given_code", "97110", "97112"], 2.0),
            ("weighed.json", ["label_given_code", "97110", "97110"], 0.0),
            ("card.json", ["version"], "v\x1b[2J"),
            ("card.json", ["version"], ["v"]),
            ("card.json", ["name"], "n" * 1000),
            ("card.json", ["gate"], ["passed"]),
            ("card.json", ["gate"], {"lost": "all"}),
            ("card.json", ["gate"], {"lost": ["\r97110"]}),
            ("card.json", ["metrics"], {"code_f1": "0.9"}),
            ("card.json", ["metrics"], {"code_f1": float("inf")}),
        ],
    )
    def test_an_entry_that_no_model_has(
        self, good: Members, tmp_path: Path, name: str, path: list[Any], value: Any
    ) -> None:
        said = self.refused(changed(good, name, replaced(good[name], path, value)), tmp_path)
        assert "does not hold what a model needs" in said
        assert name in said
        assert "Traceback" not in said

    @pytest.mark.parametrize("text", [b"\xff\n", b"one\none\n"])
    def test_a_vocabulary_that_is_none(self, good: Members, tmp_path: Path, text: bytes) -> None:
        said = self.refused(changed(good, "vocabulary.txt", text + good["vocabulary.txt"]), tmp_path)
        assert "vocabulary.txt" in said


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=5,
)
NOTE = "Therex x 15 min: heel slides 3x10 and quad sets. 97530 x 10 min: sit to stand for transfers. Total 25 min."


@settings(max_examples=120, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    name=st.sampled_from(["card.json", "classes.json", "weighed.json", "trees.json"]),
    steps=st.lists(st.integers(0, 10**6), min_size=1, max_size=4),
    value=ANYTHING,
)
def test_whatever_json_is_accepted_makes_a_model_that_codes(
    good: Members, tmp_path: Path, name: str, steps: list[int], value: Any
) -> None:
    path, inner = [], json.loads(good[name])
    for step in steps:
        if not isinstance(inner, dict | list) or not inner:
            break
        keys = sorted(inner) if isinstance(inner, dict) else range(len(inner))
        path.append(keys[step % len(keys)])
        inner = inner[path[-1]]
    try:
        model = load_model(written(tmp_path / "model.zip", changed(good, name, replaced(good[name], path, value))))
    except ModelError:
        return
    row = Coder(model).code([Note("n", NOTE)])[0].to_json()
    assert row["status"] == "coded"
    assert all(0 <= service["confidence"] <= 1 for service in row["interventions"])
    json.dumps(row, allow_nan=False)


def test_a_model_that_could_not_be_loaded_is_not_written(world: World, tmp_path: Path) -> None:
    model = load_model(world.model)
    model.idf[0] = np.nan
    with pytest.raises(ValueError, match=r"idf\.npy has entries that are no numbers"):
        save_model(model, tmp_path / "model.zip")
    assert list(tmp_path.iterdir()) == []


def test_what_is_saved_comes_back_and_the_same_model_makes_the_same_bytes(world: World, tmp_path: Path) -> None:
    model = load_model(world.model)
    save_model(model, tmp_path / "again.zip")
    assert members(tmp_path / "again.zip") == members(world.model)
    save_model(model, tmp_path / "twice.zip")
    assert (tmp_path / "twice.zip").read_bytes() == (tmp_path / "again.zip").read_bytes()


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(at=st.floats(0, 1), change=st.integers(1, 255))
def test_any_changed_byte_is_refused_or_changes_nothing(world: World, tmp_path: Path, at: float, change: int) -> None:
    data = bytearray(world.model.read_bytes())
    data[int(at * (len(data) - 1))] ^= change
    path = tmp_path / "model.zip"
    path.write_bytes(bytes(data))
    try:
        parts = store.read_members(path)
    except ModelError:
        return
    assert parts == {name: part for name, part in members(world.model).items() if name != "manifest.json"}


@pytest.mark.parametrize("room", ["predict", "training"])
def test_no_module_that_handles_models_uses_a_pickle(room: str) -> None:
    """Neither pickle and its like, nor the functions of numpy and joblib that use it."""
    package = Path(store.__file__).parents[1] / room
    forbidden = {"pickle", "cPickle", "dill", "cloudpickle", "shelve", "marshal", "skops"}
    found = []
    for path in package.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                found += [(path.name, alias.name) for alias in node.names if alias.name.split(".")[0] in forbidden]
            elif isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] in forbidden:
                found.append((path.name, str(node.module)))
            elif isinstance(node, ast.Attribute) and ast.unparse(node) in (
                "joblib.load",
                "joblib.dump",
                "np.load",
                "np.save",
            ):
                found.append((path.name, ast.unparse(node)))
            elif isinstance(node, ast.keyword) and node.arg == "allow_pickle" and ast.unparse(node.value) != "False":
                found.append((path.name, "allow_pickle"))
    assert found == []
