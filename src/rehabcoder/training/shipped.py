"""The labelled data that rehabcoder ships with: inside the wheel, or `data/` of a checkout."""

from __future__ import annotations

from pathlib import Path

from rehabcoder.errors import TrainingError
from rehabcoder.training.labelled import LabelledNote, Snippet, read_notes, read_snippets


def shipped_folder() -> Path:
    """Where the shipped labelled notes (`notes/`) and descriptions (`snippets/`) lie."""
    here = Path(__file__).resolve()
    inside = here.parents[1] / "data"
    return inside if inside.is_dir() else here.parents[3] / "data"


def shipped_data(folder: Path | None = None) -> tuple[list[LabelledNote], list[Snippet]]:
    """The shipped notes and snippets, or those of another folder of the same form.

    Raises:
        TrainingError: they are not there.
    """
    folder = folder or shipped_folder()
    notes, snippets = read_notes(folder / "notes"), read_snippets(folder / "snippets")
    if not notes:
        raise TrainingError(
            "the shipped labelled notes are not there", where=str(folder),
            remedy="Install rehabcoder again, or train on your own notes alone: --only.",
        )  # fmt: skip
    return notes, snippets
