"""Where a sentence that gives several services is cut: at their labels, and before or behind their times."""

from __future__ import annotations

import itertools
import re
from bisect import bisect_left
from collections.abc import Sequence
from typing import TYPE_CHECKING

from rehabcoder.language.labels import Label
from rehabcoder.language.times import TimeMention

if TYPE_CHECKING:
    from rehabcoder.language.pieces import Piece

_CLOSE = 3  # code points between a time and the label of the next service
_SHORT_SERVICE = 80  # code points of a service that ends in its time
_GAP = 12  # code points of blanks and signs between a label and its time
_NEAR = 300  # code points to either side in which the line of a label is searched
_JOINS = re.compile(
    r"(?:[,;&+/]|\band|\bthen|\balso|\bplus|\bas well as|\d|['\")\]]|\bmins?|\bminutes)\s*$|(?<=[a-z.])$|\s\s$"
)
_OF = re.compile(r"\s+(?:of\s+)?(?:some\s+)?")
_STARTS_ANEW = re.compile(r"(?:[->,;/|.]|\b(?:and|then|did|plus))\s*$")
_ONE_TIME = re.compile(
    r"[ \t,;:(x@-]{0,4}\d{1,2} ?(?:m|mins?|minutes|')?[ \t,;:)./-]{0,4}"
)  # "neuro re-ed, 14 min, 97112"
_TIMED_ONLY = re.compile(
    r"(?:[ \t:(x@~-]{0,4}(?:\d{1,3} ?(?:mins?|minutes|m|')|[5-9]|[1-9]\d)[ \t).]{0,3})?(?:[,;/+&][ \t]++(?:and\s+)?|\s+(?:and|then|plus)\s+)"
)
_EACH = re.compile(r"\s?(?:each|ea|apiece)\b")
# "NMES/IFC unattended 15 min": two names of a current between the same electrodes.
_CURRENTS = frozenset({"97032", "97014", "G0283"})
_PACK = "97010"
_WITH_IT = re.compile(r"\s(?:with|w/|over)\s?")
_EITHER_NAME = re.compile(r"\s?[/+&]\s?")
# "TE/NMR 25 min: ...", "NMR and therapeutic exercise: ...": one heading of two names.
_JOINTLY = re.compile(r"\s?(?:[/&+]|and)\s?")
_HEADS = re.compile(r"[ \t]{0,2}(?:\(?\d{1,3} ?(?:m|mins?|minutes|')?\)?[ \t]{0,2})?(?:[:=]|-[ \t])")
# "ther ex 15 min and some gait training, 10 min": what may stand between the time of one name and the next name.
_GIVEN_NEXT = re.compile(
    r"\)?\s?[,;]?\s(?:and\s|then\s|plus\s|followed\sby\s|as\swell\sas\s){1,2}(?P<lead>(?:also|some|a\sbit\sof|a\slittle|the|more)\s)?"
)
# Behind a name that is one of a list: "tub bench, ther ex, and transfers"
_LISTED = re.compile(r",\s(?=(?:and|then)\s[a-z])")
# "..., and there was some therapeutic exercise", "and we did a bit of gait training": words before a name that is one of a list.
_SOME = re.compile(
    r"(?:[,;]|\band|\bplus)\s(?P<lead>(?:(?:there\swas|(?:i|we|s?he)\s(?:also\s)?(?:did|had|got|gave|added|worked\son))\s)?"
    r"(?:some|a\s(?:bit|little)\sof|a\slittle)\s|(?:i|we|s?he)\s(?:also\s)?(?:did|had|got)\s)\Z"
)
_SOME_FAR = 40  # code points of them
_LEADS_UP = re.compile(r"(?:\b(?:of|for|on|with|in|to|the|a|did|had|some|then|this|as|by|no|per)|w/|[(\"'])\s*$")
# Where a line break got lost before initials that head what follows: "quad sets 2x10 bike ta: slide board to the bed".
_LINE_LOST = re.compile(
    r"(?<![a-z])(?!(?:of|for|on|with|in|to|the|a|did|had|then|this|as|by|no|per|and|or|was|is|group|performed|continued?|mins?|minutes"
    r"|individual|included|her|his|our)[ ])[a-z]{1,12}[ ]\Z"
)
_INITIALS = 4  # letters of a name that is hardly ever anything but one before a colon
_PLUS = re.compile(r"\.?\)?[,;]?\s+(?:plus|(?:and\s+)?then)\s+(?:a\s+|another\s+|the\s+last\s+)?")
# "to look at the skin after an hour": when, not how long.
_POINT = re.compile(r"\b(?:after|every|within|until|till|per)\s(?:(?:about|only|just|around|the\sfirst)\s)?\Z")
_POINT_FAR = 20  # code points of it
_OF_HOURS = frozenset({"hour", "frac"})
_COMMA = re.compile(r"[,;]\s+(?:and\s+)?(?:another\s+|a\s+further\s+)?")
_BOX = re.compile(r"(?:\[[ \tx]{0,3}\]|\([ \tx]{1,3}\)|[\u2610\u2611])[ \t]*\Z")
_BOX_WIDTH = 8  # code points of a box and the blank behind it
_MOVES_ON = re.compile(
    r"\b(?:on to|onto|went to|next to|over to|(?:began|begin|started?|finish(?:ed)?|end(?:ed)?|closed|continued|opened) with)\s+\Z"
)
_SEPARATOR = re.compile(r",\s+(?:and\s+)?|;\s+|\s+and\s+|\)\s+|\s+>\s+")
_LAST_SEPARATOR = re.compile(
    r"(?P<mark>,\s+(?:and\s+)?|;\s+)(?:(?:for|in|over|during|the|next|last|another|further|a)\s+)*\Z"
)
_NEAR_TIME = 40  # code points before a time in which what it opens is parted from what stood before
# "The first twelve minutes, glides ..., and the next sixteen, ...": such a time opens what follows, comma or not.
_LEADS_IN = re.compile(
    r"\s*(?:(?:and|then|in|for|over|during|the|his|her|my|our|first|next|last|following|final|remaining|other|another|further|about|some|was|took)\s+)*"
)
_BEFORE_CLOCK = re.compile(r"(?P<mark>,\s+|;\s+|\s+(?=and\s))(?:(?:and|then|from|next|finally)\s+)+\Z")
_FEW_WORDS = 24  # code points that may lead up to the label of a service
_APART = 25  # code points between two times that may be those of two services
_NAMED = re.compile(r"\s+of\s+[a-z]")  # "8 min of manual therapy and 16 min on ..."
COUNTED = frozenset({"min", "prime", "word", "ell", "brack", "frac", "m"})


