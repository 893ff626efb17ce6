"""Times that several services share unsplit ("25 min for both", "16 for the 3", "Rows 2-4 share the 30."): no single one's."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence

from rehabcoder.billing.codes import is_timed, one_name
from rehabcoder.language.patterns import sentence_start
from rehabcoder.language.reading import Reading
from rehabcoder.language.times import WORDS, TimeMention, number
from rehabcoder.language.total_shapes import ON_SEVERAL, SHARED_BETWEEN

_ON_THINGS = re.compile(rf"(?![^.;\n]{{0,40}}\beach\b){ON_SEVERAL.pattern}")
# A time for several services together, which is no single one's.
_TOGETHER_BEHIND = re.compile(
    r"[\s,()\]]*(?:in\s+all\s+)?(?:together(?!\s+with|\s+c\s)|combined|(?:for|between|on|across|over)\s+(?:(?:both|all(?:\s+three)?|them|these)(?=\s*(?:[.,;:/|)\n]|$|of\b|together|combined|services|blocks|parts))|(?:all\s+)?(?:the\s+|these\s+|those\s+)?(?:last\s+|first\s+|other\s+)?(?:two|three|pair|lot)(?![a-z-])|(?:all|(?:all\s+)?(?:the|these|those)(?:\s+(?:last|first|other))?|last|first)\s+[2-5](?=\s*(?:$|[.,;:/|)\]\n]|rows|lines|blocks|of\b)))|(?:all\s+(?:three|four|[3-5])|(?:for\s+)?(?:the\s+)?both)(?=\s*(?:[.,;/|)\]\n]|$))|shared|not\s+split|unsplit|undivided)"
)
# A sentence of its own says of a figure above that it is several rows' ("Rows 2-4 share the 30.", "The 30 min covers all three.").
_SHARED_FIGURE = re.compile(
    rf"(?<![a-z])(?:shar(?:e|es|ed|ing)|split(?:s|ting)?)\s(?:(?:the|one|that|those|these|a|same)\s)*(?P<n>\d{{1,3}}|{WORDS})(?![\d/:.-]*\d|\s?(?:min\w*\s)?of\s\d)"
    rf"|(?<![\d.:/a-z-])(?P<m>\d{{1,3}}|{WORDS})\s?(?:min(?:ute)?s?\s|'\s?)?(?:(?:is|was|are|were)\s)?(?:covers?|covered|covering|spans?|shared\s(?:by|between|among|across|over|for))"
    r"\s(?:(?:all|both|the|these|those|last|first|other|of)\s)*(?:rows?|lines?|two|three|four|[2-5]|all|both|them|blocks|services|codes|te|ta|nmr|mt)(?![a-z])"
)
_MANY = {"both": 2, "two": 2, "pair": 2, "three": 3, "four": 4, "2": 2, "3": 3, "4": 4, "5": 5}
NO_LENGTH = frozenset({"clock", "rest", "pct", "trail", "bare"})  # figures that may be anything
_TOGETHER_BEFORE = re.compile(
    r"(?<![a-z])(?:combined|together|(?:these|the|all|last|first)\s+(?:two|three)|both(?:\s+of\s+them)?)(?:\s+(?:took|were|for|was|at|above))?[\s:x=~([,-]*$"
)
# "Those two took thirty minutes with rests": a sentence of its own, which says by itself that there are several.
_SAID_OF_SEVERAL = re.compile(
    r"(?:\A|[.;!?\n(]\s*|,\s+)(?:(?:these|those)(?:\s+(?:two|three|four))?|the\s+(?:two|three|four))(?:\s+(?:of\s+them|together|parts|blocks|things|combined|[a-z]+s(?=\s+together)))*"
    r"\s+(?:took|were|came\s+to|lasted|ran|filled|made|used)(?:\s+(?:up|us|me|him|her|about|around|some|roughly|the|a|full|first|last|all\s+of))*\s+\Z"
)
# ... said of a time: "The first half hour went between the stairs and the rocker board".
_SHARED_OUT = re.compile(
    r"\s(?:went\s(?:between|among)|(?:(?:was|were|got)\s)?(?:shared|split|divided|spread)(?:\s(?:up|out))?\s(?:between|among|across|over|by))\s"
)
_SUBJECT = 60  # code points of it
_EACH_BEHIND = re.compile(r"[\s,]*(?:each|apiece|ea)\b")
_OF_ITS_OWN = re.compile(r"[\[({;.-]\s*$")  # "[both (28)]", but not "glides to both x 28 min"
_IN_THE_FIRST = re.compile(
    r"\s*(?:and\s+|then\s+)?(?:in|over|during|within|for)\s+(?:the|his|her|these|those|a)\s+(?:(?:first|next|last|following|final|remaining|other|further)\s+)?"
)
STOPS = re.compile(r"[.\n](?=\s|\Z)")  # where a sentence or a line ends
_FORMS = frozenset({"min", "prime", "word", "frac", "hour", "m", "label", "brack", "bare", "cell"})
_OPENED = re.compile(r"[ \t*-]*(?:(?:seen|time:?)?[ \t]*(?:from[ \t]+)?)?")
_SOMEBODY = re.compile(r"[ \t,:-]*(?:we|i|she|he|they|(?:the[ \t])?(?:pt|patient|client)|mrs?\.?|ms\.?)[ \t]")
_LEAST_SHARED = 8  # minutes; less is a rest between two sets
_JOINS = ("+", "&", "/", " and")
_HEADING = 80  # code points in which a heading names its services
# What stands between the names of such a heading, before the first of them ("Tx (TE, MT) 38 min"), and behind its time.
_ONLY_JOINS = re.compile(r"[^a-z\d\n]*(?:(?:x|and|plus|for)[^a-z\d\n]+)?")
_LEADS_TO = re.compile(r"[^a-z\d\n]*(?:x[^a-z\d\n]+)?(?:[a-z][a-z /]{0,24}(?:[:(]|[ ]-)[^a-z\d\n]*)?")
_LEADS_TO_TIME = re.compile(r"[\s,:(x=~@-]{0,4}(?:for\s(?:about\s)?)?")
_CLOSES_LINE = re.compile(r"[ \t).:=-]*(?:\n|\Z)")
_ROWS = 1000  # code points of two services with the time of both
_PAIR = 2  # services that a time for "both" is of
_NO_WORDS = re.compile(r"[^a-z\d\n]*+")
_NAME = 32  # code points of the first of its names, where the service begins with the second
_NEAR = 4  # code points of the sign between two names, or between a name and its time
_FAR = 400  # code points before a time in which its sentence is searched


def together_behind(low: str, mention: TimeMention) -> int | None:
    """How many services a time says that it is for ("16 min for the 3"); 0 where it says only "together"; else None."""
    behind = _TOGETHER_BEHIND.match(low, mention.end)
    return _MANY.get(behind[0].split()[-1].strip(")]"), 0) if behind else None


def shared_times(reading: Reading, spans: Sequence[tuple[int, int]]) -> set[int]:
    """Where times begin that several services share unsplit ("25 min for both"): no single one's."""
    low = reading.low
    begins, ends = [a for a, _ in spans], [b for _, b in spans]
    lengths = [t.start for t in reading.times if t.form not in NO_LENGTH]
    given = _figures_shared(low)
    out = {mention.start for mention in reading.times if mention.minutes in given} if given else set()
    for mention in reading.times:
        if mention.form not in _FORMS and mention.form != "range":
            continue
        if (
            _of_two_names(reading, spans, begins, mention)
            or _behind_several(reading, spans, begins, mention)
            or _below_several(reading, spans, begins, mention)
        ):
            out.add(mention.start)
            continue
        if mention.form == "range":
            if _told_of_several(reading, begins, ends, mention):
                out.add(mention.start)
            continue
        if _ON_THINGS.match(low, mention.end) or (
            mention.minutes >= _LEAST_SHARED and _SHARED_OUT.match(low, mention.end)
        ):
            out.add(mention.start)
            continue
        if _spread(reading, begins, ends, mention) or _between_several(reading, begins, ends, mention):
            out.add(mention.start)
            continue
        if _SAID_OF_SEVERAL.search(low, max(0, mention.start - _SUBJECT), mention.start):
            if not _EACH_BEHIND.match(low, mention.end):
                out.add(mention.start)
            continue
        before = _TOGETHER_BEFORE.search(low, max(0, mention.start - 30), mention.start)
        behind = None if before else _TOGETHER_BEHIND.match(low, mention.end)
        if not before and not behind:
            continue
        if behind and "between" in behind[0]:  # says by itself that there are several
            out.add(mention.start)
            continue
        if behind and _closes_rows(low, spans, lengths, mention, together_behind(low, mention) or 0):
            out.add(mention.start)
            continue
        begin = sentence_start(low, mention.start, max(0, mention.start - _FAR))
        if behind and _closes_several(reading, spans, begins, begin, mention):
            out.add(mention.start)
            continue
        own = before is not None and _OF_ITS_OWN.search(low, max(0, before.start() - 4), before.start()) is not None
        codes = {label.code for label in reading.labels_in(begin, mention.start)}
        touched = touching(begins, ends, begin, mention.start)
        if (
            len(codes) > 1
            or len(touched) > 1
            or (
                own
                and touched.start
                and _goes_on(reading, spans[touched.start - 1], spans[touched.start : touched.stop])
            )
        ):
            out.add(mention.start)
    return out


