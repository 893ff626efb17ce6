"""Times said to be all of a service, which beat the time of one thing in it: "Bike 10 min, SLR 3x10. One on one entire 38
minutes", "UBE 6 min, rows - 25 min total"; and the figure in the column of minutes, which beats a dose in its row.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence

from rehabcoder.language.note_minutes import Minutes
from rehabcoder.language.patterns import sentence_start
from rehabcoder.language.reading import MASKED, Reading
from rehabcoder.language.times import TimeMention
from rehabcoder.language.total_words import total_words

_SAID = frozenset({"min", "prime", "word", "m"})
_LEAST = 8  # minutes of a service as a whole
_FAR = 60  # code points before a time in which words say what it is the time of
_NEXT = 120  # code points behind a service in which the sentence about its time ends
# Up to a time: that the therapist was with the patient for so long, or the patient in the water.
_FILLED = r"(?:(?:the|entire|whole|full|for|x|time|total|throughout|all|was|is|of|a|with|w/|by|pt|patient|client|therapist|treatment|contact|min(?:ute)?s?|spent)\b|[:=~x-]|\s)*"
_WITH = re.compile(
    rf"(?<![a-z\d])(?:one[ -](?:on|to)[ -]one|1[:-]1|1 on 1|(?:in|in the)[ -](?:water|pool)(?:[ -](?:and|w/|with)[ -](?:pt|patient|therapist|me))?){_FILLED}\Z"
)
_WITH_BEHIND = re.compile(r"[ \t,(]{1,3}(?:1[:-]1|one[ -](?:on|to)[ -]one)(?![a-z])")
_TOTAL = re.compile(
    r"(?<![a-z])(?:total(?:ing|ling|ed|led)?|in all|altogether)(?:\s(?:time|of|for|min(?:ute)?s?|was|about)|[ :=~-])*\Z"
)
_TOTAL_BEHIND = re.compile(
    r"[ \t,]{1,2}(?:total|in all|altogether|in total|all told)(?=[ \t]*(?:[.;,)\n]|\Z|(?:of|for|on)\s))"
)
_OF = re.compile(r"(?:[ \t]+(?:total|in all))?[ \t]+(?:of|for|on)[ \t]+(?:the[ \t]+)?")
_GOES_ON = re.compile(r"[^.;\n,]{0,40}[,+&][ \t\n]")  # behind the time of one thing of a list
_LETTER = re.compile(r"[a-z]")
_OF_A_CELL = frozenset({"range", "min", "prime", "m", "hmm"})


def said_whole(
    reading: Reading,
    spans: Sequence[tuple[int, int]],
    names: Sequence[str],
    chosen: list[Minutes],
    untimed: Sequence[bool],
) -> None:
    """Gives each service the time said to be all of it instead of one thing's of the list that it heads, or of none."""
    low = reading.low
    if not (
        "total" in low
        or "all" in low
        or "1:1" in low
        or "1-1" in low
        or "one" in low
        or "water" in low
        or "pool" in low
        or " on 1" in low
    ):
        return
    timed = [index for index, idle in enumerate(untimed) if not idle]
    taken = {m.start for m in chosen}
    sums = (sum(m.minutes or 0 for m in chosen), sum(chosen[k].minutes or 0 for k in timed))
    lacking = sum(chosen[k].minutes is None for k in timed)
    for index in timed:
        own, (start, end) = chosen[index], spans[index]
        if own.start is not None and not (start <= own.start < end and _of_one_thing(reading, start, own)):
            continue
        following = spans[index + 1][0] if index + 1 < len(spans) else len(low)
        line = low.find("\n", end)
        furthest = min(following, line if line >= 0 else len(low), end + _NEXT)
        for mention in reading.times_in(own.end or start, max(end, furthest)):
            if (
                mention.form not in _SAID
                or mention.minutes < max(_LEAST, (own.minutes or 0) + 1)
                or mention.start in taken
            ):
                continue
            if len(timed) == 1 and _one_on_one(low, mention):
                pass
            elif mention.end > end + 1 or not _total(
                reading, mention, start, names[index], _of_a_list(reading, start, own, mention, lacking)
            ):
                continue
            elif len(timed) == 1 and own.start is not None and not _of_service(reading, mention, names[index]):
                continue  # it may be that of the visit
            elif mention.minutes in sums:  # the session's
                continue
            if not _another_day(low, mention):
                chosen[index] = Minutes(mention.minutes, mention.start, mention.end, 0.75)
                break