def label_cuts(low: str, labels: Sequence[Label], times: Sequence[TimeMention]) -> list[int]:
    cuts: list[int] = []
    places = [t.start for t in times]
    before: Label | None = None
    ranged = False  # the service before was opened by its clock times
    closing = False  # the services of this line close with their times
    for label, following in itertools.zip_longest(labels, labels[1:]):
        one = (
            before
            and (
                (before.code == label.code and label.start - before.end <= 8)  # "manual therapy 97140" is one label
                or (label.number and not low[before.end : label.start].strip(" \t"))  # and "e-stim 97032" one service
                or (label.number and before.code == label.code and _ONE_TIME.fullmatch(low, before.end, label.start))
                or ({before.code, label.code} <= _CURRENTS and _EITHER_NAME.fullmatch(low, before.end, label.start))
            )
        )
        last = following if following and following.code == label.code and following.start - label.end <= 8 else label
        behind = bisect_left(places, last.end)
        timed = (
            behind < len(times)
            and places[behind] - last.end <= _GAP
            and not low[last.end : places[behind]].strip(" \t:=~x,(-")
            and not _EACH.match(low, times[behind].end)  # "TE and NMR 15 min each" sums up
        )
        ahead = times[behind - 1] if behind else None
        at = None
        if (
            before
            and before.code == _PACK
            and label.code in _CURRENTS
            and _WITH_IT.fullmatch(low, before.end, label.start)
        ):
            at = label.start  # "MHP with IFC x 15": the pack must not hide the current
        elif not one and before and _JOINTLY.fullmatch(low, before.end, label.start) and _HEADS.match(low, last.end):
            pass
        elif not one and before and ahead and before.end <= ahead.start and (lead := _given_next(low, ahead, label)):
            at = lead
        elif (
            not one
            and before
            and not label.number
            and before.code != label.code
            and _TIMED_ONLY.fullmatch(low, before.end, label.start)
        ):
            at = label.start  # "Ther act x 15, gait w/ RW 120 ft"
        elif (
            not one
            and (box := _BOX.search(low, max(0, label.start - _BOX_WIDTH), label.start))
            and _timed_line(low, label.start, places)
        ):
            at = box.start()  # "[x] TE [ ] NMR [x] MT"
        elif not one and before and ahead and _closes_before(low, before, ahead, label, closing, times, behind):
            at = label.start
            closing = True
        elif not one and ahead and _opens_with(low, ahead, label, timed, before.end if before else 0, ranged):
            at = ahead.start
            ranged = ahead.form == "range"
        elif not one:
            at = _label_cut(low, label, timed)
        closing = closing and not (following and low.find("\n", label.end, following.start) >= 0)
        if at is not None:
            cuts.append(at)
            listed = _LISTED.match(low, label.end) if label.strong and not label.number else None
            if listed and at == label.start and low.endswith(", ", 0, at):
                cuts.append(listed.end())
        before = label
    return cuts


