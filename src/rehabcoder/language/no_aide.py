"""Helpers who gave nothing of a service: "no aide used", "without aide assistance", "aide cleaned the table", "hearing aide".

A single "aide" weighs so much for a service that no therapist gave that neither the model nor the turns of speech of
`attendance` may see it where it is denied or told of something else.
"""

from __future__ import annotations

import re

_SIGNS = (
    "aide",
    "tech ",
    "techs",
    "tech)",
    "tech.",
    "tech,",
    "tech;",
    "technician",
    "volunteer",
)  # "technique" is said often
_HELPER = r"(?:(?:rehab|gym|therapy|clinic)\s)?(?:aides?|techs?|technicians?|volunteers?)(?![a-z])"
_WITH = r"(?:(?:run|led|given|done|supervised|seen|assisted)\s)?(?:with|by|w/|per)\s"
_AN = r"(?:(?:an?|the|any|our)\s)?"
_GAVE = (
    r"(?:ran|run|running|led|supervis\w+|counted|watched|stayed|did|guided|took|walked|oversaw|cued|finished|completed)"
)
_OTHER_WORK = (
    r"(?:cleaned|wiped|sanitized|disinfected|brought|fetched|escorted|transported|wheeled|returned|roomed|greeted|scheduled|called|answered"
    r"|set\sup|setting\sup|readied|prepared|put\saway|restocked|folded|changed\sthe)"
)
_NO_PART = re.compile(
    rf"(?<![a-z])(?:hearing\saides?(?![a-z])"
    rf"|(?:no|without|w/o|w/out)\s{_AN}{_HELPER}(?:\s(?:assistance|assist|help|support|used|involved|involvement|present|needed|required)(?![a-z])"
    rf"|\s{_GAVE}\sany[^.,;()\n]{{0,24}})?"
    rf"|(?:not|none\sof\s(?:it|this|that|them|these)|never|nothing)\s(?:{_WITH})?{_AN}{_HELPER}(?:\s(?:assistance|assist|help))?"
    rf"|{_HELPER}\s(?:(?:was|were|is)\s)?not\s(?:used|involved|present|needed|required|available|in\s(?:the\s)?(?:room|gym))(?![a-z])"
    rf"|{_HELPER}\s(?:then\s|later\s|only\s)?{_OTHER_WORK}(?![a-z])(?![^.;\n]{{0,60}}(?<![a-z]){_GAVE}(?![a-z]))[^.,;()\n]{{0,40}})"
)


def without_idle_helpers(low: str) -> str:
    """The text with such words blanked out, at the same length."""
    if not any(sign in low for sign in _SIGNS):
        return low
    return _NO_PART.sub(lambda found: " " * len(found[0]), low)
