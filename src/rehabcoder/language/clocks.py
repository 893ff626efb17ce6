"""Times of day that only their company gives away, and what running clocks come to.

"430-440", "0902   0917" and "315" may be doses, degrees or heart rates. They are read as times of day where several of them
follow one another through the session, or where the heading of their columns says so.
"""

from __future__ import annotations

import itertools
import re
from bisect import bisect_left, bisect_right
from collections.abc import Collection, Sequence

from rehabcoder.language.labels import Label
from rehabcoder.language.times import TimeMention, clock

_UNIT = r"(?![\d/:.%\"'#-]|,\d|\s?(?:lbs?|kg|reps?|x(?![a-z])|ft|feet|foot|sec|s|mm|cm|mmhg|bpm|hz|mhz|deg\w*|m|yds?|yards?|steps?|ma|watts?|w|min\w*|mg|ml|hours?|hrs?|units?|cpm|spm|rpm|per|mi|miles?|cal|in|out of)\b)"
_UNIT_OR_STOP = _UNIT.replace("/:.%", "/:%").replace("|,\\d|", "|[,.]\\d|", 1)  # a sentence may end with a range
# The look behind comes after the first figure: only so does the search run from figure to figure.
_FIGURES = r"\d(?<![\d.:/#$x,-]\d)(?:\d?:[0-5]\d|\d{2,3})"
_PAIR = re.compile(
    rf"(?P<a>{_FIGURES})(?P<mark>\s?(?:-+|>|to|until|till|til|thru)\s?|[ \t]*\|[ \t]*|[ \t]{{1,40}})(?P<b>\d{{1,2}}:[0-5]\d|\d{{3,4}}){_UNIT_OR_STOP}"
)
_SINGLE = re.compile(rf"(?P<a>\d(?<![\d.:/#$x,-]\d)\d{{2,3}}){_UNIT}(?=[ \t:;,.)-]|$)", re.M)
# Behind these a figure is a measure, not a time of day.
_MEASURE = re.compile(
    r"(?<![a-z])(?:hr|bp|pulse|rom|prom|arom|flex\w*|ext\w*|abd\w*|er|ir|deg\w*|spo2|sat\w*|rm|room|bed|bs|bg|glucose|sugar|wt|weight|level|lvl|score|scored|x|#|\$|watts?|load|force|grip)[\s:=,.]*(?:was|of|at|from|now)?\s*$"
)
_COLUMN_HEADS = re.compile(
    r"(?<![a-z])(?:on|start|begin|began|in|from|time in)(?![a-z])[ \t|]+(?:off|stop|end|finish|out|to|until|time out)(?![a-z])"
)
_ENDS_HERE = re.compile(
    r"(?:finish(?:ed)?|done|end(?:ed)?|stop(?:ped)?|until|till|complete[d]?|through|to|off|->|>|by)(?:\s+\w+){0,2}?(?:\s+at)?\s*[:@-]?\s*$"
)
_UP_TO = re.compile(r"(?:until|till|to|through|by|>|-)\s*$")
_THEN_UNTIL = re.compile(r"(?:then|next|after\s(?:that|which)|and)(?:\son)?\s+(?:until|till|til|up\sto)\s+$")
_UNTIL_OPENS = re.compile(
    r"(?:^|[.;!?]\s)[\s*-]*(?:(?:so|and|then|up)\s+){0,2}(?:until|till|til)\s+(?:about\s+)?\Z", re.M
)
_SINCE = re.compile(r"(?<![a-z])(?:from|since|start(?:ed|ing)?|began|begun)(?:\s+at)?\s+\Z")
_OVER = re.compile(r"[\s:=-]{1,3}(?:done|end(?:ed)?|stop(?:ped)?|out|finish(?:ed)?|home|left|off|water|over)(?![a-z])")
_STARTS_HERE = re.compile(
    r"(?:^|\n)\s*[\[(*-]*\s*$|(?:from|start(?:ed|ing)?|began|at)(?:\s+at)?\s*[:@-]?\s*$|[;.,/]\s*$"
)
_HEAD = re.compile(r"(?:\A|\n)[ \t*(\[|-]*$")
_ELAPSED = re.compile(r"^[ \t]*[\[(]?(?P<a>\d{1,2})\s*-\s*(?P<b>\d{1,2})[\])]?(?=[\s:]+[a-z9(])", re.M)
_HALF_DAY = 720
_LONGEST = 90  # minutes that one thing may take on a running clock
_FEW = 3  # times of day in a row that no other kind of figures makes by chance


def _valid(figures: str) -> bool:
    """Whether they can be a time of day at which a clinic is open."""
    at = clock(figures)
    hour, minute = divmod(at, 60)
    return minute < 60 and (6 <= hour <= 22 if len(figures) == 4 and ":" not in figures else 1 <= hour <= 23)


