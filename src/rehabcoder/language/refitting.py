"""Whether a splint or a prosthesis that was worked on had been made before: then its change is 97763, whatever it is billed as.

The words of a first fitting and of a later change are the same (moulded, flared, strap moved). What tells them apart is when it was
made ("remolded, from 10/6"), which is a matter of two words that the model outvotes.
"""

from __future__ import annotations

import re

from rehabcoder.language.reading import Reading

_WORN = r"(?:splints?|orthos[ei]s|orthotics?|braces?|spica|gutters?|cock-?up|dbo|afos?|blocks?|outrigger|sockets?|liner|prosthes[ei]s|insoles?|inserts?|shell)"
_MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}"
_DAY = r"(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?"
_WHEN = (
    rf"(?:\d{{1,2}}/\d{{1,2}}(?![\d/]*\s?(?:finger|width|cm|in\b|lb))|(?:last|this\spast)\s(?:week|visit|session|month|time|year|{_DAY}|{_MONTH})"
    rf"|(?:on\s)?{_DAY}\b|(?:in\s|early\s|late\s)?{_MONTH}\b|yesterday"
    r"|(?:\d{1,2}|a|one|two|three|four|six)\s(?:days?|d|weeks?|wks?|months?|mos?)\sago|(?:first|1st|initial|previous|prior)\s(?:visit|session))"
)
_BEFORE = re.compile(
    rf"(?<![a-z])(?:{_WORN},?\s\(?from|(?:made|fabricated|issued|fitted|fit|mou?lded|given|provided|received|seen)(?:\s(?:in|on|at|here))?)\s{_WHEN}"
    rf"|(?<![a-z])(?:last\s(?:week|month|visit|session)'s|(?<!\d)\d{{1,2}}/\d{{1,2}}(?=\s[a-z -]{{0,30}}{_WORN}))\s"
    rf"|(?<![a-z])(?:{_WORN}\s(?:that\s)?(?:s?he|pt|patient|the\spatient)\s(?:already\s)?(?:has|had|owns|wears|got)(?:\s(?:from|already))?(?![a-z])"
    r"|brought\sback|seen\sagain|(?:later|subsequent)\s(?:encounter|visit|fitting)|(?:2nd|3rd|second|third)\s(?:fitting|prosth[a-z]*|orth[a-z]*|splint)\s?(?:visit)?"
    r"|already\s(?:made|has|worn))"
)
_FIRST = re.compile(
    r"(?<![a-z])(?:first\s(?:fit|splint|one|time|encounter|wear|day|orthos)|initial|new\s(?:[a-z-]+\s){0,4}(?:splint|orthos|spica|gutter|brace)"
    r"|replac(?:es|ing)\s(?:the|his|her)|(?:splint|orthosis|brace)\s(?:was\s)?(?:discontinued|lost|broken))"
)


def made_before(reading: Reading, start: int, end: int) -> bool:
    """Whether the words of a service on an orthosis or a prosthesis say that it had been made before today."""
    return _BEFORE.search(reading.low, start, end) is not None and _FIRST.search(reading.low, start, end) is None
