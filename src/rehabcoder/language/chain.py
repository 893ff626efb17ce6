"""Features that need the neighbours: what kind of thing the models take each piece for, and how it differs from the last."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

OUT = "out"  # the class of pieces that belong to no service
_FORMS_ONLY_PLACE = frozenset({"time:lead", "time:trail", "time:clock"})


def session_step(odds: float) -> int:
    """Log odds that a note is one of a therapy session, as a whole number from -4 to 6."""
    return max(-4, min(6, round(odds)))


def shares(kinds: npt.NDArray[np.float32], out: int) -> npt.NDArray[np.float32]:
    """What each piece is, given that it belongs to a service: probabilities of all kinds but the column `out`."""
    rest = np.concatenate([kinds[:, :out], kinds[:, out + 1 :]], axis=1)
    return np.asarray(rest / np.maximum(rest.sum(axis=1, keepdims=True), 1e-9), dtype=np.float32)


def _strength(outside: float) -> int:
    """Log odds of belonging to a service, as a whole number from -5 to 5."""
    return int(min(5, max(-5, round(float(np.log((1 - outside + 1e-6) / (outside + 1e-6)))))))


def chain_features(
    kinds: npt.NDArray[np.float32], classes: Sequence[str], layout: Sequence[Sequence[str]], session: float
) -> list[list[str]]:
    """One list of feature names a piece, from its probabilities of `kinds`, its layout features and the note's log odds of
    being one of a therapy session."""
    whole = session_step(session)
    out_column = list(classes).index(OUT)
    names = [c for c in classes if c != OUT]
    outside = kinds[:, out_column]
    rest = shares(kinds, out_column)
    tops = rest.argmax(axis=1)
    strength = [_strength(float(o)) for o in outside]
    forms = [frozenset(f for f in feats if f.startswith("time:")) for feats in layout]
    timed = [bool(f - _FORMS_ONLY_PLACE) for f in forms]
    labelled = [any(f.startswith("lab:") for f in feats) for feats in layout]
    first = ["first" in feats for feats in layout]
    blank = ["blank" in feats for feats in layout]
    bullet = ["bullet" in feats for feats in layout]
    thin = [any(f.startswith(("thin0", "thin1")) for f in feats) for feats in layout]
    seen = block = False
    result: list[list[str]] = []
    for t in range(len(kinds)):
        time, label, opens = "T" if timed[t] else "-", "L" if labelled[t] else "-", "F" if first[t] else "-"
        feats = [f"note{whole}", f"note{whole}:{_clip(strength[t])}", f"sv{strength[t]}", f"top={names[tops[t]]}", f"sv{strength[t]}{time}{label}"]
        if t:
            alike = int(float((rest[t] * rest[t - 1]).sum()) * 5)
            same = "s" if tops[t] == tops[t - 1] else "d"
            before = ("T" if timed[t - 1] else "-") + time + ("L" if labelled[t - 1] else "-") + label
            feats += [
                f"sim{alike}",
                f"sim{alike}{opens}",
                f"svsv{_clip(strength[t - 1])}{_clip(strength[t])}",
                f"pt{before}",
                f"pt{before}{opens}{same}",
                f"tf{forms[t] == forms[t - 1] and bool(forms[t])}",
                f"bb{bullet[t - 1]}{bullet[t]}{same}",
                f"th{thin[t - 1]}{thin[t]}{before}",
                f"th{thin[t - 1]}{thin[t]}{before}{opens}",
                f"bl{blank[t]}{before}{opens}{same}",
                f"bl{blank[t]}{thin[t - 1]}{thin[t]}{'T' if seen else '-'}{time}",
                f"op{first[t - 1]}{first[t]}{before}{same}",
                f"blk{'T' if block else '-'}{time}{blank[t]}{same}",
                f"seg{'T' if seen else '-'}{time}{opens}{same}",
            ]
        if t + 1 < len(kinds):
            feats.append(f"nx{_clip(strength[t + 1])}{'T' if timed[t + 1] else '-'}{'F' if first[t + 1] else '-'}")
        seen = timed[t] or (seen and not first[t])
        block = timed[t] or (block and not blank[t])
        result.append(["#" + f for f in feats])
    return result


def _clip(value: int) -> int:
    return max(-3, min(3, value))
