"""Cuts a note into pieces: the smallest stretches that belong to one service as a whole, or to none.

A piece is a line, a sentence of a line, or a clause that a connecting word opens ("..., then eighteen minutes in the
kitchen"). Cutting too finely does no harm, since the tagger joins pieces again; cutting too coarsely cannot be mended.
"""

from __future__ import annotations

import itertools
import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass

from rehabcoder.language.labels import Label
from rehabcoder.language.tables import table_rows
from rehabcoder.language.times import TimeMention

# Words whose full stop ends no sentence.
_ABBREVIATIONS = frozenset(
    [
        "dr",
        "mr",
        "mrs",
        "ms",
        "pt",
        "pts",
        "vs",
        "approx",
        "no",
        "fig",
        "ea",
        "lb",
        "lbs",
        "st",
        "e.g",
        "i.e",
        "wt",
        "ht",
        "bil",
        "bilat",
        "flex",
        "ext",
        "abd",
        "add",
        "rot",
        "min",
        "mins",
        "sec",
        "secs",
        "hr",
        "hrs",
        "reps",
        "rep",
        "w",
        "dx",
        "hx",
        "tx",
        "rx",
        "sx",
        "act",
        "ex",
        "ther",
        "th",
        "neuro",
        "re-ed",
        "man",
        "inc",
        "incl",
        "resp",
        "temp",
        "ft",
        "in",
        "cm",
        "kg",
        "prev",
        "max",
        "mod",
        "amb",
        "sup",
    ]
)
_GAP = 12  # code points of blanks and signs between a label and its time
_DASHES = 4  # in a note that is written with them
_NEAR = 300  # code points to either side that tell whether a line is a row of a table
_UNITS = frozenset("shm")  # behind a figure
_MAY_END = frozenset(
    [
        "min",
        "mins",
        "sec",
        "secs",
        "hr",
        "hrs",
        "ea",
        "reps",
        "ft",
        "in",
        "lb",
        "lbs",
        "cm",
        "kg",
        "pt",
        "ext",
        "flex",
        "abd",
        "add",
        "act",
        "ex",
        "ed",
    ]
)
_BREAK = re.compile(
    r"""(?=[\s.!?;,])(?:  # where nothing can break, all else need not be tried
    (?P<line>\n)
    |(?P<stop>[.!?]["')\]]*)(?=\s+\S)
    |(?P<glued>(?<=[a-z0-9)%])\.(?=[a-z]{3}))
    |(?P<semi>;)(?=\s)
    |(?P<dash>[ ][->][ ])
    |(?P<pipe>\s//\s|\s\|\|\s)
    |(?P<slash>(?<=[\w'")\]])\s/\s(?=\S)|[ ]{2,8}(?=[a-z]))
    |(?P<then>,?\s{1,8}(?:and\s+)?(?=(?:then|(?<!the\s)next(?!\s(?:to|door|room|step|pt|patient|client)\b)|the\s+next\s+(?=\d|six|sev|eig|nin|ten|ele|twe|thi|fou|fif|hal|qua)[\w]+|finally|lastly|afterwards?|followed\s+(?:by|up\s+(?:by|with))|f/[bu](?=\s+[a-z\d])|after\s+which|before\s+finishing|we\s+finished|(?<!\bwe\s)finished\s+with|finishing\s+with|ending\s+with|ended\s+with|moved\s+on\s+to|moving\s+on\s+to|went\s+on\s+to|progressed\s+to|last\s+of\s+all)\b)|,?\s{1,8}(?=as\s+well\s+as\s+[a-z]+ing\b)|,\s{1,8}(?:and\s+)?(?=after\s+that\b))
    |(?P<and>,\s{1,8}(?:and|plus|with|while)?\s*(?=(?:the\s+)?(?:another|further|remaining|last|final|other)\b[\w\s-]{0,18}?\bmin)))
    """,
    re.X,
)
_MEASURED = re.compile(r"(?<!\d)\d{1,3}[ \t]?(?:flex|ext|abd|add|er|ir|df|pf|sup|pron?)\Z")
_MEASURE = re.compile(r"[ \t]*\d{1,3}[ \t]?(?:flex|ext|abd|add|er|ir|df|pf|sup|pron?)(?![a-z])")
_WORD_BEFORE = re.compile(r"([\w.-]+)\.$")
_OPENS = re.compile(r"[\s\"'(\[*-]*")


