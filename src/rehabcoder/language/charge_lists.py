"""Units stated for several codes at once: "97110, 97112 - 1 unit each", "TE/NMR 2/1 units", "TE 25/2, MT 10/1", "1 TE 2 MT".

Those of a dictation are read by `charges_spoken`, those of boxes that are ticked by `charge_boxes`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from rehabcoder.language.charge_figures import FIGURE, UNIT_WORD, units_of
from rehabcoder.language.charge_marks import Mark, Pair, code_named

_SAYS_EACH = re.compile(r"(?:each|ea|apiece|all|both|per[ \t]code)\b")
_EACH = re.compile(
    rf"[^\n.;]{{0,40}}?(?<![a-z\d]){FIGURE}[ \t-]*{UNIT_WORD}[ \t]*\(?"
    r"(?:each|ea\b|a[ \t]*piece|of[ \t]each|per[ \t]code)"
    r"|[ \t,:;()-]*(?:(?:were|was|both)[ \t]+)*(?:(?:billed|posted|charged|submitted|coded|entered)[ \t,:-]*)?(?:at[ \t]+)?"
    r"(?:all[ \t]*)?(?:x|@|at)?[ \t]*(?P<v>[1-4]|one|two)[ \t](?:each|ea|apiece)\b(?![ \t]*(?:of|:))"
    r"|[ \t,:;)-]*(?:(?:all|both|each)[ \t]*x|each)[ \t]*(?P<w>[1-4]|one|two)\b"
    r"|[ \t,:;)-]*(?:all|both)[ \t](?P<y>[1-4]|one|two)[ \t]*u"
)
_EACH_AHEAD = re.compile(
    rf"(?<![a-z\d.]){FIGURE}(?:[ \t-]*{UNIT_WORD}[ \t]*(?:of[ \t]+)?(?:each|ea)\b[^\n.;\d]{{0,16}}"
    r"|[ \t]+(?:each|ea)\b[ \t:]*(?:of[ \t]+)?)\Z"
    # "Each quarter of an hour is one unit: TE, NMR and TA", "each block made 1 unit - TE, MT"
    rf"|(?<![a-z])each(?![a-z])[^\n.;:\d]{{0,30}}[ \t](?:is|was|are|were|makes?|made|counts?[ \t]as|counted[ \t]as|=)[ \t]*(?P<v>[1-4]|one|two)[ \t-]*{UNIT_WORD}"
    r"[ \t:,(-]*(?:of[ \t]+)?\Z"
)
_EACH_FAR = 64  # code points before a name in which it may say so
# A line of its own below the services: "all 1u ea", "1 unit each", "each billed 1 unit", "x1 unit for all".
_OF_ALL = re.compile(
    rf"^[ \t*-]*(?:(?:all|each|ea)[ \t,:]*(?:(?:codes?|services|three|3|two|2|four|4|billed|charged|at|x|of[ \t](?:the[ \t])?above)[ \t,:]*){{0,3}}"
    rf"(?:(?P<u>[1-4]|one|two)[ \t-]*{UNIT_WORD}[ \t]*(?:each|ea|apiece|per[ \t]code)|(?P<w>1|one|(?<=each[ \t])[1-4])[ \t-]*{UNIT_WORD})"
    rf"|(?:(?:billed|charged|bill|charge|units?)[ \t:]*)?x?(?P<v>[1-4]|one|two)[ \t-]*{UNIT_WORD}[ \t,]*(?:each|ea|apiece|per[ \t]code|for[ \t](?:all|each)))"
    r"[ \t]*(?:code|of[ \t](?:the[ \t])?above|billed|charged)?[ \t.]*$",
    re.M,
)
_ROW = re.compile(r"[ \t]*(?:[-*+\u2022]|\d{1,2}[.)])?[ \t]*")
_BILLS = re.compile(r"(?<![a-z])(?:bill|charge|cpt|coded?(?![a-z]))")  # "Charge one each: 97110, 97112"
LISTED = re.compile(r"(?:[\s,&+/;)(]|and\b|plus\b|n\b)+")
_FIGURES = r"((?:[1-8][ \t]*[/,;-][ \t]*)+[1-8])"
_PARALLEL = re.compile(
    rf"[ \t:;,()=-]*(?:billed[ \t])?units?[ \t:=(-]*{_FIGURES}(?![\d/:]|\.\d)"
    rf"|[ \t:;,()=-]*{_FIGURES}(?=[ \t]*(?:u|units?)\b)"
)
_PARALLEL_AHEAD = re.compile(
    rf"(?<![a-z])(?:bill(?:ed|ing)?|charge[sd]?|units?|u)[ \t:=]*{_FIGURES}[ \t]*(?:u|units?)?[ \t]*(?:of|for)?[ \t:=(]*\Z"
)
_ROW_GOES_ON = r"[ \t]*(?:$|[\n,;|./+&*]|and\b|[-=]{1,2}>?[ \t]*(?:total|timed|tot|ttl|sum)\b)"
_MINUTES_FIRST = re.compile(
    r"[^\d\n]{0,30}?(?P<minutes>\d{1,3})\s?(?:minutes?|mins?|m|')?[)\]]?"
    rf"(?:[ \t]*+(?:[/|(,=>;-]++|\.{{2,}}+)[ \t]*+(?:x[ \t]*+)?|[ \t]++x[ \t]*+|\t|[ ]{{2,}}+){FIGURE}[)\]]?"
    rf"(?={_ROW_GOES_ON})"
)
# "MT 12' x1 / NMR x1 / TA 10' x1"
_NO_MINUTES = re.compile(rf"[ \t]*(?:x[ \t]?|\([ \t]?){FIGURE}[ \t]?\)?(?={_ROW_GOES_ON})")
_NEXT = re.compile(r"[ \t)\],;|/+&*.-]*(?:and[ \t])?[ \t]*")
_ROW_ENDS = re.compile(
    rf"(?<![\d.:/x-])(?P<minutes>\d{{1,3}})[ \t]*(?:minutes?|mins?|m|')?[ \t]*(?:[ \t|,/;(]){FIGURE}[ \t|)]*\Z"
)

# Nothing but figures and what may be names behind them, to the end of the line.
_COUNTED = re.compile(
    r"(?:^|(?<=[.;] ))[ \t*|-]*(?=[1-8][ \t]?[a-z])(?P<list>[1-8][ \t]?[a-z][a-z /&.-]{1,24}(?:[,;+&]?[ \t]*[1-8][ \t]?[a-z][a-z /&.-]{1,24}){1,5})[ \t|]*$",
    re.M,
)
_COUNT = re.compile(r"(?P<u>[1-8])[ \t]?(?P<name>[a-z][a-z /&-]*[a-z])[ ,;+&.]*")


def shared_pairs(low: str, marks: Sequence[Mark], says_units: bool) -> list[Pair]:
    """Units given to each code of a list, said behind it or before it."""
    out: list[Pair] = []
    for at, mark in enumerate(marks):
        border = marks[at + 1].start if at + 1 < len(marks) else len(low)
        first = last = at
        each = (
            _EACH.match(low, mark.end, border) if _SAYS_EACH.search(low, mark.end, min(border, mark.end + 60)) else None
        )
        if each:
            while first > 0 and LISTED.fullmatch(low, marks[first - 1].end, marks[first].start):
                first -= 1
        elif "ea" in (ahead := low[max(0, mark.start - _EACH_FAR) : mark.start]) and (
            says_units or _BILLS.search(ahead)
        ):
            each = _EACH_AHEAD.search(low, max(0, mark.start - _EACH_FAR), mark.start)
            while each and last + 1 < len(marks) and LISTED.fullmatch(low, marks[last].end, marks[last + 1].start):
                last += 1
        if each:
            begin, end, units = each.start(), each.end(), units_of(each)
            out += [Pair(min(m.start, begin), max(m.end, end), m.code, units, True) for m in marks[first : last + 1]]
    return out


def for_all_above(low: str, marks: Sequence[Mark]) -> list[Pair]:
    """Units that a line of its own gives to each of the rows above it: "- 97110: ...", "- 97116: ...", "all 1u ea"."""
    found = _OF_ALL.search(low) if "ea" in low or "all" in low or "per" in low else None
    if found is None:
        return []
    out: dict[str, Pair] = {}
    for mark in marks:
        line = low.rfind("\n", max(0, mark.start - 8), mark.start) + 1
        opens = (line or mark.start < 8) and _ROW.fullmatch(low, line, mark.start)
        if opens and mark.end <= found.start():
            out.setdefault(mark.code, Pair(found.start(), found.end(), mark.code, units_of(found), True))
    return list(out.values()) if len(out) > 1 else []


def counted_pairs(low: str) -> list[Pair]:
    """Units before the name of each service, in a line or a sentence of nothing else: "1 NMR 1 TE 2 MT"."""
    for found in _COUNTED.finditer(low):
        counts = list(_COUNT.finditer(low, *found.span("list")))
        codes = [code_named(low, *count.span("name")) for count in counts]
        if None not in codes and sum(len(count[0]) for count in counts) == len(found["list"]):
            named = zip(counts, codes, strict=True)
            return [Pair(n.start(), n.end("name"), code, int(n["u"]), True) for n, code in named if code]
    return []


def parallel_pairs(low: str, marks: Sequence[Mark]) -> list[Pair]:
    """Figures in the order of their codes, behind or before them ("TE/NMR units 2/1", "Billed 2-1: 97110, 97140")."""
    out: list[Pair] = []
    first = 0
    for at, mark in enumerate(marks):
        if at and not LISTED.fullmatch(low, marks[at - 1].end, mark.start):
            first = at
        found = _PARALLEL.match(low, mark.end) if at > first else None
        figures = re.findall(r"\d", found[1] or found[2]) if found else []
        if found and len(figures) == at - first + 1:
            listed = zip(marks[first : at + 1], figures, strict=True)
            out += [Pair(m.start, found.end(), m.code, int(figure), True) for m, figure in listed]
        if at > first and (at + 1 == len(marks) or not LISTED.fullmatch(low, mark.end, marks[at + 1].start)):
            begin = marks[first].start
            ahead = _PARALLEL_AHEAD.search(low, max(0, begin - 40), begin)
            figures = re.findall(r"\d", ahead[1]) if ahead else []
            if ahead and len(figures) == at - first + 1:
                listed = zip(marks[first : at + 1], figures, strict=True)
                out += [Pair(ahead.start(), m.end, m.code, int(figure), True) for m, figure in listed]
    return out


def minutes_first_pairs(low: str, marks: Sequence[Mark]) -> list[Pair]:
    """Units behind the minutes of each service ("TE 25 min / 2, MT 10 min / 1"), where the sizes agree."""
    out: dict[int, Pair] = {}
    for at, mark in enumerate(marks):
        border = marks[at + 1].start if at + 1 < len(marks) else len(low)
        line_end = low.find("\n", mark.end, border)
        found = _MINUTES_FIRST.match(low, mark.end, border) or _ROW_ENDS.search(
            low, max(mark.end, line_end - 24), line_end if line_end >= 0 else border
        )
        if found and abs(int(found["minutes"]) / 15 - units_of(found)) < 1:
            out[at] = Pair(mark.start, found.end("u"), mark.code, units_of(found), False)
    if len(out) < 2:
        return []
    for at in sorted(out):  # those of the same row that have units and no minutes
        while at + 1 < len(marks) and at + 1 not in out and _NEXT.fullmatch(low, out[at].end, marks[at + 1].start):
            at += 1
            bare = _NO_MINUTES.match(low, marks[at].end)
            if not bare:
                break
            out[at] = Pair(marks[at].start, bare.end("u"), marks[at].code, units_of(bare), False)
    return list(out.values())
