"""A note's text with marks around its services, minutes and the words that decided."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from rehabcoder.cli.plain import printable
from rehabcoder.note import CodedNote

if TYPE_CHECKING:
    from rich.text import Text

_COLOURS = ("cyan", "green", "magenta", "blue", "yellow", "bright_red")
LEGEND = "Marks, no part of the note: [1 CODE: a service and its code ], {its minutes}, <words that decided>."


@dataclass(slots=True, frozen=True)
class _Mark:
    start: int
    end: int
    opening: str
    closing: str
    style: str


def marked(text: str, coded: CodedNote, *, brackets: bool) -> Text:
    """The text, in colours; with `brackets` also with brackets, which need no colours. The number stands always."""
    from rich.text import Text

    shown, out, open_marks = printable(text), Text(), list[_Mark]()
    marks = sorted(_marks(coded, brackets), key=lambda mark: (mark.start, -mark.end))
    borders = sorted({0, len(text), *(mark.start for mark in marks), *(mark.end for mark in marks)})
    for at, following in zip(borders, [*borders[1:], len(text)], strict=True):
        for mark in reversed(open_marks):
            if mark.end == at:
                out.append(mark.closing, mark.style)
        open_marks = [mark for mark in open_marks if mark.end > at]
        for mark in marks:
            if mark.start == at < mark.end:
                out.append(mark.opening, f"{mark.style} reverse" if mark.opening.strip() and not brackets else "")
                open_marks.append(mark)
        style = " ".join(mark.style for mark in open_marks)
        out.append(shown[at:following], style)
    return out


def _marks(coded: CodedNote, brackets: bool) -> list[_Mark]:
    out = []
    for number, service in enumerate(coded.interventions, 1):
        colour, name = _COLOURS[(number - 1) % len(_COLOURS)], f"{number} {service.code}"
        head, tail = (f"[{name}: ", " ]") if brackets else (f" {name} ", "")
        out.append(_Mark(service.start, service.end, head, tail, colour))
        curly, pointed = (("{", "}"), ("<", ">")) if brackets else (("", ""), ("", ""))
        if service.minutes_span is not None:
            out.append(_Mark(service.minutes_span.start, service.minutes_span.end, *curly, f"{colour} bold underline"))
        out += [_Mark(words.start, words.end, *pointed, f"{colour} bold") for words in service.why]
    return out
