"""Times that stand by themselves beside a service that has none: behind an aside that closes it ("Tone 1+ after. 9 minutes."),
or in the heading above it ("LANDING BLOCK - 15 min", "0940-1003").
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from rehabcoder.language.detail import content_words
from rehabcoder.language.note_minutes import Minutes
from rehabcoder.language.reading import Reading
from rehabcoder.language.times import TimeMention
from rehabcoder.language.total_words import total_words

_SAID = frozenset({"min", "prime", "word", "frac", "m", "brack"})
_IN_HEADING = _SAID | {"range", "label", "kv"}
_LEAST = 5  # minutes below which a time is a part of something
_FAR = 160  # code points of an aside between a service and its time
_HEADING = 80  # code points of a heading
# A sentence or a bracket opens right before the time, and ends right behind it.
_OPENS = re.compile(r"(?:[.;!?)\]]\s+|[(\[]\s*|\s[-=/]{1,2}\s*)(?:(?:for|time|about|approx\.?)[\s:]+)?\Z")
_CLOSES = re.compile(r"[ \t]*[)\]]?[ \t]*(?:[.;]|\n|\Z)")
# An aside that says what else the time may be of.
_OF_SOMETHING_ELSE = re.compile(
    r"(?<![a-z])(?:rest(?:ed|ing|s)?|wait(?:ed|ing)?|home|hep|late|ice|iced|pack|own|alone|aide|tech|plan|next|break|toilet(?:ed)?|drove|sat)(?![a-z])"
)
# What stands before and behind the time in a heading: a few words, no sentence, and nothing that makes it several services' time.
_TITLE = re.compile(
    r"[\s*#>(\[-]*(?:[a-z\d]{1,2}[.):][ \t]+)?(?:(?:[a-z\d'\"#_\[\]-]|\.(?=[a-z\d]))+[ \t]*){0,5}[\s:,=~x|([-]*"
)
_NO_TITLE = re.compile(
    r"(?<![a-z])(?:and|both|all|together|combined|joint|split|each|seen|in|out|arrived|age|yo|wk|wks|week|weeks|visit|session|time|note|pt|ot|pta|cota|date|bp|pain)(?![a-z])"
)
_TITLE_ENDS = re.compile(r"[\s)\]:.-]*(?:(?:1:1|direct|individual|ind)[\s)\]:.-]*)?")
_BULLETS = " \t-*.>#()[]1234567890abcde"  # what may stand between the begin of a line and its first words
_BLANK = re.compile(r"\n[ \t]*\n")


def with_times_alone(
    reading: Reading,
    spans: Sequence[tuple[int, int]],
    chosen: list[Minutes],
    shared: Collection[int],
    untimed: Sequence[bool],
) -> None:
    """Gives services without minutes the time that stands alone at the end of what is said of them, or in their heading; a
    heading that is nothing but a code and its time also beats a shorter time within what it heads ("8 min intervals")."""
    used = {m.start for m in chosen if m.start is not None} | set(shared)
    above = [_above(reading, spans, index) for index in range(len(spans))]
    headed = sum(time is not None for time, _ in above) > 1
    for index, idle in enumerate(untimed):
        if idle:
            continue
        said = chosen[index].minutes
        heading, coded = above[index]
        if heading is not None and not headed and reading.low.find("\n", 0, heading.start) < 0:
            heading = None  # the first line of a note heads all of it
        time = heading if said is not None else _behind(reading, spans, chosen, index) or heading
        if time is None or time.start in used or (said is not None and not (coded and said < time.minutes)):
            continue
        chosen[index] = Minutes(time.minutes, time.start, time.end, 0.7)
        used.add(time.start)


def _behind(
    reading: Reading, spans: Sequence[tuple[int, int]], chosen: Sequence[Minutes], index: int
) -> TimeMention | None:
    """The time that is a sentence or a bracket of its own behind a service, on its line."""
    low, end = reading.low, spans[index][1]
    following = spans[index + 1][0] if index + 1 < len(spans) else len(low)
    furthest = min(following, end + _FAR)
    line = low.find("\n", end, furthest)
    for mention in reading.times_in(end, line if line >= 0 else furthest):
        if mention.form not in _SAID or mention.minutes < _LEAST or not _alone(low, mention, end):
            continue
        if _OF_SOMETHING_ELSE.search(low, end, mention.start):
            return None
        # "... pain 2/10. 8 min. Gait 80 ft": it may open what comes.
        same_line = following < len(low) and low.find("\n", mention.end, following) < 0
        return None if same_line and chosen[index + 1].minutes is None else mention
    return None


def _alone(low: str, mention: TimeMention, least: int) -> bool:
    if not _OPENS.search(low, max(least - 2, mention.start - 16), mention.start):
        return False
    return _CLOSES.match(low, mention.end) is not None or low[mention.end - 1] == "."


def _above(reading: Reading, spans: Sequence[tuple[int, int]], index: int) -> tuple[TimeMention | None, bool]:
    """The time in the heading right above a service that is the only one of its block, and whether the heading is nothing
    but a code with it."""
    low, start = reading.low, spans[index][0]
    floor = spans[index - 1][1] if index else 0
    line = low.rfind("\n", floor, start) + 1
    if not line or low[line:start].strip(_BULLETS):
        return None, False
    end = line - 1
    begin = low.rfind("\n", floor, end) + 1
    time, coded = _heading_time(reading, begin, end)
    if time is None:
        return None, False
    alone = not low[begin : time.start].strip(" \t([") and time.form != "range"
    if alone and floor and not _BLANK.search(low, floor, begin):
        return None, False  # nothing but a time may as well close the block above
    if index + 1 < len(spans):
        stop, following = spans[index][1], spans[index + 1][0]
        if not _BLANK.search(low, stop, following):
            # The line of the next service, or the one above, is a heading too.
            first = low.rfind("\n", stop, following) + 1
            above = low.rfind("\n", stop, max(stop, first - 1)) + 1
            ends = low.find("\n", following, following + _HEADING)
            own = first and ends >= 0 and _heading_time(reading, first, ends)[0]
            if not own and not (above and _heading_time(reading, above, first - 1)[0]):
                return None, False
    return time, coded


def _heading_time(reading: Reading, begin: int, end: int) -> tuple[TimeMention | None, bool]:
    """The time of a line that is a heading, if it is one, and whether it is nothing but a code with it."""
    low = reading.low
    if not 0 < end - begin <= _HEADING:
        return None, False
    times = [t for t in reading.times_in(begin, end) if t.form in _IN_HEADING]
    if len(times) != 1 or times[0].minutes < _LEAST or times[0].end > end:
        return None, False
    time, labels = times[0], reading.labels_in(begin, end)
    coded = len({label.code for label in labels}) == 1 and not content_words(low, labels, begin, end)
    title = coded or _TITLE.fullmatch(low, begin, time.start) is not None
    if not title or len({label.code for label in labels}) > 1 or not _TITLE_ENDS.fullmatch(low, time.end, end):
        return None, False
    if _OF_SOMETHING_ELSE.search(low, begin, end) or (not coded and _NO_TITLE.search(low, begin, end)):
        return None, False
    words = total_words()
    if any(w.search(low, begin, end) for w in (words.timed, words.total)):
        return None, False
    return (None, False) if not coded and words.session.search(low, begin, end) else (time, coded)
