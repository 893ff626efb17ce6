"""Minutes that one line of a note gives its services under plain words: "Minutes: mobility 16, gait 11, ther ex 9".

The words need not be names of codes. Each is looked for in the heading of a service, then by what it may stand for; with as
many entries as services, what is left on the one side belongs to what is left on the other.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

from rehabcoder.billing.codes import one_name
from rehabcoder.language.foot_lists import Entry
from rehabcoder.language.note_minutes import Minutes, in_the_midst, of_a_machine
from rehabcoder.language.patterns import knowledge, whole_words
from rehabcoder.language.reading import Reading

_DOSE = 5  # minutes below which a time is a part of an exercise rather than a service
_OPENING = 40  # code points from the begin of a service in which its heading ends
_HEADING = re.compile(r"[^:\n.;,]{2,40}(?=:)|[^:\n.;,-]{2,24}")
_LETTERS = re.compile(r"[a-z]{4,}")
_STEM = 6  # letters by which words are compared


@cache
def _plain_names() -> list[tuple[str, re.Pattern[str]]]:
    return [(code, whole_words(words)) for code, words in knowledge("foot_names").items()]


def from_foot_list(
    reading: Reading,
    spans: Sequence[tuple[int, int]],
    names: Sequence[tuple[str | None, str]],
    chosen: list[Minutes],
) -> None:
    """Gives services that have no minutes, or those of one thing done in them, what a line of entries gives them."""
    given = reading.foot if spans else None
    if given is None:
        return
    open_ones = [k for k, (start, _) in enumerate(spans) if not given.start <= start < given.end]
    lacking = [k for k in open_ones if (at := chosen[k].start) is None or given.start <= at < given.end]
    if len(lacking) == len(given.entries):  # the others say theirs
        open_ones = lacking
    shares = _shared_out(reading, [spans[k] for k in open_ones], [names[k] for k in open_ones], given.entries)
    for index, entry in ((open_ones[k], entry) for k, entry in shares.items()):
        own = chosen[index]
        listed = own.start is not None and given.start <= own.start < given.end
        lacks = own.minutes is None or own.minutes < _DOSE
        if listed or lacks or (own.minutes < entry.minutes and _of_one_thing(reading, spans[index], own)):  # type: ignore[operator]
            chosen[index] = Minutes(entry.minutes, entry.at, entry.stop, 0.8)


def _of_one_thing(reading: Reading, span: tuple[int, int], own: Minutes) -> bool:
    return in_the_midst(reading, span, own) or of_a_machine(reading, own)


def _shared_out(
    reading: Reading,
    spans: Sequence[tuple[int, int]],
    names: Sequence[tuple[str | None, str]],
    entries: Sequence[Entry],
) -> dict[int, Entry]:
    """The entry of each service that is told by its words, or by being the only one left."""
    fits = [_fits(reading, spans, names, entry) for entry in entries]
    even = len(entries) == len(spans)
    least = len(fits) - 1 if any(entry.end > entry.start for entry in entries) else 0  # figures alone name nothing
    if even and all(not fit or index in fit for index, fit in enumerate(fits)) and sum(map(bool, fits)) >= least:
        return dict(enumerate(entries))
    out: dict[int, Entry] = {}
    left = list(range(len(entries)))
    while True:
        open_ones = {e: [k for k in fits[e] if k not in out] for e in left}
        sure = [
            e
            for e, fit in open_ones.items()
            if len(fit) == 1 and sum(fit[0] in other for other in open_ones.values()) == 1
        ]
        if not sure:
            break
        for e in sure:
            out[open_ones[e][0]] = entries[e]
            left.remove(e)
    rest = [k for k in range(len(spans)) if k not in out]
    if even and out and len(left) == len(rest) == 1 and not fits[left[0]]:
        out[rest[0]] = entries[left[0]]
    return out


def _fits(
    reading: Reading, spans: Sequence[tuple[int, int]], names: Sequence[tuple[str | None, str]], entry: Entry
) -> list[int]:
    """The services that an entry may be of: by its words in their headings, by their labels, by their codes, by its words."""
    low = reading.low
    name = low[entry.start : entry.end]
    stems = {word[:_STEM] for word in _LETTERS.findall(name)} - {"training"[:_STEM], "therap", "treatm"}
    codes = {one_name(label.code) for label in reading.labels_in(entry.start, entry.end)}
    plain = {code for code, words in _plain_names() if words.search(name)}
    headed = [k for k, (start, end) in enumerate(spans) if _heads(low, start, end, stems)]
    ways = (
        headed,
        [k for k, (label, _) in enumerate(names) if label is not None and one_name(label) in (codes or plain)],
        [k for k, (label, code) in enumerate(names) if label is None and one_name(code) in (codes or plain)],
        [k for k, (_, code) in enumerate(names) if one_name(code) in codes | plain],
        [k for k, (start, end) in enumerate(spans) if any(stem in low[start:end] for stem in stems)],
    )
    return next((way for way in ways if way), [])


def _heads(low: str, start: int, end: int, stems: set[str]) -> bool:
    while start < end and not low[start].isalpha():
        start += 1
    heading = _HEADING.match(low, start, min(end, start + _OPENING))
    return heading is not None and any(stem in heading[0] for stem in stems)
