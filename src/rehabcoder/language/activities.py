"""Reads what was done in a service as structured values: activity, body part, side, muscle, dose, help, device.

The words are walked once, from left to right. A modifier (a side, a body part, a load) belongs to the activity that
follows it directly, else to the one before it; a dose belongs to the activity before it, and to those that stand in one
list with it ("LAQ, SLR, HS curls 3x10"). Words of a cue or an aim ("cue to shift weight", "for stairs") are none.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from itertools import accumulate, compress, repeat
from operator import attrgetter
from typing import TypeVar

from rehabcoder.language.attaching import Attacher
from rehabcoder.language.doses import Dose, dose_at, dose_words
from rehabcoder.language.found import settle
from rehabcoder.language.labels import Label
from rehabcoder.language.lexicon import CONDITIONAL, PLAIN, TOKEN, Entry, Lexicon, Node, load_lexicon
from rehabcoder.language.reading import Reading
from rehabcoder.language.times import TimeMention
from rehabcoder.note import Activity

_SPLIT = re.compile(f"({TOKEN.pattern})")
_GLUED = re.compile(r"(?<=[a-z])(?=[A-Z][a-z])")  # "minutesEnergy": a line break was lost
_SHORTEST_GLUED, _LONGEST_GLUED = 8, 40
_DIGITS = frozenset("0123456789#.")  # with which a dose may begin, words apart
_COUNT = range(3, 61)  # a bare number in this range behind an exercise counts repetitions
_PERCENT = re.compile(r"\s{0,2}\(?\s?(\d{1,3}(?:-\d{1,3})?)\s?%")
_PERSONS = re.compile(r"\s{0,2}(?:x\s?|of\s|\+)([12])(?![\w'])(?!\s?(?:x|min|sec|reps?|sets?|trials?))")
_start = attrgetter("start")
_Span = TypeVar("_Span", Label, TimeMention)


def find_activities(reading: Reading, start: int, end: int) -> list[Activity]:
    """What was done in `reading.text[start:end]`, in order of mention; offsets are those of the untouched text."""
    start, end = max(0, start), min(end, len(reading.low))
    if start >= end:
        return []
    walk = _Walk(reading, start, end, load_lexicon())
    walk.run()
    return settle(walk.attacher.found, walk.lexicon)


class _Walk:
    """One pass over the words of a service: looks each spelling up and tells the attacher what it is."""

    __slots__ = (
        "attacher", "codes", "end", "ends", "keys", "label_ends", "lexicon", "low", "nodes", "shouting", "starts",
        "text", "times", "words",
    )  # fmt: skip

    def __init__(self, reading: Reading, start: int, end: int, lexicon: Lexicon) -> None:
        self.attacher = Attacher(lexicon)
        self.lexicon = lexicon
        self.text, self.low, self.end = reading.text, reading.low, end
        self.shouting = reading.text[start:end].isupper()
        parts = _SPLIT.split(self.low[start:end])  # gap, word, gap, word, ...
        bounds = [*accumulate(map(len, parts), initial=start)]
        said = parts[1::2]
        skipped, helped = lexicon.words["articles"], lexicon.words["helped"]
        if skipped.isdisjoint(said):
            self.words, self.starts, self.ends = said, bounds[1::2], bounds[2::2]
        else:
            kept = [word not in skipped or (word == "a" and said[k - 1] in helped) for k, word in enumerate(said)]
            self.words = [*compress(said, kept)]
            self.starts, self.ends = [*compress(bounds[1::2], kept)], [*compress(bounds[2::2], kept)]
        self.nodes = [*map(lexicon.first.get, self.words)]
        self.keys = [*map(lexicon.forms.get, self.words, repeat(""))]
        here = _within(reading.labels, start, end)
        self.label_ends = {label.end for label in here}
        self.codes = {self.low[label.start : label.end] for label in here if label.number}
        self.times = {time.start for time in _within(reading.times, start, end)}

    def run(self) -> None:
        attacher, words, nodes, keys, openers = self.attacher, self.words, self.nodes, self.keys, dose_words()
        starts, low = self.starts, self.low
        count = len(words)
        i = 0
        while i < count:
            node, word = nodes[i], words[i]
            entry: Entry | None = None
            after = i + 1
            if isinstance(node, Entry):
                entry = node
            elif node is not None:
                if (after < count and (keys[after] in node or "*" in node)) or CONDITIONAL in node:
                    entry, after = self._look_up(node, i)
                else:  # nothing can follow: by far the most frequent case
                    entry = node.get(PLAIN)
            letter = word[0]
            if after == i + 1 and (letter in _DIGITS or word in openers or (letter in "xl" and word[1:].isdecimal())):
                dose = dose_at(low, starts[i], self.end)
                if dose is not None:
                    dose.column = _column(low[max(0, dose.start - 2) : dose.start])
                    if not self._counts_apart(i, dose):
                        attacher.dose(dose)
                    i = self._skip(after, dose.end)
                    continue
            if entry is None:
                if letter.isdecimal():
                    if word not in self.codes and not self._count_behind(i):
                        attacher.unknown(word)
                elif _SHORTEST_GLUED <= len(word) <= _LONGEST_GLUED and self._split_glued(i):
                    count += 1
                    continue
                else:
                    attacher.unknown(word)
                i += 1
                continue
            role = entry.role
            if role == "filler":
                attacher.word = word
            elif role == "preposition":
                attacher.preposition(word)
            elif role == "comma":
                attacher.comma(word)
            else:
                after = self._feed(entry, role, i, after)
            i = after
        attacher.stop()

    def _look_up(self, node: Node, i: int) -> tuple[Entry | None, int]:
        """The longest spelling that begins at word `i` and may stand there, and the word behind it."""
        words, keys = self.words, self.keys
        best: Entry | None = None
        after = k = i + 1
        while True:
            for entry in node.get(None, ()):
                if not (entry.marks or entry.surface) or self._may_stand(entry, i, k):
                    best, after = entry, k
                    break
            if k >= len(words):
                return best, after
            following = node.get(keys[k])
            if following is None and words[k][0].isalnum():
                following = node.get("*")
            if following is None:
                return best, after
            node = following
            k += 1

    def _may_stand(self, entry: Entry, i: int, k: int) -> bool:
        """Whether the marks of a spelling (see `lexicon.MARKS`) allow it from word `i` up to word `k`."""
        marks, words, known = entry.marks, self.words, self.lexicon.words
        before = words[i - 1] if i else ""
        behind = words[k] if k < len(words) else ""
        if entry.surface and " ".join(words[i:k]) != entry.surface:
            return False
        if "^" in marks and (self.shouting or not self.text[self.starts[i] : self.ends[k - 1]].isupper()):
            return False
        if "=" in marks and any(word.endswith(("ing", "ed")) for word in words[i:k]):
            return False
        if "#" in marks and self.low[max(0, self.starts[i] - 2) : self.starts[i]].strip()[-1:] not in ('"', "h"):
            return False
        if "!" in marks and words[k - 1].endswith("ed") and (not behind[:1].isalnum() or behind in known["no_object"]):
            return False
        if "$" in marks and behind.isalpha() and behind not in ("x", "w", "with"):
            return False
        if "~" in marks and before not in known["held_behind"]:
            return False
        return "<" not in marks or self.attacher.follows_activity or not (before == "," or before.isalpha())

    def _split_glued(self, i: int) -> bool:
        """Cuts an unknown word where a capital says that two were glued together."""
        begin, end = self.starts[i], self.ends[i]
        if self.text[begin + 1 : end].islower():
            return False
        found = _GLUED.search(self.text, begin + 2, end - 1)
        if found is None:
            return False
        cut = found.start()
        self.words[i : i + 1] = pair = [self.low[begin:cut], self.low[cut:end]]
        self.starts.insert(i + 1, cut)
        self.ends.insert(i, cut)
        self.nodes[i : i + 1] = [self.lexicon.first.get(word) for word in pair]
        self.keys[i : i + 1] = [self.lexicon.forms.get(word, "") for word in pair]
        return True

    def _skip(self, i: int, end: int) -> int:
        while i < len(self.words) and self.starts[i] < end:
            i += 1
        return i

    def _counts_apart(self, i: int, dose: Dose) -> bool:
        """Whether the number counts something else: units behind a label, "LOB x3", "every 3 reps", "in 90 s"."""
        known = self.lexicon.words
        before = self.words[i - 1] if i else ""
        counts = dose.form in ("times", "count")
        if counts and self.label_ends and any(dose.start - gap in self.label_ends for gap in range(4)):
            return True
        if not counts and dose.form != "hold":
            return before in known["no_grid_behind"]
        return before in known["no_dose_behind"] or (counts and before in known["counted_apart"])

    def _count_behind(self, i: int) -> bool:
        """ "SAQ 20, LAQ 20,": a bare number between an exercise and a comma counts repetitions."""
        word, end = self.words[i], self.ends[i]
        if not (self.attacher.takes_count and len(word) <= 2 and word.isdecimal() and int(word) in _COUNT):
            return False
        if end >= self.end or self.low[end] not in ",;" or self.starts[i] in self.times:
            return False
        self.attacher.dose(Dose(self.starts[i], end, "times", reps=int(word)))
        return True

    def _feed(self, entry: Entry, role: str, i: int, after: int) -> int:
        """Hands one spelling to the attacher; returns the word to go on from."""
        attacher, value = self.attacher, entry.value
        begin, end = self.starts[i], self.ends[after - 1]
        if role == "activity":
            attacher.activity(entry, begin, end)
        elif role == "stop":
            self._stop(value, i)
        elif role == "motion":
            attacher.motion(entry, begin, end)
            if after < len(self.words) and self.words[after] in self.lexicon.words["no_motion_before"]:
                attacher.measured()
        elif role == "side":
            if self.words[i] != "both" or after > i + 1 or self._is_anatomy(after):
                attacher.side(value)
        elif role == "part":
            attacher.part(value, entry.kind)
        elif role == "muscle":
            attacher.muscle(value, begin, end)
        elif role == "device":
            attacher.device(value, begin, end)
        elif role == "assist":
            return self._help(value, i, after)
        elif role == "load":
            attacher.dose(Dose(begin, end, "load", load=value))
        elif role == "colour" and self._is_load(after, end):
            attacher.dose(Dose(begin, end, "load", load=f"{value} {attacher.material}"))
        elif role == "and":
            attacher.joining(self.words[i])
        elif role == "mark":
            attacher.mark(value)
        elif role == "worked":
            attacher.worked(self.words[i])
        elif role == "grade":
            attacher.grade(begin, end)
        elif role == "gate" and value == "undone":
            attacher.undone()
        elif role == "gate":
            attacher.gate(value)
        else:
            attacher.unknown(self.words[i])
        return after

    def _help(self, value: str, i: int, after: int) -> int:
        """A level of help, with the percentage and the number of helpers that may stand behind it."""
        end = self.ends[after - 1]
        percent = _PERCENT.match(self.low, end, self.end)
        if percent:
            value, end = f"{value} {percent[1]}%", percent.end()
        persons = _PERSONS.match(self.low, end, self.end)
        if persons:
            value, end = f"{value} x2" if persons[1] == "2" else value, persons.end()
        before = self.words[i - 1] if i else ""
        progress = before in self.lexicon.words["progress"] or (i > 0 and self.keys[i - 1] == "to")
        self.attacher.help(value, self.starts[i], progress=progress)
        return self._skip(after, end)

    def _is_anatomy(self, i: int) -> bool:
        node = self.nodes[i] if i < len(self.nodes) else None
        entries = (node,) if isinstance(node, Entry) else node.get(None, ()) if node else ()
        return any(entry.role in ("part", "muscle") for entry in entries)

    def _is_load(self, after: int, end: int) -> bool:
        """A colour alone is a band's where a dose or the item's end follows ("ER green 3x15"), not in "blue foam"."""
        behind = self.words[after] if after < len(self.words) else ""
        ends_here = not behind[:1].isalpha() or behind in ("x", "ea", "each") or not self.low[end].isspace()
        return self.attacher.takes_load and ends_here

    def _stop(self, mark: str, i: int) -> None:
        """Ends a sentence, unless the full stop belongs to a word cut short ("stand fr. bed", "3 lb. cuff")."""
        before = self.words[i - 1] if mark == "." and i else ""
        known = self.lexicon.words
        if before in known["cut_short"]:
            return
        goes_on = i + 1 < len(self.words) and not self.text[self.starts[i + 1]].isupper()
        if goes_on and before in known["cut_short_in_lists"]:
            self.attacher.comma(mark)
        else:
            self.attacher.stop()


def _within(spans: Sequence[_Span], start: int, end: int) -> Sequence[_Span]:
    """Those that begin in a stretch, of spans in order."""
    if not spans:
        return spans
    first = bisect_left(spans, start, key=_start)
    return spans[first : bisect_left(spans, end, lo=first, key=_start)]


def _column(before: str) -> str:
    """In what kind of column of a flowsheet something stands, by the two characters before it."""
    if before.endswith("["):
        return "today"
    return "column" if before in ("  ", "| ") or before.endswith(("\t", "|")) else ""
