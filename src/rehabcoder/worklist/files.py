"""Files that only their owner can read."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TextIO

from rehabcoder.errors import ReadError


def private_text(path: str | Path) -> TextIO:
    """Open a text file for writing, with mode 0600 from its first byte.

    Raises:
        ReadError: it cannot be written there.
    """
    claim(path)
    return open(path, "w", encoding="utf-8", newline="\n")


def claim(path: str | Path) -> None:
    """Make an empty file of mode 0600, or empty and close off one that is there.

    Raises:
        ReadError: it cannot be written there.
    """
    try:
        handle = os.open(path, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600)
        os.fchmod(handle, 0o600)
        os.close(handle)
    except OSError as error:
        raise ReadError("the file cannot be written", where=str(path), remedy="Check its folder.") from error
