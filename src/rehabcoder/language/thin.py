"""Joins pieces that say nothing of their own to the piece that they belong to.

"TherEx 15 min." in front of a description is its heading, "17 min" behind one is its time: neither is a service alone,
unless nothing stands beside it ("Ther Act x15, TE x15").
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from rehabcoder.billing.codes import one_name
from rehabcoder.language.detail import content_words
from rehabcoder.language.labels import Label
from rehabcoder.language.pieces import Piece
from rehabcoder.language.times import TimeMention

# Complete in itself, if poor.
_REFERS = re.compile(
    r"\b(?:per|see|same|unchanged|as (?:above|before|last|previous(?:ly)?|prior|usual|noted|listed)|completed|done)\b"
)
# A sentence of its own, not a heading: "We finished with some gait training."
_TELLS = re.compile(
    r"\b(?:did|had|was|were|went|worked|got|given|received|performed|provided|finish(?:ed)?|ended|spent|took|began|started)\b"
)
_SUMS_UP = re.compile(r"\W*(?:total|timed?|session|visit|treatment)\b[^.\n]*\d")
_GOES_ON = re.compile(r"\W*(?:with|in\s+which|which|consisting|comprising|namely|using)\b")
_SEQUEL = re.compile(
    r"\W*(?:and\s+)?(?:then|next|after\s+(?:that|which|this)|afterwards?|followed\s+by|finally|lastly)\b"
)
_THEN = re.compile(r",\s*(?:and\s+)?then\b")
_EMPTY_BOX = re.compile(r"\s*(?:\[\s*\]|\(\s*\)|\u2610)")
# How the next part of a note opens: what stands above it is no heading of it.
_OTHER_PART = re.compile(
    r"[soap]\s?[:)]\s|(?:rtc|f/u|hep|cont(?:inue)?)\b|(?:a/p|assess\w*|plan|goals?|[sl]tgs?|home|charges?|chg|bill\w*|units|cpt|total|timed|next"
    r"|subjective|vitals?)\s?[:=]"
)
# ... above which a bare name may be a heading, but hardly one with its time or units.
_OUTCOME = re.compile(
    r"(?:resp(?:onse)?(?:\sto\s(?:tx|treatment))?|tol(?:erance|erated)?|post|pre|pain|progress|measures?|objective)\s?[:=]"
)
_PAPER = re.compile(r"\b(?:log|notes?|record|report|flow\s?sheet|sheet|summary|form|evaluation)\b")
_CHARGES = re.compile(r"[\s*-]*(?:charges?|chg|bill\w*|cpt|codes?|units)\b")
_HAS_UNITS = re.compile(r"(?<![\w.])\d{1,2}\s?(?:u|units?)(?![a-z])")  # which a line that says no more has of its own
_UNITS = re.compile(r"\W*x?\s?\d{1,2}\s?(?:u|units?)?\W*")
CLOSES = ("...", "..", "->", "=>", "^", "\u2026")  # in front of a label that stands below what it names
# "TX[3]: ", "svc2=", and any field of a form.
_NUMBERED = re.compile(r"[a-z]{1,12}[ _.]?(?:\[\d{1,2}\]|\(\d{1,2}\)|\d{1,2})[ \t]*[:=][ \t]*(?=\S)")
_FIELD = re.compile(r"[a-z][\w ./\[\]()-]{0,24}[:=]")
_LISTS = frozenset("-*>")
_STYLE = 2  # lines that open with a label and describe the service themselves
# A line of nothing but a time.
_ONLY_TIME = re.compile(
    r"[^\w\n]*(?:(?:tx[ ])?(?:time|min(?:ute)?s?|dur(?:ation)?)[^\w\n]*)?\d{1,3}[^\w\n]*(?:m|min(?:ute)?s?)?[^\w\n]*"
)
_PAIR = 2  # the number and the name of a code
_PARTS = (".", ",", ";", " and", " then", " plus", "+")  # between two services of a line
_WITHIN = 24  # pieces of a line before such a label
_JOINT = 8  # code points of such a sign
# "..., and there was some therapeutic exercise at the end" is one service more, not the name of what stands before it.
_SOME_OF = re.compile(
    r"(?:there\swas\s|(?:i|we|s?he)\s(?:also\s)?(?:did|had|got|gave|added|worked\son)\s)?(?:some|a\s(?:bit|little)\sof|a\slittle)\s"
)
_FAR = 40  # a piece longer than this has something to say


def _has(places: Sequence[int], piece: Piece) -> bool:
    at = bisect_left(places, piece.start)
    return at < len(places) and places[at] < piece.end


def _after_comma(low: str, piece: Piece) -> bool:
    return low[max(0, piece.start - _JOINT) : piece.start].rstrip().endswith(",")


def _heads(
    low: str,
    piece: Piece,
    following: Piece,
    labelled: bool,
    timed: bool,
    also_thin: bool,
    label_places: Sequence[int],
    time_places: Sequence[int],
    times: Sequence[TimeMention],
) -> bool:
    """Whether a thin piece is the heading of what follows."""
    if also_thin or following.line - piece.line > 1 or _has(label_places, following):
        return False
    if following.first and (
        _OTHER_PART.match(low, following.start)
        or (any(map(str.isdecimal, low[piece.start : piece.end])) and _OUTCOME.match(low, following.start))
    ):
        return False
    closed = low[piece.end - 1] in ".;!"
    if (
        labelled
        and not piece.first
        and low[piece.end - 1] == ","
        and low.startswith(("and ", "then "), following.start)
    ):
        return False  # "tub bench tried, ther ex, and toilet transfers"
    listed = low[piece.start] == "," or _after_comma(low, piece)
    if closed and labelled and not piece.first and (following.first or listed):
        return False  # the last of a list: "... wall slides, MT. Knee felt good after."
    if labelled and not timed and _THEN.match(low, following.start):
        return False  # "we did ther ex and NMR, and then walked to the lobby": it is all that is said of the second
    if (closed or following.first) and _SEQUEL.match(low, following.start):
        return False  # "Ther ex. Then we made soup: ..."
    if closed and labelled and _TELLS.search(low, piece.start, piece.end):
        return False
    if _SUMS_UP.match(low, following.start, following.end):
        return False
    if labelled and not closed and not following.first and _GOES_ON.match(low, following.start):
        return True  # "Therapeutic exercise for eighteen minutes, with wrist curls ..."
    if labelled:
        # "TE 12 min." may be all that is said of a service: only a heading that leaves its sentence open is joined for sure.
        return not timed or (low[piece.end - 1] in ":-=>" and not _has(time_places, following))
    if not timed or not piece.first or _has(time_places, following):
        return False
    # A time alone on its line closes what stood above as often as it opens what comes; a clock range opens.
    at = bisect_left([t.start for t in times], piece.start)
    return following.line == piece.line or (at < len(times) and times[at].form == "range")


def _described(low: str, pieces: Sequence[Piece], thin: Sequence[bool], label_places: Sequence[int]) -> int:
    """How many lines open with a label and say themselves what was done."""
    out = 0
    for piece, nothing in zip(pieces, thin, strict=True):
        at = bisect_left(label_places, piece.start)
        out += (
            piece.first
            and not nothing
            and at < len(label_places)
            and label_places[at] < piece.end
            and not any(map(str.isalnum, low[piece.start : label_places[at]]))
        )
    return out


def _stands_alone(low: str, piece: Piece, following: Piece, described: int) -> bool:
    """Whether a bare label on a line of its own is all that is said of its service: where the other lines with labels say
    themselves what was done, or where the next line is one more point of the same list."""
    if not piece.first or not following.first or low[piece.end - 1] in ":-=>":
        return False
    number = _NUMBERED.match(low, piece.start, piece.end)
    if number:  # "TX[3]: NMR." and the next field, or the next line of that list
        field = _FIELD.match(low, following.start, following.end)
        return field is not None and not low.startswith(number[0].rstrip(" :=."), following.start)
    bullet = low[piece.start]
    if bullet in _LISTS:
        return following.start < len(low) and low[following.start] == bullet
    complete = low[piece.end - 1] == "." or _HAS_UNITS.search(low, piece.start, piece.end) is not None
    return described >= _STYLE - complete and low[following.start] not in _LISTS


def _named_again(low: str, piece: Piece, following: Piece, labels: Sequence[Label], also_thin: bool) -> bool:
    """Whether a line that only names a service stands above one that opens with the same name again, which tells of it: "97530
    THERAPEUTIC ACTIVITIES" above "TA, 15 min"; or, if that is thin too, one of its code and minutes: "Code 97530   Time 15"."""
    if not (piece.first and following.first) or following.line - piece.line != 1:
        return False
    if low[piece.start] in _LISTS and low[following.start] == low[piece.start]:
        return False  # two points of a list
    at = bisect_left(labels, piece.start, key=lambda label: label.start)
    again = bisect_left(labels, following.start, key=lambda label: label.start)
    codes = {one_name(label.code) for label in labels[at:again]}
    if again == len(labels) or labels[again].end > following.end or codes != {one_name(labels[again].code)}:
        return False
    return also_thin or not any(map(str.isalnum, low[following.start : labels[again].start]))


