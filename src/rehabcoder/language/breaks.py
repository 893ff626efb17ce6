"""Where line breaks got lost, so that two lines stand glued together: "shoulder glidesTherapeutic exercise 15 min".

Words with a capital letter inside are common enough ("NuStep", "QuickDASH"): only a note that glues several small words to
capital ones is taken for one whose breaks were lost.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence

# A small word glued to a capital one is hardly ever a name, nor is one glued to a heading ("RESP TO TXSkin clear") or to minutes
# in brackets ("97112 NMR (12)Reaching").
_PLAIN = re.compile(
    r"(?<![A-Za-z])(?:[a-z]{3,}(?=[A-Z][a-z]?)|[A-Z]{2,12}(?=[A-Z](?!est)[a-z]{2}))|(?<=[A-Za-z][ ])\(\d\d\)(?=[A-Z][a-z])"
)
_CAPITAL = re.compile(
    r"[A-Z](?<=[a-z]{3}[A-Z])|[A-Z](?<=[A-Z]{3})(?=[a-z]{2})|[A-Z](?<=\d\)[A-Z])"
)  # every such place has one
_LEAST = 2  # such words that give a note away
_GLUED = re.compile(
    r"(?<=[a-z%)])(?<![A-Z][a-z])(?<!mm)(?<!\b[md])(?=[A-Z](?:[a-z]{2}|[A-Z]?[A-Z][\s:]|[\s:])|(?:An|As|At|By|He|If|In|It|Mr|Ms|My|No|On|Pt|To|Up|We)[\s.])"
    r"|(?<=[A-Z]{2})(?=[A-Z](?!est)[a-z]{2})"
    r"|(?<=\d)(?=[A-Z][a-z]{2,}|(?:TE|TA|MT|US|NMR)\s)"
    r"|(?<=[a-z0-9)]\.)(?=[A-Z]|97\d{3})"
    r"|(?<=[a-z]:)(?=97\d{3})"
    r"|(?<=[a-z]{2})(?=\d{1,2}\s?min)"
    r"|(?<=[\s.][SOAP])(?=[A-Z][a-z]{2})"
)


def lost_breaks(text: str) -> list[int]:
    """Places of a text between two characters where a line break got lost, in order."""
    # Most notes have no capital behind small letters at all, which is told much faster than where their words end.
    for pattern in (_CAPITAL, _PLAIN):
        if sum(1 for _, _ in zip(range(_LEAST), pattern.finditer(text), strict=False)) < _LEAST:
            return []
    return [m.start() for m in _GLUED.finditer(text)]


def mended(text: str, breaks: Sequence[int]) -> str:
    """The text with its breaks put back; `place` tells where a place of it lies in the text as it was."""
    return "\n".join(text[a:b] for a, b in zip([0, *breaks], [*breaks, len(text)], strict=True))


def place(at: int, breaks: Sequence[int]) -> int:
    """Where a place of the mended text lies in the text with the breaks lost."""
    # The k-th break of the text stands k places further on in the mended one.
    return at - bisect_left(range(len(breaks)), at, key=lambda k: breaks[k] + k) if breaks else at
