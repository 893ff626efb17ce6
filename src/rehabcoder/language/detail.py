"""Whether a description says what was done, or only names the service and its time."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from functools import cache
from operator import attrgetter
from typing import NamedTuple

from rehabcoder.language.labels import Label
from rehabcoder.language.patterns import knowledge

# An empty box of a form with the words that it stands for, up to the next box or column.
_NOT_TICKED = re.compile(
    r"(?:\u2610|\[[ \t]*\]|\([ \t]*\))[^\n\u2610\u2611\[(]{0,40}?(?=[\n\u2610\u2611\[(]|[ ]{3}|\Z)"
)
# A transfer in short: places that say nothing alone ("w/c to bed x3", "mat > chair").
_PLACES = frozenset(["bed", "mat", "chair", "wheelchair", "table", "plinth", "recliner"])
_PLACE = rf"(?:{'|'.join(sorted(_PLACES))}|w/?c)"
_TRANSFER = re.compile(rf"(?<![a-z]){_PLACE}\s?(?:to|<?-?>)\s?(?:the\s)?{_PLACE}(?![a-z])")
# What the patient would not do: "stairs refused". It says nothing of what was done.
_REFUSED = re.compile(r"[^.;,\n]{0,60}\b(?:refused|declined|deferred)\b[^.;,\n]{0,60}")
# Sets and repetitions: an exercise was done, whatever it is called ("LE ex both legs 2x15").
_DOSE = re.compile(r"(?<![\d./x])[1-9][ ]?x[ ]?(?:[5-9]|[1-4]\d)(?![\d/:'\"]|\.\d|[ ]?(?:m|x|ft|feet|min|hr?)\b)")
_WORD = re.compile(r"[a-z]{2,}")
# "row3.act=": the name of a field.
_FIELD = re.compile(r"(?<![a-z\d])[a-z]{1,12}[_.]?\[?\d{1,2}\]?[._][a-z]{1,12}\s*[=:]")
# What stands for a label taken out: white space that leaves no empty box of the brackets around it ("MT (97140) lumbar PA").
_GONE = "\x1f"
_start = attrgetter("start")


class _Words(NamedTuple):
    empty: frozenset[str]  # words that say nothing of what was done
    beside: frozenset[str]  # ... nor do, beside a phrase that points elsewhere ("quads and grip per sheet")
    pointed: frozenset[
        str
    ]  # words with which a phrase ends that points elsewhere, or says what the patient wore or sat in
    phrase: re.Pattern[str]
    thin: frozenset[str]  # words that say nothing in what is known to be a service


@cache
def _words() -> _Words:
    table = knowledge("detail")
    sources, worn = table["words"]["source"], table["worn"]["words"]
    source, clothing = "|".join(sources), "|".join(worn)
    empty = frozenset(word for words in table["words"].values() for word in words)
    return _Words(
        empty,
        empty.union(table["beside"]["words"]),
        frozenset([*sources, *worn]),
        re.compile(
            rf"(?<![a-z])(?:(?:per|see)\s+(?:[a-z']+\s+){{0,4}}?(?:{source})"
            rf"|(?:in|on|from)\s+(?:(?:the|an?|his|her|their|our)\s+)?(?:[a-z']+\s+)?(?:{source})"
            rf"|(?:in|with|w/)\s+(?:(?:the|an?|his|her|their)\s+)?(?:{clothing}))(?![a-z])"
        ),
        frozenset(table["thin"]["words"]),
    )


def only_named(low: str, labels: Sequence[Label], start: int, end: int) -> bool:
    """Whether a service is named without saying what was done."""
    body = low[start:end]
    if "refused" in body or "declined" in body or "deferred" in body:
        low = low[:start] + _REFUSED.sub(lambda found: " " * len(found[0]), body) + low[end:]
    return content_words(low, labels, start, end, _words().thin) == 0 and not _DOSE.search(low, start, end)


def content_words(
    low: str, labels: Sequence[Label], start: int, end: int, besides: frozenset[str] = frozenset()
) -> int:
    """How many words of a description say what was done: labels, times and phrases such as "per flow sheet" do not, nor do
    those `besides`."""
    at = bisect_left(labels, start, key=_start) if labels else 0
    if at < len(labels) and labels[at].end <= end:
        parts, done = [], start
        while at < len(labels) and labels[at].end <= end:
            parts.append(low[done : labels[at].start])
            done = labels[at].end
            at += 1
        parts.append(low[done:end])
        body = _GONE.join(parts)
    else:
        body = low[start:end]
    if "=" in body or ":" in body:
        body = _FIELD.sub(" ", body)
    words = _words()
    if "\u2610" in body or "[" in body or "(" in body:
        body = _NOT_TICKED.sub(" ", body)
    said = _WORD.findall(body)
    empty = words.empty
    if not words.pointed.isdisjoint(said):
        body, elsewhere = words.phrase.subn(" ", body)
        said = _WORD.findall(body)
        empty = words.beside if elsewhere else empty
    empty = empty | besides if besides else empty
    told = len(said) - sum(map(empty.__contains__, said))
    return told or int(not _PLACES.isdisjoint(said) and _TRANSFER.search(body) is not None)
