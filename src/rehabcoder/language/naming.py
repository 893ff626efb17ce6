"""Gives each service the label that the note itself gives it: in its own words, in front of them, or in a billing line."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence

from rehabcoder.language.labels import Label
from rehabcoder.language.reading import Reading
from rehabcoder.language.totals import Stated

_LEAD = 26  # code points in front of a service in which its label may still stand, on the same line
_EVALUATION = ("97161", "97162", "97163", "97164", "97165", "97166", "97167", "97168")
_SAME = {"97014": "G0283", "97130": "97129"}


def label_services(
    reading: Reading, places: Sequence[tuple[int, int]], supported: Sequence[str], stated: Stated
) -> list[Label | None]:
    """The label of each service, or None. `supported` are the codes that the descriptions alone support."""
    labels, low = reading.labels, reading.low
    out: list[Label | None] = []
    for index, (start, end) in enumerate(places):
        floor = places[index - 1][1] if index else 0
        line = low.rfind("\n", 0, start) + 1
        lowest = max(floor, line, start - _LEAD)
        at = bisect_left(labels, lowest, key=lambda la: la.start)
        near: list[Label] = []
        while at < len(labels) and labels[at].start < end:
            near.append(labels[at])
            at += 1
        out.append(_best(reading, near, start, end, supported[index]))
    _from_the_bill(stated, supported, out)
    return out


def _best(reading: Reading, near: list[Label], start: int, end: int, supported: str) -> Label | None:
    if not near:
        return None
    numbers = [la for la in near if la.number]
    if numbers:
        return numbers[0]
    names = [la for la in near if _counts(la, start, end, supported)]
    if not names:
        return None
    leading = [la for la in names if la.start - start < 30]
    return (leading or names)[0]


def _counts(label: Label, start: int, end: int, supported: str) -> bool:
    """A name in the middle of a description ("ice refused", "gait belt") is a label only where it opens or closes it, or
    agrees with what is described."""
    opens = label.start - start < 30
    closes = end - label.end < 16
    return (
        opens
        or (closes
        and label.strong)
        or _SAME.get(label.code, label.code) == supported
        or (label.strong
        and label.code in ("97110", "97112", "97530"))
    )


def _from_the_bill(stated: Stated, supported: Sequence[str], out: list[Label | None]) -> None:
    """A charge line labels the services that it plainly matches: one unlabelled service of a billed code."""
    if not stated.units or not stated.units_span:
        return
    start, end = stated.units_span
    named = {_SAME.get(la.code, la.code) for la in out if la}
    open_ones = [i for i, la in enumerate(out) if la is None and supported[i] != "none"]
    billed = {_SAME.get(code, code): code for code in stated.units}
    wanted = Counter(supported[i] for i in open_ones)
    for i in open_ones:
        code = supported[i]
        if code in billed and (code not in named or wanted[code] >= 1):
            out[i] = Label(start, end, billed[code], True, False)
    left = [code for code in billed if code not in named and code not in {supported[i] for i in open_ones}]
    still = [i for i in open_ones if out[i] is None]
    if len(left) == 1 and len(still) == 1:
        out[still[0]] = Label(start, end, billed[left[0]], True, False)
