"""Decides which of the times that a note mentions are a service's own minutes.

Every time inside a service's words (or right beside them) is a candidate. A small linear model weighs how it is written
and what stands around it, because words decide together whether "8 min" is the service, the bike inside it, or a rest.
What one sentence leaves open the note as a whole may settle: a footer that repeats the label, the rest of a total.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass

from rehabcoder.language.closing import of_blocks
from rehabcoder.language.dose_minutes import held_over, without_doses
from rehabcoder.language.foot_minutes import from_foot_list
from rehabcoder.language.footer_minutes import from_elsewhere
from rehabcoder.language.for_every import for_every_service
from rehabcoder.language.no_treatment import of_no_treatment
from rehabcoder.language.note_minutes import (
    Minutes,
    around,
    as_its_neighbours,
    by_key,
    each,
    in_order,
    in_the_water,
    not_twice,
    the_rest,
    with_closing_times,
    with_times_beside,
)
from rehabcoder.language.part_minutes import of_parts
from rehabcoder.language.patterns import sentence_start
from rehabcoder.language.reading import Reading
from rehabcoder.language.shared import shared_times
from rehabcoder.language.standing_alone import with_times_alone
from rehabcoder.language.times import TimeMention
from rehabcoder.language.whole_service import in_its_column, said_whole

__all__ = ["Candidate", "Minutes", "attach", "candidates", "usual_forms"]

_WORD = re.compile(r"[a-z]+|\d+|[^\sa-z\d]")
_LOGGED = frozenset({"range", "run"})
_WRITTEN = frozenset({"min", "word", "prime", "brack", "label", "cell", "kv"})
_LIKELY = 0.3  # probability from which minutes written out beat a clock time, or are those of a service without others
_SAID = frozenset({"min", "word", "prime"})
_UNLIKELY = 0.05  # ... as much for one that commas set off
_SET_OFF = re.compile(r"[,;(-]\s?\Z")
_ENDS = re.compile(r"\s?(?:[,.;)\n]|\Z)")
# Before a time these make it that of a machine, or a point in time.
_OF_A_PART = re.compile(
    r"(?<![a-z])(?:(?:after|every|each|within|until|at|q|bike|cycl(?:e|ing)|nu ?step|ube|sci ?fit|treadmill|ergometer|erg|elliptical|pulleys?|warm[ -]?up)(?:\s(?:l|lvl|level)?\s?\d{1,2})?[\s,]*(?:x|for)?\s*)\Z"
)
# Before a time these say that a thing was done for so long, rather than that the patient was there.
_DONE_FOR = re.compile(
    r"(?<![a-z])(?:stood|stands?|standing|walk(?:ed|s|ing)?|ambulated|pedal\w*|rode|riding|cycled|practi[sc]\w+|stepp?\w*|balanc\w+|stretch\w*|reach\w*|climb\w*"
    r"|lift\w*|carr(?:ied|y\w*)|propel\w*|kne[el]\w+|march\w*|rolled|swam|sat|sitting|held|threw|caught|squat\w*)(?![a-z])[^.,;\n]{0,60}(?:for|,|-)\s(?:about\s)?\Z"
)
_FAR = 200  # code points before a time in which its sentence begins
_LEAST_BILLED = 8  # minutes
_MOST_TIMES = 100  # of one service; what holds more is none, and each of them is compared with all others
_EDGE = 400  # code points at the beginning and the end of a service in which a time leads or closes it
_FAR_LIKELIER = 3  # so many times as likely as any other time
_LEAST = 5  # minutes below which a time is a part of an exercise rather than a service
_BESIDE = 28  # code points beside a service's words in which its time may still stand, on the same line


@dataclass(slots=True, frozen=True)
class Candidate:
    """A time that may be the minutes of one service. `start` and `end` cut the words that say so."""

    start: int
    end: int
    minutes: int
    form: str
    features: tuple[str, ...]


def _bucket(minutes: int) -> str:
    for top in (0, 2, 4, 7, 14, 30, 45, 62, 90):
        if minutes <= top:
            return f"<={top}"
    return ">90"


def candidates(
    reading: Reading,
    start: int,
    end: int,
    *,
    before: int,
    after: int,
    total: int | None,
    forms: Counter[str],
    barred: Collection[int] = (),
) -> list[Candidate]:
    """Candidates of the service `[start, end)`.

    `before` and `after` are the borders of its neighbours; `total` the minutes that the note states for the session;
    `forms` counts how often each way of writing a time leads or closes a service in this note. Times that begin at `barred` are
    not looked at.
    """
    low, times = reading.low, reading.times
    line_start = low.rfind("\n", 0, start) + 1
    line_end = low.find("\n", end)
    line_end = len(low) if line_end < 0 else line_end
    lowest = max(before, line_start, start - _BESIDE)
    highest = min(after, line_end, end + _BESIDE)
    at = bisect_left(times, lowest, key=lambda t: t.start)
    inside: list[TimeMention] = []
    while at < len(times) and times[at].start < highest:
        if times[at].form != "clock" and times[at].start not in barred:
            inside.append(times[at])
        at += 1
    if len(inside) > _MOST_TIMES:
        return []
    own = [t for t in inside if start <= t.start < end]
    kinds = Counter(t.form for t in own)
    out = []
    for order, mention in enumerate(inside):
        minutes = mention.minutes
        if mention.form == "pct":
            if not total:
                continue
            minutes = round(total * mention.minutes / 100)
        elif mention.form == "rest":
            continue
        out.append(
            Candidate(
                mention.start,
                mention.end,
                minutes,
                mention.form,
                (
                    *_features(reading, mention, minutes, start, end, order, inside, own, kinds, forms),
                    f"total={minutes == total}:{mention.form}" if total else "total=none",
                ),
            )
        )
    summable = [t for t in own if t.form in ("min", "prime", "m", "brack", "word", "range")]
    if len(summable) > 1 and len({t.form for t in summable}) == 1:
        form = summable[0].form
        spread = len({low.count("\n", start, t.start) for t in summable}) == len(summable)
        feats = (
            "form=sum",
            f"sum:{form}",
            f"sum:n{min(len(summable), 4)}",
            f"sum:{'rows' if spread else 'line'}:{form}",
            f"sum:{_bucket(sum(t.minutes for t in summable))}",
            f"sum:lead{_leads(summable[0], start, low)}",
        )
        out.append(Candidate(summable[0].start, summable[-1].end, sum(t.minutes for t in summable), "sum", feats))
    return out


def _leads(mention: TimeMention, start: int, low: str) -> bool:
    far = mention.start - start
    return far < 4 or (far <= _EDGE and len(low[start : mention.start].split()) <= 4)


def _closes(mention: TimeMention, end: int, low: str) -> bool:
    return end - mention.end <= _EDGE and len(low[mention.end : end].strip(" .;,)]|\n\t")) <= 2


def _features(
    reading: Reading,
    mention: TimeMention,
    minutes: int,
    start: int,
    end: int,
    order: int,
    inside: list[TimeMention],
    own: list[TimeMention],
    kinds: Counter[str],
    forms: Counter[str],
) -> list[str]:
    low, form = reading.low, mention.form
    head = low[max(0, mention.start - 40) : mention.start]
    tail = low[mention.end : mention.end + 40]
    before, after = _WORD.findall(head)[-4:], _WORD.findall(tail)[:4]
    outside = mention.start < start or mention.start >= end
    leads = not outside and _leads(mention, start, low)
    closes = not outside and _closes(mention, end, low)
    behind_label = any(-1 <= mention.start - label.end <= 8 for label in reading.labels[around(reading, mention.start)])
    ahead_label = any(-1 <= label.start - mention.end <= 6 for label in reading.labels[around(reading, mention.end)])
    place = "out" if outside else "lead" if leads else "close" if closes else "mid"
    feats = [
        f"form={form}",
        f"place={place}",
        f"form={form}:{place}",
        f"value={_bucket(minutes)}",
        f"value={_bucket(minutes)}:{form}",
        f"n={min(len(inside), 4)}",
        f"n={min(len(inside), 4)}:{place}",
        f"same={min(kinds[form], 3)}:{form}",
        f"order={min(order, 3)}",
        f"label={behind_label}{ahead_label}",
        f"label={behind_label}{ahead_label}:{form}",
        f"usual={min(forms[form + place], 3)}",
        f"usual={min(forms[form + place], 3)}:{place}",
    ]
    if inside:
        biggest = max((t.minutes for t in inside if t.form != "pct"), default=0)
        feats.append(f"biggest={minutes == biggest}:{len(inside) > 1}")
    if form in _LOGGED:
        said = {t.minutes for t in own if t.form in _WRITTEN}
        feats.append(f"range:said{mention.minutes in said}{bool(said)}")
    if own and own[0] is mention:
        feats.append(f"firstown:{place}")
    if own and own[-1] is mention:
        feats.append(f"lastown:{place}")
    feats += [f"b1={w}" for w in before[-1:]] + [f"b2={w}" for w in before[-2:-1]] + [f"b={w}" for w in before]
    feats += [f"a1={w}" for w in after[:1]] + [f"a2={w}" for w in after[1:2]] + [f"a={w}" for w in after]
    feats += [f"b1={w}:{form}" for w in before[-1:]] + [f"a1={w}:{form}" for w in after[:1]]  # x15' is none of x15
    if after[:1] and before[-1:]:
        feats.append(f"ba={before[-1]}_{after[0]}")
    return feats


def usual_forms(reading: Reading, spans: Sequence[tuple[int, int]]) -> Counter[str]:
    """How often each form of time leads, closes or stands within a service of this note."""
    out: Counter[str] = Counter()
    for start, end in spans:
        seen = set()
        at = bisect_left(reading.times, start, key=lambda t: t.start)
        while at < len(reading.times) and reading.times[at].start < end:
            mention = reading.times[at]
            at += 1
            closes = _closes(mention, end, reading.low)
            place = "lead" if _leads(mention, start, reading.low) else "close" if closes else "mid"
            seen.add(mention.form + place)
        out.update(seen)
    return out


def _written_out(found: Sequence[Candidate], marks: Sequence[float], best: int) -> int:
    """Index of the minutes written out that beat the clock time chosen (labelling guide, settled cases), else `best`."""
    if found[best].form not in _LOGGED or marks[best] < 0.5:
        return best
    written = [i for i, c in enumerate(found) if c.form in _WRITTEN and c.minutes >= 5 and marks[i] >= _LIKELY]
    return max(written, key=lambda i: marks[i], default=best)


def _best(
    reading: Reading,
    spans: Sequence[tuple[int, int]],
    total: int | None,
    forms: Counter[str],
    score: Callable[[Sequence[Candidate]], Sequence[float]],
    barred: Collection[int],
) -> list[Minutes]:
    """The likeliest of the times in and beside each service, those left out that begin at `barred`."""
    chosen: list[Minutes] = []
    for index, (start, end) in enumerate(spans):
        before = spans[index - 1][1] if index else 0
        after = spans[index + 1][0] if index + 1 < len(spans) else len(reading.text)
        found = candidates(reading, start, end, before=before, after=after, total=total, forms=forms, barred=barred)
        best, sure = None, 1.0
        if found:
            marks = score(found)
            top = _written_out(found, marks, max(range(len(found)), key=lambda i: marks[i]))
            sure = max(marks[top], 1 - marks[top])
            if max(marks) >= 0.5:
                best = found[top]
                rivals = [m for c, m in zip(found, marks, strict=True) if c.minutes != best.minutes]
                sure = marks[top] * (1 - 0.5 * max(rivals, default=0.0))
        chosen.append(Minutes(best.minutes, best.start, best.end, sure) if best else Minutes(None, None, None, sure))
    return chosen


def _only_one_said(
    reading: Reading,
    spans: Sequence[tuple[int, int]],
    chosen: list[Minutes],
    total: int | None,
    forms: Counter[str],
    score: Callable[[Sequence[Candidate]], Sequence[float]],
    barred: Collection[int],
    untimed: Sequence[bool],
) -> None:
    """Gives services without minutes the one time with its unit that they hold, where it is not unlikely to be theirs: all
    that could be likelier is nobody's by now."""
    low = reading.low
    used = {m.start for m in chosen if m.start is not None} | set(barred)
    timed = [m.minutes is not None for m, idle in zip(chosen, untimed, strict=True) if not idle]
    if len(timed) > 1 and not any(timed):
        return  # a note that gives its services no times gives their machines some
    for index, (start, end) in enumerate(spans):
        if chosen[index].minutes is not None or untimed[index]:
            continue
        before = spans[index - 1][1] if index else 0
        found = [
            c
            for c in candidates(reading, start, end, before=before, after=end, total=total, forms=forms)
            if c.form in _SAID and c.minutes >= _LEAST and c.start not in used
        ]
        if not found:
            continue
        marks = score(found)
        best = max(range(len(found)), key=lambda i: marks[i])
        time, mark = found[best], marks[best]
        others = sum(m >= mark / _FAR_LIKELIER for m in marks) > 1
        set_off = _SET_OFF.search(low, max(start, time.start - 3), time.start) and _ENDS.match(low, time.end)
        least = _UNLIKELY if set_off else _LIKELY
        if mark < least or others or start - time.end > 1 or not _is_of_all(reading, time, start, end):
            continue
        chosen[index] = Minutes(time.minutes, time.start, time.end, mark)
        used.add(time.start)