def _given_next(low: str, ahead: TimeMention, label: Label) -> int | None:
    """Where a service begins that stands right behind the time of the one before, if it does: "ther ex for 15 minutes and some
    gait training, 10 min"."""
    if ahead.form not in COUNTED or label.start - ahead.end > 3 * _GAP:
        return None
    between = _GIVEN_NEXT.fullmatch(low, ahead.end, label.start)
    return (between.start("lead") if between["lead"] else label.start) if between else None


def _closes_before(
    low: str,
    before: Label,
    ahead: TimeMention,
    label: Label,
    closing: bool,
    times: Sequence[TimeMention],
    behind: int,
) -> bool:
    """Whether the time right ahead of a label closes the service before, in a line of services each of which ends in its time:
    "TE quads 15m TA bed mob 12m Gait 80 ft 10m"."""
    if ahead.form not in COUNTED or not before.end <= ahead.start or low[ahead.end : label.start].strip(" ,;"):
        return False
    if label.start - ahead.end > _CLOSE or behind == len(times) or times[behind].form != ahead.form:
        return False
    index = behind - 2  # the time before the one ahead
    led = index >= 0 and times[index].end <= before.start <= times[index].end + _CLOSE
    if led and not closing:
        return False
    return times[behind].start - label.end <= _SHORT_SERVICE and low.find("\n", before.end, times[behind].start) < 0


def _timed_line(low: str, at: int, times: Sequence[int]) -> bool:
    """Whether the line around a place holds any of the `times`."""
    index = bisect_left(times, low.rfind("\n", max(0, at - _NEAR), at) + 1)
    end = low.find("\n", at, at + _NEAR)
    return index < len(times) and times[index] < (end if end >= 0 else at + _NEAR)


def _opens_with(low: str, ahead: TimeMention, label: Label, timed: bool, floor: int, ranged: bool) -> bool:
    """Whether the time ahead of a label opens its service: "10:05-10:20 Manual Therapy", "- 12 min TE - 10 min MT".

    Right behind the label before it, which ends at `floor`, clock times are of that one unless it has its own (`ranged`).
    """
    if ahead.start < floor or label.start - ahead.end > _GAP or low[ahead.end : label.start].strip(" \t,:=-|)"):
        return False
    if ahead.form == "range":
        return not floor or ranged or low[floor : ahead.start].strip(" \t:=-|(") != ""
    return (
        ahead.form in COUNTED
        and not timed
        and _OF.fullmatch(low, ahead.end, label.start) is not None
        and _STARTS_ANEW.search(low, max(0, ahead.start - 8), ahead.start) is not None
    )


