"""Finds services that a note only names: "Ther ex, gait training and manual therapy per plan of care"."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Sequence, Set
from functools import cache
from itertools import pairwise

from rehabcoder.billing.codes import is_timed, one_name
from rehabcoder.language.behind import charged
from rehabcoder.language.layout import Place
from rehabcoder.language.patterns import knowledge, sentence_start
from rehabcoder.language.reading import Reading

Span = tuple[int, int]
_FAR = 200  # code points before a name in which its sentence begins
# A time with which a row ends, behind a sign.
_CLOSING_TIME = re.compile(r"(?P<sign>[-,;/|@~(\t])\s?(?P<n>\d{1,3})\s?(?P<unit>minutes|mins?|m|'|)\)?\.?\Z")
_CLOSING = 14  # code points of it
_WITHIN = 24  # pieces of a line before a name in which it opens
_OPENING = 48  # code points in which a piece names its service and its time, where both open it
_BESIDE = 5  # code points between the two: "of", a sign
_LENGTHS = frozenset({"min", "word", "prime", "m", "frac", "label", "range", "run"})
_LIKELY = 0.7  # chance from which a piece is taken for a description
_PARTS = (",", ";", "/", "+", "&", " and", " then", " plus")  # between two services of one line
_OTHERWISE = re.compile(
    r"(?<![a-z])(?:next|last|prev\w*|prior|will|not?|refused|declined|held|hold|home|hep|goals?)(?![a-z])"
)
_ON_A_SHEET = re.compile(
    r"(?<![a-z])(?:per|see|as\son|as\sper|on)\s(?:the\s|attached\s|paper\s)*(?:exercise\s|ex\s|treatment\s|tx\s)?(?:flow\s?-?sheet|log|grid|sheet)(?![a-z])"
)
_STOP = re.compile(r"\n|[.;!](?=\s|$)")


@cache
def _not_today() -> re.Pattern[str]:
    words = [word for group in knowledge("named").values() for word in group]
    return re.compile(rf"(?<![a-z])(?:{'|'.join(words)})(?![a-z])")


def named_only(
    reading: Reading, layout: Sequence[Place], inside: Sequence[float], aside: Collection[int]
) -> list[Span]:
    """The pieces that name one service, say nothing of what was done, and stand where today's treatment is told.

    `inside` is how likely each piece describes a service. Beside a description names in a row are its charge line, and a
    name that the note gives elsewhere too is that of what is described there.
    """
    codes = _named(reading, layout, aside)
    described = any(
        chance > _LIKELY and layout[k].thin and k not in codes and k not in aside for k, chance in enumerate(inside)
    )
    if not described:
        codes = _named(reading, layout, aside, nothing_told=True) or _rows_of_charges(reading, layout, aside)
    said = Counter(one_name(label.code) for label in reading.labels if not _charges(reading, label.start))
    rows = Counter(one_name(label.code) for row in reading.footers for label, _ in row)
    return [
        (k, k + 1)
        for k, code in codes.items()
        if not described
        or (said[code] == 1 and k - 1 not in codes and k + 1 not in codes)
        or (said[code] - rows[code] == 1 and _told_on_a_sheet(reading, k))
    ]


def _told_on_a_sheet(reading: Reading, k: int) -> bool:
    """Whether the sentence around a piece refers to a sheet for what was done: "NMR and TE per flowsheet."."""
    low, piece = reading.low, reading.pieces[k]
    begin = sentence_start(low, piece.start, max(0, piece.start - _FAR))
    stop = _STOP.search(low, piece.end - 1)
    return _ON_A_SHEET.search(low, begin, stop.start() if stop else len(low)) is not None


def parted(reading: Reading, layout: Sequence[Place], aside: Collection[int]) -> list[int]:
    """The pieces with which a service begins because the one before them on their line named another one and its time:
    "MT 15 min, TE grip and wrist curls"; because each of the two names one and its time; because they only name one where
    their line opens with the name of another; because a word adds one to another; or because the line above is a row that only names one, with its time written
    like theirs."""
    out: list[int] = []
    for k, (one, two) in enumerate(pairwise(layout), 1):
        if two.first and one.first and k not in aside and k - 1 not in aside and _row_by_row(reading, layout, k):
            out.append(k)
            continue
        if not two.first and two.labelled and not two.thin and k not in aside and _another(reading, layout, k):
            out.append(k)
            continue
        if two.first or not (one.labelled and two.labelled) or k in aside or k - 1 in aside:
            continue
        added = _added(reading, k)
        if not (one.timed or added):
            continue
        each_timed = two.timed and _opens_timed(reading, k)
        if not (each_timed or added) and (one.thin or not reading.low.endswith(_PARTS, 0, reading.pieces[k - 1].end)):
            continue
        before, behind = _codes(reading, k - 1), _codes(reading, k)
        if len(before) == 1 and before.isdisjoint(behind) and all(map(is_timed, before)):
            out.append(k)
    return out


def listed_items(reading: Reading, aside: Set[int]) -> list[int]:
    """The pieces side by side on a line that each open with a name and its minutes: "nod retrain 8 - cuff; shelf reach 10: 2#
    can". Each is a service, whatever its words look like."""
    pieces, low = reading.pieces, reading.low
    beside = [
        k
        for k in range(1, len(pieces))
        if not pieces[k].first
        and aside.isdisjoint((k - 1, k))
        and low[pieces[k - 1].end - 1] == ";"
        and _opens_item(reading, k - 1)
        and _opens_item(reading, k)
    ]
    return sorted({k for two in beside for k in (two - 1, two)})


