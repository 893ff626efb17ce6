"""Gives each service the label that the note itself gives it: in its own words, in front of them, or in a billing line."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Collection, Sequence
from dataclasses import replace
from functools import cache
from typing import NamedTuple

from rehabcoder.billing.codes import is_timed, one_name
from rehabcoder.language.detail import content_words
from rehabcoder.language.footers import timed_labels
from rehabcoder.language.keyed import given_by_key
from rehabcoder.language.labels import Label, opening_label
from rehabcoder.language.patterns import knowledge, sentence_start, whole_words
from rehabcoder.language.reading import MASKED, Reading
from rehabcoder.language.totals import Stated

_LEAD = 26  # code points in front of a service in which its label may still stand, on the same line
_OPENS = 30  # code points from its start in which a name opens a service
_INTENT = frozenset({"97110", "97112", "97530", "97140"})
# Codes for which the same work may be billed, as its intent is seen.
_ALIKE = (frozenset({"97110", "97112", "97530", "97116", "97535", "97537", "97542"}), frozenset({"97140", "97124"}))
# Work on an orthosis or a prosthesis is named alike at its first fitting and later: which of the two was billed tells.
_LATER = {"97760": "97763", "97761": "97763"}
_FIRST = ("init", "fit", "fab", "assess")
_JOINTLY = 5  # code points of the sign between two names of one heading
_BULLET = re.compile(r"[ \t]*(?:[-*+>]|\d{1,2}[.)])")
# The sentence behind a service that says under which name it went out.
_WENT_OUT_AS = re.compile(
    r"[\s.;,()-]*(?:(?:it|this|that|all|which)\s)?(?:(?:was|were|is|i|we)\s)?(?:billed|charged|coded|entered|recorded|logged)\s(?:as|under|to)\s(?:an?\s|the\s)?"
)
_GOES_ON = re.compile(r"[\W\d_]{0,40}")  # between two rows of one list
# Of a service: that it is none for the bill.
NOT_BILLED = re.compile(
    r"(?<![a-z])(?:(?:not|never|isn't|wasn't|without|no)\s(?:being\s)?"
    r"(?:billed|charged?|billable|counted|claimed|billing|timed|coded)"
    r"|un-?billed|non-?billable|un-?billable|uncharged|n/?c(?![a-z])|off the clock|free of charge)"
)
_NO_SERVICE = re.compile(
    r"(?<![a-z])(?:rest(?:ed|ing|s)?|wait(?:ed|ing|s)?|chang(?:ed|ing)|report|paperwork|adj)(?![a-z])"
)
Span = tuple[int, int]
_MANEUVER = "95992"  # canalith repositioning
_FAR = 200  # code points in front of a code in which the charge line that lists it may begin
# Between the first code of a list and the word that says that it was billed.
_THEN_BILLED = re.compile(r"(?:[\s,&+/]|and\b|plus\b|97\d{3}\b)*+(?:(?:all|both|were|was|are)\s)*+")
_NOT_TODAY = re.compile(r"(?<![a-z])(?:home|hep|plan|goals?)(?![a-z])")
_STOP = re.compile(r"\n|\.\s")
_OTHER_SENTENCE = re.compile(r"[a-z]{2}[^.]*\.\s")


class _Bills(NamedTuple):
    billing: re.Pattern[str]
    other_day: re.Pattern[str]


@cache
def _bills() -> _Bills:
    table = knowledge("totals")["billing"]
    return _Bills(whole_words(table["words"]), whole_words([*table["past"], *table["planned"], *table["never"]]))


def label_services(
    reading: Reading, places: Sequence[tuple[int, int]], supported: Sequence[str], stated: Stated
) -> list[Label | None]:
    """The label of each service, or None. `supported` are the codes that the descriptions alone support."""
    labels, low = reading.labels, reading.low
    out: list[Label | None] = []
    for index, (start, end) in enumerate(places):
        lowest = max(start - _LEAD, places[index - 1][1] if index else 0)
        lowest = max(lowest, low.rfind("\n", lowest, start) + 1)
        at = bisect_left(labels, lowest, key=lambda la: la.start)
        near: list[Label] = []
        while at < len(labels) and labels[at].start < end:
            near.append(labels[at])
            at += 1
        code = supported[index]
        own = [la for la in near if la.start >= start]
        agreed = any(la.number or la.code == code for la in own)
        if not any(la.start - start < _OPENS for la in own):
            own = [la for la in near if la.start >= start or not _OTHER_SENTENCE.search(low, la.end, start)]
        said = (None if agreed else opening_label(low, start, end, code)) or _best(own, start, end, code)
        out.append(said or _said_behind(reading, end))
    _by_key(reading, places, out)
    _from_headings(reading, places, supported, out)
    _from_footer(reading, places, supported, stated, out)
    unclear = None in out or any(la and la.code in _LATER for la in out)
    if stated.units and stated.units_span:
        _as_billed(low, stated.units, out)
        _from_the_bill(list(stated.units), stated.units_span, supported, out)
        _left_for_one_alone(
            low, [Label(*stated.units_span, code, True, False) for code in stated.units], places, supported, out
        )
    elif unclear:
        listed = _listed_codes(reading, places)
        if listed:
            _as_billed(low, [la.code for la in listed], out)
            _from_the_bill([la.code for la in listed], (listed[0].start, listed[-1].end), supported, out)
    return out


def _by_key(reading: Reading, places: Sequence[tuple[int, int]], out: list[Label | None]) -> None:
    """A list of codes labels the services by their keys: "CODE: A 97112, B 97110"."""
    codes = reading.keyed.codes if reading.keyed else {}
    for index, given in enumerate(given_by_key(reading.low, [start for start, _ in places], codes)):
        if given:
            out[index] = Label(given.start, given.end, given.value.upper(), True, True)


def _said_behind(reading: Reading, end: int) -> Label | None:
    """The label that the words right behind a service give it: "... with the aide. Billed as therapeutic exercise"."""
    billed = _WENT_OUT_AS.match(reading.low, end)
    if not billed:
        return None
    return next(iter(reading.labels_in(billed.end(), billed.end() + 1)), None)


def _best(near: list[Label], start: int, end: int, supported: str) -> Label | None:
    numbers = [la for la in near if la.number]
    if numbers:
        return numbers[0]
    names = [la for la in near if _counts(la, start, end, supported)]
    leading = [la for la in names if la.start - start < _OPENS]
    if len(leading) > 1 and leading[1].start - leading[0].end <= _JOINTLY:  # "TE/NMR 25 min: ..."
        leading = [la for la in leading[:2] if one_name(la.code) == supported] or leading
    return next(iter(leading or names), None)


def _counts(label: Label, start: int, end: int, supported: str) -> bool:
    """A name in the middle of a description ("ice refused", "gait belt") is a label only where it opens or closes it, or
    agrees with what is described."""
    intent = label.code in _INTENT
    return (
        label.start - start < _OPENS
        or (end - label.end < 16 and (label.strong or intent))
        or one_name(label.code) == supported
        or (label.strong and intent and label.code != "97140")
    )


def _from_headings(
    reading: Reading, places: Sequence[tuple[int, int]], supported: Sequence[str], out: list[Label | None]
) -> None:
    """A line above a list labels what the list holds: all of it by its only code, by several what they agree with."""
    low = reading.low
    heading: list[Label] = []
    closed = False  # the heading ends in a colon, so that what follows needs no bullets
    done = 0
    for index, (start, end) in enumerate(places):
        line = low.rfind("\n", done, start) + 1
        if line and (index == 0 or not _GOES_ON.fullmatch(low, done, line)):
            above = low.rfind("\n", done, line - 1) + 1
            whole = above > 0 or index == 0
            heading = reading.labels_in(above, line) if whole else []
            closed = low[above:line].rstrip().endswith(":") or _only_names(reading, heading, above, line)
        if heading and out[index] is None and (closed or _BULLET.match(low, line or start, end)):
            codes = {one_name(la.code) for la in heading}
            fits = [la for la in heading if len(codes) == 1 or one_name(la.code) == supported[index]]
            out[index] = next(iter(fits), None)
        done = end


def _only_names(reading: Reading, heading: Sequence[Label], above: int, line: int) -> bool:
    """Whether the line above names several services and says nothing more: "Therapeutic exercise / Manual therapy: 40 min"."""
    several = len({one_name(la.code) for la in heading if is_timed(la.code)}) > 1
    return several and not content_words(reading.low, heading, above, line)


def _from_footer(
    reading: Reading,
    places: Sequence[tuple[int, int]],
    supported: Sequence[str],
    stated: Stated,
    out: list[Label | None],
) -> None:
    """A footer that gives each label its time ("TE 14   NMR 13   MT 9") labels the services that it plainly matches.

    With as many rows as services it labels them in their order: where all but one agree with theirs, or where none agrees with
    another and the rows come to what the note states.
    """
    if not places or None not in out:
        return
    behind = timed_labels(reading.low, reading.labels, reading.times, places[-1][1])
    timed = [row for row in behind if not _other_day(reading.low, row[0].start)]
    whole = timed and sum(time.minutes for _, time in timed) in (stated.timed, stated.total)
    rows = [la for la, _ in timed]
    rows = rows or [row.label for row in reading.charges if row.start >= places[-1][1]]
    each = len(rows) == len(places) > 1  # "97530 BALANCE   20", "97530 STAIRS    13"
    if len({la.code for la in rows}) < 2 and not each and not (rows and reading.foot):
        return
    fits = [one_name(la.code) == code for la, code in zip(rows, supported, strict=False)]
    apart = all(fit or one_name(la.code) not in supported for la, fit in zip(rows, fits, strict=False))
    if len(rows) == len(places) and not any(out) and (fits.count(False) <= 1 or (whole and apart)):
        out[:] = rows
        return
    for index, label in enumerate(out):
        if label is None:
            out[index] = next((la for la in rows if one_name(la.code) == supported[index]), None)
    _left_for_one_alone(reading.low, rows, places, supported, out)


def _other_day(low: str, at: int) -> bool:
    """Whether the sentence up to a place speaks of home, of the plan or of another day."""
    begin = sentence_start(low, at, max(0, at - _FAR))
    return _bills().other_day.search(low, begin, at) is not None or _NOT_TODAY.search(low, begin, at) is not None


def _listed_codes(reading: Reading, places: Sequence[tuple[int, int]]) -> list[Label]:
    """Codes that a charge line outside of the services lists without units ("CPT 97110, 97140")."""
    low, bills = reading.low, _bills()
    out: list[Label] = []
    index = sentence_end = 0
    billed = False
    for label in reading.labels:
        while index < len(places) and places[index][1] <= label.start:
            index += 1
        if not label.number or (index < len(places) and places[index][0] <= label.start):
            continue
        if label.start >= sentence_end:
            floor = max(0, label.start - _FAR)
            begin = sentence_start(low, label.start, floor)
            stop = _STOP.search(low, label.end)
            sentence_end = stop.start() if stop else len(low)
            ahead = low[begin : label.start]
            billed = bills.billing.search(ahead) is not None or not any(c.isalnum() for c in ahead)
            behind = _THEN_BILLED.match(low, label.end, sentence_end)
            if not billed and behind and bills.billing.match(low, behind.end()):
                billed, ahead = True, ahead.rpartition(";")[2]  # "gait belt to keep; 97535 and 97110 charged."
            billed = billed and not bills.other_day.search(ahead)
        if billed:
            out.append(label)
    return out if len({la.code for la in out}) > 1 else []


def _as_billed(low: str, codes: Collection[str], out: list[Label | None]) -> None:
    """A name that first and later work share means the later one where only that is billed: "Orthotic mgmt ... 97763 1"."""
    for index, label in enumerate(out):
        if label is None or label.number or label.code in codes:
            continue
        later = _LATER.get(label.code, "")
        if later in codes and not any(word in low[label.start : label.end] for word in _FIRST):
            out[index] = replace(label, code=later)


def _from_the_bill(
    codes: Sequence[str], span: tuple[int, int], supported: Sequence[str], out: list[Label | None]
) -> None:
    """A charge line labels the services that it plainly matches: those of a billed code, and one left with one left.

    With as many codes as services, all but one of which agree with theirs, it labels them in their order.
    """
    billed = {one_name(code): code for code in codes}
    given = [i for i, code in enumerate(supported) if code != "none"]
    open_ones = [i for i in given if out[i] is None]
    in_order = zip(given, billed, strict=True) if len(billed) == len(given) else ()
    differ = [(i, code) for i, code in in_order if code != (one_name(la.code) if (la := out[i]) else supported[i])]
    alone = differ[0] if len(differ) == 1 else None
    if alone and out[alone[0]] is None and not _is_another(alone[1], supported[alone[0]]):
        for i, code in zip(given, billed, strict=True):
            out[i] = out[i] or Label(*span, billed[code], True, False)
        return
    named = {one_name(la.code) for la in out if la}
    for i in open_ones:
        if supported[i] in billed:
            out[i] = Label(*span, billed[supported[i]], True, False)
    taken = {supported[i] for i in open_ones}
    left = [code for code in billed if code not in named and code not in taken]
    still = [i for i in open_ones if out[i] is None]
    if len(left) == 1 and len(still) > 1:
        still = [i for i in still if any({left[0], supported[i]} <= alike for alike in _ALIKE)]
    if len(left) == 1 and len(still) == 1 and not _is_another(left[0], supported[still[0]]):
        out[still[0]] = Label(*span, billed[left[0]], True, False)


def _is_another(billed: str, supported: str) -> bool:
    """Whether a billed code is that of a procedure which nobody mistakes for what was described: the turning of the patient that
    brings crystals of the ear back, for an exercise. Heat and pumps are mistaken, by the models."""
    return billed == _MANEUVER and supported in MASKED


def _left_for_one_alone(
    low: str, billed: Sequence[Label], places: Sequence[Span], supported: Sequence[str], out: list[Label | None]
) -> None:
    """A billed code that no service of the note is labelled as or supports labels the only one that was not given one-on-one:
    "NuStep 20 min on his own. MT 10 min ... 97110 x1, 97140 x1"."""
    given = {one_name(la.code) if la else code for la, code in zip(out, supported, strict=True)}
    codes = {one_name(la.code): la for la in billed}
    left = [la for code, la in codes.items() if code not in given]
    alone = [
        k for k, (code, place) in enumerate(zip(supported, places, strict=True))
        if code == "none" and out[k] is None and not NOT_BILLED.search(low, *place) and not _NO_SERVICE.search(low, *place)
    ]  # fmt: skip
    if len(left) == 1 == len(alone) and is_timed(left[0].code) and len(codes) <= len(places):
        out[alone[0]] = left[0]
