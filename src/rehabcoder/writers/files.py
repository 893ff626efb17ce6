"""Files that appear whole or not at all, and that only their owner can read."""

from __future__ import annotations

import errno
import json
import os
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TextIO

from rehabcoder.errors import RehabcoderError, UsageError

_LINE = 64 * 2**20  # bytes of a first line that are looked at


@contextmanager
def private(path: Path, *, beside: Path | None = None) -> Iterator[Path]:
    """A new file of mode 0600 to write to, which takes the name `path` when the block ends well, and else disappears.

    Args:
        beside: the folder for the unfinished file, on the same disk; by default that of `path`.

    Raises:
        RehabcoderError: the disk is full, or nothing can be written there.
    """
    unfinished = ""
    try:
        handle, unfinished = tempfile.mkstemp(prefix=".unfinished-", suffix=path.suffix, dir=beside or path.parent)
        os.close(handle)
        yield Path(unfinished)
        os.chmod(unfinished, 0o600)  # a library may have put a file of its own in the place of ours
        _to_disk(unfinished)
        os.replace(unfinished, path)
    except OSError as error:
        raise unwritable(path, error) from error
    finally:
        with suppress(OSError):
            os.unlink(unfinished)


def _to_disk(name: str) -> None:
    handle = os.open(name, os.O_RDWR)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def private_text(path: Path, *, beside: Path | None = None, newline: str = "\n") -> Iterator[TextIO]:
    """As `private`, opened to be written as UTF-8."""
    with private(path, beside=beside) as unfinished, unfinished.open("w", encoding="utf-8", newline=newline) as stream:
        yield stream


def private_folder(path: Path) -> Path:
    """`path` as a folder of mode 0700, made if it is not there.

    Raises:
        RehabcoderError: it cannot be made, or nothing can be written into it.
    """
    try:
        if not path.is_dir():
            path.mkdir(mode=0o700, parents=True)
        handle, probe = tempfile.mkstemp(prefix=".unfinished-", dir=path)
        os.close(handle)
        os.unlink(probe)
    except OSError as error:
        raise unwritable(path, error) from error
    return path


def refuse_to_replace(path: Path, *, why: str, ours: Callable[[Path], bool] = lambda _: False) -> None:
    """Refuse a file that stands where an output goes, but for an empty one and for what `ours` says may be replaced.

    Args:
        why: what speaks against it, such as `and it may hold decisions`, for the message.
        ours: whether a file is an earlier output of the same command, in which nobody works.

    Raises:
        UsageError: such a file is there.
    """
    if path.is_file() and path.stat().st_size and not ours(path):
        remedy = "Choose another name for --out, or delete it."
        raise UsageError(f"there is a file already, {why}", where=str(path), remedy=remedy)


def holds_fields(path: Path, names: Iterable[str]) -> bool:
    """Whether the first line of a file is a JSON object with these fields."""
    try:
        record = json.loads(first_line(path))
    except (ValueError, RecursionError):
        return False
    return isinstance(record, dict) and all(name in record for name in names)


def first_line(path: Path) -> str:
    """The first line of a file without its end, cut where it is too long; what is no UTF-8 is replaced."""
    with path.open("rb") as stream:
        return stream.readline(_LINE).decode("utf-8-sig", "replace").rstrip("\r\n")


def unwritable(path: Path, error: OSError) -> RehabcoderError:
    """The sentence for an output that cannot be written."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        return RehabcoderError(
            "the disk is full", where=str(path), remedy="Free some space and run the same command again: it goes on."
        )
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return RehabcoderError("nothing may be written there", where=str(path), remedy="Choose another place.")
    if error.errno in (errno.ENOTDIR, errno.EEXIST):
        return RehabcoderError("a file stands where a folder is needed", where=str(path), remedy="Choose another name.")
    return RehabcoderError(f"it cannot be written ({error.strerror})", where=str(path), remedy="Choose another place.")
