"""Text of notes on a terminal: nothing in it may steer the terminal, and all of it can be printed."""

from __future__ import annotations

import os
import re
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console

# Control characters, marks that turn the reading direction for what follows, and lone halves of surrogate pairs.
_STEERING = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
_WIDTH = 110  # where nobody says how wide the output may be


def printable(text: str) -> str:
    """`text` at the same length, with whatever could steer a terminal or not be printed replaced by `\ufffd`."""
    return _STEERING.sub("\ufffd", text)


def console() -> Console:
    """Standard output for rich: colours on a terminal only, and wide enough where the output goes into a file."""
    from rich.console import Console

    width = None if sys.stdout.isatty() or os.environ.get("COLUMNS") else _WIDTH
    return Console(width=width, highlight=False, markup=False, emoji=False)
