"""With whom the therapist was, where a note says it in so many words: not one-on-one with this patient.

Three words ("PT at desk") decide against a line full of exercises, which a model that weighs all words together cannot
learn from a few hundred examples. The turns of speech are data: `knowledge/attendance.toml`.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import TypeAlias

from rehabcoder.language.no_aide import without_idle_helpers
from rehabcoder.language.patterns import knowledge
from rehabcoder.language.reading import Reading

NOT_GIVEN, GROUP, UNATTENDED_STIM = "none", "97150", "G0283"
ATTENDED_STIM = "97032"
_COMPANY = [f"company.{kind}" for kind in ("between", "one_therapist", "several", "together")]
_LINE = 80  # code points of a line that says no more than who was there
_WORDS = (
    "aide",
    "tech",
    "volunteer",
    "attendant",
    "assistant",
    "trainer",
    "para",
    "while",
    "when",
    "as ",
    "pt ",
    "ot ",
)
_LEAD = re.compile(
    r"[\W_]*(?:(?:all|both|this|these|it|pt|he|she|was|were|done|run|performed|completed|given|finished|set up|then|here) )*"
)
_HEADED = 40  # code points of a service in which its heading names who gave it
_KINDS = 2  # kinds of company that make a group: one alone is often another's name or a pair of limbs

Place: TypeAlias = tuple[int, int]
Span: TypeAlias = tuple[int, int]


@dataclass(slots=True, frozen=True)
class Attendance:
    """The code that is left for a service which was not given one-on-one, and the words that say so."""

    code: str
    start: int
    end: int


@cache
def _patterns() -> dict[str, tuple[list[str], re.Pattern[str]]]:
    """Each kind of words by its name ("aide.ran"): what a text holds wherever they stand, and their pattern."""
    table = dict(knowledge("attendance"))
    words: dict[str, str] = table.pop("words")
    out = {}
    for group, kinds in table.items():
        for name, kind in kinds.items():
            forms = "|".join(kind["forms"])
            for word, form in words.items():
                forms = forms.replace(f"{{{word}}}", form)
            out[f"{group}.{name}"] = kind["needs"], re.compile(rf"(?<![\w/])(?:{forms})".replace("\\\n", ""))
    return out


def attendance(reading: Reading, start: int, end: int, code: str) -> Attendance | None:
    """Who gave the service at `[start, end)`; None where nothing says that it was not the therapist, one-on-one.
    `code` is what its description supports.
    """
    low = without_idle_helpers(reading.low[start:end]).replace("\n", " ")  # a turn of speech may run over a line break
    if code == ATTENDED_STIM:
        left, place = (
            UNATTENDED_STIM,
            first_place(low, ["stimulation.left"]) or _elsewhere(low, reading.text[start:end]),
        )
    elif place := _group(low):
        left = GROUP
    else:
        left, place = NOT_GIVEN, _elsewhere(low, reading.text[start:end]) or _aide(low)
    return Attendance(left, start + place[0], start + place[1]) if place else None


def lines_of_attendance(reading: Reading, aside: Collection[int]) -> list[int]:
    """The pieces that fill a line with who gave what the line above tells: "w/ tech while PT w/ next pt". What the therapist was
    busy with is said of that only where an aide stands beside it or the line is set in."""
    low = reading.low
    if not any(word in low for word in _WORDS):
        return []
    out: list[int] = []
    for k, (above, piece) in enumerate(pairwise(reading.pieces), 1):
        if not piece.first or piece.end - piece.start > _LINE or k in aside or k - 1 in aside:
            continue
        if low.count("\n", above.end, piece.start) == 1 and _says_who(reading, piece.start, piece.end):
            out.append(k)
    return out


def _says_who(reading: Reading, start: int, end: int) -> bool:
    """Whether a line opens with who gave a service, or with what the therapist was busy with meanwhile."""
    low = reading.low[start:end]
    if not any(word in low for word in _WORDS) or reading.labels_in(start, end) or reading.times_in(start, end):
        return False
    lead = _LEAD.match(low).end()  # type: ignore[union-attr]
    busy = first_place(low, ["elsewhere.busy"])
    aide = None if first_place(low, ["aide.unless"]) else first_place(low, ["aide.ran", "aide.with", "aide.named"])
    if any(place and place[0] <= lead for place in (busy, aide)):
        return True
    elsewhere = _elsewhere(low, reading.text[start:end])
    set_in = reading.low[max(0, start - 2) : start] in ("  ", "\n\t")
    return elsewhere is not None and elsewhere[0] <= lead and (aide is not None or set_in)


def with_attendance(spans: Sequence[Span], lines: Sequence[int]) -> list[Span]:
    """The services, each going on with the one of the `lines` right behind it that says who gave it."""
    out = list(spans)
    for k in lines:
        above = next((i for i, (_, end) in enumerate(out) if end == k), None)
        if above is None:
            continue
        out[above] = (out[above][0], k + 1)
        if above + 1 < len(out) and out[above + 1][0] == k:
            following = (k + 1, out[above + 1][1])
            out[above + 1 : above + 2] = [following] if following[0] < following[1] else []
    return out


def first_place(low: str, names: Sequence[str]) -> Place | None:
    """Where the first of the named kinds of words stands that is there at all."""
    for name in names:
        needs, pattern = _patterns()[name]
        if any(need in low for need in needs) and (match := pattern.search(low)):
            return match.span()
    return None


def places_of(low: str, name: str) -> Iterator[Place]:
    """All places of the named kind of words."""
    needs, pattern = _patterns()[name]
    if any(need in low for need in needs):
        yield from (match.span() for match in pattern.finditer(low))


def _group(low: str) -> Place | None:
    found = [place for name in _COMPANY if (place := first_place(low, [name]))]
    if len(found) == 1 and (place := first_place(low, ["company.other"])):  # a name or a room number alone says nothing
        found.append(place)
    return found[0] if len(found) >= _KINDS else None


def _elsewhere(low: str, text: str) -> Place | None:
    place = first_place(low, ["elsewhere.busy"])
    if place:
        return place
    place = first_place(low, ["elsewhere.is_busy"])
    if place and (not low.startswith("pt ", place[0]) or _therapist(text, place[0])):
        return place
    place = place or first_place(low, ["elsewhere.in_room"])
    return place if place and first_place(low, ["alone.alone", "aide.ran", "aide.with"]) else None


def _therapist(text: str, at: int) -> bool:
    """Whether "PT" means the therapist by its capitals, which it does in a text that is not all in them."""
    return text.startswith("PT", at) and not text.isupper()


def _headed(low: str) -> Place | None:
    """Where the heading of a service, or the row of it, names an aide as the one who gave it."""
    place = first_place(low, ["aide.headed"])
    return place if place and place[0] <= _HEADED else None


def _aide(low: str) -> Place | None:
    place = first_place(low, ["aide.ran"]) or _headed(low)
    if place is None and (place := first_place(low, ["aide.with", "aide.named"])) and first_place(low, ["aide.unless"]):
        return None
    return place
