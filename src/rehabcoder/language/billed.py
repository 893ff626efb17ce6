"""Billed units by code as a note states them: "97110 x2", "2 units of TE", "TE and TA, one unit each".

A mark (a code, or a name of one) and a small figure beside it make a pair. What tells units from minutes, doses and
distances is the company that a pair keeps: a word for units, a word for billing before it, or further pairs in a row.
Tables are read by `charge_tables`.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from functools import cache
from typing import NamedTuple

from rehabcoder.language.charge_figures import FIGURE, UNITS, figure_ahead, figure_behind, units_of
from rehabcoder.language.charge_lists import LISTED, minutes_first_pairs, parallel_pairs, shared_pairs
from rehabcoder.language.charge_marks import Mark, Pair, billing_words, find_marks
from rehabcoder.language.charge_tables import table_pairs
from rehabcoder.language.patterns import alternatives, knowledge, whole_words
from rehabcoder.language.reading import Reading

_ROW_MOST = 6  # a figure without a word for units beside it is believed up to here; seven and eight are minutes as well
_FAR = 200  # code points before a mark in which its sentence is searched
_EARLIEST_THERAPY, _LATEST_THERAPY = "92507", "97799"  # adjustments and taping in a charge line need a figure to count

_REST_IS_TIME = re.compile(r"[ \t)\],:;-]*(?:\(?\d{1,3}\s?(?:m\b|mins?\b|minutes?|')[ \t.)]*)?[ \t.;)\]]*\Z")
# A figure that says its unit, and what stands between two pairs of a row.
_SAID = re.compile(
    rf"(?<![\w.:#$]){FIGURE}{UNITS}|(?<![a-z])(?:units?|qty|u)[\"']?[ \t]*[:=x#]?[ \t]*\"?(?P<v>[1-8])(?![\d.:])"
)
_SAYS_UNITS = re.compile(r"units?\b|\du\b|\d[ \t]u\b|qty|u[ \t]*[:=x#]?[ \t]*\d")
_BETWEEN = re.compile(
    r"[\s,;/|&+.)(\]\[\"'*:_-]*(?:\([a-z][a-z .&/-]{0,30}\)[\s,;/|&+.]*)?(?:and\b|plus\b)?[\s(\[*\"-]*"
)
_MINUTES_FOLLOW = re.compile(r"[)\s]*\(?\d{1,3}\s?(?:m\b|min|')")
_TIGHT_ENDS = re.compile(r"\)?(?:$|[.,;:)\n](?!\d)|[ ]{2})")
_TOTALLED = re.compile(r"(?:total|tot|ttl|all)[ \t:=]*\Z")
_BILLING_AFTER = re.compile(r"cpt|bill|charge|units?")  # also where a line break got lost ("1x/wkCPT97110-1")
_UNTICKED = re.compile(r"(?:\([ \t]*\)|\[[ \t]*\]|\u2610)[ \t]*\Z")


class _Words(NamedTuple):
    never: re.Pattern[str]
    past: re.Pattern[str]
    planned: re.Pattern[str]


@cache
def _words() -> _Words:
    table = knowledge("totals")["billing"]
    return _Words(
        re.compile(rf"(?<![a-z\d]){alternatives(table['never'])}(?![a-z])"),
        whole_words(table["past"]), whole_words(table["planned"]),
    )  # fmt: skip


def find_units(reading: Reading, sentences: list[int]) -> tuple[dict[str, int], tuple[int, int]] | None:
    """Billed units by code and the span of the words that state them; None where the note states none.

    `sentences` are the starts of the sentences of `reading`.
    """
    billing = billing_words(reading.low)
    marks = find_marks(reading, billing)
    if not marks:
        return None
    pairs = _Charges(reading, marks, billing, sentences).pairs() + table_pairs(reading.low, marks)
    by_code: dict[str, list[Pair]] = {}
    for pair in pairs:
        by_code.setdefault(pair.code, []).append(pair)
    chosen: list[Pair] = []
    for same in by_code.values():
        footer = [p for p in same if p.footer]
        if footer:
            chosen.append(max(footer, key=lambda p: p.start))
        else:  # each service line with units of its own: those of one code add up
            lines = {reading.low.rfind("\n", 0, p.start): p for p in same}
            first = min(lines.values(), key=lambda p: p.start)
            units, end = sum(p.units for p in lines.values()), max(p.end for p in lines.values())
            chosen.append(first._replace(units=units, end=end))
    if not chosen:
        return None
    chosen.sort(key=lambda p: p.start)
    return {p.code: p.units for p in chosen}, (chosen[0].start, max(p.end for p in chosen))


class _Charges:
    """Reads the pairs of one note, mark by mark."""

    def __init__(self, reading: Reading, marks: list[Mark], billing: list[int], sentences: list[int]) -> None:
        self.text, self.low, self.marks, self.billing = reading.text, reading.low, marks, billing
        self.stops = [*sentences, len(self.low)]
        self.borders = [m.start for m in marks[1:]] + [len(self.low)]
        self.says_units = _SAYS_UNITS.search(self.low) is not None
        self.behind = [figure_behind(reading, m, border) for m, border in zip(marks, self.borders, strict=True)]
        floors = [0, *(m.end for m in marks)]
        self.ahead = [
            figure_ahead(self.low, m.start, max(floor, self._sentence(m.start)[0]))
            for m, floor in zip(marks, floors, strict=False)
        ]
        self.close = list(self.ahead)  # figures before a mark that are no other mark's
        for at in range(len(marks) - 1):
            behind, ahead = self.behind[at], self.ahead[at + 1]
            if behind and ahead and behind.start("u") == ahead.start("u"):
                if re.search(r"[,;/|&+]", behind["mark"]):  # "97164, 2 units 97110"
                    self.behind[at] = None
                else:
                    self.close[at + 1] = None

    def _sentence(self, at: int) -> tuple[int, int]:
        index = min(bisect_right(self.stops, at), len(self.stops) - 1)
        return self.stops[index - 1], self.stops[index]

    def pairs(self) -> list[Pair]:
        """Every believed pair of the note."""
        low = self.low
        out: list[Pair] = []
        billed_to = denied_to = -1  # where the last pair of a charge line ends, and that of another day
        for index, mark in enumerate(self.marks):
            begin, end = self._sentence(mark.start)
            ahead = self.ahead[index]
            opens = ahead.start() if ahead else mark.start
            goes_on = bool(out) and begin <= out[-1].end and _BETWEEN.fullmatch(low, out[-1].end, opens) is not None
            bills = self._bills(mark.start, begin) or (
                billed_to >= 0 and _BETWEEN.fullmatch(low, billed_to, opens) is not None
            )
            pair = self._pair(index, begin, end, bills)
            if pair and not goes_on and (
                (denied_to >= 0 and _BETWEEN.fullmatch(low, denied_to, opens)) or self._another_day(begin, mark.start)
                or _UNTICKED.search(low[max(begin, mark.start - 6) : mark.start])
            ):  # fmt: skip
                denied_to = pair.end
            elif pair:
                out.append(pair)
                billed_to = pair.end if pair.footer else -1
            elif bills and mark.number and self._goes_on(index):
                out.append(Pair(mark.start, mark.end, mark.code, 1, True))
                billed_to = mark.end
        shared = shared_pairs(low, self.marks, self.says_units)
        return [*parallel_pairs(low, self.marks), *shared, *out, *minutes_first_pairs(low, self.marks)]

    def _another_day(self, begin: int, at: int) -> bool:
        """Whether the words before `at` speak of units that are past or planned."""
        words, low = _words(), self.low
        begin = max(begin, low.rfind("   ", 0, at), at - _FAR)  # a wide gap parts what stands on one line
        past, planned = words.past.search(low, begin, at), words.planned.search(low, max(begin, at - 40), at)
        # "last visit billed 97110 x2", but "grip 44, prior 36. Plan: 1x/wk CPT 97110-1" all in one line
        return (past is not None and not _BILLING_AFTER.search(low, past.end() + 20, at)) or (
            planned is not None and not _BILLING_AFTER.search(low, planned.end(), at)
        )

    def _pair(self, index: int, begin: int, end: int, bills: bool) -> Pair | None:
        """The pair of a mark in the sentence from `begin` to `end`, unless the words around it deny it."""
        pair = self._candidate(index, begin, end, bills)
        if pair is None:
            return None
        mark, behind = self.marks[index], self.behind[index]
        since = max(begin, mark.start - _FAR, self.marks[index - 1].end if index else 0)
        border = min(end, self.borders[index])
        until = min(border, max(behind.end("u") if behind else 0, pair.end) + 12)
        return None if _words().never.search(self.low, since, until) else pair

    def _candidate(self, index: int, begin: int, end: int, bills: bool) -> Pair | None:
        mark, behind, ahead = self.marks[index], self.behind[index], self.ahead[index]
        told = bills or (ahead is not None and "u" in (ahead["word"] or ""))
        if ahead and (self._reversed(begin, end, told) or (told and self._stands_close(index, end))):
            return Pair(ahead.start("u"), mark.end, mark.code, units_of(ahead), bills)
        if behind:
            if behind["word"] or re.search(r"u|qty", behind["mark"]):
                alone = not any(self.behind[i] for i in self._inside(begin, end) if i != index)
                if alone and self._lists(index, begin, beside="," not in behind["mark"]):
                    return None
                end = behind.end("word" if behind["word"] else "u")
                return Pair(mark.start, end, mark.code, units_of(behind), bills)
            row = self._in_row(index)
            if units_of(behind) <= (8 if bills else _ROW_MOST) and (bills or row or self._by_itself(index, begin, end)):
                return Pair(mark.start, behind.end("u"), mark.code, units_of(behind), bills or row)
        said = _SAID.search(self.low, mark.end, min(end, self.borders[index])) if self.says_units else None
        after = self.close[index + 1] if index + 1 < len(self.marks) else None
        if said and not (after and after.start("u") == said.start("u")) and not self._sums_up(index, said, begin):
            return Pair(mark.start, said.end(), mark.code, units_of(said), bills)
        return None

    def _bills(self, at: int, begin: int) -> bool:
        """Whether a word for billing stands before `at` in its sentence, or heads the line above."""
        low, index = self.low, bisect_right(self.billing, at) - 1
        if index < 0:
            return False
        if self.billing[index] > begin:
            return True
        above = low[max(0, begin - 60) : begin].rstrip()
        heading = above[above.rfind("\n") + 1 :]
        begins = len(low[:begin].rstrip()) - len(heading)
        return len(heading) < 30 and self.billing[index] > begins and not any(c.isdigit() for c in heading)

    def _by_itself(self, index: int, begin: int, end: int) -> bool:
        """Whether one number and figure are units all the same: "97110 x2", "97110 (2) 30 min", the line "97110 2"."""
        mark, found = self.marks[index], self.behind[index]
        if found is None or not (mark.number or self._numbered_behind(index)) or "\n" in found[0]:
            return False
        at = found.end("u")
        if "x" in found["mark"] or "times" in found["mark"] or _MINUTES_FOLLOW.match(self.low, at):
            return True
        if found["mark"] in ("-", "=", "(") and _TIGHT_ENDS.match(self.low, at):
            return True  # "97162-1."
        if not found["mark"].strip() and re.match(r"\.[ \t]*\S", self.low[found.end("u") : found.end("u") + 8]):
            return False  # "97110 1. SLR" opens a list
        return (
            not self.low[begin : mark.start].strip(" *-\t([|")
            and _REST_IS_TIME.fullmatch(self.low, found.end("u"), end) is not None
        )

    def _numbered_behind(self, index: int) -> bool:
        """Whether the number of the same code follows the figure of a name: "Ther Ex x2 (97110)"."""
        after = self.marks[index + 1] if index + 1 < len(self.marks) else None
        return (
            after is not None
            and after.number
            and after.code == self.marks[index].code
            and self.behind[index + 1] is None
        )

    def _in_row(self, index: int) -> bool:
        return any(self._joins(i) for i in (index, index - 1, index - 2) if i >= 0)

    def _joins(self, index: int) -> bool:
        """Whether the pair at `index` and the next stand side by side with nothing else between them."""
        after = index + 1
        if after < len(self.marks) and self.marks[after].code == self.marks[index].code and self.behind[after] is None:
            after += 1  # "97110 - 2 (TE), 97140 - 1 (MT)"
        first, second = self.behind[index], self.behind[after] if after < len(self.marks) else None
        if first is None or second is None or max(units_of(first), units_of(second)) > _ROW_MOST:
            return False
        at = self.marks[after - 1].end if after > index + 1 else first.end("word") if first["word"] else first.end("u")
        return _BETWEEN.fullmatch(self.low, at, self.marks[after].start) is not None

    def _goes_on(self, index: int) -> bool:
        """Whether a therapy code without a figure stands in a charge list that gives others figures: one unit then."""
        low, mark = self.low, self.marks[index]
        if not _EARLIEST_THERAPY <= mark.code <= _LATEST_THERAPY:
            return False
        if index + 1 >= len(self.marks) or self.behind[index + 1] is None:
            return False
        return re.fullmatch(r"[ \t]*,[ \t]*", low[mark.end : self.marks[index + 1].start]) is not None

    def _reversed(self, begin: int, end: int, told: bool) -> bool:
        """Whether the figures of the sentence stand before their marks: each has one there, and none follows the last.

        `told`: a word for units or billing says that they are units; else only a row of code numbers does.
        """
        inside = self._inside(begin, end)
        ahead = [found for i in inside if (found := self.ahead[i])]
        if self.behind[inside[-1]] is not None or len(ahead) < len(inside):
            return False
        pure = all(
            _BETWEEN.fullmatch(self.low, self.marks[i].end, found.start())
            for i, found in zip(inside, ahead[1:], strict=False)
        )
        return told or (
            pure and all(self.marks[i].number for i in inside) and (len(inside) > 1 or ahead[0]["word"] == "x")
        )

    def _inside(self, begin: int, end: int) -> list[int]:
        return [i for i, mark in enumerate(self.marks) if begin <= mark.start < end]

    def _stands_close(self, index: int, end: int) -> bool:
        """Whether the figure before a mark is its own: not that of a list, as in "3 units 97110, 97140"."""
        if self.behind[index] or not self.close[index]:
            return False
        rest = [i for i in range(index + 1, len(self.marks)) if self.marks[i].start < end]
        return not rest or any(self.ahead[i] or self.behind[i] for i in rest) or any(self.ahead[:index])

    def _sums_up(self, index: int, said: re.Match[str], begin: int) -> bool:
        """Whether units said at the end of a list of services are those of all of them."""
        if _TOTALLED.search(self.low, max(0, said.start() - 8), said.start()):
            return True
        minutes = re.findall(r"(\d{1,3})\s?(?:min|m\b|')", self.low[self.marks[index].end : said.start()])
        return self._lists(index, begin) or (bool(minutes) and abs(int(minutes[-1]) / 15 - units_of(said)) > 1)

    def _lists(self, index: int, begin: int, *, beside: bool = False) -> bool:
        """Whether the mark closes a list of services of which the one before has no units of its own.

        `beside`: nothing but a separator or "and" may stand between the two, and the one before is no modality, which a
        list of charges may name without billing it.
        """
        low, marks = self.low, self.marks
        other = next((i for i in range(index - 1, -1, -1) if marks[i].code != marks[index].code), -1)
        if other < 0 or marks[other].start < begin or self.behind[other] is not None:
            return False
        if beside and (
            marks[other].code < "97032" or not LISTED.fullmatch(low, marks[other].end, marks[other + 1].start)
        ):
            return False
        return _SAID.search(low, marks[other].end, marks[other + 1].start) is None