def _is_of_all(reading: Reading, time: Candidate, start: int, end: int) -> bool:
    """Whether a time is no measure of feet ("carried 40' and up the stairs"), not that of one of several rows or machines, and
    no point in time ("moved after 15 minutes of wear")."""
    low = reading.low
    if _OF_A_PART.search(low, max(start, time.start - 24), time.start):
        return False
    closes = not low[time.end : end].strip(" .;,)")
    feet = time.form == "prime" and not closes and low[max(0, time.start - 3) : time.start].rstrip(" ")[-1:] != "x"
    stop = low.find("\n", max(start, time.start), end)
    return not feet and (stop < 0 or not low[time.end : stop].strip(" .;,)]"))


def _of_one_service(reading: Reading, spans: Sequence[tuple[int, int]], untimed: Sequence[bool], at: int) -> bool:
    """Whether a time with a word for a total sums up one service: its sentence has named it by then, and a service with a time
    of its own follows ("Therapeutic exercise lasted 20 minutes. Then ultrasound for eight")."""
    index = bisect_right(spans, at, key=lambda span: span[0]) - 1
    if index < 0 or untimed[index] or spans[index][1] <= at:
        return False
    begin = sentence_start(reading.low, at, spans[index][0])
    if not reading.labels_in(begin, at):
        return False
    return any(
        mention.form in _SAID and mention.minutes >= _LEAST
        for (start, end), idle in zip(spans[index + 1 :], untimed[index + 1 :], strict=True)
        if not idle
        for mention in reading.times_in(start, end)
    )


