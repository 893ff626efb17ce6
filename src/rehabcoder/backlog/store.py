"""The work folder of a run: what it was asked for, which shards are done, and a lock against a second run.

It holds all that an interrupted run needs to go on, and is removed when the run is over.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Sequence
from contextlib import suppress
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from rehabcoder.backlog.parts import Done
from rehabcoder.billing.policies import policy_path
from rehabcoder.errors import RehabcoderError, UsageError
from rehabcoder.note import Json
from rehabcoder.readers.sources import STDIN, Source
from rehabcoder.writers.files import private, private_folder

RUN = "run.json"
_LOCK = "lock"
# Settings whose names say too little in a message.
_WORDS = {
    "inputs": "the input files", "policy_sha256": "what the policy's file says", "model_sha256": "the model's file",
    "program": "the version of rehabcoder",
}  # fmt: skip


def work_folder(out: Path, *, single_file: bool) -> Path:
    """Where a run keeps what is not a result: in the output folder, or beside the output file."""
    return out.with_name(f".{out.name}.work") if single_file else out / ".work"


def fingerprint(sources: Sequence[Source]) -> str | None:
    """What tells whether the inputs are those of the interrupted run; None where that cannot be told."""
    digest = hashlib.sha256()
    for source in sources:
        if source.name == STDIN:
            return None
        try:
            state = os.stat(source.name)
            digest.update(f"{source.name}\0{state.st_size}\0{state.st_mtime_ns}\n".encode("utf-8", "surrogateescape"))
        except OSError:
            digest.update(f"{source.name}\0missing\n".encode("utf-8", "surrogateescape"))
    return digest.hexdigest()


def rules_and_model(policy: str, model: str | None) -> Json:
    """What tells whether policy (all its versions), model and program are those of the run before, names being the same.

    A file that is not there gives None: whoever needs it says so.
    """
    from rehabcoder.training.registry import find_model

    out: Json = dict.fromkeys(("policy_sha256", "model_sha256", "program"))
    with suppress(RehabcoderError, OSError):
        out["policy_sha256"] = hashlib.sha256(policy_path(policy).read_bytes()).hexdigest()
    with suppress(RehabcoderError, OSError):
        out["model_sha256"] = hashlib.sha256(find_model(model).read_bytes()).hexdigest()
    with suppress(PackageNotFoundError):  # run from a folder, without being installed
        out["program"] = version("rehabcoder")
    return out


def changed(before: Json, settings: Json) -> list[str]:
    """In what a run differs from one before, in words."""
    names = [name for name in settings if before.get(name) != settings[name]]
    # Of another file it need not be told that it holds something else.
    named = [name for name in names if not name.endswith("_sha256") or name.removesuffix("_sha256") not in names]
    return [_WORDS.get(name, name) for name in named]


class Store:
    """The work folder, opened for one run."""

    def __init__(self, folder: Path, settings: Json) -> None:
        """Open or make the folder.

        Raises:
            UsageError: it belongs to a run with other inputs or settings, or another run is in it right now.
            RehabcoderError: it cannot be written.
        """
        self.folder = folder
        self.finished = False  # once True, leaving the block removes the folder
        private_folder(folder)
        self._lock = _locked(folder)
        try:
            # Standard input cannot be taken up in the middle: such a run begins anew.
            if (folder / RUN).exists() and settings["inputs"] is not None:
                self._check(settings)
            else:
                self._begin(settings)
            self.done = self._load_done()
        except BaseException:
            os.close(self._lock)
            raise

    def _begin(self, settings: Json) -> None:
        for path in self.folder.iterdir():
            if path.name != _LOCK:
                path.unlink()
        with private(self.folder / RUN) as unfinished:
            unfinished.write_text(json.dumps(settings), encoding="utf-8")

    def _check(self, settings: Json) -> None:
        before = json.loads((self.folder / RUN).read_text(encoding="utf-8"))
        differing = changed(before, settings)
        if not differing:
            return
        if before.get("inputs") != settings["inputs"]:
            what = "an interrupted run is there, and its input files are others or have changed since"
        else:
            what = f"an interrupted run with another setting is there ({', '.join(differing)})"
        remedy = "Give its command again, with its files as they were, to go on with it; or choose another --out, or delete it."
        raise UsageError(what, where=str(self.folder), remedy=remedy)

    def _load_done(self) -> dict[int, Done]:
        """The shards that are done. One is done once its record stands; what came before the record is whole."""
        return {done.number: done for path in sorted(self.folder.glob("done-*.json")) for done in [Done.load(path)]}

    def in_a_row(self) -> int:
        """How many shards from the first on are done without a gap."""
        return next(number for number in range(len(self.done) + 1) if number not in self.done)

    def __enter__(self) -> Store:
        return self

    def __exit__(self, *_: object) -> None:
        if self.finished:
            # Renamed first: half a folder would look like a run that can be gone on with.
            over = self.folder.with_name(self.folder.name + ".over")
            shutil.rmtree(over, ignore_errors=True)
            self.folder.rename(over)
            shutil.rmtree(over, ignore_errors=True)
        os.close(self._lock)


def _locked(folder: Path) -> int:
    """An open file that no second run can lock."""
    handle = os.open(folder / _LOCK, os.O_CREAT | os.O_WRONLY, 0o600)
    with suppress(ImportError):  # no such locks on Windows: two runs at once are the user's to avoid there
        import fcntl

        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            os.close(handle)
            remedy = "Wait for it, or choose another --out."
            raise RehabcoderError("another run writes there right now", where=str(folder), remedy=remedy) from error
    return handle