def _opens_item(reading: Reading, k: int) -> bool:
    """Whether a piece opens with a name and a bare figure that is its minutes."""
    piece = reading.pieces[k]
    times = reading.times_in(piece.start, min(piece.end, piece.start + _OPENING))
    return bool(times) and times[0].form == "label" and any(map(str.isalpha, reading.low[piece.start : times[0].start]))


def _added(reading: Reading, k: int) -> bool:
    """Whether a word adds the piece, which opens with the name of a service, to the one before it: "ther ex (bridges, clams) plus
    neuro re-ed (...)"."""
    pieces = reading.pieces
    if not reading.low.endswith((" plus", " as well as"), 0, pieces[k - 1].end):
        return False
    named = reading.labels_in(pieces[k].start, pieces[k].end)[0]
    return named.start == pieces[k].start and (named.strong or named.number)


def _row_by_row(reading: Reading, layout: Sequence[Place], k: int) -> bool:
    """Whether a row that only names a service stands above one that says what was done, each with its time at its end written
    the same way: "manual - 10" above "band rows 2x15 - 10". What adds up to the time of the first is its parts."""
    if layout[k - 1].thin or not layout[k - 1].labelled or layout[k].labelled or layout[k].thin < 2:
        return False
    low, pieces = reading.low, reading.pieces
    above = _CLOSING_TIME.search(low, max(pieces[k - 1].start, pieces[k - 1].end - _CLOSING), pieces[k - 1].end)
    if above is None or pieces[k].line - pieces[k - 1].line != 1:
        return False
    total = 0
    for row in range(k, min(k + _WITHIN, len(pieces))):
        piece = pieces[row]
        closing = _CLOSING_TIME.search(low, max(piece.start, piece.end - _CLOSING), piece.end)
        if closing is None or closing["sign"] != above["sign"] or closing["unit"] != above["unit"]:
            return row > k
        total += int(closing["n"])
        if total >= int(above["n"]):
            return total > int(above["n"]) or row == k
    return True


def _another(reading: Reading, layout: Sequence[Place], k: int) -> bool:
    """Whether a piece names but one service, and its line opens with the name of another and says what was done."""
    ahead = reading.low[reading.pieces[k - 1].start : reading.pieces[k - 1].end]
    if not ahead.endswith((*_PARTS, ".")) or ahead.endswith("w/"):
        return False
    named = _codes(reading, k)
    head = k - 1
    while head > max(0, k - _WITHIN) and not layout[head].first:
        head -= 1
    if len(named) != 1 or not layout[head].first or layout[head].thin < 2 or not layout[head].labelled:
        return False
    piece = reading.pieces[head]
    first = reading.labels_in(piece.start, piece.end)[0]
    lead = reading.low[piece.start : first.start].rpartition(":")[2]
    return not any(map(str.isalnum, lead)) and one_name(first.code) not in named