def _of_two_names(
    reading: Reading, spans: Sequence[tuple[int, int]], begins: Sequence[int], mention: TimeMention
) -> bool:
    """Whether a time stands right behind two names that a sign joins, each of which is a service: "te + ta 30m"."""
    index = bisect_right(begins, mention.start) - 1
    if index >= 0 and _heads_several(reading, spans, index, mention):
        return True
    if index < 1 or not reading.low.endswith(_JOINS, *spans[index - 1]):
        return False
    (start, end), here = spans[index - 1], spans[index][0]
    first, second = reading.labels_in(start, end), reading.labels_in(here, mention.start)
    return (
        len(first) == len(second) == 1
        and first[0].start == start
        and second[0].start == here
        and end - first[0].end <= _NEAR
        and _LEADS_TO_TIME.fullmatch(reading.low, second[0].end, mention.start) is not None
    )


def _heads_several(reading: Reading, spans: Sequence[tuple[int, int]], index: int, mention: TimeMention) -> bool:
    """Whether a time is that of a heading of two names over several services: "TE/NMR 25 min: SLR ...; reaches on foam ..."."""
    start, end = spans[index]
    least = max(0, start - _NAME)
    start = max(least, reading.low.rfind("\n", least, start) + 1)
    names = reading.labels_in(start, start + _HEADING)[:2]
    if len(names) < 2 or names[0].code == names[1].code or names[1].start - names[0].end > _NEAR + 1:
        return False
    if not 0 <= mention.start - names[1].end <= _NEAR and not 0 <= names[0].start - mention.end <= _NEAR:
        return False
    if index + 1 == len(spans):
        return False
    breaks = reading.low.count("\n", end, spans[index + 1][0])
    if breaks and (breaks > 1 or not _fills_line(reading.low, max(names[1].end, mention.end), end)):
        return False
    following = spans[index + 1]
    return not reading.labels_in(*following) and not any(
        time.form not in NO_LENGTH for time in reading.times_in(*following)
    )


