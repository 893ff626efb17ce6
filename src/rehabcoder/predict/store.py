"""The model file: a zip of JSON, text and plain arrays with a SHA-256 for each member. Loading it runs no code.

Everything is checked before anything is built: the member list, the sizes, the hashes, the version of the layout.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import zipfile
from pathlib import Path
from typing import Any

import numpy as np

from rehabcoder.errors import ModelError
from rehabcoder.predict.contents import build, card, json_object
from rehabcoder.predict.model import Floats, Model
from rehabcoder.predict.settling import SIGNS
from rehabcoder.predict.trees import Trees

SCHEMA = 5
LARGEST_MEMBER = 64 * 2**20  # bytes, unpacked: a zip bomb is refused before it is opened
LARGEST_FILE = 64 * 2**20
_ENTRY, _MOST_ENTRIES = b"PK\x01\x02", 100  # how a zip begins each entry of its list; a million would fill the memory
_JSON = ("card.json", "classes.json", "weighed.json", "trees.json")
_ARRAYS = (
    "idf",
    "session.weights",
    "session.bias",
    "kind.weights",
    "kind.bias",
    "code.weights",
    "code.bias",
    "elements.weights",
    "elements.bias",
    "sentences.weights",
    "sentences.bias",
    "chain.own",
    "chain.before",
    "chain.behind",
    "chain.transition",
    "chain.start",
    "chain.bias",
)
MEMBERS = ("vocabulary.txt", *_JSON, *(f"{name}.npy" for name in _ARRAYS))
FILE_NAME = "model.zip"
_RENEW = "Get the file again, or build one with: rehabcoder train."


def save_model(model: Model, path: Path) -> None:
    """Writes the model, whole or not at all, and to the byte the same for the same model.

    Raises:
        ValueError: `load_model` would refuse it (weights that are no numbers, say); nothing is written.
    """
    words = [word for word, _ in sorted(model.vocabulary.items(), key=lambda item: item[1])]
    members: dict[str, bytes] = {"vocabulary.txt": "\n".join(words).encode("utf-8")}
    members["card.json"] = _json(model.card)
    members["classes.json"] = _json(
        {"kind": model.kind.classes, "code": model.code.classes, "elements": model.elements.classes}
    )
    members["weighed.json"] = _json(
        {
            "minutes": {"bias": model.minutes.bias, "weights": model.minutes.weights},
            "label_given_code": model.label_given_code,
            "thresholds": model.thresholds,
            "reader": model.reader,
        }
    )
    members["trees.json"] = _json(
        {"signs": SIGNS, "confidence": _trees(model.confidence), "settle": _trees(model.settle)}
    )
    for name, array in _arrays(model).items():
        buffer = io.BytesIO()
        # Half precision keeps the file small; what it rounds off is far below the noise of the labels.
        np.lib.format.write_array(
            buffer, np.ascontiguousarray(array, dtype=np.float16 if array.ndim == 2 else np.float32), allow_pickle=False
        )
        members[f"{name}.npy"] = buffer.getvalue()
    build(members)
    manifest = {
        "schema": SCHEMA,
        "members": {n: {"sha256": hashlib.sha256(b).hexdigest(), "size": len(b)} for n, b in sorted(members.items())},
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f".{path.name}.part")
    with zipfile.ZipFile(partial, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as out:
        for name, data in [("manifest.json", _json(manifest)), *sorted(members.items())]:
            info = zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))
            info.compress_type = zipfile.ZIP_DEFLATED
            info.external_attr = 0o644 << 16
            out.writestr(info, data)
    partial.replace(path)


def load_model(path: Path) -> Model:
    """Reads a model file, or the `model.zip` of a folder.

    Raises:
        ModelError: the file is missing, damaged, changed, too large, or written by another version.
    """
    path = path / FILE_NAME if path.is_dir() else path
    members = read_members(path)
    try:
        return build(members)
    except ValueError as error:
        raise _unfit(path, error) from error


def load_card(path: Path) -> dict[str, Any]:
    """What a model file says of itself, after the checks of every member; the model is not built.

    Raises:
        ModelError: as in `load_model`.
    """
    members = read_members(path)
    try:
        return card(members["card.json"])
    except ValueError as error:
        raise _unfit(path, error) from error


def _unfit(path: Path, error: ValueError) -> ModelError:
    return ModelError(f"the model file does not hold what a model needs ({error})", where=str(path), remedy=_RENEW)


def read_members(path: Path) -> dict[str, bytes]:
    """The checked members of a model file, still as bytes.

    Raises:
        ModelError: as in `load_model`.
    """
    where = str(path)
    data = _bytes_of(path)
    try:
        return _unpacked(data, where)
    except ModelError:
        raise
    except Exception as error:  # a zip can be wrong in more ways than zipfile has exceptions for
        raise ModelError("the model file is damaged or is no model file", where=where, remedy=_RENEW) from error


def _bytes_of(path: Path) -> bytes:
    """The whole file, read once: what is checked is what is used."""
    try:
        if not path.is_file():
            raise ModelError(
                "there is no model file here",
                where=str(path),
                remedy="Name a model that `rehabcoder models list` shows.",
            )
        with path.open("rb") as file:
            size = os.fstat(file.fileno()).st_size
            data = file.read(min(size, LARGEST_FILE) + 1)
    except OSError as error:
        raise ModelError(
            f"the model file cannot be read ({error.strerror})",
            where=str(path),
            remedy="Let yourself read it (chmod u+r).",
        ) from error
    if len(data) > LARGEST_FILE:
        raise ModelError("the model file is too large to be one", where=str(path), remedy=_RENEW)
    return data


def _unpacked(data: bytes, where: str) -> dict[str, bytes]:
    if data.count(_ENTRY) > _MOST_ENTRIES:
        raise ModelError("the model file lists more members than a model has", where=where, remedy=_RENEW)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        infos = archive.infolist()
        if max(i.file_size for i in infos) > LARGEST_MEMBER or sum(i.file_size for i in infos) > 2 * LARGEST_MEMBER:
            raise ModelError("a member of the model file is too large", where=where, remedy=_RENEW)
        if any(i.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) for i in infos):
            raise ModelError("the model file is packed in a way that model files are not", where=where, remedy=_RENEW)
        listed = _manifest(_member(archive, archive.getinfo("manifest.json")), where)
        if set(listed) != set(MEMBERS) or sorted(i.filename for i in infos) != sorted(["manifest.json", *MEMBERS]):
            raise ModelError("the model file lacks members or holds others", where=where, remedy=_RENEW)
        out = {}
        for name in MEMBERS:
            member = _member(archive, archive.getinfo(name))
            if len(member) != listed[name]["size"] or hashlib.sha256(member).hexdigest() != listed[name]["sha256"]:
                raise ModelError(f"the member {name} of the model file was changed", where=where, remedy=_RENEW)
            out[name] = member
        return out


def _member(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> bytes:
    """A member's bytes, unpacked no further than it says: `archive.read` would unpack all that is packed into it."""
    with archive.open(info) as stream:
        return stream.read(info.file_size + 1)


