"""Documentation elements that a turn of speech shows for certain: "Berg 44, 39 on 2/2", "cut to 25# when the knee shook".

A model that weighs all words of a clause learns what is said often; these forms are made of figures and of words that are
new every time. The forms are data: `knowledge/shown.toml`.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cache

from rehabcoder.language.patterns import knowledge
from rehabcoder.language.reading import Reading


@dataclass(slots=True, frozen=True)
class _Form:
    needs: tuple[str, ...]  # of which a text holds one wherever the form stands
    where: str  # "in" a service, "behind" the beginning of the first, or anywhere ("")
    pattern: re.Pattern[str]


def _compiled(form: str) -> re.Pattern[str]:
    words: dict[str, str] = knowledge("shown")["words"]
    while (name := next((name for name in words if f"{{{name}}}" in form), None)) is not None:
        form = form.replace(f"{{{name}}}", words[name])
    return re.compile(form.replace("\\\n", ""))


@cache
def _forms() -> dict[str, tuple[re.Pattern[str], tuple[_Form, ...]]]:
    """For each element what forbids its forms, and the forms."""
    return {
        element: (
            _compiled(entries["never"]),
            tuple(
                _Form(tuple(entry["needs"]), entry.get("where", ""), _compiled(entry["form"]))
                for entry in entries.values()
                if isinstance(entry, dict)
            ),
        )
        for element, entries in knowledge("shown").items()
        if element != "words"
    }


@cache
def _silences() -> dict[str, tuple[re.Pattern[str], re.Pattern[str]]]:
    """For each element that has them what makes a piece silent of it, and what undoes that."""
    return {
        element: (_compiled(entries["silent"]), _compiled(entries["unless"]))
        for element, entries in knowledge("shown").items()
        if "silent" in entries
    }


def silent(reading: Reading, element: str, index: int) -> bool:
    """Whether a piece only says that there is nothing to say of the element: an empty field, a rating on arrival."""
    said, undone = _silences().get(element, (None, None))
    piece = reading.pieces[index]
    text = reading.low[piece.start : piece.end]
    return said is not None and undone is not None and said.search(text) is not None and not undone.search(text)


def shown(
    reading: Reading, aside: Collection[int], spans: Sequence[tuple[int, int]], asked: Collection[str]
) -> dict[str, int]:
    """Those of the elements `asked` that the note shows for certain, each with the first piece that does.

    `spans` are the services, given by their pieces; pieces set `aside` (a home programme, a plan) show nothing.
    """
    low, begins = reading.low, [piece.start for piece in reading.pieces]
    inside = {index for start, end in spans for index in range(start, end)}
    first = min((start for start, _ in spans), default=len(begins))
    out: dict[str, int] = {}
    for element, (never, forms) in _forms().items():
        for form in forms if element in asked else ():
            if element in out or not any(need in low for need in form.needs):
                continue
            for match in form.pattern.finditer(low):
                index = bisect_right(begins, match.start()) - 1
                if index < 0 or index in aside:
                    continue
                if (form.where == "in" and index not in inside) or (form.where == "behind" and index <= first):
                    continue
                piece = reading.pieces[index]
                if not never.search(low, piece.start, max(piece.end, match.end())):
                    out[element] = index
                    break
    return out
