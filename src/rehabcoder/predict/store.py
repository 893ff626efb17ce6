"""The model file: a zip of JSON, text and plain arrays with a SHA-256 for each member. Loading it runs no code.

Everything is checked before anything is built: the member list, the sizes, the hashes, the version of the layout.
"""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from pathlib import Path
from typing import Any

import numpy as np

from rehabcoder.errors import ModelError
from rehabcoder.predict.model import Chain, Floats, Linear, Model, Weighed

SCHEMA = 2
LARGEST_MEMBER = 64 * 2**20  # bytes, unpacked: a zip bomb is refused before it is opened
LARGEST_FILE = 64 * 2**20
_JSON = ("card.json", "classes.json", "weighed.json")
_ARRAYS = (
    "idf",
    "kind.weights",
    "kind.bias",
    "code.weights",
    "code.bias",
    "elements.weights",
    "elements.bias",
    "chain.own",
    "chain.before",
    "chain.behind",
    "chain.transition",
    "chain.start",
    "chain.bias",
)
MEMBERS = ("vocabulary.txt", *_JSON, *(f"{name}.npy" for name in _ARRAYS))
FILE_NAME = "model.zip"


def save_model(model: Model, path: Path) -> None:
    """Writes the model, to the byte the same for the same model."""
    words = [word for word, _ in sorted(model.vocabulary.items(), key=lambda item: item[1])]
    members: dict[str, bytes] = {"vocabulary.txt": "\n".join(words).encode("utf-8")}
    members["card.json"] = _json(model.card)
    members["classes.json"] = _json(
        {"kind": model.kind.classes, "code": model.code.classes, "elements": model.elements.classes}
    )
    members["weighed.json"] = _json(
        {
            **{name: {"bias": w.bias, "weights": w.weights} for name, w in _weighed(model).items()},
            "label_given_code": model.label_given_code,
            "thresholds": model.thresholds,
            "reader": model.reader,
        }
    )
    for name, array in _arrays(model).items():
        buffer = io.BytesIO()
        # Half precision keeps the file small; what it rounds off is far below the noise of the labels.
        np.lib.format.write_array(
            buffer, np.ascontiguousarray(array, dtype=np.float16 if array.ndim == 2 else np.float32), allow_pickle=False
        )
        members[f"{name}.npy"] = buffer.getvalue()
    manifest = {
        "schema": SCHEMA,
        "members": {n: {"sha256": hashlib.sha256(b).hexdigest(), "size": len(b)} for n, b in sorted(members.items())},
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as out:
        for name, data in [("manifest.json", _json(manifest)), *sorted(members.items())]:
            info = zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))
            info.compress_type = zipfile.ZIP_DEFLATED
            info.external_attr = 0o644 << 16
            out.writestr(info, data)


def load_model(path: Path) -> Model:
    """Reads a model file, or the `model.zip` of a folder.

    Raises:
        ModelError: the file is missing, damaged, changed, too large, or written by a newer version.
    """
    path = path / FILE_NAME if path.is_dir() else path
    members = read_members(path)
    try:
        return _build(members)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise ModelError("the model file does not hold what a model needs", where=str(path), remedy=_RENEW) from error


_RENEW = "Get the file again, or build one with: rehabcoder train."


