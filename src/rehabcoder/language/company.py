"""Another patient treated at the same time, said in a sentence apart from the services: "Seen with 1 other pt 9:00-9:30".

The services of that time are a group's: the therapist was with none of the patients alone. Which they are the sentence's time
tells; without one it speaks of the whole visit.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field

from rehabcoder.billing.codes import is_timed
from rehabcoder.language.attendance import GROUP, NOT_GIVEN, Place, first_place, places_of
from rehabcoder.language.reading import Reading
from rehabcoder.language.times import TimeMention

_LEAST = 8  # minutes: less is no stretch of a visit
_FAR = 400  # code points of a sentence on either side
_VISIT = 3000  # code points of what is told behind it
_DAY = 720  # minutes after which a clock without am and pm begins again
_NO_LENGTH = frozenset({"clock", "pct", "trail", "bare", "cell"})
_WHOLE = re.compile(
    r"\b(?:whole|entire|full|all) (?:of )?(?:the )?(?:hour|visit|session|time|treatment|tx|appointment)\b"
)
_PART = re.compile(
    r"\b(?:(?:first|last|second|other) (?:half|part)|part of|(?:start|beginning|end) of) ?(?:the )?(?:hour|visit|session|time|treatment|tx)?\b"
)
_BREAK = re.compile(r"\n|[.!?](?=\s+[a-z(]|\s*\n)")
_ABBREVIATED = re.compile(r"(?<![a-z])(?:pt|pts|min|mins|ot|mr|mrs|ms|dr|vs|approx|hr|hrs|w|[a-z]\.[a-z])\Z")
# Given with the therapist's hands: whether they were on this patient all the while, a person says.
_HANDS_ON = frozenset({"97140", "97124", "97032", "97033", "97034", "97035", "97036"})


@dataclass(slots=True)
class Shared:
    """What a note says apart from its services of another patient at the same time."""

    given: dict[int, Place] = field(default_factory=dict)  # the services of that time, and the words that say so
    told: set[int] = field(default_factory=set)  # services that are only these words
    place: Place | None = None  # the words, where a one-on-one service may have been given meanwhile
    places: list[Place] = field(default_factory=list)  # all such words


def find_shared(
    reading: Reading,
    aside: Collection[int],
    places: Sequence[Place],
    codes: Sequence[str],
    labels: Sequence[str | None],
    minutes: Sequence[int | None],
) -> Shared:
    """Which services at `places` were given to two patients at once; nothing where one of them is labelled as a group's."""
    out = Shared()
    if GROUP in labels:
        return out
    for place in _sentences(reading):
        if any(p.start <= place[0] < p.end for k, p in enumerate(reading.pieces) if k in aside):
            continue
        out.places.append(place)
        holder = next((k for k, (start, end) in enumerate(places) if start <= place[0] < end), None)
        if holder is not None and (labels[holder] is not None or codes[holder] not in (GROUP, NOT_GIVEN)):
            if _one_on_one(codes[holder], labels[holder]):  # said of this service, within it
                out.given[holder] = place
            continue
        alone = _alone_from(reading.low, place[1], places)
        others = [
            k
            for k, (start, end) in enumerate(places)
            if k != holder
            and _one_on_one(codes[k], labels[k])
            and not first_place(reading.low[start:end], ["shared.apart"])
            and (start < place[1] or start < alone)
        ]
        if not others:
            continue
        meant = _meant(reading, place, others, places, minutes, holder)
        if meant is None:
            out.place = out.place or place
        if not meant:
            continue
        held = {k for k in meant if len(meant) > 1 and codes[k] in _HANDS_ON}
        if held:
            out.place = out.place or place
        out.given.update((k, place) for k in meant if k not in out.given and k not in held)
        if holder is not None:
            out.told.add(holder)
    return out


def _alone_from(low: str, shared: int, places: Sequence[Place]) -> int:
    """From where on words between the services behind `shared` say that the patient was alone with the therapist: "J.R. to the
    bike, then D.M. alone w/ me"."""
    stop = shared + _VISIT
    for start, end in places:
        if shared < start < stop and first_place(low[shared:start], ["shared.apart"]):
            return start
        shared = max(shared, end)
    return len(low)


def _one_on_one(code: str, label: str | None) -> bool:
    return code not in (GROUP, NOT_GIVEN) and is_timed(label or code)


def _sentences(reading: Reading) -> Iterator[Place]:
    low = reading.low
    at = 0
    for start, end in places_of(low, "shared.other"):
        if start < at:
            continue
        begin, over = _sentence(low, start, end)
        said = low[begin:over]
        if low[end - 2 : end] == "pt" and reading.text[end - 2 : end] == "PT" and not reading.text.isupper():
            continue  # another therapist
        together = first_place(said, ["shared.together"])
        if together is None or first_place(said, ["shared.unless"]):
            continue
        if any(first_place(said[:where], ["shared.denied"]) for where in (together[0], start - begin)):
            continue
        yield begin, over
        at = over


def _sentence(low: str, start: int, end: int) -> Place:
    """Where the sentence or line around a place begins and ends."""
    line = max(low.rfind("\n", max(0, start - _FAR), start) + 1, start - _FAR, 0)
    begin, over = line, min(len(low), end + _FAR)
    for found in _BREAK.finditer(low, line, over):
        if found[0] != "\n" and _ABBREVIATED.search(low, line, found.start()):
            continue
        if found.start() >= end:
            over = found.start()
            break
        begin = max(begin, found.end())
    while begin < start and low[begin].isspace():
        begin += 1
    return begin, over


def _meant(
    reading: Reading,
    place: Place,
    others: Sequence[int],
    places: Sequence[Place],
    minutes: Sequence[int | None],
    holder: int | None,
) -> list[int] | None:
    """The services of which a sentence speaks; None where it does not tell which of the `others`."""
    time = next((t for t in reading.times_in(*place) if t.minutes >= _LEAST and t.form not in _NO_LENGTH), None)
    if time is None or _WHOLE.search(reading.low, *place):
        if time is None and _PART.search(reading.low, *place):
            return None
        around = all(places[k][0] > place[0] for k in others) or all(places[k][0] < place[0] for k in others)
        return list(others) if around else None
    ranges = {k: own for k in others if (own := _range(reading, places[k]))}
    if time.begins is not None and ranges:
        inside = [k for k, own in ranges.items() if _within(time, own)]
        if inside or len(ranges) == len(others):
            return inside or None
        others = [k for k in others if k not in ranges]  # those whose own times of day are others are not meant
    same = [k for k in others if minutes[k] == time.minutes]
    if len(same) == 1:
        return same
    if same:
        return None
    known = [minutes[k] or 0 for k in others]
    runs = [n for n in range(2, len(known) + 1) if sum(known[:n]) == time.minutes]
    if holder is None:
        return list(others[: runs[0]]) if runs else None
    return None if runs else []  # a service of its own, with its own time


def _range(reading: Reading, place: Place) -> TimeMention | None:
    return next((t for t in reading.times_in(*place) if t.form == "range" and t.begins is not None), None)


def _within(time: TimeMention, own: TimeMention) -> bool:
    return ((own.begins or 0) - (time.begins or 0)) % _DAY < time.minutes