def _coded_headings(
    low: str, pieces: Sequence[Piece], thin: Sequence[bool], labels: Sequence[Label], time_places: Sequence[int]
) -> set[int]:
    """The lines that give a code by its number and its name and say no more, where several of a note do and each stands above
    what was done: "97530 - THERAPEUTIC ACTIVITIES" above "Gait to the bathroom, toilet transfers x3"."""
    out: set[int] = set()
    beside = False  # the line before was such a line: then they are a list of charges
    for index, (piece, following) in enumerate(pairwise(pieces)):
        if not piece.first:
            continue
        at = bisect_left(labels, piece.start, key=lambda label: label.start)
        named = [label for label in labels[at : at + 3] if label.end <= piece.end]
        alone = thin[index] and following.first and len(named) == len({label.number for label in named}) == _PAIR
        heading = alone and named[0].code == named[1].code and not _has(time_places, piece)
        behind = bisect_left(labels, following.start, key=lambda label: label.start)
        other = behind < len(labels) and labels[behind].end <= following.end and labels[behind].number
        told = not other and not thin[index + 1] and following.line - piece.line == 1
        if heading and told and not beside and not _OTHER_PART.match(low, following.start):
            out.add(index)
        beside = heading
    return out if len(out) >= _STYLE else set()


def is_title(low: str, piece: Piece, labels: Sequence[Label]) -> bool:
    """Whether a line is the title of the note, though it names a service: the first line, of a name and no time or figure
    ("AQUATIC THERAPY LOG"), where it says what kind of paper it is or a line below names the same service."""
    if low[: piece.start].strip() or not piece.first or not labels or labels[0].start >= piece.end or labels[0].number:
        return False
    line = low[piece.start : piece.end]
    stop = low.find("\n", labels[0].end)
    if stop < 0 or low[piece.end : stop].strip() or "\n" in line or any(map(str.isdecimal, line)):
        return False
    named = [label for label in labels if label.end <= piece.end]
    if content_words(_PAPER.sub(lambda found: " " * len(found[0]), low[:stop]), named, piece.start, piece.end):
        return False
    paper = _PAPER.search(low, named[-1].end, piece.end)
    return paper is not None or any(
        label.code == labels[0].code and _opens_line(low, label) for label in labels[len(named) :]
    )


