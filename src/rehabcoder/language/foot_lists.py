"""Lines that give several services their minutes under plain words: "Minutes: mobility 16, gait 11, ther ex 9"."""

from __future__ import annotations

import re
from dataclasses import dataclass

from rehabcoder.language.times import WORDS, number

# Each begins with letters that the search runs along fast; what may stand before them is asked behind it.
_OF_WHAT = (
    r"(?:[ \t]\(?(?:timed|spent|(?:by|per)[ \t](?:activity|service|intervention|code))\)?)?[ \t]*[:=-][ \t]*(?=[a-z\d])"
)
_HEADS = (re.compile(rf"min(?:ute)?s?{_OF_WHAT}"), re.compile(rf"times?{_OF_WHAT}"))
_OPENS = re.compile(
    r"(?:^|\n|[.;|/)][ \t]|[ \t]{2})[ \t*>(-]{0,4}(?:(?:timed|tx|rx|treatment|direct|therapy|skilled|pt|ot)[ \t])?\Z"
)
# "Timed 32: transfers 12, gait 11, ex 9", "Total 38 min (transfers 12, gait 11, ex 15)": the sum heads what it is made of.
_SUM = re.compile(
    r"t(?:otal|imed)(?:[ \t](?:tx|treatment|timed?|min(?:ute)?s?))*[ \t:=]{1,2}(?P<n>[1-9]\d)(?:[ \t]?min(?:ute)?s?\.?)?[ \t]*[:(=-][ \t]*(?=[a-z\d])"
)
_MINUTES = r"min(?:ute)?s?(?![a-z])\.?"
_FIGURE = rf"(?:(?P<n>[1-9]\d?)[ \t]?(?P<unit>{_MINUTES}|m(?![a-z])|')?|(?P<said>{WORDS})[ \t](?P<in>{_MINUTES}))"
_NAME = r"(?P<name>[a-z](?:[a-z'-]|[ \t/&.](?=[a-z])){1,34}?)"
_NAME_FIRST = re.compile(
    rf"{_NAME}(?:[ \t]?\(\d{{5}}\))?[ \t]?[:=x~(-]?[ \t]?{_FIGURE}(?![\d:/%#\"])(?:[ \t]?\([a-z][^()\n\d]{{1,24}}\)|\))?"
)
_FIGURE_FIRST = re.compile(rf"{_FIGURE}[ \t](?:(?:of|for|on)[ \t])?{_NAME}(?=[ \t]*(?:[,;|/+.)=\n]|\Z|and[ \t]\d))")
_BETWEEN = re.compile(r"[ \t]*(?:[,;|/+&]|\band\b)[ \t]*(?:and[ \t]+)?|[ \t]{2,8}|\.?[ \t](?=[a-z/ ]{2,20}[ \t]\d)")
_ENDS = re.compile(r"(?<=\.)[ \t]|[ \t]*(?:[.;,)|=]|\n|\Z|total|timed|tot\b|ttl\b|\()")
# Of entries that say their unit.
_ROW = re.compile(r"^[ \t*>-]{0,6}(?=[a-z][^\n\d]{1,30}(?:\d{5}\)[^\n\d]{0,4})?\d{1,2}[ \t]?[m',;/|])", re.M)
_NO_SERVICE = re.compile(
    r"(?<![a-z])(?:total|tot|ttl|timed|untimed|units?|visits?|session|in|out|start|stop|end|arrived|rest|next|last|home program|hep|pain|hr|bp|spo|level|reps|sets|date|dos)(?![a-z])"
)
_TOTAL = re.compile(r"[ \t.,;|/=(-]{0,6}(?:total|tot|ttl|sum|timed|all)(?![a-z])")
_TOTALLED = re.compile(
    rf"{_TOTAL.pattern}(?:[ \t](?:timed|tx|treatment|time|min(?:ute)?s?)(?![a-z]))*[ \t:=]{{1,3}}(?P<n>[1-9]\d)(?!\d)"
)
# "Minutes 18 and 15": of two services in their order.
_BARE = re.compile(r"min(?:ute)?s?[ \t]*[:=]?[ \t](?=[1-9]\d?[ \t]*(?:and|,|/|\+|&))")
_BARE_FIGURE = re.compile(
    r"(?P<n>[1-9]\d?)(?!\d|[.:%]\d)(?:[ \t]*(?:,[ \t]*(?:and[ \t]+)?|and[ \t]|/|\+|&)[ \t]*(?=[1-9]\d?(?!\d)))?"
)
# "30 ta 15 te.", "ta 30 te 15": a sentence of nothing but minutes and short names.
_SHORT_NAME = r"(?P<name>te|si|tex|ta|nmre?|nre|mt|gt|gait|ther ?ex|ther ?act|neuro|manual|sc|adls?|self care)(?![a-z])"
_SHORT_FIGURE = r"(?P<n>[5-9]|[1-9]\d)(?:[ ]?(?:mins?\b|m\b|'))?"
_PAIR_WAYS = (
    re.compile(rf"{_SHORT_FIGURE}[ ]{_SHORT_NAME}"),
    re.compile(rf"{_SHORT_NAME}(?:[ ]?[:=x-])?[ ]?{_SHORT_FIGURE}(?!\d|[./:]\d|[%#])"),
)
_PAIRS = re.compile(
    r"(?:\A|\n|[.;(])[ \t]{0,2}(?=\d{1,2}[ 'm]|(?:t|n|m|g|s|adl)[a-z ]{1,8}[ :=x-]{1,3}\d{1,2}(?!\d|[./:]\d|[%#]))"
)
_BETWEEN_PAIRS = re.compile(r"[ ]?(?:[,;/+&]|and\b)?[ ]?(?=[a-z\d])")
_LEAST = 2  # entries that make a list


