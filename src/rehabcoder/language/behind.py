"""Finds labels that stand behind what they name: "Squats to a box, pans to the shelf. 97530, 12 min."

A piece with nothing but a label and its time heads a service as often as it closes one. Which of the two a note means shows
where its services begin and end: one that closes each with its label has a description more ahead of its first label than
behind its last.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Collection, Mapping, Sequence
from functools import cache

import numpy as np
import numpy.typing as npt

from rehabcoder.billing.codes import one_name
from rehabcoder.language.chain import OUT
from rehabcoder.language.labels import Label
from rehabcoder.language.layout import Place
from rehabcoder.language.patterns import knowledge, sentence_start
from rehabcoder.language.reading import Reading
from rehabcoder.language.thin import CLOSES

# "...; logged as therapeutic activities."
_WENT_OUT_AS = re.compile(
    r"(?:and\s)?(?:(?:it|this|that|all|both|which)\s)?(?:(?:was|were|is|i|we)\s)?(?:have\s)?"
    r"(?:billed|charged|coded|entered|recorded|logged|booked|documented|put\sdown|written\sup)\s(?:(?:it|this|that)\s)?(?:as|under|to)\s(?:an?\s|the\s)?"
)
_UNITS = re.compile(r"[\W\d_]*(?:(?:units?|u|min(?:ute)?s?)(?![a-z])[\W\d_]*)*")
_SHORT = 60  # code points of a label with its time
_NEAR = 3  # pieces to either side of a label that may be what it names
_CLEAR = 0.5  # by how much the words ahead must be likelier those of the service than the words behind
Kinds = npt.NDArray[np.float32]


def closing_labels(
    reading: Reading, layout: Sequence[Place], kinds: Kinds, classes: Sequence[str], aside: Collection[int]
) -> list[int]:
    """Numbers of the pieces that hold nothing but the label, and mostly the time, of the service that stands before them.

    `kinds` says how likely each piece is of each of the `classes`; pieces set `aside` are no service.
    """
    bare = _bare_labels(reading, layout, aside)
    if not bare:
        return []
    column = {name: k for k, name in enumerate(classes)}
    nothing = np.zeros(len(kinds), dtype=np.float32)  # of a class that a small model has never seen

    def likely(*names: str) -> npt.NDArray[np.float32]:
        """How likely each piece is of the first of these classes that the model knows."""
        return next((kinds[:, column[name]] for name in names if name in column), nothing)

    served = 1 - likely(OUT) - likely("none")
    out: list[int] = []
    for row in _rows(layout, bare, aside):
        alone = len(row) == 1
        if alone and not _follows_untimed_words(layout, bare[row[0]], row[0]):
            continue
        if _headed(layout, row[0]) or any(charged().search(reading.low, *_line_to(reading, k)) for k in row):
            continue
        ahead = [_ahead(layout, bare, aside, k) for k in row]
        behind = [_behind(layout, bare, aside, k) for k in row]
        first = _most(served, ahead[0])
        lead = first - _most(served, behind[-1])
        for k, before, following in zip(row, ahead, behind, strict=True):
            meant = likely(one_name(bare[k].code), "other")
            lead += _most(meant, before) - _most(meant, following)
        if first >= _CLEAR and lead >= _CLEAR:
            out += row
    return out


def names_of_others(reading: Reading) -> list[int]:
    """Numbers of the pieces that only say under which name what stands before them went out: no services of their own."""
    low = reading.low
    out: list[int] = []
    for label in reading.labels:
        begin = sentence_start(low, label.start, max(0, label.start - _SHORT))
        if " as " not in low[begin : label.start] and " under " not in low[begin : label.start]:
            continue
        index = bisect_right(reading.pieces, label.start, key=lambda piece: piece.start) - 1
        piece = reading.pieces[index]
        said = _WENT_OUT_AS.fullmatch(low, piece.start, label.start)
        if index and said and label.end <= piece.end and _UNITS.fullmatch(low, label.end, piece.end):
            out.append(index)
    return out


def _headed(layout: Sequence[Place], k: int) -> bool:
    """Whether a label stands at the head of what is said before a bare one: of its line, or of the block of its lines."""
    lines = layout[k].first
    while k > 0 and not (layout[k].blank if lines else layout[k].first):
        k -= 1
        if layout[k].labelled:
            return True
    return False


def _line_to(reading: Reading, k: int) -> tuple[int, int]:
    """Where the sentence or line of a piece begins, and where the piece ends."""
    piece = reading.pieces[k]
    return sentence_start(reading.low, piece.start, max(0, piece.start - _SHORT)), piece.end


@cache
def charged() -> re.Pattern[str]:
    return re.compile(rf"(?<![a-z])(?:{'|'.join(knowledge('named')['charged'])})(?![a-z])")


def _bare_labels(reading: Reading, layout: Sequence[Place], aside: Collection[int]) -> dict[int, Label]:
    """The labels of the pieces that say nothing but one, with a time, by its number or behind a mark ("...NMR")."""
    out: dict[int, Label] = {}
    for k, (piece, place) in enumerate(zip(reading.pieces, layout, strict=True)):
        if place.thin or not place.labelled or k in aside or piece.end - piece.start > _SHORT:
            continue
        found = sorted(reading.labels_in(piece.start, piece.end), key=lambda label: not label.number)
        if len({one_name(label.code) for label in found}) == 1 and (
            place.timed or found[0].number or reading.low.startswith(CLOSES, piece.start)
        ):
            out[k] = found[0]
    return out


def _rows(layout: Sequence[Place], bare: Mapping[int, Label], aside: Collection[int]) -> list[list[int]]:
    """Such labels in rows with descriptions without labels between them; labels side by side are a charge line."""
    out: list[list[int]] = []
    for k in bare:
        if k - 1 in bare or k + 1 in bare:
            continue
        if out and layout[out[-1][-1]].first == layout[k].first:
            between = range(out[-1][-1] + 1, k)
            if not any(layout[j].labelled or j in aside for j in between):
                out[-1].append(k)
                continue
        out.append([k])
    return out


def _follows_untimed_words(layout: Sequence[Place], label: Label, k: int) -> bool:
    """Whether a single label has a number and a time that the words before it on its line lack: a name may be a service more."""
    place = layout[k]
    return label.number and place.timed and not place.first and not layout[k - 1].timed


def _ahead(layout: Sequence[Place], bare: Collection[int], aside: Collection[int], k: int) -> list[int]:
    """The pieces ahead of a label that it may close: those of its line, or the line above where it stands on its own."""
    out: list[int] = []
    while k > 0 and len(out) < _NEAR and not (layout[k].first and (layout[k].blank or out)):
        k -= 1
        if k in bare or k in aside or layout[k].labelled:
            break
        out.append(k)
    return out


def _behind(layout: Sequence[Place], bare: Collection[int], aside: Collection[int], k: int) -> list[int]:
    """The pieces behind a label that it may head."""
    out: list[int] = []
    k += 1
    alone = layout[k - 1].first and k < len(layout) and layout[k].first  # on its line
    while k < len(layout) and len(out) < _NEAR and k not in bare and k not in aside and not layout[k].labelled:
        if layout[k].first and (layout[k].blank or not alone or out):
            break
        out.append(k)
        k += 1
    return out


def _most(chances: Kinds, pieces: Sequence[int]) -> float:
    return max((float(chances[k]) for k in pieces), default=0.0)
