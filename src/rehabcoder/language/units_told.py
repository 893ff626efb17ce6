"""The number of billed units that a note tells without codes: "Billed 3 units.", "Total units: 3", "28 min, 3u".

Only what is plainly the bill of this session is read: a plan, an allowance, a limit, another visit, the units of one
service or of a drug are left alone, and so are several numbers that do not agree. Words for billing or for a total
beside the number tell it apart, or a sentence that holds nothing else but minutes.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from functools import cache
from typing import NamedTuple

from rehabcoder.language.patterns import knowledge, sentence_starts, whole_words
from rehabcoder.language.reading import Reading
from rehabcoder.language.times import number
from rehabcoder.language.total_words import total_words

_TOTAL, _BILLED, _ALONE = 3, 2, 1  # how plainly the words say that it is the bill of the session
_MOST = 16  # units of one session
_FAR = 60  # code points; a note without full stops says much else in one sentence
_LONG = 200  # code points of a sentence that are looked at on either side
_NUMBER = r"(?P<n>\d{1,2}|one|two|three|four|five|six|seven|eight|nine|ten)"
_KINDS = (
    r"(?P<kind>(?:(?:timed|billable|billed|bill|charged?|charges?|total|tot|ttl|tx|treatment|therapy|cpt|pt|ot"
    r"|skilled|8[ -]min(?:ute)?"
    r"|of|for|today'?s?|this|visit|session|dos|in|all|number)[. \t-]{1,3}){0,5}+)"
)
_SAYS_UNITS = re.compile(r"units?(?![a-z])|\du(?![a-z])|(?<=[\s\d])u[ \t]?[:=]|\bu(?=[ \t.,;\n]|\Z)|\buts?\b")
_UNITS_LAST = re.compile(
    rf"(?<![\w.$#/+~-])(?<!\d[:,])(?<!\d )x?{_NUMBER}[ \t-]{{0,2}}{_KINDS}(?:units?|uts?|u)(?![a-z\d/])"
)
_UNITS_FIRST = re.compile(
    rf"(?<![a-z])(?<!\d)(?<!\d[ -]){_KINDS}(?:units|uts?(?=[ \t]?[:=])|u(?=[ \t]?[:=]))"
    r"(?P<more>(?:[ \t]+(?:billed|charged|claimed|submitted|total|today|this|visit|session|for|were|was|are|is))*+)"
    rf"\)?[ \t]{{0,3}}[:=x#-]?[ \t]{{0,3}}{_NUMBER}(?![\w%:]|[.,]\d|[ \t]?[/,+&-][ \t]?\d|[ \t]+\d)"
)
_OF_TOTAL = re.compile(
    r"(?<![a-z])(?:sub)?(?P<word>total(?:s|ing|ed)?|tot|ttl|in all|altogether|all told|overall)(?![a-z])"
)
_ADDED_UP = re.compile(
    r"[ \t,(]{1,3}(?:in )?(?:total|tot|ttl|in all|altogether|all told|overall)(?![a-z]|[ \t]*(?:time|min|tx"
    r"|treatment|[:=\d]))"
)
_OF_BILL = re.compile(
    r"(?<![a-z-])(?:bill(?:ed|ing|s|able)?|charges?|charged|charging|ch(?:r?)gs?|submitted|submitting"
    r"|claim(?:ed|ing)?|coded|coding"
    r"|invoiced|posted|put in for|put through)(?![a-z])"
)
_BILLED_BEHIND = re.compile(
    r"[ \t,(]{1,3}(?:(?:was|were|are|is|to be|have been|being|will be) )?(?:billed|billing|charged|submitted"
    r"|claimed|coded|posted)(?![a-z])"
)
_SPELLED = (
    r"(?:ten|eleven|twelve|[a-z]{3,5}teen|twenty|thirty|forty|fifty|sixty)"
    r"(?:[ -](?:one|two|three|four|five|six|seven|eight|nine))?"
)
_NOTHING_ELSE = re.compile(
    rf"(?:[^a-z\d]|(?:\d{{1,3}}|{_SPELLED})[ \t-]?(?:(?:minutes?|mins?|mns?|m)(?![a-z])|(?![a-z\d/:.]))"
    r"|(?:total|tot|ttl|timed?|tx|treatment|therapy|session|visit|today|pt|ot|direct|skilled|all|one on one"
    r"|and|for|units?|was|in|of"
    r"|minutes|mins?|1:1)(?![a-z]))*+"
)
# Right before or behind the number, or in the words up to it: something else than what is billed for this session.
_NOT_THE_BILL = re.compile(
    r"(?<![a-z])(?:up to|at most|max(?:imum)?|min(?:imum)? of|at least|limit(?:ed|s)?|cap(?:ped)?|allow(?:ed|s"
    r"|ance|able)?|approved?|covers?|covered"
    r"|can(?:not|'t)?|could|should|would|may|if|instead|rather|not|no|goal|target|requested?|requests?|used"
    r"|left|balance|un-?timed|non-?timed"
    r"|except|minus|heparin|insulin|botox|botulinum|prbcs?|blood|tens|nmes|stim|ward|floor|weekly|monthly"
    r"|per (?:week|month|day|visit|session|tx))(?![a-z])"
)
_NOT_BEHIND = re.compile(
    r"[ \t,(/]{0,3}(?:each|apiece|per|every|an? (?:day|visit|session|week)|visit|session|day|week"
    r"|of(?! (?:skilled |timed |direct )*(?:therapy|treatment|tx|pt|ot|service|care|rehab|time))"
    r"|more|extra|additional|left|remain(?:s|ing)?|used|auth|authori[sz]ed|approved|allowed|max(?:imum)?|limit"
    r"|short|next|not|under|over|less|unbilled|n/c|no charge"
    r"|un-?timed|non-?timed|prbcs?|insulin|heparin|botox|blood|sq|subq|iv|daily|weekly|at bedtime|bid|tid"
    r"|to go)(?![a-z])"
)
_TIMED = re.compile(r"(?<![a-z-])timed(?![a-z])")


class UnitsTold(NamedTuple):
    """A number of billed units told without codes, and where; `timed` if the words leave untimed services out."""

    units: int
    start: int
    end: int
    timed: bool


class _Found(NamedTuple):
    told: UnitsTold
    strength: int


@cache
def _other_days() -> tuple[re.Pattern[str], re.Pattern[str], re.Pattern[str]]:
    table = knowledge("totals")["billing"]
    return whole_words(table["past"]), whole_words(table["planned"]), whole_words(table["never"])


def units_told(reading: Reading, services: list[tuple[int, int]]) -> UnitsTold | None:
    """The number of units that the note plainly states as the bill of this session, without saying of which codes.

    Args:
        reading: the note.
        services: where its timed services stand; a number within one of several is that service's.
    """
    low = reading.low
    if not _SAYS_UNITS.search(low):
        return None
    places = [m for pattern in (_UNITS_LAST, _UNITS_FIRST) for m in pattern.finditer(low)]
    if not places:
        return None
    stops = [*sentence_starts(low), len(low)]
    found = [f for m in places if (f := _read(reading, m, stops, services)) is not None]
    for strength in (_TOTAL, _BILLED, _ALONE):
        same = [f.told for f in found if f.strength == strength]
        if same:  # without a word for a total, several are those of the services, one each
            agreed = len({told.units for told in same}) == 1 and (strength == _TOTAL or len(same) == 1)
            return same[0] if agreed else None
    return None


def _read(reading: Reading, found: re.Match[str], stops: list[int], services: list[tuple[int, int]]) -> _Found | None:
    low, start, end = reading.low, found.start(), found.end()
    index = min(bisect_right(stops, start), len(stops) - 1)
    opens, until = stops[index - 1], max(min(stops[index], end + _LONG), end)
    begin = max(opens, start - _LONG)
    units = number(found["n"]) or 0
    if not 0 < units <= _MOST or _another(low, begin, start, end):
        return None
    if _of_one_service(reading, begin, start, end, until, services):
        return None
    first = found.re is _UNITS_FIRST
    words = found["kind"] + (found["more"] if first else "")
    near = low[max(begin, start - _FAR) : start]
    summed = _OF_TOTAL.search(words) or _ADDED_UP.match(low, end) or (
        (last := _last(_OF_TOTAL, near)) and _NOTHING_ELSE.fullmatch(near, last.end())
    )  # fmt: skip
    ends = first or _NOTHING_ELSE.fullmatch(low, end, until)
    alone = ends and begin == opens and _NOTHING_ELSE.fullmatch(low, begin, start)
    if summed:
        strength = _TOTAL
    elif _OF_BILL.search(words) or _OF_BILL.search(near) or _BILLED_BEHIND.match(low, end):
        strength = _BILLED
    elif alone and not _inside(start, services):
        strength = _ALONE
    else:
        return None
    return _Found(UnitsTold(units, start, end, _TIMED.search(words) is not None), strength)


def _another(low: str, begin: int, start: int, end: int) -> bool:
    """Whether the words around a number speak of another day, of a limit, or of something else that has units."""
    past, planned, never = _other_days()
    since = max(begin, start - _FAR)
    return bool(
        _NOT_THE_BILL.search(low, since, end)
        or past.search(low, since, end)
        or planned.search(low, since, end)
        or never.search(low, since, min(len(low), end + 20))
        or total_words().another_day.search(low, since, end)
        or total_words().elsewhere.match(low, end)
        or _NOT_BEHIND.match(low, end)
    )


def _of_one_service(
    reading: Reading, begin: int, start: int, end: int, until: int, services: list[tuple[int, int]]
) -> bool:
    """Whether the number stands beside one name or code: "TE 3 units", "3 units TE"."""
    if len(services) < 2:
        return False
    labels = reading.labels_in(begin, until)
    return len(labels) == 1 or any(0 <= start - la.end < 4 or 0 <= la.start - end < 6 for la in labels)


def _inside(at: int, services: list[tuple[int, int]]) -> bool:
    return len(services) > 1 and any(start <= at < end for start, end in services)


def _last(pattern: re.Pattern[str], text: str) -> re.Match[str] | None:
    found = None
    for found in pattern.finditer(text):  # noqa: B007
        pass
    return found
