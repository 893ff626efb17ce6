"""The model store: models by name, which one is promoted, and which ones were before.

A store is a folder with one folder a model (`NAME/model.zip`, its reports beside it) and `promoted.json`, the list of
promotions, latest last. Every promotion holds the SHA-256 of its file, so that a file changed afterwards is noticed.
Nothing here imports more than reading a model needs.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from rehabcoder.errors import ModelError
from rehabcoder.predict.store import FILE_NAME, default_model_path, load_card

SHIPPED = "default"
"""The name of the model that rehabcoder ships with. It belongs to every store and cannot be replaced."""

VARIABLE = "REHABCODER_MODELS"
"""The environment variable that names the store."""

_PROMOTED = "promoted.json"
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


@dataclass(slots=True, frozen=True)
class Promotion:
    """A model that became the one in use: its name, its file, when, and whether the gate was overruled for it.

    `undone_at` is when it was rolled back.
    """

    name: str
    sha256: str
    at: str
    forced: bool = False
    undone_at: str | None = None


@dataclass(slots=True, frozen=True)
class Entry:
    """A model of the store. `card` is None, and `problem` says why, where its file cannot be read."""

    name: str
    path: Path
    promoted: bool
    card: dict[str, Any] | None
    problem: str = ""


def store_folder(store: str | Path | None = None) -> Path:
    """The folder of the store: the one named, else `$REHABCODER_MODELS`, else one in the user's own data."""
    chosen = store or os.environ.get(VARIABLE)
    if chosen:
        return Path(chosen)
    import typer  # knows where each system keeps a program's data; needed here only

    return Path(typer.get_app_dir("rehabcoder")) / "models"


def checked_name(name: str) -> str:
    """`name`, if a model of the store can be called that.

    Raises:
        ModelError: it cannot.
    """
    if not _NAME.fullmatch(name) or name == _PROMOTED:
        raise ModelError(
            "this cannot be the name of a model", where=repr(name[:64]),
            remedy="Take up to 64 letters, figures, dots, hyphens and underscores; begin with a letter or a figure.",
        )  # fmt: skip
    return name


def find_model(model: str | Path | None = None, store: str | Path | None = None) -> Path:
    """The file of a model: named, by its path, or, where nothing is given, the promoted one, else the shipped one.

    Raises:
        ModelError: there is no such model, or the promoted file is not the one that was promoted.
    """
    folder = store_folder(store)
    if model is None:
        now = current(folder)
        return _unchanged(folder, now) if now and now.name != SHIPPED else default_model_path()
    if str(model) == SHIPPED:
        return default_model_path()
    if _NAME.fullmatch(str(model)) and (folder / str(model) / FILE_NAME).is_file():
        return folder / str(model) / FILE_NAME
    path = Path(model)
    path = path / FILE_NAME if path.is_dir() else path
    if not path.is_file():
        raise ModelError(
            "there is neither a model of this name nor such a file", where=str(model),
            remedy="See which models there are: rehabcoder models list.",
        )  # fmt: skip
    return path


def entries(store: str | Path | None = None) -> Iterator[Entry]:
    """Every model: the shipped one, then those of the store by name."""
    folder = store_folder(store)
    now = current(folder)
    places = [(SHIPPED, default_model_path())]
    if folder.is_dir():
        places += [(p.parent.name, p) for p in sorted(folder.glob(f"*/{FILE_NAME}")) if p.parent.name != SHIPPED]
    for name, path in places:
        promoted = name == (now.name if now else SHIPPED)
        try:
            yield Entry(name, path, promoted, load_card(path))
        except ModelError as error:
            yield Entry(name, path, promoted, None, str(error))


def history(store: str | Path | None = None) -> list[Promotion]:
    """All promotions, oldest first, those that were rolled back included.

    Raises:
        ModelError: the list was damaged.
    """
    path = store_folder(store) / _PROMOTED
    if not path.is_file():
        return []
    try:
        done = [Promotion(**record) for record in json.loads(path.read_text(encoding="utf-8"))]
        if not all(_NAME.fullmatch(promotion.name) for promotion in done):
            raise ValueError("the name of a model is a path")
        return done
    except (ValueError, TypeError, RecursionError) as error:
        raise ModelError(
            "the list of promotions cannot be read", where=str(path),
            remedy="Move it away: the shipped model is used then, until another one is promoted.",
        ) from error  # fmt: skip


