"""What the note states in so many words about the session as a whole: timed minutes, total minutes, units by code.

A phrase says what a figure is, before it ("Total timed code minutes: 38") or behind it ("38 minutes timed"). Phrases
are read as runs of known words in any order, so that a new way of saying it still reads. What names the session only
loosely counts where nothing longer stands beside it; a bare time ("48 minutes.") where it is the sum of the services.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

from rehabcoder.billing.codes import is_timed
from rehabcoder.language import total_shapes as shapes
from rehabcoder.language.billed import charge_openings, find_units
from rehabcoder.language.charges_spoken import name_at
from rehabcoder.language.figures import (
    bare_figure,
    figure_start,
    figures_under_names,
    spoken_figure,
    spoken_times,
    two_figures,
)
from rehabcoder.language.patterns import Words, sentence_starts, words_of
from rehabcoder.language.reading import Reading
from rehabcoder.language.surroundings import Surroundings
from rehabcoder.language.times import TimeMention, number
from rehabcoder.language.total_words import total_words

_STRONG, _LOOSE, _WEAK = 3, 2, 1  # how plainly a phrase names the total
_LEAST, _MOST = 4, 240  # minutes that a session can last
_LEAST_VISIT = 20  # minutes; behind the timed ones "visit 12" is rather the number of the visit
_WIDE = 40  # code points between two totals side by side
_BECAME = 120  # code points before a time in which its sentence may say that the visit became it
_MOST_UNITS = 16  # no session bills more; from there a bare figure behind "billed" is minutes


@dataclass(slots=True)
class Stated:
    """Totals that the note states, each None where it says nothing; spans point at the words.

    Attributes:
        timed: Minutes of all timed services together.
        timed_span: Offsets of the words that state them, the figure among them.
        total: Minutes of the whole treatment.
        total_span: Offsets of the words that state them.
        units: Billed units by code.
        units_span: Offsets from the first to the last of the words that state them.
    """

    timed: int | None = None
    timed_span: tuple[int, int] | None = None
    total: int | None = None
    total_span: tuple[int, int] | None = None
    units: dict[str, int] | None = None
    units_span: tuple[int, int] | None = None


class _Claim(NamedTuple):
    """One reading of a figure as a total of the session."""

    strength: int
    start: int
    end: int
    minutes: int


@cache
def _openings() -> frozenset[str]:
    """The openings of all words that tell of totals or of units: of most words of a note nothing more need be asked."""
    return total_words().openings | charge_openings()


def find_totals(reading: Reading) -> Stated:
    """Reads stated totals and billed units from the text as a whole; any text at all is fine."""
    stated = Stated()
    sentences, words = sentence_starts(reading.low), words_of(reading.low, _openings())
    billed = find_units(reading, sentences, words)
    if billed:
        stated.units, stated.units_span = billed
    timed, total = _Finder(Surroundings(reading, sentences), words, stated.units_span).best()
    if timed:
        stated.timed, stated.timed_span = timed.minutes, (timed.start, timed.end)
    if total:
        stated.total, stated.total_span = total.minutes, (total.start, total.end)
    return stated


class _Finder:
    """Collects what the phrases of one note claim, then lets the plainest stand."""

    def __init__(self, around: Surroundings, words: Words, units_span: tuple[int, int] | None) -> None:
        self.around = around
        self.words = words
        self.low = around.low
        self.units_start, self.units_end = units_span or (-9, -9)
        self.spoken = spoken_times(around.low, around.mentions)
        self.says_timed = "timed" in around.low or "billable" in around.low
        self.named: set[int] = set()  # ends of the figures that a phrase before them has named
        # Where the last figure ends whose phrase stands before it, and whether that says "timed".
        self.said_before = (-9, False)
        self.offered: list[tuple[int, int]] = []  # rows of lengths to choose from
        self.paired: list[tuple[int, int]] = []  # rows of figures with their words behind them
        self.bare: list[tuple[int, int, int]] = []  # "Minutes: 40" and the like
        self.timed: list[_Claim] = []
        self.total: list[_Claim] = []

    def best(self) -> tuple[_Claim | None, _Claim | None]:
        """The timed and the total minutes that the note states, or None."""
        words, done = total_words(), 0
        self._choices()
        self._figure_lines()
        self._words_behind()
        self._timed_then_total()
        for start, word in self.words:
            if start < done or word[:3] not in words.openings:
                continue
            found = words.phrase.match(self.low, start)
            if found and not shapes.UN.search(self.low, max(0, start - 9), start):
                done = found.end()
                if self._is_paired(start):
                    continue
                self._named_before(start, done)
        self.named = {claim.end for claim in (*self.timed, *self.total)}
        for mention in self.spoken.values():
            self._named_behind(mention.start, mention.end, mention.minutes, mention)
        for found in shapes.BARE_BEHIND.finditer(self.low):
            before = self.low[max(0, found.start() - 1) : found.start()]
            if not before.isalnum() and before not in (".", ":", "#", "-") and not (found["plain"] and before == "/"):
                self._named_behind(found.start(), found.end(), int(found[0]), None)
        self._sums()
        if len(self.bare) == 1:  # several are those of the services, one each
            self._claim(self.total, _WEAK, *self.bare[0])
        self._heads()
        return _plainest(self.timed), _plainest(self.total)

    def _choices(self) -> None:
        """Claims of the ticked length of a row of lengths with boxes; the others say nothing."""
        if not any(box in self.low for box in ("\u2610", "\u2611", "[", "(x")):
            return
        for found in shapes.CHOICE.finditer(self.low):
            ticked = shapes.CHOSEN.findall(found[0])
            if len(ticked) == 1:
                self._claim(self.total, _STRONG, found.start(), found.end(), int(ticked[0]))
            self.offered.append(found.span())

    def _figure_lines(self) -> None:
        """Claims of lines that open with two figures ("38/48 min") or hold one alone."""
        for found in shapes.HEADS_BOTH.finditer(self.low):
            if int(found[1]) <= int(found[2]):
                self._claim(self.timed, _STRONG, found.start(1), found.end(1), int(found[1]))
                self._claim(self.total, _STRONG, found.start(2), found.end(), int(found[2]))
        for found in shapes.FIGURE_LINE.finditer(self.low):
            self._claim(self.total, _WEAK, found.start(1), found.end(1), int(found[1]))

    def _words_behind(self) -> None:
        """Claims of lines in which each figure goes with the word behind it: "26 timed 36 tot"."""
        if not (self.says_timed or "tmd" in self.low or "tcm" in self.low or "ttct" in self.low):
            return
        for row in shapes.WORDS_BEHIND.finditer(self.low):
            pairs = list(shapes.FIGURE_AND_WORD.finditer(self.low, row.start("pairs"), row.end("pairs")))
            if sum(bool(pair["timed"]) for pair in pairs) != 1 or sum(bool(pair["total"]) for pair in pairs) != 1:
                continue
            self.paired.append(row.span("pairs"))
            for pair in pairs:
                if pair["timed"] or pair["total"]:
                    self._claim(self.timed if pair["timed"] else self.total, _STRONG, *pair.span(), int(pair["n"]))

    def _timed_then_total(self) -> None:
        """Claims of two figures said in one breath: "forty minutes timed and fifty total", "30 timed + traction = 42"."""
        for found in shapes.TIMED_THEN_TOTAL.finditer(self.low) if self.says_timed else ():
            first, second = (
                next(name for name in names if found[name]) for names in (("timed", "n", "m"), ("total", "sum"))
            )
            timed, total = number(found[first]) or 0, number(found[second]) or 0
            if timed <= total:
                self.paired.append(found.span())
                self._claim(self.timed, _STRONG, found.start(), found.end(first), timed)
                self._claim(self.total, _STRONG, found.start(second), found.end(), total)

    def _is_paired(self, at: int) -> bool:
        return any(start <= at < end for start, end in self.paired)

    def _named_before(self, start: int, at: int) -> None:
        """Claims of the figure behind the phrase from `start` to `at`."""
        words, low = total_words(), self.low
        if low[at : at + 1] in shapes.NO_FIGURE:
            return
        if shapes.COUNTED.search(low, max(0, start - 9), start) and not self._said_before(start):
            closing = low[start:at].rstrip()[-1:]
            if closing in (",", "/", "|", "&", "+") or low[at - 2 : at] == "  " or shapes.NAMED_AGAIN.match(low, at):
                return  # "40 timed, 50 total": the phrase is that of the figure before it
            first = words.length.match(low, start)
            if first and first[0][0] == "m":  # "12 min, total 45": the first word belongs to the 12
                inner = words.phrase.search(low, first.end(), at)
                if not inner:
                    return
                start = inner.start()
        phrase = low[start:at]
        at = figure_start(low, at, named=bool(words.timed.search(phrase) or words.total.search(phrase)))
        both, mention = two_figures(low, at), self.spoken.get(at)
        minutes, end = (mention.minutes, mention.end) if mention else bare_figure(low, at)
        if minutes is None and (words.timed.search(phrase) or words.total.search(phrase)):
            # "timed minutes thirty eight manual therapy fifteen minutes", "total time thirty three timed twenty three"
            plain = words.length.search(phrase) or shapes.SPOKEN_BEFORE.search(low, max(0, start - _WIDE), start)
            minutes, end = spoken_figure(low, at)
            if not plain and not name_at(low, end + 1):  # "timed forty three exercise two manual one"
                minutes, end = None, at
        if both and not mention and self._two_figures(phrase, start, both):
            return
        if minutes is not None and (mention or not words.units.search(phrase)):  # but not "Total units: 4"
            self._named(phrase, start, at, end, minutes, mention)
            timed = words.timed.search(phrase) is not None
            if (timed or words.untimed.search(phrase)) and not words.behind.match(low, end):
                self.said_before = (end, timed)

    def _said_before(self, start: int, *, timed: bool = False) -> bool:
        """Whether the figure right before a place has its phrase before it ("timed  23     total  35"), so that the phrase that
        begins there is that of the figure behind it; with `timed` only if that figure is the timed minutes."""
        end, says_timed = self.said_before
        if end > start or end + _WIDE < start or (timed and not says_timed):
            return False
        return shapes.BETWEEN_TOTALS.fullmatch(self.low, end, start) is not None

    def _two_figures(self, phrase: str, start: int, both: re.Match[str]) -> bool:
        """Claims of two figures behind one phrase: "Timed/Total: 38/48", "Timed min/units: 38/3", "Timed min 38/48"."""
        words = total_words()
        timed, total = words.timed.search(phrase), words.total.search(phrase)
        if shapes.TIMED_AND_TOTAL.search(phrase) and not words.units.search(phrase):
            self._claim(self.timed, _STRONG, start, both.end(1), int(both[1]))
            self._claim(self.total, _STRONG, both.start(2), both.end(2), int(both[2]))
        elif timed or (words.length.search(phrase) and (total or words.session.search(phrase))):
            self._claim(self.timed if timed else self.total, _STRONG, start, both.end(1), int(both[1]))
        else:
            return False  # "Total 45/56" is a score
        return True

    def _named(self, phrase: str, start: int, figure: int, end: int, minutes: int, mention: TimeMention | None) -> None:
        words, low, around = total_words(), self.low, self.around
        total, session, length = words.total.search(phrase), words.session.search(phrase), words.length.search(phrase)
        untimed, billed = words.untimed.search(phrase), words.billed.search(phrase)
        timed = words.timed.search(phrase) is not None and not untimed
        behind = words.behind.match(low, end)
        said = low[figure : behind.end() if behind else end]  # "forty-three timed minutes" says it in the middle
        timed_behind = words.timed.search(said) is not None
        all_timed = timed_behind and behind is not None and re.search(r"\ball\b", behind[0]) is not None
        opens = (
            start < 4
            or 0 <= start - self.units_end <= 2
            or shapes.OPENS.search(low, max(0, start - 14), start) is not None
        )
        if (untimed and not words.timed.search(phrase)) or (timed and shapes.INTERVALS.match(low, end)):
            return
        listed = behind is not None and words.total.search(said) and "," in phrase and not length
        plain = (
            mention
            or length
            or phrase[-1] in "/("
            or (minutes > _MOST_UNITS and not (total or session) and around.ends(end))
        )
        if timed or all_timed or (billed and not listed and plain):
            self._claim(self.timed, _STRONG, start, end, minutes)
            if not (shapes.TIMED_AND_TOTAL.search(phrase) or (all_timed and not timed)):
                return  # but "Timed and total 45", "Total 45, all timed" state both
        elif timed_behind and (total or session or length):  # "Treatment minutes: 38 timed"
            self._claim(self.timed, _STRONG, start, end, minutes)
            return
        if total:
            bare = not (mention or length or session)
            if bare and phrase.endswith("of ") and shapes.NOUN.match(low, end):
                return  # "a total of 17 sutures"
            if mention and not (session or length) and shapes.OF_ONE_SERVICE.search(low, max(0, start - 14), start):
                return
            beside = self._said_before(start, timed=True)
            of_a_test = bare and not beside and shapes.OF_A_TEST.search(low, max(0, start - 12), start)
            summed = length or session or beside or around.closes_row(start)
            self._claim(self.total, _WEAK if of_a_test else _STRONG, start, end, minutes, longest=not summed)
        elif (
            minutes >= _LEAST_VISIT
            and not (mention or length)
            and self._said_before(start, timed=True)
            and shapes.TX_OR_VISIT.match(phrase)
        ):
            self._claim(self.total, _LOOSE, start, end, minutes)  # "timed 38   visit 48"
        elif session and opens and (mention or length):
            self._claim(self.total, _STRONG if length else _LOOSE, start, end, minutes)
        elif shapes.TX.match(phrase) and opens and (around.ends(end) or low[end : end + 2] == "  "):  # "tx 45"
            self._claim(self.total, _WEAK, start, end, minutes)
        elif length and all_timed:  # "time 61 min, all timed"
            self._claim(self.total, _STRONG, start, end, minutes)
        elif opens and (
            (length and words.direct.match(phrase)) or (mention and shapes.seen_alone(low, start, figure, end))
        ):
            self._claim(self.total, _LOOSE, start, end, minutes)
        elif length and shapes.BARE_LENGTH.fullmatch(phrase) and " x" not in phrase and " a " not in phrase:
            closing = 0 <= start - self.units_end <= 2  # behind the units: "97110 2 Time: 30 min"
            if closing or (
                opens and low.count(phrase) < 2 and around.is_first(start) and (mention or phrase.rstrip()[-1] in ":=")
            ):
                self._claim(self.total, _LOOSE, start, end, minutes)
            elif around.alone(start, end) or (low[end : end + 2] == " (" and around.opens_line(start)):
                self.bare.append((start, end, minutes))

    def _named_behind(self, start: int, end: int, minutes: int, mention: TimeMention | None) -> None:
        """Claims of the figure from `start` to `end` by the words around it; `mention` if it says its unit."""
        words, low, around = total_words(), self.low, self.around
        behind = words.behind.match(low, end)
        if shapes.PART_OF_VISIT.match(low, end) or self._is_paired(start):
            return
        partly = all_timed = None
        for at in ({end, behind.end()} if behind else (end,)) if self.says_timed else ():
            partly = partly or shapes.PARTLY_TIMED.match(low, at)
            all_timed = all_timed or shapes.ALL_TIMED.match(low, at)
        if partly and mention and (number(partly["n"]) or 0) < minutes:
            self._claim(self.timed, _STRONG, partly.start("n"), partly.end(), number(partly["n"]) or 0)
        said_to = behind.end() if behind else end
        phrase = low[start:said_to]  # with the figure: "fifty-three timed minutes" says it in the middle
        timed = words.timed.search(phrase)
        part = shapes.PART_OF.search(low, max(0, start - 24), start) if timed else None
        if part:  # "38 of 48 minutes timed"
            self._claim(self.timed, _STRONG, part.start(1), said_to, int(part[1]))
            self._claim(self.total, _STRONG, start, end, minutes)
        elif all_timed and mention:
            self._claim(self.timed, _STRONG, start, all_timed.end(), minutes)
            if behind and (words.session.search(phrase) or words.total.search(phrase)):
                self._claim(self.total, _STRONG, start, end, minutes)
        elif timed:
            if mention is None or mention.form != "m" or minutes > 10:  # "6 m timed hop" is a distance
                self._claim(self.timed, _STRONG, start, said_to, minutes)
        elif (
            behind
            and words.total.search(phrase)
            and shapes.ON_ONE.match(low, said_to)
            and around.labels_within(said_to) == 1
        ):
            return  # "twenty-six minutes in all on therapeutic exercise"
        elif behind and words.total.search(phrase) and shapes.OF_BOUTS.match(low, said_to):
            return
        elif behind and words.total.search(phrase):
            plain = (
                mention
                or low[max(0, start - 9) : start].rstrip()[-1:] == "="
                or around.has_before(words.timed, start)
                or around.opens(start)  # "46 tot." but not "Berg 46 tot."
            )
            self._claim(
                self.total, _STRONG if plain else _WEAK, start, said_to, minutes, longest=not around.closes_row(start)
            )
        elif end in self.named:
            return
        elif behind and words.billed.search(phrase) and around.ends(said_to) and not around.label_before(start):
            self._claim(self.timed, _LOOSE, start, said_to, minutes)
        elif (
            behind
            and words.billed.search(phrase)
            and shapes.BILLED_AS.match(low, said_to)
            and around.labels_within(said_to) > 1
        ):
            # "Forty-five minutes were billed as one unit each of"
            self._claim(self.timed, _LOOSE, start, said_to, minutes)
        elif mention and around.ends(end) and shapes.BILLED_FOR.fullmatch(low, max(self.units_end, 0), start):
            # "Billed two units of 97530 and one of 97140 for 41 minutes."
            self._claim(self.timed, _LOOSE, start, end, minutes)
        elif shapes.SUM_BEFORE.search(low, max(0, start - 16), start):  # "12 + 18 = 30 min"
            self._claim(self.total, _STRONG, start, said_to, minutes)
        elif mention and (became := words.became.search(low, max(around.sentence(start), start - _BECAME), start)):
            self._claim(self.total, _STRONG, start, end, minutes, since=became.start("became"))
        elif self._beside_units(start, end):
            self._claim(self.total, _LOOSE, start, end, minutes)
        elif around.in_title(start, end) and not (mention and mention.form == "m"):  # "62 M" is a man of 62
            self._claim(self.total, _STRONG, start, end, minutes)
        elif mention and around.sums_up_labelled(start, end, minutes):
            self._claim(self.total, _LOOSE, start, end, minutes)
        elif self._of_session(start, end, phrase if behind else "", minutes) or partly:
            self._claim(self.total, _LOOSE, start, said_to, minutes)
        elif (behind and words.loose.search(phrase)) or (
            around.alone(start, end) and not around.closes_labelled_line(start)
        ):
            self._claim(self.total, _WEAK, start, end, minutes)
        elif self._closes_units(start, end) or (
            shapes.UNITS_BEHIND.match(low, end) and not around.label_before(start)
        ):  # "97110 2, 97140 1 (45 min)", "45 min = 3 units"
            self._claim(self.timed, _WEAK, start, end, minutes)

    def _closes_units(self, start: int, end: int) -> bool:
        """Whether a time stands behind the billed units: "97110 x2 (30 min)", "97110 x2    30 min" at the end of a line. At the
        end of several rows it is that of the last."""
        between = self.low[self.units_end : start] if 0 <= start - self.units_end <= 8 else "-"
        return (len(between) <= 3 and between.rstrip()[-1:] in ("(", "=")) or (
            between.isspace() and "\n" not in self.low[self.units_start : start] and self.around.ends(end)
        )

    def _beside_units(self, start: int, end: int) -> bool:
        """Whether a time heads the line of the billed units, or closes it behind a slash: "42m: 97110 2", "97110 2 / 42m"."""
        low = self.low
        if 0 <= self.units_start - end <= 8 and shapes.HEADS_UNITS.fullmatch(low, end, self.units_start):
            return self.around.opens_line(start)
        behind = low[self.units_end : start] if 0 <= start - self.units_end <= 4 else ""
        return behind.strip() in ("/", "|") and self.around.ends(end)

    def _of_session(self, start: int, end: int, behind: str, minutes: int) -> bool:
        """Whether the words around a time say that the session or the patient's stay lasted so long."""
        words, low, around = total_words(), self.low, self.around
        if (words.session.search(behind) or shapes.OF_THERAPY.match(low, end)) and not around.label_before(start):
            return True
        if words.seen.search(low, max(0, start - 60), start) and (low[end - 1] == "." or shapes.CLOSED.match(low, end)):
            return True
        what = shapes.seen_for(low, around.sentence(start), start, end)
        if what is not None and (not around.label_at(what) or around.is_only(start, end)):
            return True
        if words.known.search(low, max(0, start - 30), start) or around.sums_up_clock(start, minutes):
            return True
        return shapes.THERAPY_FOR.search(low[max(0, start - 24) : start]) is not None

    def _sums(self) -> None:
        """Claims of figures without a word that close a row of names with their minutes, or the billed units: "TE 12 NMR 23 =
        35", "97110 x2, 97140 x1 (43)"."""
        low, around = self.low, self.around
        for found in shapes.EQUALS.finditer(low) if "=" in low else ():
            row = around.row_before(found.start())
            if len(row) > 1 and sum(mention.minutes for mention, _ in row) == int(found["n"]):
                claims = self.timed if all(is_timed(label.code) for _, label in row) else self.total
                self._claim(claims, _LOOSE, row[0][1].start, found.end("n"), int(found["n"]))
        behind = shapes.BEHIND_UNITS.match(low, self.units_end) if self.units_end >= 0 else None
        if behind:
            self._claim(self.timed, _WEAK, *behind.span(), int(behind["n"] or behind["m"]))

    def _heads(self) -> None:
        """Claims of a row of figures under a row of names."""
        words = total_words()
        for name, start, end, minutes in figures_under_names(self.low):
            if words.units.search(name) or words.untimed.search(name):
                continue
            if words.timed.search(name):
                self._claim(self.timed, _STRONG, start, end, minutes)
            elif words.total.search(name):
                self._claim(self.total, _STRONG, start, end, minutes)

    def _claim(
        self,
        claims: list[_Claim],
        strength: int,
        start: int,
        end: int,
        minutes: int,
        *,
        longest: bool = False,
        since: int = 0,
    ) -> None:
        """Adds a claim unless the words around it, those before `since` left out, or the other times of the note, speak
        against it."""
        words, low, around = total_words(), self.low, self.around
        if not _LEAST <= minutes <= _MOST or around.elsewhere(end):
            return
        row = bisect_left(self.offered, (end,)) - 1
        if row >= 0 and end <= self.offered[row][1]:
            return
        clause = max(low.rfind(mark, max(0, start - 200), start) for mark in ",/|(") if strength == _STRONG else 0
        if around.has_before(words.another_day, start, max(clause, since)):
            return
        if (longest or strength < _STRONG) and around.longest > minutes:
            return
        if strength < _STRONG and around.has_before(words.other_thing, start):
            return
        if strength < _STRONG and shapes.ON_SEVERAL.match(low, end) and around.goes_beyond(start, end, minutes):
            return  # "half an hour on two things", and ten minutes for a third
        if strength < _STRONG and shapes.SHARED_BETWEEN.match(low, end):
            return
        if strength == _WEAK and not (around.is_sum(start, end, minutes) or around.is_unsplit(start, end)):
            return
        claims.append(_Claim(strength, start, end, minutes))


def _plainest(claims: list[_Claim]) -> _Claim | None:
    """The last of the strongest: a note sums up at its end."""
    return max(claims, key=lambda claim: (claim.strength, claim.start), default=None)
