"""Drawing a sample that anyone can draw again: from the frame's hash and the seed alone, on any machine.

A note's place in the draw is the SHA-256 of `seed`, the frame's hash and its note id; the lowest are drawn. No
library's random numbers are used, so that a sample can be checked years later with a pocket program.
"""

from __future__ import annotations

import bisect
import hashlib
import heapq
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import accumulate
from typing import Literal

from rehabcoder.errors import UsageError

Design = Literal["simple", "stratified", "risk"]
DESIGNS = ("simple", "stratified", "risk")
SMALL = "(small strata)"


@dataclass(slots=True, frozen=True)
class Unit:
    """One note of the frame: its row, its id, the text and coding that it stands for, its stratum and its risk."""

    id: int
    note_id: str
    content: str
    stratum: str = ""
    risk: float = 0.0


@dataclass(slots=True, frozen=True)
class Draw:
    """One note of the sample. `draws` counts how often a risk-weighted draw hit it; `chance` is that of each draw."""

    unit: Unit
    stratum: str
    draws: int
    chance: float


@dataclass(slots=True, frozen=True)
class Drawn:
    """A sample with what is needed to draw it again. `strata` lists (name, size in the frame, size in the sample)."""

    design: Design
    seed: int
    frame_sha256: str
    frame_size: int
    strata: tuple[tuple[str, int, int], ...]
    draws: tuple[Draw, ...]


def frame_hash(units: Iterable[Unit]) -> str:
    """SHA-256 of the frame: a line a note with its id and content hash, sorted by id."""
    digest = hashlib.sha256()
    for line in sorted(f"{unit.note_id}\t{unit.content}\n" for unit in units):
        digest.update(line.encode("utf-8", "surrogatepass"))
    return digest.hexdigest()


def draw(frame: list[Unit], *, design: Design, size: int, seed: int) -> Drawn:
    """Draw `size` notes.

    A stratified draw gives every stratum its share of the sample, at least two notes (a stratum of one is taken whole,
    so that it adds no uncertainty). Where there are more strata than the sample can hold, the smallest are put
    together. A risk-weighted draw is with replacement, each note by its share of the risk.

    Raises:
        UsageError: the frame is smaller than the sample, or the sample too small for its strata.
    """
    if not frame:
        raise UsageError("the frame is empty", remedy="Widen the filters, or import notes.")
    if size < 2:
        raise UsageError("a sample needs at least two notes", remedy="Ask for a larger --size.")
    if size > len(frame):
        raise UsageError(
            f"the frame holds {len(frame)} notes, fewer than the {size} asked for",
            remedy="Ask for a smaller --size, or widen the filters.",
        )
    sha = frame_hash(frame)
    strata: tuple[tuple[str, int, int], ...]
    if design == "risk":
        strata, draws = ((("", len(frame), size),), _by_risk(frame, size, seed, sha))
    else:
        strata, draws = _by_stratum(frame if design == "stratified" else _one(frame), size, seed, sha)
    ordered = sorted(draws, key=lambda drawn: _rank(seed, sha, drawn.unit.note_id))
    return Drawn(design, seed, sha, len(frame), strata, tuple(ordered))


def _one(frame: list[Unit]) -> list[Unit]:
    return [Unit(unit.id, unit.note_id, unit.content) for unit in frame]


def _rank(seed: int, sha: str, note_id: str) -> bytes:
    return hashlib.sha256(f"{seed}|{sha}|{note_id}".encode("utf-8", "surrogatepass")).digest()


def _by_stratum(
    frame: list[Unit], size: int, seed: int, sha: str
) -> tuple[tuple[tuple[str, int, int], ...], list[Draw]]:
    sizes = dict(Counter(unit.stratum for unit in frame))
    named = _merged(sizes, size)
    merged: Counter[str] = Counter()
    for name, count in sizes.items():
        merged[named[name]] += count
    shares = allocate(merged, size)
    members: dict[str, list[Unit]] = {}
    for unit in frame:
        members.setdefault(named[unit.stratum], []).append(unit)
    draws = []
    for name, count in shares.items():
        first = heapq.nsmallest(count, members[name], key=lambda unit: _rank(seed, sha, unit.note_id))
        draws += [Draw(unit, name, 1, count / merged[name]) for unit in first]
    return tuple((name, merged[name], shares[name]) for name in sorted(shares)), draws


def _merged(sizes: Mapping[str, int], size: int) -> dict[str, str]:
    """The stratum that each stratum counts in: itself, unless there are too many for the sample."""
    named = {name: name for name in sizes}
    for name in sorted(sizes, key=lambda name: (sizes[name], name)):
        counted: Counter[str] = Counter()
        for other, target in named.items():
            counted[target] += sizes[other]
        if sum(min(2, count) for count in counted.values()) <= size:
            break
        named[name] = SMALL
    return named


def allocate(sizes: Mapping[str, int], size: int) -> dict[str, int]:
    """The sample's share of each stratum: in proportion to its size, at least two where it has two.

    Raises:
        UsageError: the sample is too small to give each stratum its least.
    """
    least = {name: min(2, count) for name, count in sizes.items()}
    left = size - sum(least.values())
    if left < 0:
        raise UsageError(
            f"{len(sizes)} strata need at least {sum(least.values())} notes, more than the {size} asked for",
            remedy="Ask for a larger --size, or stratify by something else.",
        )
    shares = dict(least)
    whole = sum(sizes.values())
    for _ in range(left):
        # The stratum that is furthest behind its proportional share, and not yet taken whole, gets the next one.
        name = max(
            (name for name in sizes if shares[name] < sizes[name]),
            key=lambda name: (size * sizes[name] / whole - shares[name], name),
        )
        shares[name] += 1
    return shares


def _by_risk(frame: list[Unit], size: int, seed: int, sha: str) -> list[Draw]:
    ordered = sorted(frame, key=lambda unit: unit.note_id)
    weights = [max(unit.risk, 1.0) for unit in ordered]  # no note may be impossible to draw
    sums = list(accumulate(weights))
    hits: Counter[int] = Counter()
    for number in range(size):
        digest = hashlib.sha256(f"{seed}|{sha}|draw {number}".encode()).digest()
        hits[bisect.bisect_right(sums, int.from_bytes(digest[:8], "big") / 2**64 * sums[-1])] += 1
    return [Draw(ordered[at], "", count, weights[at] / sums[-1]) for at, count in hits.items()]
