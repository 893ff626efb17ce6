"""The words of a note cut into stretches that carry the same marks.

Offsets are code points of the untouched text, here and on the page. So that none is lost on the way through HTML, every
character is shown as exactly one: a control character as its picture, a lone surrogate as the replacement character.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from rehabcoder.errors import UsageError

# Line feeds and tabs are shown as they are. A carriage return takes no room: HTML would turn "\r\n" into one character.
_PICTURES = {code: 0x2400 + code for code in range(32)} | {0x7F: 0x2421, 0x0D: 0x200B}
del _PICTURES[0x09], _PICTURES[0x0A]
# Characters that reorder text could make a note read otherwise than it is.
_PICTURES |= dict.fromkeys((*range(0x202A, 0x202F), *range(0x2066, 0x206A)), 0x2426)
_PICTURES |= dict.fromkeys(range(0x80, 0xA0), 0x2426)

_LONE_RETURN = re.compile("\r(?!\n)")


@dataclass(slots=True, frozen=True)
class Mark:
    """A stretch of the text with a meaning. `kind` is service, evidence, minutes or finding."""

    kind: str
    start: int
    end: int
    number: int = 0  # of the service or finding, from 1
    says: str = ""


@dataclass(slots=True, frozen=True)
class Segment:
    """A stretch of the text under the same marks. `begins` lists the services whose first words these are."""

    start: int
    text: str
    marks: tuple[Mark, ...] = ()
    begins: tuple[int, ...] = ()

    @property
    def service(self) -> int | None:
        return next((mark.number for mark in self.marks if mark.kind == "service"), None)

    @property
    def kinds(self) -> str:
        return " ".join(sorted({mark.kind for mark in self.marks}))

    @property
    def title(self) -> str:
        return "; ".join(mark.says for mark in self.marks if mark.says)


def shown(text: str) -> str:
    """The text as the page shows it: as many code points, none of them lost in HTML."""
    kept = "".join("\ufffd" if "\ud800" <= char <= "\udfff" else char for char in text)
    return _LONE_RETURN.sub("\n", kept).translate(_PICTURES)


def segments(text: str, marks: Iterable[Mark]) -> list[Segment]:
    """Cut the text at every mark's ends. Marks that lie outside the text are left out."""
    inside = [mark for mark in marks if 0 <= mark.start < mark.end <= len(text)]
    cuts = sorted({0, len(text), *(mark.start for mark in inside), *(mark.end for mark in inside)})
    body = shown(text)
    found = []
    for start, end in pairwise(cuts):
        over = tuple(mark for mark in inside if mark.start <= start and end <= mark.end)
        begins = tuple(mark.number for mark in over if mark.kind == "service" and mark.start == start)
        found.append(Segment(start, body[start:end], over, begins))
    return found


def checked_quote(text: str, start: int, end: int, quote: str) -> None:
    """Make sure that offsets from the page mean the words that were marked there.

    Raises:
        UsageError: they do not.
    """
    if not 0 <= start < end <= len(text) or shown(text)[start:end] != quote:
        raise UsageError("the marked words and their place do not agree", remedy="Reload the note and mark them again.")


def numbered(spans: Sequence[tuple[int | None, int | None]], kind: str, says: Sequence[str]) -> list[Mark]:
    """Marks for spans in their order; those without a place are left out but counted."""
    return [
        Mark(kind, start, end, number, word)
        for number, ((start, end), word) in enumerate(zip(spans, says, strict=True), 1)
        if start is not None and end is not None
    ]
