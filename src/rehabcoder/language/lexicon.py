"""The lexicon of activities and of the words around them, as one trie over whole words.

A lookup costs one dictionary access a word. Spellings come from `knowledge/activities/*.toml`; plurals and the endings
-ing and -ed are made here, so that the lists hold each word once.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from itertools import product
from typing import Any

FILES = ("exercise", "balance", "function", "treatment")
TOKEN = re.compile(  # a word (plain letters first: that is faster), a number, an arrow, a mark
    r"[a-z][a-z0-9]*(?![^\W_])(?:'s\b)?|[^\W\d_][^\W_]*(?:'s\b)?|\d+(?:\.\d+)?|<?-{0,3}>{1,3}|<|[\u2194\u21c4]|//"
    r"|\.\d+|\.(?=\s|$)|(?<=\s)-+(?=\s)|[,;:|\t\n()\[\]+&#]"
)
ARROWS = frozenset({"->", "-->", ">", "<", ">>", "<>", "<->", "<-->", "\u2194", "\u21c4"})
MARKS = "^<@#~!$="
"""Conditions in front of a spelling: `^` in capitals, `<` opens a list or follows an activity, `@` with a body part,
`#` behind a height (6" box), `~` behind a preposition, `!` in the past only with an object, `$` no word behind it,
`=` no form in -ing or -ed."""
PUNCTUATION = {"comma": ",|\t", "stop": ";.\n", "mark": "()[]:-", "and": "+&"}


@dataclass(slots=True, frozen=True)
class Entry:
    """What a spelling means: `role` says which part of the reading it plays, `value` its canonical name."""

    role: str
    value: str
    kind: str = ""
    marks: str = ""
    surface: str = ""  # where it counts only in exactly this form
    names: tuple[str, ...] = ()


PLAIN, CONDITIONAL = 0, 1  # keys of a node: its first meaning if it has no conditions; a sign that it has some
Node = dict[Any, Any]  # a word leads to the next node; None leads to the entries of a spelling that ends here


@dataclass(slots=True, frozen=True)
class Lexicon:
    """The trie by its first words, the words it knows in every form, and what the kinds of activity mean."""

    first: Mapping[str, Node | Entry]  # a word in any form: its node, or its meaning where nothing can follow
    forms: Mapping[str, str]
    kinds: Mapping[str, frozenset[str]]
    same_dose: tuple[frozenset[str], ...]
    general: Mapping[str, frozenset[str]]
    anatomy: Mapping[str, tuple[str | None, str | None]]
    implied: Mapping[str, str]
    muscle_worked: Mapping[str, str]
    device_means: Mapping[str, str]
    words: Mapping[str, frozenset[str]]
    reach: Mapping[str, int]


def words_of(text: str) -> list[str]:
    articles = _table("details")["words"]["articles"]
    return [word.removesuffix("'s") for word in TOKEN.findall(text.lower()) if word not in articles or word == "a"]


def spellings(pattern: str) -> Iterator[list[str]]:
    """All word sequences that a spelling of the lists stands for."""
    choices: list[list[list[str]]] = []
    for part in pattern.split():
        optional = part.endswith("?")
        alternatives = [words_of(word) if word != "*" else ["*"] for word in part.removesuffix("?").split("|")]
        choices.append([*alternatives, []] if optional else alternatives)
    for chosen in product(*choices):
        sequence = [word for words in chosen for word in words]
        if sequence:
            yield sequence


def inflections(word: str) -> Iterator[str]:
    """Plural, -ing and -ed of an English word; forms that nobody writes do no harm."""
    yield word + ("es" if word.endswith(("s", "x", "z", "ch", "sh")) else "s")
    yield word + "'s"
    if len(word) < 4 and word not in _table("details")["words"]["short_verbs"]:  # "tug" is a test
        return
    stem = word.removesuffix("e")
    yield from (stem + "ing", stem + "ed")
    if word.endswith("y"):
        yield from (word[:-1] + "ies", word[:-1] + "ied")
    if re.search(r"(?:[^aeiou]|qu)[aeiou][bdglmnpt]$", word):
        yield from (word + word[-1] + "ing", word + word[-1] + "ed")


@cache
def _table(name: str) -> dict[str, Any]:
    return tomllib.loads(files("rehabcoder.knowledge.activities").joinpath(f"{name}.toml").read_text(encoding="utf-8"))


def activity_spellings() -> Iterator[tuple[str, str, str]]:
    """Kind, canonical name and one spelling of every activity of the lists."""
    for name in FILES:
        for kind, table in _table(name).items():
            for activity, patterns in table.items():
                told = {pattern.lstrip(MARKS) for pattern in patterns if pattern[0] in MARKS}
                plain = activity.replace("-", " ")
                names = (
                    () if " & " in activity or plain in told else (activity,)
                )  # a name may be tied to conditions, too
                for pattern in (*names, *patterns):
                    yield kind, activity, pattern


def _entries(details: Mapping[str, Any]) -> Iterator[tuple[str, Entry]]:
    """Pairs of a spelling and its meaning; a later pair does not replace an earlier one."""
    for phrase in details["ignored"]["phrases"]:
        yield phrase, Entry("ignored", phrase)
    for kind, activity, pattern in activity_spellings():
        plain = pattern.lstrip(MARKS)
        marks = pattern[: len(pattern) - len(plain)]
        role = "motion" if kind == "motion" else "activity"
        yield plain, Entry(role, activity, kind, marks, names=tuple(activity.split(" & ")))
    for sided, patterns in details["both_sides"].items():
        side, part = sided.split()
        for pattern in patterns:
            yield pattern, Entry("part", part, kind=side)
    for role in ("assist", "side", "part", "muscle", "device"):
        for value, patterns in details[role].items():
            for pattern in (value, *patterns) if value != "step" else patterns:
                plain = pattern.lstrip(MARKS)
                yield plain, Entry(role, value, marks=pattern[: len(pattern) - len(plain)])
    yield from _loads(details["load"])
    for role, gate in details["gate"].items():
        for word in gate["words"]:
            yield word, Entry("gate", role, surface=word)  # as it stands: "plan", not "planned"
    between = details["words"]["between"]
    for word in (*between, *details["words"]["filler"]):
        yield word, Entry("preposition" if word in between else "filler", word)
    for word in details["words"]["worked"]:
        yield word, Entry("worked", word, surface=word)
    for word in details["words"]["grades"]:
        for number in ("i", "ii", "iii", "iv", "v", "1", "2", "3", "4", "5"):
            yield f"{word} {number}", Entry("grade", number)
    for word in details["words"]["joining"]:
        yield word, Entry("and", word)


def _anatomy(details: Mapping[str, Any]) -> dict[str, tuple[str | None, str | None]]:
    """The body part and the muscle that the name of an activity holds ("calf raise", "wrist curl")."""
    known: dict[tuple[str, ...], tuple[str, str]] = {}
    for role in ("part", "muscle"):
        for value, patterns in details[role].items():
            for pattern in (value, *patterns):
                if not pattern.startswith("^"):
                    known |= {tuple(words): (role, value) for words in spellings(pattern)}
    out: dict[str, tuple[str | None, str | None]] = {}
    names = {name for _, names, _ in activity_spellings() for name in names.split(" & ")}
    for activity in names | set(details["muscle_worked"].values()):
        words = words_of(activity)
        hits = [
            known[tuple(words[i:k])]
            for k in range(len(words), 0, -1)
            for i in range(k)
            if tuple(words[i:k]) in known and activity not in details["no_anatomy"]["names"]
        ]
        out[activity] = (
            next((value for role, value in hits if role == "part"), None),
            next((value for role, value in hits if role == "muscle"), None),
        )
    return out


def _loads(load: Mapping[str, Any]) -> Iterator[tuple[str, Entry]]:
    for colour in load["colours"]:
        plain = load["same"].get(colour, colour)
        for material, words in (("band", load["band"]), ("putty", load["putty"]), ("hand trainer", load["flexbar"])):
            for word in words:
                yield f"{colour} {word}", Entry("load", f"{plain} {material}")
                yield f"{word} {colour}", Entry("load", f"{plain} {material}")
        yield colour, Entry("colour", plain)
    for word in load["band"]:
        yield word, Entry("load", "band")
    for abbreviation, colour in load["short"].items():
        yield abbreviation, Entry("load", f"{colour} band")
    for name in load["light"]:
        yield name, Entry("load", name.replace("resistance ", ""))


_INFLECTED = frozenset({"activity", "motion", "part", "muscle", "device"})  # roles whose words take endings


def _forms(words: Set[str], inflected: Set[str], irregular: Mapping[str, str]) -> dict[str, str]:
    """Every form of every word, and the word that stands for it in the trie."""
    known = dict.fromkeys(sorted(words))  # sorted: the same forms in every process
    bases = [word for word in known if word in inflected and word.isalpha() and len(word) > 1]
    made = {form: word for word in bases for form in inflections(word)}
    forms = {form: word for form, word in made.items() if form not in known}
    for word in known:
        base = made.get(word, word)
        plural = word == base + "s" and (len(base) > 2 or base == "up") and not base.endswith("s")
        forms[word] = base if plural or word.endswith(("ing", "ed", "ies", "es")) else word
    for word in known:  # "pushups" leads to "pushup", which may itself be a form of another word
        forms[word] = forms.get(forms[word], forms[word])
    forms |= {form: forms.get(word, word) for form, word in irregular.items() if word in known}
    return {form: forms.get(word, word) for form, word in forms.items()} | dict.fromkeys(ARROWS, "to")


def _file(entries: list[Entry], new: Entry) -> None:
    """Files a meaning under its spelling: the first one counts, unless its marks forbid it where it stands."""
    if new.role == "device" and any(e.role == "activity" for e in entries):
        entries.insert(0, replace(new, marks="~"))  # a dowel is a device only behind "with"
    elif all(e.marks or e.surface for e in entries):
        entries.append(new)


def _leaf(node: Node) -> Node | Entry:
    """Prepares a first word for a quick answer: its meaning itself where no spelling goes on from it."""
    entries: Sequence[Entry] = node.get(None, ())
    if entries and not (entries[0].marks or entries[0].surface):
        if len(node) == 1:
            return entries[0]
        node[PLAIN] = entries[0]
    elif entries:
        node[CONDITIONAL] = True
    return node


def _in_exact_form(sequence: Sequence[str], entry: Entry, forms: Mapping[str, str], inflected: Set[str]) -> Entry:
    """Ties a meaning to the form of its words where another form means something else ("bathing" and "bath")."""
    if len(sequence) == 1 and forms.get(sequence[0], sequence[0]) != sequence[0]:
        if sequence[0].endswith(("ing", "ed")) or entry.role == "device":
            return replace(entry, surface=sequence[0])
    elif entry.surface and inflected.isdisjoint(sequence):
        return replace(entry, surface="")  # no other form is known: nothing to tell apart
    return entry


@cache
def load_lexicon() -> Lexicon:
    """Reads the lists once a process."""
    details = _table("details")
    pairs = [(sequence, entry) for pattern, entry in _entries(details) for sequence in spellings(pattern)]
    inflected = {word for sequence, entry in pairs if entry.role in _INFLECTED for word in sequence}
    forms = _forms({word for sequence, _ in pairs for word in sequence}, inflected, details["irregular"])
    trie: Node = {}
    for sequence, entry in pairs:
        node = trie
        for word in sequence:
            node = node.setdefault(forms.get(word, word), {})
        _file(node.setdefault(None, []), _in_exact_form(sequence, entry, forms, inflected))
    for role, marks in PUNCTUATION.items():
        for mark in marks:
            trie[mark] = {None: [Entry(role, mark)]}
            forms[mark] = mark
    quick = {word: _leaf(node) for word, node in trie.items()}
    kinds = dict(details["kinds"])
    same_dose = tuple(frozenset(group) for group in kinds.pop("same_dose"))
    words = {name: frozenset(listed) for name, listed in details["words"].items()}
    return Lexicon(
        first={word: quick[base] for word, base in forms.items() if base in quick},
        forms=forms,
        kinds={name: frozenset(listed) for name, listed in kinds.items()},
        same_dose=same_dose,
        general={name: frozenset(listed) for name, listed in details["general"].items()},
        anatomy=_anatomy(details),
        implied=details["implied"],
        muscle_worked=details["muscle_worked"],
        device_means=details["device_means"],
        words=words,
        reach={name: gate["reach"] for name, gate in details["gate"].items()},
    )
