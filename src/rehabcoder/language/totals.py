"""What the note states in so many words about the session as a whole: timed minutes, total minutes, units by code."""

from __future__ import annotations

import re
from dataclasses import dataclass

from rehabcoder.language.durations import column_cells
from rehabcoder.language.labels import Label
from rehabcoder.language.reading import Reading
from rehabcoder.language.times import WORDS, number

_N = rf"(?P<n>\d{{1,3}}|{WORDS})"
_MIN = r"\s*(?:-\s*)?(?:minutes?|mins?|min\.|m\b|')?"
_TIMED = re.compile(
    rf"""(?<![a-z])(?:
      (?:total\s+)?(?:timed|time[\s-]based|direct\s+timed|billable|billed|1:1\s+timed|timed\s+1:1)(?:[\s-]*(?:code|codes|tx|treatment|therapy|one[\s-]on[\s-]one|1:1|1-on-1|intervention|skilled|direct|services?|procedures?|individual|cpt|contact|billable|only))*
        (?:\s*(?:min(?:ute)?s?|mins?|time))*(?:\s*(?:total(?:led|s|ed)?|today|documented|spent|is|was|were|of|came\s+to))*\s*[:=\-(/|~,\t>]*\s*{_N}(?!\d|\s?(?:u\b|units?\b|[ap]m|x\b|:\d|/\d)){_MIN}
     |(?:total\s+)?(?:timed)\s*[:=]?\s*\(?{_N.replace('<n>', '<n2>')}
     |{_N.replace('<n>', '<n3>')}[ \t]*(?:minutes?|mins?|m\b|')?[ \t]*(?:of[ \t]+)?(?:total[ \t]+)?(?:timed|billable)\b(?!\s*(?:code|codes|tx|min\w*|treatment|total)*\s*[:=])
     |ttct\s*[:=]?\s*(?P<n4>\d{{1,3}})
    )""",
    re.X,
)
_TOTAL = re.compile(
    rf"""(?<![a-z])(?:
      (?:total|tot\.?|ttl)(?:\s*[-]?\s*(?:tx|rx|treatment|therapy|session|visit|contact|time|mins?|minutes|one[\s-]on[\s-]one|1:1|skilled|individual|direct|in\s+clinic|of|pt|ot|intervention|tx\.?))*\s*[:=\-(/|~,\t>]*\s*(?:was|is|of|came\s+to|today)?\s*{_N}(?!\d|\s?(?:u\b|units?\b|:\d|/\d|reps?\b|x\b|steps?\b|lbs?\b|ft\b|feet\b|%)){_MIN}
     |(?:ttt|tx\s+time|treatment\s+time|session\s+time|visit\s+time|session\s+length|tt|time\s+in\s+(?:tx|treatment)|tx\s+total|total\s+tx)\s*[:=\-(~]*\s*(?:was|is|of)?\s*{_N.replace('<n>', '<n2>')}(?!\d|\s?(?:u\b|units?\b|:\d|/\d)){_MIN}
     |(?:treatment|visit|session|tx|seen|individual\s+session|treated)\s*(?:lasted|of|for|time|was|ran|today)?\s*[:=,]?\s*(?:for\s+)?{_N.replace('<n>', '<n3>')}\s*-?\s*(?:minutes?|mins?)(?!\s*(?:late|of|on|each|ea\b|a\s+day|daily|with))
     |{_N.replace('<n>', '<n4>')}[ \t-]*(?:minutes?|mins?)[ \t,-]*(?:(?:of\s+)?(?:total\s+)?(?:pt|ot|individual|skilled|direct|treatment|therapy|tx|one[\s-]on[\s-]one|1:1)\s*)*(?:session|visit|treatment|total|in\s+all|all\s+told|altogether|of\s+(?:pt|ot|therapy|treatment))\b
    )""",
    re.X,
)
_UNIT_NUMBER = r"(?P<u>\d|one|two|three|four|five|six)"
_WORDED = re.compile(rf"[(\[=\s,/|]{_UNIT_NUMBER}\s?(?:u|units?|un)\b")
_UNIT_HEAD = re.compile(r"^(?:u|un|uts?|units?|chgs?|chrgs?|charges?|qty|billed(?: units?)?|bill|units? billed|tx units?)\.?$")
_UNITS_BEHIND = re.compile(
    rf"[\s)\].,]*[(\[]?(?:\((?:97\d{{3}}|g0283)\)|97\d{{3}}|[a-z]{{2,4}}(?=\s*[x:=]))?\s*(?:(?:[x*@]\s*|[x:=\-(,/|]+\s*(?:x\s*)?|for\s+|\t+|\s+)?{_UNIT_NUMBER}(?!\d|\.\d|:\d|\s?(?:min|m\b|/\d|lbs?\b|x\s?\d|-\s?\d|'|#))\s*(?P<word>u\b|units?\b|un\b)?)"
)
_UNITS_AHEAD = re.compile(rf"(?:^|[\s,;(|/]){_UNIT_NUMBER}\s*(?P<word>units?\s+(?:of\s+)?|u\s+(?:of\s+)?|x\s+)(?:of\s+)?\(?$")
_BILL = re.compile(
    r"(?<![a-z])(?:bill(?:ed|ing|s)?|charges?(?:d|s)?|chg?s?|charged|units?|cpt(?:\s+codes?)?|codes?\s+billed|u:|uts?|fee(?:s|\s+slip)?|coded|coding|submitted|superbill|procedures?\s+billed|tx\s+codes?|charge\s+capture|claim)(?![a-z])"
)
_NOT_BILLED = re.compile(r"no\s+charge|not\s+billed|non[\s-]?billable|unbilled|no\s+units?|not\s+charged|removed|pre-?loaded|not\s+started|\bn/c\b")
_PLANNED = re.compile(r"\b(?:plan|next|poc|frequency|goal|last|prior|previous|yesterday|will|future|recommend)\b")


