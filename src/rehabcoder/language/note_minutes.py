"""What the note as a whole says of a service's minutes: times of several services, sums in order, the rest of a total."""

from __future__ import annotations

import itertools
import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from rehabcoder.language.keyed import given_by_key
from rehabcoder.language.patterns import MACHINE, sentence_start
from rehabcoder.language.reading import Reading
from rehabcoder.language.shared import STOPS, touching
from rehabcoder.language.times import WORDS, TimeMention, clock, number
from rehabcoder.language.total_words import total_words

# One time said once, for each of several services: not "each way", "each morning", "each side".
_EACH = re.compile(
    r"\s*(?:min(?:ute)?s?\.?\s*)?(?:each|ea|apiece)(?=\s*(?:$|[.,;:()\n|/=]|-\s|on\b|for\b|of\s+(?:the\s+)?(?:two|three|four|these)|unless|except|otherwise))"
)
_PARTS = r"(?:blocks?|rows?|parts?|services?|codes?|interventions?|treatments?|procedures?|activit(?:y|ies))"
_PER_PART = re.compile(
    rf"\s*(?:min(?:ute)?s?\.?\s*)?(?:per|for\s(?:each|every)|each|(?:a|/)(?=\s?(?:block|row)))\s?(?:of\sthe\s)?{_PARTS}(?![a-z])"
)
_EACH_PART = re.compile(
    rf"(?<![a-z])(?:(?:each|every)\s{_PARTS}|each\sof\s(?:these|them|(?:the|these)\s(?:two|three|four|[2-4])(?:\s{_PARTS})?))\s?(?:(?:was|took|ran|lasted|got|is|given|for|at|of|about)\s)*[:=x~,-]?\s?\Z"
)
_SUM_BEHIND = re.compile(
    r"[ \t,;:(=-]{0,4}(?:(?:total|timed|sum|tot|for|of|a)[ \t:=]{1,2}){0,3}(?P<n>\d{2,3})(?!\d|[./:]\d)"
)
_LISTED = re.compile(r"\s?(?::|-\s|on\b|for\b|of\b)")  # behind "12 min each": the services follow
_SERVICES = re.compile(
    r"(?<![a-z])(?:interventions?|blocks|services|treatments|procedures?|codes?|skilled|[2-6]\s(?:parts|blocks|rows|areas)|(?:these|two|three|four|following)(?:\s+(?:things|parts|blocks|services|areas))?|all|both)[^.;\n]{0,30}$"
)
_ON_SEVERAL = re.compile(r"[^.;\n]{0,14}?\b(?:on|for|of|to)\s+(?:the\s+|these\s+)?(?:two|three|four)\b")
_AT_HOME = re.compile(r"(?<![a-z])(?:home|plan|next|visits?(?!\s+ran)|sessions?|weekly|expect|awaiting)(?![a-z])")
ONLY_A_TIME = re.compile(r"[ \t]*(?P<dash>[-=>*]{1,3}[ \t]*)?$")
_GIVEN = re.compile(rf"(?<=[a-z]\s)(?P<n>{WORDS}|\d{{1,2}})(?:\s(?:timed\s)?min\w*|(?=\s*[,.;]|\sand\b))")
_ROW_OF_MINUTES = re.compile(r"[ \t]*(?:mins?|minutes)[ \t\d|-]*$")
_NOTHING_MORE = re.compile(r"[ \t.)]*(?:\n|$)")
# A time opens a sentence or a line, but for a few words that lead up to it; between it and the service stands nothing more.
_OPENS = re.compile(
    r"(?:^|\n|[.;!?]\s|,\s(?=and\s|then\s)|(?<![a-z])(?:except|apart from)\s)[\s*(-]*(?:(?:and|then|next|after that|from|until|till|to|for|at|the|in|i spent|we spent|another|last|final)\s+)*$"
)
_BETWEEN = re.compile(r"[ \t,:)-]*(?:(?:of|was|were|on|for|in|went to|to)\s+)?")
_PLACE = re.compile(
    r"[ \t]+(?:in|at|on|out(?:[ \t](?:in|on))?)[ \t](?:(?:the|her|his|their|our)[ \t])?[a-z]{3,14}(?:[ \t][a-z]{3,14})?[,:][ \t]*"
)
_NAMED = re.compile(r"[ \t]+(?:of[ \t]+)?[a-z](?:[a-z/-]|[ \t](?=[a-z])){2,38},[ \t]*")
_NAME = 42  # code points of it
_BEFORE_CLOSING = re.compile(r"[ \t,(=-]*(?:(?:for|x)\s*)?")
_CLOSES = re.compile(r"[ \t)]*(?:$|[.;,\n]|\((?:te|mt|ta|nmr|gt)\))")
DOSE = 5  # minutes below which a time is a part of an exercise rather than a service
_GOES_ON = re.compile(r"\s*(?:of|on|for|with|to|in|and)\b")
_TIME_OF_DAY = r"\d{1,2}:[0-5]\d(?![\d:])"
_IN_AND_OUT = re.compile(
    rf"(?<![a-z])(?:in|into|entered|entering|to)[ \t](?:the[ \t])?(?:pool|water)(?![a-z])[^.;\n\d]{{0,24}}(?P<a>{_TIME_OF_DAY})"
    rf"[^.;\n\d]{{0,40}}(?<![a-z])(?:out|left|leaving|exit(?:ed|ing)?|climbed)(?![a-z])[^.;\n\d]{{0,24}}(?P<b>{_TIME_OF_DAY})"
)
_OPENING = 64  # code points with which a service opens up to its figure
_NEIGHBOURS, _MOST_BESIDE = 2, 12  # services of a line that show how it gives minutes; so many to either side are asked
_LINE = 2_000  # code points to either side in which it ends
LONGEST = 90  # minutes that one service may take
_GAP = 12  # code points between a time and the words of its service
_BESIDE_FORMS = frozenset({"min", "prime", "word", "hour", "frac", "m", "range", "run", "ell"})
_BEFORE = 40  # code points before a time in which words may say what it is the time of
_SHORT = 16  # code points that may stand before a time on a line of its own
# ... right before a time behind a comma: that of a machine.
_MACHINE = re.compile(rf"[,;]\s{MACHINE}(?:\s(?:l|lvl|level)?\s?\d{{1,2}})?\s(?:x\s|for\s)?\Z")
_FAR = 400  # code points before a time in which its sentence is searched
_SAID = ("min", "prime", "word", "frac", "hour", "m", "label")