def bare_ranges(low: str, labels: Sequence[Label]) -> list[TimeMention]:
    """Ranges of times without a colon and pairs of them in two columns, each linked to another or under a heading that says so."""
    found: list[tuple[TimeMention, bool, bool]] = []
    pairs = list(_PAIR.finditer(low))
    heads = _COLUMN_HEADS.search(low) if pairs else None
    for pair in pairs:
        if not (_valid(pair["a"]) and _valid(pair["b"])) or _MEASURE.search(
            low, max(0, pair.start() - 24), pair.start()
        ):
            continue
        begins, ends = clock(pair["a"]), clock(pair["b"])
        length = (ends - begins) % _HALF_DAY
        if 0 < length <= 120:
            mention = TimeMention(pair.start(), pair.end(), length, "range", begins, ends)
            column = not pair["mark"].strip() or "|" in pair["mark"]
            headed = column and heads is not None and heads.end() < pair.start()
            found.append((mention, headed, headed or _opens_or_closes(low, mention, labels)))
    linked = [False] * len(found)
    for i, ((one, _, _), (two, _, _)) in enumerate(itertools.pairwise(found)):
        gap = ((two.begins or 0) - (one.ends or 0)) % _HALF_DAY
        near = gap <= 30 or gap >= _HALF_DAY - 20 or one.begins == two.begins
        if near:
            linked[i] = linked[i + 1] = True
    placed = any(at_edge for (_, _, at_edge), link in zip(found, linked, strict=True) if link)
    return [
        m
        for (m, headed, _), link in zip(found, linked, strict=True)
        if headed or (link and placed) or _opens_note(low, m)
    ]


def _opens_or_closes(low: str, mention: TimeMention, labels: Sequence[Label]) -> bool:
    """Whether a range stands at the head or the end of its line, or beside the name of a code."""
    behind = low[mention.end : mention.end + 3].strip(" \t)]:|")
    return not behind or behind[0] == "\n" or _heads_line(low, mention.start) or _label_near(labels, mention)


def _opens_note(low: str, mention: TimeMention) -> bool:
    """Whether the note begins with a range, as one that says first when the visit was: "905-925, resource room"."""
    return low[mention.end : mention.end + 1] in (",", ".", ";", "\n") and not low[: mention.start].strip()


def _heads_line(low: str, at: int) -> bool:
    return _HEAD.search(low, max(0, at - 16), at) is not None


def _label_near(labels: Sequence[Label], mention: TimeMention) -> bool:
    start, end = mention.start, mention.end
    index = bisect_left(labels, start, key=lambda label: label.start)
    behind = index < len(labels) and 0 <= labels[index].start - end <= 4
    return behind or (bool(index) and 0 <= start - labels[index - 1].end <= 4)


def named_row(low: str, clocks: Sequence[TimeMention], labels: Sequence[Label], taken: bytearray) -> list[TimeMention]:
    """What each thing of a rising row of times took, with names of codes beside them: "305 MHP 315 MT 330 TE 345 done".

    Times without a colon count in such a row only; the last of the row stays a time of day. `taken` marks what is read as
    another time already.
    """
    marks = [c for c in clocks if not _UP_TO.search(low, max(0, c.start - 10), c.start)]
    known = {c.start for c in clocks}
    marks += [
        TimeMention(m.start(), m.end(), clock(m["a"]), "clock")
        for m in _SINGLE.finditer(low)
        if not taken[m.start()] and m.start() not in known and _valid(m["a"])
        if not _MEASURE.search(low, max(0, m.start() - 24), m.start())
    ]
    marks.sort(key=lambda mark: mark.start)
    row: list[TimeMention] = []
    best: list[TimeMention] = []
    for mark in marks:
        if row and not 0 < (mark.minutes - row[-1].minutes) % _HALF_DAY <= _LONGEST:
            if len(row) > 1 and mark.start not in known:
                continue  # a dose within the row
            row = []
        row.append(mark)
        if len(row) > len(best):
            best = list(row)
    ended = sum(_ENDS_HERE.search(low, max(0, m.start - 24), m.start) is not None for m in best)
    named = sum(_label_behind(labels, m.end) for m in best)
    told = named + ended + sum(_OVER.match(low, m.end) is not None for m in best)
    if len(best) < _FEW or ended > 1 or named < 2 or 2 * told < len(best):
        return []
    return [*(_run(a, a.minutes, b.minutes) for a, b in itertools.pairwise(best)), best[-1]]


