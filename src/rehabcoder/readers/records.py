"""The records of a table as text, forgiving where exports are sloppy.

A record is read strictly first. One with stray quotation marks in a quoted cell (`"step 6" high"`) is read again with
those taken literally. One that stays broken becomes a failed row, and reading goes on at the next line that begins a
record with as many cells as the header; so a quotation mark that is never closed costs one note, not the file.
"""

from __future__ import annotations

import csv
import re
from collections import deque
from collections.abc import Iterator
from functools import cache

from rehabcoder.errors import ReadError
from rehabcoder.readers.streams import MAX_LINE, Line

_LINE = 100  # bytes that a line takes beside its text, so that a cell of empty lines does not fill the memory
_LOOKAHEAD = 200  # lines that one record may span when a broken one before it has to be told apart
REMEDY = "Put quotation marks around cells that hold line ends or commas, and double those inside; or export as JSONL."


class Record:
    """One row: its number as a spreadsheet counts (the header is 1), its first line, its cells or what is wrong."""

    __slots__ = ("cells", "line", "number", "problem")

    def __init__(self, number: int, line: int, cells: list[str], problem: str | None = None) -> None:
        self.number, self.line, self.cells, self.problem = number, line, cells, problem


class _TooLong(Exception):
    """The record at hand is longer than any note; csv.reader lets it through and starts afresh at the next line."""


class _Feed:
    """Hands lines to csv.reader and keeps those of the record at hand, so that they can be read again."""

    def __init__(self, source: Iterator[Line]) -> None:
        self._source = source
        self.pending: deque[Line] = deque()
        self.taken: list[Line] = []
        self._size = 0

    def begin(self) -> None:
        self.taken, self._size = [], 0

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = self.pending.popleft() if self.pending else next(self._source)
        self.taken.append(line)
        if line.text is None:
            raise _TooLong
        self._size += len(line.text) + _LINE
        if self._size > MAX_LINE:
            raise _TooLong
        return line.text

    def peek(self, number: int) -> list[Line]:
        """The next lines, at most `number` and no more than one record may hold, still to be handed out."""
        ahead: list[Line] = []
        size = 0
        while len(ahead) < number and size <= MAX_LINE:
            if len(ahead) == len(self.pending):
                if (line := next(self._source, None)) is None:
                    break
                self.pending.append(line)
            ahead.append(self.pending[len(ahead)])
            size += len(ahead[-1].text or "") + _LINE
        return ahead


