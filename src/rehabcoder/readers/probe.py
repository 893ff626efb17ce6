"""Files that may fill the memory, in a process of their own with a limit to it.

The library that reads spreadsheets keeps each sheet as a full rectangle and ends the whole process when there is no
memory for it: two cells far apart are enough, whether someone meant it or a figure in the file was damaged. So a
workbook is tried before it is loaded here. The one that reads PDF makes gigabytes of what is packed twice; where that
cannot be told beforehand, the text is made there.
"""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from contextlib import suppress

from rehabcoder.errors import ReadError

MOST_CELLS = 5_000_000  # of all sheets together, empty ones between others included; some 300 MB
_MOST_MEMORY = 2 * 2**30  # address space of the process that tries
_MOST_FOR_PDF = 2**29  # as much as `pdf` allows for what it reads without trying
_MOST_SECONDS = 300
_LOADS, _REFUSED, _TOO_MANY, _TOO_LONG = 0, 10, 11, 12  # exit statuses; any other is a death


def can_be_loaded(content: bytes) -> bool:
    """Whether loading this workbook ends well: with its sheets, or with a clean refusal that says what is wrong."""
    return _run("main", content).returncode in (_LOADS, _REFUSED)


def pdf_text(content: bytes) -> str | None:
    """The text of a PDF, as `pdf.pages` gives it; None where that takes too much memory or time.

    Raises:
        ReadError: as `pdf.pages`.
    """
    done = _run("print_pdf_text", content)
    if done.returncode == _REFUSED:
        what, remedy = json.loads(done.stdout)
        raise ReadError(what, remedy=remedy)
    return str(json.loads(done.stdout)) if done.returncode == _LOADS else None


def _run(entry: str, content: bytes) -> subprocess.CompletedProcess[bytes]:
    # The package may have been imported from a place that a fresh interpreter does not look in.
    environment = dict(os.environ, PYTHONPATH=os.pathsep.join(filter(None, map(str, sys.path))))
    command = [sys.executable, "-c", f"from rehabcoder.readers.probe import {entry}; {entry}()"]
    try:
        return subprocess.run(
            command, input=content, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            timeout=_MOST_SECONDS, check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        return subprocess.CompletedProcess(command, _TOO_LONG)


def _limit(memory: int) -> None:
    with suppress(ImportError, OSError, ValueError):  # Windows has no such limit, a system may have a lower one
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (memory, resource.getrlimit(resource.RLIMIT_AS)[1]))


def print_pdf_text() -> None:
    """Print the text of the PDF on standard input, or why it is refused, as JSON; the exit status says which."""
    from rehabcoder.readers import pdf

    content = sys.stdin.buffer.read()
    _limit(_MOST_FOR_PDF)
    try:
        print(json.dumps(pdf.pages(content)))
    except ReadError as error:
        print(json.dumps((error.what, error.remedy)))
        sys.exit(_REFUSED)


def main() -> None:
    """Load the workbook on standard input; the exit status says how that went."""
    import python_calamine

    _limit(_MOST_MEMORY)
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