@dataclass(slots=True)
class Stated:
    """Totals that the note states, each None where it says nothing; spans point at the words."""

    timed: int | None = None
    timed_span: tuple[int, int] | None = None
    total: int | None = None
    total_span: tuple[int, int] | None = None
    units: dict[str, int] | None = None
    units_span: tuple[int, int] | None = None


def _value(found: re.Match[str]) -> int | None:
    for name in ("n", "n2", "n3", "n4"):
        if name in found.re.groupindex and found[name]:
            return number(found[name])
    return None


def find_totals(reading: Reading) -> Stated:
    """Reads stated totals and billed units from the text as a whole."""
    low = reading.low
    stated = Stated()
    for found in _TIMED.finditer(low):
        value = _value(found)
        if value and 4 <= value < 400 and not _elsewhere(low, found.start()):
            stated.timed, stated.timed_span = value, found.span()
    clocked = re.search(r"total[\s:=]+0?(\d):([0-5]\d)\b(?!\s*[ap]m)", low)
    if clocked:
        stated.total, stated.total_span = 60 * int(clocked[1]) + int(clocked[2]), clocked.span()
    for found in _TOTAL.finditer(low):
        value = _value(found)
        if value is None or not 4 <= value < 400 or _elsewhere(low, found.start()):
            continue
        if stated.timed_span and found.start() < stated.timed_span[1] and stated.timed_span[0] < found.end():
            continue
        if re.match(r"[\s)]*(?:timed|billable)", low[found.end() : found.end() + 12]):
            continue
        if stated.total is None or found[0].startswith(("total", "tot", "ttl", "ttt")):
            stated.total, stated.total_span = value, found.span()
    _units(reading, stated)
    return stated


def _elsewhere(low: str, at: int) -> bool:
    """Whether the sentence speaks of another day."""
    begin = max(low.rfind("\n", 0, at), low.rfind(". ", 0, at)) + 1
    return _PLANNED.search(low, begin, at) is not None


def _units(reading: Reading, stated: Stated) -> None:
    """Billed units by code: a label followed by a small number, in a line that bills or where the word unit stands."""
    low = reading.low
    found: dict[str, list[tuple[int, int, int, bool]]] = {}
    _unit_column(reading, found)
    for index, label in enumerate(reading.labels):
        line_start = low.rfind("\n", 0, label.start) + 1
        line_end = low.find("\n", label.end)
        line = low[line_start : line_end if line_end >= 0 else len(low)]
        sentence = max(line_start, low.rfind(". ", 0, label.start) + 1)
        if _NOT_BILLED.search(line) or _PLANNED.search(low, sentence, label.start):
            continue
        behind = _UNITS_BEHIND.match(low, label.end)
        border = reading.labels[index + 1].start if index + 1 < len(reading.labels) else len(low)
        worded = _WORDED.search(low, label.end, min(border, line_end if line_end >= 0 else len(low), label.end + 45))
        ahead = _UNITS_AHEAD.search(low, max(sentence, label.start - 16), label.start)
        bills = _BILL.search(low, max(0, line_start - 40), label.end) is not None
        if ahead and not (behind and behind["word"]):
            _add(found, label, number(ahead["u"]), label.start, True)
        elif behind and (behind["word"] or bills or (label.number and re.search(r"x|-", behind[0]))):
            _add(found, label, number(behind["u"]), behind.end(), bool(behind["word"]) or bills)
        elif worded:
            _add(found, label, number(worded["u"]), worded.end(), True)
    units: dict[str, int] = {}
    for code, mentions in found.items():
        sure = [m for m in mentions if m[3]] or mentions
        units[code] = sure[-1][2]
    if units:
        stated.units = {c: u for c, u in units.items() if u}
        places = [m for ms in found.values() for m in ms]
        stated.units_span = (min(p[0] for p in places), max(p[1] for p in places))


def _unit_column(reading: Reading, found: dict[str, list[tuple[int, int, int, bool]]]) -> None:
    """Units of a table with a column for them, each under the label of its row."""
    low = reading.low
    for start, end, _ in column_cells(low, {_UNIT_HEAD: 1}):
        figure = low[start:end]
        if len(figure) == 1 and figure.isdigit():
            line_start, line_end = low.rfind("\n", 0, start) + 1, low.find("\n", end)
            row = [la for la in reading.labels if line_start <= la.start < (line_end if line_end >= 0 else len(low))]
            if row:
                _add(found, row[0], int(figure), end, True)


def _add(found: dict[str, list[tuple[int, int, int, bool]]], label: Label, units: int | None, end: int, sure: bool) -> None:
    if units is not None and 0 < units <= 8:
        found.setdefault(label.code, []).append((label.start, end, units, sure))
