"""Whether the minutes, totals and clock times of a note contradict one another."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from rehabcoder.billing.codes import is_timed, one_name
from rehabcoder.findings.windows import (
    Window,
    leaving,
    of_another_time,
    own_ranges,
    own_stamps,
    windows,
    with_ranges_of_the_bill,
)
from rehabcoder.language.naming import NOT_BILLED
from rehabcoder.language.patterns import MACHINES, sentence_start
from rehabcoder.language.reading import Reading
from rehabcoder.language.times import TimeMention
from rehabcoder.language.total_shapes import OF_ONE_SERVICE
from rehabcoder.note import Service
from rehabcoder.predict.predicted import Predicted

_ROUNDED = 2  # minutes by which a total may exceed the services without contradicting them: "45 min" for 43
_SUM = re.compile(r"(?<![\d.+])(\d{1,3}(?:\s?\+\s?\d{1,3})+)\s?=\s?(\d{1,3})(?![\d.:/])")  # "12 + 18 = 30"
_POINTS = 9  # of a list
_OWN_TOTAL = re.compile(r"(?<![a-z])total[ :=]{1,3}(\d{1,3})\s?(?:minutes|mins?|m|')(?![a-z\d])")
# The minutes of a stay by the way in which they were given: "Ind 46 / Conc 0 / Grp 0".
_MODE = r"\.?[ \t]*[:=-]?[ \t]*\d{1,3}(?:[ \t]?(?:mins?|m|'))?(?![\w/:.])"
_BY_MODE = re.compile(
    rf"(?<![a-z])ind(?:iv(?:idual)?)?{_MODE}"
    rf"(?:[ \t]*[,;/|+]?[ \t]*(?:conc(?:urrent)?|gro?u?p|co[ -]?(?:tx|treat(?:ment)?)){_MODE}){{1,3}}"
    r"(?=[ \t]*(?:[.;)=\n]|[ ]{2}|\Z))"
)
_FIGURE = re.compile(r"\d+")
_GOES_ON = re.compile(r"[;.]\s+[a-z\d]")  # a further sentence
# Up to a time: what a service was made of.
_OF_A_PART = re.compile(
    rf"(?<![a-z])(?:{MACHINES}|cycle|cycling)"
    r"(?:[ ,]{1,3}(?:lv?l?|level|seat|w)?[ ]?\d{1,2}(?![\d.:]))?[ ,x:|-]{0,24}\Z"
)
# How long the patient was on the premises is no length of treatment: waiting, changing and rest are in it.
_PREMISES = r"(?:in|at|inside)\s(?:the\s|our\s)?(?:clinic|building|facility|department|office)(?![a-z])"
_ON_THE_PREMISES = re.compile(rf"(?<![a-z]){_PREMISES}")
_TREATED = re.compile(r"(?<![a-z])(?:treat|therap|session|tx\b|rx\b)")
_BEHIND = re.compile(r"[^.;\n]{0,16}")
_NEAR = 40  # code points before a time in which they stand
_SENTENCE = 120  # code points before a total in which its sentence begins
_NO_LENGTH = frozenset({"clock", "trail", "bare"})  # figures that may be anything
_UNITS_MOST = 4  # a figure behind a code up to here may be its units
_UNIT = 8  # minutes that make a unit; what takes less is a rest rather than a service given alone
_DAY = 720  # minutes after which a clock without am and pm begins again


@dataclass(slots=True, frozen=True)
class Contradiction:
    """Where two statements of time disagree, and how, in words."""

    start: int | None
    end: int | None
    says: str


def contradiction(predicted: Predicted, services: list[Service]) -> Contradiction | None:
    """The first contradiction found, or None. Services are taken as the note labels them."""
    places = [(s.start, s.end) for s in services]
    ranges = with_ranges_of_the_bill(predicted.reading, services, own_ranges(predicted.reading, places))
    taken = {own.start for own in ranges if own} | {s.minutes_span.start for s in services if s.minutes_span}
    with_company = sorted([*places, *predicted.shared.places])  # the time of a second patient is no visit's
    return (
        _against_totals(predicted, services)
        or _against_visit(predicted, services, ranges, windows(predicted.reading, with_company, taken))
        or _overlap(services, ranges)
        or _past_the_next(predicted, services, ranges)
        or _past_the_end(predicted, services, ranges)
        or _range_against_minutes(predicted, services, ranges)
        or _against_footer(predicted, services)
        or _against_own_total(predicted, services)
        or _against_modes(predicted.reading.low, services)
    )


def _against_modes(low: str, services: list[Service]) -> Contradiction | None:
    """Minutes by mode that are not those of the services: "ind 46 conc 0 grp 0" below services of 38 minutes."""
    found = _BY_MODE.search(low) if "ind" in low else None
    counted = [s for s in services if s.code != "none" or s.labelled]
    if found is None or not counted or any(s.minutes is None for s in counted):
        return None
    timed = sum(s.minutes or 0 for s in counted if _as_timed(s) or s.code == "97150" or s.labelled == "97150")
    stated = sum(map(int, _FIGURE.findall(found[0])))
    if stated in (timed, sum(s.minutes or 0 for s in counted), sum(s.minutes or 0 for s in services)):
        return None
    return Contradiction(*found.span(), f"{stated} minutes are given by mode, the services add up to {timed}.")


def _against_own_total(predicted: Predicted, services: list[Service]) -> Contradiction | None:
    """A service whose own words give it another total: "97116 | 12 | cane 30 ft (gait total 15 min)"."""
    low = predicted.reading.low
    for service in services:
        for found in _OWN_TOTAL.finditer(low, service.start, service.end) if "total" in low else ():
            if not OF_ONE_SERVICE.search(low, max(0, found.start() - 14), found.start()):
                continue
            if service.minutes is not None and int(found[1]) != service.minutes:
                return Contradiction(
                    *found.span(), f"{found[1]} minutes are stated for a service that has {service.minutes}."
                )
    return None


def _against_totals(predicted: Predicted, services: list[Service]) -> Contradiction | None:
    stated = predicted.stated
    for sum_ in _SUM.finditer(predicted.reading.low) if "+" in predicted.reading.low else ():
        added = [int(term) for term in sum_[1].split("+")]
        terms = sum(added)
        if max(added) <= _POINTS and int(sum_[2]) > 2 * terms:
            continue  # "1 + 2 = 30 min": of two points of a list
        if int(sum_[2]) != terms and int(sum_[2]) in (stated.total, stated.timed):
            return Contradiction(*sum_.span(), f"The minutes added up come to {terms}, not {sum_[2]}.")
    timed = [s for s in services if _as_timed(s)]
    timed_sum = sum(s.minutes or 0 for s in timed)
    (timed_at, timed_end), (total_at, total_end) = (s or (None, None) for s in (stated.timed_span, stated.total_span))
    known = all(s.minutes is not None for s in timed)
    low = predicted.reading.low
    if (
        stated.timed is not None
        and timed
        and known
        and timed_sum != stated.timed
        and not counted_alone(low, services, stated.timed)
    ):
        return Contradiction(
            timed_at, timed_end, f"Services add up to {timed_sum} timed minutes, {stated.timed} are stated."
        )
    if stated.timed is not None and not known and timed_sum > stated.timed:
        says = f"Services add up to {timed_sum} timed minutes and more, {stated.timed} are stated."
        return Contradiction(timed_at, timed_end, says)
    if stated.total is None:
        return None
    if stated.timed is not None and stated.timed > stated.total:
        return Contradiction(
            timed_at, timed_end, f"{stated.timed} timed minutes do not fit into a total of {stated.total}."
        )
    counted = [s for s in services if s.code != "none" or s.labelled]
    total = sum(s.minutes or 0 for s in counted)
    # The total may leave out packs and machines, but hardly where the timed minutes are stated beside it.
    if total > stated.total and (timed_sum != stated.total or stated.timed is not None):
        return Contradiction(
            total_at, total_end, f"Services add up to {total} minutes, more than the stated total of {stated.total}."
        )
    # Undressing, rests and waiting are in a total that is given beside the timed minutes.
    if (known and stated.timed == timed_sum) or _of_the_stay(predicted.reading.low, total_at, total_end):
        return None
    everything = sum(s.minutes or 0 for s in services)
    known = bool(services) and all(s.minutes is not None for s in services)
    if (
        known
        and stated.total - everything > _ROUNDED
        and not _told_elsewhere(predicted, services, stated.total - everything)
    ):
        return Contradiction(
            total_at,
            total_end,
            f"Services add up to {everything} minutes, less than the stated total of {stated.total}.",
        )
    return None


def _of_the_stay(low: str, start: int | None, end: int | None) -> bool:
    """Whether a total is the time that the patient was on the premises: "in the clinic a total of sixty minutes"."""
    if start is None or end is None:
        return False
    begin = sentence_start(low, start, max(0, start - _SENTENCE))
    if _TREATED.search(low, begin, end):
        return False
    behind = _BEHIND.match(low, end)
    furthest = behind.end() if behind and low[end - 1] != "." else end  # "60 min total" before "in clinic"
    return _ON_THE_PREMISES.search(low, begin, furthest) is not None


def counted_alone(low: str, services: Sequence[Service], timed: int | None) -> list[Service]:
    """The services given alone, to a group or by an aide that the note does not name but counts among its timed minutes:
    without them the others do not come to the stated `timed` minutes, with them they do. None where they do without, and none
    that is said not to be billed."""
    alone = [s for s in services if s.code in ("none", "97150") and not s.labelled and (s.minutes or 0) >= _UNIT]
    alone = [s for s in alone if not NOT_BILLED.search(low, s.start, s.end)]
    rest = sum(s.minutes or 0 for s in services if _as_timed(s))
    return alone if alone and timed is not None and rest + sum(s.minutes or 0 for s in alone) == timed else []


def _told_elsewhere(predicted: Predicted, services: Sequence[Service], missing: int) -> bool:
    """Whether a time of the session that is no service's own makes up what the services lack of the total: a rest, a set-up.

    The time of a machine or of a position within a service is a part of what the service took.
    """
    taken = {s.minutes.start for s in predicted.services}
    low = predicted.reading.low
    return any(
        t.minutes == missing
        and t.start not in taken
        and not (
            any(s.start <= t.start < s.end for s in services)
            and _OF_A_PART.search(low, max(0, t.start - _NEAR), t.start)
        )
        and t.form not in _NO_LENGTH
        and not of_another_time(predicted.reading.low, t)
        for t in predicted.reading.times
    )


def _against_visit(
    predicted: Predicted, services: list[Service], ranges: Sequence[TimeMention | None], visits: list[Window]
) -> Contradiction | None:
    """More minutes than the patient was there for, or a service outside of that time."""
    if not visits:
        return None
    first = visits[0]
    own_times = [own for own in ranges if own is not None and own.begins is not None]
    apart = [
        own for own in own_times if not any(v.near(own.begins or 0, own.minutes) for v in visits)
    ]  # a second session
    length = sum(v.minutes for v in visits) + sum(own.minutes for own in apart)
    stated = predicted.stated
    total = max(sum(s.minutes or 0 for s in services), stated.timed or 0, stated.total or 0)
    if total > length:
        return Contradiction(first.start, first.end, f"{total} minutes do not fit into a visit of {length}.")
    for own in own_times if len(visits) == 1 else ():
        if own not in apart and not first.holds(own.begins or 0, own.minutes):
            return Contradiction(own.start, own.end, "The clock times lie outside of the visit.")
    return None


def _overlap(services: list[Service], ranges: Sequence[TimeMention | None]) -> Contradiction | None:
    """Two services of one therapist at the same time."""
    last: TimeMention | None = None
    for service, own in zip(services, ranges, strict=True):
        if own is None or own.begins is None or service.code == "97150":
            continue
        if last is not None and last.begins is not None and own.start != last.start:
            shift = (own.begins - last.begins) % _DAY
            if 0 < shift < last.minutes:
                return Contradiction(
                    own.start, own.end, f"Its first {last.minutes - shift} minutes overlap the service before."
                )
        last = own
    return None


def _past_the_next(
    predicted: Predicted, services: list[Service], ranges: Sequence[TimeMention | None]
) -> Contradiction | None:
    """A service whose minutes run past the time at which the next thing began: "10:30 gait 14 min", then "10:40 out".

    What happened within a clock range of the service's own began nothing new.
    """
    before: TimeMention | None = None
    logged = {t.start for t in predicted.reading.times if t.form == "run"}
    for service, own, begun in zip(services, ranges, own_stamps(predicted.reading, services), strict=True):
        if begun is None or service.minutes is None or service.minutes_span is None:
            continue
        if own is not None and own.start < begun.start:
            continue
        # Where times log when each thing was over, its minutes reach back to the one before.
        reaches_back = before is not None and _shift(before, begun) == service.minutes
        if service.minutes_span.start not in logged and service.minutes > begun.minutes and not reaches_back:
            says = f"{service.minutes} minutes do not fit into the {begun.minutes} up to the next time."
            return Contradiction(begun.start, begun.end, says)
        before = begun
    return None


def _past_the_end(
    predicted: Predicted, services: list[Service], ranges: Sequence[TimeMention | None]
) -> Contradiction | None:
    """A service that goes on after the patient has left: "9:20-9:40 stairs", then "9:36 out to the car"."""
    ends = leaving(predicted.reading)
    if not ends:
        return None
    stamps = own_stamps(predicted.reading, services)
    for service, own, stamp in zip(services, ranges, stamps, strict=True):
        begun = own or stamp
        if begun is None or begun.begins is None:
            continue
        minutes = begun.minutes if own else service.minutes or 0
        for end in ends:
            if end.start < service.end and _GOES_ON.search(predicted.reading.low, end.end, service.end):
                continue  # "bike, stopped 2:21 for his pulse; then leg press"
            if end.start > begun.start and 0 < (end.minutes - begun.begins) % _DAY < minutes:
                return Contradiction(end.start, end.end, "The visit was over before a service was.")
    return None


def _shift(one: TimeMention, other: TimeMention) -> int:
    """Minutes from the beginning of one to that of the other."""
    return ((other.begins or 0) - (one.begins or 0)) % _DAY


def _range_against_minutes(
    predicted: Predicted, services: list[Service], ranges: Sequence[TimeMention | None]
) -> Contradiction | None:
    """A service whose clock range is not as long as the minutes written beside it."""
    for index, (service, own) in enumerate(zip(services, ranges, strict=True)):
        if service.minutes is None or service.minutes_span is None or own is None:
            continue
        if own.start == service.minutes_span.start or own.minutes == service.minutes:
            continue
        if not is_timed(service.code) and _steps(predicted.reading, service) > 1:
            continue  # the tests of an evaluation, each with its time
        if not _heads_a_block(index, own.minutes, services, ranges):
            return Contradiction(
                own.start, own.end, f"The clock range is {own.minutes} minutes, {service.minutes} are written."
            )
    return None


def _against_footer(predicted: Predicted, services: list[Service]) -> Contradiction | None:
    """A footer that gives a service other minutes than its own words do: "MT 15' ...", then "MT 20'  TE 12'"."""
    end = services[-1].end if services else 0
    rows = [row for row in predicted.reading.footers if row[0][0].start >= end]
    if not rows or of_another_time(predicted.reading.low, rows[-1][0][1]):
        return None
    given: dict[str, list[TimeMention]] = {}
    for label, mention in rows[-1]:
        given.setdefault(one_name(label.code), []).append(mention)
    named = Counter(one_name(s.labelled or s.code) for s in services)
    for service in services:
        name, own = one_name(service.labelled or service.code), service.minutes_span
        below = given.get(name, [])
        if own is None or not service.start <= own.start < service.end or named[name] > 1 or len(below) != 1:
            continue
        if below[0].minutes != service.minutes and below[0].minutes > _UNITS_MOST:
            says = f"{service.minutes} minutes are written with the service, {below[0].minutes} further below."
            return Contradiction(below[0].start, below[0].end, says)
    return None


def _steps(reading: Reading, service: Service) -> int:
    """How many clock ranges stand in the words of a service."""
    return sum(t.form == "range" and service.start <= t.start < service.end for t in reading.times)


def _heads_a_block(index: int, minutes: int, services: list[Service], ranges: Sequence[TimeMention | None]) -> bool:
    """Whether a range is as long as a service and those behind it without a range of their own take together."""
    run = services[index].minutes or 0
    for service, own in zip(services[index + 1 :], ranges[index + 1 :], strict=True):
        if own is not None or run >= minutes:
            break
        run += service.minutes or 0
    return run == minutes


def _as_timed(service: Service) -> bool:
    if service.labelled:
        return is_timed(service.labelled)
    return service.code != "none" and is_timed(service.code)
