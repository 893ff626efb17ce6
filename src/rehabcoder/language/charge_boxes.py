"""Billed units on a form with boxes to tick: "[x] 97110 2   [ ] 97112   [x] 97140 1"."""

from __future__ import annotations

import re

from rehabcoder.language.charge_marks import Pair, code_named

_TICKED = r"(?:\[[ ]?x[ ]?\]|\([ ]?x[ ]?\)|\u2611|\u2612)"
_EMPTY = r"(?:\[[ _]{0,3}\]|\([ _]{0,3}\)|\u2610)"
_BOX = re.compile(rf"(?P<ticked>{_TICKED})|{_EMPTY}")
_LEADS = re.compile(r"[ \t*|>-]*(?:[a-z][a-z /&]{1,20}[:=-]?)?[ \t|]*")
# What stands behind a box of a bill: a code, by its number or its name, and its units.
_ENTRY = re.compile(
    r"[ \t]*(?P<number>9\d{4}|g0283)?(?![\da-z])[ \t:-]*+(?P<name>[a-z](?:[a-z/&.]|[ ](?=[a-z])){0,30})?"
    r"(?:[ \t]*[x:=(-]?[ \t]*(?P<u>[1-8])?[ \t]?(?:u|units?)?\)?)[ \t,;.|/]*"
)
_LONGEST = 240  # code points of a line


def boxed_pairs(low: str) -> list[Pair]:
    """Units of the ticked codes of the lines that hold nothing but boxes with a code each."""
    if "[" not in low and "(" not in low and "\u2611" not in low:
        return []
    out: list[Pair] = []
    at = 0
    for line in low.split("\n"):
        if len(line) <= _LONGEST:
            out += _of_line(low, at, at + len(line))
        at += len(line) + 1
    return out


def _of_line(low: str, start: int, end: int) -> list[Pair]:
    boxes = list(_BOX.finditer(low, start, end))
    if len(boxes) < 2 or not _LEADS.fullmatch(low, start, boxes[0].start()):
        return []
    out: list[Pair] = []
    for box, border in zip(boxes, [*(later.start() for later in boxes[1:]), end], strict=True):
        entry = _ENTRY.fullmatch(low, box.end(), border)
        if not entry or not (entry["number"] or entry["name"]):
            return []
        name = (entry["number"] or "").upper() or code_named(low, *entry.span("name"))
        if not name:
            return []
        if box["ticked"] and entry["u"]:
            out.append(Pair(box.start(), entry.end("u"), name, int(entry["u"]), True))
    return out