def _behind_several(
    reading: Reading, spans: Sequence[tuple[int, int]], begins: Sequence[int], mention: TimeMention
) -> bool:
    """Whether a time outside of the services closes a line that names several and nothing else: "[x] TherEx  [x] NMR  30 min"."""
    low = reading.low
    index = bisect_right(begins, mention.start) - 1
    if (index >= 0 and mention.start < spans[index][1]) or not _CLOSES_LINE.match(low, mention.end):
        return False
    line = low.rfind("\n", max(0, mention.start - _HEADING), mention.start) + 1
    named = reading.labels_in(line, mention.start)
    if len({one_name(label.code) for label in named if is_timed(label.code)}) < len(named) or not named[1:]:
        return False
    begin, end = [label.end for label in named], [*(label.start for label in named[1:]), mention.start]
    return _LEADS_TO.fullmatch(low, line, named[0].start) is not None and all(
        _ONLY_JOINS.fullmatch(low, a, b) for a, b in zip(begin, end, strict=True)
    )


def _closes_several(
    reading: Reading, spans: Sequence[tuple[int, int]], begins: Sequence[int], begin: int, mention: TimeMention
) -> bool:
    """Whether a time for several is all that its sentence or its brackets say, behind two services of one line without a time: "Glides, grade III.
    Showed her the wrap. 45' both." """
    index = bisect_left(begins, mention.start)
    begin = max(begin, reading.low.rfind("(", begin, mention.start))
    if index < _PAIR or any(map(str.isalpha, reading.low[begin : mention.start])):
        return False
    first = spans[index - _PAIR][0]
    if mention.start - first > _ROWS or "\n" in reading.low[first : mention.start]:
        return False
    return not any(time.form not in NO_LENGTH for time in reading.times_in(first, mention.start))


