"""Documentation elements that a turn of speech shows for certain: "Berg 44, 39 on 2/2", "cut to 25# when the knee shook".

A model that weighs all words of a clause learns what is said often; these forms are made of figures and of words that are
new every time. The forms are data: `knowledge/shown.toml`.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from rehabcoder.language.patterns import knowledge
from rehabcoder.language.reading import Reading

_NOTHING = r"(?!)"  # matches nowhere
_BESIDE = 60  # characters around a match: a word further off, in a long dictated sentence, speaks of something else


@dataclass(slots=True, frozen=True)
class _Form:
    needs: tuple[str, ...]  # of which a text holds one wherever the form stands
    where: str  # "in" a service, "behind" the beginning of the first, "after" the end of the last, or anywhere ("")
    form: str
    never: str  # what forbids it beside it
    leads: str  # ... and in front of it alone
    planned: bool  # whether it counts in a plan too


@cache
def _compiled(form: str) -> re.Pattern[str]:
    """The pattern of a form, compiled where a note first asks for it: all of them together take half a second."""
    words: dict[str, str] = knowledge("shown")["words"]
    while (name := next((name for name in words if f"{{{name}}}" in form), None)) is not None:
        form = form.replace(f"{{{name}}}", words[name])
    return re.compile(form.replace("\\\n", ""))


@cache
def _forms() -> dict[str, tuple[_Form, ...]]:
    """The forms of each element."""
    return {
        element: tuple(_form(entry, entries) for entry in entries.values() if isinstance(entry, dict))
        for element, entries in knowledge("shown").items()
        if element != "words"
    }


def _form(entry: Mapping[str, Any], element: Mapping[str, Any]) -> _Form:
    """A form, which what is said beside any of its element forbids, unless it is `certain`, and what is said of it alone."""
    certain = entry.get("certain", False)
    said = ("" if certain else element["never"], entry.get("never", ""))
    forbids = "|".join(filter(None, said)) or _NOTHING
    leads = (not certain and element.get("leads")) or _NOTHING
    where, planned = entry.get("where", ""), element.get("planned", False)
    return _Form(tuple(entry["needs"]), where, entry["form"], forbids, leads, planned)


@cache
def _silences() -> dict[str, tuple[tuple[str, str], ...]]:
    """For each element what makes a piece silent of it, each with what undoes that."""
    return {
        element: tuple((entry["said"], entry["unless"]) for entry in entries.get("silent", ()))
        for element, entries in knowledge("shown").items()
        if element != "words"
    }


def silent(reading: Reading, element: str, index: int) -> bool:
    """Whether a piece only says that there is nothing to say of the element: an empty field, a rating on arrival, before and
    after of one session where progress is asked."""
    piece = reading.pieces[index]
    text = reading.low[piece.start : piece.end]
    return any(
        _compiled(said).search(text) and not _compiled(undone).search(text) for said, undone in _silences()[element]
    )


def shown(
    reading: Reading, aside: Collection[int], spans: Sequence[tuple[int, int]], asked: Collection[str]
) -> dict[str, int]:
    """Those of the elements `asked` that the note shows for certain, each with the first piece that does.

    `spans` are the services, given by their pieces; pieces set `aside` (a home programme, a plan) show nothing but what is aimed at.
    """
    low, begins = reading.low, [piece.start for piece in reading.pieces]
    inside = {index for start, end in spans for index in range(start, end)}
    first = min((start for start, _ in spans), default=len(begins))
    last = max((end for _, end in spans), default=len(begins))
    out: dict[str, int] = {}
    for element, forms in _forms().items():
        for form in forms if element in asked else ():
            if element in out or not any(need in low for need in form.needs):
                continue
            for match in _compiled(form.form).finditer(low):
                index = bisect_right(begins, match.start()) - 1
                if index < 0 or (index in aside and not form.planned):
                    continue
                if (
                    (form.where == "in" and index not in inside)
                    or (form.where == "behind" and index <= first)
                    or (form.where == "after" and index < last)
                ):
                    continue
                piece = reading.pieces[index]
                start = max(piece.start, match.start() - _BESIDE)
                end = min(max(piece.end, match.end()), match.end() + _BESIDE)
                forbidden = _compiled(form.never).search(low, start, end)
                if not forbidden and not _compiled(form.leads).search(low, start, match.end()):
                    out[element] = index
                    break
    return out
