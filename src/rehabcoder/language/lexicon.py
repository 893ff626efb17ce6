"""The lexicon of activities and of the words around them, as one trie over whole words.

A lookup costs one dictionary access a word. Spellings come from `knowledge/activities/*.toml`; plurals and the endings -ing
and -ed are made here, so that the lists hold each word once.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from itertools import product
from typing import Any

FILES = ("exercise", "balance", "function", "treatment")
TOKEN = re.compile(
    r"[^\W\d_][^\W_]*(?:'s\b)?|\d+(?:\.\d+)?|<?-*>+|<|[\u2194\u21c4]|//|\.\d+|\.(?=\s|$)|(?<=\s)-+(?=\s)|[,;:|\t\n()\[\]+&#]"
)
ARROWS = frozenset({"->", "-->", ">", "<", ">>", "<>", "<->", "<-->", "\u2194", "\u21c4"})
MARKS = "^<@#"  # in front of a spelling: only in capitals, opening a list, with a body part, behind a height (6" box)
ARTICLES = frozenset({"a", "the", "an", "his", "her", "their", "my", "our", "your", "its"})  # read over
PUNCTUATION = {"comma": ",|\t", "stop": ";.\n", "mark": "()[]:-", "and": "+&"}
IRREGULAR = {
    "stood": "stand", "sat": "sit", "rose": "rise", "got": "get", "threw": "throw", "thrown": "throw", "caught": "catch",
    "fed": "feed", "bent": "bend", "drove": "drive", "wrote": "write", "knelt": "kneel", "swept": "sweep", "held": "hold",
    "put": "put", "taught": "taught", "hung": "hang", "poured": "pour", "leaned": "lean", "mobilisation": "mobilization",
    "mobs": "mob", "stabilisation": "stabilization", "mobilised": "mobilization", "mobilized": "mobilization",
    "mobilise": "mobilization", "mobilize": "mobilization", "mobilising": "mobilization", "mobilizing": "mobilization",
    "amb": "walk", "ambulated": "walk", "ambulate": "walk", "ambulates": "walk", "ambulating": "walk", "walking": "walk",
    "xfer": "transfer", "xfers": "transfer", "xfr": "transfer", "xfrs": "transfer", "txfr": "transfer", "txfrs": "transfer",
    "tfer": "transfer", "tfers": "transfer", "trf": "transfer", "trfs": "transfer", "transf": "transfer", "tf": "transfer",
    "exercises": "exercise", "exs": "ex", "excs": "ex", "stretching": "stretch", "stretches": "stretch", "str": "stretch",
    "isometric": "isom", "isometrics": "isom", "isos": "isom", "iso": "isom", "isoms": "isom", "extn": "ext", "flx": "flex",
    "strengthened": "strengthening", "strengthen": "strengthening", "carries": "carry", "carried": "carry", "lunging": "lunge",
    "catches": "catch", "transfers": "transfer", "txfer": "transfer", "txfers": "transfer", "shoulders": "shoulder",
}  # fmt: skip


_SHORT_VERBS = frozenset("hop tap jog nod zip don row mop cut toe sit tie rub bat hug use".split())


@dataclass(slots=True, frozen=True)
class Entry:
    """What a spelling means: `role` says which part of the reading it plays, `value` its canonical name."""

    role: str
    value: str
    kind: str = ""
    marks: str = ""
    surface: str = ""  # where it counts only in exactly this form
    names: tuple[str, ...] = ()


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
    words: Mapping[str, frozenset[str]]
    reach: Mapping[str, int]


def words_of(text: str) -> list[str]:
    return [word.removesuffix("'s") for word in TOKEN.findall(text.lower()) if word not in ARTICLES or word == "a"]


def spellings(pattern: str) -> Iterator[list[str]]:
    """All word sequences that a spelling of the lists stands for."""
    choices: list[list[list[str]]] = []
    for part in pattern.split():
        optional = part.endswith("?")
        alternatives = [words_of(word) for word in part.removesuffix("?").split("|")]
        choices.append([*alternatives, []] if optional else alternatives)
    for chosen in product(*choices):
        sequence = [word for words in chosen for word in words]
        if sequence:
            yield sequence


def inflections(word: str) -> Iterator[str]:
    """Plural, -ing and -ed of an English word; forms that nobody writes do no harm."""
    yield word + ("es" if word.endswith(("s", "x", "z", "ch", "sh")) else "s")
    yield word + "'s"
    if len(word) < 4 and word not in _SHORT_VERBS:  # "tug" is a test
        return
    stem = word.removesuffix("e")
    yield from (stem + "ing", stem + "ed", word + "er's")
    if word.endswith("y"):
        yield from (word[:-1] + "ies", word[:-1] + "ied")
    if len(word) <= 5 and re.search(r"[^aeiou][aeiou][bdglmnprt]$", word):
        yield from (word + word[-1] + "ing", word + word[-1] + "ed")


def _table(name: str) -> dict[str, Any]:
    return tomllib.loads(files("rehabcoder.knowledge.activities").joinpath(f"{name}.toml").read_text(encoding="utf-8"))


def activity_spellings() -> Iterator[tuple[str, str, str]]:
    """Kind, canonical name and one spelling of every activity of the lists."""
    for name in FILES:
        for kind, table in _table(name).items():
            for activity, patterns in table.items():
                for pattern in (*activity.split(" & ")[:1], *patterns) if " & " not in activity else patterns:
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
    for activity in {name for _, names, _ in activity_spellings() for name in names.split(" & ")}:
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
        for material, plain in (("band", load["band"]), ("putty", load["putty"]), ("hand trainer", load["flexbar"])):
            for word in plain:
                yield f"{colour} {word}", Entry("load", f"{colour} {material}")
                yield f"{word} {colour}", Entry("load", f"{colour} {material}")
        yield colour, Entry("colour", colour)
    for word in load["band"]:
        yield word, Entry("load", "band")
    for abbreviation, colour in load["short"].items():
        yield abbreviation, Entry("load", f"{colour} band")
    for name in load["light"]:
        yield name, Entry("load", name.replace("resistance ", ""))


def _forms(words: Iterable[str]) -> dict[str, str]:
    """Every form of every word, and the word that stands for it in the trie."""
    known = set(words)
    made = {form: word for word in known if word.isalpha() and len(word) > 1 for form in inflections(word)}
    forms = {form: word for form, word in made.items() if form not in known}
    for word in known:
        base = made.get(word, word)
        plural = word == base + "s" and (len(base) > 2 or base == "up") and not base.endswith("s")
        forms[word] = base if plural or word.endswith(("ing", "ed", "ies", "es")) else word
    for word in known:  # "pushups" leads to "pushup", which may itself be a form of another word
        forms[word] = forms.get(forms[word], forms[word])
    forms |= {form: forms.get(word, word) for form, word in IRREGULAR.items() if word in known}
    return {form: forms.get(word, word) for form, word in forms.items()} | dict.fromkeys(ARROWS, "to")


def _file(entries: list[Entry], new: Entry) -> None:
    """Files a meaning under its spelling: the first one counts, unless its marks forbid it where it stands."""
    if new.role == "device" and any(e.role == "activity" for e in entries):
        entries.insert(0, replace(new, marks="~"))  # a dowel is a device only behind "with"
    elif all(e.marks or e.surface for e in entries):
        entries.append(new)


def _leaf(node: Node) -> Node | Entry:
    """The meaning itself where a node has one without conditions and nothing to go on with: most words need no walk."""
    entries = node.get(None, ())
    plain = len(node) == 1 and len(entries) == 1 and not (entries[0].marks or entries[0].surface)
    return entries[0] if plain else node


@cache
def load_lexicon() -> Lexicon:
    """Reads the lists once a process."""
    details = _table("details")
    pairs = [(sequence, entry) for pattern, entry in _entries(details) for sequence in spellings(pattern)]
    forms = _forms(word for sequence, _ in pairs for word in sequence)
    trie: Node = {}
    for sequence, entry in pairs:
        node = trie
        for word in sequence:
            node = node.setdefault(forms.get(word, word), {})
        if (
            len(sequence) == 1
            and forms.get(sequence[0], sequence[0]) != sequence[0]
            and sequence[0].endswith(("ing", "ed"))
        ):
            entry = replace(entry, surface=sequence[0])  # "bathing" is an activity, "bath" alone is not
        _file(node.setdefault(None, []), entry)
    for role, marks in PUNCTUATION.items():
        for mark in marks:
            trie[mark] = {None: [Entry(role, mark)]}
            forms[mark] = mark
    kinds = dict(details["kinds"])
    same_dose = tuple(frozenset(group) for group in kinds.pop("same_dose"))
    words = {name: frozenset(forms.get(w, w) for w in listed) for name, listed in details["words"].items()}
    return Lexicon(
        first={word: _leaf(trie[base]) for word, base in forms.items() if base in trie},
        forms=forms,
        kinds={name: frozenset(listed) for name, listed in kinds.items()},
        same_dose=same_dose,
        general={name: frozenset(listed) for name, listed in details["general"].items()},
        anatomy=_anatomy(details),
        implied=details["implied"],
        muscle_worked=details["muscle_worked"],
        words=words,
        reach={name: gate["reach"] for name, gate in details["gate"].items()},
    )
