"""Cuts a note into pieces: the smallest stretches that belong to one service as a whole, or to none.

A piece is a line, a sentence of a line, or a clause that a connecting word opens ("..., then eighteen minutes in the
kitchen"). Cutting too finely does no harm, since the tagger joins pieces again; cutting too coarsely cannot be mended.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rehabcoder.language.cuts import label_cuts, time_cuts
from rehabcoder.language.labels import Label
from rehabcoder.language.run_on import run_on_cuts
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
_DASHES = 4  # in a note that is written with them
_NEAR = 300  # code points to either side that tell whether a line is a row of a table
_ALSO = re.compile(r",\s{1,8}(?=and\s+[a-z\d])")
_FEW = 12  # code points on either side of it that say too little to be a piece
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
        "rep",
        "pts",
        "rot",
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
        "tx",
        "rx",
        "sx",
        "hx",
        "dx",
        "bil",
        "bilat",
        "max",
        "mod",
        "sup",
        "resp",
    ]
)
_BREAK = re.compile(
    r"""(?=[\s.!?;,])(?:  # where nothing can break, all else need not be tried
    (?P<line>\n)
    |(?P<stop>[.!?]["')\]]*)(?=\s+\S)
    |(?P<glued>(?<=[a-z0-9)%])\.(?=[a-z]{3}))
    |(?P<semi>;)(?=\s)
    |(?P<dash>[ ][->][ ])
    |(?P<pipe>\s//\s(?!bars?\b)|\s\|\|\s)
    |(?P<slash>(?<=[\w'")\]])\s/\s(?=\S)|[ ]{2,8}(?=[a-z]))
    |(?P<then>,?\s{1,8}(?:and\s+)?(?=(?:(?:for|in|over)\s+the\s+next\s+(?=\d|six|sev|eig|nin|ten|ele|twe|thi|fou|fif|hal|qua)[\w]+|at\s+(?:the\s+)?last\s+(?=i\b|we\b|s?he\b|they\b|the\s|an?\s)[a-z]+|then|(?<!the\s)next(?!\s(?:to|door|room|bay|bed|booth|lane|mat|plinth|table|step|pt|patient|client)\b)|(?<!\bfor\s)(?<!\bin\s)(?<!\bover\s)(?<!filled\s)(?<!\btook\s)(?<!spent\s)(?<!\bused\s)(?<!\bwas\s)(?<!\bwere\s)(?<!during\s)the\s+next\s+(?=\d|six|sev|eig|nin|ten|ele|twe|thi|fou|fif|hal|qua)[\w]+|finally|lastly|afterwards?|followed\s+(?:by|up\s+(?:by|with))|f/[bu](?=\s+[a-z\d])|after\s+which|before\s+finishing|we\s+finished|(?<!\bwe\s)finished\s+(?:up\s+|off\s+)?(?:with|on|by)|(?:finish|end|clos|conclud)ing\s+(?:with|on|by)|(?:ended|closed|concluded|wound)\s+(?:up\s+)?(?:with|on|by)|moved\s+on\s+to|moving\s+on\s+to|went\s+on\s+to|progressed\s+to|last\s+of\s+all)\b(?<!then(?=\s(?:with|without|at)\s(?![^.;,\n]{0,60}\s(?:s?he|we|i|they|pt|patient)\s))))|,?\s{1,8}(?=as\s+well\s+as\s+[a-z]+ing\b)|,\s{1,8}(?:and\s+)?(?=after\s+(?:that|it|this)\b))
    |(?P<rest>,?\s{1,8}and\s+(?=the\s+(?:rest|remainder|larger\s+(?:part|half|share)|greater\s+part|bulk|other\s+half|last\s+(?:\d{1,2}|ten|[a-z]{3,5}teen|twenty|thirty))(?:\s+of\s+it|\s+minutes)?\s+(?:was|were|went|on)\b))
    |(?P<and>,\s{1,8}(?:and|plus|with|while)?\s*(?=(?:the\s+)?(?:another|further|remaining|last|final|other)\b[\w\s-]{0,18}?\bmin)))
    """,
    re.X,
)
# "Then with head turns", "then at a faster pace" go on with what stands before them, unless somebody does something behind them.
# Who did what comes next stands before its "then": "mirror box, and she then ...".
_WHO = re.compile(r"(?:,?\s+|\A|(?<=\n))(?:and\s+)?(?:i|we|she|he|they|pt|patient)\Z")
_WHO_FAR = 16  # code points of it
# A letter for the side behind what it is the side of: "STM calf B. Gait ...", not the initial in "by B. Smith".
_SIDES = frozenset("blr")
_OF_A_SIDE = re.compile(
    r"(?:\A|[\s(])(?:[A-Z]{2,6}|(?!(?:by|with|and|from|to|per|pt|aide|tech|student|wife|son)\b)[a-z/-]{2,})[ \t]{1,2}[BLR]\Z"
)
_SAYS_WHEN = re.compile(r"(?<![a-z])(?:before|after|prior to|following|during|post|throughout)\s+\Z")  # "before tx."
_SIDE_FAR = 24  # code points of it
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
        if kind == "then" and low[cut] != "," and (who := _WHO.search(low, max(begin, cut - _WHO_FAR), cut)):
            if not low[begin : who.start()].strip() or low[who.start() - 1] == ":":
                continue  # "I then stretched": nothing stands before
            cut = who.start()
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
        _keep(low, pieces, begin, cut, line, first)
        if kind == "line":
            line, first = line + 1, True
        else:
            first = False
        begin = found.end() if kind in ("line", "pipe", "slash", "dash") else cut
    _keep(low, pieces, begin, len(text), line, first)
    if breaks:
        pieces = _at_breaks(low, pieces, breaks)
    pieces = _cut(low, pieces, run_on_cuts(low, labels, times))
    if labels:
        pieces = _cut(low, pieces, label_cuts(low, labels, times), [label.start for label in labels])
    if times:
        pieces = _cut(low, pieces, time_cuts(low, pieces, times, labels))
    return _cut(low, pieces, [cut for piece in pieces for cut in _also(low, piece)])


def _also(low: str, piece: Piece) -> Iterator[int]:
    """Where ", and" goes on within a piece: often to another service, which the tagger could not part from this one."""
    for comma in _ALSO.finditer(low, piece.start + _FEW, piece.end - _FEW):
        yield comma.end()


def _at_breaks(low: str, pieces: list[Piece], breaks: Sequence[int]) -> list[Piece]:
    """The pieces cut where line breaks got lost, each of which opens a line."""
    out: list[Piece] = []
    at = 0
    for piece in pieces:
        begin, first = piece.start, piece.first
        while at < len(breaks) and breaks[at] < piece.end:
            if breaks[at] > begin:
                _keep(low, out, begin, breaks[at], piece.line + at, first)
            begin, first = max(begin, breaks[at]), True
            at += 1
        _keep(low, out, begin, piece.end, piece.line + at, first)
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


_NO_MORE = re.compile(
    r"[a-z]{2,4}[ \t]?(?:x ?)?(?:\d{1,2} ?(?:m|mins?|minutes|'))?[ \t]?(?:together|total)?(?:[.;](?=\s)|[.;]?\Z|\n)"
)
_ONLY_LEADS_ON = re.compile(r"[\s,;]*+(?:(?:and|then|next|plus|finally|lastly|after\s+that|followed\s+by)\b[\s,]*+)+")


def _cut(low: str, pieces: list[Piece], cuts: list[int], named: Sequence[int] = ()) -> list[Piece]:
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
            _keep(low, out, begin, cut, piece.line, first)
            begin, first = cut, False
        _keep(low, out, begin, piece.end, piece.line, first)
    return out


def _only_names(low: str, begin: int, cut: int) -> bool:
    """Whether a few letters up to a name are a name of their own: a comma parts them from it, or nothing follows the two
    ("te + ta 30m;")."""
    ahead = low[begin:cut].rstrip()
    return ahead.endswith(",") or (ahead.endswith(("+", "&", "/", "and")) and _NO_MORE.match(low, cut) is not None)


def _keep(low: str, pieces: list[Piece], start: int, end: int, line: int, first: bool) -> None:
    while start < end and low[start].isspace():
        start += 1
    while end > start and low[end - 1].isspace():
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
            if token in _SIDES and following.isupper() and text[after + 1 : after + 2].isalpha():
                return _OF_A_SIDE.search(text, max(begin, stop.start() - _SIDE_FAR), stop.start()) is not None
            return token in _UNITS and counted and following.isupper()
        if token in ("tx", "rx") and _SAYS_WHEN.search(low, max(begin, word.start() - _SIDE_FAR), word.start()):
            return True
        if token in _ABBREVIATIONS:
            # "10 min. sat eob": a unit behind a figure ends the sentence; "flex. Then" does where a capital letter follows.
            counted = low[max(0, word.start() - 2) : word.start()].strip()[-1:].isdecimal()
            return token in _MAY_END and (counted or following.isupper() or following.isdecimal())
    return True
