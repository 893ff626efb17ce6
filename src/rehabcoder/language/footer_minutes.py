"""Minutes that stand elsewhere in the note beside a label: in a footer or a billing table ("TE 23 / NMR 14"), or in a sentence."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from rehabcoder.language.footers import counts_units
from rehabcoder.language.labels import Label
from rehabcoder.language.note_minutes import (
    DOSE,
    LONGEST,
    ONLY_A_TIME,
    Minutes,
    around,
    in_the_midst,
    of_a_machine,
    sentence_of,
    told_elsewhere,
)
from rehabcoder.language.reading import Reading
from rehabcoder.language.times import TimeMention
from rehabcoder.language.total_words import total_words

# "Wand exercises 10 min, daily", "12 min walk with the aide on Saturday", "15 min of bike at home on off days": homework.
_OF_HOME = re.compile(
    r"[ \t,]{1,3}(?:daily|nightly|walks?|(?:an?|per|each|every|once|twice)[ \t](?:an?[ \t])?(?:day|week|night|morning|evening)|/[ \t]?day)(?![a-z])"
    r"|[^.,;|/\n]{0,60}?(?<![a-z])(?:at[ \t](?:home|night)|off[ \t]days|(?:an?|per|each|every)[ \t](?:day|morning|evening)|nights?|overnight|daily"
    r"|bid|tid|\d[ \t]?x[ \t]?/[ \t]?day)(?![a-z])"
)
_ANY_EACH = re.compile(r"\s*(?:each|ea|apiece)\b")
_EXCEPTED = ("except ", "except for ", "apart from ")  # "all TE except 15 min MT"
_JOINED = re.compile(r"[ \t]*(?:[/&+]|and)[ \t]*")
_ADDED_UP = re.compile(r"[ \t]*\+[ \t]*")
_FIGURE = re.compile(r"\d")
_FOOTER_FORMS = frozenset(
    {"label", "min", "kv", "prime", "cell", "brack", "m", "trail", "bare", "range", "word", "hour", "run"}
)


def from_elsewhere(
    reading: Reading,
    spans: Sequence[tuple[int, int]],
    names: Sequence[tuple[str | None, str]],
    chosen: list[Minutes],
    shared: Collection[int],
) -> None:
    """Minutes that a footer or a billing table gives by label ("TE 23 / NMR 14") to services that have none of their own."""
    footer = footer_times(reading, spans, {m.start for m in chosen if m.start is not None} | set(shared))
    if not footer:
        return
    # A few minutes inside a service are a dose of it ("2 min on, 1 off") where a footer gives the service more; so is the
    # time of one row of several where a table gives it more, or of one thing in the midst of several. A figure without its
    # unit may be no time at all ("table slides x20").
    listed = reading.footer_codes
    bare = {mention.start for mention in reading.times if mention.form == "trail"}
    full = _told_in_full(names, chosen, footer)
    lacks = [
        m.minutes is None
        or (len(footer) > 1 and (m.minutes < DOSE or m.start in bare))
        or (len(footer) > 1 and (_of_a_row(reading, span, m) or of_a_machine(reading, m)))
        or (label in listed and in_the_midst(reading, span, m))
        for m, span, (label, _) in zip(chosen, spans, names, strict=True)
    ]
    lacks = [lack and name[0] not in full for lack, name in zip(lacks, names, strict=True)]
    for by_label in (True, False):
        wanted = Counter(name[0] if by_label else name[1] for name, lack in zip(names, lacks, strict=True) if lack)
        for index, (label, code) in enumerate(names):
            key = label if by_label else (code if label is None else None)
            if not lacks[index] or key is None:
                continue
            given = footer.get(key, [])
            if wanted[key] == 1 and len({t.minutes for t in given}) == 1:
                mention = given[0]
            elif 1 < wanted[key] == len(given):  # as many rows as services, in their order
                mention = given.pop(0)
                wanted[key] -= 1
            elif (
                wanted[key] == 1 and len(given) == 2 and _ADDED_UP.fullmatch(reading.low, given[0].end, given[1].start)
            ):
                mention = replace(given[0], end=given[-1].end, minutes=sum(t.minutes for t in given))
            else:
                continue
            if mention.minutes >= (chosen[index].minutes or 0) or chosen[index].start in bare:
                chosen[index] = Minutes(mention.minutes, mention.start, mention.end, 0.8)
                lacks[index] = False
    _shared_by_label(reading, spans, names, chosen, footer)


def _told_in_full(
    names: Sequence[tuple[str | None, str]], chosen: Sequence[Minutes], footer: Mapping[str, Sequence[TimeMention]]
) -> set[str]:
    """The labels of which a footer sums up what several services say themselves: "TE 12" below rows of 8 and 4."""
    out: set[str] = set()
    for label, given in footer.items():
        said = [m.minutes for m, name in zip(chosen, names, strict=True) if name[0] == label]
        if len(said) > 1 and None not in said and [sum(n or 0 for n in said)] == [t.minutes for t in given]:
            out.add(label)
    return out


def _shared_by_label(
    reading: Reading,
    spans: Sequence[tuple[int, int]],
    names: Sequence[tuple[str | None, str]],
    chosen: list[Minutes],
    footer: dict[str, list[TimeMention]],
) -> None:
    """One time for a label that several services share unsplit is no single one's, nor are the minutes of one row those of
    a service of several rows."""
    for label, given in footer.items():
        same = [index for index, name in enumerate(names) if name[0] == label]
        if len(given) == 1 and len(same) > 1:
            for index in same:
                if (chosen[index].minutes or 0) < given[0].minutes and _of_a_row(reading, spans[index], chosen[index]):
                    chosen[index] = Minutes(None, None, None, 0.7)


def footer_times(
    reading: Reading, spans: Sequence[tuple[int, int]], used: Collection[int]
) -> dict[str, list[TimeMention]]:
    """Times outside of the services that stand beside a label, by that label; those that begin at `used` left out."""
    footer: dict[str, list[TimeMention]] = {}
    begins = [start for start, _ in spans]
    rows = [row.start for row in reading.charges]
    for mention in reading.times:
        at = bisect_right(rows, mention.start) - 1
        row = reading.charges[at] if at >= 0 and mention.start < reading.charges[at].end else None
        if row is not None and mention.start != row.time.start:
            continue  # a time of day, its units
        if mention.start in used or (row is None and (mention.form not in _FOOTER_FORMS or counts_units(mention))):
            continue
        if (
            mention.minutes > LONGEST
            or _ANY_EACH.match(reading.low, mention.end)
            or _OF_HOME.match(reading.low, mention.end)
        ):
            continue
        inside = bisect_right(begins, mention.start) - 1
        if inside >= 0 and mention.start < spans[inside][1]:
            continue
        label = _label_beside(reading, mention) if row is None else row.code
        if label and not told_elsewhere(reading.low, mention.start):
            footer.setdefault(label, []).append(mention)
    return footer


def _of_a_row(reading: Reading, span: tuple[int, int], minutes: Minutes) -> bool:
    """Whether the minutes of a service of several rows are those of one row, without a label of its own."""
    low, (start, end) = reading.low, span
    if minutes.start is None or not start <= minutes.start < end or low.find("\n", start, end) < 0:
        return False
    row = max(start, low.rfind("\n", start, minutes.start) + 1)
    index = bisect_left(reading.labels, minutes.start, key=lambda label: label.start) - 1
    labelled = index >= 0 and reading.labels[index].start >= row
    return not labelled and ONLY_A_TIME.match(low, row, minutes.start) is None


def _of_a_total(low: str, begin: int, at: int) -> bool:
    """Whether a word for a total that heads the figure at `at` closes what stands behind a label: "MT 9   Timed 42"."""
    figure = _FIGURE.search(low, begin, at)
    words = total_words()
    return figure is not None and any(
        w.search(low, figure.end(), at) for w in (words.timed, words.total, words.session)
    )


def _named_together(reading: Reading, label: Label) -> bool:
    """Whether a label closes a heading of two codes: "NMR / Self-care 26 min" is no one's time."""
    index = bisect_left(reading.labels, label.start, key=lambda other: other.start) - 1
    if index < 0 or reading.labels[index].code == label.code:
        return False
    return _JOINED.fullmatch(reading.low, reading.labels[index].end, label.start) is not None


def _label_beside(reading: Reading, mention: TimeMention) -> str | None:
    low = reading.low
    for label in reversed(reading.labels[around(reading, mention.start)]):
        if (
            label.end <= mention.start
            and mention.start - label.end <= 14
            and "\n" not in low[label.end : mention.start]
            and not _of_a_total(low, label.end, mention.start)
            and not low.endswith(_EXCEPTED, label.end, mention.start)
        ):
            return None if _named_together(reading, label) else label.code
    sentence = sentence_of(low, mention.start)
    begin = max(sentence, low.rfind("\n", sentence, mention.start) + 1)
    if _of_a_total(low, begin, mention.start):
        return None
    named = {label.code for label in reading.labels_in(begin, mention.start)}
    return named.pop() if len(named) == 1 else None
