"""The shadow of a text: same length, lower case, plain quotes and dashes, so that offsets stay true.

All reading happens on the shadow; every answer is cut from the untouched text by the same offsets.
"""

from __future__ import annotations

import re

_PLAIN = {
    "\u2018": "'",
    "\u2019": "'",
    "\u201b": "'",
    "\u2032": "'",
    "\u00b4": "'",
    "`": "'",
    "\u201c": '"',
    "\u201d": '"',
    "\u2033": '"',
    "\u201e": '"',
    "\u2010": "-",
    "\u2011": "-",
    "\u2012": "-",
    "\u2013": "-",
    "\u2014": "-",
    "\u2212": "-",
    "\u00a0": " ",
    "\u2007": " ",
    "\u2009": " ",
    "\u202f": " ",
    "\u3000": " ",
    "\x00": " ",
    "\u00d7": "x",
    "\u2715": "x",
    "\u2022": "*",
    "\u25cf": "*",
    "\u25aa": "*",
    "\u00b7": "*",
    "\u2023": "*",
    "\u2192": ">",
    "\u21d2": ">",
    "\r": "\n",
    "\x0b": "\n",
    "\x0c": "\n",
    "\x85": "\n",
    "\u2028": "\n",
    "\u2029": "\n",
    "\u2611": "\u2611",
    "\u2612": "\u2611",
    "\u2713": "\u2611",
    "\u2714": "\u2611",
}
_TABLE = str.maketrans(_PLAIN)
# Stops that a dictating clinician speaks and a recogniser writes out: "to the right period next line Manual therapy comma".
_SPOKEN = re.compile(
    r" (?:(?P<stop>(?<!rest )(?<!time )(?<!long )(?<!short )(?<!wait )(?:period|full stop))(?! of)|(?P<comma>comma)"
    r"|(?P<line>(?:new|next) (?:paragraph|line)))(?![a-z.,;])"
)
_SPOKEN_LEAST = 3  # of them give dictation away
_MARKS = {"stop": ".", "comma": ",", "line": "\n"}


def shadow(text: str) -> str:
    """Lower-case twin of `text` with plain punctuation and exactly as many code points."""
    # A line end of two characters becomes one line end, so that the same note reads the same from any system.
    lowered = text.lower()
    if len(lowered) != len(text):  # a few letters grow when lowered (Turkish dotted I): keep those as they are
        lowered = "".join(low if len(low := char.lower()) == 1 else char for char in text)
    low = lowered.replace("\r\n", " \n").translate(_TABLE)
    if low.count(" period") + low.count(" comma") + low.count(" full stop") >= _SPOKEN_LEAST:
        written, count = _SPOKEN.subn(_mark, low)
        return written if count >= _SPOKEN_LEAST else low
    return low


def _mark(spoken: re.Match[str]) -> str:
    """The stop that is meant, in the room of the words for it. What fills that room is white space, but parts no columns."""
    return _MARKS[str(spoken.lastgroup)].rjust(len(spoken[0]), "\u2002")