def _opens_timed(reading: Reading, k: int) -> bool:
    """Whether a piece opens with the name of a service and its time: "then fourteen minutes of neuro re-ed with ..."."""
    piece = reading.pieces[k]
    stop = min(piece.end, piece.start + _OPENING)
    labels = reading.labels_in(piece.start, stop)
    return any(
        0 <= max(label.start - time.end, time.start - label.end) <= _BESIDE
        for label in labels[:1]
        for time in reading.times_in(piece.start, stop)
        if time.form in _LENGTHS
    )


def _codes(reading: Reading, k: int) -> set[str]:
    piece = reading.pieces[k]
    return {one_name(label.code) for label in reading.labels_in(piece.start, piece.end)}


def _named(
    reading: Reading, layout: Sequence[Place], aside: Collection[int], nothing_told: bool = False
) -> dict[int, str]:
    """The codes of the pieces that say nothing but one name, in sentences that speak of no charge, plan or other day.

    Of a note in which `nothing_told` says what was done, also those with a word more: "gait training and transfer training
    completed per plan of care".
    """
    low = reading.low
    out: dict[int, str] = {}
    for k, (piece, place) in enumerate(zip(reading.pieces, layout, strict=True)):
        if place.thin > nothing_told or not place.labelled or k in aside:
            continue
        found = reading.labels_in(piece.start, piece.end)
        codes = {one_name(label.code) for label in found}
        if len(codes) != 1 or (not place.timed and any(label.number for label in found)):
            continue
        begin = sentence_start(low, piece.start, max(0, piece.start - _FAR))
        stop = _STOP.search(low, piece.end - 1)
        if not _not_today().search(low, begin, stop.start() if stop else len(low)):
            out[k] = codes.pop()
    return out


def _rows_of_charges(reading: Reading, layout: Sequence[Place], aside: Collection[int]) -> dict[int, str]:
    """The lines that open with the number of a code and go on to name it, of a note that tells nothing of its session beside
    them: "97110 2u ther ex as per plan"."""
    out: dict[int, str] = {}
    for k, (piece, place) in enumerate(zip(reading.pieces, layout, strict=True)):
        if not place.first or place.thin or not place.labelled or k in aside:
            continue
        found = reading.labels_in(piece.start, piece.end)
        named = len({one_name(label.code) for label in found}) == 1 and len({label.number for label in found}) == 2
        opens = not any(map(str.isalnum, reading.low[piece.start : found[0].start])) and found[0].number
        if named and opens and is_timed(found[0].code) and not _OTHERWISE.search(reading.low, found[0].end, piece.end):
            out[k] = one_name(found[0].code)
    return out


def _charges(reading: Reading, at: int) -> bool:
    """Whether the sentence or line around a label charges for what was told elsewhere."""
    begin = sentence_start(reading.low, at, max(0, at - _FAR))
    return charged().search(reading.low, begin, at) is not None


def only_billed(
    reading: Reading, layout: Sequence[Place], inside: Sequence[float], bill: Span | None, aside: Collection[int]
) -> list[int]:
    """The rows of the bill, which lies in `bill`: names side by side without a time or a word more. They are no services where
    the note describes some ("bike, SLR, HS stretch / STM quad / 97110 - 2u / 97140 - 1u")."""
    if bill is None:
        return []
    rows = [
        k
        for k, (piece, place) in enumerate(zip(reading.pieces, layout, strict=True))
        if bill[0] <= piece.start < bill[1] and place.labelled and not place.thin and not place.timed and k not in aside
    ]
    beside = set(rows)
    if not any(chance > _LIKELY and k not in beside and k not in aside for k, chance in enumerate(inside)):
        return []
    return [k for k in rows if k - 1 in beside or k + 1 in beside]


def only_summed(
    reading: Reading, layout: Sequence[Place], stated: Sequence[Span | None], aside: Collection[int]
) -> list[int]:
    """The pieces that say nothing but a total, stated in one of these spans, to which two other times or more of the note come:
    "30 min, 3u" below two services of 15 minutes."""
    out: list[int] = []
    for span in filter(None, stated):
        said = [time.minutes for time in reading.times_in(*span)]
        others = [t.minutes for t in reading.times if t.form in _LENGTHS and not span[0] <= t.start < span[1]]
        if len(others) < 2 or sum(others) not in said:
            continue
        out += [
            k
            for k, (piece, place) in enumerate(zip(reading.pieces, layout, strict=True))
            if piece.start <= span[0] < piece.end and not (place.thin or place.labelled or k in aside)
        ]
    return out
