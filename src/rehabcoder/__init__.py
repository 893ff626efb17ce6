"""Reads physical and occupational therapy notes: services, minutes, supported codes, units, and what is missing.

>>> import rehabcoder
>>> coder = rehabcoder.load()
>>> coded = coder("Ther Ex 15 min: squats 3x10 for quadriceps strength.")
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rehabcoder.errors import RehabcoderError
from rehabcoder.note import CodedNote, Note

if TYPE_CHECKING:
    from rehabcoder.coder import Coder, code_notes, load

__all__ = ["CodedNote", "Coder", "Note", "RehabcoderError", "code_notes", "load"]


def __getattr__(name: str) -> Any:
    # numpy and the model code are imported only when a coder is wanted: `rehabcoder --help` stays quick.
    if name in ("Coder", "code_notes", "load"):
        from rehabcoder import coder

        return getattr(coder, name)
    raise AttributeError(f"module 'rehabcoder' has no attribute {name!r}")