@dataclass(slots=True)
class Minutes:
    """The minutes read for one service, where they stand, and how sure the reading is (0 to 1)."""

    minutes: int | None
    start: int | None
    end: int | None
    sure: float


def around(reading: Reading, at: int) -> slice:
    """The labels right before and behind a place."""
    index = bisect_left(reading.labels, at, key=lambda label: label.start)
    return slice(max(0, index - 2), index + 2)


def as_its_neighbours(
    reading: Reading, spans: Sequence[tuple[int, int]], chosen: list[Minutes], untimed: Sequence[bool]
) -> None:
    """Gives a service without minutes the bare figure behind its first words where every other service of its line has hers so:
    "quads 8 - SAQ 3x10; man 10 - glides; bike 6 for bend"."""
    low = reading.low
    for index, (start, end) in enumerate(spans):
        if chosen[index].minutes is not None or untimed[index]:
            continue
        figures = [time for time in reading.times_in(start, min(end, start + _OPENING)) if time.form == "label"]
        if not figures:
            continue
        line = low.rfind("\n", max(0, start - _LINE), start) + 1
        stop = low.find("\n", start, start + _LINE)
        around_it = range(max(0, index - _MOST_BESIDE), min(len(spans), index + _MOST_BESIDE + 1))
        beside = [k for k in around_it if k != index and line <= spans[k][0] and (stop < 0 or spans[k][0] < stop)]
        if len(beside) >= _NEIGHBOURS and all(_behind_name(reading, spans[k], chosen[k]) for k in beside):
            chosen[index] = Minutes(figures[0].minutes, figures[0].start, figures[0].end, 0.7)


def _behind_name(reading: Reading, span: tuple[int, int], minutes: Minutes) -> bool:
    """Whether the minutes of a service are a bare figure behind its first words."""
    at = minutes.start
    if at is None or not span[0] <= at < span[0] + _OPENING:
        return False
    return any(time.form == "label" for time in reading.times_in(at, at + 1))


def not_twice(chosen: list[Minutes]) -> None:
    """One mention is one service's time: the surer keeps it."""
    by_place: dict[int, int] = {}
    for index, minutes in enumerate(chosen):
        if minutes.start is None:
            continue
        other = by_place.get(minutes.start)
        if other is None:
            by_place[minutes.start] = index
        else:
            loser = index if chosen[other].sure >= minutes.sure else other
            chosen[loser] = Minutes(None, None, None, 0.5)
            by_place[minutes.start] = other if loser == index else index