def _of_one_thing(reading: Reading, start: int, own: Minutes) -> bool:
    """Whether minutes are those of one thing of a list: not beside the name of an intent or its number, and a comma follows."""
    low, at = reading.low, own.start or 0
    index = bisect_left(reading.labels, at, key=lambda label: label.start) - 1
    named = next(
        (
            la
            for la in reading.labels[max(0, index - 3) : index + 1][::-1]
            if la.start >= start and (la.number or la.code in MASKED)
        ),
        None,
    )
    between = low[named.end if named else start : at]
    return _LETTER.search(between.strip(" x:-")) is not None and _GOES_ON.match(low, own.end or at) is not None


def _of_a_list(reading: Reading, start: int, own: Minutes, mention: TimeMention, lacking: int) -> bool:
    """Whether a list with the time of one thing in it leads up to a time; where none was taken, only this service lacks minutes."""
    if own.start is not None:
        return True
    before = reading.times_in(start, mention.start) if lacking == 1 else []
    return any(
        _of_one_thing(reading, start, Minutes(t.minutes, t.start, t.end, 1.0)) for t in before if t.form in _SAID
    )


def _one_on_one(low: str, mention: TimeMention) -> bool:
    if _WITH_BEHIND.match(low, mention.end):
        return True
    return _WITH.search(low, max(0, mention.start - _FAR), mention.start) is not None


def _total(reading: Reading, mention: TimeMention, start: int, code: str, of_a_list: bool) -> bool:
    """Whether a time within a service sums it up, in the sentence that names it or of its own name."""
    low = reading.low
    if not (
        _TOTAL.search(low, max(start, mention.start - _FAR), mention.start) or _TOTAL_BEHIND.match(low, mention.end)
    ):
        return False
    if _of_service(reading, mention, code):
        return True
    begin = sentence_start(low, mention.start, start)
    return of_a_list and any(label.code == code for label in reading.labels_in(begin, mention.start))


def _of_service(reading: Reading, mention: TimeMention, code: str) -> bool:
    """Whether the name of the service stands behind a time: "20 min of ther ex"."""
    behind = _OF.match(reading.low, mention.end)
    return behind is not None and any(label.code == code for label in reading.labels_in(behind.end(), behind.end() + 1))


def _another_day(low: str, mention: TimeMention) -> bool:
    begin, words = sentence_start(low, mention.start, max(0, mention.start - 200)), total_words()
    return words.another_day.search(low, begin, mention.start) is not None


def in_its_column(reading: Reading, spans: Sequence[tuple[int, int]], chosen: list[Minutes]) -> None:
    """Gives a service that is one row of a table the figure in the column of minutes, or the only time with a cell of its own, where it
    has none or a dose of the row."""
    low = reading.low
    if "|" not in low:
        return
    for index, (start, end) in enumerate(spans):
        if "|" not in low[start:end] or "\n" in low[start:end]:
            continue
        times = [t for t in reading.times_in(start, end) if t.form != "clock"]
        cells = [t for t in times if t.form == "cell"] or [
            t for t in times if t.form in _OF_A_CELL and _fills_cell(low, t)
        ]
        own = chosen[index]
        if (
            len(cells) == 1
            and len(times) > 1
            and (own.start is None or start <= own.start < end)
            and own.start != cells[0].start
        ):
            chosen[index] = Minutes(cells[0].minutes, cells[0].start, cells[0].end, 0.9)


def _fills_cell(low: str, mention: TimeMention) -> bool:
    """Whether a time is all that stands in its cell of a row: "| TM 5 min, rows 3x10 | 9:00-9:15 |"."""
    before = low[low.rfind("\n", 0, mention.start) + 1 : mention.start].rstrip(" \t")
    behind = low[mention.end : mention.end + 12].lstrip(" \t")
    return before.endswith("|") and behind[:1] in ("", "|", "\n")