def _opens_line(low: str, label: Label) -> bool:
    """Whether a name or number stands in a line that says more of it than units: a charge is no service."""
    start, stop = low.rfind("\n", 0, label.start) + 1, low.find("\n", label.end)
    return (stop if stop >= 0 else len(low)) - start > _FAR and not _CHARGES.match(low, start)


def _bills(low: str, piece: Piece, labels: Sequence[Label]) -> bool:
    """Whether a line holds a label and its units and no more: "97110 - 2u", "97140 1u manual"."""
    at = bisect_left(labels, piece.start, key=lambda label: label.start)
    if not piece.first or at == len(labels) or labels[at].end >= piece.end or low[piece.end - 1] in ":-=>":
        return False
    last = labels[at + 1] if at + 1 < len(labels) and labels[at].number and not labels[at + 1].number else None
    end = last.start if last and last.end == piece.end and last.code == labels[at].code else piece.end
    return _UNITS.fullmatch(low, labels[at].end, end) is not None


def _is_charge(low: str, piece: Piece, labels: Sequence[Label]) -> bool:
    """Whether a line opens with the number of a code, goes on to its units and says nothing of what was done."""
    at = bisect_left(labels, piece.start, key=lambda label: label.start)
    opens = piece.first and at < len(labels) and labels[at].start == piece.start and labels[at].number
    return (
        opens
        and _HAS_UNITS.match(low, labels[at].end + 1) is not None
        and not content_words(low, labels, piece.start, piece.end)
    )


def _one_more(low: str, out: Sequence[Piece], piece: Piece, label_places: Sequence[int]) -> bool:
    """Whether a label at the end of a line or a sentence names a service more, because its line or its sentence opens with a
    label of another: "TE: squats, rows; cue for the knees. NMR", "TE leg press, SLR, wall slides, MT."."""
    if not low[max(0, piece.start - _JOINT) : piece.start].rstrip().endswith(_PARTS):
        return False
    sentence = True
    for before in reversed(out[-_WITHIN:]):
        if before.line != piece.line:
            return False
        sentence = sentence and low[before.end - 1] not in ".!?"
        at = bisect_left(label_places, before.start)
        if at < len(label_places) and label_places[at] < before.end:
            lead = low[before.start : label_places[at]].rpartition(":")[2]
            return (
                (before.first or sentence)
                and before.end - label_places[at] > _FAR // 2
                and not any(map(str.isalnum, lead))
            )
    return False


