"""Reads what was done in a service as structured values: activity, body part, side, muscle, dose, help, device.

The words are walked once, from left to right. A modifier (a side, a body part, a load) belongs to the activity that follows
it directly, else to the one before it; a dose belongs to the activity before it, and to those that stand in one list with it
("LAQ, SLR, HS curls 3x10"). Words of a cue or an aim ("cue to shift weight", "for stairs") are no activities.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from itertools import accumulate
from operator import attrgetter

from rehabcoder.language.attaching import Attacher, Found, located
from rehabcoder.language.doses import Dose, dose_at, opens_dose
from rehabcoder.language.lexicon import ARTICLES, TOKEN, Entry, Lexicon, Node, load_lexicon
from rehabcoder.language.reading import Reading
from rehabcoder.note import Activity

_SPLIT = re.compile(f"({TOKEN.pattern})")
_start = attrgetter("start")
_DOSE_LETTERS = frozenset("0123456789#.xlhrotfsen")  # with which a dose may begin, number words included
_PERCENT = re.compile(r"\s*\(?\s*(\d{1,3}(?:-\d{1,3})?)\s?%")
_PERSONS = re.compile(r"\s*(?:x\s?|of\s|\+)([12])(?![\d\w'])(?!\s?(?:x|min|sec|reps?|sets?|trials?))")
_CUT_SHORT = frozenset(
    {
        "w",
        "fr",
        "vs",
        "dr",
        "mr",
        "mrs",
        "ms",
        "st",
        "cont",
        "int",
        "bilat",
        "approx",
        "ant",
        "post",
        "lat",
        "med",
        "inf",
        "sup",
        "mod",
        "max",
    }
)
_UNITS = frozenset(
    {
        "lb",
        "lbs",
        "sec",
        "secs",
        "min",
        "mins",
        "ft",
        "in",
        "ex",
        "ther",
        "rep",
        "reps",
        "ext",
        "flex",
        "abd",
        "r",
        "l",
        "pt",
    }
)
_TOWARDS = frozenset({"to", "then", "progressing", "progressed", "down"})
_PREPOSITIONS = frozenset(
    {
        "with",
        "w",
        "on",
        "using",
        "over",
        "in",
        "off",
        "via",
        "from",
        "of",
        "to",
        "against",
        "c",
        "onto",
        "under",
        "holding",
        "behind",
    }
)
_HELPED = frozenset(
    {"min", "mod", "max", "total", "minimal", "minimum", "moderate", "maximal", "maximum", "sup", "cg", "a"}
)


def find_activities(reading: Reading, start: int, end: int) -> list[Activity]:
    """What was done in `reading.text[start:end]`, in order of mention; offsets are those of the untouched text."""
    start, end = max(0, start), min(end, len(reading.low))
    if start >= end:
        return []
    lexicon = load_lexicon()
    walk = _Walk(reading, start, end, lexicon)
    walk.run()
    return _settled(walk.attacher.found, lexicon)


class _Walk:
    """One pass over the words of a service."""

    __slots__ = ("attacher", "end", "ends", "labels", "lexicon", "low", "shouting", "starts", "text", "words")

    def __init__(self, reading: Reading, start: int, end: int, lexicon: Lexicon) -> None:
        self.attacher = Attacher(lexicon)
        self.lexicon = lexicon
        self.text, self.low, self.end = reading.text, reading.low, end
        self.shouting = reading.text[start:end].isupper()
        parts = _SPLIT.split(self.low[start:end])  # gap, word, gap, word, ...
        bounds = [*accumulate(map(len, parts), initial=start)]
        said = parts[1::2]
        kept = [k for k, word in enumerate(said) if word not in ARTICLES or (word == "a" and said[k - 1] in _HELPED)]
        self.words = [said[k] for k in kept]
        self.starts = [bounds[2 * k + 1] for k in kept]
        self.ends = [bounds[2 * k + 2] for k in kept]
        labels = reading.labels
        first = bisect_left(labels, start, key=_start)
        self.labels = {label.end for label in labels[first : bisect_left(labels, end, lo=first, key=_start)]}

    def run(self) -> None:
        attacher, words = self.attacher, self.words
        nodes = [*map(self.lexicon.first.get, words)]
        count = len(words)
        i = 0
        while i < count:
            node, word = nodes[i], words[i]
            entry: Entry | None = None
            after = i + 1
            if node is not None:
                if type(node) is Entry:
                    entry = node
                else:
                    entry, after = self._look_up(node, i)
            if after == i + 1 and word[0] in _DOSE_LETTERS and opens_dose(word):
                dose = dose_at(self.low, self.starts[i], self.end)
                if dose is not None:
                    if not self._counts_apart(i, dose):
                        attacher.dose(dose)
                    i = self._skip(after, dose.end)
                    continue
            if entry is None:
                attacher.unknown(word)
                i += 1
            elif entry.role == "filler":
                attacher.word = word
                i = after
            else:
                i = self._feed(entry, i, after)
        attacher.stop()

    def _look_up(self, node: Node, i: int) -> tuple[Entry | None, int]:
        """The longest spelling that begins at word `i` and may stand there, and the word behind it."""
        words, forms = self.words, self.lexicon.forms
        best: Entry | None = None
        after = k = i + 1
        while True:
            for entry in node.get(None, ()):
                if not (entry.marks or entry.surface) or self._may_stand(entry, i, k):
                    best, after = entry, k
                    break
            if k >= len(words):
                break
            node = node.get(forms.get(words[k], ""))
            if node is None:
                break
            k += 1
        return best, after

    def _may_stand(self, entry: Entry, i: int, k: int) -> bool:
        marks = entry.marks
        if "^" in marks and (self.shouting or not self.text[self.starts[i] : self.ends[k - 1]].isupper()):
            return False
        if entry.surface and " ".join(self.words[i:k]) != entry.surface:
            return False
        if "#" in marks and self.low[max(0, self.starts[i] - 2) : self.starts[i]].strip()[-1:] not in ('"', "h"):
            return False
        if "~" in marks:
            return i > 0 and self.words[i - 1] in _PREPOSITIONS
        if "<" in marks:
            before = self.words[i - 1] if i else ""
            return self.attacher.follows_activity if before == "," or before.isalpha() else True
        return True

    def _skip(self, i: int, end: int) -> int:
        while i < len(self.words) and self.starts[i] < end:
            i += 1
        return i

    def _counts_apart(self, first: int, dose: Dose) -> bool:
        """Whether the number counts something else: units behind a label, "LOB x3", "every 3 reps", "in 90 s"."""
        words = self.lexicon.words
        before = self.words[first - 1] if first else ""
        if dose.form in ("times", "count"):
            if any(dose.start - gap in self.labels for gap in range(4)) or before in words["counted_apart"]:
                return True
        return before in words["no_dose_behind"] and (dose.form != "grid" or before in ("last", "first", "from", "was"))

    def _feed(self, entry: Entry, i: int, after: int) -> int:
        """Hands one spelling to the attacher; returns the word to go on from."""
        attacher, role = self.attacher, entry.role
        begin, end = self.starts[i], self.ends[after - 1]
        if role == "preposition":
            attacher.preposition(self.words[i])
        elif role == "comma":
            attacher.comma(entry.value)
        elif role == "activity":
            attacher.activity(entry, begin, end)
        elif role == "stop":
            self._stop(entry.value, i)
        elif role == "motion":
            attacher.motion(entry, begin, end)
            if after < len(self.words) and self.words[after] in self.lexicon.words["no_motion_before"]:
                attacher.measured()
        elif role == "side":
            if self.words[i] != "both" or after > i + 1 or self._is_anatomy(after):
                attacher.side(entry.value)
        elif role == "part":
            attacher.part(entry.value, entry.kind)
        elif role == "muscle":
            attacher.muscle(entry.value, begin, end)
        elif role == "device":
            attacher.device(entry.value)
        elif role == "assist":
            return self._help(entry.value, i, after)
        elif role == "load":
            attacher.dose(Dose(begin, end, "load", load=entry.value))
        elif role == "colour" and self._is_load(after):
            material = "putty" if attacher.current and attacher.current.activity.name == "putty exercise" else "band"
            attacher.dose(Dose(begin, end, "load", load=f"{entry.value} {material}"))
        elif role == "and":
            attacher.joining(self.words[i])
        elif role == "mark":
            attacher.mark()
        elif role == "gate" and entry.value == "undone":
            attacher.undone()
        elif role == "gate":
            attacher.gate(entry.value)
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
        joined = i > 0 and (self.words[i - 1] in _TOWARDS or self.lexicon.forms.get(self.words[i - 1]) == "to")
        self.attacher.help(value, self.starts[i], joined)
        return self._skip(after, end)

    def _is_anatomy(self, i: int) -> bool:
        node = self.lexicon.first.get(self.words[i]) if i < len(self.words) else None
        entries = (node,) if isinstance(node, Entry) else node.get(None, ()) if node else ()
        return any(e.role in ("part", "muscle") for e in entries)

    def _is_load(self, after: int) -> bool:
        """A colour alone is a band's when a dose or the end of the item follows ("ER green 3x15"), not in "blue foam"."""
        follows = self.words[after] if after < len(self.words) else ""
        return self.attacher.takes_load and (not follows[:1].isalpha() or follows in ("x", "ea", "each"))

    def _stop(self, mark: str, i: int) -> None:
        before = self.words[i - 1] if mark == "." and i else ""
        if before in _CUT_SHORT:
            return
        if before in _UNITS and i + 1 < len(self.words) and not self.text[self.starts[i + 1]].isupper():
            self.attacher.comma(mark)
            return
        self.attacher.stop()


