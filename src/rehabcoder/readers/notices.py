"""What a reader did that its user should know: columns it took, bytes it had to guess, cells it left out.

A notice names files, lines and columns, never what stands in them. Notices of one kind are counted a file, so that a
million odd lines make one sentence.
"""

from __future__ import annotations

from collections.abc import Callable


class Notices:
    """Collects notices of the file at hand and hands each as one sentence to `tell`."""

    def __init__(self, tell: Callable[[str], None] | None = None) -> None:
        self._tell = tell
        self._said: set[str] = set()
        self._counted: dict[str, tuple[int, str]] = {}

    def say(self, sentence: str) -> None:
        """Tell `sentence` at once, and only once."""
        if self._tell is not None and sentence not in self._said:
            self._said.add(sentence)
            self._tell(sentence)

    def count(self, what: str, place: str) -> None:
        """Count one more case of `what` (a sentence that starts with a noun in the plural), first seen at `place`."""
        number, first = self._counted.get(what, (0, place))
        self._counted[what] = (number + 1, first)

    def flush(self, name: str) -> None:
        """Tell what was counted in the file `name`."""
        for what, (number, first) in self._counted.items():
            self.say(f"{name}: {what}: {number:,} (the first: {first}).")
        self._counted.clear()
        self._said.clear()