def read_members(path: Path) -> dict[str, bytes]:
    """The checked members of a model file, still as bytes.

    Raises:
        ModelError: as in `load_model`.
    """
    where = str(path)
    if not path.is_file():
        raise ModelError(
            "there is no model file here", where=where, remedy="Name a model that `rehabcoder models list` shows."
        )
    if path.stat().st_size > LARGEST_FILE:
        raise ModelError("the model file is too large to be one", where=where, remedy=_RENEW)
    try:
        with zipfile.ZipFile(path) as archive:
            sizes = {info.filename: info.file_size for info in archive.infolist()}
            too_large = [name for name, size in sizes.items() if size > LARGEST_MEMBER]
            if too_large or sum(sizes.values()) > 2 * LARGEST_MEMBER:
                raise ModelError("a member of the model file is too large", where=where, remedy=_RENEW)
            manifest = json.loads(archive.read("manifest.json"))
            if not isinstance(manifest, dict) or not isinstance(manifest.get("schema"), int):
                raise ModelError("the model file has no readable manifest", where=where, remedy=_RENEW)
            if manifest["schema"] > SCHEMA:
                raise ModelError(
                    f"the model file was written by a newer rehabcoder (layout {manifest['schema']}, this one reads {SCHEMA})",
                    where=where,
                    remedy="Update rehabcoder: pip install -U rehabcoder.",
                )
            listed = manifest.get("members", {})
            if set(listed) != set(MEMBERS) or set(sizes) != {"manifest.json", *MEMBERS}:
                raise ModelError("the model file lacks members or holds others", where=where, remedy=_RENEW)
            out = {}
            for name in MEMBERS:
                data = archive.read(name)
                if len(data) != listed[name]["size"] or hashlib.sha256(data).hexdigest() != listed[name]["sha256"]:
                    raise ModelError(f"the member {name} of the model file was changed", where=where, remedy=_RENEW)
                out[name] = data
            return out
    except ModelError:
        raise
    except (
        zipfile.BadZipFile,
        KeyError,
        ValueError,
        TypeError,
        EOFError,
        OSError,
        NotImplementedError,
        RuntimeError,
    ) as error:
        raise ModelError("the model file is damaged or is no model file", where=where, remedy=_RENEW) from error
    except Exception as error:  # zlib.error has no common base with the rest
        raise ModelError("the model file is damaged", where=where, remedy=_RENEW) from error


def _json(data: Any) -> bytes:
    return json.dumps(data, ensure_ascii=False, sort_keys=True, indent=1).encode("utf-8")


def _weighed(model: Model) -> dict[str, Weighed]:
    return {"minutes": model.minutes, "confidence": model.confidence, "settle": model.settle}


def _arrays(model: Model) -> dict[str, Floats]:
    chain = model.chain
    return {
        "idf": model.idf,
        "kind.weights": model.kind.weights,
        "kind.bias": model.kind.bias,
        "code.weights": model.code.weights,
        "code.bias": model.code.bias,
        "elements.weights": model.elements.weights,
        "elements.bias": model.elements.bias,
        "chain.own": chain.own,
        "chain.before": chain.before,
        "chain.behind": chain.behind,
        "chain.transition": chain.transition,
        "chain.start": chain.start,
        "chain.bias": chain.bias,
    }


def _build(members: dict[str, bytes]) -> Model:
    words = members["vocabulary.txt"].decode("utf-8").split("\n")
    classes = json.loads(members["classes.json"])
    weighed = json.loads(members["weighed.json"])
    arrays = {
        name: np.lib.format.read_array(io.BytesIO(members[f"{name}.npy"]), allow_pickle=False).astype(np.float32)
        for name in _ARRAYS
    }
    linear = {
        name: Linear(tuple(classes[name]), arrays[f"{name}.weights"], arrays[f"{name}.bias"])
        for name in ("kind", "code", "elements")
    }
    for one in linear.values():
        if (
            one.weights.shape != (one.weights.shape[0], len(one.classes))
            or one.weights.shape[0] > len(words)
            or one.bias.shape != (len(one.classes),)
        ):
            raise ValueError("shapes disagree")
    own = arrays["chain.own"]
    if own.shape[0] != len(words) or arrays["idf"].shape != (len(words),) or own.shape != arrays["chain.before"].shape:
        raise ValueError("shapes disagree")
    return Model(
        {word: row for row, word in enumerate(words)},
        arrays["idf"],
        linear["kind"],
        linear["code"],
        linear["elements"],
        Chain(
            own,
            arrays["chain.before"],
            arrays["chain.behind"],
            arrays["chain.transition"],
            arrays["chain.start"],
            arrays["chain.bias"],
        ),
        _weighed_of(weighed["minutes"]),
        _weighed_of(weighed["confidence"]),
        _weighed_of(weighed["settle"]),
        weighed["label_given_code"],
        {k: float(v) for k, v in weighed["thresholds"].items()},
        {k: float(v) for k, v in weighed["reader"].items()},
        json.loads(members["card.json"]),
    )


def _weighed_of(entry: dict[str, Any]) -> Weighed:
    return Weighed(float(entry["bias"]), {name: float(weight) for name, weight in entry["weights"].items()})


def default_model_path() -> Path:
    """Where the shipped model lies: in the wheel, or beside `src` in a checkout."""
    here = Path(__file__).resolve()
    inside = here.parents[1] / "models" / "default" / FILE_NAME
    return inside if inside.is_file() else here.parents[3] / "models" / "default" / FILE_NAME