class Records:
    """The rows below the header. Blank lines are counted and left out."""

    def __init__(self, source: Iterator[Line], delimiter: str) -> None:
        self._feed = _Feed(source)
        self._delimiter = delimiter
        self._reader = csv.reader(self._feed, delimiter=delimiter, strict=True)
        self._number = 0
        self.header: list[str] = []
        self.header = self._header()

    def _header(self) -> list[str]:
        for record in self:
            if record.problem:
                break
            if record.cells and not record.cells[0].lower().startswith("sep="):
                return [cell.strip() for cell in record.cells]
        raise ReadError("its first row cannot be read as column names", remedy=REMEDY)

    def __iter__(self) -> Iterator[Record]:
        width = len(self.header)
        while True:
            self._feed.begin()
            try:
                cells = next(self._reader)
            except StopIteration:
                return
            except (csv.Error, _TooLong) as error:
                self._number += 1
                yield self._again(error)
                continue
            self._number += 1
            if not cells:
                continue
            line = self._feed.taken[0].number
            width = width or len(self.header) or len(cells)
            if any(cells[width:]):
                problem = f"it has {len(cells)} cells where the header has {width}"
                yield Record(self._number, line, cells, problem)
            else:
                yield Record(self._number, line, cells)

    def _again(self, error: Exception) -> Record:
        """The record that strict reading broke off, read forgivingly, or what is wrong with it."""
        taken = self._feed.taken
        first = taken[0]
        self._feed.pending.extendleft(reversed(taken[1:]))
        if first.text is None:
            return Record(self._number, first.number, [], f"it is longer than {MAX_LINE // 2**20} MB")
        ahead = self._feed.peek(_LOOKAHEAD)
        split = _Forgiving(self._delimiter, len(self.header))
        text = first.text
        for more in range(len(ahead) + 1):
            if split.feed(text) and self._may_begin_record(ahead[more:]):
                for _ in range(more):
                    self._feed.pending.popleft()
                return Record(self._number, first.number, split.cells())
            if more == len(ahead) or (following := ahead[more].text) is None or self._begins_record(ahead[more:]):
                break
            text = following
        skipped = self._resynchronise()
        problem = "a quotation mark is missing or stray" if isinstance(error, csv.Error) else "it is too long"
        if skipped:
            problem += f", and the {skipped} lines after it belong to it or are as broken"
        return Record(self._number, first.number, [], problem)

    def _resynchronise(self) -> int:
        """Skip lines up to one that begins a record with as many cells as the header; how many were skipped."""
        skipped = 0
        while ahead := self._feed.peek(1):
            if (ahead[0].text or "").strip() and self._begins_record(self._feed.peek(_LOOKAHEAD)):
                break
            self._feed.pending.popleft()
            skipped += 1
        return skipped

    def _may_begin_record(self, ahead: list[Line]) -> bool:
        """Whether what follows is the end of the file, a record, or a line like the start of a record as sloppy."""
        part = re.escape(self._delimiter)
        sloppy = re.compile(f'(?:"[^"]*"|[^"{part}]*){part}"')
        return not ahead or self._begins_record(ahead) or sloppy.match(ahead[0].text or "") is not None

    def _begins_record(self, ahead: list[Line]) -> bool:
        texts = (line.text or "" for line in ahead)
        try:
            return len(next(csv.reader(texts, delimiter=self._delimiter, strict=True), ())) == len(self.header)
        except csv.Error:
            return False


class _Forgiving:
    """Splits one record where a quotation mark may stand inside a quoted cell. Each of its lines is looked at once."""

    def __init__(self, delimiter: str, width: int) -> None:
        self._delimiter, self._width = delimiter, width
        self._whole: list[str] = []
        self._open: list[str] | None = None  # the quoted cell that has not ended, or may go on: its text, line by line
        self._end = ""  # what the last line adds to the last cell, if it ends with it
        self._hopeless = False

    def feed(self, line: str) -> bool:
        """Whether the record has all its cells with this line. It may still go on: a mark at its end may be a stray one."""
        text = line if line.endswith("\n") else line + "\n"
        at = 0
        while not self._hopeless and len(self._whole) < self._width:
            last = len(self._whole) == self._width - 1
            if self._open is None and text.startswith('"', at):
                self._open, at = [], at + 1
            match = _cell_pattern(self._delimiter, self._open is not None, last).match(text, at)
            if match is None or last:
                if self._open is None:
                    self._hopeless = True  # a cell without quotation marks has no further line
                else:
                    self._open.append(line[at:])
                self._end = match["cell"] if match else ""
                return match is not None
            self._whole.append(_cell(self._open, match["cell"]))
            self._open, at = None, match.end()
        return not self._hopeless

    def cells(self) -> list[str]:
        """The cells, after a line with which the record has all of them."""
        before = None if self._open is None else self._open[:-1]
        return [*self._whole, _cell(before, self._end)] if self._width else []


def _cell(quoted: list[str] | None, end: str) -> str:
    return end if quoted is None else "".join((*quoted, end)).replace('""', '"')


@cache
def _cell_pattern(delimiter: str, quoted: bool, last: bool) -> re.Pattern[str]:
    """A cell with its end, from behind the quotation mark that it begins with, if it does."""
    part = re.escape(delimiter)
    end = r"\r?\n\Z" if last else part
    # A quotation mark inside is one that does not end the cell. Possessive, so that no input takes long.
    cell = f'(?P<cell>(?:[^"]|""|"(?!{end}))*+)"' if quoted else f'(?P<cell>[^"{part}\\r\\n][^{part}\\r\\n]*|)'
    return re.compile(cell + end)