def current(store: str | Path | None = None) -> Promotion | None:
    """The promotion in force; None while the shipped model is in use."""
    standing = [promotion for promotion in history(store) if promotion.undone_at is None]
    return standing[-1] if standing else None


def promote(
    model: str | Path, *, at: str, name: str | None = None, store: str | Path | None = None, force: bool = False
) -> Promotion:
    """Makes a model the one in use. A file from outside is copied into the store, with its reports.

    Args:
        at: the moment, ISO 8601.
        name: what to call a file from outside; its card's name by default.
        force: promote a model that did not pass the gate; the list of promotions says so.

    Raises:
        ModelError: there is no such model, it is damaged, its name is taken, or it did not pass the gate.
    """
    folder, path = store_folder(store), find_model(model, store)
    card = load_card(path)
    shipped = path == default_model_path()
    gate = card.get("gate") or {}
    if not shipped and not gate.get("passed") and not force:
        lost = ", ".join(gate.get("lost", [])) or "it was never compared with the present model"
        raise ModelError(
            f"this model did not pass the gate ({lost})",
            where=str(path),
            remedy="Promote it all the same with --force.",
        )
    if shipped:
        name = SHIPPED
    elif path.parent.parent == folder:
        name = path.parent.name
    else:
        name = checked_name(name or str(card.get("name", "")))
        _take_in(path, folder, name)
        path = folder / name / FILE_NAME
    done = Promotion(name, _sha256(path), at, forced=force and not gate.get("passed") and not shipped)
    _write(folder, [*history(folder), done])
    return done


def rollback(*, at: str, store: str | Path | None = None) -> Promotion:
    """Puts the model back in use that was before the present one; the shipped one if there was none.

    Raises:
        ModelError: the shipped model is in use already, or the file of the one before is gone or changed.
    """
    folder = store_folder(store)
    done = history(folder)
    standing = [number for number, promotion in enumerate(done) if promotion.undone_at is None]
    if not standing:
        raise ModelError(
            "there is no promotion to take back", where=str(folder), remedy="The shipped model is in use already."
        )
    before = done[standing[-2]] if len(standing) > 1 else Promotion(SHIPPED, _sha256(default_model_path()), at)
    if before.name != SHIPPED:
        _unchanged(folder, before)
    done[standing[-1]] = replace(done[standing[-1]], undone_at=at)
    _write(folder, done)
    return before


def _take_in(path: Path, folder: Path, name: str) -> None:
    target = folder / name
    if name == SHIPPED or ((target / FILE_NAME).is_file() and _sha256(target / FILE_NAME) != _sha256(path)):
        raise ModelError(
            f"the store has another model called {name}", where=str(folder), remedy="Choose another name with --name."
        )
    try:
        target.mkdir(parents=True, exist_ok=True)
        for file in (path, *(path.with_name(f"report{kind}") for kind in (".html", ".md"))):
            if file.is_file():
                partial = target / f".{file.name}.part"
                shutil.copyfile(file, partial)
                partial.chmod(0o600)
                partial.replace(target / file.name)
    except OSError as error:
        raise _unwritable(folder) from error


def _write(folder: Path, done: list[Promotion]) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        partial = folder / f".{_PROMOTED}.part"
        partial.write_text(json.dumps([asdict(p) for p in done], indent=1) + "\n", encoding="utf-8")
        partial.replace(folder / _PROMOTED)
    except OSError as error:
        raise _unwritable(folder) from error


def _unwritable(folder: Path) -> ModelError:
    return ModelError("the model store cannot be written", where=str(folder), remedy="Name another one with --store.")


def _unchanged(folder: Path, promotion: Promotion) -> Path:
    path = folder / promotion.name / FILE_NAME
    if not path.is_file() or _sha256(path) != promotion.sha256:
        state = "is gone" if not path.is_file() else "is not the file that was promoted"
        raise ModelError(
            f"the promoted model {promotion.name} {state}", where=str(path),
            remedy="Promote another one (rehabcoder models promote default brings the shipped one back).",
        )  # fmt: skip
    return path


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
