"""What was left of a session's time: "Remainder: dressing", "The eighteen that were left", "Ten of the forty I gave to ...".

What is named as the rest has no length of its own: it is the stated total less what the other services took.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from rehabcoder.language.labels import Label
from rehabcoder.language.times import WORDS, TimeMention, number

_REST = r"(?:rest|remainder|balance)"
_WHOLE = r"(?:time|session|visit|hour|half[ -]hour|treatment|appointment|minutes)"
_WORDS_OF_A_SUM = ("rest", "remain", "balance", "left", "between", "except", "apart from")
# Where a sentence or a part of it begins.
_OPENS = r"(?:^[ \t*-]*|(?<=[.;:,(][ ])|(?<=[ ]and[ ])|(?<=[ ]then[ ])|(?<=[ ]for[ ])|(?<=[ ]with[ ]))"
_LEFT_OVER = re.compile(
    rf"\b(?:the\s+)?(?:rest|remainder)\s+(?:of\s+(?:the\s+|our\s+|my\s+)?{_WHOLE}\s+)?(?:was|were|on|went|of it|in|to|spent|for|ther|man|gait|neuro|te\b|ta\b|nmr\b)"
    r"|\b(?:had|got|took|filled)\s+(?:the\s+)?(?:rest|remainder)\b"
    rf"|{_OPENS}(?:the\s+)?{_REST}\s+of\s+(?:the|our|my|his|her|this)\s+(?:{_WHOLE}\b|(?={WORDS}\b|\d{{2}}\b))"
    rf"|{_OPENS}(?:the\s+rest|(?:the\s+)?remainder)(?=\s?(?::|-+\s))"
    r"|\b(?:all|what|whatever)\s+(?:(?:the\s+)?time\s+)?(?:(?:that|which)\s+)?(?:was\s+left|remained|(?:i|we)\s+had\s+left)\b"
    r"|\bthe\s+time\s+(?:(?:that|which)\s+(?:was\s+left|remained)|left(?:\s+over)?|remaining)\b"
    r"|(?<!of )(?<!of the )\b(?:the\s+)?(?:remaining|left[ -]?over)\s+time\b"
    rf"|{_OPENS}(?:everything|all(?:\s+the\s+time)?|the\s+time)\s+(?:in\s*)?between\s+(?=(?:belonged|went|was|were|i|we)\b)",
    re.M,
)
_BEFORE_NAME = re.compile(r"(?:^[ \t*-]*|[.;,][ ](?:(?:and|then)[ ])?)rest(?::[ ]|[ ])", re.M)  # "Rest: TE, rows"
# "45 min, all of it TE except 15 min MT": what is not excepted.
_ALL_BUT = re.compile(
    rf"(?<![a-z])(?P<all>(?:all|the (?:whole|entire) (?:session|visit|treatment|time|hour)|everything)(?:\sof\s(?:it|this|that|the\s[a-z]+))?)"
    rf"(?:\s[a-z]+){{0,4}},?\s(?:except|apart\sfrom)\s(?:for\s)?(?:the\s)?(?:last\s|first\s)?(?:\d{{1,2}}|{WORDS})\s?(?:min|'|of\s)"
)
# Lengths without a word for minutes: what was left, and a part of what there was.
_LENGTH_LEFT = re.compile(
    rf"\bthe\s+(?P<n>{WORDS}|\d{{1,2}})\s+(?:(?:that|which)\s+(?:were|was)\s+left(?:\s+over)?|(?:that|which)\s+remained|left(?:\s+over)?|remaining)"
    r"(?=\s*[,.;:]|\s+(?:were|was|went|i|we|for|on|to)\b)"
)
_PART_GIVEN = re.compile(
    rf"(?<![\w.:/-])(?P<n>{WORDS}|\d{{1,2}})\s+of\s+(?:them|those|these|the\s+(?:{WORDS}|\d{{2}}))"
    r"(?=,?\s+(?:(?:i|we)\s+(?:spent|gave|used|put|devoted|kept)|went\s+(?:to|on|into)|were\s+(?:given|spent)|belonged)\b)"
)


def leftovers(low: str, labels: Sequence[Label]) -> list[TimeMention]:
    """Mentions of the rest of the time (form `rest`, no length), of a length that was left and of a part of the whole (`ell`)."""
    out: list[TimeMention] = []
    if " of th" in low or "left" in low or "remain" in low:
        for pattern in (_LENGTH_LEFT, _PART_GIVEN):
            out += [TimeMention(m.start(), m.end(), number(m["n"]) or 0, "ell") for m in pattern.finditer(low)]
    if any(word in low for word in _WORDS_OF_A_SUM):
        out += [TimeMention(m.start(), m.end(), 0, "rest") for m in _LEFT_OVER.finditer(low)]
        out += [TimeMention(m.start(), m.end("all"), 0, "rest") for m in _ALL_BUT.finditer(low)]
        names = {label.start for label in labels}
        out += [TimeMention(*m.span(), 0, "rest") for m in _BEFORE_NAME.finditer(low) if m.end() in names]
    return out