def _settled(found: list[Found], lexicon: Lexicon) -> list[Activity]:
    """Leaves out what turned out to be a measurement, a heading, or a second mention of the same thing."""
    sure = [f for f in found if not (f.doubtful and not f.dosed) and not (f.needs_part and not located(f.activity))]
    kinds = {f.kind for f in sure if f.activity.name not in lexicon.general}
    out: list[Found] = []
    for item in sure:
        activity = item.activity
        if (
            lexicon.general.get(activity.name, kinds) & kinds
            and activity.name in lexicon.general
            and not (item.dosed or activity.assist or activity.device)
        ):
            continue
        twin = next((other for other in out if _same(other.activity, item.activity)), None)
        if twin is None:
            out.append(item)
        elif item.dosed and not twin.dosed:
            out[out.index(twin)] = _merged(item, twin)
        elif not item.dosed:
            _merged(twin, item)
        else:
            out.append(item)
    return [item.activity for item in out]


def _same(one: Activity, two: Activity) -> bool:
    return one.name == two.name and all(
        a is None or b is None or a == b
        for a, b in ((one.side, two.side), (one.body_part, two.body_part), (one.muscle, two.muscle))
    )


def _merged(kept: Found, gone: Found) -> Found:
    for name in ("side", "body_part", "muscle", "assist", "device"):
        if getattr(kept.activity, name) is None:
            setattr(kept.activity, name, getattr(gone.activity, name))
    return kept