def _label_cut(low: str, label: Label, timed: bool) -> int | None:
    """Where a label in mid-line opens a piece: its start, or nowhere if it goes on with what stands before it.

    One with its time behind it (`timed`) goes on with nothing but the few words that lead up to it.
    """
    if not (timed or label.strong or label.end - label.start <= 3):
        return None
    before = low[max(0, label.start - 12) : label.start]
    if label.end - label.start <= _INITIALS and low.startswith(": ", label.end) and _LINE_LOST.search(before):
        return label.start
    if before.rstrip().endswith("("):
        return None
    if some := _SOME.search(low, max(0, label.start - _SOME_FAR), label.start):
        return label.start - len(some["lead"])
    if _JOINS.search(before) or (label.number and re.match(r"\s+\d{1,2}\b|:", low[label.end : label.end + 4])):
        return label.start
    return label.start if timed and (_MOVES_ON.search(before) or not _LEADS_UP.search(before)) else None


def time_cuts(low: str, pieces: list[Piece], times: Sequence[TimeMention], labels: Sequence[Label]) -> list[int]:
    """Cuts of a sentence that gives several services with a time each, before or behind the times as it is written."""
    cuts: list[int] = []
    at = 0
    before: Piece | None = None
    said: TimeMention | None = None  # the last time of the sentence that a piece goes on with
    for piece in pieces:
        if before is None or piece.first or low[before.end - 1] in ".!?;" or "//" in low[before.end : piece.start]:
            said = None
        before = piece
        inside: list[TimeMention] = []
        clocks: list[TimeMention] = []
        while at < len(times) and times[at].start < piece.end:
            if times[at].start >= piece.start:
                if times[at].form not in COUNTED:
                    clocks.append(times[at])
                elif times[at].form not in _OF_HOURS or not _POINT.search(
                    low, max(piece.start, times[at].start - _POINT_FAR), times[at].start
                ):
                    inside.append(times[at])
            at += 1
        if len(clocks) > 1:
            cuts += [t.start for t in clocks if low[max(0, t.start - 2) : t.start].strip() in (",", ";", ".")]
            joints = (
                _BEFORE_CLOCK.search(low, max(piece.start + 1, t.start - _NEAR_TIME), t.start)
                for t in clocks
                if t.form == "range"
            )
            cuts += [joint.end("mark") for joint in joints if joint]
        if said and inside and inside[0].start - said.end >= 25:
            joint = _LAST_SEPARATOR.search(low, max(piece.start + 1, inside[0].start - _NEAR_TIME), inside[0].start)
            if joint and low[inside[0].end : inside[0].end + 2].strip()[:1].isalpha():  # it opens what follows
                cuts.append(joint.end("mark"))
        said = inside[-1] if inside else said
        for earlier, later in itertools.pairwise(inside):
            if later.start - earlier.end < _APART and not _NAMED.match(low, earlier.end, later.start):
                if (
                    _PLUS.fullmatch(low, earlier.end, later.start)
                    and low[later.end : later.end + 2].strip()[:1].isalpha()
                ):
                    cuts.append(later.start)  # "ther act 15 min, plus 10 min hair wash"
                elif _COMMA.fullmatch(low, earlier.end, later.start) and low.startswith((" of ", " on "), later.end):
                    cuts.append(later.start)  # "ultrasound for eight minutes, twelve minutes of soft tissue work"
                continue
            gap = [earlier.end + m.end() for m in _SEPARATOR.finditer(low[earlier.end : later.start])]
            if gap:
                trailing = (
                    low[earlier.end : earlier.end + 2].strip()[:1] in (",", ";", ")", ">") or earlier.form == "brack"
                )
                leads = low[later.end : later.end + 2].strip()[:1].isalpha() and _behind_label(
                    low, labels, piece, earlier
                )
                trailing = trailing and not _LEADS_IN.fullmatch(low, leads or piece.start, earlier.start)
                cuts.append(gap[0] if trailing and gap[0] - earlier.end < 6 else gap[-1])
    return sorted(cuts)


def _behind_label(low: str, labels: Sequence[Label], piece: Piece, time: TimeMention) -> int:
    """Where the words that lead up to a time begin: with the piece, or behind the label that opens it ("exercise for 18 min")."""
    at = bisect_left(labels, piece.start, key=lambda label: label.start)
    if at == len(labels) or labels[at].end >= time.start:
        return piece.start
    few = labels[at].start - piece.start <= _FEW_WORDS and "," not in low[piece.start : labels[at].start]
    return labels[at].end if few else piece.start  # "next came exercise for 18 minutes"
