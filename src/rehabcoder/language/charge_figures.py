"""Finds the small figures beside a code that may be its units, and turns away minutes, doses and distances."""

from __future__ import annotations

import re

from rehabcoder.language.charge_marks import Mark
from rehabcoder.language.reading import Reading
from rehabcoder.language.times import number

_FIGURES = r"0?[1-8](?:\.0+)?|one|two|three|four|five|six|single|an?(?=[ \t]+(?:timed[ \t]+|billable[ \t]+)?unit)"
FIGURE = rf"(?P<u>{_FIGURES})"  # a number of units, as a part of a pattern
# "97165 once, 97535 twice", but not "97535 twice a week".
_OFTEN = r"(?:once|twice)(?![a-z]|[ \t-]+(?:an?|per|daily|weekly|every|each|this|for|more|again|to|with|when|while|because)(?![a-z]))"
_TIMES = {"once": 1, "twice": 2}
UNIT_WORD = r"(?:u|un|uts?|units?)\b"
_MODIFIERS = r"(?:[ \t,-]*+\(?(?:g[pon]|59|kx|c[oq]|x[epsu]|76|25)(?![a-wy-z\d])\)?)*"
UNITS = rf"(?:[ \t]*\(\d\)|\))?[ \t_-]*(?:timed[ \t]|billable[ \t])?{UNIT_WORD}"
# A figure behind a mark, and what stands there that makes it something else than units. Possessive: blanks that several parts
# may share would be tried in every way of sharing them.
_BEHIND = re.compile(
    rf"""[ \t)\].*]*+{_MODIFIERS}[ \t]*+(?:\([a-z][a-z .,/&-]{{1,30}}\)|\[[a-z][a-z .]{{1,20}}\])?
      (?P<mark>(?:[ \t:=(\[{{|/,^_.*@~>+"-]|x(?![a-z])
        |(?:qty|for|at|times|by|billed|charged|bill|units?|u(?=[ \t]*[:=])
          |(?:is|was|are|were)(?=[ \t](?:[1-4]|one|two|three|four)(?:[ \t]*(?:[.;,\n]|\Z)|[ \t](?:timed[ \t]|billable[ \t])?(?:units?|and)\b)))(?![a-z]))*+)
      (?P<u>{_FIGURES}|{_OFTEN})(?!\w*\d|\.\d)(?P<word>{UNITS})?(?P<glued>[a-z])?""",
    re.X,
)
_NOT_UNITS = re.compile(
    r"[ \t_)\]-]{0,2}(?:min|mn\b|m\b|'|\"(?=[ \t]*[a-z\d])|x\b|x?[ \t]*\d{1,3}(?!\d)[ \t]*(?:x|reps|sets|'|\"|ft|sec)"
    r"|\#|lb|kg|%|reps?\b|sets?\b|secs?\b|s\b|ft\b|feet|hrs?\b|hours?|wks?\b|weeks?|days?\b|deg|steps?\b|cm\b"
    r"|x/|/(?![ \t]\d\d[ \t.]*(?:\n|\Z))[ \t]*\d{1,2}(?!\d|[ \t]?(?:m|min\w*)\b)|:\d|participants|patients|people|others|residents|children|trials?|laps?|stations?"
    r"|visits?|goals?"
    r"|[mk]?hz\b|m?w(?:atts?)?(?:/[ \t]?cm|[ \t]?per\b)|(?:m?w(?:atts?)?|m?a(?:mps?)?|j|joules?|v|volts?|mm|ml|psi|mmhg)\b(?!/)"
    r"|dips?\b|coats?\b|layers?\b|pads?\b|channels?\b|electrodes?\b)"
)
_NOT_UNITS_OF_NAMES = re.compile(
    r"[ \t_)\]-]*(?:way|sided|of|in|a|per|more|pts?|regions?|bouts?|positions?|directions?|planes?|cues?)\b"
)
_THEN_MINUTES = re.compile(r"[ \t)]*[ \t/,(-][ \t]*+(\d{1,3})[ \t]*(?:min(?:ute)?s?|m|')?(?!\w)")
_AHEAD = re.compile(
    rf"(?<![\w.:#$/-])x?{FIGURE}[ \t]*"
    rf"(?P<word>\)?[ \t]*{UNIT_WORD}\)?(?:[ \t]+(?:of|for|as|to|-|x))?|each[ \t]+of|x|-|of|for|to|\))?[ \t]*\(?\Z"
)


def units_of(found: re.Match[str]) -> int:
    """The number of units that a match of a pattern with `FIGURE` (or its further groups v, w, y) holds."""
    groups = found.re.groupindex
    text = next(found[name] for name in ("u", "v", "w", "y") if name in groups and found[name])
    return 1 if text in ("a", "an", "single") else _TIMES.get(text) or number(text.split(".")[0]) or 0


def figure_behind(reading: Reading, mark: Mark, border: int) -> re.Match[str] | None:
    """The figure behind a mark, before `border`; groups `mark` (what joins it), `u`, `word` (its unit if said)."""
    low = reading.low
    found = _BEHIND.match(low, mark.end, border)
    if found is None:
        return None
    at = found.end("u")
    if not found["word"] and (_NOT_UNITS.match(low, at) or (not mark.number and _NOT_UNITS_OF_NAMES.match(low, at))):
        minutes = _THEN_MINUTES.match(low, at)  # "97110 2/25 min"
        if not (minutes and mark.number and abs(int(minutes[1]) / 15 - units_of(found)) < 1):
            return None
    if found["glued"] and not (reading.text[at].isupper() and found["mark"].strip()):
        return None  # "97535 - 1Electronically signed" is a figure, "3way" is not
    if found["u"] in _TIMES and not mark.number:
        return None  # "gait twice" tells what was done
    return found


def figure_ahead(low: str, at: int, floor: int) -> re.Match[str] | None:
    """The figure before the mark that begins at `at`, not before `floor`; groups `u` and `word` (what joins them)."""
    before = low[max(floor, at - 26) : at]
    closing = before.rstrip(" \t(")[-1:]
    if not closing.isalnum() and closing not in (")", "-"):
        return None
    found = _AHEAD.search(low, at - len(before), at)
    in_list = found is not None and found["word"] == ")" and low[found.start() - 1 : found.start()] != "("
    return None if in_list else found  # "1) TA" is a list, "(1) TA" a figure
