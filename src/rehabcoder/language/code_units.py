"""What the wording of a code says of its unit, which is no service's time: "97535 SELF CARE MGMT EA 15 MIN (25)".

Behind several names the same words say how long each of them took: "TE, TA and NMR each 15 min".
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence

from rehabcoder.billing.codes import one_name
from rehabcoder.language.labels import Label
from rehabcoder.language.times import TimeMention

_UNIT = 15  # minutes
_FORMS = frozenset({"min", "prime", "m", "word"})
_EACH = re.compile(r"(?<![a-z\d])(?:ea(?:ch)?|per|every|q)\b\.?[ \t-]{0,2}(?:unit[ \t]of[ \t])?\Z")
_INITIAL = re.compile(r"(?<![a-z])init(?:ial)?\b\.?[ \t-]{0,2}\Z")
_EACH_FAR = 16  # code points of such words
_NAMES_FAR = 120  # code points of the wording
_LINE = 200  # code points in which its line begins
_ONE_INITIAL = "97129"  # the code whose first unit goes by another number than all further ones
# The wording goes on without a figure but "1 or more areas", and without a word that counts what was done.
_WORDING = re.compile(
    r"(?:1[ \t]?(?:/>|\+|or[ \t]more)|(?!both\b|legs?\b|arms?\b|sides?\b|knees?\b|hands?\b|shoulders?\b|sets?\b|reps?\b|of\b)[a-z]++|\.(?!\s)|[ \t,/&()'*>|-])*+"
)
_JOINED = re.compile(r"[ \t(-]*+(?:(?:[,/&+]|and\b|plus\b)[ \t]*+)*")
_FIGURE = re.compile(r"\d")
_OPENS = re.compile(r"(?:[^\n:]{0,40}:)?[^a-z\d\n]*")


def units_of_codes(low: str, labels: Sequence[Label], times: Sequence[TimeMention]) -> set[int]:
    """Where times begin that only say what one unit of the code before them is."""
    return {
        mention.start
        for mention in times
        if mention.minutes == _UNIT and mention.form in _FORMS and _is_unit(low, labels, mention)
    }


def _is_unit(low: str, labels: Sequence[Label], mention: TimeMention) -> bool:
    ahead = max(0, mention.start - _EACH_FAR), mention.start
    each = _EACH.search(low, *ahead)
    initial = None if each else _INITIAL.search(low, *ahead)
    said = each or initial
    if not said:
        return False
    near = max(0, said.start() - _LINE)
    line = max(near, low.rfind("\n", near, said.start()) + 1)
    stop = bisect_left(labels, said.start(), key=lambda label: label.start)
    first = stop
    while first and labels[first - 1].end > max(line, said.start() - _NAMES_FAR):
        if first < stop and not _JOINED.fullmatch(low, labels[first - 1].end, labels[first].start):
            break
        first -= 1
    names = labels[first:stop]
    if len({one_name(label.code) for label in names}) != 1 or (initial and one_name(names[0].code) != _ONE_INITIAL):
        return False
    if not _WORDING.fullmatch(low, names[-1].end, said.start()):
        return False
    other = labels[first - 1] if first and labels[first - 1].end > line else None
    if other and other.code != names[0].code and not _FIGURE.search(low, other.end, names[0].start):
        return False  # "manual to the neck, ther ex, each 15 min"
    return names[0].number or _OPENS.fullmatch(low, line, names[0].start) is not None
