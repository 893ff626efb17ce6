"""Notes through a coder so that every note gives a row, whatever the coder makes of it."""

from __future__ import annotations

import gc
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Protocol

from rehabcoder.errors import RehabcoderError
from rehabcoder.note import CodedNote, Note


class CoderLike(Protocol):
    """What a backlog needs of a coder: notes in, as many coded notes out, in order. `rehabcoder.Coder` is one."""

    def code(self, notes: list[Note], /) -> list[CodedNote]: ...


Load = Callable[..., CoderLike]
"""Makes a coder in a worker: called as `load(model, policy=policy)`. It must be importable by name."""


def load_coder(model: str | None, *, policy: str) -> CoderLike:
    """The coder of this package; importing it late keeps those light who only hand out work."""
    import rehabcoder

    # Loading and coding make many objects and no rings: looking for rings after each 700 is waste.
    gc.set_threshold(50_000)
    return rehabcoder.load(model, policy=policy)


def code_safely(coder: CoderLike, notes: Sequence[Note]) -> list[CodedNote]:
    """Code `notes`; where that fails, one at a time, so that a note that cannot be coded is one failed row."""
    with suppress(Exception):  # which note it was is found out below
        coded = coder.code(list(notes))
        if len(coded) == len(notes):
            return coded
    return [_alone(coder, note) for note in notes]


def _alone(coder: CoderLike, note: Note) -> CodedNote:
    try:
        [coded] = coder.code([note])
    except RehabcoderError as error:  # such as a day of service that the policy does not cover
        return refused(coder, note, str(error))
    except Exception as error:  # its message may quote the note: only its kind is passed on
        return refused(coder, note, f"the note could not be coded ({type(error).__name__})")
    return coded


def refused(coder: CoderLike, note: Note, why: str) -> CodedNote:
    """The failed row of `note`, which the coder itself makes, so that all failed rows look alike."""
    [coded] = coder.code([replace(note, error=f"{note.source or note.note_id}: {why}")])
    return coded
