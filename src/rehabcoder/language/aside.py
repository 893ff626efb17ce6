"""Pieces that are no service of today whatever they hold: the home programme, the plan, the empty boxes of a
form, what was copied from an earlier visit, lists of minutes by key or by plain words.

The tagger has learned this too; here it is certain, because a claim must not change when a home programme is written down.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Collection, Sequence
from functools import cache
from typing import TypeVar

from rehabcoder.billing.codes import one_name
from rehabcoder.language.detail import content_words
from rehabcoder.language.grids import find_grid
from rehabcoder.language.home_taught import done_today
from rehabcoder.language.patterns import knowledge
from rehabcoder.language.pieces import Piece
from rehabcoder.language.reading import Reading
from rehabcoder.language.recaps import recaps
from rehabcoder.language.tables import is_heading_row
from rehabcoder.language.thin import is_title

_T = TypeVar("_T")

_BULLETS = r"[\s*>(\[#-]*"
_UNTICKED = re.compile(r"\s*(?:\[\s*\]|\(\s*\)|\u2610)")
_TICKED = re.compile(r"(?:\[\s*[x\u2611]\s*\]|\(\s*x\s*\)|\u2611)")
_SHORT = 80  # code points of a sentence that says only that something was refused
_REFUSALS = ("refus", "declin", "defer", "cancel", "not ", "held", "hold", "none", "nil", "n/a", " no", "0", " but ")
_HEADING = 80  # code points of a heading that only names a service
_BELOW = re.compile(r"\n[^\w\n]*(?P<line>\w[^\n]{0,200})")
_DONE_AFTER_ALL = r"[^\n]*(?:\d\s?(?:min|sec|x|reps?|lb|ft|#|')|\d\s?x|\b(?:did|instead|but|only|then|except|rest)\b)"
_MEANT = r"(?:offered|planned|scheduled|intended|attempted)"
_OUT_OF_USE = r"(?:pool|tank|machine|unit|equipment|room|gym)\s(?:was\s|is\s)?(?:closed|down|broken|out\sof\s(?:order|use)|unavailable|not\savailable|in\suse|occupied)"
_NOT_GIVEN = re.compile(
    rf"(?:[a-z \t'-]{{0,20}}\b{_MEANT}\b,?(?:\sbut)?)?(?:\s(?:again|today|was|were|is|but|then|the|pt|patient|he|she|and|by|per))*"
    rf"\s(?:refused|declined|deferred|cancell?ed|{_OUT_OF_USE}|not\s(?:given|done|started|performed|used|applied|available))(?![a-z])(?!{_DONE_AFTER_ALL})"
)
# What may stand between the name of one service and its minutes, behind which it was refused: no second thing done.
_UP_TO_MINUTES = re.compile(r"[ \t/&()x~-]*(?:[a-z][a-z \t/&()-]{0,40}?)?[ \t(,:x~-]*")
# The same behind a sign, as a form has it: "Ice - pt declined", "MHP: refused today", "Manual: held per pt", "CP: none".
_NOTHING = (
    rf"(?:(?:{_MEANT}|pt|patient|he|she|was|but|then|had\sto\sbe|again|today|and)\b[ \t,/-]{{1,3}})*"
    r"(?:refused|declined|defer(?:red)?|cancell?ed|held|hold|omitted|skipped|none|nil|n/a|no(?=[\s.)]*\Z|\sthanks|,\sthanks)"
    r"|not\s(?:given|done|started|performed|used|applied|available|today|indicated|needed|tolerated|appropriate|addressed|completed|provided|attempted|tested))"
    r"(?:[\s.)!]*\Z|\s?[,;:(-]|\s(?:today|this|at|by|per|due|d/t|2/2|s/t|secondary|because|bc|as|for|until|till|again|thanks|on|in|w/|with)(?![a-z]))"
)
_FIELD_NOT_GIVEN = re.compile(rf"\)?[ \t]?(?:[:=,(|/]|-{{1,2}})[ \t]*{_NOTHING}(?!{_DONE_AFTER_ALL})")
_NO_MINUTES = re.compile(r"\)?[ \t:=,(|x-]{0,4}0[ \t]?(?:mins?|minutes|m|')[ \t.)]*\Z")
# The line below a heading says that nothing was given, or that others had done it: "n/a, walked w/ CNA this am".
_NOTHING_BELOW = re.compile(
    rf"(?:0[ \t]?(?:mins?|minutes|m|')[ \t.]*\Z|{_NOTHING}(?:(?!{_DONE_AFTER_ALL})"
    r"|(?![^\n]*(?:\d\s?min|\binstead\b))[^\n]*(?:(?<![a-z])(?:w/|with\s|by\s)(?:the\s)?(?:cna|nsg|nurs(?:e|ing)|rn|staff|family|wife|husband|son|daughter|dtr|caregiver|aides?)(?![a-z])"
    r"|\b(?:this\s(?:am|a\.m|morning)|earlier|already|yesterday)(?![a-z]))))"
)
# What somebody of another profession gave, said of it in so many words: "wound care 20 min, not PT", "(30 min, not mine)",
# "Controller: RN teaching 30 min", "Feeding - per SLP".
_OTHERS = r"(?:rn|lpn|nsg|nurs(?:e|ing)|slp|speech|rt|respiratory|dietitian|rd|prosthetist|orthotist|psych|chaplain|social[ ]work(?:er)?|case[ ]manager|wound[ ](?:team|nurse))"
_OF_OTHERS = re.compile(
    r"[,;(\u2013\u2014-][ ]?not[ ](?:(?:by|with|from|a[ ]part[ ]of|part[ ]of)[ ])?(?:pt|ot|therapy|mine|ours|this(?:[ ](?:session|visit|treatment|therapist))?)[ ]*(?:[.,;:)\n]|\Z)"
    rf"|(?<=[a-z\d)])[ ]?(?::|-{{1,2}}(?=[ ]))[ ]*(?:(?:done|given|performed|completed|provided|handled|taught)[ ])?(?:(?:by|per|with|w/)[ ])?(?:the[ ])?{_OTHERS}"
    r"(?:[ ](?:did|does|doing|gave|giving|taught|teaching|provid(?:ed|ing)|handl(?:ed|ing)|complet(?:ed|ing)|set)(?![a-z])(?!\s(?:w/|with)\s(?:pt|ot|me)(?![a-z]))|[ ]?(?:only[ ]?)?(?:[.;]|\n|\Z))"
)
_HEADING_ALONE = 26  # a heading that fills its line rules the lines below it, down to a blank one


_OF_THE_SENTENCE = ("another_session", "result")  # of which the whole sentence is asked, not a piece of it


@cache
def _openings() -> tuple[re.Pattern[str], re.Pattern[str]]:
    table = knowledge("context")
    of_a_piece = [form for name, forms in table.items() if name not in _OF_THE_SENTENCE for form in forms]
    of_a_sentence = [form for name in _OF_THE_SENTENCE for form in table[name]]
    return _opening_with(of_a_piece), _opening_with(of_a_sentence)


def _opening_with(forms: Sequence[str]) -> re.Pattern[str]:
    return re.compile(f"{_BULLETS}(?:{'|'.join(forms)})")


def but(pieces: Sequence[_T], aside: Collection[int]) -> list[_T]:
    """What belongs to the pieces that were not set `aside`."""
    return [of_piece for index, of_piece in enumerate(pieces) if index not in aside]


def up_to_aside(pieces: int, aside: Collection[int]) -> int:
    """How many pieces a note has up to the last one that was not set `aside`."""
    while pieces and pieces - 1 in aside:
        pieces -= 1
    return pieces


def _refused(reading: Reading, piece: Piece) -> bool:
    """Whether a piece says of a service no more than that it was not given: "Hot pack refused.", "US offered, pt declined"."""
    low = reading.low
    if piece.end - piece.start > _SHORT or not any(word in low[piece.start : piece.end] for word in _REFUSALS):
        return False
    named = reading.labels_in(piece.start, piece.end)
    if len({label.code for label in named}) != 1:
        return False
    behind = named[-1].end
    minutes = reading.times_in(behind, piece.end)
    ends = [behind]
    if len(minutes) == 1 and _UP_TO_MINUTES.fullmatch(low, behind, minutes[0].start):
        ends.append(minutes[0].end)
    return any(said.match(low, end, piece.end) for said in (_NOT_GIVEN, _FIELD_NOT_GIVEN, _NO_MINUTES) for end in ends)


def _nothing_below(reading: Reading) -> set[int]:
    """The pieces of headings that only name a service, with the line below that says that it was not given: "97116 GAIT
    TRAINING" above "n/a today"."""
    low, pieces = reading.low, reading.pieces
    out: set[int] = set()
    for index, piece in enumerate(pieces):
        if not piece.first or not reading.labels_in(piece.start, piece.start + _HEADING):
            continue
        end = low.find("\n", piece.start, piece.start + _HEADING)
        below = _BELOW.match(low, end) if end >= 0 else None
        if below is None or not _NOTHING_BELOW.match(low, *below.span("line")):
            continue
        named = {one_name(label.code) for label in reading.labels_in(piece.start, end)}
        if len(named) != 1 or reading.times_in(piece.start, end):
            continue
        if content_words(low, reading.labels, piece.start, end):
            continue
        while index < len(pieces) and pieces[index].start < below.end():
            out.add(index)
            index += 1
    return out