def with_closing_times(reading: Reading, spans: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """The spans with times on a line of their own given to the service above: a block, and under it "-- 24 min".

    Only where the layout says so: the line follows the block directly, and a blank line or a dash sets it off from the next.
    """
    low, out = reading.low, list(spans)
    begins = [start for start, _ in spans]
    for mention in reading.times:
        if mention.form != "cell" and (mention.form not in _SAID or not _NOTHING_MORE.match(low, mention.end)):
            continue
        line = low.rfind("\n", max(0, mention.start - (_FAR if mention.form == "cell" else _SHORT)), mention.start) + 1
        if not line or not _closes_block(low, line, mention):
            continue
        index = bisect_left(begins, line)
        if index < len(out) and out[index][0] <= mention.start and mention.end <= out[index][1]:
            end = out[index][1]
            out[index] = (end - len(low[mention.end : end].lstrip(" \t.)\n")), end)
        if index and out[index - 1][1] <= mention.start and not low[out[index - 1][1] : line].strip():
            out[index - 1] = (out[index - 1][0], mention.end)
    return out


def _closes_block(low: str, line: int, mention: TimeMention) -> bool:
    """Whether a line that is nothing but a time, or the row of minutes of a flowsheet, belongs to the lines above it."""
    if mention.form == "cell":
        return _ROW_OF_MINUTES.match(low, line, mention.start) is not None
    mark = ONLY_A_TIME.match(low, line, mention.start)
    if not mark or low[max(0, line - 2) : line] == "\n\n" or line < 2:
        return False
    behind = low.find("\n", mention.end)
    blank_behind = behind < 0 or low[behind + 1 : behind + 2] in ("", "\n")
    return bool(mark["dash"]) or blank_behind


def with_times_beside(reading: Reading, spans: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """The spans with a time that opens their sentence right before them, or closes it right behind.

    "From 3:45 to 4:05 [gait ...]", "[rows 2x12], 10 min": what cuts a note into services leaves such times out at times, or
    leaves the opening one to the service before.
    """
    low, times, out = reading.low, [t for t in reading.times if t.form in _BESIDE_FORMS], list(spans)
    places = [t.start for t in times]
    for index, (start, end) in enumerate(out):
        if start == end:
            continue
        at = bisect_left(places, start) - 1
        opens = at >= 0 and _leads_to(reading, times[at].end, start)
        if opens:
            begin = max(0, times[at].start - _SHORT * 2)
            lead = _OPENS.search(low, begin, times[at].start)
            previous = out[index - 1] if index else (0, 0)
            if lead and previous[0] < lead.start():
                out[index] = (times[at].start, end)
                if index and previous[1] > lead.start():
                    out[index - 1] = (previous[0], lead.start())
    for index, (start, end) in enumerate(out):
        at = bisect_left(places, end)
        following = out[index + 1][0] if index + 1 < len(out) else len(low)
        if at == len(times) or times[at].end > following or places[at] - end > _GAP:
            continue
        if _BEFORE_CLOSING.fullmatch(low, end, places[at]) and _closes(low, times[at].end):
            out[index] = (start, times[at].end)
    return out


def _leads_to(reading: Reading, at: int, start: int) -> bool:
    """Whether nothing stands between a time and the service that begins at `start` but what it is the time of, or where it was
    given: "30 minutes [of] wheelchair work, 97542: up the ramp", "Thirty of those were in the water, ..."."""
    low = reading.low
    if start - at <= _GAP and _BETWEEN.fullmatch(low, at, start):
        return True
    if start - at > _NAME:
        return False
    if _PLACE.fullmatch(low, at, start):
        return True
    if not _NAMED.fullmatch(low, at, start):
        return False
    name = reading.labels_in(start, start + 1)
    return bool(name) and name[0].number and low[name[0].end : name[0].end + 1] == ":"


def _closes(low: str, end: int) -> bool:
    """Whether a sentence, a line or a clause ends with a time; "min." may be its own full stop or the sentence's."""
    return _CLOSES.match(low, end) is not None or (low[end - 1] == "." and not _GOES_ON.match(low, end))


def sentence_of(low: str, at: int) -> int:
    """Where the sentence around a place begins."""
    least = max(0, at - _FAR)
    return sentence_start(low, at, least)


def told_elsewhere(low: str, at: int) -> bool:
    """Whether the sentence up to a place speaks of home, of the plan or of another day."""
    begin, words = sentence_of(low, at), total_words()
    return any(p.search(low, begin, at) for p in (words.another_day, words.other_thing, _AT_HOME))


def each(
    reading: Reading,
    spans: Sequence[tuple[int, int]],
    names: Sequence[tuple[str | None, str]],
    chosen: list[Minutes],
    untimed: Sequence[bool],
) -> None:
    """ "NMR, TE, TA x 15 min each": one time said once for the services named or standing in its sentence, or for all."""
    low = reading.low
    begins, ends = [a for a, _ in spans], [b for _, b in spans]
    open_ones: dict[str, list[int]] = {}
    for index, (label, code) in enumerate(names):
        if chosen[index].minutes is None:
            open_ones.setdefault(label or code, []).append(index)
    for mention in reading.times:
        if not open_ones:
            return
        if mention.form not in _SAID or mention.minutes < DOSE:  # "2 min each"
            continue
        said = _EACH.match(low, mention.end)
        of_all = said is None and sum(map(len, open_ones.values())) > 1 and _of_each_part(low, mention)
        if not (said or of_all) or told_elsewhere(low, mention.start):
            continue
        begin = sentence_of(low, mention.start)
        named = {label.code for label in reading.labels_in(begin, mention.start)}
        beside = touching(begins, ends, begin, mention.start)
        wanted = set(beside) if len(beside) > 1 else set()
        if of_all or _SERVICES.search(low, begin, mention.start) or (said and _ON_SEVERAL.match(low, said.end())):
            wanted.update(*open_ones.values())
            open_ones.clear()
        if said and _LISTED.match(low, said.end()) and not any(map(str.isalpha, low[begin : mention.start])):
            stop = STOPS.search(low, said.end(), said.end() + _FAR)  # "12 min each: A, then B, then C."
            listed = touching(begins, ends, mention.end, stop.start() if stop else said.end() + _FAR)
            if len(listed) == 1:  # "15 min each: Aquatics: side steps. TE: stretches."
                line = low.find("\n", said.end())
                further = touching(begins, ends, mention.end, line if line >= 0 else len(low))
                if all(k in listed or reading.labels_in(begins[k], begins[k] + 1) for k in further):
                    listed = further
            wanted.update(listed)
        for code in named:
            wanted.update(open_ones.pop(code, ()))
        if said and not wanted:
            wanted.update(
                _all_of_a_sum(reading, begin, said.end(), mention, [*itertools.chain(*open_ones.values())], untimed)
            )
        for index in wanted:
            if chosen[index].minutes is None:
                chosen[index] = Minutes(mention.minutes, mention.start, mention.end, 0.8)


def _all_of_a_sum(
    reading: Reading, begin: int, end: int, mention: TimeMention, open_ones: Sequence[int], untimed: Sequence[bool]
) -> list[int]:
    """The timed services without minutes, where a line that names none gives each its time and what they come to: "45 min
    timed, 15 min each"."""
    timed = [index for index in open_ones if not untimed[index]]
    behind = _SUM_BEHIND.match(reading.low, end)
    given = [t.minutes for t in reading.times_in(begin, mention.start)] + ([int(behind["n"])] if behind else [])
    return timed if len(timed) > 1 and given == [len(timed) * mention.minutes] else []


def _of_each_part(low: str, mention: TimeMention) -> bool:
    """Whether a time is that of every service: "15 min per block", "each row 10 min"."""
    if _PER_PART.match(low, mention.end):
        return True
    return _EACH_PART.search(low, max(0, mention.start - _BEFORE), mention.start) is not None


def in_order(
    reading: Reading,
    spans: Sequence[tuple[int, int]],
    chosen: list[Minutes],
    total: int | None,
    untimed: Sequence[bool],
) -> None:
    """A sentence that sums the session up: "Exercise took fifteen minutes, balance ten", as many times as there are services.

    They must come to the `total`, where one is stated.
    """
    low = reading.low
    open_ones = [index for index, idle in enumerate(untimed) if not idle]
    if len(open_ones) < 2 or any(chosen[index].minutes is not None for index in open_ones):
        return
    begins = [start for start, _ in spans]
    for mention in reading.times:
        if mention.start < begins[open_ones[-1]] or mention.form not in ("word", "min"):
            continue
        begin = sentence_of(low, mention.start)
        if told_elsewhere(low, mention.start) or mention.start < spans[bisect_right(begins, mention.start) - 1][1]:
            continue
        furthest = min(len(low), mention.end + _FAR)
        stop = STOPS.search(low, mention.end, furthest)
        given = list(_GIVEN.finditer(low, begin, stop.end() if stop else furthest))
        if any(total_words().elsewhere.match(low, g.end()) or told_elsewhere(low, g.start()) for g in given):
            continue  # "15 min before bed"
        lengths = [number(g["n"]) or 0 for g in given]
        if len(given) > 2 and lengths[-1] == sum(lengths[:-1]):  # and what they come to
            given, lengths = given[:-1], lengths[:-1]
        if len(given) == len(open_ones) and min(lengths) >= DOSE and total in (None, sum(lengths)):
            for index, found, minutes in zip(open_ones, given, lengths, strict=True):
                chosen[index] = Minutes(minutes, *found.span("n"), 0.7)
        return


def in_the_midst(reading: Reading, span: tuple[int, int], minutes: Minutes) -> bool:
    """Whether the minutes of a service stand in the midst of what was done: not beside its name, and neither first nor last."""
    low, (start, end) = reading.low, span
    if minutes.start is None or minutes.end is None or not start <= minutes.start < end:
        return False
    index = bisect_left(reading.labels, minutes.start, key=lambda label: label.start)
    before = reading.labels[index - 1].end if index and reading.labels[index - 1].start >= start else start
    between, behind = low[before : minutes.start], low[minutes.end : end]
    named = index < len(reading.labels) and reading.labels[index].start - minutes.end <= _GAP
    return not named and any(map(str.isalpha, between.lstrip(" x"))) and any(map(str.isalpha, behind))


def of_a_machine(reading: Reading, minutes: Minutes) -> bool:
    """Whether the minutes of a service are those of a machine that closes a list: "SLR 3x10, calf raise, bike 8 min."."""
    at = minutes.start or 0
    return _MACHINE.search(reading.low, max(0, at - _BEFORE), at) is not None


def by_key(reading: Reading, spans: Sequence[tuple[int, int]], chosen: list[Minutes]) -> None:
    """Minutes that a list gives by the keys of the services: "TIME: A 18, B 14"."""
    minutes = reading.keyed.minutes if reading.keyed else {}
    for index, given in enumerate(given_by_key(reading.low, [start for start, _ in spans], minutes)):
        if given:
            chosen[index] = Minutes(int(given.value.rstrip("minutes' ")), given.start, given.end, 0.95)


def in_the_water(reading: Reading, names: Sequence[tuple[str | None, str]], chosen: list[Minutes]) -> None:
    """The times at which the patient went into the water and came out are those of the one aquatic service without minutes."""
    low = reading.low
    wet = [index for index, (label, code) in enumerate(names) if "97113" in (label, code)]
    if len(wet) != 1 or chosen[wet[0]].minutes is not None or not ("pool" in low or "water" in low):
        return
    found = list(_IN_AND_OUT.finditer(low))
    if len(found) == 1 and not told_elsewhere(low, found[0].start("a")):
        minutes = (clock(found[0]["b"]) - clock(found[0]["a"])) % 720
        if DOSE <= minutes <= LONGEST:
            chosen[wet[0]] = Minutes(minutes, found[0].start("a"), found[0].end("b"), 0.8)


def the_rest(
    reading: Reading,
    spans: Sequence[tuple[int, int]],
    names: Sequence[tuple[str | None, str]],
    chosen: list[Minutes],
    total: int | None,
    untimed: Sequence[bool],
    *,
    timed_only: bool,
) -> None:
    """ "The rest of the session": the stated total less all that the other services took.

    `timed_only`: the total is that of the timed services alone.
    """
    rests = [t for t in reading.times if t.form == "rest"]
    if not rests or total is None:
        return
    open_ones = [i for i, m in enumerate(chosen) if m.minutes is None and not untimed[i]]
    if len(open_ones) != 1:
        return
    if not timed_only and any(
        m.minutes is None and idle and code != "none" for m, idle, (_, code) in zip(chosen, untimed, names, strict=True)
    ):
        return  # a hot pack of unknown length
    left = total - sum(m.minutes or 0 for m, idle in zip(chosen, untimed, strict=True) if not (timed_only and idle))
    (start, end), name = spans[open_ones[0]], names[open_ones[0]]
    mention = next(
        (
            t
            for t in rests
            if start - _BEFORE <= t.start < end or any(la.code in name for la in reading.labels_in(t.end, t.end + _GAP))
        ),
        None,
    )
    if mention and 0 < left < total:
        chosen[open_ones[0]] = Minutes(left, mention.start, mention.end, 0.7)