def _beside_another(reading: Reading, spans: Sequence[tuple[int, int]], timed_span: tuple[int, int]) -> Iterator[int]:
    """Times of the words that state the timed minutes which stand in a service with a time before them: "..., 17 min. Total timed
    50 min"."""
    for mention in reading.times_in(*timed_span):
        for start, end in spans:
            if start < mention.start < end and any(
                before.form in _SAID and before.minutes >= _LEAST for before in reading.times_in(start, timed_span[0])
            ):
                yield mention.start


def _beyond(
    reading: Reading,
    spans: Sequence[tuple[int, int]],
    chosen: Sequence[Minutes],
    untimed: Sequence[bool],
    total: int,
    apart: Collection[int],
) -> bool:
    """Whether a stated total leaves no room for what was given: the services have more minutes, or the total is said of a thing
    done ("he stood on foam for 16 minutes in all") and leaves less than a service takes for each that has none."""
    given = sum(m.minutes or 0 for m in chosen)
    if given > total:
        return True
    if given == total or not given:
        return False
    lacking = sum(m.minutes is None for m, idle in zip(chosen, untimed, strict=True) if not idle)
    said_of = any(_DONE_FOR.search(reading.low, sentence_start(reading.low, at, max(0, at - _FAR)), at) for at in apart)
    inside = any(start < at < end for at in apart for start, end in spans)
    return said_of and inside and given + _LEAST_BILLED * lacking > total


