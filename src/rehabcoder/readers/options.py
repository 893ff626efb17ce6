"""How to read: what the user chose, and where to tell what the readers did."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import BinaryIO

from rehabcoder.readers.columns import check_overrides
from rehabcoder.readers.formats import check
from rehabcoder.readers.notices import Notices


@dataclass(slots=True)
class Options:
    """How to read: a format for every file (None: by suffix and first bytes), columns by field, where to tell."""

    format: str | None = None
    columns: Mapping[str, str] = field(default_factory=dict)
    notices: Notices = field(default_factory=Notices)
    skip: int = 0  # records of the file at hand to leave out; a reader that can do so fast sets it to 0
    raw: BinaryIO | None = None  # the file at hand; where it stands says how much of it was read

    @classmethod
    def checked(
        cls, format: str | None, columns: Mapping[str, str] | None, tell: Callable[[str], None] | None
    ) -> Options:
        """Options from what a user gave.

        Raises:
            UsageError: no such format, or a field that a note does not have.
        """
        return cls(check(format), check_overrides(columns), Notices(tell))
