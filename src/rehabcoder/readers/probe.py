"""Tries a workbook in a process of its own, before it is loaded here.

The library that reads spreadsheets keeps each sheet as a full rectangle and ends the whole process when there is no
memory for it: two cells far apart are enough, whether someone meant it or a figure in the file was damaged.
"""

from __future__ import annotations

import io
import os
import subprocess
import sys
from contextlib import suppress

MOST_CELLS = 5_000_000  # of all sheets together, empty ones between others included; some 300 MB
_MOST_MEMORY = 2 * 2**30  # address space of the process that tries
_MOST_SECONDS = 300
_LOADS, _REFUSED, _TOO_MANY = 0, 10, 11  # exit statuses; any other is a death


def can_be_loaded(content: bytes) -> bool:
    """Whether loading this workbook ends well: with its sheets, or with a clean refusal that says what is wrong."""
    # The package may have been imported from a place that a fresh interpreter does not look in.
    environment = dict(os.environ, PYTHONPATH=os.pathsep.join(filter(None, map(str, sys.path))))
    command = [sys.executable, "-c", "from rehabcoder.readers.probe import main; main()"]
    try:
        tried = subprocess.run(
            command, input=content, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            timeout=_MOST_SECONDS, check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        return False
    return tried.returncode in (_LOADS, _REFUSED)


def main() -> None:
    """Load the workbook on standard input; the exit status says how that went."""
    import python_calamine

    with suppress(ImportError, OSError, ValueError):  # Windows has no such limit, a system may have a lower one
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (_MOST_MEMORY, resource.getrlimit(resource.RLIMIT_AS)[1]))
    cells = 0
    try:
        book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(sys.stdin.buffer.read()))
        for name in book.sheet_names:
            sheet = book.get_sheet_by_name(name)
            cells += sheet.total_height * sheet.total_width
            if cells > MOST_CELLS:
                sys.exit(_TOO_MANY)
    except python_calamine.CalamineError:
        sys.exit(_REFUSED)
    sys.exit(_LOADS)
