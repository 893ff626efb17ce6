"""Names of reviewers: what may sign a decision, and when two spellings are one person."""

from __future__ import annotations

import unicodedata

from rehabcoder.errors import UsageError

LONGEST = 60


def reviewer_name(name: str) -> str:
    """The name as it signs decisions: each run of blanks one blank, none at the ends.

    Raises:
        UsageError: it is empty, longer than 60 letters, or holds what cannot be printed.
    """
    kept = " ".join(name.split())
    if not 1 <= len(kept) <= LONGEST or not kept.isprintable():
        raise UsageError("this is no reviewer's name", remedy=f"Write your name, up to {LONGEST} letters.")
    return kept


def same_person(one: str | None, other: str | None) -> bool:
    """Whether both names are one person's: case, blanks and the form of the letters make no other person."""
    return one is not None and other is not None and _folded(one) == _folded(other)


def _folded(name: str) -> str:
    return "".join(unicodedata.normalize("NFKC", name).casefold().split())
