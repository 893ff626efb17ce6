"""Turns words into the features of the linear models: plain strings, so that a model file can be read by eye.

Names and numbers of codes are masked before (`language.labels`), so that no model can repeat the note's own label.
Figures become their shape, which keeps doses readable and patients out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache, lru_cache

from rehabcoder.language.patterns import first_group, knowledge

TOKEN = re.compile(r"[a-z]+(?:'[a-z]+)?|\d+(?:\.\d+)?|[#%/\"'>+=\[\]():;|~-]")
_STEM = 5
_OPENING = 4  # letters by which the words are looked up with which a phrase may begin
_PART = re.compile(r"[a-z]+|\d+")


def tokens(low: str) -> list[str]:
    """Words of a shadow text; figures become `0`, `00` or `000` by their number of digits."""
    return [_shape(t) for t in TOKEN.findall(low)]


def _shape(token: str) -> str:
    first = token[0]
    if first.isdecimal():
        return "0" * min(len(token.split(".")[0]), 3)
    return token


_DOUBLED = re.compile(r"[^aeiou][aeiou][bdgmnprt]")  # "stop", "hop": the last letter is doubled before an ending


def _forms(word: str) -> Iterator[str]:
    """A word with its regular forms: plural, past and -ing. Some are no words of English, which harms nobody."""
    yield word
    if len(word) < 3:  # an abbreviation
        return
    stem = word[:-1] if word.endswith("e") else word
    if _DOUBLED.fullmatch(word[-3:]):
        stem += word[-1]
    yield word + ("es" if word.endswith(("s", "x", "z", "ch", "sh")) else "s")
    yield stem + "ed"
    yield stem + "ing"
    if word.endswith("y"):
        yield from (word[:-1] + "ies", word[:-1] + "ied")


@cache
def classes() -> dict[str, tuple[str, ...]]:
    """Classes of each word, and of each two words, of `knowledge/classes.toml`."""
    out: dict[str, dict[str, None]] = {}
    for kind, table in knowledge("classes").items():
        for name, listed in table.items():
            for entry in listed.split(","):
                *first, last = entry.split()
                for form in _forms(last):
                    out.setdefault(" ".join((*first, form)), {})[f"%{kind}:{name}"] = None
    return {word: tuple(names) for word, names in out.items()}


@cache
def _phrases() -> tuple[re.Pattern[str], frozenset[str]]:
    """One pattern of all phrases of `knowledge/phrases.toml`, a named group each kind, and the kinds that tell of company."""
    table = knowledge("phrases")
    other = f"(?:{'|'.join(table['other']['other'])})"
    kinds = {
        name: "|".join(listed).replace("{other}", other)
        for group in ("company", "apart")
        for name, listed in table[group].items()
    }
    named = "|".join(f"(?P<{kind}>{pattern})" for kind, pattern in kinds.items())
    # The look ahead says nothing new, but lets the search skip what no phrase begins with.
    return re.compile(rf"(?<![\w/])(?=[a-z0-9&+])(?:{named})"), frozenset(table["company"])


@cache
def _openings() -> frozenset[str]:
    """The first letters (`_OPENING`, of a shorter word all) of the words with which a phrase may begin."""
    table = knowledge("phrases")
    forms = [form for group in ("company", "apart") for listed in table[group].values() for form in listed]
    return frozenset(opening for form in forms for opening in _begun(form))


def _begun(form: str, begun: str = "") -> set[str]:
    """The openings of the words with which one phrase may begin, of which `begun` is read already."""
    if len(begun) == _OPENING or not form:
        return {begun}
    if form.startswith("(?:"):
        ways, rest = first_group(form)
        if rest.startswith("?"):
            ways, rest = [*ways, ""], rest[1:]
        return {opening for way in ways for opening in _begun(way + rest, begun)}
    if form[0] == "[":  # of figures
        return {str(figure) for figure in range(int(form[1]), int(form[3]) + 1)}
    if form.startswith(r"\b") and not begun:
        return _begun(form[2:])
    if form[0].isalnum():
        if form[1:2] == "?":
            return _begun(form[2:], begun) | _begun(form[2:], begun + form[0])
        return _begun(form[1:], begun + form[0])
    return {begun or form.removeprefix("\\")[0]}


def phrase_openings(token: str) -> tuple[int, ...]:
    """Where in a token of a shadow text a phrase may begin: mostly nowhere."""
    if token.isalnum() or len(token) == 1:
        return (0,) if token[:_OPENING] in _openings() else ()
    return tuple(m.start() for m in _PART.finditer(token) if m[0][:_OPENING] in _openings())


def phrases(low: str, places: Sequence[int] | None = None) -> list[str]:
    """Features of the turns of speech that tell with whom the therapist was, and of how many kinds of company meet.

    `places`, in order, are those where a phrase may begin, if that is known: everywhere else none is looked for.
    """
    pattern, company = _phrases()
    found: dict[str, None] = {}
    if places is None:
        found = {str(match.lastgroup): None for match in pattern.finditer(low)}
    done = 0
    for at in places or ():
        match = pattern.match(low, at) if at >= done else None
        if match:
            found[str(match.lastgroup)] = None
            done = match.end()
    if not found:
        return []
    met = len(company.intersection(found))
    return [f"&{name}" for name in found] + [f"&company_{n}" for n in range(1, min(met, 3) + 1)]


def phrase_place(low: str, feature: str, start: int, end: int) -> tuple[int, int] | None:
    """Where the first phrase with this feature stands in `low[start:end]`."""
    found = _phrases()[0].finditer(low, start, end)
    return next((match.span() for match in found if f"&{match.lastgroup}" == feature), None)


@lru_cache(maxsize=1 << 15)  # notes say the same words again and again
def known(token: str) -> tuple[str, tuple[str, ...]]:
    """The shape of a token, with its stem and its classes."""
    shape = _shape(token)
    stem = (shape[:_STEM] + "*",) if len(shape) > _STEM else ()
    return shape, stem + classes().get(shape, ())


def clause_words(masked: str, parts: Sequence[tuple[int, int]], whole: list[str]) -> list[list[str]]:
    """Features of each clause of a piece; `whole` are those of the piece, which a piece of one clause keeps."""
    return [whole] if len(parts) < 2 else [words(masked[start:end]) for start, end in parts]


def words(low: str) -> list[str]:
    """Features of a clause: words, pairs of neighbours, stems of the longer words, and classes of words, each once."""
    said = [known(token) for token in TOKEN.findall(low)]
    feats = dict.fromkeys([shape for shape, _ in said])
    previous = "^"
    for shape, more in said:
        pair = f"{previous} {shape}"
        feats[pair] = None
        for name in (*classes().get(pair, ()), *more):
            feats[name] = None
        previous = shape
    return list(feats)


def described(low: str) -> list[str]:
    """Features of a piece of a note, or of a whole description: those of its words, and its phrases."""
    return words(low) + phrases(low)