def _manifest(data: bytes, where: str) -> dict[str, Any]:
    """The members that the manifest lists."""
    manifest = json_object("manifest.json", data)
    schema = manifest.get("schema")
    if type(schema) is not int:
        raise ModelError("the model file has no readable manifest", where=where, remedy=_RENEW)
    if schema != SCHEMA:
        newer = schema > SCHEMA
        raise ModelError(
            f"the model file was written by {'a newer' if newer else 'an older'} rehabcoder "
            f"(layout {schema}, this one reads {SCHEMA})",
            where=where,
            remedy="Update rehabcoder: pip install -U rehabcoder." if newer else "Train it anew: rehabcoder train.",
        )
    listed = manifest.get("members")
    if not isinstance(listed, dict):
        raise ModelError("the model file has no readable manifest", where=where, remedy=_RENEW)
    return listed


def _json(data: Any) -> bytes:
    return json.dumps(data, ensure_ascii=False, sort_keys=True, indent=1).encode("utf-8")


def _trees(trees: Trees) -> dict[str, Any]:
    return {
        "start": trees.start,
        "asked": trees.asked.tolist(),
        "above": trees.above.tolist(),
        "leaves": trees.leaves.tolist(),
    }


def _arrays(model: Model) -> dict[str, Floats]:
    chain = model.chain
    return {
        "idf": model.idf,
        "session.weights": model.session.weights,
        "session.bias": model.session.bias,
        "kind.weights": model.kind.weights,
        "kind.bias": model.kind.bias,
        "code.weights": model.code.weights,
        "code.bias": model.code.bias,
        "elements.weights": model.elements.weights,
        "elements.bias": model.elements.bias,
        "sentences.weights": model.sentences.weights,
        "sentences.bias": model.sentences.bias,
        "chain.own": chain.own,
        "chain.before": chain.before,
        "chain.behind": chain.behind,
        "chain.transition": chain.transition,
        "chain.start": chain.start,
        "chain.bias": chain.bias,
    }


def default_model_path() -> Path:
    """Where the shipped model lies: in the wheel, or beside `src` in a checkout."""
    here = Path(__file__).resolve()
    inside = here.parents[1] / "models" / "default" / FILE_NAME
    return inside if inside.is_file() else here.parents[3] / "models" / "default" / FILE_NAME