def _below_several(
    reading: Reading, spans: Sequence[tuple[int, int]], begins: Sequence[int], mention: TimeMention
) -> bool:
    """Whether a time fills a line below two rows that each name another service and have no time: ".... 30 min" below "TE: SLR
    3x10" and "NMR: tandem walk"."""
    low = reading.low
    index = bisect_right(begins, mention.start) - 1
    if index < 1 or not _CLOSES_LINE.match(low, mention.end):
        return False
    line = low.rfind("\n", max(0, mention.start - _HEADING), mention.start) + 1
    (start, end), (second, _) = spans[index - 1], spans[index]
    if mention.start - start > _ROWS or line <= second or not _NO_WORDS.fullmatch(low, line, mention.start):
        return False
    if low.count("\n", end, second) != 1 or "\n" in low[start:end] or low.count("\n", second, mention.start) != 1:
        return False
    one, two = reading.labels_in(start, start + _NEAR), reading.labels_in(second, second + _NEAR)
    if not one or not two or one[0].code == two[0].code:
        return False
    return not any(time.form not in NO_LENGTH for time in reading.times_in(start, mention.start))


def _fills_line(low: str, behind: int, end: int) -> bool:
    """Whether a heading that ends at `behind` has its line for itself, and the service goes on below it up to `end`."""
    line = low.find("\n", behind, end)
    return line >= 0 and not low[behind:line].strip(" \t:=.)-")


def _figures_shared(low: str) -> set[int]:
    """Minutes of which a sentence of the note says that several rows share them."""
    if "shar" not in low and "cover" not in low and "split" not in low and "span" not in low:
        return set()
    return {number(found["n"] or found["m"]) or 0 for found in _SHARED_FIGURE.finditer(low)}


def _spread(reading: Reading, begins: Sequence[int], ends: Sequence[int], mention: TimeMention) -> bool:
    """Whether the only time of a sentence opens it and several services follow: "In the first 40 minutes A, B and C were done." """
    low = reading.low
    begin = sentence_start(low, mention.start, max(0, mention.start - _FAR))
    if not _IN_THE_FIRST.fullmatch(low, begin, mention.start):
        return False
    end = _sentence_end(low, mention.end)
    return not reading.times_in(mention.end, end) and len(touching(begins, ends, mention.start, end)) > 1


def _between_several(reading: Reading, begins: Sequence[int], ends: Sequence[int], mention: TimeMention) -> bool:
    """Whether a time is said to be shared out between what follows: "We had forty minutes between the exercises and the stairs." """
    if mention.minutes < _LEAST_SHARED or not SHARED_BETWEEN.match(reading.low, mention.end):
        return False
    return len(touching(begins, ends, mention.start, _sentence_end(reading.low, mention.end))) > 1


def _told_of_several(reading: Reading, begins: Sequence[int], ends: Sequence[int], mention: TimeMention) -> bool:
    """Whether the times of day that open a sentence are those of the several services of which it tells without a name or a
    further time: "10:30 to 11:15 we practiced A, then I went over B, and did C." """
    low = reading.low
    begin = sentence_start(low, mention.start, max(0, mention.start - _FAR))
    if not _OPENED.fullmatch(low, begin, mention.start) or not _SOMEBODY.match(low, mention.end):
        return False
    end = _sentence_end(low, mention.end)
    if reading.times_in(mention.end, end) or reading.labels_in(mention.end, end):
        return False
    return len(touching(begins, ends, mention.start, end)) > 1


def _sentence_end(low: str, at: int) -> int:
    stop = STOPS.search(low, at, at + 2 * _FAR)
    return stop.start() if stop else min(len(low), at + 2 * _FAR)


def _closes_rows(
    low: str, spans: Sequence[tuple[int, int]], lengths: Sequence[int], mention: TimeMention, many: int
) -> bool:
    """Whether a time for `many` together closes the last of as many rows, of which the others have no time of their own.

    `lengths` is where all times begin that say how long something took.
    """
    index = bisect_right(spans, mention.start, key=lambda span: span[0]) - 1
    first = index - many + 1
    if many < 2 or first < 0:
        return False
    return all(
        low.count("\n", spans[k][1], spans[k + 1][0]) == 1
        and bisect_left(lengths, spans[k][0]) == bisect_left(lengths, spans[k + 1][0])
        for k in range(first, index)
    )


def _goes_on(reading: Reading, above: tuple[int, int], here: Sequence[tuple[int, int]]) -> bool:
    """Whether a service without a time stands on the line above another, so that "both" can speak of the two."""
    if not here or reading.low.count("\n", above[1], here[0][0]) != 1:
        return False
    return not reading.times_in(*above)


def touching(begins: Sequence[int], ends: Sequence[int], begin: int, end: int) -> range:
    """Which of the spans, given by their begins and ends, have words in `[begin, end)`."""
    return range(bisect_right(ends, begin), bisect_left(begins, end))