def attach(
    reading: Reading,
    spans: Sequence[tuple[int, int]],
    names: Sequence[tuple[str | None, str]],
    total: int | None,
    score: Callable[[Sequence[Candidate]], Sequence[float]],
    untimed: Sequence[bool],
    total_span: tuple[int, int] | None = None,
    timed_span: tuple[int, int] | None = None,
) -> list[Minutes]:
    """Minutes of every service of a note.

    `names` gives the label (or None) and the predicted code of each; `score` turns candidates into probabilities;
    `total` is the stated total, used for shares of a session and for "the rest"; what stands in `total_span`, the words that
    state it, is no one service's where there are several, nor is what stands in `timed_span` that of a service with another time.
    """
    spans = with_times_beside(reading, with_closing_times(reading, spans))
    forms = usual_forms(reading, spans)
    shared = shared_times(reading, spans) | of_no_treatment(reading) | held_over(reading)
    apart = {t.start for t in reading.times if total_span and total_span[0] <= t.start < total_span[1]}
    apart = {at for at in apart if not _of_one_service(reading, spans, untimed, at)}
    if timed_span:
        apart.update(_beside_another(reading, spans, timed_span))
    if len(spans) < 2 or not apart:
        chosen = _best(reading, spans, total, forms, score, shared)
    else:
        chosen = _best(reading, spans, total, forms, score, shared | apart)
        if _beyond(reading, spans, chosen, untimed, total or 0, apart):  # "ten minutes in all" was a service's own
            chosen = _best(reading, spans, total, forms, score, shared)
    without_doses(reading, spans, chosen, total, untimed)
    of_blocks(reading, spans, chosen)
    not_twice(chosen)
    as_its_neighbours(reading, spans, chosen, untimed)
    each(reading, spans, names, chosen, untimed)
    for_every_service(reading, spans, chosen, untimed)
    from_elsewhere(reading, spans, names, chosen, shared)
    from_foot_list(reading, spans, names, chosen)
    by_key(reading, spans, chosen)
    in_the_water(reading, names, chosen)
    with_times_alone(reading, spans, chosen, shared | apart, untimed)
    _only_one_said(reading, spans, chosen, total, forms, score, shared | apart, untimed)
    in_its_column(reading, spans, chosen)
    said_whole(reading, spans, [label or code for label, code in names], chosen, untimed)
    in_order(reading, spans, chosen, total, untimed)
    the_rest(reading, spans, names, chosen, total, untimed, timed_only=total_span is None)
    of_parts(reading, spans, chosen, untimed)
    return chosen