@dataclass(slots=True)
class Piece:
    """One piece of a note: `[start, end)` without white space at either end; `line` counts from 0; `first` of its line."""

    start: int
    end: int
    line: int
    first: bool


def split(
    text: str,
    low: str,
    labels: Sequence[Label] = (),
    times: Sequence[TimeMention] = (),
    breaks: Sequence[int] = (),
) -> list[Piece]:
    """Pieces of a note in order. `low` is `shadow(text)`; pieces never overlap and cover all but white space.

    At `breaks` a new line begins though no line break stands there.

    A label in the middle of a line opens a piece of its own where something was said before it ("Ther Act x15, TE x15"),
    and so does each further time of a sentence that names several ("twelve minutes on squats, nine on steps").
    """
    pieces: list[Piece] = []
    begin = line = 0
    first = True
    dashed = _dashed(low)
    rows, row = table_rows(low), 0
    whole = {label.end: label.start for label in labels if "\n" in low[label.start : label.end]}
    for found in _BREAK.finditer(low):
        kind = found.lastgroup
        if whole and kind == "line" and any(start < found.start() < end for end, start in whole.items()):
            line += 1
            continue  # the name of a service runs on to the next line
        if rows and kind != "line":
            while row < len(rows) and rows[row][1] <= found.start():
                row += 1
            if row < len(rows) and rows[row][0] <= found.start():
                continue  # a cell parts nothing
        cut = found.end() if kind in ("stop", "semi", "glued") else found.start()
        if kind == "stop":
            if not _ends_sentence(text, low, begin, found):
                continue
        elif kind == "dash":
            if not dashed:
                continue
        elif (kind == "glued" and not text[found.end()].isupper()) or (
            kind == "slash" and (found.start() - begin < 40 or _within(low, *found.span()))
        ):
            continue
        _keep(text, pieces, begin, cut, line, first)
        if kind == "line":
            line, first = line + 1, True
        else:
            first = False
        begin = found.end() if kind in ("line", "pipe", "slash", "dash") else cut
    _keep(text, pieces, begin, len(text), line, first)
    if breaks:
        pieces = _at_breaks(text, pieces, breaks)
    if labels:
        pieces = _cut(text, low, pieces, _label_cuts(low, labels, times), [label.start for label in labels])
    return _cut(text, low, pieces, _time_cuts(low, pieces, times, labels)) if times else pieces


def _at_breaks(text: str, pieces: list[Piece], breaks: Sequence[int]) -> list[Piece]:
    """The pieces cut where line breaks got lost, each of which opens a line."""
    out: list[Piece] = []
    at = 0
    for piece in pieces:
        begin, first = piece.start, piece.first
        while at < len(breaks) and breaks[at] < piece.end:
            if breaks[at] > begin:
                _keep(text, out, begin, breaks[at], piece.line + at, first)
            begin, first = max(begin, breaks[at]), True
            at += 1
        _keep(text, out, begin, piece.end, piece.line + at, first)
    return out


def _dashed(low: str) -> bool:
    """Whether dashes and arrows part what a note says, as lines and full stops do elsewhere."""
    dashes = low.count(" - ") + low.count(" > ")
    return dashes >= _DASHES and dashes > 2 * low.count("\n") and dashes > low.count(". ")


_CLAUSE = re.compile(r"[,;.\s()|](?:(?<=[,;.])\s|(?<=\s)[-\u2013\u2014]{1,3}\s|(?<=[()|\n\t]))")  # one set first: fast
_SHORTEST_CLAUSE = 8  # code points


def clauses(low: str, piece: Piece) -> list[tuple[int, int]]:
    """The clauses of a piece, as half-open ranges: "pack cut to 25# after the knee wobbled" stands beside three other doings."""
    out: list[tuple[int, int]] = []
    begin = piece.start
    for found in _CLAUSE.finditer(low, piece.start, piece.end):
        if found.start() - begin >= _SHORTEST_CLAUSE:
            out.append((begin, found.start()))
            begin = found.end()
    if out and piece.end - begin < _SHORTEST_CLAUSE:
        out[-1] = (out[-1][0], piece.end)
    else:
        out.append((begin, piece.end))
    return out


