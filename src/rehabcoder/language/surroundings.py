"""What stands around a time in a note: its sentence, labels, clock times, and the other times of the session."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from functools import cached_property

from rehabcoder.language.labels import Label
from rehabcoder.language.reading import Reading
from rehabcoder.language.times import TimeMention
from rehabcoder.language.total_words import total_words

_ENDS = re.compile(r"[\s)*\"]*(?:$|[.;\n<}]|--)")
_APPROXIMATELY = re.compile(r"[\s.;*(~-]*(?:(?:about|approx(?:imately)?\.?|roughly|some)\s+)?")
_HEADING_ENDS = re.compile(r"[ \t)\]|*=-]*\n")
_ROUND_THE_CLOCK = re.compile(
    r"(?<![a-z])(?:in|out|time|seen|session|visit|tx|treatment|start|arrived|from|pt|ot)(?![a-z])"
)
_BETWEEN_TIMES = re.compile(r"(?:[ \t]?(?:min(?:ute)?s?|m|'))?[ \t,;/|&+.)]{0,6}(?:and[ \t]|plus[ \t])?")
_FAR = 60  # code points before a place that speak of it; a note without full stops says much else in one sentence
_NEAR = 60  # times before and behind a place that may make up its total
_LONGER_THAN_ANY = 999
_HEAD = 24  # code points with which a line may open before the name of its service: "INTERVENTION: "
_LINE = 1_000  # code points before a time in which its line begins
_BESIDE = 3  # code points between a label and its time
_NEARLY = 0.9  # of what the services come to, from which a time may be their total
_LONGEST = 240  # minutes; a night in a splint is no part of a session


def _start(mention: TimeMention) -> int:
    return mention.start


def _adds_up(lengths: list[int], minutes: int) -> bool:
    """Whether a run of two or more of the lengths makes up `minutes`."""
    for first in range(len(lengths)):
        run = lengths[first]
        for later in lengths[first + 1 :]:
            run += later
            if run == minutes:
                return True
            if run > minutes:
                break
    return False


class Surroundings:
    """Answers questions about places of one reading. `sentences` are the starts of its sentences."""

    def __init__(self, reading: Reading, sentences: list[int]) -> None:
        self.low, self.text = reading.low, reading.text
        self.labels = reading.labels
        self.sentences = sentences
        self.foot = reading.foot
        self.mentions = [t for t in reading.times if t.form not in ("clock", "pct", "rest")]
        self.clocks = [t for t in reading.times if t.form in ("clock", "range")]

    def sentence(self, at: int) -> int:
        """Where the sentence around `at` begins."""
        return self.sentences[bisect_right(self.sentences, at) - 1]

    def has_before(self, pattern: re.Pattern[str], at: int, begin: int = 0) -> bool:
        """Whether `pattern` stands before `at` in its sentence; a wide gap parts what stands on one line."""
        begin = max(begin, self.sentence(at), self.low.rfind("   ", max(0, at - _FAR), at), at - _FAR)
        return pattern.search(self.low, begin, at) is not None

    def label_before(self, at: int) -> bool:
        """Whether the sentence names a code before `at`."""
        index = bisect_left(self.labels, at, key=lambda label: label.start) - 1
        return index >= 0 and self.labels[index].start >= self.sentence(at)

    def labels_within(self, at: int) -> int:
        """How many codes the rest of the sentence behind `at` names."""
        index = bisect_right(self.sentences, at)
        end = self.sentences[index] if index < len(self.sentences) else len(self.low)
        first = bisect_left(self.labels, at, key=lambda label: label.start)
        last = bisect_left(self.labels, end, key=lambda label: label.start)
        return len({label.code for label in self.labels[first:last]})

    def label_at(self, at: int) -> bool:
        """Whether a label begins at `at`."""
        index = bisect_left(self.labels, at, key=lambda label: label.start)
        return index < len(self.labels) and self.labels[index].start == at

    def is_first(self, at: int) -> bool:
        """Whether neither a code nor a time stands before `at` in the note."""
        return not (self.labels and self.labels[0].start < at) and not (self.mentions and self.mentions[0].start < at)

    def ends(self, end: int) -> bool:
        """Whether a sentence or a line closes at `end`."""
        return self.low[end - 1] == "." or _ENDS.match(self.low, end) is not None

    def elsewhere(self, end: int) -> bool:
        """Whether the words behind a time say that it is of something else: "45 min per visit", but not "45 min. Next visit"."""
        if self.low[end - 1] == "." and self.text[end : end + 2].strip().isupper():
            return False
        return total_words().elsewhere.match(self.low, end) is not None

    def alone(self, start: int, end: int) -> bool:
        """Whether the words from `start` to `end` are a sentence or a line of their own."""
        return _APPROXIMATELY.fullmatch(self.low, self.sentence(start), start) is not None and self.ends(end)

    def closes_labelled_line(self, at: int) -> bool:
        """Whether a time at `at` closes the words of a line that opens with the name of one service and gives no other time."""
        line = self.low.rfind("\n", max(0, at - _LINE), at) + 1
        if not line and at > _LINE:
            return False
        first, last = (bisect_left(self.labels, border, key=lambda label: label.start) for border in (line, at))
        named = self.labels[first:last]
        if len({label.code for label in named}) != 1 or named[0].start - line > _HEAD:
            return False
        said = bisect_left(self.mentions, line, key=_start), bisect_left(self.mentions, at, key=_start)
        return all(mention.form == "trail" for mention in self.mentions[said[0] : said[1]])

    def opens_line(self, at: int) -> bool:
        """Whether nothing but a bullet stands before `at` on its line."""
        return not self.low[self.low.rfind("\n", max(0, at - _FAR), at) + 1 : at].strip(" \t*-(")

    def opens(self, at: int) -> bool:
        """Whether nothing but a bullet stands before `at` in its sentence or on its line."""
        return self.opens_line(at) or not self.low[max(self.sentence(at), at - _FAR) : at].strip(" \t*-(")

    def goes_beyond(self, start: int, end: int, minutes: int) -> bool:
        """Whether the note gives further times for this session that do not share out `minutes`."""
        behind = [
            t.minutes for t in self._today if t.start >= end and t.form in ("min", "word", "prime", "brack", "frac")
        ]
        return bool(behind) and not self.is_sum(start, end, minutes)

    def in_title(self, start: int, end: int) -> bool:
        """Whether they close a first line that is a heading and says what kind of note it is."""
        if start > 100 or not _HEADING_ENDS.match(self.low, end) or re.search(r"\n|[.;] ", self.low[:start]):
            return False
        return self.is_first(start) and total_words().title.search(self.low, 0, start) is not None

    def sums_up_clock(self, start: int, minutes: int) -> bool:
        """Whether `minutes` are what the clock times right before come to: "in 10:00 out 10:45 (45 min)"."""
        index = bisect_left(self.clocks, start, key=_start)
        clocks = [t for t in self.clocks[max(0, index - 2) : index] if start - 30 < t.end <= start]
        if not clocks or start - clocks[-1].end > 6 or self.label_before(start):
            return False
        if not _ROUND_THE_CLOCK.search(self.low, self.sentence(clocks[0].start), clocks[-1].start):
            return False
        last = clocks[-1]
        if last.form == "range":
            return last.minutes == minutes
        return len(clocks) > 1 and (last.minutes - clocks[-2].minutes) % 720 == minutes

    def is_sum(self, start: int, end: int, minutes: int) -> bool:
        """Whether two or more times in a row, all before or all behind, make up `minutes`."""
        at = bisect_left(self.mentions, start, key=_start)
        near = self.mentions[max(0, at - _NEAR) : at + _NEAR]
        # Figures at the end of a line may be scores as well as minutes: with them, and without.
        return any(
            _adds_up([t.minutes if t.end <= start or t.start >= end else _LONGER_THAN_ANY for t in row], minutes)
            for row in (
                near,
                [t for t in near if t.form != "trail"],
                [t for t in near if t.form in ("label", "cell") or self._labelled(t)],
            )
        )

    def sums_up_labelled(self, start: int, end: int, minutes: int) -> bool:
        """Whether a time with a line or sentence of its own behind the times of two or more labels comes to about as much."""
        if not (self.opens_line(start) and self.ends(end)):
            return False
        at = bisect_left(self.mentions, start, key=_start)
        given = [t.minutes for t in self.mentions[max(0, at - _NEAR) : at] if self._labelled(t)]
        further = any(self._labelled(t) for t in self.mentions[at + 1 : at + _NEAR])
        return len(given) > 1 and not further and minutes >= _NEARLY * sum(given)

    def _labelled(self, mention: TimeMention) -> bool:
        """Whether a label stands right before a time."""
        index = bisect_left(self.labels, mention.start, key=lambda label: label.start) - 1
        return index >= 0 and 0 <= mention.start - self.labels[index].end <= _BESIDE

    def closes_row(self, start: int) -> bool:
        """Whether what begins there closes a row of names with their times: "NMR 20 | Gait 15 | TE 10 | Total 45"."""
        if self.foot and self.foot.totalled_at(self.low, start):
            return True
        at = bisect_left(self.mentions, start, key=_start)
        row = self.mentions[max(0, at - 2) : at]
        return (
            len(row) > 1
            and all(map(self._labelled, row))
            and not self.low[row[-1].end : start].strip(" \t|,;/=")
            and "\n" not in self.low[row[0].start : start]
        )

    def row_before(self, at: int) -> list[tuple[TimeMention, Label]]:
        """The times right behind a label each that stand side by side right before `at`, in order: "TE 12, NMR 23 = "."""
        row: list[tuple[TimeMention, Label]] = []
        border, index = at, bisect_left(self.mentions, at, key=_start) - 1
        while index >= 0 and _BETWEEN_TIMES.fullmatch(self.low, self.mentions[index].end, border):
            mention = self.mentions[index]
            named = bisect_left(self.labels, mention.start, key=lambda label: label.start) - 1
            if named < 0 or not 0 <= mention.start - self.labels[named].end <= _BESIDE:
                break
            row.append((mention, self.labels[named]))
            border, index = self.labels[named].start, index - 1
        return row[::-1]

    def is_unsplit(self, start: int, end: int) -> bool:
        """Whether it is the only time of a note that names several services."""
        return len({label.code for label in self.labels[:_NEAR]}) > 1 and self.is_only(start, end)

    def is_only(self, start: int, end: int) -> bool:
        """Whether it is the only time of a note, figures at the end of a line left out."""
        return all(start <= t.start < end or t.form == "trail" for t in self._today)

    @cached_property
    def _today(self) -> list[TimeMention]:
        return [t for t in self.mentions if self._of_today(t)]

    @cached_property
    def longest(self) -> int:
        """Minutes of the longest time that may be one of this session."""
        return max((t.minutes for t in self._today if t.form in ("min", "word") and t.minutes <= _LONGEST), default=0)

    def _of_today(self, mention: TimeMention) -> bool:
        words, at = total_words(), mention.start
        return not (
            self.elsewhere(mention.end)
            or self.has_before(words.another_day, at)
            or self.has_before(words.other_thing, at)
        )