def set_aside(reading: Reading) -> list[int]:
    """Numbers of the pieces that cannot belong to a service."""
    low, pieces, (opens, opens_sentence) = reading.low, reading.pieces, _openings()
    out: list[int] = []
    grid, keyed = find_grid(low), reading.keyed
    ticked = _TICKED.search(low) is not None  # only beside ticked boxes is an empty one, described or not, a "no"
    ruled = False  # below a heading such as "HEP:" on a line of its own
    going_on = False  # in the sentence that an opening began
    foot = reading.foot
    if foot and sum(piece.end <= foot.start for piece in pieces) < len(foot.entries):
        foot = None  # it is all that the note says of its services
    nothing = _nothing_below(reading)
    summed = recaps(reading)
    sums = [start for start, _ in summed]
    taught = {index for start, end in done_today(reading) for index in range(start, end)}
    for index, piece in enumerate(pieces):
        before = pieces[index - 1] if index else None
        if piece.first:
            going_on = False
            if ruled and before is not None and low.count("\n", before.end, piece.start) > 1:
                ruled = False
        if reading.copied and reading.was_copied(piece):
            out.append(index)
            continue
        if (keyed and keyed.fills(piece.start)) or (foot and foot.start <= piece.start < foot.end):
            out.append(index)
            continue
        if (grid and grid.not_done(piece.start)) or (piece.first and is_heading_row(low, piece.start, piece.end)):
            out.append(index)
            continue
        if (index == 0 and is_title(low, piece, reading.labels)) or index in nothing or _refused(reading, piece):
            out.append(index)
            continue
        if _OF_OTHERS.search(low, piece.start, piece.end):
            out.append(index)
            continue
        if _UNTICKED.match(low, piece.start, piece.end):
            if ticked or content_words(low, reading.labels, piece.start, piece.end) < 3:
                out.append(index)
            continue
        sum_before = bisect_right(sums, piece.start) - 1
        if sum_before >= 0 and piece.start < summed[sum_before][1]:
            out.append(index)
            continue
        if index in taught:
            going_on = False
            continue
        if opens.match(low, piece.start, piece.end) or opens_sentence.match(low, piece.start):
            alone = piece.first and (index + 1 == len(pieces) or pieces[index + 1].first)
            ruled = alone and piece.end - piece.start <= _HEADING_ALONE and low[piece.end - 1] == ":"
            going_on = True
        elif ruled and piece.first and low[piece.start] not in "*->+0123456789":
            ruled = False
        if going_on or ruled:
            out.append(index)
        if low[piece.end - 1] in ".!?":
            going_on = False
    return out