def _label_behind(labels: Sequence[Label], end: int) -> bool:
    index = bisect_left(labels, end, key=lambda label: label.start)
    return index < len(labels) and labels[index].start - end <= 3


def elapsed(low: str) -> list[TimeMention]:
    """Minutes counted from the start of the session at the head of a line ("09-25", "25-41"), each going on from the last."""
    found = list(_ELAPSED.finditer(low))
    chain = [m for m in found if int(m["a"]) < int(m["b"])]
    linked = sum(int(x["b"]) == int(y["a"]) for x, y in itertools.pairwise(chain))
    if len(chain) < 2 or not linked:
        return []
    return [
        TimeMention(m.start(), m.end(), int(m["b"]) - int(m["a"]), "range", int(m["a"]), int(m["b"])) for m in chain
    ]


def running(low: str, times: Sequence[TimeMention], labels: Sequence[Label]) -> list[TimeMention]:
    """Lengths between single times that log when each thing began, or when it was finished."""
    clocks = [t for t in times if t.form == "clock"]
    if not clocks:
        return _stopwatch(low, [t for t in times if t.form == "hmm"])
    ends = [c for c in clocks if _ENDS_HERE.search(low, max(0, c.start - 24), c.start)]
    ended = {c.start for c in ends}
    starts = [
        c
        for c in clocks
        if c.start not in ended
        and (_STARTS_HERE.search(low, max(0, c.start - 14), c.start) or _label_behind(labels, c.end))
    ]
    ranges = [t for t in times if t.form == "range" and t.begins is not None]
    goes_on = any(_THEN_UNTIL.search(low, max(0, c.start - 24), c.start) for c in ends) if ranges else False
    resumed = len(starts) >= len(ends) and not {c.minutes for c in starts}.isdisjoint(c.minutes for c in ends)
    if (
        goes_on
        or (len(ends) >= max(2, len(starts)) and not resumed)
        or (ends and any(r.begins == ends[0].minutes for r in ranges))
    ):
        return _finished(clocks, ranges, ends)
    linked = starts and any(r.ends == starts[0].minutes for r in ranges)
    return _begun(low, clocks, starts, ended) if len(starts) >= 2 or linked else []


def _finished(
    clocks: Sequence[TimeMention], ranges: Sequence[TimeMention], ends: Sequence[TimeMention]
) -> list[TimeMention]:
    """Each thing took from the time said before until its own: "until 10:20 balance, to 10:32 gait"."""
    said = sorted([(c.start, c.minutes) for c in clocks] + [(r.start, r.ends or 0) for r in ranges])
    places = [at for at, _ in said]
    out: list[TimeMention] = []
    for end in ends:
        index = bisect_left(places, end.start) - 1
        previous = said[index][1] if index >= 0 else None
        if previous is not None and 0 < (end.minutes - previous) % _HALF_DAY <= _LONGEST:
            out.append(_run(end, previous, end.minutes))
    return out


def _begun(
    low: str, clocks: Sequence[TimeMention], starts: Sequence[TimeMention], ended: Collection[int]
) -> list[TimeMention]:
    """Each thing took from its own time until the next one that is later; where a sentence behind it says until when, that
    tells of it: "I had her from 2:00. Until 2:15 we stretched"."""
    places, begun = [c.start for c in clocks], {c.start for c in starts}
    out: list[TimeMention] = []
    for start in starts:
        behind = bisect_right(places, start.start)
        if behind < len(clocks) and clocks[behind].minutes == start.minutes and clocks[behind].start in begun:
            continue  # "3:14 retest", "3:14 balance": the first took no time
        later = (c for c in clocks[behind : behind + 4])
        following = next((c for c in later if 0 < (c.minutes - start.minutes) % _HALF_DAY <= _LONGEST), None)
        if following is None:
            continue
        until = (
            following.start in ended
            and _UNTIL_OPENS.search(low, max(0, following.start - 24), following.start)
            and _SINCE.search(low, max(0, start.start - 14), start.start)
        )
        out.append(_run(following if until else start, start.minutes, following.minutes))
    return out


def _stopwatch(low: str, marks: Sequence[TimeMention]) -> list[TimeMention]:
    """A stopwatch at the head of each line ("0:05 gaze", "0:22 gait"): each goes on to the next."""
    heads = [m for m in marks if _heads_line(low, m.start)]
    rising = all(a.minutes < b.minutes for a, b in itertools.pairwise(heads))
    if len(heads) < _FEW or not rising:
        return []
    return [_run(a, a.minutes, b.minutes) for a, b in itertools.pairwise(heads)]


def _run(mention: TimeMention, begins: int, ends: int) -> TimeMention:
    return TimeMention(mention.start, mention.end, (ends - begins) % _HALF_DAY, "run", begins, ends)
