"""Minutes that only the layout gives away: table columns, labels with a bare number, running clocks, shares of a session.

`find_durations` adds them to the times that say their unit. Nothing is decided here: a bare number is a candidate.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

from rehabcoder.language.amended import without_struck
from rehabcoder.language.clocks import bare_ranges, elapsed, named_row, running
from rehabcoder.language.code_units import units_of_codes
from rehabcoder.language.grids import find_grid
from rehabcoder.language.labels import Label
from rehabcoder.language.leftovers import leftovers
from rehabcoder.language.shorthand import closing_counts, counts_behind_labels, each_of_a_list
from rehabcoder.language.terse_lists import behind_names
from rehabcoder.language.times import WORDS, TimeMention, are_feet, find_times, number, with_spoken_marks

_NOT_MINUTES = r"(?!\d|[.:/]\d|'\s?x|\s?(?:x(?!\w)|x\s?\d|#|lbs?\b|kg\b|reps?\b|%|\"|sets?\b|secs?\b|s\b|ft\b|feet\b|deg\b|u\b|units?\b|stations?\b|steps?\b|trials?\b|hz\b|mhz\b|ma(?:[ *\u00b7-]?min)?\b|in\b|wks?\b|weeks?\b|days?\b|yo\b|y/o\b|lengths?\b|f\b|words?\b|letters?\b|lines?\b)|[ -]?min(?:ute)?[ -]walk)"
_MAY_FOLLOW = re.compile(r"[ \t)\]|:]*+[(\[x=@~/>,;^fi\d-]")  # how all of the next begins
# Possessive: blanks that several parts may share would be tried in every way of sharing them.
_BEHIND_LABEL = re.compile(
    rf"[ \t)\]|:]*+(?:\((?:\d{{5}}|[a-z .]{{2,24}})\)|\[[^\]\n]{{1,12}}\]|97\d{{3}}|\((?:\d\s?u(?:nits?)?)\)|incl(?:\.|ud(?:es|ing|ed))?[ ][a-z][a-z /]{{1,23}}(?=[ ]\d))?[ \t)\]|]*+(?:[x:;=@~/|>,^-]{{1,2}}|for\b|\bx\b)?[ \t]*+[x~(]?[ \t]*+(?P<n>\d{{1,3}}){_NOT_MINUTES}"
)
_ADDED = re.compile(
    r"[ \t]?\+[ \t]?(?P<n>\d{1,2})(?=[ \t]*(?:$|[\n,;|/)]|[ \t]{2}))"
)  # "TA 13 + 15": two times of one label
_OR_LONGER = re.compile(rf"-(?P<n>\d{{1,3}}){_NOT_MINUTES}")  # "TE 20-25": one of two lengths
_WORD_BEHIND_LABEL = re.compile(rf"[\s,:-]{{1,3}}(?:at\s|for\s|was\s|took\s)?(?P<n>{WORDS})(?=[,.;\n]|\s+and\b|$)")
_MINUTES_NAMED = re.compile(r"(?<![a-z])(?:minutes|mins|times?)(?![a-z])[^.\n]*$")
_AHEAD_OF_LABEL = re.compile(r"(?:^|[\s|,;(])(?P<n>\d{1,2})\s*[-:|)]?\s*$")
_KEY_SIGN = re.compile(r"[:=]\s*[\"'~]?\d")  # which every key has before its minutes
# "Fifteen minutes of therapeutic exercise and ten of neuromuscular re-education".
_OF_LABEL = re.compile(
    rf"(?:\band|\bthen|,)\s+(?:the\s+(?:other|last|next|remaining)\s+)?(?P<n>{WORDS}|\d{{1,2}})\s+(?:of|on|for)\s+(?:some\s+)?$"
)
_MINUTES_SAID = re.compile(r"\bmin(?:ute)?s?\b[^.\n]*$")
# "... for eighteen minutes then the rocker board and that was thirteen then ...": of what was told last.
_THAT_WAS = re.compile(
    rf"(?<![a-z])(?<!in all )that(?:'s| was| made| came to| took| ran| lasted)(?: me| us| about| around| roughly| another| all of)* (?P<n>{WORDS}|\d{{1,2}})"
    r"(?=\s*(?:[.,;\n](?:\s|\Z)|\Z|(?:then|and (?:then|i|we|after)|next|after that|followed|finally|lastly)\b))"
)
# "... for six minutes, the step-ups for fourteen, and the ice for ten": the minutes are said once.
_FOR_TOO = re.compile(
    rf"(?<![a-z])for (?:about |around |another )?(?P<n>{WORDS}|\d{{1,2}})(?=[,.;](?!\d)|\s*(?:\n|\Z)|\s(?:and|then)\s)"
)
_FOR_MINUTES = re.compile(rf"(?<![a-z])for (?:about |around )?(?:{WORDS}|\d{{1,2}}) min(?:ute)?s?(?![a-z])")
_FOR_FAR = 240  # code points before, in which they were said
_COUNTED_FAR = 40  # ... in which words say that something was counted
_COUNTED_FOR = re.compile(r"(?<![a-z])(?:h[eo]ld(?:s|ing)?|count\w*|sets?|reps?|rounds?|times?)(?![a-z])[^,;.]{0,30}\Z")
_MINUTES_WORD = re.compile(r"(?<![a-z])min(?:ute)?s?(?![a-z])")
_LEAST_TOLD, _MOST_TOLD = 5, 60
_MINUTES_FAR = 400  # code points before in which minutes were said
_KEY = re.compile(
    r"(?<![a-z])(?<!\d)(?<!\d )(?:tx[ _.]?)?(?:mins?|minutes|dur(?:ation)?|time|length|tm|mns?|t)(?:\s?spent)?[\"'\]]?\s*[:=]\s*[\"'~]?(?P<n>\d{1,3})(?![\d:.]|\s?(?:am|pm|sec|hr|hours?|x\b|ft\b|feet\b|lbs?\b|#|reps?\b|%|deg))"
)
# "Start 9:00 | Min 18"; a line of its own: "Minutes 21"; behind the number of a code: "Code 97535   Time 26"
_KEY_CELL = re.compile(
    r"(?:(?:(?<=\|)|^)[ \t]{0,4}+(?:mins?|minutes)|(?<=\d{5})[ \t]{1,12}+(?:mins?|minutes|time))[ \t]{1,4}+(?P<n>\d{1,3})[ \t]{0,4}+(?=\||$)",
    re.M,
)
# The look behind comes after the first figure: only so does the search run from figure to figure.
_TRAILING = re.compile(
    r"\d(?:(?<![\d.:/#$]\d)\d?m?[ \t]{0,3}(?:[)\]|;,]?[ \t]{0,40}$|\.(?=\s|$)|/(?=\s|$))|(?<=[,;][ \t]\d)\d?m?(?=;[ \t]))",
    re.M,
)
_BEFORE_TRAILING = re.compile(
    r"(?:[~=>,;:-]|\.\.|(?<=[a-z]\.)\s|\s\s|(?<![a-z0-9])x|(?<=[a-z])\s|x\d{1,2}\s|^|\n)\s{0,2}$"
)
# "HR 88", "pain 4 -> flex 104": before a figure that ends a line or a sentence these make it a measure.
_MEASURED = re.compile(
    r"(?<![a-z])(?:hr|heart rate|pulse|bp|sp?o2|o2|sats?|rr|pain|pn|nprs|vas|rpe|borg|flex(?:ion)?|ext(?:ension)?|abd|er|ir|visit|pod|odi|lefs|dash|quickdash|berg|tug|grip|pinch"
    r"|mini[ -]?bes(?:t|test)?|cait|koos|hoos|womac|ndi|psfs)[ \t]{0,2}[:=]?[ \t]{0,2}\Z"
)
_MEASURE_FAR = 16  # code points of such words
_SINGLE_FORM = re.compile(r"\(\s*(?:ind(?:iv(?:idual)?)?|conc(?:urrent)?|grp|group|1:1)\s+(?P<n>\d{1,2})\s*\)")
_MINUTE_HEAD = re.compile(
    r"(?:tx\s*|treatment\s*|timed\s*|total\s*)?(?:mins?|minutes|time|dur(?:ation)?|mn|tm|length|mins? (?:of )?tx|m)\.?(?:\s*\(min(?:ute)?s?\))?"
)
# Columns for the ways in which a service was given; each row has its minutes in one of them.
_WAY = r"(?:ind(?:iv(?:idual)?)?|1:1|conc(?:urrent)?|gro?u?p|co[ -]?tx|co[ -]?treat(?:ment)?)\.?"
_TELLING_WAYS = ("conc", "grp", "group", "grop", "grup")  # without one of them no heading names two ways
_WAYS_HEAD = re.compile(rf"(?<![a-z\d:]){_WAY}(?:[ \t|]+{_WAY}){{1,3}}[ \t|]*\n")
_WAYS_ROW = re.compile(r"(?<=[ \t|])(?:\d{1,3}|-{1,3})(?:[ \t|]+(?:\d{1,3}|-{1,3})){1,3}[ \t|]*$", re.M)
_LEFT = 20  # code points that a cell may begin left of its heading; a long text that runs under it is another column's
_FIGURE = re.compile(r"(\d{1,3}|\d?\.\d{1,2})(?:\s?(?:m|min|mins|'))?\.?")
_BARE_CELL = re.compile(
    r"(\d{1,3})(?:\s(?:(?:for\s)?(?:both|(?:all|the|these|all\sthe)\s(?:two|three|four|[2-5]))|together|combined|shared))?"
)
_HOUR_HEAD = re.compile(r"(?:hrs?|hours|h)\.?")
_SHARE = re.compile(
    r"\bhalf(?:\s+of)?\s+(?:of\s+)?(?:the|it|this|that|my|our)\b|\bthe\s+other\s+half\b|\bhalf\s+(?:of\s+)?(?:the\s+)?(?:time|session|visit)\b"
)
# "Two fifths of it I worked on the shoulder", "a quarter was exercise": shares in hundredths.
_PART = re.compile(
    r"\b(?P<n>an?|one|two|three|the other|the last)[ -](?P<of>third|quarter|fifth)s?\s+(?:was|were|went|of\s+(?:it|that|this|which|the\s+(?:hour|session|visit|time|treatment)|our\s+(?:hour|session|visit|time))\b)"
)
_PARTS = {"third": 100 / 3, "quarter": 25, "fifth": 20}


def find_durations(low: str, labels: Sequence[Label]) -> list[TimeMention]:
    """All mentions of time, said or laid out, in order and without overlap; a mention with its unit beats a bare number."""
    said = with_spoken_marks(low, find_times(low))
    taken = bytearray(len(low))
    units = units_of_codes(low, labels, said)
    for mention in said if units else ():
        if mention.start in units:
            taken[mention.start : mention.end] = b"\1" * (mention.end - mention.start)
    said = [t for t in said if t.start not in units] if units else said
    grid = find_grid(low)
    for start, end in grid.others if grid else ():
        taken[start:end] = b"\1" * (end - start)
    if grid:
        said = [t for t in said if not taken[t.start]]
    for mention in said:
        if mention.form != "clock":
            taken[mention.start : mention.end] = b"\1" * (mention.end - mention.start)
    found = _without_numbers_of_a_list(low, said)

    def add(mentions: Sequence[TimeMention]) -> None:
        for mention in mentions:
            if taken.find(1, mention.start, mention.end) < 0:
                found.append(mention)
                taken[mention.start : mention.end] = b"\1" * (mention.end - mention.start)

    if grid:
        add([TimeMention(start, end, minutes, "cell") for start, end, minutes in grid.minutes])
    for start, end in grid.doses if grid else ():
        taken[start:end] = b"\1" * (end - start)
    add(bare_ranges(low, labels))
    add(elapsed(low))
    if _KEY_SIGN.search(low):
        add([TimeMention(m.start("n"), m.end("n"), int(m["n"]), "kv") for m in _KEY.finditer(low)])
    if "min" in low or "time" in low:
        add([TimeMention(m.start("n"), m.end("n"), int(m["n"]), "kv") for m in _KEY_CELL.finditer(low)])
    add(_columns(low))
    add(_behind_labels(low, labels))
    add(behind_names(low, found))
    add(_opening_lines(low, labels))
    add(_before_places(low))
    add(closing_counts(low))
    add(counts_behind_labels(low, labels))
    add(each_of_a_list(low))
    add([TimeMention(m.start("n"), m.end("n"), int(m["n"]), "brack") for m in _SINGLE_FORM.finditer(low)])
    add(
        [
            TimeMention(m.start(), m.start() + len(figure), int(figure), "trail")
            for m in _TRAILING.finditer(low)
            if int(figure := _figure(m[0])) >= 4 and _trails(low, m.start())
        ]
    )
    if "that" in low:
        add(_told_last(low))
    if _FOR_MINUTES.search(low):
        add(_said_once(low))
    if "half" in low:
        add([TimeMention(m.start(), m.end(), 50, "pct") for m in _SHARE.finditer(low)])
    if "third" in low or "quarter" in low or "fifth" in low:
        many = {"two": 2, "three": 3}
        shares = [(m, round(many.get(m["n"], 1) * _PARTS[m["of"]])) for m in _PART.finditer(low)]
        add([TimeMention(m.start(), m.end(), share, "pct") for m, share in shares if share < 100])
    add(leftovers(low, labels))
    found = [t for t in found if t.form != "clock" or not taken[t.start]]
    runs = running(low, found, labels)
    row = named_row(low, [t for t in found if t.form == "clock"], labels, taken)
    if sum(t.form == "run" for t in row) > len(runs):
        runs = row
    begun = {t.start for t in runs}
    found = [t for t in found if t.start not in begun] + runs
    found.sort(key=lambda t: t.start)
    return without_struck(low, found)


def _told_last(low: str) -> list[TimeMention]:
    """Bare numbers that say how long the things told last took, behind others of which the minutes were said."""
    told = ((found, number(found["n"]) or 0) for found in _THAT_WAS.finditer(low))
    return [
        TimeMention(*found.span("n"), minutes, "ell")
        for found, minutes in told
        if _LEAST_TOLD <= minutes <= _MOST_TOLD
        and _MINUTES_WORD.search(low, max(0, found.start() - _MINUTES_FAR), found.start())
    ]


def _said_once(low: str) -> list[TimeMention]:
    """Bare numbers behind "for" close behind another thing of which it was said for how many minutes it was done."""
    out: list[TimeMention] = []
    for found in _FOR_TOO.finditer(low):
        minutes, at = number(found["n"]) or 0, found.start()
        if (
            _LEAST_TOLD <= minutes <= _MOST_TOLD
            and _FOR_MINUTES.search(low, max(0, at - _FOR_FAR), at)
            and not _COUNTED_FOR.search(low, max(0, at - _COUNTED_FAR), at)
        ):
            out.append(TimeMention(*found.span("n"), minutes, "ellfor"))
    return out


def _without_numbers_of_a_list(low: str, said: Sequence[TimeMention]) -> list[TimeMention]:
    """The times without figures in brackets that only number the lines they head ("[1] Gait", "[2] Transfers") or are the
    number of a field ("TX[1]: ...", "rx[0].code", "service_1_code")."""
    out: list[TimeMention] = []
    number_of = 1
    for mention in said:
        if (
            mention.form == "brack"
            and low[mention.start] == "["
            and _FIELD.match(low, mention.end)
            and _in_a_word(low, mention)
        ):
            continue
        if mention.form == "brack" and low[mention.start] == "_" and low[mention.start - 1 : mention.start].isalpha():
            continue
        if (
            mention.form == "brack"
            and mention.minutes == number_of
            and _HEADS_LINE.search(low, max(0, mention.start - 12), mention.start)
        ):
            number_of += 1
        else:
            out.append(mention)
    return out


def _in_a_word(low: str, mention: TimeMention) -> bool:
    """Whether a small figure in brackets stands right behind a letter."""
    return mention.minutes < _FIELDS and low[mention.start - 1 : mention.start].isalpha()


def _figure(text: str) -> str:
    """The figure of one or two digits with which a text begins."""
    return text[:2] if text[1:2].isdecimal() else text[0]


def _trails(low: str, at: int) -> bool:
    if _MEASURED.search(low, max(0, at - _MEASURE_FAR), at):
        return False
    return _BEFORE_TRAILING.search(low[max(0, at - 5) : at]) is not None


def _behind_labels(low: str, labels: Sequence[Label]) -> list[TimeMention]:
    out: list[TimeMention] = []
    for label in labels:
        behind = _BEHIND_LABEL.match(low, label.end) if _MAY_FOLLOW.match(low, label.end) else None
        stop = behind.end("n") if behind else 0
        if behind and low[stop : stop + 1] == "'" and are_feet(low, behind.start("n"), stop + 1, int(behind["n"])):
            continue
        longer = _OR_LONGER.match(low, stop) if behind else None
        if behind and longer and int(behind["n"]) < int(longer["n"]):
            out.append(TimeMention(behind.start("n"), longer.end(), int(longer["n"]), "either"))
            continue
        if behind and 5 <= int(behind["n"]) <= 150:
            while behind and int(behind["n"]) >= 5:
                out.append(TimeMention(behind.start("n"), behind.end("n"), int(behind["n"]), "label"))
                behind = _ADDED.match(low, behind.end("n"))
            continue
        worded = None if behind else _WORD_BEHIND_LABEL.match(low, label.end)
        if worded and _MINUTES_NAMED.search(low, max(0, label.start - 160), label.start):
            out.append(TimeMention(worded.start("n"), worded.end("n"), number(worded["n"]) or 0, "label"))
        more = _OF_LABEL.search(low, max(0, label.start - 40), label.start)
        if (
            more
            and 5 <= (number(more["n"]) or 0) <= 90
            and _MINUTES_SAID.search(low, max(0, more.start() - 160), more.start())
        ):
            out.append(TimeMention(more.start("n"), more.end("n"), number(more["n"]) or 0, "word"))
        ahead = _AHEAD_OF_LABEL.search(low, max(0, label.start - 8), label.start) if label.number else None
        if ahead and 5 <= int(ahead["n"]) <= 90:
            out.append(TimeMention(ahead.start("n"), ahead.end("n"), int(ahead["n"]), "label"))
    return out


_HEADED_BY = re.compile(r"(?:\A|\n)[ \t*-]{0,4}(?P<n>[5-9]|[1-8]\d)[ \t]?\Z")
_HEADED_FAR = 8  # code points before a name that hold the figure that opens its line
_HEADED_LEAST = 2  # lines


def _opening_lines(low: str, labels: Sequence[Label]) -> list[TimeMention]:
    """Figures that open lines right before a name: "15 te: pulleys" above "10 mt: glides". They are no numbers of a list."""
    heads = (_HEADED_BY.search(low, max(0, label.start - _HEADED_FAR), label.start) for label in labels)
    found = [TimeMention(head.start("n"), head.end("n"), int(head["n"]), "label") for head in heads if head]
    return _if_no_list(found)


def _if_no_list(found: list[TimeMention]) -> list[TimeMention]:
    """Figures that open several lines or sentences, unless they only count these."""
    listed = all(two.minutes - one.minutes == 1 for one, two in pairwise(found))
    return found if len(found) >= _HEADED_LEAST and not listed else []


# "16 hall: ...", "22 mail rm: ...": what was done is told behind the colon.
_PLACED = re.compile(
    r"(?:\A|\n|(?<=[a-z)\d][.;])[ ])[ \t*-]{0,4}(?P<n>[5-9]|[1-8]\d)[ ](?P<where>[a-z][a-z/&-]{1,14}(?:[ ][a-z/&-]{1,12}){0,2}):(?=[ ]\S)"
)
_NO_PLACE = re.compile(
    r"(?<![a-z])(?:min|sec|hour|hr|timed?|total|each|ea|wks?|weeks?|days?|months?|mos?|years?|yrs?|yo|visits?|sessions?|units?|u|reps?|sets?|x|lbs?|kg|ft|feet|deg|degrees|am|pm"
    r"|of|jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|pain|hep|goals?|plan)[a-z]{0,4}(?![a-z])"
)


_COUNTED = re.compile(r"(?:steps?|stairs|laps?|trials?)\Z")


def _before_places(low: str) -> list[TimeMention]:
    """Figures that open sentences or lines right before the place or the thing that heads them: "16 hall: to the mail room"."""
    found = [found for found in _PLACED.finditer(low) if not _NO_PLACE.search(found["where"])]
    if all(_COUNTED.search(one["where"]) for one in found):
        return []
    return _if_no_list([TimeMention(*one.span("n"), int(one["n"]), "label") for one in found])


_FIELD = re.compile(r"[ \t]*[:=.]")
_FIELDS = 10  # a form numbers no more fields than that
_HEADS_LINE = re.compile(r"(?:\A|\n)[ \t]*\Z")
_QUOTED_CELL = re.compile(r'(?:^|,)("[^"]*"|[^,]*)')


def _cells(line: str, mark: str) -> list[tuple[int, int]]:
    """Start and end of each cell of a line, white space cut off."""
    if mark == "  ":
        return [m.span() for m in re.finditer(r"\S+(?:\s\S+)*", line)]
    if mark == "," and '"' in line:
        return [(m.start(1) + (m[1][:1] == '"'), m.end(1) - (m[1][-1:] == '"')) for m in _QUOTED_CELL.finditer(line)]
    out, begin = [], 0
    for part in line.split(mark):
        inner = part.strip(' "')
        at = begin + (part.find(inner) if inner else 0)
        out.append((at, at + len(inner)))
        begin += len(part) + len(mark)
    return out


def column_cells(low: str, heads: Mapping[re.Pattern[str], int]) -> Iterator[tuple[int, int, int]]:
    """Cells of the rows below a heading cell that one of `heads` matches: start, end and the number given for that head."""
    offset = 0
    head: tuple[str, int, int, int, int, bool] | None = (
        None  # mark, cell, start, end, number of the head, is it the last
    )
    for line in low.split("\n"):
        new_head = _head_of(line, heads)
        if new_head:
            head = new_head
        elif head:
            mark, index, a, b, unit, last = head
            cells = _cells(line, mark) if mark in line else []
            hit = None
            if mark == "  ":
                hit = next((c for c in cells if a - _LEFT < c[0] < b + 3 and a - 3 < c[1]), None)
                if hit is None and last and cells:
                    hit = cells[-1]
            elif index < len(cells):
                hit = cells[index]
            if hit and hit[0] < hit[1]:
                yield offset + hit[0], offset + hit[1], unit
        offset += len(line) + 1


def _head_of(line: str, heads: Mapping[re.Pattern[str], int]) -> tuple[str, int, int, int, int, bool] | None:
    whole = line.strip()
    for mark in ("|", "\t", " / ", ",", ";", "  "):
        if mark not in (line if mark == "  " else whole):
            continue
        cells = _cells(line, mark)
        found = [
            (mark, index, a, b, unit, index == len(cells) - 1)
            for index, (a, b) in enumerate(cells)
            if b - a < 24 and (len(cells) > 1 or (mark == "  " and whole == line[a:b] and a > 12))
            for pattern, unit in heads.items()
            if pattern.fullmatch(line, a, b)
        ]
        if found:  # "Time" beside "Min" is that of the clock
            return next((head for head in found if "min" in line[head[2] : head[3]]), found[0])
    return None


def _by_way(low: str) -> list[TimeMention]:
    """The minutes of rows that give them in one of the columns "Ind  Conc  Grp"."""
    head = _WAYS_HEAD.search(low)
    if not head:
        return []
    many = len(re.findall(_WAY, head[0]))
    out: list[TimeMention] = []
    for row in _WAYS_ROW.finditer(low, head.end()):
        cells = list(re.finditer(r"\d+|-+", row[0]))[-many:]
        given = [c for c in cells if c[0].isdecimal() and int(c[0])]
        if len(cells) == many and len(given) == 1:
            at = row.start() + given[0].start()
            out.append(TimeMention(at, at + len(given[0][0]), int(given[0][0]), "cell"))
    return out


def _columns(low: str) -> list[TimeMention]:
    """Numbers under a column headed by a word for minutes or hours, and bare number cells of rows with bars or tabs."""
    out = _by_way(low) if any(way in low for way in _TELLING_WAYS) else []
    for start, end, unit in column_cells(low, {_MINUTE_HEAD: 1, _HOUR_HEAD: 60}):
        figure = _FIGURE.fullmatch(low, start, end)
        if figure and 0 < round(float(figure[1]) * unit) <= 240:
            out.append(TimeMention(start, start + len(figure[1]), round(float(figure[1]) * unit), "cell"))
    if out or not ("|" in low or "\t" in low or "^" in low):
        return out
    offset = 0
    for line in low.split("\n"):
        mark = next((m for m in ("|", "\t", "^") if line.count(m) > 1 or (m != "^" and m in line)), None)
        for a, b in _cells(line, mark) if mark else ():
            figure = _BARE_CELL.fullmatch(line, a, b)
            if figure and 3 <= int(figure[1]) <= 120:
                out.append(TimeMention(offset + a, offset + figure.end(1), int(figure[1]), "bare"))
        offset += len(line) + 1
    return out
