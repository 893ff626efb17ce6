"""What is wrong with labelled input, gathered over all files and said once, with counts and line numbers."""

from __future__ import annotations

from rehabcoder.errors import TrainingError

_LINES_SHOWN = 8
_KINDS_SHOWN = 20


class Problems:
    """Collects what is wrong, by file and kind. Kinds are sentences of ours: they never hold text of a note."""

    def __init__(self) -> None:
        self._lines: dict[tuple[str, str], list[int]] = {}

    def add(self, file: str, line: int, kind: str) -> None:
        """Remembers one more case of `kind` in a line of a file."""
        self._lines.setdefault((file, kind), []).append(line)

    def __len__(self) -> int:
        return sum(len(lines) for lines in self._lines.values())

    def refuse(self) -> None:
        """Refuses the whole input if anything is wrong with it.

        Raises:
            TrainingError: with every kind, how often, and in which lines.
        """
        if not self._lines:
            return
        shown = [f"  {file}: {len(lines)} x {kind} ({_listed(lines)})" for (file, kind), lines in self._lines.items()]
        if len(shown) > _KINDS_SHOWN:
            shown = [*shown[:_KINDS_SHOWN], f"  and {len(shown) - _KINDS_SHOWN} kinds more"]
        count = "1 label" if len(self) == 1 else f"{len(self)} labels"
        raise TrainingError(
            f"{count} cannot be trained on; nothing was written:\n" + "\n".join(shown),
            remedy="Mend those lines, or leave them out.",
        )


def _listed(lines: list[int]) -> str:
    numbers = sorted(set(lines))
    named = ", ".join(str(n) for n in numbers[:_LINES_SHOWN])
    rest = f" and {len(numbers) - _LINES_SHOWN} more" if len(numbers) > _LINES_SHOWN else ""
    return f"{'line' if len(numbers) == 1 else 'lines'} {named}{rest}"
