"""Billed units by code as a note states them: "97110 x2", "2 units of TE", "TE and TA, one unit each".

A mark (a code, or a name of one) and a small figure beside it make a pair. What tells units from minutes, doses and
distances is the company that a pair keeps: a word for units, a word for billing before it, or further pairs in a row.
Tables are read by `charge_tables`.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from functools import cache
from operator import itemgetter
from typing import NamedTuple

from rehabcoder.language.charge_boxes import boxed_pairs
from rehabcoder.language.charge_company import BETWEEN, ROW_MOST, SAID, Company
from rehabcoder.language.charge_figures import units_of
from rehabcoder.language.charge_lists import (
    counted_pairs,
    for_all_above,
    minutes_first_pairs,
    parallel_pairs,
    shared_pairs,
)
from rehabcoder.language.charge_marks import Mark, Pair, billing_openings, billing_words, find_marks
from rehabcoder.language.charge_rows import units_of_rows
from rehabcoder.language.charge_tables import heading_openings, table_pairs
from rehabcoder.language.charges_spoken import said_pairs
from rehabcoder.language.patterns import Words, alternatives, knowledge, openings, whole_words
from rehabcoder.language.reading import Reading

_UNIT_WORDS = frozenset({"u", "un", "unit", "units", "ut", "uts", "qty"})
_PAST_FAR, _PLANNED_FAR = 60, 40  # code points; a note without full stops says much else in one sentence
_BILLING_AFTER = re.compile(r"cpt|bill|charge|units?")  # also where a line break got lost ("1x/wkCPT97110-1")
_ROW_ENDS = re.compile(r"[ \t)]*(?:$|[.;]?[ \t]*\n|\.[ \t]|[ ]{3})")
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


def charge_openings() -> frozenset[str]:
    """The openings of the words that tell of billed units."""
    return openings(_UNIT_WORDS) | billing_openings() | heading_openings()


def find_units(reading: Reading, sentences: list[int], words: Words) -> tuple[dict[str, int], tuple[int, int]] | None:
    """Billed units by code and the span of the words that state them; None where the note states none.

    `sentences` are the starts of the sentences of `reading`, `words` those of its words that
    `charge_openings` lets through, and any further ones.
    """
    billing = billing_words(reading.low, words)
    marks = find_marks(reading, billing)
    if marks:
        pairs = _Charges(reading, marks, billing, sentences, words).pairs() + table_pairs(reading.low, marks, words)
    else:
        pairs = said_pairs(reading.low)
    if reading.charges:
        known = {pair.code for pair in pairs}
        rows = [row for row in units_of_rows(reading.charges) if row.label.code not in known]
        pairs += [Pair(row.label.start, row.end, row.label.code, row.units or 0, True) for row in rows]
    breaks = [at for at in sentences if at and reading.low[at - 1] == "\n"]
    by_code: dict[str, list[Pair]] = {}
    for pair in pairs:
        by_code.setdefault(pair.code, []).append(pair)
    chosen: list[Pair] = []
    for same in by_code.values():
        footer = [p for p in same if p.footer]
        if footer:
            chosen.append(max(footer, key=lambda p: p.start))
        else:  # each service line with units of its own: those of one code add up
            lines = {bisect_right(breaks, p.start): p for p in same}
            first = min(lines.values(), key=lambda p: p.start)
            units, end = sum(p.units for p in lines.values()), max(p.end for p in lines.values())
            chosen.append(first._replace(units=units, end=end))
    if not chosen:
        return None
    chosen.sort(key=lambda p: p.start)
    return {p.code: p.units for p in chosen}, (chosen[0].start, max(p.end for p in chosen))


class _Charges:
    """Reads the pairs of one note, mark by mark."""

    def __init__(
        self, reading: Reading, marks: list[Mark], billing: list[int], sentences: list[int], words: Words
    ) -> None:
        self.text, self.low, self.marks, self.billing = reading.text, reading.low, marks, billing
        self.company = Company(reading, marks, sentences)
        self.says_units = not _UNIT_WORDS.isdisjoint(map(itemgetter(1), words))

    def pairs(self) -> list[Pair]:
        """Every believed pair of the note."""
        low = self.low
        out: list[Pair] = []
        billed_to = denied_to = -1  # where the last pair of a charge line ends, and that of another day
        for index, mark in enumerate(self.marks):
            begin, end = self.company.sentence(mark.start)
            ahead = self.company.ahead[index]
            opens = ahead.start() if ahead else mark.start
            goes_on = bool(out) and begin <= out[-1].end and BETWEEN.fullmatch(low, out[-1].end, opens) is not None
            bills = self._bills(mark.start, begin) or (
                billed_to >= 0 and BETWEEN.fullmatch(low, billed_to, opens) is not None
            )
            pair = self._pair(index, begin, end, bills)
            unticked = _UNTICKED.search(low, max(begin, mark.start - 6), mark.start)
            if pair and not goes_on and (
                (denied_to >= 0 and BETWEEN.fullmatch(low, denied_to, opens)) or self._another_day(begin, mark.start)
                or unticked
            ):  # fmt: skip
                denied_to = pair.end
            elif pair:
                out.append(pair)
                billed_to = pair.end if pair.footer else -1
            elif unticked or not mark.number:
                continue
            elif self.company.goes_on(index, bills) or (out and self._closes_row(out[-1], index)):
                out.append(Pair(mark.start, mark.end, mark.code, 1, True))
                billed_to = mark.end
        counted = boxed_pairs(low) or counted_pairs(low) or said_pairs(low)
        if counted:  # the figure of one name stands behind another
            out = [pair for pair in out if pair.end <= counted[0].start or pair.start >= counted[-1].end]
        shared = shared_pairs(low, self.marks, self.says_units)
        if self.says_units and not out and not shared:
            shared = for_all_above(low, self.marks)
        return [*counted, *parallel_pairs(low, self.marks), *shared, *out, *minutes_first_pairs(low, self.marks)]

    def _closes_row(self, last: Pair, index: int) -> bool:
        """Whether a therapy code without a figure closes the row of pairs that `last` ends: "97110 x2, 97140 x1, 97010."."""
        mark = self.marks[index]
        return (
            last.footer
            and self.company.is_therapy(index)
            and BETWEEN.fullmatch(self.low, last.end, mark.start) is not None
            and "\n" not in self.low[last.end : mark.start]
            and _ROW_ENDS.match(self.low, mark.end) is not None
        )

    def _another_day(self, begin: int, at: int) -> bool:
        """Whether the words before `at` speak of units that are past or planned."""
        words, low = _words(), self.low
        begin = max(begin, low.rfind("   ", begin, at))  # a wide gap parts what stands on one line
        past = words.past.search(low, max(begin, at - _PAST_FAR), at)
        planned = words.planned.search(low, max(begin, at - _PLANNED_FAR), at)
        # "last visit billed 97110 x2", but "grip 44, prior 36. Plan: 1x/wk CPT 97110-1" all in one line
        return (past is not None and not _BILLING_AFTER.search(low, past.end() + 20, at)) or (
            planned is not None and not _BILLING_AFTER.search(low, planned.end(), at)
        )

    def _pair(self, index: int, begin: int, end: int, bills: bool) -> Pair | None:
        """The pair of a mark in the sentence from `begin` to `end`, unless the words around it deny it."""
        pair = self._candidate(index, begin, end, bills)
        if pair is None:
            return None
        behind = self.company.behind[index]
        since = max(begin, self.marks[index - 1].end if index else 0)
        border = min(end, self.company.borders[index])
        until = min(border, max(behind.end("u") if behind else 0, pair.end) + 12)
        return None if _words().never.search(self.low, since, until) else pair

    def _candidate(self, index: int, begin: int, end: int, bills: bool) -> Pair | None:
        mark, behind, ahead = self.marks[index], self.company.behind[index], self.company.ahead[index]
        told = bills or (ahead is not None and "u" in (ahead["word"] or ""))
        if ahead and (
            self.company.reversed(begin, end, told) or (told and self.company.stands_close(index, begin, end))
        ):
            return Pair(ahead.start("u"), mark.end, mark.code, units_of(ahead), bills)
        if behind:
            if behind["word"] or re.search(r"u|qty", behind["mark"]):
                alone = not any(self.company.behind[i] for i in self.company.inside(begin, end) if i != index)
                if alone and self.company.lists(index, begin, beside="," not in behind["mark"]):
                    return None
                end = behind.end("word" if behind["word"] else "u")
                return Pair(mark.start, end, mark.code, units_of(behind), bills)
            row = self.company.in_row(index)
            if units_of(behind) <= (8 if bills else ROW_MOST) and (
                bills or row or self.company.by_itself(index, begin, end)
            ):
                return Pair(mark.start, behind.end("u"), mark.code, units_of(behind), bills or row)
        said = SAID.search(self.low, mark.end, min(end, self.company.borders[index])) if self.says_units else None
        after = self.company.close[index + 1] if index + 1 < len(self.marks) else None
        if (
            said
            and not (after and after.start("u") == said.start("u"))
            and not self.company.sums_up(index, said, begin)
        ):
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
        begins = max(0, begin - 60) + len(above) - len(heading)
        return len(heading) < 30 and self.billing[index] > begins and not any(c.isdigit() for c in heading)
