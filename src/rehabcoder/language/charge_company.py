"""The company that a figure beside a code keeps, which tells units from minutes, doses and distances."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right

from rehabcoder.language.charge_figures import FIGURE, UNITS, figure_ahead, figure_behind, units_of
from rehabcoder.language.charge_lists import LISTED
from rehabcoder.language.charge_marks import Mark
from rehabcoder.language.reading import Reading

FAR = 400  # code points from a mark within which its sentence is looked at
ROW_MOST = 6  # a figure without a word for units beside it is believed up to here; seven and eight are minutes as well
_EARLIEST_THERAPY, _LATEST_THERAPY = "92507", "97799"  # adjustments and taping in a charge line need a figure to count

SAID = re.compile(
    rf"(?<![\w.:#$]){FIGURE}{UNITS}|(?<![a-z])(?:units?|qty|u)[\"']?[ \t]*[:=x#]?[ \t]*\"?(?P<v>[1-8])(?![\d.:])"
)
BETWEEN = re.compile(
    r"[\s,;/|&+.)(\]\[\"'*:_-]*(?:\([a-z][a-z .&/-]{0,30}\)[\s,;/|&+.]*)?(?:and\b|plus\b)?[\s(\[*\"-]*"
)
_REST_IS_TIME = re.compile(r"[ \t)\],:;-]*(?:\(?\d{1,3}\s?(?:m\b|mins?\b|minutes?|')[ \t.)]*)?[ \t.;)\]]*\Z")
_MINUTES_FOLLOW = re.compile(r"[)\s]*\(?\d{1,3}\s?(?:m\b|min|')")
_TIGHT_ENDS = re.compile(r"\)?(?:$|[.,;:)\n](?!\d)|[ ]{2})")
_TOTALLED = re.compile(r"(?:total|tot|ttl|all)[ \t:=]*\Z")


class Company:
    """The marks of a note with the figures behind and before them; places are indices of marks."""

    def __init__(self, reading: Reading, marks: list[Mark], sentences: list[int]) -> None:
        self.low, self.marks = reading.low, marks
        self.stops = [*sentences, len(self.low)]
        self.starts = [m.start for m in marks]
        self.borders = [*self.starts[1:], len(self.low)]
        self.behind = [figure_behind(reading, m, border) for m, border in zip(marks, self.borders, strict=True)]
        floors = [0, *(m.end for m in marks)]
        self.ahead = [
            figure_ahead(self.low, m.start, max(floor, self.sentence(m.start)[0]))
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

    def sentence(self, at: int) -> tuple[int, int]:
        """Where the sentence around `at` begins and ends; of an endless one the part near by."""
        index = min(bisect_right(self.stops, at), len(self.stops) - 1)
        return max(self.stops[index - 1], at - FAR), min(self.stops[index], at + FAR)

    def by_itself(self, index: int, begin: int, end: int) -> bool:
        """Whether one number and figure are units all the same: "97110 x2", "97110 (2) 30 min", the line "97110 2"."""
        low, mark, found = self.low, self.marks[index], self.behind[index]
        if found is None or "\n" in found[0]:
            return False
        at, times = found.end("u"), "x" in found["mark"] or "times" in found["mark"]
        whole = not low[begin : mark.start].strip(" *-\t([|") and _REST_IS_TIME.fullmatch(low, at, end) is not None
        minutes_follow = _MINUTES_FOLLOW.match(low, at) is not None
        if not (mark.number or self.numbered_behind(index)):
            return times and (whole or minutes_follow)
        if times or minutes_follow or (found["mark"] in ("-", "=", "(") and _TIGHT_ENDS.match(low, at)):
            return True
        if found["mark"] == "-" and low[at : at + 1] in (" ", "\t") and not low[begin : mark.start].strip(" *-\t"):
            return True  # "97110-2 per flow sheet"
        if not found["mark"].strip() and re.match(r"\.[ \t]*\S", low[at : at + 8]):
            return False  # "97110 1. SLR" opens a list
        return whole

    def numbered_behind(self, index: int) -> bool:
        """Whether the number of the same code follows the figure of a name: "Ther Ex x2 (97110)"."""
        after = self.marks[index + 1] if index + 1 < len(self.marks) else None
        return (
            after is not None
            and after.number
            and after.code == self.marks[index].code
            and self.behind[index + 1] is None
        )

    def in_row(self, index: int) -> bool:
        """Whether the pair at `index` stands in a row of pairs."""
        return any(self.joins(i) for i in (index, index - 1, index - 2) if i >= 0)

    def joins(self, index: int) -> bool:
        """Whether the pair at `index` and the next stand side by side with nothing else between them."""
        after = index + 1
        if after < len(self.marks) and self.marks[after].code == self.marks[index].code and self.behind[after] is None:
            after += 1  # "97110 - 2 (TE), 97140 - 1 (MT)"
        first, second = self.behind[index], self.behind[after] if after < len(self.marks) else None
        if first is None or second is None or max(units_of(first), units_of(second)) > ROW_MOST:
            return False
        at = self.marks[after - 1].end if after > index + 1 else first.end("word") if first["word"] else first.end("u")
        return BETWEEN.fullmatch(self.low, at, self.marks[after].start) is not None

    def is_therapy(self, index: int) -> bool:
        """Whether a code is one of therapy, which counts as one unit where a list of charges gives it no figure."""
        code = self.marks[index].code
        return _EARLIEST_THERAPY <= code <= _LATEST_THERAPY or code == "G0283"

    def goes_on(self, index: int, bills: bool) -> bool:
        """Whether a therapy code without a figure stands in a charge list that gives others figures: one unit then."""
        low, mark = self.low, self.marks[index]
        if index + 1 >= len(self.marks) or self.behind[index + 1] is None or not self.is_therapy(index):
            return False
        if not (bills or self.in_row(index + 1)):
            return False
        return re.fullmatch(r"[ \t]*[,+&][ \t]*", low[mark.end : self.marks[index + 1].start]) is not None

    def reversed(self, begin: int, end: int, told: bool) -> bool:
        """Whether the figures of the sentence stand before their marks: each has one there, and none follows the last.

        `told`: a word for units or billing says that they are units; else only a row of code numbers does.
        """
        inside = self.inside(begin, end)
        ahead = [found for i in inside if (found := self.ahead[i])]
        if self.behind[inside[-1]] is not None or len(ahead) < len(inside):
            return False
        pure = all(
            BETWEEN.fullmatch(self.low, self.marks[i].end, found.start())
            for i, found in zip(inside, ahead[1:], strict=False)
        )
        return told or (
            pure and all(self.marks[i].number for i in inside) and (len(inside) > 1 or ahead[0]["word"] == "x")
        )

    def inside(self, begin: int, end: int) -> list[int]:
        """The marks that begin between two places of the text."""
        return list(range(bisect_left(self.starts, begin), bisect_left(self.starts, end)))

    def stands_close(self, index: int, begin: int, end: int) -> bool:
        """Whether the figure before a mark is its own: not that of a list, as in "3 units 97110, 97140"."""
        if self.behind[index] or not self.close[index]:
            return False
        inside = self.inside(begin, end)
        rest = [i for i in inside if i > index]
        listed = rest and not any(self.ahead[i] or self.behind[i] for i in rest)
        return not listed or any(self.ahead[i] for i in inside if i < index)

    def sums_up(self, index: int, said: re.Match[str], begin: int) -> bool:
        """Whether units said at the end of a list of services are those of all of them."""
        if _TOTALLED.search(self.low, max(0, said.start() - 8), said.start()):
            return True
        minutes = re.findall(r"(\d{1,3})\s?(?:min|m\b|')", self.low[self.marks[index].end : said.start()])
        return self.lists(index, begin) or (bool(minutes) and abs(int(minutes[-1]) / 15 - units_of(said)) > 1)

    def lists(self, index: int, begin: int, *, beside: bool = False) -> bool:
        """Whether the mark closes a list of services of which the one before has no units of its own.

        `beside`: nothing but a separator or "and" may stand between the two, and the one before is no modality, which a
        list of charges may name without billing it.
        """
        low, marks = self.low, self.marks
        earlier = range(index - 1, max(-1, index - 9), -1)
        other = next((i for i in earlier if marks[i].code != marks[index].code), -1)
        if other < 0 or marks[other].start < begin or self.behind[other] is not None:
            return False
        if beside and (
            marks[other].code < "97032" or not LISTED.fullmatch(low, marks[other].end, marks[other + 1].start)
        ):
            return False
        return SAID.search(low, marks[other].end, marks[other + 1].start) is None