@dataclass(slots=True, frozen=True)
class Entry:
    """One entry of such a line: where its words are, `[start, end)`, where its figure is, `[at, stop)`, and the minutes."""

    start: int
    end: int
    at: int
    stop: int
    minutes: int


@dataclass(slots=True, frozen=True)
class FootList:
    """The entries of a line from `start` to `end`."""

    start: int
    end: int
    entries: list[Entry]

    def totalled_at(self, low: str, at: int) -> bool:
        """Whether a phrase that begins at a place says what the entries come to."""
        return 0 <= at - self.end <= 4 and not low[self.end : at].strip(" \t.,;|/=(")


def foot_list(low: str) -> FootList | None:
    """The line of a shadow text that gives several entries their minutes, or None."""
    pairs = _pairs(low)
    if pairs:
        return pairs
    if "min" not in low and "time" not in low and "total" not in low and "'" not in low:
        return None
    for head in (found for pattern in _HEADS for found in pattern.finditer(low)):
        if _OPENS.search(low, max(0, head.start() - 16), head.start()):
            found = _entries(low, head.start(), head.end())
            if found:
                return found
    for head in _SUM.finditer(low):
        found = _entries(low, head.start(), head.end())
        if found and sum(entry.minutes for entry in found.entries) == int(head["n"]):
            return found
    for row in _ROW.finditer(low):
        found = _entries(low, row.end(), row.end(), units=True)
        if found and (_TOTAL.match(low, found.end) or low[found.end : found.end + 2].strip(" .") in ("", "\n")):
            return found
        found = found or _entries(low, row.end(), row.end())
        total = _TOTALLED.match(low, found.end) if found else None
        if found and total and sum(entry.minutes for entry in found.entries) == int(total["n"]):
            return found
    return _bare_list(low)


def _pairs(low: str) -> FootList | None:
    """A sentence of nothing but minutes and short names, each name once: "30 ta 15 te."."""
    for head in _PAIRS.finditer(low):
        form = _PAIR_WAYS[not low[head.end()].isdecimal()]
        entries: list[Entry] = []
        at = end = head.end()
        while pair := form.match(low, at):
            entries.append(Entry(*pair.span("name"), *pair.span("n"), int(pair["n"])))
            end = pair.end()
            between = _BETWEEN_PAIRS.match(low, end)
            if not between:
                break
            at = between.end()
        named = {low[entry.start : entry.end] for entry in entries}
        if len(named) == len(entries) >= _LEAST and _ENDS.match(low, end):
            return FootList(head.end(), end, entries)
    return None


def _bare_list(low: str) -> FootList | None:
    """Minutes of the services in their order, without a word for any: "Minutes 18 and 15, total 33"."""
    for head in _BARE.finditer(low):
        figures: list[re.Match[str]] = []
        at = head.end()
        while (figure := _BARE_FIGURE.match(low, at)) and (not figures or figure.start() > figures[-1].end("n")):
            figures.append(figure)
            at = figure.end()
        if (
            len(figures) >= _LEAST
            and _ENDS.match(low, at)
            and _OPENS.search(low, max(0, head.start() - 16), head.start())
        ):
            entries = [Entry(f.start(), f.start(), f.start(), f.end("n"), int(f["n"])) for f in figures]
            return FootList(head.end(), at, entries)
    return None


def _entries(low: str, start: int, at: int, *, units: bool = False) -> FootList | None:
    """The entries from a place on; with `units` only if each, or the last for all, says that its figure counts minutes."""
    form = _FIGURE_FIRST if low[at].isdecimal() else _NAME_FIRST
    out: list[Entry] = []
    end = at
    said: list[bool] = []
    while entry := form.match(low, at):
        if _NO_SERVICE.search(entry["name"]):
            break
        figure = "n" if entry["n"] else "said"
        out.append(Entry(*entry.span("name"), *entry.span(figure), number(entry[figure]) or 0))
        said.append((entry["unit"] or entry["in"] or "m") != "m")
        end = entry.end()
        between = _BETWEEN.match(low, end)
        if not between:
            break
        at = between.end()
    if len(out) < _LEAST or not _ENDS.match(low, end) or (units and not (said[-1] and len(set(said[:-1])) == 1)):
        return None
    return FootList(start, end, out)
