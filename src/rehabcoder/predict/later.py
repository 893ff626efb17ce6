"""What a service on a splint or a prosthesis supports where its words say that the thing had been made before."""

from __future__ import annotations

from collections.abc import Sequence

from rehabcoder.language.reading import Reading
from rehabcoder.language.refitting import made_before
from rehabcoder.predict.model import Floats, Model

LATER, FIRST = "97763", ("97760", "97761")
# How likely it is a later change where the words say so: all of the 22 labelled services that say it were one.
SAID = 0.97


def as_later(model: Model, described: Floats, reading: Reading, places: Sequence[tuple[int, int]]) -> Floats:
    """The probabilities of the codes of each service, with those of a first fitting given to a later one where it was one."""
    classes = model.code.classes
    if LATER not in classes or not len(described):
        return described
    firsts = [model.code.column(code) for code in FIRST if code in classes]
    later = model.code.column(LATER)
    out = described
    for k, best in enumerate(described.argmax(axis=1).tolist()):
        if (best in firsts or best == later) and made_before(reading, *places[k]):
            if out is described:
                out = described.copy()
            out[k, later] += SAID * out[k, firsts].sum()
            out[k, firsts] *= 1 - SAID
    return out
