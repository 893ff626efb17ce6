"""One time said once, on a line or in a sentence of its own, for every service above or below: "15 min each." under three
rows, "Rx (15 min each):" over them, "Time: 12 min each" at the foot of a note.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence

from rehabcoder.language.note_minutes import Minutes, in_the_midst, of_a_machine
from rehabcoder.language.patterns import sentence_start
from rehabcoder.language.reading import Reading
from rehabcoder.language.times import TimeMention

_FORMS = frozenset({"min", "prime", "word", "frac", "m", "kv"})
_LEAST = 8  # minutes below which a service is not billed, and a time may be that of one exercise
_SHORT = 60  # code points of such a line up to its time
_EACH = re.compile(
    r"[ \t]*(?:min(?:ute)?s?\.?[ \t]*)?(?:each|ea|apiece)\.?(?:[ \t](?:of[ \t](?:the[ \t])?(?:above|below)|timed|direct|1:1|one[ -]on[ -]one|today))?"
    r"[ \t]*[)\]]?[ \t]*(?:[:.;]?[ \t]*(?=\n|\Z)|(?<=\.)[ \t]|\.[ \t])"
)
# What may stand before the time: nothing, or words that say of what it is the time.
_WORDS = re.compile(
    r"(?:(?:rx|tx|treatments?|interventions?|procedures?|services?|codes?|cpt|charges?|billed|given|done|today|above|below|timed|direct"
    r"|1:1|one[ -]on[ -]one|skilled|obj(?:ective)?|o|times?|min(?:ute)?s?|duration|all|at|for|x|of|about|approx|was|were|took|lasted)(?![a-z])[\s:=,(\[~.-]*)+"
)
_NO_WORDS = re.compile(r"[\s*#>(\[~x.;-]*")
_AT_HOME = re.compile(r"(?<![a-z])(?:hep|home|plan|next|self|aide|group|class)(?![a-z])")


def for_every_service(
    reading: Reading, spans: Sequence[tuple[int, int]], chosen: list[Minutes], untimed: Sequence[bool]
) -> None:
    """Gives the timed services that lack minutes, or have those of one thing done in them, the time said for each."""
    low = reading.low
    if len(spans) < 2 or not (" ea" in low or "apiece" in low):
        return
    for mention in reading.times:
        if mention.form not in _FORMS or mention.minutes < _LEAST:
            continue
        each = _EACH.match(low, mention.end)
        said = _said_of(low, spans, mention, each.end()) if each else range(0)
        wanted = [
            k
            for k in said
            if not untimed[k]
            and (chosen[k].start in (None, mention.start) or _of_one_thing(reading, spans[k], chosen[k], mention))
        ]
        if len(wanted) > 1:
            for k in wanted:
                chosen[k] = Minutes(mention.minutes, mention.start, mention.end, 0.85)
            return


def _said_of(low: str, spans: Sequence[tuple[int, int]], mention: TimeMention, end: int) -> range:
    """Which services a time for each is said of: those above the line or sentence that holds nothing else, those below the line
    that heads them, or all."""
    line = sentence_start(low, mention.start, max(0, mention.start - _SHORT))
    index = bisect_right(spans, mention.start, key=lambda span: span[0]) - 1
    if index >= 0 and spans[index][0] < line and mention.start < spans[index][1] <= end + 1:  # the last row took it in
        return range(index + 1) if _NO_WORDS.fullmatch(low, line, mention.start) else range(0)
    if index >= 0 and mention.start < spans[index][1]:
        return range(0)
    above, below = (spans[index][1] if index >= 0 else 0), (spans[index + 1][0] if index + 1 < len(spans) else len(low))
    begin = max(line, above) if index >= 0 else line
    if _NO_WORDS.fullmatch(low, begin, mention.start):
        named = False
    elif begin == line and _WORDS.fullmatch(low, _first_letter(low, line), mention.start):
        named = True
    else:
        return range(0)
    follows, heads = not low[above:begin].strip(" \t\n.;"), not low[end:below].strip(" \t\n*>+-")
    if heads and index + 1 < len(spans) and (named or index < 0):
        return range(index + 1, len(spans))
    if follows and index >= 0:
        return range(index + 1)
    if not named or _AT_HOME.search(low, low.rfind("\n", 0, max(0, line - 1)) + 1, line):
        return range(0)
    return range(len(spans))


def _first_letter(low: str, at: int) -> int:
    """Where the first letter or figure of a line stands."""
    while low[at : at + 1] and not low[at].isalnum():
        at += 1
    return at


def _of_one_thing(reading: Reading, span: tuple[int, int], own: Minutes, mention: TimeMention) -> bool:
    return (own.minutes or 0) < mention.minutes and (in_the_midst(reading, span, own) or of_a_machine(reading, own))
