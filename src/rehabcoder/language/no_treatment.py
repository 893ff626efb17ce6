"""Times that say how long something took which is no treatment: until the skin under a splint was looked at, a telephone call,
how long a reaction lasted; or how often something is done."""

from __future__ import annotations

import re

from rehabcoder.language.reading import Reading

_FORMS = frozenset({"min", "prime", "word", "m", "frac"})
_FAR = 60  # code points before a time that say so
_TELLING = (
    "skin",
    "red",
    "blanch",
    "pink",
    "mark",
    "wear",
    "worn",
    "wore",
    "phon",
    "called",
    "rang ",
    "later",
    "gone",
    "fade",
    "clear",
    "settl",
    "resolv",
    "every",
    " q",
    "interval",
)
_KIN = r"(?:dtr|daughter|son|wife|husband|spouse|mother|mom|father|dad|sister|brother|niece|nephew|family|md|dr|physician|surgeon|nurse|vendor|school|teacher|employer|insurance)"
_UNDER_A_SPLINT = re.compile(
    r"(?<![a-z])(?:skin|red(?:ness)?|blanch\w*|pink\w*|marks?)(?:[ ,](?:areas?|spots?|marks?|checks?|checked|looked|seen|it|was|were|is|again|under|thumb|edges?|color|ok|clear|gone|faded|at|free))*"
    r" (?:ok|okay|clear|intact|fine|good|gone|faded|cleared|clears|(?:after|at|by|in|p|within)(?: about| another)?) \Z"
    r"|(?<![a-z])(?:wear|wearing|wore|worn)(?: (?:it|time|trial|splint|brace|orthosis))?(?: (?:for|x|of|after|in clinic|here|-))* \Z"
)
_REACTION = re.compile(
    r"(?<![a-z])(?:gone|fade[sd]|cleared|clears|settled|settles|resolved|resolves) (?:after|at|by|in|p|within)(?: about| under| the)? \Z"
)
_HOW_OFTEN = re.compile(r"(?<![a-z])(?:q ?|every (?:about |few )?)\Z")  # "tilt q 30 min", "stopping every four minutes"
_INTERVALS = re.compile(r"[ -]intervals?(?![a-z])")
_LATER = re.compile(r"[ \n]later(?! on\b)(?![a-z])")  # "looked at again 30 min later"
_CALLED = re.compile(
    rf"(?<![a-z]){_KIN}(?: (?:was|also|had|just))? (?:phoned|called|rang|telephoned)(?: (?:in|back|x|for|about))* \Z"
    rf"|(?<![a-z])(?:phoned|telephoned|called|(?:phone )?call (?:to|with|from|w/)) (?:the |his |her |my )?{_KIN}(?:'s office)?(?: (?:x|for|about))* \Z"
)

_BEFORE = (_UNDER_A_SPLINT, _REACTION, _HOW_OFTEN, _CALLED)


def of_no_treatment(reading: Reading) -> set[int]:
    """Where the times begin that are no minutes of any service."""
    low = reading.low
    if not any(word in low for word in _TELLING):
        return set()
    return {
        time.start
        for time in reading.times
        if time.form in _FORMS
        and (
            any(p.match(low, time.end) for p in (_LATER, _INTERVALS))
            or any(p.search(low, max(0, time.start - _FAR), time.start) for p in _BEFORE)
        )
    }
