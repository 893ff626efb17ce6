"""Features that need the neighbours: what kind of thing the models take each piece for, and how it differs from the last."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from rehabcoder.language.layout import Place

OUT = "out"  # the class of pieces that belong to no service


def session_step(odds: float) -> int:
    """Log odds that a note is one of a therapy session, as a whole number from -4 to 6."""
    return max(-4, min(6, round(odds)))


def shares(kinds: npt.NDArray[np.float32], out: int) -> npt.NDArray[np.float32]:
    """What each piece is, given that it belongs to a service: probabilities of all kinds but the column `out`."""
    rest = np.concatenate([kinds[:, :out], kinds[:, out + 1 :]], axis=1)
    return np.asarray(rest / np.maximum(rest.sum(axis=1, keepdims=True), 1e-9), dtype=np.float32)


def _strength(outside: float) -> int:
    """Log odds of belonging to a service, as a whole number from -5 to 5."""
    return min(5, max(-5, round(math.log((1 - outside + 1e-6) / (outside + 1e-6)))))


def chain_features(
    kinds: npt.NDArray[np.float32], classes: Sequence[str], layout: Sequence[Place], session: float
) -> list[list[str]]:
    """One list of feature names a piece, from its probabilities of `kinds`, its layout features and the note's log odds of
    being one of a therapy session."""
    whole = session_step(session)
    out_column = list(classes).index(OUT)
    names = [c for c in classes if c != OUT]
    rest = shares(kinds, out_column)
    tops = rest.argmax(axis=1).tolist()
    alike = [0, *(rest[1:] * rest[:-1]).sum(axis=1).tolist()]
    strength = [_strength(o) for o in kinds[:, out_column].tolist()]
    seen = block = False
    result: list[list[str]] = []
    for t, place in enumerate(layout):
        feats = [*_alone(whole, strength[t], names[tops[t]], place.timed, place.labelled)]
        if t:
            before = layout[t - 1]
            same = tops[t] == tops[t - 1]
            feats += _likeness(int(alike[t] * 5), place.first, _clip(strength[t - 1]), _clip(strength[t]))
            feats += _compared(
                (before.timed, place.timed, before.labelled, place.labelled),
                (before.first, place.first),
                (before.bullet, place.bullet),
                (before.thin < 2, place.thin < 2),
                same,
                place.forms == before.forms and bool(place.forms),
                place.blank,
                seen,
                block,
            )
        if t + 1 < len(layout):
            feats.append(_next(_clip(strength[t + 1]), layout[t + 1].timed, layout[t + 1].first))
        seen = place.timed or (seen and not place.first)
        block = place.timed or (block and not place.blank)
        result.append(feats)
    return result


# The same few combinations come again and again: what they are called is spelt once.


@lru_cache(maxsize=1 << 14)
def _alone(whole: int, strength: int, top: str, timed: bool, labelled: bool) -> tuple[str, ...]:
    time, label = "T" if timed else "-", "L" if labelled else "-"
    return (
        f"#note{whole}",
        f"#note{whole}:{_clip(strength)}",
        f"#sv{strength}",
        f"#top={top}",
        f"#sv{strength}{time}{label}",
    )


@lru_cache(maxsize=1 << 12)
def _likeness(alike: int, first: bool, before: int, strength: int) -> tuple[str, ...]:
    return (f"#sim{alike}", f"#sim{alike}{'F' if first else '-'}", f"#svsv{before}{strength}")


@lru_cache(maxsize=1 << 15)
def _compared(
    marks: tuple[bool, bool, bool, bool],
    first: tuple[bool, bool],
    bullet: tuple[bool, bool],
    thin: tuple[bool, bool],
    alike: bool,
    forms: bool,
    blank: bool,
    seen: bool,
    block: bool,
) -> tuple[str, ...]:
    """A piece beside the one before it; `marks`: time of the one before, own time, label of the one before, own label."""
    before = "".join(sign if mark else "-" for mark, sign in zip(marks, "TTLL", strict=True))
    time, opens, same = before[1], "F" if first[1] else "-", "s" if alike else "d"
    since = "T" if seen else "-"
    return (
        f"#pt{before}",
        f"#pt{before}{opens}{same}",
        f"#tf{forms}",
        f"#bb{bullet[0]}{bullet[1]}{same}",
        f"#th{thin[0]}{thin[1]}{before}",
        f"#th{thin[0]}{thin[1]}{before}{opens}",
        f"#bl{blank}{before}{opens}{same}",
        f"#bl{blank}{thin[0]}{thin[1]}{since}{time}",
        f"#op{first[0]}{first[1]}{before}{same}",
        f"#blk{'T' if block else '-'}{time}{blank}{same}",
        f"#seg{since}{time}{opens}{same}",
    )


@lru_cache(maxsize=1 << 8)
def _next(strength: int, timed: bool, first: bool) -> str:
    return f"#nx{strength}{'T' if timed else '-'}{'F' if first else '-'}"


def _clip(value: int) -> int:
    return max(-3, min(3, value))