_JOINS = re.compile(r"(?:[,;&+/]|\band|\bthen|\balso|\bplus|\d|['\")\]]|\bmins?|\bminutes)\s*$|(?<=[a-z.])$|\s\s$")
_OF = re.compile(r"\s+(?:of\s+)?(?:some\s+)?")
_STARTS_ANEW = re.compile(r"(?:[->,;/|.]|\b(?:and|then|did|plus))\s*$")
_ONE_TIME = re.compile(
    r"[ \t,;:(x@-]{0,4}\d{1,2} ?(?:m|mins?|minutes|')?[ \t,;:)./-]{0,4}"
)  # "neuro re-ed, 14 min, 97112"
_TIMED_ONLY = re.compile(
    r"(?:[ \t:(x@~-]{0,4}(?:\d{1,3} ?(?:mins?|minutes|m|')|[5-9]|[1-9]\d)[ \t).]{0,3})?(?:[,;/+&][ \t]++(?:and\s+)?|\s+(?:and|then|plus)\s+)"
)
_EACH = re.compile(r"\s?(?:each|ea|apiece)\b")
# "TE/NMR 25 min: ...", "NMR and therapeutic exercise: ...": one heading of two names.
_JOINTLY = re.compile(r"\s?(?:[/&+]|and)\s?")
_HEADS = re.compile(r"[ \t]{0,2}(?:\(?\d{1,3} ?(?:m|mins?|minutes|')?\)?[ \t]{0,2})?(?:[:=]|-[ \t])")
# "ther ex 15 min and some gait training, 10 min": what may stand between the time of one name and the next name.
_GIVEN_NEXT = re.compile(
    r"\)?\s?[,;]?\s(?:and\s|then\s|plus\s|followed\sby\s|as\swell\sas\s){1,2}(?P<lead>(?:also|some|a\sbit\sof|a\slittle|the|more)\s)?"
)
_NO_MORE = re.compile(r"[a-z]{2,4}[ \t]?(?:x ?)?(?:\d{1,2} ?(?:m|mins?|minutes|'))?[ \t]?(?:together|total)?(?:[.;](?=\s)|[.;]?\Z|\n)")
_LISTED = re.compile(r",\s(?=(?:and|then)\s[a-z])")  # behind a name that is one of a list: "tub bench, ther ex, and transfers"
_SOME = re.compile(r"(?:[,;]|\band|\bplus)\s(?P<lead>some\s)\Z")
_LEADS_UP = re.compile(r"(?:\b(?:of|for|on|with|in|to|the|a|did|had|some|then|this|as|by|no|per)|w/|[(\"'])\s*$")
_ONLY_LEADS_ON = re.compile(r"[\s,;]*+(?:(?:and|then|next|plus|finally|lastly|after\s+that|followed\s+by)\b[\s,]*+)+")
_PLUS = re.compile(r"\.?\)?[,;]?\s+(?:plus|(?:and\s+)?then)\s+(?:a\s+|another\s+|the\s+last\s+)?")
_BOX = re.compile(r"(?:\[[ \tx]{0,3}\]|\([ \tx]{1,3}\)|[\u2610\u2611])[ \t]*\Z")
_BOX_WIDTH = 8  # code points of a box and the blank behind it
_MOVES_ON = re.compile(
    r"\b(?:on to|onto|went to|next to|over to|(?:began|begin|started?|finish(?:ed)?|end(?:ed)?|closed|continued|opened) with)\s+\Z"
)
_SEPARATOR = re.compile(r",\s+(?:and\s+)?|;\s+|\s+and\s+|\)\s+|\s+>\s+")
_LAST_SEPARATOR = re.compile(r"(?P<mark>,\s+(?:and\s+)?|;\s+)(?:(?:for|the|next|last|another|further|a)\s+)*\Z")
_NEAR_TIME = 40  # code points before a time in which what it opens is parted from what stood before
# "The first twelve minutes, glides ..., and the next sixteen, ...": such a time opens what follows, comma or not.
_LEADS_IN = re.compile(
    r"\s*(?:(?:and|then|in|for|over|during|the|his|her|my|our|first|next|last|following|final|remaining|other|another|further|about|some|was|took)\s+)*"
)
_BEFORE_CLOCK = re.compile(r"(?P<mark>,\s+|;\s+|\s+(?=and\s))(?:(?:and|then|from|next|finally)\s+)+\Z")
_FEW_WORDS = 24  # code points that may lead up to the label of a service
_APART = 25  # code points between two times that may be those of two services
_NAMED = re.compile(r"\s+of\s+[a-z]")  # "8 min of manual therapy and 16 min on ..."
_COUNTED = frozenset({"min", "prime", "word", "ell", "brack", "frac", "m"})


