"""Numbers of codes as they are spoken in a dictation: "ninety seven one twelve", "nine seven oh three five"."""

from __future__ import annotations

import re

from rehabcoder.billing.codes import CODES

_OPENS = re.compile(r"(?<![a-z])nine(?:ty)?[\s-]+seven[\s-]+(?=[a-z])")
_WORD = re.compile(r"[a-z]+")
_NEXT = re.compile(r"[\s-]+(?=[a-z])")
_UNITS_BEHIND = re.compile(r"\s+units?\b")
_HAS_UNITS = re.compile(r"\s+(?:one|two|three|four|[1-4])\s+units?\b")
_GOES_ON = re.compile(rf"{_HAS_UNITS.pattern}\s*(?:[,;]\s*(?:and\s+)?|and\s+)(?=[a-z])")
_DIGITS = {"oh": "0", "o": "0", "zero": "0"} | {
    word: str(value)
    for value, word in enumerate(["one", "two", "three", "four", "five", "six", "seven", "eight", "nine"], 1)
}
_TEENS = {
    word: str(value)
    for value, word in enumerate(
        ["ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"],
        10,
    )
}
_TENS = {
    word: str(value)
    for value, word in enumerate(["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"], 2)
}


def spoken_codes(low: str) -> list[tuple[int, int, str]]:
    """Start, end and number of each code of a shadow text that is said in words, in order."""
    if "seven" not in low or "nine" not in low:
        return []
    out = []
    for opens in _OPENS.finditer(low):
        start, found = opens.start(), _number(low, opens.end())
        while found:
            out.append((start, *found))
            # "... one twenty nine one unit, one thirty one unit": a row of charges need not say the rest again.
            more = _GOES_ON.match(low, found[0])
            following = _number(low, more.end()) if more else None
            found = following if following and _HAS_UNITS.match(low, following[0]) else None
            start = more.end() if more else 0
    return out


def _number(low: str, at: int) -> tuple[int, str] | None:
    """Where the last three digits of a code end that are said from `at` on, and the code; None where they make none."""
    # Digits, where they end, whether a unit may join them ("thirty one").
    ways: list[tuple[str, int, bool]] = [("", at, False)]
    best: tuple[int, str] | None = None
    while ways:
        digits, end, joins = ways.pop(0)
        if len(digits) == 3 and f"97{digits}" in CODES and not (best and _UNITS_BEHIND.match(low, end)):
            best = (end, f"97{digits}")  # "seven sixty one unit": the one is the unit's
        gap = _NEXT.match(low, end) if digits else None
        word = _WORD.match(low, gap.end() if gap else end)
        if word is None or (digits and not gap):
            continue
        said, stop = word[0], word.end()
        if joins and said in _DIGITS and _DIGITS[said] != "0":
            ways.append((digits[:-1] + _DIGITS[said], stop, False))
        if said in _DIGITS and len(digits) < 3:
            ways.append((digits + _DIGITS[said], stop, False))
        elif said in _TEENS and len(digits) < 2:
            ways.append((digits + _TEENS[said], stop, False))
        elif said in _TENS and len(digits) < 2:
            ways.append((digits + _TENS[said] + "0", stop, True))
    return best