def _below_heading(
    low: str,
    out: Sequence[Piece],
    pieces: Sequence[Piece],
    index: int,
    thin: Sequence[bool],
    label_places: Sequence[int],
    time_places: Sequence[int],
) -> bool:
    """Whether a line of nothing but a time stands right below one of nothing but a name, whose time it is: "97110 Ther Ex" above
    "Minutes 12". Below several names it may be the time of all."""
    piece, above = pieces[index], pieces[index - 1]
    if index == 0 or not out or out[-1] != above or not thin[index - 1] or not (piece.first and above.first):
        return False
    if not _has(label_places, above) or _has(time_places, above) or low.count("\n", above.end, piece.start) != 1:
        return False
    if not _ONLY_TIME.fullmatch(low, piece.start, piece.end) or _FIELD.match(low, above.start, above.end):
        return False  # "CPT: 97110" above "MIN: 15" are two fields of a record
    return len(out) < 2 or not (thin[index - 2] and _has(label_places, pieces[index - 2]))


def join_thin(low: str, pieces: list[Piece], labels: Sequence[Label], times: Sequence[TimeMention]) -> list[Piece]:
    """Pieces with thin ones joined: a label to what follows, a time to what stands before it."""
    label_places = [la.start for la in labels]
    time_places = [t.start for t in times if t.form != "clock"]
    thin = [p.end - p.start <= _FAR and content_words(low, labels, p.start, p.end) == 0 for p in pieces]
    # On a form with ticks a bare name is a box left blank.
    described = _described(low, pieces, thin, label_places) if any(thin) and labels and "\u2611" not in low else 0
    coded = _coded_headings(low, pieces, thin, labels, time_places) if labels else set()
    out: list[Piece] = []
    pending: Piece | None = None  # a heading that waits for its description
    for index, piece in enumerate(pieces):
        if _EMPTY_BOX.match(low, piece.start, piece.end):  # a line of a form left blank heads nothing
            if pending is not None:
                out.append(pending)
                pending = None
            out.append(piece)
            continue
        labelled, timed = _has(label_places, piece), _has(time_places, piece)
        if pending is not None:
            piece = replace(piece, start=pending.start, first=pending.first, line=pending.line)
            pending = None
            out.append(piece)
            continue
        following = pieces[index + 1] if index + 1 < len(pieces) else None
        if thin[index]:
            last_of_line = following is None or following.first
            behind = bool(out) and out[-1].line == piece.line and not piece.first
            if (
                timed
                and not labelled
                and (behind or _below_heading(low, out, pieces, index, thin, label_places, time_places))
            ):
                out[-1] = replace(out[-1], end=piece.end)
                continue
            both_timed = timed and behind and _has(time_places, out[-1])  # "... for ten minutes. Manual therapy 8 min."
            ends_list = last_of_line or (low[piece.end - 1] == "." and _after_comma(low, piece))
            if (
                labelled
                and behind
                and ends_list
                and not both_timed
                and not _has(label_places, out[-1])
                and not _one_more(low, out, piece, label_places)
                and not (
                    _SOME_OF.match(low, piece.start) and low.endswith(("and", "plus", ","), out[-1].start, out[-1].end)
                )
            ):
                out[-1] = replace(out[-1], end=piece.end)
                continue
            above = pieces[index - 1] if index else None
            billed = (
                above is not None
                and _bills(low, piece, labels)
                and (_bills(low, above, labels) or _is_charge(low, above, labels))
            )
            again = index in coded or (
                labelled
                and not timed
                and following is not None
                and _named_again(low, piece, following, labels, thin[index + 1])
            )
            if (
                following is not None
                and not billed
                and not (index == 0 and is_title(low, piece, labels))
                and not (labelled and low.startswith(CLOSES, piece.start))
                and not _REFERS.search(low, piece.start, piece.end)
                and (
                    again
                    or (
                        not (labelled and not timed and _stands_alone(low, piece, following, described))
                        and _heads(
                            low, piece, following, labelled, timed, thin[index + 1], label_places, time_places, times
                        )
                    )
                )
            ):
                pending = piece
                continue
        out.append(piece)
    if pending is not None:
        out.append(pending)
    return out