def _label_cuts(low: str, labels: Sequence[Label], times: Sequence[TimeMention]) -> list[int]:
    cuts: list[int] = []
    places = [t.start for t in times]
    before: Label | None = None
    for label, following in itertools.zip_longest(labels, labels[1:]):
        one = (
            before
            and (
                (before.code == label.code and label.start - before.end <= 8)  # "manual therapy 97140" is one label
                or (label.number and not low[before.end : label.start].strip(" \t"))  # and "e-stim 97032" one service
                or (label.number and before.code == label.code and _ONE_TIME.fullmatch(low, before.end, label.start))
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
        if not one and before and _JOINTLY.fullmatch(low, before.end, label.start) and _HEADS.match(low, last.end):
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
        elif not one and ahead and _opens_with(low, ahead, label, timed, before.end if before else 0):
            at = ahead.start
        elif not one:
            at = _label_cut(low, label, timed)
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
    if ahead.form not in _COUNTED or label.start - ahead.end > 3 * _GAP:
        return None
    between = _GIVEN_NEXT.fullmatch(low, ahead.end, label.start)
    return (between.start("lead") if between["lead"] else label.start) if between else None


def _timed_line(low: str, at: int, times: Sequence[int]) -> bool:
    """Whether the line around a place holds any of the `times`."""
    index = bisect_left(times, low.rfind("\n", max(0, at - _NEAR), at) + 1)
    end = low.find("\n", at, at + _NEAR)
    return index < len(times) and times[index] < (end if end >= 0 else at + _NEAR)


def _opens_with(low: str, ahead: TimeMention, label: Label, timed: bool, floor: int) -> bool:
    """Whether the time ahead of a label opens its service: "10:05-10:20 Manual Therapy", "- 12 min TE - 10 min MT"."""
    if ahead.start < floor or label.start - ahead.end > _GAP or low[ahead.end : label.start].strip(" \t,:=-|)"):
        return False
    if ahead.form == "range":
        return not floor or low[floor : ahead.start].strip(" \t:=-|(") != ""
    return (
        ahead.form in _COUNTED
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
    if before.rstrip().endswith("("):
        return None
    if some := _SOME.search(before):
        return label.start - len(some["lead"])
    if _JOINS.search(before) or (label.number and re.match(r"\s+\d{1,2}\b|:", low[label.end : label.end + 4])):
        return label.start
    return label.start if timed and (_MOVES_ON.search(before) or not _LEADS_UP.search(before)) else None


def _time_cuts(low: str, pieces: list[Piece], times: Sequence[TimeMention], labels: Sequence[Label]) -> list[int]:
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
                (inside if times[at].form in _COUNTED else clocks).append(times[at])
            at += 1
        if len(clocks) > 1:
            cuts += [t.start for t in clocks if low[max(0, t.start - 2) : t.start].strip() in (",", ";", ".")]
            joints = (_BEFORE_CLOCK.search(low, max(piece.start + 1, t.start - _NEAR_TIME), t.start) for t in clocks if t.form == "range")
            cuts += [joint.end("mark") for joint in joints if joint]
        if said and inside and inside[0].start - said.end >= 25:
            joint = _LAST_SEPARATOR.search(low, max(piece.start + 1, inside[0].start - _NEAR_TIME), inside[0].start)
            if joint and low[inside[0].end : inside[0].end + 2].strip()[:1].isalpha():  # it opens what follows
                cuts.append(joint.end("mark"))
        said = inside[-1] if inside else said
        for earlier, later in itertools.pairwise(inside):
            if later.start - earlier.end < _APART and not _NAMED.match(low, earlier.end, later.start):
                if _PLUS.fullmatch(low, earlier.end, later.start) and low[later.end : later.end + 2].strip()[:1].isalpha():
                    cuts.append(later.start)  # "ther act 15 min, plus 10 min hair wash"
                continue
            gap = [earlier.end + m.end() for m in _SEPARATOR.finditer(low[earlier.end : later.start])]
            if gap:
                trailing = (
                    low[earlier.end : earlier.end + 2].strip()[:1] in (",", ";", ")", ">") or earlier.form == "brack"
                )
                leads = low[later.end : later.end + 2].strip()[:1].isalpha() and _behind_label(low, labels, piece, earlier)
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


def _cut(text: str, low: str, pieces: list[Piece], cuts: list[int], named: Sequence[int] = ()) -> list[Piece]:
    if not cuts:
        return pieces
    out: list[Piece] = []
    for piece in pieces:
        begin, first = piece.start, piece.first
        at = bisect_left(cuts, piece.start + 1)
        if at == len(cuts) or cuts[at] >= piece.end:
            out.append(piece)
            continue
        while at < len(cuts) and cuts[at] < piece.end:
            cut = cuts[at]
            at += 1
            if not any(map(str.isalpha, low[begin:cut])) or _ONLY_LEADS_ON.fullmatch(low, begin, cut):
                continue
            if len(low[begin:cut].strip()) < 6:
                name = bisect_left(named, begin)
                if name == len(named) or named[name] >= cut or not _only_names(low, begin, cut):
                    continue  # but "TE, MT, MHP." names three
            _keep(text, out, begin, cut, piece.line, first)
            begin, first = cut, False
        _keep(text, out, begin, piece.end, piece.line, first)
    return out


def _only_names(low: str, begin: int, cut: int) -> bool:
    """Whether a few letters up to a name are a name of their own: a comma parts them from it, or nothing follows the two
    ("te + ta 30m;")."""
    ahead = low[begin:cut].rstrip()
    return ahead.endswith(",") or (ahead.endswith(("+", "&", "/", "and")) and _NO_MORE.match(low, cut) is not None)


def _keep(text: str, pieces: list[Piece], start: int, end: int, line: int, first: bool) -> None:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    if start < end:
        pieces.append(Piece(start, end, line, first or not pieces or pieces[-1].line != line))


def _within(low: str, start: int, end: int) -> bool:
    """Whether a slash or a gap stands within a row or between two measures of a joint: "PROM to 120 flex / 30 ER"."""
    measures = _MEASURED.search(low, max(0, start - 12), start) and _MEASURE.match(low, end)
    return bool(measures) or _row(low, start)


def _row(low: str, at: int) -> bool:
    """Whether the line around `at` is short or a row of a table, where wide gaps and slashes part cells, not sentences."""
    begin, end = low.rfind("\n", max(0, at - _NEAR), at) + 1, low.find("\n", at, at + _NEAR)
    line = low[begin or max(0, at - _NEAR) : end if end >= 0 else at + _NEAR]
    return len(line) < 140 or line.count("|") > 1 or line.count("\t") > 1 or line.count("   ") > 2


def _ends_sentence(text: str, low: str, begin: int, stop: re.Match[str]) -> bool:
    """A full stop ends a sentence unless it belongs to an abbreviation, an initial, a number of a list or a decimal."""
    if stop.group()[0] != ".":
        return True
    word = _WORD_BEFORE.search(low, max(begin, stop.start() - 24), stop.start() + 1)
    after = _OPENS.match(low, stop.end()).end()  # type: ignore[union-attr]
    following = text[after] if after < len(text) else ""
    if word:
        token = word.group(1)
        at_start = word.start() <= begin + 1 or not low[begin : word.start()].strip()
        if at_start and (token.isdecimal() or len(token) == 1):
            return False  # "1. Bike", "a. Squats"
        if len(token) == 1 and token.isalpha():
            # Initials end none; "4 x 20 s." does.
            counted = low[max(0, word.start() - 2) : word.start()].strip()[-1:].isdecimal()
            return token in _UNITS and counted and following.isupper()
        if token in _ABBREVIATIONS:
            # "10 min. sat eob": a unit behind a figure ends the sentence; "flex. Then" does where a capital letter follows.
            counted = low[max(0, word.start() - 2) : word.start()].strip()[-1:].isdecimal()
            return token in _MAY_END and (counted or following.isupper() or following.isdecimal())
    return True
