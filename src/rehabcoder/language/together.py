"""What the layout of a note says of which lines are services together: rows of one code with one time, columns of codes."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Collection, Sequence
from itertools import pairwise

from rehabcoder.billing.codes import one_name
from rehabcoder.language.closing import Block
from rehabcoder.language.detail import content_words
from rehabcoder.language.footer_minutes import footer_times
from rehabcoder.language.reading import Reading
from rehabcoder.language.shared import NO_LENGTH, together_behind
from rehabcoder.language.tables import table_rows

_UNDONE = re.compile(
    r"(?<![a-z])(?:deferred|refused|declined|cancell?ed|not\s(?:done|given|started))(?![a-z])"
    r"|\|\s*(?:(?:held|hold|omitted|skipped)\s*(?:\||$)|0\s*(?:\||$))"
)
_HEADING = 80  # code points of a heading
_TOLD = 30  # code points of words that tell of a service
_LEAST = 2  # cells with nothing but a code that make a column of codes
_CLOSING_CELL = re.compile(r"[ \t|]*(?:\n|$)")
_CELL_FORMS = frozenset({"bare", "cell"})  # a time with its unit may be a dose ("Bike  7 min")
_EDGE_FORMS = frozenset({"trail", "label"})
_EDGE = re.compile(r"[ ]{3}\Z")
_GAP = 4  # code points before a figure at the edge of a sheet
_ROW = 200  # code points of a row
_SECOND_FIGURE = re.compile(r"(?:[ ]{2}|\A)[\d./:-]+\Z|[ ]{2}[\d./:-]+[ ]{2}")
_SUM = re.compile(r"[ \t*]*(?:total|timed|tot|ttl|billed|charges?|units)(?![a-z])|[ \t*]*97\d{3}\Z")
_SUM_LINE = re.compile(r"(?<![a-z])(?:total|timed|tot|ttl)(?![a-z])[^\n]{0,80}")
_FIGURE = re.compile(r"\d{2,3}")
_SHEET = 3  # rows with minutes in their last cell that show a layout
Span = tuple[int, int]


def coded_rows(reading: Reading, aside: Collection[int]) -> list[Span]:
    """The rows of tables that have a code alone in the cell in which the other rows have theirs, each given by its pieces.

    Where a column gives every row its code, every row is a service; pieces set `aside` are none.
    """
    low, labels = reading.low, reading.labels
    rows = table_rows(low) if labels else []
    if not rows:
        return []
    cells: list[
        tuple[int, int, int]
    ] = []  # which cell of a row holds a code and nothing else; where the row begins and ends
    at = 0
    for start, end in rows:
        while at < len(labels) and labels[at].start < start:
            at += 1
        index = at
        while index < len(labels) and labels[index].end <= end:
            label = labels[index]
            before, behind = low[start : label.start].rstrip(), low[label.end : end].lstrip()
            if (not before or before.endswith("|")) and (not behind or behind.startswith("|")):
                cells.append((before.count("|"), start, end))
                break
            index += 1
    columns = Counter(column for column, *_ in cells)
    begins = [piece.start for piece in reading.pieces]
    out: list[Span] = []
    for column, start, end in cells:
        a, b = bisect_left(begins, start), bisect_left(begins, end)
        given = a < b and not any(k in aside for k in range(a, b)) and not _UNDONE.search(low, start, end)
        if columns[column] >= _LEAST and given:
            out.append((a, b))
    return out


def with_rows(spans: Sequence[Span], rows: Sequence[Span]) -> list[Span]:
    """The services with the rows added that lie outside of all of them."""
    free = [row for row in rows if not any(a < row[1] and row[0] < b for a, b in spans)]
    return sorted([*spans, *free])


def with_blocks(reading: Reading, spans: Sequence[Span], blocks: Sequence[Block], aside: Collection[int]) -> list[Span]:
    """The services with each of the `blocks` whole and one service, those that were not given left as they are."""
    if not blocks:
        return list(spans)
    begins, ends = [piece.start for piece in reading.pieces], [piece.end for piece in reading.pieces]
    out = list(spans)
    for block in blocks:
        a, b = bisect_right(ends, block.start), bisect_left(begins, block.end)
        if all(k in aside for k in range(a, b)):
            continue
        touched = [span for span in out if span[0] < b and a < span[1]]
        if not touched and (
            not block.time or not block.time.minutes or _UNDONE.search(reading.low, block.start, block.end)
        ):
            continue
        rest = [part for s, e in touched for part in ((s, min(e, a)), (max(s, b), e)) if part[0] < part[1]]
        out = sorted([*(span for span in out if span not in touched), *rest, (a, b)])
    return out


def timed_headings(reading: Reading) -> list[int]:
    """The pieces that fill a line with nothing but the code and the minutes of a service, where there are several: each opens
    a service of its own, though its code be that of the one before."""
    low, pieces, labels = reading.low, reading.pieces, reading.labels
    out: list[int] = []
    before: str | None = None  # the code of the heading before
    at = 0
    for index, piece in enumerate(pieces):
        while at < len(labels) and labels[at].start < piece.start:
            at += 1
        if at == len(labels):
            break
        label = labels[at]
        alone = piece.first and (index + 1 == len(pieces) or pieces[index + 1].first)
        if (
            not alone
            or label.end > piece.end
            or piece.end - piece.start > _HEADING
            or not _timed(reading, (index, index + 1))
        ):
            continue
        named = [other for other in labels[at : at + 4] if other.end <= piece.end]
        if content_words(low, labels, piece.start, piece.end) or len({one_name(other.code) for other in named}) > 1:
            continue
        code = next((other.code for other in named if other.number), label.code)
        # 97129 and 97130 are one service in two parts.
        if before is None or code == before or one_name(code) != one_name(before):
            out.append(index)
        before = code
    return out if len(out) > 1 else []


def opened_by_headings(reading: Reading, headings: Sequence[int], aside: Collection[int]) -> Sequence[int]:
    """The `headings` of a number and minutes, where every one of a note has words below it that tell of its service: no charges."""
    low, pieces, labels = reading.low, reading.pieces, reading.labels
    for index in headings:
        piece = pieces[index]
        if index in aside or index + 1 == len(pieces) or index + 1 in aside or index + 1 in headings:
            return []
        at = bisect_left(labels, piece.start, key=lambda label: label.start)
        below = pieces[index + 1]
        if not labels[at].number or low.count("\n", piece.end, below.start) != 1:
            return []
        if (
            below.end - below.start < _TOLD
            or reading.times_in(below.start, below.end)
            or reading.labels_in(below.start, below.end)
        ):
            return []
    return headings


def at_headings(spans: Sequence[Span], headings: Sequence[int]) -> list[Span]:
    """The services parted where one of the `headings` stands within one; at the end of one it gives its time ("TE min  25")."""
    if not headings:
        return list(spans)
    out: list[Span] = []
    for a, b in spans:
        cuts = [a, *headings[bisect_right(headings, a) : bisect_left(headings, b - 1)], b]
        out += pairwise(cuts)
    return out


def timed_rows(reading: Reading) -> list[int]:
    """Behind which pieces a row ends that has minutes of its own in its last cell, where a note is a sheet of such rows."""
    low = reading.low
    edge = _at_the_edge(reading) if "   " in low else []
    if "\t" not in low and "|" not in low:
        return edge
    out: list[int] = []
    for mention in reading.times:
        closing = _CLOSING_CELL.match(low, mention.end) if mention.form in _CELL_FORMS else None
        if closing and low[max(0, mention.start - 4) : mention.start].rstrip(" ")[-1:] in ("\t", "|"):
            index = bisect_left(reading.pieces, mention.end, key=lambda piece: piece.end)
            if index < len(reading.pieces) and reading.pieces[index].start < mention.start:
                out.append(index + 1)
    return out if len(out) >= _SHEET else edge


def _at_the_edge(reading: Reading) -> list[int]:
    """Behind which pieces a row ends whose only figure far from its words is its minutes, where those of several stand one
    under another and come to what the note states: "LAQ 2# 3x10, SLR 2x10     14"."""
    low = reading.low
    rows: list[
        tuple[int, int, int, int]
    ] = []  # where the figure begins and ends in its line, where in the text; minutes
    for mention in reading.times:
        if mention.form not in _EDGE_FORMS or not _EDGE.search(low, max(0, mention.start - _GAP), mention.start):
            continue
        line = low.rfind("\n", max(0, mention.start - _ROW), mention.start) + 1
        words = low[line : mention.start].rstrip()
        if _CLOSING_CELL.match(low, mention.end) and words and not (_SECOND_FIGURE.search(words) or _SUM.match(words)):
            rows.append((mention.start - line, mention.end - line, mention.end, mention.minutes))
    columns = (Counter(row[0] for row in rows), Counter(row[1] for row in rows))
    rows = [row for row in rows if max(columns[0][row[0]], columns[1][row[1]]) >= _SHEET - 1]
    if len(rows) < _SHEET or not _come_to_a_total(low, [row[3] for row in rows]):
        return []
    out: list[int] = []
    for _, _, at, _ in rows:
        index = bisect_left(reading.pieces, at, key=lambda piece: piece.end)
        if index < len(reading.pieces) and reading.pieces[index].start < at:
            out.append(_with_lines_below(reading, index + 1, {row[2] for row in rows}))
    return out


def _come_to_a_total(low: str, minutes: Sequence[int]) -> bool:
    """Whether a line with a word for a total gives what they come to, all or all but one: a pack is not timed."""
    whole = sum(minutes)
    stated = {int(figure) for line in _SUM_LINE.findall(low) for figure in _FIGURE.findall(line)}
    return not stated.isdisjoint([whole, *(whole - one for one in minutes)])


def _with_lines_below(reading: Reading, index: int, ends: Collection[int]) -> int:
    """Behind which piece a row ends that goes on in lines set in below it, none of which has minutes of its own."""
    low, pieces = reading.low, reading.pieces
    last = index
    while last < len(pieces) and low[max(0, pieces[last].start - 2) : pieces[last].start] == "  ":
        line = low.find("\n", pieces[last].start)
        if any(pieces[last].start < end <= (line if line >= 0 else len(low)) for end in ends):
            return index  # what is set in closes with the minutes of a further row
        last += 1
    return last


def split_rows(spans: Sequence[Span], rows: Sequence[int]) -> list[Span]:
    """The services with those cut that hold several `rows` with minutes of their own, behind each."""
    out: list[Span] = []
    for start, end in spans:
        for cut in rows[bisect_right(rows, start) : bisect_left(rows, end)]:
            out.append((start, cut))
            start = cut
        out.append((start, end))
    return out


class OnlyCodes(dict[Span, str | None]):
    """The code that all labels of a service mean, or None. Ways to cut a note share most services: each is looked at once."""

    def __init__(self, reading: Reading) -> None:
        super().__init__()
        self._pieces = reading.pieces
        self._places = [label.start for label in reading.labels]
        self._codes = [one_name(label.code) for label in reading.labels]

    def __missing__(self, span: Span) -> str | None:
        first = bisect_left(self._places, self._pieces[span[0]].start)
        codes = self._codes[first : bisect_left(self._places, self._pieces[span[1] - 1].end, lo=first)]
        self[span] = only = codes[0] if codes and codes.count(codes[0]) == len(codes) else None
        return only


def join_rows(reading: Reading, spans: Sequence[Span], only: OnlyCodes | None = None) -> list[Span]:
    """The services, given by their pieces, with rows of one code joined where the note gives that code one time and no more.

    Rows that all have minutes of their own stay services of their own (labelling guide, settled cases). `only` holds what
    is known of the codes of this note's services from other ways to cut it.
    """
    if not reading.labels or len(spans) < 2:
        return list(spans)
    pieces = reading.pieces
    codes = list(map((OnlyCodes(reading) if only is None else only).__getitem__, spans))
    beside = [
        codes[k] is not None and codes[k] == codes[k + 1] and _adjacent(reading, spans[k], spans[k + 1])
        for k in range(len(spans) - 1)
    ]
    if not any(beside):
        return list(spans)
    closing = [(t.start, many) for t in reading.times if (many := together_behind(reading.low, t)) is not None]
    footer = footer_times(reading, [(pieces[a].start, pieces[b - 1].end) for a, b in spans], ())
    once = {one_name(code) for code, times in footer.items() if len(times) == 1}
    out: list[Span] = []
    first = 0
    for last in range(len(spans)):
        if last < len(beside) and beside[last]:
            continue
        run = spans[first : last + 1]
        many = _closed(reading, run, closing) if closing else 0
        if len(run) > 1 and codes[first] in once and not all(_timed(reading, span) for span in run):
            out.append((run[0][0], run[-1][1]))
        elif many:
            out += [*run[:-many], (run[-many][0], run[-1][1])]
        else:
            out += run
        first = last + 1
    return out


def _closed(reading: Reading, run: Sequence[Span], closing: Sequence[tuple[int, int]]) -> int:
    """How many rows at the end of a run the time of its last one says that it is for: "16 min for the 3"; else 0."""
    pieces = reading.pieces
    start, end = pieces[run[-1][0]].start, pieces[run[-1][1] - 1].end
    at = bisect_left(closing, (start, 0))
    many = (closing[at][1] or len(run)) if at < len(closing) and closing[at][0] < end else 0
    return many if 1 < many <= len(run) and not any(_timed(reading, span) for span in run[-many:-1]) else 0


def _adjacent(reading: Reading, one: Span, two: Span) -> bool:
    """Whether two services stand on lines of their own with nothing between them."""
    pieces = reading.pieces
    if one[1] != two[0] or not pieces[two[0]].first:
        return False
    return reading.low.count("\n", pieces[one[1] - 1].end, pieces[two[0]].start) == 1


def _timed(reading: Reading, span: Span) -> bool:
    start, end = reading.pieces[span[0]].start, reading.pieces[span[1] - 1].end
    return any(time.form not in NO_LENGTH for time in reading.times_in(start, end))


def in_parts(
    reading: Reading, places: Sequence[Span], labels: Sequence[str | None], minutes: Sequence[int | None]
) -> dict[int, range]:
    """Services that are nothing but the heading of the ones that follow, which are its parts: "97110, 38 min" above "bike on
    her own, 15 min" and "with me, 23 min". Its time is the sum of theirs, and none of them has another label.

    `places` are the spans of the services. Gives the number of each such heading with the numbers of its parts.
    """
    out: dict[int, range] = {}
    for index, ((start, end), label, whole) in enumerate(zip(places, labels, minutes, strict=True)):
        if label is None or not whole or content_words(reading.low, reading.labels, start, end):
            continue
        total, last = 0, index
        while last + 1 < len(places) and labels[last + 1] in (None, label) and total < whole:
            last += 1
            total += minutes[last] or whole + 1  # a part without a time is none
        if total == whole and last > index + 1:
            out[index] = range(index + 1, last + 1)
    return out
