"""The home programme as a service of today: gone through in the session under the therapist's eye, with its minutes.

Homework is no service ("HEP: bridges 3x10 daily"); "HEP finalised: bridges 2x10 performed with cues, 23 min" was treatment.
"""

from __future__ import annotations

import re

from rehabcoder.language.reading import Reading

_LEAST = 8  # minutes of a service; less is a word about the homework
_SAID = frozenset({"min", "word", "prime", "m"})
_PIECES = 8  # of one sentence, at the most
_HOME = re.compile(r"(?<![a-z])(?:hep|home (?:exercises?|ex|program(?:me)?))(?![a-z])")
# The patient did it here ...
_DONE = re.compile(
    r"(?<![a-z])(?<!to )(?<!will )(?:performed|demonstrated|demo'?e?d|return(?:ed)?[ -]demo\w*|(?:pt|patient|client|he|she) (?:completed|did)|practi[cs]ed|rehearsed|run through|ran through)(?![a-z])"
    r"(?! (?:good |full |fair )?(?:understanding|knowledge|independence|compliance))"
)
# ... and was guided.
_GUIDED = re.compile(
    r"(?<![a-z])(?<!no )(?<!without )(?<!w/o )(?:(?:min|mod|max|verbal|tactile|vis(?:ual)?|occ\w*|few) )*+(?:cue[sd]?|cueing|cuing|vcs?|tcs?|correct(?:ions?|ed|ing)|feedback|guid(?:ed|ance)|facilitat\w+)(?![a-z])"
)
_NO_CUES = re.compile(r"(?<![a-z])(?:no|without|w/o|zero) (?:[a-z]+ ){0,2}(?:cue|cueing|vc|correction|feedback)")
_ELSEWHERE = re.compile(
    r"(?<![a-z])(?:reports?|reported|states?|stated|says|said|daily|per day|a day|twice|nightly|at home|yesterday|last (?:visit|session|week|night|time)"
    r"|tomorrow|next|plan|will|to (?:continue|do|perform|repeat)|weekly|handout only|alone|aide|tech)(?![a-z])|/ ?day|x ?/ ?w(?:ee)?k"
)
_ONLY_A_TIME = re.compile(r"[\s(~x]*(?:(?:time|total|for)[: ]*)?\S{1,12}\s?(?:min(?:ute)?s?)?[\s.)]*")


def done_today(reading: Reading) -> list[tuple[int, int]]:
    """The sentences, as ranges of pieces, in which the home programme was gone through as a service with its minutes."""
    low, pieces = reading.low, reading.pieces
    if not ("hep" in low or "home" in low) or not _DONE.search(low):
        return []
    out: list[tuple[int, int]] = []
    for index, piece in enumerate(pieces):
        opens = piece.first or not index or low[pieces[index - 1].end - 1] in ".!?"
        if not opens or not _HOME.search(low, piece.start, piece.end):
            continue
        end = index + 1
        while (
            end < len(pieces)
            and end - index < _PIECES
            and not pieces[end].first
            and low[pieces[end - 1].end - 1] not in ".!?"
        ):
            end += 1
        if (
            end < len(pieces)
            and not pieces[end].first
            and not _times(reading, index, end)
            and _times(reading, end, end + 1)
        ):
            end += _ONLY_A_TIME.fullmatch(low, pieces[end].start, pieces[end].end) is not None
        if _as_a_service(reading, index, end):
            out.append((index, end))
    return out


def _times(reading: Reading, first: int, end: int) -> list[int]:
    mentions = reading.times_in(reading.pieces[first].start, reading.pieces[end - 1].end)
    return [t.minutes for t in mentions if t.form in _SAID and t.minutes >= _LEAST]


def _as_a_service(reading: Reading, first: int, end: int) -> bool:
    low, place = reading.low, (reading.pieces[first].start, reading.pieces[end - 1].end)
    return (
        len(_times(reading, first, end)) == 1
        and _DONE.search(low, *place) is not None
        and _GUIDED.search(low, *place) is not None
        and not _NO_CUES.search(low, *place)
        and not _ELSEWHERE.search(low, *place)
    )
